#!/usr/bin/env bash
# Installs the npm packages of crosscheck/nodejs: the AWS SDK for JavaScript, and AWS's
# runtime client for Node.js. The latter's native part is compiled from sources in its
# package, so its scripts must run; those of no other package do.
set -euo pipefail
cd "$(dirname "$0")/../crosscheck/nodejs"

installed=node_modules/.installed
if [ -f "$installed" ] && cmp -s package-lock.json "$installed"; then exit 0; fi
for tool in node npm python3 make g++ cmake autoreconf libtoolize; do
  command -v "$tool" >/dev/null || {
    echo "crosscheck/nodejs needs $tool: install Node.js 20 or later with npm, and the packages" \
      "python3, make, g++, cmake, autoconf, automake and libtool." >&2
    exit 1
  }
done
echo "Installing the AWS SDK for JavaScript and AWS's runtime client for Node.js"
npm ci --ignore-scripts --loglevel=error

# Node.js has its headers beside it in most packages; node-gyp would download them.
prefix=$(node -p 'path.dirname(path.dirname(process.execPath))')
if [ -f "$prefix/include/node/node_api.h" ]; then export npm_config_nodedir=$prefix; fi
jobs=$(getconf _NPROCESSORS_ONLN)
if ! MAKEFLAGS=-j$jobs npm rebuild --foreground-scripts --loglevel=error aws-lambda-ric >node_modules/build.log 2>&1; then
  tail -40 node_modules/build.log >&2
  exit 1
fi
cp package-lock.json "$installed"
