#!/usr/bin/env bash
# Installs the packages of the AppSync simulator that the tests use, when they are
# missing or older than the lock file.
set -euo pipefail
cd "$(dirname "$0")/../internal/appsynctest/simulator"

installed=node_modules/.installed
if [ -f "$installed" ] && cmp -s package-lock.json "$installed"; then exit 0; fi
for tool in node npm; do
  command -v "$tool" >/dev/null || { echo "The tests of appsyncstore need $tool: install Node.js 20 or later with npm." >&2; exit 1; }
done
echo "Installing the AppSync simulator"
npm ci --loglevel=error
cp package-lock.json "$installed"
