#!/usr/bin/env python3
"""Train the reader. Needs the packages of requirements.txt beside this file; the same bytes each time on the same kind of processor.

  go run ./internal/reader/train -out bin/train.jsonl corpus/hands/*.txt
  train.py bin/train.jsonl --out internal/reader/model.bin              train on every hand
  train.py bin/train.jsonl --tune internal/reader/model.bin --passes 3 --lr 6e-4 --out internal/reader/model.bin
                                                               go on with the networks of a file, where hands came to it
  train.py bin/train.jsonl --folds 3 --dir bin/folds           hands left out: one model a fold, with what it says of them

A model is one network for each of --seeds, as wide as --widths says, one behind the other in its file; their scores are averaged.
"""
import argparse, functools, json, os, struct, sys, time
import numpy as np, torch, numba
import torch.nn.functional as F
torch.set_num_threads(1)  # two trainings side by side are faster than one on two cores
FAST = torch.bfloat16 if torch.ops.mkldnn._is_mkldnn_bf16_supported() else torch.float32  # what products are made of

KINDS, CATS, SCEN, LEXICON, NEED = 47, 34, 44, 13, 64
OUT, IN = 1 + 2 * CATS, 1 + 2 * 2 * KINDS
NEVER = {16, 18, 19, 20, 21}
LOOSE = {6, 7, 28, 29, 30, 31, 33}
DIL = [1, 2, 4, 8, 16, 1]
DROP = 13 # of 256
ITEM = 8 # letters that an item counts as where what is needed is learned
GAP = max(DIL)  # between texts, so that none sees the next
TABLES = ["letter", "shape", "rule", "word", "channel", "initiator", "inquiry"]

def init(seed, V, H):
    g = torch.Generator().manual_seed(seed)
    n = lambda s, sd: torch.randn(s, generator=g) * sd
    p = {"letter": n((V, H), .5), "shape": n((9, H), .3), "rule": n((1 + 2 * KINDS, H), .3), "word": n((KINDS + LEXICON, H), .3), "channel": n((16, H), .1), "initiator": n((3, H), .1), "inquiry": n((22, H), .1)}
    for i in range(len(DIL)):
        p[f"w{i}"], p[f"b{i}"] = n((3 * H, 2 * H), (1 / (3 * H)) ** .5), torch.zeros(2 * H)
    for k, o in (("ctx", H), ("out", OUT), ("in", IN), ("pool", 2 * H), ("sense", NEED)):
        p[k], p[k + "b"] = n((H, o), (1 / H) ** .5), torch.zeros(o)
    p["about"], p["need"], p["needb"] = n((2 * H, NEED), (1 / (2 * H)) ** .5), n((NEED, CATS), (1 / NEED) ** .5), torch.zeros(CATS)
    p["top"], p["topb"] = n((2 * H, SCEN + 4), (1 / (2 * H)) ** .5), torch.zeros(SCEN + 4)
    return p

def norm(x): return F.rms_norm(x, x.shape[-1:], eps=1e-6)

@functools.cache
def layer():
    from torch.utils.cpp_extension import load
    return load("layer", [os.path.join(os.path.dirname(os.path.abspath(__file__)), "kernel", "layer.cpp")], extra_cflags=["-O3", "-march=native", "-ffast-math", "-std=c++20"])

class Bits:
    """Masks for dropout."""
    def __init__(self, seed): self.rng = np.random.Generator(np.random.SFC64(seed))
    def __call__(self, *s): return torch.frombuffer(bytearray(self.rng.bytes(int(np.prod(s)))), dtype=torch.uint8).reshape(s)

class Layer(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w, bias, mask, drop, k):
        w = w.to(FAST)
        o, col, y = layer().forward(x, w, bias, mask, drop, k, DROP)
        ctx.save_for_backward(x, w, bias, mask, drop, col, y); ctx.k = k
        return o
    @staticmethod
    def backward(ctx, g): return *layer().backward(g, *ctx.saved_tensors, ctx.k, DROP), None, None, None

