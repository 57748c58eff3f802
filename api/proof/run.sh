#!/bin/sh
# Holds the API against programs of others, and ends with one table: passed, excepted (each
# with its reason, printed above or in the file named), failed. The OpenAPI document by its
# linters; the clients for Python and TypeScript generated, type-checked and built;
# schemathesis (fuzzing by the document); Presidio's end-to-end requests; LiteLLM's Presidio
# guardrail; MCP by two official clients and the conformance suite; the agents' benchmark;
# load on /analyze beside Presidio; load on /v1/check; ten minutes of clients that leave,
# flood and lie.
# usage: api/proof/run.sh BINARY     installs what it needs from PyPI and npm
#        ONLY="presidio load" …      some steps; EXAMPLES, SECONDS_EACH, SOAK: how many, how long
set -eu
bin=$(realpath "$1")
here=$(dirname "$(realpath "$0")")
root=$here/../..
dir=$(mktemp -d)
at=http://127.0.0.1:8739
"$bin" serve --addr 127.0.0.1:8739 --dir "$dir/book" 2>/dev/null & server=$!
peer=
trap 'kill $server $peer 2>/dev/null; rm -rf "$dir"' EXIT
venv=$here/venv mcp=$here/mcp-venv node=$here/mcp-node lint=$here/lint-node peers=$root/bench/peers/venv
python() { # DIRECTORY PACKAGE …
	to=$1; shift
	test -x "$to/bin/pip" || python3 -m venv "$to"
	"$to/bin/pip" install -q --disable-pip-version-check "$@"
}

# step NAME: runs the function of that name, shows what it prints and adds a row. Its last
# line "N passed, N excepted, N failed" counts; without one, the step passes or fails as a whole.
failed=0
step() {
	case " ${ONLY:-$1} " in *" $1 "*) ;; *) return ;; esac
	echo "== $1"
	set +e # not "||", under which -e inside would say nothing
	(set -e; "$1") >"$dir/out" 2>&1
	status=$?
	set -e
	cat "$dir/out"
	row=$(grep -E '^[0-9]+ passed, [0-9]+ excepted, [0-9]+ failed$' "$dir/out" | tail -1 | tr -dc '0-9,')
	test -n "$row" || row=$((status == 0)),0,$((status != 0))
	if test "$status" != 0 || test "${row##*,}" != 0; then failed=1; fi
	printf '%s,%s\n' "$1" "$row" >>"$dir/table"
}

openapi() {
	"$venv/bin/python" -m openapi_spec_validator "$dir/openapi.json"
	"$lint/node_modules/.bin/redocly" lint --config "$here/redocly.yaml" "$root/api/openapi.yaml"
	"$lint/node_modules/.bin/spectral" lint --fail-severity warn --ruleset "$here/spectral.yaml" "$root/api/openapi.yaml"
	echo "3 passed, 0 excepted, 0 failed"
}

clients() { # generated types as committed, types checked, built
	mkdir "$dir/clients"
	"$root/clients/generate.sh" "$dir/clients"
	diff "$dir/clients/js/schema.d.ts" "$root/clients/js/schema.d.ts"
	diff "$dir/clients/python/madoguchi/types.py" "$root/clients/python/madoguchi/types.py"
	"$lint/node_modules/.bin/tsc" --noEmit --strict --module nodenext --target es2024 "$root/clients/js/index.d.ts"
	"$venv/bin/mypy" --strict --no-warn-return-any "$root/clients/python/madoguchi"
	"$venv/bin/pip" wheel -q --no-deps -w "$dir/clients" "$root/clients/python"
	(cd "$root/clients/js" && npm pack --silent --pack-destination "$dir/clients")
	echo "2 passed, 0 excepted, 0 failed"
}

