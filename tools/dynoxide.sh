#!/usr/bin/env bash
# Puts the DynamoDB server that the tests use into .bin, from npm, unless there is an
# endpoint or a server on the PATH. Another version in .bin is replaced.
set -euo pipefail
cd "$(dirname "$0")/.."

version=1.2.1
if [ -n "${DYNAMODB_ENDPOINT:-}" ] || command -v dynoxide >/dev/null; then exit 0; fi

# The SHA-512 of each package, from 'npm view @dynoxide/linux-x64@1.2.1 dist.integrity', and
# of the program in it, which is looked at each time: .bin may come out of a cache. A platform
# without a line here is refused: npm alone would take whatever the registry has.
platform="$(uname -s)-$(uname -m)"
case "$platform" in
Linux-x86_64)
  package=@dynoxide/linux-x64 sha512=sBHqlxJ9ANkLluFkYRfd5r8Y0ApFew4FhOrlhgRAgD4XzEoFOukEo1nuBTQ1+jTtofqwn4NWQ2k0Tn5mNTjgUg==
  program=2GNNxv2hiSddrCl/24yNApfSXd4ZbNCdMLYPUZ6t0MbTB5deVLKuL4++M4bCBw/xcGMze36Ip3VXUKKY1mpHbA==
  ;;
*)
  echo "No dynoxide $version is pinned for $platform. Install it from https://github.com/nubo-db/dynoxide so that it is on the PATH, or set DYNAMODB_ENDPOINT." >&2
  exit 1
  ;;
esac
need() {
  command -v "$1" >/dev/null || { echo "The tests need a DynamoDB server: install $1, put dynoxide on the PATH, or set DYNAMODB_ENDPOINT." >&2; exit 1; }
}
need openssl
hash() { openssl dgst -sha512 -binary "$1" | openssl base64 -A; }
if [ -x .bin/dynoxide ] && [ "$(hash .bin/dynoxide)" = "$program" ]; then exit 0; fi

need npm
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
echo "Fetching $package $version"
(cd "$work" && npm pack --ignore-scripts --silent "$package@$version" >/dev/null)
if [ "$(hash "$work"/*.tgz)" != "$sha512" ]; then
  echo "$package $version is not the package that was pinned." >&2
  exit 1
fi
tar -xzf "$work"/*.tgz -C "$work"
if [ "$(hash "$work/package/dynoxide")" != "$program" ]; then
  echo "$package $version has not the program that was pinned." >&2
  exit 1
fi
mkdir -p .bin
install -m 755 "$work/package/dynoxide" .bin/dynoxide
