#!/usr/bin/env bash
# tools/apidiff.sh [BASE]: how the API of the library differs from that of a commit: the
# last release, or the previous commit when there is none. It fails when a release
# of version 1 or later would be broken.
set -euo pipefail
cd "$(dirname "$0")/.."
export GOWORK=off
module=$(go list -m)
base=${1:-$(git describe --tags --abbrev=0 --match 'v*' 'HEAD^' 2>/dev/null || echo 'HEAD^')}

tool=$PWD/.bin/apidiff
apidiff() { "$tool" -m "$@" 2> >(sed '/^Ignoring internal package/d' >&2); }

work=$(mktemp -d)
trap 'git worktree remove --force "$work/base"; rm -rf "$work"' EXIT
git worktree add --quiet --detach "$work/base" "$base"
(cd "$work/base" && apidiff -w "$work/export" "$module")

echo "Changes of the API since $base:"
apidiff "$work/export" "$module"
if [[ $base =~ ^v[1-9] ]]; then
  broken=$(apidiff -incompatible "$work/export" "$module")
  [ -z "$broken" ] || { echo "These break users of $base." >&2; exit 1; }
fi
