#!/usr/bin/env bash
# Makes the npm package of the validation rules in build/npm, ready for npm publish.
set -euo pipefail
cd "$(dirname "$0")/.."

source=validation/javascript
target=build/npm
rm -rf "$target"
mkdir -p "$target"
cp "$source"/{package.json,index.js,index.d.ts,wasm_exec.js,example.mjs,README.md} LICENSE NOTICE "$target/"
node -e '
	const { readFileSync, writeFileSync } = require("node:fs");
	writeFileSync(process.argv[2], require("node:zlib").brotliDecompressSync(readFileSync(process.argv[1])));
' "$source/validation.wasm.br" "$target/validation.wasm"
echo "$target is ready for npm publish"
