#!/usr/bin/env bash
# Two releases and one vault: what this release writes opens and checks clean with the release before, and the other way
# round, until an edition of the rules is adopted; after that the release before refuses the vault, and opens the copy
# that was left beside it. From a checkout with its history:
#   bash tests/release_before.sh
#   bash tests/release_before.sh --speed [ROUNDS]      both built for speed, and compared (3 rounds: by instructions, which valgrind counts)
set -euo pipefail
cd "$(dirname "$0")/.."
export CARGO_TERM_COLOR=never LC_ALL=C.UTF-8

version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
# The release before ends where this one's number begins.
begins=$(git log --format=%H -S"version = \"$version\"" -- Cargo.toml 2>/dev/null | tail -n 1)
if [ -z "$begins" ] || ! git rev-parse -q --verify "$begins^" >/dev/null; then
  echo "skipped: the history of the release before is not here"
  exit 0
fi

speed=0 rounds=3 built=debug profile=()
if [ "${1:-}" = --speed ]; then speed=1 rounds=${2:-3} built=release profile=(--release); fi

work=target/release-before
rm -rf "$work/source" "$work/sites"
mkdir -p "$work/source" "$work/build/$built" "$work/sites"
git archive "$begins^" | tar x -C "$work/source"
cargo build --locked --quiet "${profile[@]}"
# The crates that both are made from are built already.
for part in deps build .fingerprint; do
  [ -d "$work/build/$built/$part" ] || cp -al "target/$built/$part" "$work/build/$built/$part"
done
rm -rf "$work/build/$built"/deps/*daicho-* "$work/build/$built"/.fingerprint/daicho-*
CARGO_TARGET_DIR="$work/build" cargo build --locked --quiet "${profile[@]}" --manifest-path "$work/source/Cargo.toml"
export DAICHO_STATE=off
new="$PWD/target/$built/daicho" old="$PWD/$work/build/$built/daicho"
echo "this release: $("$new" --version), the one before: $("$old" --version)"
[ "$("$new" --version)" != "$("$old" --version)" ]

site="$PWD/$work/sites/site"
"$old" demo --headless --json --days "$([ "$speed" = 1 ] && echo 365 || echo 20)" --dir "$site" > "$work/sites/demo.json"
password=$(python3 -c 'import json,sys; print(next(u["password"] for u in json.load(open(sys.argv[1]))["users"] if u["id"] == "admin"))' "$work/sites/demo.json")
if [ "$speed" = 1 ]; then
  python3 tests/release_before_speed.py "$old" "$new" "$site" "$password" "$rounds"
  exit 0
fi
as() { local program=$1; shift; "$program" --lang en --password-fd 3 "$@" 3<<<"$password"; }
expect() {
  local code=$1 ended=0; shift
  "$@" > "$work/sites/out" 2> "$work/sites/err" || ended=$?
  if [ "$ended" != "$code" ]; then
    echo "expected exit $code, got $ended of: $*"; cat "$work/sites/out" "$work/sites/err"; exit 1
  fi
}
lines() {
  printf '{"command":"register_company","name":"前の版と今の版","kana":"マエノハントイマノハン","request":"%s-1"}\n' "$1"
  printf '{"command":"register_person","name":"試験 太郎","kana":"シケン タロウ","organisation":"情報課","request":"%s-2"}\n' "$1"
  printf '{"command":"register_badge","number":"B-9%s","kind":"badge","request":"%s-3"}\n' "$1" "$1"
  printf '{"command":"register_badge","number":"B-9%s","kind":"badge"}\n' "$1"
}

for turn in 1 2 3; do
  lines "$turn" > "$work/sites/lines"
  if [ $((turn % 2)) = 1 ]; then writer=$new; else writer=$old; fi
  expect 6 as "$writer" --vault "$site" batch --as admin "$work/sites/lines"
  expect 0 as "$old" --vault "$site" check --as admin
  expect 0 as "$new" --vault "$site" check --as admin
done
expect 0 as "$new" --vault "$site" compact --as admin
expect 0 as "$old" --vault "$site" check --as admin
expect 0 as "$old" --vault "$site" query persons --as admin --search "シケン"

expect 0 as "$new" --vault "$site" rehearse --as admin --adopt
expect 3 as "$old" --vault "$site" query inside --as admin
grep -q newer_format "$work/sites/err"
expect 0 as "$new" --vault "$site" check --as admin
expect 0 as "$old" --vault "$site.format-2" check --as admin
expect 0 as "$old" --vault "$site.format-2" query inside --as admin
rm -rf "$work/sites"
echo "ok: written by either release, checked by both; adopted, the one before refuses it and opens the copy"
