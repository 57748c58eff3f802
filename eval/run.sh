#!/bin/sh
# Prints the figures of docs/evaluation.md, writes bin/evaluation.html, and fails
# where a figure is worse than eval/baseline.json.
# usage: eval/run.sh BINARY CORPORA
set -eu
bin=$1 corpora=$2
[ -f "$corpora/score.py" ] || { echo "eval: no score.py in $corpora: name the corpora folder, make eval CORPORA=..." >&2; exit 2; }
failed=0
"$bin" eval --misses 0 --html bin/evaluation.html --baseline eval/baseline.json \
	"$corpora/messages/outgoing-dev.jsonl" "$corpora/messages/incoming-dev.jsonl" \
	"$corpora/ner/gsd-dev.bio" "$corpora/ner/stockmark-dev.jsonl" \
	"$corpora/address/addresses-dev.csv" "$corpora/negative/asdc-dev.jsonl" || failed=$?
eval/mails.sh "$bin" "$corpora"
echo "phishing URLs, brand given (column level of JPCERT rows)"
eval/urls.py "$bin" "$corpora"
exit $failed
