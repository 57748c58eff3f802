"""A peer of the benchmark: names are runs of tokens that MeCab with IPADIC
calls 人名. The texts go through one process of the mecab command."""
import json, subprocess, sys

rows = [json.loads(l) for l in sys.stdin]
text = "\n".join(r["text"].replace("\n", " ").replace("\x00", " ") for r in rows) + "\n"
out = subprocess.run(["mecab", "-b", "1000000"], input=text, stdout=subprocess.PIPE, text=True).stdout
docs = out.split("EOS\n")
for r, doc in zip(rows, docs):
    pos, start, found = 0, None, []
    source = r["text"].replace("\n", " ")
    for line in doc.splitlines():
        surface, _, feature = line.partition("\t")
        at = source.find(surface, pos)
        if at < 0:
            continue
        person = ",固有名詞,人名," in "," + feature
        if person and start is None:
            start = at
        if not person and start is not None:
            found.append({"category": "name", "start": start, "end": pos}); start = None
        pos = at + len(surface)
    if start is not None:
        found.append({"category": "name", "start": start, "end": pos})
    print(json.dumps({"id": r["id"], "findings": found}))
