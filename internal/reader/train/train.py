#!/usr/bin/env python3
"""Train the reader. Needs the packages of requirements.txt beside this file; the same bytes each time on the same kind of processor.

  go run ./internal/reader/train -out bin/train.jsonl corpus/hands/*.txt
  train.py bin/train.jsonl --out internal/reader/model.bin              train on every hand
  train.py bin/train.jsonl --folds 3 --dir bin/folds           hands left out: one model a fold, with what it says of them

A model is one network for each of --seeds, one behind the other in its file; their scores are averaged.
"""
import argparse, json, os, struct, sys, time
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")  # two trainings side by side are faster than one on two cores
from functools import partial
import numpy as np, jax, jax.numpy as jnp

KINDS, CATS, SCEN, FRAUD, LEXICON = 47, 34, 44, 31, 13
OUT, IN = 1 + 2 * CATS, 1 + 2 * 2 * KINDS
NEVER = {16, 18, 19, 20, 21}
LOOSE = {6, 7, 28, 29, 30, 31, 33}
DIL = [1, 2, 4, 8, 16, 1]

def init(key, V, H):
    ks = iter(jax.random.split(key, 64))
    n = lambda s, sd: jax.random.normal(next(ks), s) * sd
    p = {"letter": n((V, H), .5), "shape": n((9, H), .3), "rule": n((1 + 2 * KINDS, H), .3), "word": n((KINDS + LEXICON, H), .3), "channel": n((2, 8, H), .1), "initiator": n((3, H), .1), "inquiry": n((22, H), .1)}
    for i in range(len(DIL)):
        p[f"w{i}"], p[f"b{i}"] = n((3 * H, 2 * H), (1 / (3 * H)) ** .5), jnp.zeros(2 * H)
    p["ctx"], p["ctxb"] = n((H, H), (1 / H) ** .5), jnp.zeros(H)
    p["out"], p["outb"] = n((H, OUT), (1 / H) ** .5), jnp.zeros(OUT)
    p["in"], p["inb"] = n((H, IN), (1 / H) ** .5), jnp.zeros(IN)
    p["need"], p["needb"] = n((H, 1), (1 / H) ** .5), jnp.zeros(1)
    p["pool"], p["poolb"] = n((H, 2 * H), (1 / H) ** .5), jnp.zeros(2 * H)
    p["top"], p["topb"] = n((2 * H, SCEN + 1 + 3), (1 / (2 * H)) ** .5), jnp.zeros(SCEN + 4)
    return p

def norm(x): return x * jax.lax.rsqrt(jnp.mean(x * x, -1, keepdims=True) + 1e-6)

def trunk(p, b, key=None, rate=0.):
    m = b["mask"][..., None]
    drop = lambda x, k: x if key is None or rate == 0. else x * jax.random.bernoulli(jax.random.fold_in(key, k), 1 - rate, x.shape) / (1 - rate)
    x = p["letter"][b["letter"]] + p["shape"][b["shape"]] + p["rule"][b["rule"]] + p["word"][b["word"]]
    x = x + (p["channel"][b["out"], b["channel"]] + p["initiator"][b["initiator"]] + p["inquiry"][b["inquiry"]])[:, None]
    x = drop(x, 0) * m
    for i, d in enumerate(DIL):
        h = drop(norm(x), 10 + i) * m
        z = jnp.pad(h, ((0, 0), (d, d), (0, 0)))
        T = h.shape[1]
        y = jnp.concatenate([z[:, :T], h, z[:, 2 * d:2 * d + T]], -1) @ p[f"w{i}"] + p[f"b{i}"]
        a, g = jnp.split(y, 2, -1)
        x = x + a * jax.nn.sigmoid(g) * m
        if i == 3:
            mean = (norm(x) * m).sum(1) / jnp.maximum(m.sum(1), 1)
            x = x + jnp.tanh(mean @ p["ctx"] + p["ctxb"])[:, None] * m
    return drop(norm(x), 30) * m

def heads(p, x, mask):
    y = jax.nn.relu(x @ p["pool"] + p["poolb"])
    y = jnp.where(mask[..., None] > 0, y, 0)
    top = (y.max(1) + y.sum(1) / jnp.maximum(mask.sum(1), 1)[:, None]) @ p["top"] + p["topb"]
    return x @ p["out"] + p["outb"], x @ p["in"] + p["inb"], top, (x @ p["need"] + p["needb"])[..., 0]

