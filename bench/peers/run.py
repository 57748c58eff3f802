#!/usr/bin/env python3
"""Runs the peers and ours on the same texts, on one core, one behind the other,
and prints a table with ratios.

usage: run.py MADOGUCHI CORPORA [N]     N: how many sentences of GSD-dev (400)

`make peers CORPORA=...` installs the peers and calls this. Presidio's default
model (en_core_web_lg) is on no package registry and cannot be installed here;
its row says so.
"""
import collections, json, os, resource, subprocess, sys, tempfile, time

here = os.path.dirname(os.path.abspath(__file__))
binary, corpora = os.path.abspath(sys.argv[1]), sys.argv[2]
limit = int(sys.argv[3]) if len(sys.argv) > 3 else 400

texts, gold = [], {}
for l in open(corpora + "/messages/outgoing-dev.jsonl", encoding="utf-8"):
    r = json.loads(l); texts.append((r["id"], r["text"]))
    gold[r["id"]] = {(s["start"], s["end"], s["category"]) for s in r["spans"]}
sys.path.insert(0, corpora)
import score
for i, (t, spans) in enumerate(score.bio(corpora + "/ner/gsd-dev.bio")): # never trained on
    if i >= limit: break
    k = f"gsd-{i}"; texts.append((k, t))
    gold[k] = {(a, b, "name") for a, b in spans}
size = sum(len(t.encode()) for _, t in texts)


def disk(*paths):
    return sum(int(subprocess.run(["du", "-skL", p], stdout=subprocess.PIPE, text=True).stdout.split()[0] or 0) for p in paths if os.path.exists(p)) / 1024


def run(cmd, rows):
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as f:
        for k, t in rows: f.write(json.dumps({"id": k, "direction": "outgoing", "text": t}, ensure_ascii=False) + "\n")
        f.flush()
        with open(f.name) as stdin:
            t0 = time.time()
            p = subprocess.Popen(["taskset", "-c", "0"] + cmd, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env={**os.environ, "GOMAXPROCS": "1", "OMP_NUM_THREADS": "1"})
            out = p.stdout.read(); _, status, usage = os.wait4(p.pid, 0)
            return [json.loads(l) for l in out.splitlines()], time.time() - t0, usage.ru_maxrss / 1024, status


def f1(rows, category, drafts):
    tp = fp = fn = 0
    got = {r["id"]: {(f["start"], f["end"], f["category"]) for f in r.get("findings", [])} for r in rows}
    for k, _ in texts:
        if k.startswith("gsd-") == drafts: continue
        g = {s for s in gold[k] if s[2] == category}; h = {s for s in got.get(k, ()) if s[2] == category}
        tp += len(g & h); fp += len(h - g); fn += len(g - h)
    return 2 * tp / (2 * tp + fp + fn) if tp + fp + fn else 0.0


venv = os.path.join(here, "venv", "bin", "python")
site = subprocess.run([venv, "-c", "import site; print(site.getsitepackages()[0])"], stdout=subprocess.PIPE, text=True).stdout.strip()
peers = {
    "madoguchi": ([binary, "check", "--batch", "-"], disk(binary)),
    "kagome": ([os.path.join(here, "kagome", "kagome")], disk(os.path.join(here, "kagome", "kagome"))),
    "mecab": ([sys.executable, os.path.join(here, "mecab.py")], disk("/usr/bin/mecab", "/var/lib/mecab/dic/ipadic-utf8")),
    "presidio+ginza": ([venv, os.path.join(here, "presidio_ginza.py")], disk(site)),
}
categories = ["name", "address", "phone", "email", "card_number", "ip_address"]
results = {}
for name, (cmd, mb) in peers.items():
    _, start, _, _ = run(cmd, texts[:1])
    rows, total, rss, status = run(cmd, texts)
    times = 1 # the fast ones get the texts again and again, so that the start does not hide their speed
    if total < 10 * start or total < 5:
        times = 40
        again, total, rss, status = run(cmd, texts * times)
    if status or len(rows) != len(texts):
        print(f"{name}: failed ({len(rows)} of {len(texts)} texts, status {status})"); continue
    work = max(total - start, 1e-3)
    results[name] = dict(start=start, docs=times * len(texts) / work, mbs=times * size / work / 1e6, rss=rss, disk=mb, gsd=f1(rows, "name", False), **{c: f1(rows, c, True) for c in categories})
ours = results["madoguchi"]
print(f"{len(texts)} texts, {size/1e6:.2f} MB, one core; F1 of exact spans; times ours in brackets\n")
head = ["", "name (drafts)", "name (GSD)"] + categories[1:] + ["docs/s", "MB/s", "start s", "MiB", "disk MiB"]
print("| " + " | ".join(head) + " |"); print("|" + "---|" * len(head))
for name, r in results.items():
    rate = lambda k: f"{r[k]:.3g} ({r[k]/ours[k]:.2g})"
    print("| " + " | ".join([name, f"{r['name']:.3f}", f"{r['gsd']:.3f}"] + [f"{r[c]:.3f}" for c in categories[1:]] + [rate("docs"), rate("mbs"), rate("start"), rate("rss"), rate("disk")]) + " |")
print("| presidio default | cannot be installed: en_core_web_lg is on no package registry |")
