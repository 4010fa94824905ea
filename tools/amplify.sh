#!/usr/bin/env bash
# Checks examples/amplify: its TypeScript against Amplify's published packages, the
# back end's synthesis, the simulator's copy of the resolvers that come of it, and the
# front end against the simulator. With "generate" it writes that copy anew.
set -euo pipefail
cd "$(dirname "$0")/../examples/amplify"

installed=node_modules/.installed
if ! cmp -s package-lock.json "$installed"; then
  command -v npm >/dev/null || { echo "The check of examples/amplify needs npm: install Node.js 20 or later." >&2; exit 1; }
  echo "Installing Amplify's packages (900 MB)"
  npm ci --loglevel=error
  cp package-lock.json "$installed"
fi
npx tsc

generated=../../internal/appsynctest/simulator/generated
if [ "${1:-}" = generate ]; then
  npx tsx resolvers.ts "$generated"
  exit
fi
now=$(mktemp -d)
trap 'rm -rf "$now"' EXIT
npx tsx resolvers.ts "$now"
diff -r "$generated" "$now" || { echo "The resolvers of the simulator are not those of examples/amplify: run tools/amplify.sh generate." >&2; exit 1; }

cd ../..
go test -race -tags amplify -run '^TestFrontEnd$' ./internal/appsynctest
