#!/bin/sh
# Holds the API against programs of others: schemathesis (fuzzing by the OpenAPI
# document), Presidio's end-to-end requests, LiteLLM's Presidio guardrail, the MCP
# conformance suite and two official MCP clients, the linters of OpenAPI documents, the
# generators of the clients for Python and TypeScript, and load by wrk.
# usage: api/proof/run.sh BINARY     installs what it needs from PyPI and npm
set -eu
bin=$(realpath "$1")
here=$(dirname "$(realpath "$0")")
dir=$(mktemp -d)
"$bin" serve --addr 127.0.0.1:8739 --dir "$dir/book" 2>/dev/null & server=$!
trap 'kill $server; rm -rf "$dir"' EXIT
venv=$here/venv
test -x "$venv/bin/schemathesis" || { python3 -m venv "$venv"; "$venv/bin/pip" install -q schemathesis openapi-spec-validator litellm mypy==1.19.0; }
sleep 1
curl -sf http://127.0.0.1:8739/openapi.json >"$dir/openapi.json"
echo "== the OpenAPI document"
"$venv/bin/python" -m openapi_spec_validator "$dir/openapi.json"
lint=$here/lint-node
test -x "$lint/node_modules/.bin/redocly" || npm install --silent --no-fund --no-audit --prefix "$lint" @redocly/cli@2.77.0 @stoplight/spectral-cli@6.16.3 typescript@5.9.3
"$lint/node_modules/.bin/redocly" lint --config "$here/redocly.yaml" "$here/../openapi.yaml" 2>&1 | grep -v "^$" | tail -1
"$lint/node_modules/.bin/spectral" lint --fail-severity warn --ruleset "$here/spectral.yaml" "$here/../openapi.yaml"
echo "== the clients for Python and TypeScript: generated types as committed, types checked, built"
mkdir "$dir/clients"
"$here/../../clients/generate.sh" "$dir/clients"
diff "$dir/clients/js/schema.d.ts" "$here/../../clients/js/schema.d.ts"
diff "$dir/clients/python/madoguchi/types.py" "$here/../../clients/python/madoguchi/types.py"
"$lint/node_modules/.bin/tsc" --noEmit --strict --module nodenext --target es2024 "$here/../../clients/js/index.d.ts"
"$venv/bin/mypy" --strict --no-warn-return-any "$here/../../clients/python/madoguchi"
"$venv/bin/pip" wheel -q --no-deps -w "$dir/clients" "$here/../../clients/python"
(cd "$here/../../clients/js" && npm pack --silent --pack-destination "$dir/clients")
echo "== schemathesis"
token=$(curl -s http://127.0.0.1:8739/v1/casebook/unlock -H 'Content-Type: application/json' -d '{"passphrase":"見本の合言葉です","create":true}' | sed 's/.*"token":"\([^"]*\)".*/\1/')
"$venv/bin/schemathesis" run "$dir/openapi.json" --url http://127.0.0.1:8739 --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance --exclude-path-regex '/events$|/casebook/lock$' -H "Authorization: Bearer $token" --max-examples "${EXAMPLES:-100}" --phases examples,coverage,fuzzing
echo "== Presidio's own end-to-end requests"
python3 "$here/presidio.py" http://127.0.0.1:8739
echo "== LiteLLM's Presidio guardrail"
"$venv/bin/python" "$here/litellm_guardrail.py" http://127.0.0.1:8739
echo "== MCP: the official Python client"
mcp=$here/mcp-venv
test -x "$mcp/bin/python" || { python3 -m venv "$mcp"; "$mcp/bin/pip" install -q mcp==2.3.0; }
"$mcp/bin/python" "$here/mcp_python.py" "$bin" http://127.0.0.1:8739/mcp
echo "== MCP: the official TypeScript client, the conformance suite (exceptions: mcp-exceptions.yaml)"
node=$here/mcp-node
test -x "$node/node_modules/.bin/conformance" || npm install --silent --no-fund --prefix "$node" @modelcontextprotocol/sdk@1.32.2 @modelcontextprotocol/conformance@0.1.16 node@22
cp "$here/mcp_typescript.mjs" "$node/"
"$node/node_modules/node/bin/node" "$node/mcp_typescript.mjs" http://127.0.0.1:8739/mcp
"$node/node_modules/node/bin/node" "$node/node_modules/@modelcontextprotocol/conformance/dist/index.js" server --url http://127.0.0.1:8739/mcp --expected-failures "$here/mcp-exceptions.yaml" >"$dir/conformance" || { cat "$dir/conformance"; exit 1; }
grep -E "^✓|^Total" "$dir/conformance"
echo "== load: /v1/check, a message of 90 characters"
cat >"$dir/check.lua" <<'L'
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"text":"【例銀行】ご利用を停止しました。https://rei.top/ から24時間以内に暗証番号を入力してください。山田花子様","channel":"sms"}'
L
for c in 1 16 256; do
	echo "-- $c connections"
	wrk -t 1 -c "$c" -d "${SECONDS_EACH:-10}s" --latency -s "$dir/check.lua" http://127.0.0.1:8739/v1/check | grep -E "99%|50%|Requests/sec|Non-2xx" || true
	grep VmRSS /proc/$server/status
done
