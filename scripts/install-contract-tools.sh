#!/usr/bin/env bash
# Installs what the tests read the contract with (linters, generators of clients,
# Bruno's command line) into build/contract-tools, with the packages of its lock
# file. Does nothing when it is there already and up to date.
set -euo pipefail
cd "$(dirname "$0")/.."

source=internal/e2e/testdata/contract
target=build/contract-tools
if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
	echo "The contract cannot be read by other tools: node and npm are not here." >&2
	exit 0
fi

installed=$target/node_modules/.package-lock.json
mkdir -p "$target"
[[ $installed -nt $source/package-lock.json ]] && exit 0
cp "$source"/{package.json,package-lock.json} "$target/"
npm ci --prefix "$target" --ignore-scripts --no-audit --no-fund --loglevel error
touch "$installed"
