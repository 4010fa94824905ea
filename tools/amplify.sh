#!/usr/bin/env bash
# Checks examples/amplify: its TypeScript against Amplify's published packages, the
# back end's synthesis, the simulator's copy of the resolvers that come of it, and the
# front end against the simulator. With "generate" it writes that copy anew.
set -euo pipefail
cd "$(dirname "$0")/.."
tools/npm.sh examples/amplify "Amplify's packages (900 MB)"
cd examples/amplify
node_modules/.bin/tsc

generated=../../internal/appsynctest/simulator/generated
if [ "${1:-}" = generate ]; then
  node_modules/.bin/tsx resolvers.ts "$generated"
  exit
fi
now=$(mktemp -d)
trap 'rm -rf "$now"' EXIT
node_modules/.bin/tsx resolvers.ts "$now"
diff -r "$generated" "$now" || { echo "The resolvers of the simulator are not those of examples/amplify: run tools/amplify.sh generate." >&2; exit 1; }

cd ../..
go test -race -tags amplify -run '^TestFrontEnd$' ./internal/appsynctest
