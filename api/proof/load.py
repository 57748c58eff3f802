"""Load on POST /analyze, of Presidio (with GiNZA) and of madoguchi, by turns in the same
run on the same texts: the drafts of corpus/kept, one after another on each connection.

usage: load.py MADOGUCHI PRESIDIO KEPT.jsonl     the two servers' addresses; SECONDS_EACH=10
"""
import http.client, itertools, json, os, sys, threading, time
from urllib.parse import urlsplit

texts = [json.loads(line)["text"] for line in open(sys.argv[3], encoding="utf-8")]
bodies = [json.dumps({"text": t, "language": "ja"}).encode() for t in texts]
seconds, rounds = float(os.environ.get("SECONDS_EACH", 10)) / 2, 2


def load(base, connections):
    """Answers a second, and how long one took, in seconds."""
    took, faults, end, turn, lock = [], [], time.monotonic() + seconds, itertools.count(), threading.Lock()

    def client():
        c = http.client.HTTPConnection(urlsplit(base).netloc, timeout=60)
        while time.monotonic() < end:
            with lock:
                body = bodies[next(turn) % len(bodies)]
            start = time.perf_counter()
            c.request("POST", "/analyze", body, {"Content-Type": "application/json"})
            r = c.getresponse()
            r.read()
            took.append(time.perf_counter() - start)
            if r.status != 200:
                faults.append(r.status)
    clients = [threading.Thread(target=client) for _ in range(connections)]
    start = time.monotonic()
    for t in clients:
        t.start()
    for t in clients:
        t.join()
    return len(took) / (time.monotonic() - start), sorted(took), faults


failed, won = 0, 0
print(f"{len(texts)} drafts, {sum(map(len, texts)) // len(texts)} characters at the mean")
for connections in (1, 16):
    rate, all_took = {"madoguchi": 0, "Presidio": 0}, {"madoguchi": [], "Presidio": []}
    for _ in range(rounds):
        for name, base in zip(rate, sys.argv[1:3]):
            n, took, faults = load(base, connections)
            rate[name] += n / rounds
            all_took[name] += took
            failed += len(faults)
            for status in sorted(set(faults)):
                print(f"{name} answered {status} {faults.count(status)} times")
    for name, took in all_took.items():
        took.sort()
        print(f"{connections:3} connections, {name:9}: {rate[name]:7.1f}/s, half within {took[len(took) // 2] * 1e3:.1f} ms, 99 of 100 within {took[len(took) * 99 // 100] * 1e3:.1f} ms")
    ratio = rate["madoguchi"] / rate["Presidio"]
    print(f"{connections:3} connections: {ratio:.1f} times as many")
    won += ratio > 1
print(f"{won} passed, 0 excepted, {failed + 2 - won} failed")
sys.exit(failed + 2 - won > 0)
