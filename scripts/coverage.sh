#!/usr/bin/env bash
# coverage.sh PROFILE MINIMUM DIR...
# Prints the share of statements in each DIR, with its subfolders, that a Go
# cover profile saw executed, and fails if one is under MINIMUM percent. A
# block counts as executed when any package's tests executed it. Programs that
# generate data at development time do not count.
set -euo pipefail

profile=$1 minimum=$2
shift 2
module=$(go list -m)

status=0
for dir in "$@"; do
	awk -v prefix="$module/$dir/" -v minimum="$minimum" -v dir="$dir" '
		index($1, prefix) == 1 && $1 !~ "/internal/(gendict|genplans|genjoining|sources|pack)/" {
			statements[$1] = $2
			executed[$1] += $3
		}
		END {
			for (block in statements) {
				total += statements[block]
				if (executed[block] > 0) covered += statements[block]
			}
			if (total == 0) {
				printf "coverage of %s/...: no statements in the profile\n", dir
				exit 1
			}
			share = 100 * covered / total
			printf "coverage of %s/...: %.1f%% of statements\n", dir, share
			if (share < minimum) {
				printf "coverage of %s/... is under %d%%\n", dir, minimum
				exit 1
			}
		}' "$profile" || status=1
done
exit $status
