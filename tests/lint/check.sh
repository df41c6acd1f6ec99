#!/bin/sh
# check.sh ISA...: the steps of `make check`: format, the lint of sources and docs; then for each ISA both compilers
# with warnings as errors, clang-tidy, checks of objects and binaries, and a run of hello. Prints one line per step,
# "ok   step" or "FAIL step: why", followed by the first lines of the errors. The whole output is in build/check/. Exit
# status 1 if a step failed.
set -u
cd "$(dirname "$0")/../.." || exit 1
[ $# -gt 0 ] || {
  echo "check.sh: which ISAs? Known: $(awk '/^[a-z0-9]/ {printf "%s ", $1}' arch/isas.txt)" >&2
  exit 2
}
logs=build/check
mkdir -p "$logs"
jobs=$(nproc)
failed=0

# step NAME REASON COMMAND...: runs the command and reports; REASON is printed if it fails.
step() {
  name=$1 reason=$2
  shift 2
  log="$logs/$(echo "$name" | tr ' /' '--').log"
  if "$@" >"$log" 2>&1; then
    echo "ok   $name"
  else
    echo "FAIL $name: $reason; all of it: $log"
    { grep -E '(^|[ :])error: |CMake Error|FAIL|undefined' "$log" || grep -v '^$' "$log"; } | head -n 20 |
      cut -c 1-300 | sed 's/^/       /'
    failed=1
    return 1
  fi
}

# All C++ files but those of third_party/, which stay as their authors wrote them.
sources() {
  if [ -d .git ]; then git ls-files -co --exclude-standard -- '*.h' '*.cc'
  else find . -path './build*' -prune -o \( -name '*.h' -o -name '*.cc' \) -print
  fi | grep -v '^third_party/' | sort | while read -r f; do [ -f "$f" ] && echo "$f"; done
}
# Names each file that differs from what .clang-format demands, with the number of differences.
format() {
  wrong=$(sources | xargs clang-format-19 --dry-run -Werror 2>&1 |
    sed -n 's/^\([^: ]*\):[0-9]*:.*/\1/p' | sort | uniq -c)
  echo "$wrong"
  [ -z "$wrong" ]
}

# The host tools come first: every target build needs them.
host() { make -s host; }
gcc() { make -s "build-$1"; }
clang() {
  for dev in OFF ON; do
    dir="build/$1-clang"
    [ $dev = OFF ] || dir="$dir-dev"
    cmake -G Ninja -Wno-dev -S . -B "$dir" -DRT0_ISA="$1" -DRT0_COMPILER=clang -DRT0_DEV=$dev \
      -DCMAKE_TOOLCHAIN_FILE=tools/toolchain.cmake -DRT0_MKPCLNTAB="$PWD/build/host/bin/mkpclntab" \
      -DCMAKE_EXPORT_COMPILE_COMMANDS=ON || return 1
    cmake --build "$dir" || return 1
  done
}

# clang-tidy on the runtime and the examples, as clang compiles them. Not on tests: they do on purpose what clang-tidy
# warns about.
tidy() {
  files=$(python3 -c '
import json, sys
files = {c["file"] for c in json.load(open(sys.argv[1]))}
print("\n".join(sorted(f for f in files if f.endswith(".cc") and "/tests/" not in f.removeprefix(sys.argv[2]))))' \
    "build/$1-clang/compile_commands.json" "$PWD") || return 1
  [ -n "$files" ] || { echo "no sources in build/$1-clang/compile_commands.json"; return 1; }
  echo "$files" | xargs -P "$jobs" -n 3 clang-tidy-19 -p "build/$1-clang" --quiet >"$logs/tidy.raw" 2>&1
  status=$?
  grep -E '(warning|error): ' "$logs/tidy.raw" | sed "s#$PWD/##" | sort -u
  [ $status = 0 ] || grep -q 'error: ' "$logs/tidy.raw" || tail -n 5 "$logs/tidy.raw"
  return $status
}

binaries() {
  for dir in "$1" "$1-dev" "$1-clang" "$1-clang-dev"; do
    tests/lint/symbols.py --isa "$1" "build/$dir/bin" || return 1
  done
}

# hello prints the same from both compilers.
hello() {
  for dir in "$1" "$1-dev" "$1-clang" "$1-clang-dev"; do
    said=$(qemu/run.sh "$1" qemu "build/$dir/bin/hello") || { echo "build/$dir/bin/hello: exit status $?"; return 1; }
    [ "$said" = "Hello World" ] || { echo "build/$dir/bin/hello said: $said"; return 1; }
  done
}

step "format" "clang-format-19 -i would change files" format
step "layers" "an include or a name where it does not belong" tests/lint/layers.py
step "docs" "code and docs say different things" tests/lint/docs.py
step "figures" "a figure of a page is not that of what holds it" tests/lint/figures.py
step "lint itself" "a broken tree was not noticed" tests/lint/lint_test.py
step "includes" "a file includes what it does not use" tests/lint/includes.py
if step "host tools" "they do not build" host; then
  for isa in "$@"; do
    step "$isa built by g++" "does not build" gcc "$isa"
    if step "$isa built by clang" "does not build" clang "$isa"; then
      step "$isa clang-tidy" "it found something" tidy "$isa"
    fi
    step "$isa binaries" "not what a static rt0 program is" binaries "$isa"
    step "$isa calls" "a room calls one that it may not call" tests/lint/calls.py "build/$isa" "build/$isa-clang"
    # Of g++'s programs only: clang leaves more functions of <rt0/…> out of line.
    step "$isa program text" "a function of the runtime lies in it" tests/lint/comdat.py "build/$isa"
    step "$isa hello" "does not run" hello "$isa"
  done
fi
exit $failed