def forward(p, b, bits=None):
    """Of texts one behind the other, with gaps, drafts first: the scores of each letter of the drafts, of the messages, of each text, and of needlessness."""
    N, H = len(b["letter"]), p["ctx"].shape[0]
    m, S, share = b["mask"][:, None], b["segments"], b["share"]
    drop = bits(8, N, H) if bits else torch.empty(8, 0, dtype=torch.uint8)
    d = (lambda k: (drop[k] >= DROP) * (m * (256 / (256 - DROP)))) if bits else lambda k: m
    e = F.embedding
    whole = e(b["channel"], p["channel"]) + e(b["initiator"], p["initiator"]) + e(b["inquiry"], p["inquiry"])
    x = (e(b["letter"], p["letter"]) + e(b["shape"], p["shape"]) + e(b["rule"], p["rule"]) + e(b["word"], p["word"]) + S.T @ whole) * d(0)
    for i, k in enumerate(DIL):
        x = Layer.apply(x, p[f"w{i}"], p[f"b{i}"], b["mask"], drop[1 + i], k)
        if i == 3: x = x + S.T @ torch.tanh(share @ norm(x) @ p["ctx"] + p["ctxb"])
    x = norm(x) * d(7)
    h = x.to(FAST)
    o, i, y = ((h @ p[k].to(FAST)).float() + p[k + "b"] for h, k in ((h[:b["cut"]], "out"), (h[b["cut"]:], "in"), (h, "pool")))
    y = F.relu(y)
    whole = torch.stack([y[s:e].amax(0) for s, e in b["edges"]]) + share @ y
    c = b["cut"]
    need = F.relu(x[:c] @ p["sense"] + p["senseb"] + S[:, :c].T @ (whole @ p["about"]))
    return o, i, whole @ p["top"] + p["topb"], need @ p["need"] + p["needb"]

@numba.njit(cache=True, fastmath=True)
def paths(e, edges, out):
    """Of each text between edges the logarithm of what all label sequences that it can bear weigh together (inside, I, only behind begin or inside of the same kind), and each label's share. e are exponentials of the scores."""
    N, W = e.shape; K = (W - 1) // 2
    total = 0.
    share = np.zeros_like(e)
    q = np.zeros((N + 1, K), np.float64); c = np.zeros(N); G = np.zeros(K)
    for x in range(len(edges)):
        if not out[x]: continue
        a, z = edges[x]
        q[a, :] = 0
        for t in range(a, z):
            s = float(e[t, 0])
            for k in range(K): s += e[t, 1 + 2 * k] + q[t, k] * e[t, 2 + 2 * k]
            c[t] = s; total += np.log(s)
            for k in range(K): q[t + 1, k] = (e[t, 1 + 2 * k] + q[t, k] * e[t, 2 + 2 * k]) / s
        G[:] = 0
        for t in range(z - 1, a - 1, -1):
            s = c[t]; dc = 1.
            for k in range(K): dc -= G[k] * q[t + 1, k]
            dc /= s
            share[t, 0] = dc * e[t, 0]
            for k in range(K):
                u = G[k] / s + dc
                share[t, 1 + 2 * k] = u * e[t, 1 + 2 * k]
                share[t, 2 + 2 * k] = u * q[t, k] * e[t, 2 + 2 * k]
                G[k] = u * e[t, 2 + 2 * k]
    return total, share

class Sequences(torch.autograd.Function):
    """How much less the wanted labels weigh than all: gradient of the logarithm of all is each label's share."""
    @staticmethod
    def forward(ctx, z, want, b):
        m = b["mask"][:b["cut"], None]
        top = z.amax(-1, keepdim=True)
        total, share = paths(torch.exp(z - top).numpy(), b["edges"], b["isout"])
        ctx.save_for_backward((torch.from_numpy(share) - want) * m)
        return total - ((z - top) * want * m).sum()
    @staticmethod
    def backward(ctx, g): return ctx.saved_tensors[0] * g, None, None

