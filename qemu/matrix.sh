#!/bin/sh
# matrix.sh ISA...: the table of ports, one row each, from the present contents of build/: the compilers that have built
# a port, how many tests of the last ctest run passed, its grade, its golden traces, and its length; and below the table
# what was skipped, where and why.
#   g++, clang   the compiler's version, and how many programs it built; "-": not built
#   tests        of the tests labelled with the ISA: how many passed, were skipped, failed; "in part": some of what a
#                test file does was skipped; "old": the programs were built after the run; "-": none ran
#   ladder       the grade of the last `make port-check`; "in part" as above; "-": not run
#   goldens      whether the golden traces are the same on this ISA, in the last ctest run
set -eu
export LC_ALL=C
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || { echo "usage: matrix.sh ISA..." >&2; exit 2; }

built() {  # built DIRECTORY COMPILER-ID
  of_compiler() { sed -n "s/^set(CMAKE_CXX_COMPILER_$2 \"\(.*\)\")/\1/p" "$1"/CMakeFiles/*/CMakeCXXCompiler.cmake; }
  version=$(of_compiler "$1" VERSION 2>/dev/null | head -n 1)
  id=$(of_compiler "$1" ID 2>/dev/null | head -n 1)
  programs=$(find "$1/bin" -type f -perm -100 2>/dev/null | wc -l)
  if [ "$id" = "$2" ] && [ "$programs" -gt 0 ]; then echo "$version ($programs)"; else echo "-"; fi
}

# "LABEL STATUS NAME" of every test in the last run, and "why LABEL STATUS NAME: REASON" for what was skipped.
results=$(mktemp)
trap 'rm -f "$results"' EXIT
junit=build/host/junit.xml
if [ -f "$junit" ]; then qemu/matrix.py "$junit" >"$results" || exit 1; fi
tests() {  # tests LABEL PROGRAM
  awk -v l="$1" '$1 == l {n[$2]++; all++}
    END {
      if (!all) {printf "-"; exit}
      printf "%d passed", n["passed"] + n["part"]
      if (n["part"]) printf " (%d in part)", n["part"]
      if (n["skipped"]) printf ", %d skipped", n["skipped"]
      if (n["failed"]) printf ", %d failed", n["failed"]
    }' "$results"
  if grep -q "^$1 " "$results" && [ -n "$2" ] && [ "$2" -nt "$junit" ]; then printf ', old'; fi
}
reasons() {  # what was skipped, whole or in part: one line for each test and reason, with the labels
  grep '^why ' "$results" | awk '{
      key = $3; for (i = 4; i <= NF; i++) key = key " " $i
      if (!(key in labels)) order[n++] = key
      labels[key] = labels[key] (labels[key] ? ", " : "") $2
    }
    END {
      for (i = 0; i < n; i++) {
        key = order[i]; status = key; sub(/ .*/, "", status); sub(/^[^ ]* /, "", key)
        name = key; sub(/:.*/, "", name); sub(/^[^:]*: /, "", key)
        printf "- `%s`%s on %s: %s\n", name, status == "part" ? " in part" : "", labels[status " " name ": " key], key
      }
    }'
}

row='| %-9s | %-14s | %-16s | %-38s | %-20s | %-9s | %-5s |\n'
# shellcheck disable=SC2059
{
  printf "$row" ISA "g++ (programs)" "clang (programs)" tests ladder goldens lines
  printf "$row" --------- -------------- ---------------- ---------------- ------ --------- -----
  for isa in "$@"; do
    printf "$row" "$isa" "$(built "build/$isa" GNU)" "$(built "build/$isa-clang" Clang)" \
      "$(tests "$isa" "build/$isa/bin/hello")" "$(cat "build/port/$isa/grade" 2>/dev/null || echo -)" \
      "$(awk -v t="$isa.golden" '$3 == t {print $2 == "passed" || $2 == "part" ? "identical" : "differ"}' "$results")" \
      "$(find "arch/$isa" -type f -exec cat {} + 2>/dev/null | wc -l)"
  done
  printf "$row" host "" "" "$(tests host "")" "" "" ""
  if grep -q '^why ' "$results"; then
    printf '\nSkipped:\n\n'
    reasons
  fi
}
