#!/usr/bin/env bash
# Installs the hand-written Node gateway that make bench measures beside the gate
# into build/node-gateway, with the packages of its lock file. Does nothing when
# it is there already and up to date. Without it, the bench has no such rows.
set -euo pipefail
cd "$(dirname "$0")/.."

source=internal/bench/node
target=build/node-gateway
if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
	echo "There will be no rows of a Node gateway: node and npm are not here." >&2
	exit 0
fi

installed=$target/node_modules/.package-lock.json
mkdir -p "$target"
cp "$source"/{package.json,package-lock.json,gateway.mjs} "$target/"
[[ $installed -nt $source/package-lock.json ]] && exit 0
npm ci --prefix "$target" --ignore-scripts --no-audit --no-fund --loglevel error
touch "$installed"
