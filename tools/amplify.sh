#!/usr/bin/env bash
# Checks examples/amplify: its TypeScript against Amplify's published packages, the
# back end's synthesis, the simulator's copies of the resolvers that come of it and of the
# models in variants, and, against the simulator, the functions with what the synthesized
# template gives them, the front end, and the handlers of seed beside Go. With "generate" it writes those copies anew.
set -euo pipefail
cd "$(dirname "$0")/.."
tools/npm.sh examples/amplify "Amplify's packages (900 MB)"
cd examples/amplify
node_modules/.bin/tsc

# synthesize writes the generated folder and variants.json into the folder $1.
synthesize() {
  node_modules/.bin/tsx resolvers.ts "$1/generated"
  grep -oP '^  \w+(?=: a\.schema)' variants/amplify/data/schemas.ts |
    xargs -P 2 -I {} env VARIANT={} node_modules/.bin/tsx resolvers.ts "$temp/variants/{}" ./variants/amplify/backend
  node variants/pack.mjs "$temp/variants" > "$1/variants.json"
}
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT
simulator=../../internal/appsynctest/simulator
if [ "${1:-}" = generate ]; then
  synthesize "$simulator"
  exit
fi
synthesize "$temp/now"
{ diff -r "$simulator/generated" "$temp/now/generated" && diff "$simulator/variants.json" "$temp/now/variants.json"; } || { echo "The resolvers of the simulator are not those of examples/amplify: run tools/amplify.sh generate." >&2; exit 1; }

cd ../..
(cd examples && go test -run '^TestAmplify' .)
go test -race -tags amplify -run '^Test(FrontEnd|Mixed)' ./internal/appsynctest
