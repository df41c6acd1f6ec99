#!/bin/sh
# run.sh <isa> <qemu|native> <program> [argument ...]: runs a target binary, under QEMU or natively. The row of
# arch/isas.txt says which QEMU to use, and on which machine the ISA is native. RT0_QEMU names another QEMU binary.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
isa=$1 how=$2
shift 2
row=$(grep -E "^$isa[[:space:]]" "$top/arch/isas.txt") || {
  echo "run.sh: ISA=$isa is not known. Known: $(awk '/^[a-z0-9]/ {printf "%s ", $1}' "$top/arch/isas.txt")" >&2
  exit 2
}
qemu=$(echo "$row" | awk '{print $6}')
native=$(echo "$row" | awk '{print $7}')
case $how in
  qemu)
    command -v "${RT0_QEMU:-$qemu}" >/dev/null || {
      echo "run.sh: ${RT0_QEMU:-$qemu} is not installed: install Debian's package qemu-user" >&2
      exit 127
    }
    # QEMU 7.2 forks for a program that starts another one. If a thread of QEMU holds the lock of glib's slice allocator
    # just then, the child waits for that lock for ever. With this variable glib uses malloc, whose locks are freed at a
    # fork. The program does not see the variable.
    if [ -z "${G_SLICE:-}" ]; then
      export G_SLICE=always-malloc
      set -- -U G_SLICE "$@"
    fi
    exec "${RT0_QEMU:-$qemu}" "$@" ;;
  native)
    [ "$(uname -m)" = "$native" ] || { echo "run.sh: $isa is not native on $(uname -m)" >&2; exit 77; }
    exec "$@" ;;
  *) echo "run.sh: '$how': must be qemu or native" >&2; exit 2 ;;
esac
