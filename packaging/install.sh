#!/bin/sh
# Copies the binary and makes the folder in which a vault will stand. Safe to run again: a vault is never touched.
set -eu

usage() {
    cat <<'TEXT'
install.sh [--binary FILE] [--prefix DIR] [--vault DIR] [--owner USER]

  --binary FILE   the program to copy     (default: target/release/daicho beside this folder)
  --prefix DIR    it goes to DIR/bin      (default: /usr/local)
  --vault DIR     the vault's folder      (default: /srv/daicho), made with mode 0700
  --owner USER    whom the folder belongs to (default: whoever runs this)
TEXT
}

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
binary=$here/../target/release/daicho
prefix=/usr/local
vault=/srv/daicho
owner=

while [ $# -gt 0 ]; do
    case $1 in
        --binary | --prefix | --vault | --owner)
            [ $# -ge 2 ] || { usage >&2; exit 2; }
            case $1 in
                --binary) binary=$2 ;;
                --prefix) prefix=$2 ;;
                --vault) vault=$2 ;;
                --owner) owner=$2 ;;
            esac
            shift 2 ;;
        -h | --help) usage; exit 0 ;;
        *) usage >&2; exit 2 ;;
    esac
done

[ -f "$binary" ] || { echo "install.sh: $binary is not there; build it with: cargo build --release" >&2; exit 1; }
if [ -n "$owner" ] && ! id -u "$owner" >/dev/null 2>&1; then
    echo "install.sh: there is no user $owner" >&2
    exit 1
fi

# Beside it first, then into its place: a running program keeps its old file, and a power cut leaves one or the other.
mkdir -p "$prefix/bin"
cp "$binary" "$prefix/bin/.daicho.new"
chmod 0755 "$prefix/bin/.daicho.new"
mv -f "$prefix/bin/.daicho.new" "$prefix/bin/daicho"
sync

if [ -e "$vault/FORMAT" ]; then
    echo "A vault stands in $vault. It was not touched."
elif [ -d "$vault" ] && [ -n "$(ls -A "$vault")" ]; then
    echo "install.sh: $vault is not empty and holds no vault; nothing in it was changed. Name another with --vault." >&2
    exit 1
else
    (umask 077 && mkdir -p "$vault")
    chmod 0700 "$vault"
    [ -z "$owner" ] || chown "$owner" "$vault"
    echo "The folder $vault is made. Found a site in it with:"
    echo "  $prefix/bin/daicho --vault $vault init"
fi

"$prefix/bin/daicho" --version
sha256sum "$prefix/bin/daicho"
