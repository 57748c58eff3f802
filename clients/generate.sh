#!/bin/sh
# Writes the types of both clients from api/openapi.yaml. Run it when the API changes;
# make proof compares.   usage: clients/generate.sh [FOLDER]   (default: here)
set -eu
here=$(dirname "$(realpath "$0")")
out=$(realpath "${1:-$here}")
work=$here/.tools
test -x "$work/bin/datamodel-codegen" || { python3 -m venv "$work"; "$work/bin/pip" install -q datamodel-code-generator==0.89.0; }
test -x "$work/node_modules/.bin/openapi-typescript" || npm install --silent --no-fund --no-audit --prefix "$work" openapi-typescript@7.13.0
mkdir -p "$out/js" "$out/python/madoguchi"
"$work/node_modules/.bin/openapi-typescript" "$here/../api/openapi.yaml" -o "$out/js/schema.d.ts" >/dev/null 2>&1
cd "$here/../api"
"$work/bin/datamodel-codegen" --input openapi.yaml --input-file-type openapi --openapi-scopes schemas paths --output-model-type typing.TypedDict --target-python-version 3.11 \
	--no-use-closed-typed-dict --disable-timestamp --use-double-quotes --use-annotated --output "$out/python/madoguchi/types.py" 2>/dev/null
