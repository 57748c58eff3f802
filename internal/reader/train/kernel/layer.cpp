// One gated convolution of the reader, forward and backward: what lies between the two matrix products in one pass over memory.
#include <torch/extension.h>
#include <cmath>
#include <cstring>
using torch::Tensor;

// What products are made of: bfloat16 where the processor multiplies it, float32 elsewhere.
using bf16 = uint16_t;
static inline void put(bf16& h, float f) { uint32_t u; memcpy(&u, &f, 4); h = bf16((u + 0x7fff + ((u >> 16) & 1)) >> 16); }
static inline void put(float& h, float f) { h = f; }
static inline float full(bf16 h) { uint32_t u = uint32_t(h) << 16; float f; memcpy(&f, &u, 4); return f; }
static inline float full(float h) { return h; }
template <class T> static T* at_(const Tensor& t) { return static_cast<T*>(t.data_ptr()); }
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

template <class T> static std::vector<Tensor> forward(Tensor x, Tensor w, Tensor bias, Tensor mask, Tensor drop, int64_t k, int64_t bar) {
  const int N = x.size(0), H = x.size(1);
  Tensor col = torch::empty({N, 3 * H}, w.options());
  T* c = at_<T>(col);
  const float *X = x.data_ptr<float>(), *M = mask.data_ptr<float>(), *B = bias.data_ptr<float>();
  const uint8_t* D = drop.numel() ? drop.data_ptr<uint8_t>() : nullptr;
  std::vector<float> s(H);
  std::vector<T> h(H);
  for (int n = 0; n < std::min<int>(k, N); n++) {
    memset(c + size_t(n) * 3 * H, 0, H * sizeof(T));
    memset(c + size_t(N - 1 - n) * 3 * H + 2 * H, 0, H * sizeof(T));
  }
  for (int n = 0; n < N; n++) {
    const float* v = X + size_t(n) * H;
    scale(s.data(), M[n] * inverse(v, H), D ? D + size_t(n) * H : nullptr, H, bar);
    for (int j = 0; j < H; j++) put(h[j], v[j] * s[j]);
    memcpy(c + (size_t(n) * 3 + 1) * H, h.data(), H * sizeof(T));
    if (n + k < N) memcpy(c + size_t(n + k) * 3 * H, h.data(), H * sizeof(T));
    if (n - k >= 0) memcpy(c + (size_t(n - k) * 3 + 2) * H, h.data(), H * sizeof(T));
  }
  Tensor y = at::mm(col, w), out = torch::empty_like(x);
  const T* Y = at_<T>(y);
  float* O = out.data_ptr<float>();
  for (int n = 0; n < N; n++) {
    const T* y = Y + size_t(n) * 2 * H;
    for (int j = 0; j < H; j++) {
      float a = full(y[j]) + B[j], g = full(y[H + j]) + B[H + j];
      O[size_t(n) * H + j] = X[size_t(n) * H + j] + a / (1.f + std::exp(-g)) * M[n];
    }
  }
  return {out, col, y};
}

// gate takes a letter's gradient back through the gate: d, and sums for the bias.
template <class T> static void gate(const T* __restrict y, const float* __restrict G, const float* __restrict B, float m, int H, T* __restrict d, float* __restrict db) {
  for (int j = 0; j < H; j++) {
    float a = full(y[j]) + B[j], g = full(y[H + j]) + B[H + j];
    float s = 1.f / (1.f + std::exp(-g)), q = G[j] * m;
    float da = q * s, dg = q * a * s * (1.f - s);
    db[j] += da; db[H + j] += dg;
    put(d[j], da); put(d[H + j], dg);
  }
}

// through takes a letter's gradient, of its own place and of both neighbours', back through the norm.
template <class T> static void through(const T* __restrict c, const T* __restrict l, const T* __restrict u, const float* __restrict s, const float* __restrict v, const float* __restrict G, float r, int H, float* __restrict t, float* __restrict o) {
  float dot = 0;
  for (int j = 0; j < H; j++) { t[j] = (full(c[j]) + full(l[j]) + full(u[j])) * s[j]; dot += t[j] * v[j]; }
  dot *= r * r / H;
  for (int j = 0; j < H; j++) o[j] = G[j] + r * (t[j] - v[j] * dot);
}

template <class T> static std::vector<Tensor> backward(Tensor grad, Tensor x, Tensor w, Tensor bias, Tensor mask, Tensor drop, Tensor col, Tensor y, int64_t k, int64_t bar) {
  grad = grad.contiguous();
  const int N = x.size(0), H = x.size(1);
  Tensor dy = torch::empty_like(y), db = torch::zeros_like(bias);
  const float *G = grad.data_ptr<float>(), *X = x.data_ptr<float>(), *M = mask.data_ptr<float>(), *B = bias.data_ptr<float>();
  const uint8_t* D = drop.numel() ? drop.data_ptr<uint8_t>() : nullptr;
  const T* Y = at_<T>(y);
  T* dY = at_<T>(dy);
  float* dB = db.data_ptr<float>();
  for (int n = 0; n < N; n++) {
    gate(Y + size_t(n) * 2 * H, G + size_t(n) * H, B, M[n], H, dY + size_t(n) * 2 * H, dB);
  }
  Tensor dw = at::mm(col.t(), dy), dcol = at::mm(dy, w.t()), dx = torch::empty_like(x);
  const T* C = at_<T>(dcol);
  float* O = dx.data_ptr<float>();
  std::vector<float> s(H), t(H);
  std::vector<T> zero(H);
  for (int n = 0; n < N; n++) {
    const float *v = X + size_t(n) * H, r = inverse(v, H);
    scale(s.data(), M[n], D ? D + size_t(n) * H : nullptr, H, bar);
    const T* here = C + size_t(n) * 3 * H;
    through(here + H, n + k < N ? here + size_t(k) * 3 * H : zero.data(), n >= k ? here - size_t(k) * 3 * H + 2 * H : zero.data(), s.data(), v, G + size_t(n) * H, r, H, t.data(), O + size_t(n) * H);
  }
  return {dx, dw.to(torch::kFloat), db};
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
  m.def("forward", [](Tensor x, Tensor w, Tensor bias, Tensor mask, Tensor drop, int64_t k, int64_t bar) {
    return w.scalar_type() == torch::kFloat ? forward<float>(x, w, bias, mask, drop, k, bar) : forward<bf16>(x, w, bias, mask, drop, k, bar);
  });
  m.def("backward", [](Tensor grad, Tensor x, Tensor w, Tensor bias, Tensor mask, Tensor drop, Tensor col, Tensor y, int64_t k, int64_t bar) {
    return w.scalar_type() == torch::kFloat ? backward<float>(grad, x, w, bias, mask, drop, col, y, k, bar) : backward<bf16>(grad, x, w, bias, mask, drop, col, y, k, bar);
  });
}
