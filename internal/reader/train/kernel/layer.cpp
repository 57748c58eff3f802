// One gated convolution of the reader, forward and backward: what lies between the two matrix products in one pass over memory.
#include <torch/extension.h>
#include <cmath>
#include <cstring>
using torch::Tensor;

static inline uint16_t half(float f) { uint32_t u; memcpy(&u, &f, 4); return uint16_t((u + 0x7fff + ((u >> 16) & 1)) >> 16); }
static inline float full(uint16_t h) { uint32_t u = uint32_t(h) << 16; float f; memcpy(&f, &u, 4); return f; }
static uint16_t* bf(const Tensor& t) { return reinterpret_cast<uint16_t*>(t.data_ptr<at::BFloat16>()); }
static const float eps = 1e-6f;

// scale writes what each input of a letter's normed vector is multiplied by: nothing where no text stands or dropout falls.
static inline void scale(float* s, float m, const uint8_t* drop, int H, int bar) {
  if (!drop) { for (int j = 0; j < H; j++) s[j] = m; return; }
  const float keep = m * 256.f / (256 - bar);
  for (int j = 0; j < H; j++) s[j] = drop[j] >= bar ? keep : 0.f;
}

static inline float inverse(const float* x, int H) {
  float q = 0;
  for (int j = 0; j < H; j++) q += x[j] * x[j];
  return 1.f / std::sqrt(q / H + eps);
}

std::vector<Tensor> forward(Tensor x, Tensor w, Tensor bias, Tensor mask, Tensor drop, int64_t k, int64_t bar) {
  const int N = x.size(0), H = x.size(1);
  Tensor col = torch::empty({N, 3 * H}, w.options());
  uint16_t* c = bf(col);
  const float *X = x.data_ptr<float>(), *M = mask.data_ptr<float>(), *B = bias.data_ptr<float>();
  const uint8_t* D = drop.numel() ? drop.data_ptr<uint8_t>() : nullptr;
  std::vector<float> s(H);
  std::vector<uint16_t> h(H);
  for (int n = 0; n < std::min<int>(k, N); n++) {
    memset(c + size_t(n) * 3 * H, 0, H * 2);
    memset(c + size_t(N - 1 - n) * 3 * H + 2 * H, 0, H * 2);
  }
  for (int n = 0; n < N; n++) {
    const float* v = X + size_t(n) * H;
    scale(s.data(), M[n] * inverse(v, H), D ? D + size_t(n) * H : nullptr, H, bar);
    for (int j = 0; j < H; j++) h[j] = half(v[j] * s[j]);
    memcpy(c + (size_t(n) * 3 + 1) * H, h.data(), H * 2);
    if (n + k < N) memcpy(c + size_t(n + k) * 3 * H, h.data(), H * 2);
    if (n - k >= 0) memcpy(c + (size_t(n - k) * 3 + 2) * H, h.data(), H * 2);
  }
  Tensor y = at::mm(col, w), out = torch::empty_like(x);
  const uint16_t* Y = bf(y);
  float* O = out.data_ptr<float>();
  for (int n = 0; n < N; n++) {
    const uint16_t* y = Y + size_t(n) * 2 * H;
    for (int j = 0; j < H; j++) {
      float a = full(y[j]) + B[j], g = full(y[H + j]) + B[H + j];
      O[size_t(n) * H + j] = X[size_t(n) * H + j] + a / (1.f + std::exp(-g)) * M[n];
    }
  }
  return {out, col, y};
}

// gate takes a letter's gradient back through the gate: half(d), and sums for the bias.
static void gate(const uint16_t* __restrict y, const float* __restrict G, const float* __restrict B, float m, int H, uint16_t* __restrict d, float* __restrict db) {
  for (int j = 0; j < H; j++) {
    float a = full(y[j]) + B[j], g = full(y[H + j]) + B[H + j];
    float s = 1.f / (1.f + std::exp(-g)), q = G[j] * m;
    float da = q * s, dg = q * a * s * (1.f - s);
    db[j] += da; db[H + j] += dg;
    d[j] = half(da); d[H + j] = half(dg);
  }
}

// through takes a letter's gradient, of its own place and of both neighbours', back through the norm.
static void through(const uint16_t* __restrict c, const uint16_t* __restrict l, const uint16_t* __restrict u, const float* __restrict s, const float* __restrict v, const float* __restrict G, float r, int H, float* __restrict t, float* __restrict o) {
  float dot = 0;
  for (int j = 0; j < H; j++) { t[j] = (full(c[j]) + full(l[j]) + full(u[j])) * s[j]; dot += t[j] * v[j]; }
  dot *= r * r / H;
  for (int j = 0; j < H; j++) o[j] = G[j] + r * (t[j] - v[j] * dot);
}

std::vector<Tensor> backward(Tensor grad, Tensor x, Tensor w, Tensor bias, Tensor mask, Tensor drop, Tensor col, Tensor y, int64_t k, int64_t bar) {
  grad = grad.contiguous();
  const int N = x.size(0), H = x.size(1);
  Tensor dy = torch::empty_like(y), db = torch::zeros_like(bias);
  const float *G = grad.data_ptr<float>(), *X = x.data_ptr<float>(), *M = mask.data_ptr<float>(), *B = bias.data_ptr<float>();
  const uint8_t* D = drop.numel() ? drop.data_ptr<uint8_t>() : nullptr;
  const uint16_t* Y = bf(y);
  uint16_t* dY = bf(dy);
  float* dB = db.data_ptr<float>();
  for (int n = 0; n < N; n++) {
    gate(Y + size_t(n) * 2 * H, G + size_t(n) * H, B, M[n], H, dY + size_t(n) * 2 * H, dB);
  }
  Tensor dw = at::mm(col.t(), dy), dcol = at::mm(dy, w.t()), dx = torch::empty_like(x);
  const uint16_t* C = bf(dcol);
  float* O = dx.data_ptr<float>();
  std::vector<float> s(H), t(H);
  std::vector<uint16_t> zero(H);
  for (int n = 0; n < N; n++) {
    const float *v = X + size_t(n) * H, r = inverse(v, H);
    scale(s.data(), M[n], D ? D + size_t(n) * H : nullptr, H, bar);
    const uint16_t* here = C + size_t(n) * 3 * H;
    through(here + H, n + k < N ? here + size_t(k) * 3 * H : zero.data(), n >= k ? here - size_t(k) * 3 * H + 2 * H : zero.data(), s.data(), v, G + size_t(n) * H, r, H, t.data(), O + size_t(n) * H);
  }
  return {dx, dw.to(torch::kFloat), db};
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) { m.def("forward", &forward); m.def("backward", &backward); }
