#!/usr/bin/env bash
# Unpacks Debian 13's libcrypto-mb11, Intel's multi-buffer arithmetic, under
# build/crypto-mb, for the tests of the engine cryptomb. apt-get takes it from
# the machine's own sources with the suite's name replaced, in lists of its own:
# nothing is installed, and the machine's lists stay as they are. Does nothing
# when it is there already, or when the CPU has no AVX-512 IFMA, without which
# the library does nothing.
set -euo pipefail
cd "$(dirname "$0")/.."

suite=trixie
target=build/crypto-mb
grep -qw avx512ifma /proc/cpuinfo 2>/dev/null || exit 0
[[ -e $target/libcrypto_mb.so.11 ]] && exit 0
if ! command -v apt-get >/dev/null; then
	echo "The tests of the engine cryptomb will fail until libcrypto_mb.so.11 is in $target." >&2
	exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{lists,archives}/partial "$work/sources.list.d"

# Of each source, in the old form a line and in the new one a paragraph, what
# names the machine's main suite as a word of its own: updates and security have
# other names, and another distributor's sources other suites.
own=$(. /etc/os-release && echo "${VERSION_CODENAME:-$suite}")
is_main="(^|[[:space:]])$own([[:space:]]|\$)"
for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.{list,sources}; do
	[[ -f $list ]] || continue
	if [[ $list == *.list ]]; then
		awk -v main="$is_main" '/^deb / && $0 ~ main' "$list" | sed -E "s/ $own / $suite /" >>"$work/sources.list"
	else
		awk -v main="$is_main" -v RS= -v ORS='\n\n' 'match($0, /(^|\n)Suites:[^\n]*/) && substr($0, RSTART, RLENGTH) ~ main' "$list" |
			sed -E "s/^Suites:.*/Suites: $suite/" >"$work/sources.list.d/${list##*/}"
	fi
done

apt=(apt-get -qq -o APT::Sandbox::User=root # which may write there
	-o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts="$work/sources.list.d"
	-o Dir::State::lists="$work/lists" -o Dir::Cache="$work" -o Dir::Cache::archives="$work/archives")
"${apt[@]}" update
(cd "$work" && "${apt[@]}" download libcrypto-mb11)
dpkg-deb -x "$work"/libcrypto-mb11_*.deb "$work/root"
mkdir -p "$target"
cp -P "$work"/root/usr/lib/*/libcrypto_mb.so.11* "$target/"
