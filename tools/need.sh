#!/bin/sh
# need.sh <debian package> ...: installs the packages that are missing and prints their names; leaves installed ones
# alone. Without root or sudo it prints the command to type instead.
set -eu
missing=
for p in "$@"; do
  dpkg-query -W -f='${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing="$missing $p"
done
[ -n "$missing" ] || exit 0
line="apt-get install -y --no-install-recommends$missing"
if [ "$(id -u)" = 0 ]; then sudo=
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then sudo=sudo
else
  echo "rt0 needs these Debian packages; as root, type: $line" >&2
  exit 1
fi
echo "rt0: installing$missing"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
if ! { $sudo $line || { $sudo apt-get update && $sudo $line; }; } >"$log" 2>&1; then
  cat "$log" >&2
  echo "rt0: could not install$missing; as root, try: apt-get update && $line" >&2
  exit 1
fi
