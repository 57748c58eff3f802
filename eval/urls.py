#!/usr/bin/env python3
"""Judges phishing URLs with the brand that they pretend to be, and ordinary
domains alone. usage: urls.py BINARY CORPORA"""
import collections, csv, glob, gzip, json, subprocess, sys, tempfile

binary, corpora = sys.argv[1:3]


def window(rows):
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as f:
        for r in rows:
            f.write(json.dumps(r, ensure_ascii=False) + "\n")
        f.flush()
        p = subprocess.Popen([binary, "window", "--batch", f.name], stdout=subprocess.PIPE, text=True)
        yield from map(json.loads, p.stdout)
        p.wait()


def jpcert():
    for path in sorted(glob.glob(corpora + "/url/jpcert/*.csv.gz")):
        with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as f:
            for r in csv.DictReader(f):
                url = r.get("URL") or r.get("url")
                brand = r.get("description") or r.get("brand") or ""
                if url:
                    yield url, brand


rows = list(jpcert())
status, resolved, suspicion, failed = collections.Counter(), 0, collections.Counter(), 0
for r in window({"id": str(i), "organization": b, "url": u} for i, (u, b) in enumerate(rows)):
    if "error" in r:
        failed += 1
        continue
    if r["organization_id"]:
        resolved += 1
        status[r["status"]] += 1
for r in window({"id": str(i), "url": u} for i, (u, b) in enumerate(rows)):
    suspicion[r.get("suspicion")] += 1
print(json.dumps({"rows": len(rows), "failed": failed, "brand_resolves": round(resolved / len(rows), 4),
                  "of_those": {k: round(v / resolved, 4) for k, v in status.items()},
                  "url_alone": {k: round(v / len(rows), 4) for k, v in suspicion.items()}}))
for name in ("ordinary-cisco20k", "ordinary-tranco10k"):
    with gzip.open(f"{corpora}/url/{name}.json.gz", "rt") as f:
        domains = json.load(f)["list"]
    c = collections.Counter(r["suspicion"] for r in window({"id": str(i), "url": "https://" + d.strip(".") + "/"} for i, d in enumerate(domains)))
    print(json.dumps({name: len(domains), "strong": round(c["strong"] / len(domains), 5), "some": round(c["some"] / len(domains), 4)}))
