#!/usr/bin/env bash
# release.sh VERSION [OS/ARCH...]
# Builds the binaries of a release into build/release: static ones, by default for the
# six platforms below, each with the checksum of itself and a list of what is in it. Who
# builds the same commit with the same Go gets the same bytes.
set -euo pipefail
cd "$(dirname "$0")/.."

version=${1:?which version, such as 0.1.0}
shift
targets=("$@")
((${#targets[@]})) || targets=(linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 freebsd/amd64)

out=build/release
rm -rf "$out"
mkdir -p "$out"
for target in "${targets[@]}"; do
	name=caddy-customergate-$version-${target//\//-}
	[[ $target == windows/* ]] && name+=.exe
	CGO_ENABLED=0 GOOS=${target%/*} GOARCH=${target#*/} GOFLAGS= \
		go build -trimpath -buildvcs=false -ldflags '-s -w -buildid=' -o "$out/$name" ./cmd/caddy
done
go tool -modfile=tools/go.mod cyclonedx-gomod mod -json -licenses -output "$out/sbom.cdx.json" .
(cd "$out" && sha256sum -- * >checksums.txt)
cat "$out/checksums.txt"
