#!/usr/bin/env bash
# fuzz.sh DURATION
# Runs every native fuzz target of the module, one after another, for DURATION
# each; go test takes one target at a time.
set -euo pipefail
cd "$(dirname "$0")/.."

duration=$1

mapfile -t targets < <(
	grep -rHoE --include='*_test.go' '^func Fuzz[A-Za-z0-9_]+' . |
		sed -E 's|^(.*)/[^/]*:func (.*)$|\1 \2|' | sort
)
if ((${#targets[@]} == 0)); then
	echo "no fuzz targets found" >&2
	exit 1
fi
for target in "${targets[@]}"; do
	read -r package name <<<"$target"
	echo "fuzzing $package $name"
	go test -run '^$' -fuzz "^$name\$" -fuzztime "$duration" -fuzzminimizetime 1x "$package"
done
