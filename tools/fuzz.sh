#!/usr/bin/env bash
# tools/fuzz.sh MODULE...: runs every fuzz target of the modules, one after the other
# since go test takes no more than one, for FUZZTIME each: 60s by default, or a count
# such as 10000x. Stops at the first that fails, with the input in the package's
# testdata/fuzz.
set -euo pipefail
cd "$(dirname "$0")/.."
log=$(mktemp)
trap 'rm -f "$log"' EXIT

targets() { # targets MODULE: a line "package target" for each
  local line='{{$.ImportPath}} {{$.Dir}}/{{.}}{{"\n"}}' list
  list=$(go -C "$1" list -f "{{range .TestGoFiles}}$line{{end}}{{range .XTestGoFiles}}$line{{end}}" ./...)
  while read -r package file; do
    [ -z "$file" ] || sed -nE "s|^func (Fuzz\w+)\(.*|$package \1|p" "$file"
  done <<<"$list"
}

fuzz() { # fuzz MODULE PACKAGE TARGET
  go -C "$1" test -run '^$' -fuzz "^$3\$" -fuzztime "${FUZZTIME:-60s}" "$2" 2>&1 | tee "$log"
}

# only_late: go test failed because the time was up, without a finding. It may do so
# before Go 1.27, see https://go.dev/issue/75804, and says nothing else then.
only_late() {
  grep -qx '    context deadline exceeded' "$log" &&
    ! grep -qvE '^(fuzz: elapsed: .*|--- FAIL: Fuzz\w* \([0-9.]+s\)|    context deadline exceeded|FAIL(\s.*)?|exit status 1)$' "$log"
}

count=0
for module in "$@"; do
  list=$(targets "$module")
  while read -r package target; do
    [ -n "$target" ] || continue
    echo "== fuzz $package $target"
    if ! fuzz "$module" "$package" "$target" </dev/null; then
      only_late || exit 1
      echo "== once more: the time was up before go test was ready for it"
      fuzz "$module" "$package" "$target" </dev/null
    fi
    count=$((count + 1))
  done <<<"$list"
done
[ "$count" -gt 0 ] || { echo "there is no fuzz target in: $*" >&2; exit 1; }
