#!/bin/sh
# Prints the figures of docs/evaluation.md that come from other sources, and fails where
# one is worse than eval/baseline.json.
# usage: eval/run.sh BINARY CORPORA
set -eu
bin=$1 corpora=$2
[ -f "$corpora/score.py" ] || { echo "eval: no score.py in $corpora: name the corpora folder, make eval CORPORA=..." >&2; exit 2; }
failed=0
"$bin" eval --misses 0 --baseline eval/baseline.json \
	"$corpora/ner/gsd-dev.bio" "$corpora/ner/stockmark-dev.jsonl" \
	"$corpora/address/addresses-dev.csv" "$corpora/negative/asdc-dev.jsonl" || failed=$?
eval/mails.sh "$bin" "$corpora"
echo "phishing URLs, brand given (column level of JPCERT rows)"
eval/urls.py "$bin" "$corpora"
exit $failed
