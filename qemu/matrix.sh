#!/bin/sh
# matrix.sh ISA...: the table of ports, one row each, from the present contents of build/: the compilers that have built a
# port, how many tests of the last ctest run passed, its grade, its golden traces, and its length.
#   g++, clang   the compiler's version, and how many programs it built; "-": not built
#   tests        passed/run of the tests labelled with the ISA; "old": the programs were built after the run; "-": none ran
#   ladder       the grade of the last `make port-check`; "-": not run
#   goldens      whether the golden traces are the same on this ISA, in the last ctest run
set -eu
export LC_ALL=C
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || { echo "usage: matrix.sh ISA..." >&2; exit 2; }

built() {  # built DIRECTORY COMPILER-ID
  version=$(sed -n 's/^set(CMAKE_CXX_COMPILER_VERSION "\(.*\)")/\1/p' "$1"/CMakeFiles/*/CMakeCXXCompiler.cmake 2>/dev/null | head -n 1)
  id=$(sed -n 's/^set(CMAKE_CXX_COMPILER_ID "\(.*\)")/\1/p' "$1"/CMakeFiles/*/CMakeCXXCompiler.cmake 2>/dev/null | head -n 1)
  programs=$(find "$1/bin" -type f -perm -100 2>/dev/null | wc -l)
  if [ "$id" = "$2" ] && [ "$programs" -gt 0 ]; then echo "$version ($programs)"; else echo "-"; fi
}

# "LABEL STATUS NAME" of every test in the last run, from ctest's JUnit file (`ctest --output-junit`) and the labels that
# ctest knows. ctest's own log would not do: it reports a test as passed if its program is missing.
results=$(mktemp)
trap 'rm -f "$results"' EXIT
junit=build/host/junit.xml
if [ -f "$junit" ]; then
  ctest --test-dir build/host --show-only=json-v1 2>/dev/null | python3 -c '
import json, sys
import xml.etree.ElementTree as xml
try:
    tests = json.load(sys.stdin)["tests"]
    cases = xml.parse(sys.argv[1]).getroot().iter("testcase")
except (ValueError, xml.ParseError) as error:
    sys.exit(f"matrix.sh: no results to be read in build/host: {error}; run make test")
labels = {t["name"]: p["value"] for t in tests for p in t.get("properties", []) if p["name"] == "LABELS"}
for case in cases:
    skipped = case.find("skipped")
    left_out = skipped is not None and skipped.get("message", "").startswith("SKIP_")
    status = "passed" if case.get("status") == "run" else "skipped" if left_out else "failed"
    for label in labels.get(case.get("name"), []):
        print(label, status, case.get("name"))' "$junit" >"$results" || exit 1
fi
passed() {  # passed LABEL PROGRAM
  awk -v l="$1" '$1 == l {n++; if ($2 == "passed") p++; if ($2 == "skipped") s++}
    END {if (n) printf "%d/%d%s", p, n, s ? " (" s " skipped)" : ""; else printf "-"}' "$results"
  if grep -q "^$1 " "$results" && [ -n "$2" ] && [ "$2" -nt "$junit" ]; then printf ' old'; fi
}

row='| %-9s | %-14s | %-16s | %-16s | %-6s | %-9s | %-5s |\n'
# shellcheck disable=SC2059
{
  printf "$row" ISA "g++ (programs)" "clang (programs)" tests ladder goldens lines
  printf "$row" --------- -------------- ---------------- ---------------- ------ --------- -----
  for isa in "$@"; do
    printf "$row" "$isa" "$(built "build/$isa" GNU)" "$(built "build/$isa-clang" Clang)" \
      "$(passed "$isa" "build/$isa/bin/hello")" "$(cat "build/port/$isa/grade" 2>/dev/null || echo -)" \
      "$(awk -v t="$isa.golden" '$3 == t {print $2 == "passed" ? "identical" : "differ"}' "$results")" "$(find "arch/$isa" -type f -exec cat {} + 2>/dev/null | wc -l)"
  done
  printf "$row" host "" "" "$(passed host "")" "" "" ""
}
