#!/usr/bin/env bash
# Installs the npm packages of crosscheck/nodejs: the AWS SDK for JavaScript, and AWS's
# runtime client for Node.js. The latter's install script runs, and no other: it compiles
# the native part from sources in the package, and downloads nothing.
set -euo pipefail
cd "$(dirname "$0")/.."
native=crosscheck/nodejs/node_modules/aws-lambda-ric/dist/rapid-client.node

tools/npm.sh crosscheck/nodejs "the AWS SDK for JavaScript and AWS's runtime client for Node.js"
if [ -f $native ] || [ "$(uname)" != Linux ]; then exit 0; fi # its tests are built on Linux only
for tool in python3 make g++ cmake autoreconf libtoolize; do
  command -v "$tool" >/dev/null || { echo "AWS's runtime client for Node.js needs $tool: see CONTRIBUTING.md." >&2; exit 1; }
done
prefix=$(node -p 'path.dirname(path.dirname(process.execPath))')
if [ ! -f "$prefix/include/node/node_api.h" ]; then
  echo "AWS's runtime client for Node.js needs the headers of Node.js in $prefix: on Debian they are in libnode-dev." >&2
  exit 1
fi
echo "Compiling AWS's runtime client for Node.js"
cd crosscheck/nodejs
export npm_config_nodedir=$prefix MAKEFLAGS=-j$(getconf _NPROCESSORS_ONLN)
if ! npm rebuild --ignore-scripts=false --foreground-scripts --loglevel=error aws-lambda-ric >node_modules/build.log 2>&1; then
  tail -40 node_modules/build.log >&2
  exit 1
fi
