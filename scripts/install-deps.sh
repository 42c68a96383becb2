#!/usr/bin/env bash
# Installs the programs that the tests call, where Debian's apt-get can, and
# elsewhere says which are missing. Does nothing when all are there.
set -euo pipefail

packages=()
want() { # command, Debian package
	command -v "$1" >/dev/null || packages+=("$2")
}
want gcc build-essential # the race detector needs cgo
want chromium chromium
want node nodejs
want npm npm
want python3 python3
want openssl openssl
want curl curl
want javac default-jdk-headless
python3 -c 'import cryptography' 2>/dev/null || /usr/bin/python3 -c 'import cryptography' 2>/dev/null ||
	packages+=(python3-cryptography)

((${#packages[@]})) || exit 0

as_root=()
if ((EUID != 0)); then
	as_root=(sudo -n)
fi
if ! command -v apt-get >/dev/null || ! "${as_root[@]}" true 2>/dev/null; then
	echo "Some tests will fail until these Debian packages, or their like, are installed: ${packages[*]}" >&2
	exit 0
fi

echo "installing ${packages[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
install() {
	"${as_root[@]}" apt-get update -qq &&
		"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
			apt-get install -y -qq --no-install-recommends "${packages[@]}"
}
if ! install >"$log" 2>&1 </dev/null; then
	cat "$log" >&2
	exit 1
fi
