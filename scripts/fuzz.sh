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
output=$(mktemp)
trap 'rm -f "$output"' EXIT

# The end of the time can reach go test while a worker is between two inputs; it
# then reports its own deadline as a failure, without an input that fails.
only_out_of_time() {
	grep -q '^ *context deadline exceeded$' "$output" && ! grep -q 'Failing input written to' "$output"
}

for target in "${targets[@]}"; do
	read -r package name <<<"$target"
	echo "fuzzing $package $name"
	if ! go test -run '^$' -fuzz "^$name\$" -fuzztime "$duration" -fuzzminimizetime 1x "$package" 2>&1 | tee "$output"; then
		only_out_of_time || exit 1
		echo "$name found nothing until its time was over"
	fi
done
