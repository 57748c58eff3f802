#!/bin/sh
# Prints the figures of docs/evaluation.md.
# usage: eval/run.sh BINARY CORPORA
set -eu
bin=$1 corpora=$2
[ -f "$corpora/score.py" ] || { echo "eval: no score.py in $corpora: name the corpora folder, make eval CORPORA=..." >&2; exit 2; }
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT
score() { python3 "$corpora/score.py" "$@"; }
check() { # KIND GOLD
	score input "$1" "$2" >"$tmp/in"
	"$bin" check --batch "$tmp/in" >"$tmp/out"
}
for gold in "$corpora"/messages/outgoing-*.jsonl; do
	check outgoing "$gold"; echo "outgoing $(basename "$gold")"; score outgoing "$gold" "$tmp/out"
done
for gold in "$corpora"/messages/incoming-*.jsonl; do
	check incoming "$gold"; echo "incoming $(basename "$gold")"; score incoming "$gold" "$tmp/out"
done
check names "$corpora/ner/stockmark-dev.jsonl"; echo "names stockmark"; score names "$corpora/ner/stockmark-dev.jsonl" "$tmp/out"
check names "$corpora/ner/gsd-dev.bio"; echo "names GSD"; score names "$corpora/ner/gsd-dev.bio" "$tmp/out"
check address "$corpora/address/addresses-dev.csv"; echo "addresses"; score address "$corpora/address/addresses-dev.csv" "$tmp/out"
check negative "$corpora/negative/asdc-dev.jsonl"; echo "booking dialogues"; score negative "$tmp/out"
echo "phishing mails"
mkdir "$tmp/mails"; tar xzf "$corpora/mail/phishing_pot.tar.gz" -C "$tmp/mails"
find "$tmp/mails" -name '*.eml' | sort | while read -r f; do
	status=0
	"$bin" check --format json "$f" >"$tmp/row" 2>/dev/null || status=$?
	case $status in 0) echo ok ;; 10) echo caution ;; 20) echo stop ;; *) echo "failed $f" ;; esac
done | sort | uniq -c
echo "phishing URLs, brand given (column level of JPCERT rows)"
eval/urls.py "$bin" "$corpora"
