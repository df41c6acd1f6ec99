#!/bin/sh
# trace_test.sh check|write <machine> <qemu> <rt0-trace> <program> <RT0_SIM> <golden> <how to write> [argument ...]
#
# Runs a program on the simulated kernel and compares its trace with a golden one (check), or writes that anew (write).
# rt0_add_trace_test() of tools/rt0_traces.cmake calls it; docs/TRACES.md is the manual. <machine> is what `uname -m`
# says where the program runs without <qemu>. <program> may be @<file>: a file that has the program's path. Exit status:
# 0 if the trace is the same, or is written; 1 if not, with the reason on stderr.
#
# trace_test.sh configure <compiler> <package> <command> ...
#
# Runs the command, which configures the project for an ISA, if that ISA's compiler is there; says so if it is not.
set -eu
fail() {
  echo "trace test: $*" >&2
  exit 1
}
if [ "$1" = configure ]; then
  command -v "$2" >/dev/null || fail "$2 is not there: Debian has it in $3"
  shift 3
  exec "$@"
fi

mode=$1 machine=$2 qemu=$3 tool=$4 program=$5 sim=$6 golden=$7 how=$8
shift 8

case $program in
  @*)
    [ -f "${program#@}" ] || fail "${program#@} is not there: the project has not been configured in that folder"
    program=$(cat "${program#@}")
    ;;
esac
[ -x "$program" ] || fail "$program is not built"
[ -x "$tool" ] || fail "$tool is not there: it is rt0-trace, which rt0's tools/ build"
[ "$mode" = write ] || [ -f "$golden" ] || fail "$golden is not there: write it by \`$how\`"
runner=
if [ "$(uname -m)" != "$machine" ]; then
  runner=$(command -v "$qemu") || fail "$qemu is not there: Debian has it in qemu-user"
fi

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# Nothing of the caller's environment: a program may read it, and then the trace would depend on it.
status=0
env -i RT0_SIM="$sim" RT0_TRACE="$folder/trace" $runner "$program" "$@" </dev/null >"$folder/printed" 2>&1 || status=$?
if [ ! -s "$folder/trace" ]; then
  refused=$(grep '^rt0: RT0_SIM: ' "$folder/printed" || true)
  [ -z "$refused" ] || fail "$refused"
  tail -n 20 "$folder/printed" >&2
  fail "$program wrote no trace; it ended with status $status"
fi
"$tool" check "$folder/trace" >"$folder/checked" 2>&1 || {
  cat "$folder/checked" >&2
  fail "the trace of $program can't be true, or is cut; the program ended with status $status"
}

if [ "$mode" = write ]; then
  mkdir -p "$(dirname "$golden")"
  if cmp -s "$folder/trace" "$golden"; then
    echo "$golden: unchanged"
  else
    cp "$folder/trace" "$golden.part"  # beside it, so that it is never half a trace
    mv "$golden.part" "$golden"
    echo "$golden: written"
  fi
  exit 0
fi
"$tool" diff --time "$golden" "$folder/trace" || {
  tail -n 20 "$folder/printed" | sed 's/^/printed: /'
  fail "$program does not give the trace of $golden; if it is right so, write that anew by \`$how\`"
}