def wanted(b):
    """What the marks say."""
    hot = lambda t, n: F.one_hot(t, n).float()
    return dict(out=hot(b["tag"][:b["cut"]], OUT), into=hot(b["tag"][b["cut"]:], IN), scenario=hot(b["scenario"], SCEN), fake=b["fake"].float(), verdict=hot(b["verdict"], 3), idle=b["idle"].float())

def ce(z, t): return -(t * torch.log_softmax(z, -1)).sum(-1)
def bce(z, t): return F.binary_cross_entropy_with_logits(z, t, reduction="none")


def loss(p, b, bits):
    want = wanted(b)
    o, i, top, need = forward(p, b, bits)
    need = need.gather(1, ((b["tag"][:b["cut"]] - 1).clamp(min=0) // 2)[:, None])[:, 0]
    isin, c = 1 - b["isoutf"], b["cut"]
    L = Sequences.apply(o, want["out"], b) + (ce(i, want["into"]) * b["mask"][c:] * torch.where(b["tag"][c:] > 0, 1., .7)).sum() + (bce(need, want["idle"][:c]) * b["weight"][:c]).sum()
    L = L / 60
    L = L + .3 * (isin * (ce(top[:, :SCEN], want["scenario"]) + bce(top[:, SCEN], want["fake"]))).sum()
    L = L + .3 * ce(top[:, SCEN + 1:], want["verdict"]).sum()
    return L / b["texts"]

def load(path):
    rows = [json.loads(l) for l in open(path)]
    for r in rows:
        for k in ("letters", "shape", "rule", "word"): r[k] = np.array(r[k], np.int32)
        r["_tags"], r["_idle"], r["_weight"] = tags(r), idle(r), weight(r)
    return rows

def idle(r):
    """Where a draft tells what the inquiry does not need."""
    t = np.zeros(len(r["letters"]), np.int32)
    if r["out"]:
        for a, b, _, x in r["spans"]: t[a:b] = x == 2
    return t

def weight(r):
    """How much each letter of a draft's items counts for what the inquiry needs: an item as much as another, however long."""
    t = np.zeros(len(r["letters"]), np.float32)
    if r["out"]:
        for a, b, _, _ in r["spans"]: t[a:b] = ITEM / (b - a)
    return t

def tags(r):
    t = np.zeros(len(r["letters"]), np.int32)
    for a, b, k, named in r["spans"]:
        k2 = k if r["out"] else k + KINDS * named
        t[a:b] = 2 + 2 * k2; t[a] = 1 + 2 * k2
    return t

def swap(r, pool, rng):
    """The row with values of others in the place of some of a draft's, and other words for some of the items that a message names: what stands around them tells."""
    x = {k: r[k] for k in ("letters", "shape", "rule", "word", "_tags", "_idle", "_weight")}
    if not r["spans"]: return x
    parts, at = {k: [] for k in x}, 0
    for a, b, k, named in sorted(r["spans"]):
        if a < at or r["out"] and (k in LOOSE or rng.random() < .5) or not r["out"] and (k >= CATS or rng.random() < .7): continue
        own = k if r["out"] else (k, bool(named))
        if not pool.get(own): continue
        v = pool[own][int(rng.random() * len(pool[own]))]
        n = len(v[0])
        if not n or n > 3 * (b - a) + 8: continue
        rule = r["rule"]
        begin = 1 + 2 * k
        hint = np.zeros(n, np.int32)
        if not r["out"]: hint = v[2]
        elif rule[a] == begin and (rule[a + 1:b] == begin + 1).all() and (b >= len(rule) or rule[b] != begin + 1): hint = np.full(n, begin + 1, np.int32); hint[0] = begin
        k2 = k if r["out"] else k + KINDS * named
        tag = np.full(n, 2 + 2 * k2, np.int32); tag[0] = 1 + 2 * k2
        for f, s in (("letters", v[0]), ("shape", v[1]), ("rule", hint), ("word", v[3]), ("_tags", tag), ("_idle", np.full(n, r["_idle"][a], np.int32)), ("_weight", np.full(n, ITEM / n, np.float32) if r["out"] else np.zeros(n, np.float32))):
            parts[f] += [x[f][at:a], s]
        at = b
    if not at: return x
    return {k: np.concatenate(parts[k] + [x[k][at:]]) for k in x}

def values(rows):
    pool = {}
    for r in rows:
        for a, b, k, named in r["spans"]: pool.setdefault(k if r["out"] else (k, bool(named)), []).append(tuple(r[f][a:b] for f in ("letters", "shape", "rule", "word")))
    return pool

class Table:
    """Letters to numbers; those that are not known by the shape that stands with them."""
    def __init__(self, letters):
        self.m = np.zeros(0x110000, np.int32); self.m[letters] = 10 + np.arange(len(letters))
    def __call__(self, letters, shapes):
        n = self.m[letters]
        return np.where(n > 0, n, 1 + shapes)

def vocabulary(rows):
    """Letters that stand in texts of at least two hands; 1 to 9 are unknown letters by shape."""
    hands = {}
    for r in rows:
        for c in set(r["letters"].tolist()): hands.setdefault(c, set()).add(r["hand"])
    return sorted(c for c, h in hands.items() if len(h) > 1)

def groups(rows, budget, rng=None):
    order = rng.permutation(len(rows)) if rng else np.argsort([len(r["letters"]) for r in rows], kind="stable")
    cur, n, sets = [], 0, []
    for i in order:
        k = len(rows[i]["letters"]) + GAP
        if cur and (n + k > budget): sets.append(cur); cur, n = [], 0
        cur.append(int(i)); n += k
    return sets + [cur]

def pack(rows, ids, table, pool=None, rng=None):
    ids = sorted(ids, key=lambda i: not rows[i]["out"])
    xs, B = [], len(ids)
    for i in ids: xs.append(swap(rows[i], pool, rng) if rng else {k: rows[i][k] for k in ("letters", "shape", "rule", "word", "_tags", "_idle", "_weight")})
    room = lambda xs: -(-sum(len(x["letters"]) + GAP for x in xs) // 64) * 64  # few different sizes: each is compiled
    cut = room([x for i, x in zip(ids, xs) if rows[i]["out"]])
    N = cut + room([x for i, x in zip(ids, xs) if not rows[i]["out"]])
    z = lambda: np.zeros(N, np.int64)
    b = dict(letter=z(), shape=z(), rule=z(), word=z(), tag=z(), idle=z(), weight=np.zeros(N, np.float32), mask=np.zeros(N, np.float32), segments=np.zeros((B, N), np.float32))
    at, edges = 0, np.zeros((len(ids), 2), np.int64)
    
    for k in ("channel", "initiator", "inquiry"): b[k] = np.zeros(B, np.int64)
    for k in ("scenario", "fake", "verdict"): b[k] = np.zeros(B, np.int64)
    for j, (i, x) in enumerate(zip(ids, xs)):
        r, n = rows[i], len(x["letters"])
        if not r["out"]: at = max(at, cut)
        s = slice(at, at + n)
        edges[j] = at, at + n
        L, rule, word = table(x["letters"], x["shape"]), x["rule"], x["word"]
        ch, ini, inq = r["channel"], r["initiator"], r["inquiry"]
        if rng:
            L = np.where(rng.random(n) < .03, 1 + x["shape"], L)
            if rng.random() < .3: rule = 0
            if rng.random() < .3: word = 0
            if rng.random() < .1: ch = 0
            if rng.random() < .3: inq = 0
            if rng.random() < .3: ini = 2
        b["letter"][s], b["shape"][s], b["rule"][s], b["word"][s], b["tag"][s], b["idle"][s], b["weight"][s], b["mask"][s], b["segments"][j, s] = L, x["shape"], rule, word, x["_tags"], x["_idle"], x["_weight"], 1, 1
        b["channel"][j], b["initiator"][j], b["inquiry"][j], b["scenario"][j], b["fake"][j], b["verdict"][j] = ch + 8 * r["out"], ini, inq, max(0, r["scenario"]), r["fake"], r["verdict"]
        at += n + GAP
    b["share"] = b["segments"] / np.maximum(b["segments"].sum(1, keepdims=True), 1)
    b = {k: torch.from_numpy(v) for k, v in b.items()}
    b["edges"], b["isout"], b["texts"] = edges, np.array([rows[i]["out"] for i in ids]), B
    b["cut"], b["ids"] = cut, ids
    b["isoutf"] = torch.from_numpy(b["isout"].astype(np.float32))
    return b

def grown(p, old, letters, rows):
    """A network that also knows the letters which came with new hands; each begins as an unknown one of its shape."""
    new = sorted(set(letters) - set(old))
    shape = {c: s for r in rows for c, s in zip(r["letters"].tolist(), r["shape"].tolist())}
    p["letter"] = torch.cat([p["letter"], torch.stack([p["letter"][1 + shape[c]] for c in new])]) if new else p["letter"]
    return p, old + new

def train(rows, H, passes, seed, lr, budget, begun=None):
    torch.manual_seed(seed)
    letters = vocabulary(rows)
    p, letters = grown(*begun, letters, rows) if begun else (init(seed, 10 + len(letters), H), letters)
    table = Table(letters)
    pool = values(rows)
    flat, ema = torch.cat([v.reshape(-1) for v in p.values()]), None
    slope, ema, at = torch.zeros_like(flat), flat.clone(), 0
    decay = torch.cat([torch.full((v.numel(),), .05 * (v.ndim > 1)) for v in p.values()])
    m1, m2 = torch.zeros_like(flat), torch.zeros_like(flat)
    views = lambda whole: dict(zip(p, (x.view(v.shape) for x, v in zip(whole.split([v.numel() for v in p.values()]), p.values()))))
    p = {k: v.requires_grad_() for k, v in views(flat).items()}
    for k, v in views(slope).items(): p[k].grad = v
    rng, bits = np.random.default_rng(seed), Bits(seed)
    total = passes * len(groups(rows, budget, np.random.default_rng(0)))
    t = 0
    for e in range(passes):
        sum_, n, t0 = 0., 0, time.time()
        for g in groups(rows, budget, rng):
            t += 1
            b = pack(rows, g, table, pool, rng)
            slope.zero_()
            L = loss(p, b, bits)
            L.backward()
            with torch.no_grad():
                rate = lr * min(1., t / 100) * max(.02, .5 * (1 + np.cos(np.pi * min(1, t / total))))
                slope.mul_(min(1., 5 / (slope.norm().item() + 1e-9)))
                m1.mul_(.9).add_(slope, alpha=.1); m2.mul_(.99).addcmul_(slope, slope, value=.01)
                flat.mul_(1 - rate * decay).addcdiv_(m1, m2.div(1 - .99 ** t).sqrt_().add_(1e-8), value=-rate / (1 - .9 ** t))
                ema.lerp_(flat, .002)
            sum_ += L.item(); n += 1
        print(f"pass {e} loss {sum_ / n:.4f} {time.time() - t0:.0f}s", file=sys.stderr, flush=True)
    return views(ema), letters

def viterbi(z):
    """BIO: an I only behind the B or I of its kind. z are log probabilities, [T, 1 + 2K]."""
    T, N = z.shape; K = (N - 1) // 2
    s, back = z[0].copy(), np.zeros((T, N), np.int32); s[2::2] = -1e9
    for t in range(1, T):
        b = int(s.argmax()); m = s[b]
        n = m + z[t]; bk = np.full(N, b)
        c = np.where(s[1::2] >= s[2::2], np.arange(1, N, 2), np.arange(2, N, 2))
        n[2::2] = s[c] + z[t, 2::2]; bk[2::2] = c
        s, back[t] = n, bk
    y = [int(s.argmax())]
    for t in range(T - 1, 0, -1): y.append(int(back[t, y[-1]]))
    y = y[::-1]; out = []; t = 0
    while t < T:
        if y[t] % 2 == 1:
            k, a = (y[t] - 1) // 2, t; t += 1
            while t < T and y[t] == 2 + 2 * k: t += 1
            out.append((a, t, k))
        else: t += 1
    return out

def predict(networks, rows):
    res = [None] * len(rows)
    with torch.no_grad():
        for g in groups(rows, 4096):
            said = [forward(p, b := pack(rows, g, Table(letters))) for p, letters in networks]
            o, i, top, need = (torch.stack(x).mean(0) for x in zip(*said))
            o, i = torch.log_softmax(o, -1), torch.log_softmax(i, -1)
            for j, k in enumerate(b["ids"]):
                s, e = b["edges"][j]
                res[k] = dict(spans=viterbi((o[s:e] if rows[k]["out"] else i[s - b["cut"]:e - b["cut"]]).numpy()), top=top[j].numpy(), need=need[s:e].numpy() if rows[k]["out"] else None)
    return res

def f1(tp, fp, fn): return 2 * tp / max(1, 2 * tp + fp + fn)

def measure(rows, res):
    c = dict(ex=[0, 0, 0], ov=[0, 0, 0], nd=[0, 0], clean=[0, 0], asks=[0, 0, 0], na=[0, 0], scen=[0, 0], fake=[0, 0], ver=[0, 0], dv=[0, 0])
    for r, q in zip(rows, res):
        if r["out"]:
            want = {(a, b, k) for a, b, k, _ in r["spans"]}; got = set(q["spans"])
            near = lambda x, ys: any(y[0] < x[1] and x[0] < y[1] and x[2] == y[2] for y in ys)
            for x in want:
                if x[2] not in LOOSE: c["ex"][0 if x in got else 2] += 1
                c["ov"][0 if near(x, got) else 2] += 1
                if x[2] in NEVER: c["nd"][0] += any(y[0] < x[1] and x[0] < y[1] and y[2] in NEVER for y in got); c["nd"][1] += 1
            for x in got:
                if x not in want and x[2] not in LOOSE: c["ex"][1] += 1
                if not near(x, want): c["ov"][1] += 1
            if not want: c["clean"][0] += bool(got); c["clean"][1] += 1
        else:
            want = {k for _, _, k, n in r["spans"] if not n}; got = {k for _, _, k in q["spans"] if k < KINDS}
            c["asks"][0] += len(want & got); c["asks"][1] += len(got - want); c["asks"][2] += len(want - got)
            for k in want & NEVER: c["na"][0] += k in got; c["na"][1] += 1
            t = q["top"]
            c["scen"][0] += int(t[:SCEN].argmax() == r["scenario"]); c["scen"][1] += 1
            c["fake"][0] += int((t[SCEN] > 0) == r["fake"]); c["fake"][1] += 1
            c["ver"][0] += int(t[SCEN + 1:].argmax() == r["verdict"]); c["ver"][1] += 1
        if r["out"]:
            c["dv"][0] += int(q["top"][SCEN + 1:].argmax() == r["verdict"]); c["dv"][1] += 1
            for a, b, k, x in r["spans"]:
                v = float(q["need"][a:b, k].mean()) > 0
                c.setdefault("idle", [0, 0, 0])[0 if v and x == 2 else 1 if v else 2] += bool(v or x == 2)
    return {k: f1(*v) if len(v) == 3 else v[0] / max(1, v[1]) for k, v in c.items()}

def save(path, networks):
    with open(path, "wb") as f:
        for p, letters in networks: write(f, {k: v.numpy() for k, v in p.items()}, letters)

def matrices(): return [f"{x}{i}" for i in range(len(DIL)) for x in "wb"] + ["ctx", "ctxb", "out", "outb", "in", "inb", "pool", "poolb", "top", "topb", "sense", "senseb", "about", "need", "needb"]

def write(f, p, letters):
    """Little-endian: magic, H, letters, then each matrix as int8 with a float32 scale for each output, the letters with one for each letter; the other embeddings as float16."""
    f.write(b"MDR3" + struct.pack("<II", p["ctx"].shape[0], len(letters)) + np.array(letters, "<u4").tobytes())
    for k in TABLES + matrices():
        x = np.asarray(p[k])
        if x.ndim == 1: f.write(x.astype("<f4").tobytes()); continue
        if k in TABLES[1:]: f.write(x.astype("<f2").tobytes()); continue
        s = np.maximum(np.abs(x).max(int(k == "letter"), keepdims=True), 1e-8) / 127
        f.write(s.astype("<f4").tobytes() + np.round(x / s).astype(np.int8).tobytes())

def read(path):
    """The networks of a file, as write lays them out; what stands behind them is left."""
    b, at = open(path, "rb").read(), 0
    def take(kind, *shape):
        nonlocal at
        x = np.frombuffer(b, kind, int(np.prod(shape)), at).reshape(shape); at += x.nbytes
        return x.astype(np.float32) if kind != "<u4" else x
    out = []
    while b[at:at + 4] == b"MDR3":
        H, n = struct.unpack_from("<II", b, at + 4); at += 12
        letters, p = take("<u4", n).tolist(), init(0, 10 + n, H)
        for k in TABLES + matrices():
            v = tuple(p[k].shape)
            if len(v) == 1: x = take("<f4", *v)
            elif k in TABLES[1:]: x = take("<f2", *v)
            else: x = take("<f4", *((v[0], 1) if k == "letter" else (1, v[1]))) * take("i1", *v)
            p[k] = torch.from_numpy(x)
        out.append((p, letters))
    return out

def main():
    a = argparse.ArgumentParser()
    a.add_argument("data"); a.add_argument("--out"); a.add_argument("--folds", type=int, default=0); a.add_argument("--only", type=int); a.add_argument("--dir", default="bin/folds")
    a.add_argument("--widths", type=int, nargs="+", default=[128, 128]); a.add_argument("--passes", type=int, default=10); a.add_argument("--seeds", type=int, nargs="+", default=[3, 4]); a.add_argument("--lr", type=float, default=3e-3)
    a.add_argument("--budget", type=int, default=1152); a.add_argument("--tune"); a.add_argument("--only-network", type=int)
    a = a.parse_args()
    rows = load(a.data); hands = sorted({r["hand"] for r in rows})
    make = lambda rows: [train(rows, width, a.passes, seed, a.lr * (96 / width) ** .5, a.budget) for seed, width in zip(a.seeds, a.widths, strict=True)]
    if a.folds:
        os.makedirs(a.dir, exist_ok=True)
        for f in range(a.folds):
            if a.only is not None and f != a.only: continue
            left = set(hands[f::a.folds])
            tr, te = [r for r in rows if r["hand"] not in left], [r for r in rows if r["hand"] in left]
            networks = make(tr)
            save(f"{a.dir}/{f}.bin", networks)
            json.dump(sorted(left), open(f"{a.dir}/{f}.json", "w"))
            for who in [[n] for n in networks] + [networks]: print(f, len(who), {k: round(v, 3) for k, v in measure(te, predict(who, te)).items()}, flush=True)
    elif a.tune:
        save(a.out, [train(rows, n[0]["ctx"].shape[0], a.passes, seed, a.lr, a.budget, n) for i, (seed, n) in enumerate(zip(a.seeds, read(a.tune), strict=True)) if a.only_network in (None, i)])
    else:
        save(a.out, make(rows))

if __name__ == "__main__": main()
