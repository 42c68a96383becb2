#!/usr/bin/env bash
# systemd.sh FOLDER
# Becomes systemd, with the unit of FOLDER/units as its only service, as it would be after
# the commands in the unit's first lines. What it writes is in memory and gone with it.
# To be process 1 of its own namespaces of processes and mounts.
set -euo pipefail
folder=$1

mount --make-rprivate /
mount -t proc proc /proc
mount -t tmpfs tmpfs /run
mount -t cgroup2 none /sys/fs/cgroup
for place in etc usr/bin var; do
	mkdir -p "/run/test/$place/"{upper,work}
	mount -t overlay overlay -o "lowerdir=/$place,upperdir=/run/test/$place/upper,workdir=/run/test/$place/work" "/$place"
done

useradd --system --home-dir /var/lib/caddy --shell /usr/sbin/nologin caddy
mkdir -p /etc/caddy
install -o root -g caddy -m 640 "$folder/Caddyfile" /etc/caddy/Caddyfile
install -m 755 "$folder/caddy" /usr/bin/caddy
exec env -i container=test PATH=/usr/bin:/bin:/usr/sbin:/sbin SYSTEMD_UNIT_PATH="$folder/units" \
	/lib/systemd/systemd --system --unit=default.target
