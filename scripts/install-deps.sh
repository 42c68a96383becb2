#!/usr/bin/env bash
# Installs the programs that the tests call, where Debian's apt-get can, and
# elsewhere says which are missing. Does nothing when all are there.
set -euo pipefail
PATH=$PATH:/usr/sbin # of a user it may lack that

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
want php php-cli
[[ -e /usr/share/java/jackson-databind.jar ]] || packages+=(libjackson2-databind-java)
[[ -e /usr/share/java/gson.jar ]] || packages+=(libgoogle-gson-java)
want redis-server redis-server
want pgbouncer pgbouncer
want haproxy haproxy
want nginx nginx-light
want promtool prometheus
want buildah buildah
want systemd-analyze systemd
want mariadbd mariadb-server-core
want my_print_defaults mariadb-client-core
compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || want postgres postgresql
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
cleanup=(rm -f "$log")
trap '"${cleanup[@]}"' EXIT

# The tests start servers of their own. Debian would start a service of each at
# once, and with the next boot, and PostgreSQL would create a database cluster.
policy=/usr/sbin/policy-rc.d
keep_services_down() {
	[[ -e $policy ]] && return # somebody has decided already
	cleanup=("${as_root[@]}" rm -f "$log" "$policy")
	printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
	"${as_root[@]}" chmod 755 "$policy"
}
create_no_cluster() {
	local config=/etc/postgresql-common/createcluster.conf
	[[ -e $config ]] && return
	"${as_root[@]}" mkdir -p "${config%/*}"
	echo 'create_main_cluster = false' | "${as_root[@]}" tee "$config" >/dev/null
}
disable_services() { # those that were not there before
	local service
	command -v systemctl >/dev/null || return 0
	for service in redis-server postgresql pgbouncer haproxy nginx prometheus; do
		[[ " ${packages[*]} " == *" $service "* ]] || continue
		"${as_root[@]}" systemctl disable "$service" || true
	done
}

install() {
	keep_services_down && create_no_cluster &&
		"${as_root[@]}" apt-get update -qq &&
		"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
			apt-get install -y -qq --no-install-recommends "${packages[@]}" &&
		disable_services
}
if ! install >"$log" 2>&1 </dev/null; then
	cat "$log" >&2
	exit 1
fi