schemathesis() {
	token=$(curl -s $at/v1/casebook/unlock -H 'Content-Type: application/json' -d '{"passphrase":"見本の合言葉です","create":true}' | sed 's/.*"token":"\([^"]*\)".*/\1/')
	"$venv/bin/schemathesis" run "$dir/openapi.json" --url $at --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance --exclude-path-regex '/events$|/casebook/lock$' -H "Authorization: Bearer $token" --max-examples "${EXAMPLES:-100}" --phases examples,coverage,fuzzing
}

presidio() { python3 "$here/presidio.py" $at; }

litellm() { "$venv/bin/python" "$here/litellm_guardrail.py" $at; }

mcp_python() { "$mcp/bin/python" "$here/mcp_python.py" "$bin" $at/mcp; }

mcp_typescript() {
	cp "$here/mcp_typescript.mjs" "$node/"
	"$node/node_modules/node/bin/node" "$node/mcp_typescript.mjs" $at/mcp
}

mcp_conformance() { # exceptions with their reasons: mcp-exceptions.yaml; another failure fails it
	"$node/node_modules/node/bin/node" "$node/node_modules/@modelcontextprotocol/conformance/dist/index.js" server --url $at/mcp --expected-failures "$here/mcp-exceptions.yaml" >"$dir/mcp" 2>&1 && s=0 || s=1
	cat "$dir/mcp"
	test $s = 0
	sed -n 's/^Total: \([0-9]*\) passed, \([0-9]*\) failed$/\1 passed, \2 excepted, 0 failed/p' "$dir/mcp"
}

agents() { (cd "$root" && go run ./eval/agents); }

load() { # /analyze beside Presidio, the same texts in the same run
	"$bin" corpus build --out "$dir/kept" "$root"/corpus/kept/*.txt
	"$peers/bin/python" "$root/bench/peers/presidio_server.py" 8741 >/dev/null 2>&1 & echo $! >"$dir/peer"
	until curl -sf http://127.0.0.1:8741/health >/dev/null; do sleep 1; kill -0 "$(cat "$dir/peer")"; done
	python3 "$here/load.py" $at http://127.0.0.1:8741 "$dir/kept/outgoing.jsonl" && s=0 || s=1
	kill "$(cat "$dir/peer")"
	return $s
}

wrk_check() { # a message of 90 characters
	cat >"$dir/check.lua" <<'L'
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"text":"【例銀行】ご利用を停止しました。https://rei.top/ から24時間以内に暗証番号を入力してください。山田花子様","channel":"sms"}'
L
	for c in 1 16 256; do
		echo "-- $c connections"
		wrk -t 1 -c "$c" -d "${SECONDS_EACH:-10}s" --latency -s "$dir/check.lua" $at/v1/check | grep -E "99%|50%|Requests/sec|Non-2xx"
		grep VmRSS /proc/$server/status
	done
}

soak() { python3 "$here/soak.py" $at $server; }

python "$venv" schemathesis openapi-spec-validator litellm mypy==1.19.0
python "$mcp" mcp==2.3.0
python "$peers" presidio-analyzer==2.2.366 ja-ginza==5.3.0 flask==3.1.2 waitress==3.0.2
test -x "$lint/node_modules/.bin/redocly" || npm install --silent --no-fund --no-audit --prefix "$lint" @redocly/cli@2.77.0 @stoplight/spectral-cli@6.16.3 typescript@5.9.3
test -x "$node/node_modules/.bin/conformance" || npm install --silent --no-fund --prefix "$node" @modelcontextprotocol/sdk@1.32.2 @modelcontextprotocol/conformance@0.1.16 node@22
curl -sf --retry 9 --retry-connrefused $at/openapi.json >"$dir/openapi.json"

for s in openapi clients schemathesis presidio litellm mcp_python mcp_typescript mcp_conformance agents load wrk_check soak; do step $s; done

echo
printf '%-16s %8s %9s %7s\n' "" passed excepted failed
while IFS=, read -r name passed excepted faults; do printf '%-16s %8s %9s %7s\n' "$name" "$passed" "$excepted" "$faults"; done <"$dir/table"
exit $failed