def loss(p, b, key, rate):
    x = trunk(p, b, key, rate)
    o, i, top, need = heads(p, x, b["mask"])
    ce = lambda z, t: -jnp.take_along_axis(jax.nn.log_softmax(z), t[..., None], -1)[..., 0]
    out = b["out"][:, None]
    isout = (out == 1).astype(jnp.float32)
    w = b["mask"] * (1 - isout) * jnp.where(b["tag"] > 0, 1.0, 0.7)
    L = (crf(o, jnp.where(out == 1, b["tag"], 0), b["mask"] * isout).sum() + (ce(i, jnp.where(out == 0, b["tag"], 0)) * w).sum()) / 60
    L = L + (jnp.logaddexp(0, jnp.where(b["idle"] == 1, -need, need)) * b["mask"] * (out == 1) * (b["tag"] > 0)).sum() / 60
    isin = (b["out"] == 0) * (b["real"])
    L = L + (isin * (0.3 * ce(top[:, :SCEN], jnp.maximum(b["scenario"], 0)) + 0.3 * jnp.logaddexp(0, jnp.where(b["fake"] == 1, -1, 1) * top[:, SCEN]))).sum()
    L = L + (0.3 * b["real"] * ce(top[:, SCEN + 1:], b["verdict"])).sum()
    return L / b["real"].sum()

def crf(z, tag, mask):
    """Of each text minus the logarithm of the share that its labels have among all that it can bear: inside (I) only behind begin or inside of the same kind."""
    top = jax.lax.stop_gradient(z.max(-1, keepdims=True))
    z = z - top
    right = (jnp.take_along_axis(z, tag[..., None], -1)[..., 0] * mask).sum(1)
    e = jnp.exp(z)
    free, begin, inside = e[..., 0] + e[..., 1::2].sum(-1), e[..., 1::2], e[..., 2::2]
    def step(q, x):
        f, b, i, m = x
        qi = q * i
        c = f + qi.sum(-1)
        n = (b + qi) / c[:, None]
        return jnp.where(m[:, None] > 0, n, q), jnp.where(m > 0, jnp.log(c), 0.)
    q = jnp.zeros_like(begin[:, 0])
    _, logs = jax.lax.scan(step, q, (free.T, begin.transpose(1, 0, 2), inside.transpose(1, 0, 2), mask.T), unroll=4)
    return logs.sum(0) - right

def load(path): return [json.loads(l) for l in open(path)]

def idle(r):
    """Where a draft tells what the inquiry does not need."""
    t = np.zeros(len(r["letters"]), np.int32)
    if r["out"]:
        for a, b, _, x in r["spans"]: t[a:b] = x == 2
    return t

def tags(r):
    t = np.zeros(len(r["letters"]), np.int32)
    for a, b, k, named in r["spans"]:
        k2 = k if r["out"] else k + KINDS * named
        t[a:b] = 2 + 2 * k2; t[a] = 1 + 2 * k2
    return t

def swap(r, pool, rng):
    """The row with values of others in the place of some of a draft's, and other words for some of the items that a message names: what stands around them tells."""
    if not r["spans"]: return r
    letters, shp, rule, word, tag = (list(r[k]) for k in ("letters", "shape", "rule", "word", "_tags"))
    un = list(r["_idle"])
    for a, b, k, named in sorted(r["spans"], reverse=True):
        if r["out"] and (k in LOOSE or rng.random() < .5) or not r["out"] and (k >= CATS or rng.random() < .7): continue
        own = k if r["out"] else (k, bool(named))
        if own not in pool or not pool[own]: continue
        v = pool[own][rng.integers(len(pool[own]))]
        n = len(v[0])
        if not n or n > 3 * (b - a) + 8: continue
        exact = r["out"] and rule[a] == 1 + 2 * k and all(x == 2 + 2 * k for x in rule[a + 1:b]) and (b >= len(rule) or rule[b] != 2 + 2 * k)
        hint = ([1 + 2 * k] + [2 + 2 * k] * (n - 1)) if exact else [0] * n
        letters[a:b], shp[a:b], rule[a:b], word[a:b] = v[0], v[1], hint, v[3]
        k2 = k if r["out"] else k + KINDS * named
        if not r["out"]: rule[a:a + n] = v[2]
        tag[a:b] = [1 + 2 * k2] + [2 + 2 * k2] * (n - 1)
        un[a:b] = [un[a]] * n
    return dict(r, _idle=np.array(un, np.int32), letters=letters, shape=shp, rule=rule, word=word, _tags=np.array(tag, np.int32))

def values(rows):
    pool = {k: [] for k in range(KINDS)}
    for r in rows:
        if r["out"]:
            for a, b, k, _ in r["spans"]: pool[k].append((r["letters"][a:b], r["shape"][a:b], None, r["word"][a:b]))
        else:
            for a, b, k, named in r["spans"]: pool.setdefault((k, bool(named)), []).append((r["letters"][a:b], r["shape"][a:b], r["rule"][a:b], r["word"][a:b]))
    return pool

