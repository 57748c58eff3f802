"""Minutes of clients that leave, flood and lie beside one that asks and must be answered
rightly all the time; memory must stay flat, files and connections must be given back.

usage: soak.py http://127.0.0.1:8739 PID     of the server on this machine; SOAK=600 seconds
"""
import asyncio, json, os, random, sys, time
from urllib.parse import urlsplit

base, pid, length = urlsplit(sys.argv[1]), sys.argv[2], float(os.environ.get("SOAK", 600))
HOST = base.netloc
count, wrong = {}, []
TEXT = {"text": "【例銀行】ご利用を停止しました。https://rei.top/ から24時間以内に暗証番号を入力してください。山田花子様", "channel": "sms"}
DRAFT = {"text": "山田花子です。電話は090-2847-1935、住所は福井県越前市国府1-7-3です。", "channel": "form"}


def raw(path, body, method="POST", **fields):
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    fields = {"Host": HOST, "Content-Type": "application/json", "Content-Length": len(body), **{k.replace("_", "-"): v for k, v in fields.items()}}
    return f"{method} {path} HTTP/1.1\r\n".encode() + b"".join(f"{k}: {v}\r\n".encode() for k, v in fields.items() if v is not None) + b"\r\n" + body


async def send(data, wait=5.0, keep=0.0):
    """The status of the answer, or none where none came; the connection is left open for a while, or dropped at once."""
    reader, writer = await asyncio.open_connection(base.hostname, base.port)
    try:
        writer.write(data)
        await writer.drain()
        if not wait:
            return None
        head = await asyncio.wait_for(reader.readline(), wait)
        await asyncio.sleep(keep)
        return int(head.split()[1]) if head else None
    except (ConnectionError, asyncio.TimeoutError):
        return None
    finally:
        writer.transport.abort()


async def leaves():
    """Asks and goes before the answer, in the middle of its own words, or from an open stream."""
    whole = raw("/v1/check?lang=ja", TEXT)
    await random.choice([
        lambda: send(whole, wait=0),
        lambda: send(whole[:random.randrange(1, len(whole))], wait=0),
        lambda: send(raw("/v1/mail", b"Subject: x\r\n\r\n" + b"x" * 100_000, Content_Type="message/rfc822")[:60_000], wait=0),
        lambda: send(raw("/mcp", {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "x", "version": "1"}}}, Accept="application/json, text/event-stream"), wait=2),
        lambda: send(raw("/v1/chats", {"initiator": "window"}), wait=2),
    ])()


async def floods():
    """Many at once, large ones among them."""
    large = raw("/v1/check", {"text": ("お客様番号は8837294です。" * 2000), "channel": "email"})
    await asyncio.gather(*(send(random.choice([raw("/v1/check", TEXT), raw("/analyze", {"text": DRAFT["text"], "language": "ja"}), raw("/v1/redact", DRAFT), large] + [raw("/v1/check", TEXT)] * 20), wait=20) for _ in range(200)))


LIES = [
    (raw("/v1/check", TEXT, Content_Length=10), {400, 422}), (raw("/v1/check", TEXT, Content_Length=1 << 40), {400, 413, 422}),
    (raw("/v1/check", b"{" * 5000), {400, 422}), (raw("/v1/check", b'{"text":' + b"[" * 100_000), {400, 413, 422}),
    (raw("/v1/check", TEXT, Host="evil.example"), {421}), (raw("/v1/check", TEXT, Content_Type="text/plain"), {200, 400, 403, 415}),
    (raw("/v1/check", TEXT, Content_Length=None, Transfer_Encoding="chunked"), {400}), (raw("/v1/check", TEXT, Origin="https://evil.example"), {403, 421}),
    (raw("/v1/check", {"text": "x", "channel": "no such"}), {400, 422}), (raw("/v1/check", b"\xff\xfe\x00"), {400, 422}),
    (b"\x16\x03\x01\x02\x00" + os.urandom(500), {400}), (b"GET / HTTP/9.9\r\n\r\n", {400, 505}), (raw("/v1/check", b"x" * (3 << 20)), {413, 422}),
    (raw("/v1/casebook/unlock", {"passphrase": "not this one"}), {400, 401, 403, 404, 409, 422, 429}),
    (raw("/analyze", {"text": "x", "language": "en", "ad_hoc_recognizers": [{"name": "a", "supported_language": "en", "supported_entity": "A", "patterns": [{"name": "p", "regex": "(" * 5000, "score": 1}]}]}), {400, 422}),
    (raw("/mcp", {"jsonrpc": "9", "id": {}, "method": "tools/call"}, Accept="application/json, text/event-stream", Mcp_Session_Id="no such"), {400, 404, 422, 200}),
]


async def lies():
    data, right = random.choice(LIES)
    got = await send(data)
    if got is not None and got not in right | {429}:
        wrong.append(f"{data[:60]!r}: {got}, not {sorted(right)}")


async def asks():
    """A client that behaves: the same answer each time."""
    for path, body, level in (("/v1/check", TEXT, "stop"), ("/v1/check", DRAFT, None)):
        reader, writer = await asyncio.open_connection(base.hostname, base.port)
        writer.write(raw(path, body, Connection="close"))
        head, _, said = (await asyncio.wait_for(reader.read(), 60)).partition(b"\r\n\r\n")
        writer.close()
        if b" 429 " in head.split(b"\r\n")[0]:
            count["told to wait"] = count.get("told to wait", 0) + 1
            continue
        v = json.loads(said[said.index(b"{"):said.rindex(b"}") + 1])
        same = first.setdefault(json.dumps(body), v)
        if v != same or level and v["level"] != level:
            wrong.append("an answer that differs")
    await asyncio.sleep(.1)


first = {}


async def always(f, end):
    while time.monotonic() < end:
        try:
            await f()
        except (ConnectionError, asyncio.TimeoutError, OSError) as e:
            if f is asks:
                wrong.append(f"no answer to who asks: {type(e).__name__}")
        count[f.__name__] = count.get(f.__name__, 0) + 1


def memory():
    return int(next(l for l in open(f"/proc/{pid}/status") if l.startswith("VmRSS")).split()[1]) / 1024


async def main():
    end, seen, start = time.monotonic() + length, [], time.monotonic()
    files = len(os.listdir(f"/proc/{pid}/fd"))

    async def watch():
        while time.monotonic() < end:
            await asyncio.sleep(min(5, length / 30))
            seen.append(memory())
    await asyncio.gather(watch(), *(always(f, end) for f in (leaves, leaves, leaves, floods, lies, lies, asks)))
    for _ in range(30):
        await asyncio.sleep(1)
        left = len(os.listdir(f"/proc/{pid}/fd")) - files
        if left <= 2:
            break
    n = max(1, len(seen) // 3)
    early, late = max(seen[:n]), max(seen[-n:])
    print(f"{time.monotonic() - start:.0f} s: " + ", ".join(f"{v} {k}" for k, v in sorted(count.items())))
    print(f"resident memory: at most {early:.0f} MB in the first third, {late:.0f} MB in the last; files open at the end beside those of the beginning: {left}")
    if late > early * 1.15 + 8:
        wrong.append("memory grows")
    if left > 2:
        wrong.append("connections are not given back")
    for line in sorted(set(wrong)):
        print("failed:", line, f"({wrong.count(line)} times)")
    checks = ["answers", "memory", "connections"]
    failed = {next((c for c in checks if line.startswith(c)), "answers") for line in wrong}
    print(f"{len(checks) - len(failed)} passed, 0 excepted, {len(failed)} failed")
    sys.exit(bool(wrong))


asyncio.run(main())
