#!/usr/bin/env bash
# tools/npm.sh FOLDER WHAT: installs the npm packages of a folder when they are missing
# or older than its lock file, which has the SHA-512 of each. No package's install
# scripts run: none is needed (esbuild's only checks its binary, core-js's prints).
set -euo pipefail
cd "$(dirname "$0")/../$1"

installed=node_modules/.installed
if [ -f "$installed" ] && cmp -s package-lock.json "$installed"; then exit 0; fi
for tool in node npm; do
  command -v "$tool" >/dev/null || { echo "$1 needs $tool: install Node.js 20 or later with npm." >&2; exit 1; }
done
echo "Installing $2"
npm ci --ignore-scripts --loglevel=error
cp package-lock.json "$installed"
