#!/usr/bin/env bash
# Puts the DynamoDB server that the tests use into .bin, from npm, unless there is
# an endpoint or a server already.
set -euo pipefail
cd "$(dirname "$0")/.."

version=1.2.1
# From 'npm view @dynoxide/linux-x64@1.2.1 dist.integrity'. Other platforms rely on npm's own check.
linux_x64=sBHqlxJ9ANkLluFkYRfd5r8Y0ApFew4FhOrlhgRAgD4XzEoFOukEo1nuBTQ1+jTtofqwn4NWQ2k0Tn5mNTjgUg==

if [ -n "${DYNAMODB_ENDPOINT:-}" ] || [ -x .bin/dynoxide ] || command -v dynoxide >/dev/null; then exit 0; fi
if ! command -v npm >/dev/null; then
  echo "The tests need a DynamoDB server: install npm, put dynoxide on the PATH, or set DYNAMODB_ENDPOINT." >&2
  exit 1
fi

case "$(uname -s)" in Linux) os=linux ;; Darwin) os=darwin ;; *) os=$(uname -s) ;; esac
case "$(uname -m)" in x86_64) cpu=x64 ;; aarch64 | arm64) cpu=arm64 ;; *) cpu=$(uname -m) ;; esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
echo "Fetching @dynoxide/$os-$cpu $version"
if ! (cd "$work" && npm pack --silent "@dynoxide/$os-$cpu@$version" >/dev/null); then
  echo "npm has no @dynoxide/$os-$cpu $version: set DYNAMODB_ENDPOINT to another DynamoDB server." >&2
  exit 1
fi
if [ "$os-$cpu" = linux-x64 ] && [ "$(openssl dgst -sha512 -binary "$work"/*.tgz | base64 -w0)" != "$linux_x64" ]; then
  echo "@dynoxide/$os-$cpu $version is not the package that was pinned." >&2
  exit 1
fi
tar -xzf "$work"/*.tgz -C "$work"
mkdir -p .bin
install -m 755 "$work/package/dynoxide" .bin/dynoxide