def batches(rows, vocab, rng, budget, train):
    order = np.argsort([len(r["letters"]) + (rng.random() * 20 if train else 0) for r in rows], kind="stable")
    groups, cur, width = [], [], 0
    for i in order:
        n = -(-len(rows[i]["letters"]) // 64) * 64
        if cur and max(width, n) * (len(cur) + 1) > budget: groups.append(cur); cur, width = [], 0
        cur.append(i); width = max(width, n)
    if cur: groups.append(cur)
    if train: rng.shuffle(groups)
    pool = values(rows) if train else None
    for g in groups:
        T = -(-max(len(rows[i]["letters"]) for i in g) // 64) * 64
        B = max(1, budget // T) if T <= budget else 1
        z = lambda: np.zeros((B, T), np.int32)
        b = dict(letter=z(), shape=z(), rule=z(), word=z(), tag=z(), idle=z(), mask=np.zeros((B, T), np.float32))
        for k in ("out", "channel", "initiator", "inquiry", "scenario", "fake", "verdict"): b[k] = np.zeros(B, np.int32)
        b["initiator"][:] = 2; b["real"] = np.zeros(B, np.float32)
        for j, i in enumerate(g):
            r = swap(rows[i], pool, rng) if train else rows[i]
            n = min(T, len(r["letters"]))
            if n < len(r["letters"]): r = dict(r, **{k: r[k][:n] for k in ("letters", "shape", "rule", "word", "_tags", "_idle")})
            L = vocab[0][r["letters"]]
            if train: L = np.where(rng.random(n) < .03, 1 + np.array(r["shape"]), L)
            rule = np.array(r["rule"])
            if train:
                u = rng.random()
                if u < .3: rule = rule * 0
            word = np.array(r["word"])
            if train and rng.random() < .3: word = word * 0
            b["letter"][j, :n], b["shape"][j, :n], b["rule"][j, :n], b["word"][j, :n], b["tag"][j, :n], b["idle"][j, :n], b["mask"][j, :n] = L, r["shape"], rule, word, r["_tags"], r["_idle"], 1
            b["out"][j] = int(r["out"])
            b["channel"][j] = 0 if train and rng.random() < .1 else r["channel"]
            b["inquiry"][j] = 0 if train and rng.random() < .3 else r["inquiry"]
            b["initiator"][j] = 2 if train and rng.random() < .3 else r["initiator"]
            b["scenario"][j], b["fake"][j], b["verdict"][j], b["real"][j] = r["scenario"], r["fake"], r["verdict"], 1
        yield g, b

def vocabulary(rows):
    """Letters that stand in texts of at least two hands; 1 to 9 are unknown letters by shape."""
    hands = {}
    for r in rows:
        for c in set(r["letters"]): hands.setdefault(c, set()).add(r["hand"])
    letters = sorted(c for c, h in hands.items() if len(h) > 1)
    return letters

class Table:
    """Letters to numbers; letters that are not known by the shape that stands with them are done by the caller."""
    def __init__(self, letters, shapes):
        self.m = {c: 10 + i for i, c in enumerate(letters)}; self.s = shapes
    def __getitem__(self, ls): return np.array([self.m.get(c, 1 + self.s(c)) for c in ls], np.int32)

def shape(c):
    if 48 <= c <= 57: return 0
    if 97 <= c <= 122: return 1
    if 0x3041 <= c <= 0x309f: return 3
    if 0x30a0 <= c <= 0x30ff: return 4
    if 0x4e00 <= c <= 0x9fff or c == 0x3005 or 0x3400 <= c <= 0x4dbf: return 5
    if c == 10: return 6
    return 8 if chr(c).isalpha() or chr(c).isdecimal() else 7

def adam_init(p): return {k: (jnp.zeros_like(v), jnp.zeros_like(v)) for k, v in p.items()}

@partial(jax.jit, static_argnames="rate", donate_argnums=(0, 1, 2))
def step(p, opt, ema, b, key, t, lr, rate):
    L, g = jax.value_and_grad(loss)(p, b, key, rate)
    gn = jnp.sqrt(sum((x * x).sum() for x in g.values()))
    s = jnp.minimum(1., 5. / (gn + 1e-9))
    q, o, e = {}, {}, {}
    for k in p:
        m, v = opt[k]; x = g[k] * s
        m = .9 * m + .1 * x; v = .99 * v + .01 * x * x
        u = (m / (1 - .9 ** t)) / (jnp.sqrt(v / (1 - .99 ** t)) + 1e-8)
        wd = 0.05 if p[k].ndim == 2 else 0.
        q[k] = p[k] - lr * (u + wd * p[k]); o[k] = (m, v)
        e[k] = ema[k] * .998 + q[k] * .002
    return q, o, e, L

def train(rows, H, passes, seed, lr, budget, rate, log=True):
    for r in rows: r["_tags"], r["_idle"] = tags(r), idle(r)
    letters = vocabulary(rows)
    table = Table(letters, shape)
    p = init(jax.random.PRNGKey(seed), 10 + len(letters), H)
    opt, ema = adam_init(p), {k: v + 0 for k, v in p.items()}
    rng = np.random.default_rng(seed)
    total = passes * sum(1 for _ in batches(rows, [table], rng, budget, False))
    t = 0
    for e in range(passes):
        L, n, t0 = 0., 0, time.time()
        for _, b in batches(rows, [table], rng, budget, True):
            t += 1
            f = min(1., t / 100) * max(.02, .5 * (1 + np.cos(np.pi * min(1, t / total))))
            p, opt, ema, l = step(p, opt, ema, b, jax.random.fold_in(jax.random.PRNGKey(seed + 1), t), jnp.float32(t), jnp.float32(lr * f), rate)
            L += float(l); n += 1
        if log: print(f"pass {e} loss {L / n:.4f} {time.time() - t0:.0f}s", file=sys.stderr, flush=True)
    return {k: np.asarray(v) for k, v in ema.items()}, letters

@jax.jit
def forward(p, b): return heads(p, trunk(p, b), b["mask"])

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
    for r in rows: r["_tags"], r["_idle"] = tags(r), idle(r)
    res = [None] * len(rows)
    each = [batches(rows, [Table(letters, shape)], np.random.default_rng(0), 8192, False) for _, letters in networks]
    for same in zip(*each):
        said = [[np.asarray(x) for x in forward(p, b)] for (p, _), (_, b) in zip(networks, same)]
        o, i, top, need = (np.mean(x, 0) for x in zip(*said))
        for j, k in enumerate(same[0][0]):
            n = len(rows[k]["letters"])
            z = np.asarray(jax.nn.log_softmax((o if rows[k]["out"] else i)[j, :n]))
            res[k] = dict(spans=viterbi(z), top=top[j], need=need[j, :n])
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
                v = float(q["need"][a:b].mean()) > 0 if "need" in q else False
                c.setdefault("idle", [0, 0, 0])[0 if v and x == 2 else 1 if v else 2] += bool(v or x == 2)
    s = {k: f1(*v) if len(v) == 3 else v[0] / max(1, v[1]) for k, v in c.items()}
    return s

def save(path, networks, H):
    with open(path, "wb") as f:
        for p, letters in networks: write(f, p, letters, H)

def write(f, p, letters, H):
    """Little-endian: magic, H, letters, then each matrix as int8 with a float32 scale for each output; embeddings as float16."""
    f.write(b"MDR2" + struct.pack("<II", H, len(letters)) + np.array(letters, "<u4").tobytes())
    for k in ["letter", "shape", "rule", "word", "channel", "initiator", "inquiry"]: f.write(np.asarray(p[k]).astype("<f2").tobytes())
    for k in [f"{x}{i}" for i in range(len(DIL)) for x in "wb"] + ["ctx", "ctxb", "out", "outb", "in", "inb", "need", "needb", "pool", "poolb", "top", "topb"]:
        x = np.asarray(p[k])
        if x.ndim == 1: f.write(x.astype("<f4").tobytes()); continue
        s = np.maximum(np.abs(x).max(0), 1e-8) / 127
        f.write(s.astype("<f4").tobytes() + np.round(x / s).astype(np.int8).tobytes())

def main():
    a = argparse.ArgumentParser()
    a.add_argument("data"); a.add_argument("--out"); a.add_argument("--folds", type=int, default=0); a.add_argument("--only", type=int); a.add_argument("--dir", default="bin/folds")
    a.add_argument("--width", type=int, default=96); a.add_argument("--passes", type=int, default=10); a.add_argument("--seeds", type=int, nargs="+", default=[1, 2]); a.add_argument("--lr", type=float, default=3e-3)
    a.add_argument("--budget", type=int, default=512); a.add_argument("--dropout", type=float, default=.05)
    a = a.parse_args()
    rows = load(a.data); hands = sorted({r["hand"] for r in rows})
    if a.folds:
        os.makedirs(a.dir, exist_ok=True)
        for f in range(a.folds):
            if a.only is not None and f != a.only: continue
            left = set(hands[f::a.folds])
            tr, te = [r for r in rows if r["hand"] not in left], [r for r in rows if r["hand"] in left]
            networks = [train(tr, a.width, a.passes, seed, a.lr, a.budget, a.dropout) for seed in a.seeds]
            save(f"{a.dir}/{f}.bin", networks, a.width)
            json.dump(sorted(left), open(f"{a.dir}/{f}.json", "w"))
            s = measure(te, predict(networks, te))
            print(f, sorted(left), {k: round(v, 3) for k, v in s.items()}, flush=True)
    else:
        save(a.out, [train(rows, a.width, a.passes, seed, a.lr, a.budget, a.dropout) for seed in a.seeds], a.width)

if __name__ == "__main__": main()
