#!/bin/sh
# inspect.sh BINARY: the contents of a target binary as GNU binutils see it: entry, segments, sections, sizes, and the
# launch chain from the entry point to main.main, with the calls of runtime.rt0_go in order. Everything is read from the
# file, nothing from the sources. runtime.mainPC is a pointer to a function; the chain goes on with that function.
set -eu
export LC_ALL=C
top=$(cd "$(dirname "$0")/.." && pwd)
[ $# = 1 ] || { echo "usage: inspect.sh BINARY" >&2; exit 2; }
bin=$1
[ -r "$bin" ] || { echo "inspect.sh: $bin: cannot be read" >&2; exit 2; }
header=$(readelf -hW "$bin" 2>/dev/null) || { echo "inspect.sh: $bin: not an ELF file" >&2; exit 2; }
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

field() { echo "$header" | sed -n "s/^ *$1: *//p" | head -n 1; }
# Name, size, kind and address of each symbol, in order of address; among symbols at one address, names with a '.' come
# first.
readelf -sW "$bin" | awk '
  $1 ~ /^[0-9]+:$/ && $8 != "" && $7 != "UND" && ($4 == "FUNC" || $4 == "OBJECT" || $4 == "NOTYPE") {
  print $2, ($8 ~ /\./ ? 0 : 1), $3, $4, $8}' | sort >"$tmp/symbols"
address_of() { awk -v n="$1" '$5 == n {print "0x" $1; exit}' "$tmp/symbols" | sed 's/^0x0*/0x/'; }
name_at() {
  awk -v a="$(printf %016x "$1")" -v b="$(printf %08x "$1")" '$1 == a || $1 == b {print $5; exit}' "$tmp/symbols"
}

entry=$(field 'Entry point address')
start=$(name_at "$entry")
go=$(echo "$start" | sed -n 's/^_rt0_\([a-z0-9]*\)_linux$/\1/p')
[ -n "$go" ] || { echo "inspect.sh: $bin: the entry point is '${start:-nameless}', not _rt0_<isa>_linux" >&2; exit 2; }
triple=$(awk -v g="$go" '/^[a-z0-9]/ && $2 == g {print $3; exit}' "$top/arch/isas.txt")
tool() { command -v "$triple-$1" || command -v "$1"; }
"$(tool strip)" -o "$tmp/stripped" "$bin"

bytes() { wc -c <"$1" | tr -d ' '; }
linking="static: no interpreter, no dynamic section"
segments=$(readelf -lW "$bin")
echo "$segments" | grep -Eq '^ *(INTERP|DYNAMIC) ' && linking="dynamic: it has an interpreter or a dynamic section"

echo "$bin"
echo "  file     $(field Class), $(field Data | sed "s/.*, //"), $(field Type)"
echo "  machine  $(field Machine)"
echo "  linking  $linking"
echo "  entry    $entry ($start)"
echo "  size     $(bytes "$bin") bytes, $(bytes "$tmp/stripped") stripped; in memory: $("$(tool size)" "$bin" |
  awk 'NR == 2 {print $1 " text, " $2 " data, " $3 " bss"}')"

printf '\nProgram headers\n'
echo "$segments" | awk '
  function flags(   i, s) { s = ""; for (i = 7; i < NF; i++) s = s $i; gsub(/ /, "", s); return s }
  function role(f) {
    return f == "RE" ? "code: readable, executable" : f == "R" ? "read-only data" : f == "RW" ? "data" : "?"
  }
  /^ *LOAD / {
    f = flags()
    printf "  LOAD   offset %s  address %s  file %s  memory %s  %-3s %s\n", $2, $3, $5, $6, f, role(f)
    n++
  }
  /^ *GNU_STACK / { f = flags(); stack = f }
  END {
    kind = stack == "" ? "not described" : index(stack, "E") ? "executable" : "not executable (" stack ")"
    printf "  %d load segments; the stack is %s\n", n, kind
  }'

printf '\nSections\n'
readelf -SW "$bin" | sed -n 's/^ *\[ *[0-9]*\] //p' | awk '
  BEGIN {
    what[".text"] = "code"; what[".rodata"] = "read-only data"; what[".gopclntab"] = "PC-line table, for tracebacks"
    what[".data"] = "initialised data"; what[".bss"] = "zeroed data"; what[".inittasks"] = "init tasks, in no order"
    what[".data.rel.ro"] = "constants that hold addresses"
    printf "  | %-13s | %-10s | %-8s | %s\n", "Section", "Address", "Size", "Holds"
    print "  |---------------|------------|----------|"
  }
  function hex(s) { sub(/^0+/, "", s); return "0x" (s == "" ? "0" : s) }
  $1 ~ /^\./ && $3 !~ /^0+$/ { printf "  | %-13s | %-10s | %-8s | %s\n", $1, hex($3), hex($5), what[$1] }
  $1 ~ /^\.debug/ { debug += 1 }
  END { if (debug) printf "  and %d sections of debug information, which are not loaded\n", debug }'

# The disassembly as "function|mnemonic|target", one line per instruction that names a target outside its function. A
# call through a register has the target "*symbol": the symbol whose value was loaded last.
"$(tool objdump)" -d --no-show-raw-insn "$bin" | awk '
  /^[0-9a-f]+ <.*>:$/ { f = $2; gsub(/^<|>:$/, "", f); next }
  match($0, /<[^>]+>/) {
    t = substr($0, RSTART + 1, RLENGTH - 2)
    if (t !~ /\+0x/ && t != f) { print f "|" $2 "|" t; if ($2 ~ /^(mov|ld|lw|lg)/) last = t }
    next
  }
  $2 ~ /^call/ && $3 ~ /^\*/ || $2 ~ /^(blr|jalr|bctrl|basr|jirl)$/ { print f "|call|*" last }' >"$tmp/targets"
how() {  # how CALLER CALLEE: the mnemonic of the instruction that leads from one to the other
  awk -F'|' -v f="$1" -v t="$2" '$1 == f && $3 == t && $2 !~ /^(lea|adr|la|mov)/ {print $2; exit}' "$tmp/targets"
}
pointer_at() {  # the function whose address is stored at symbol $1
  a=$(address_of "$1")
  [ -n "$a" ] || return 0
  size=$(awk -v n="$1" '$5 == n {print $3; exit}' "$tmp/symbols")
  words=$("$(tool objdump)" -s --start-address="$a" --stop-address="$(printf '%#x' $((a + size)))" "$bin" |
    sed -n 's/^ [0-9a-f]* \(\([0-9a-f]\{2,8\} \)*\) .*/\1/p' | tr -d ' \n')
  case $(field Data) in
    *little*) words=$(echo "$words" | sed 's/../& /g' | awk '{for (i = NF; i; i--) printf "%s", $i}') ;;
  esac
  [ -z "$words" ] || name_at "0x$words"
}

printf '\nLaunch chain\n'
line() { printf '  %-12s %-24s %s\n' "$(address_of "$2")" "$2" "$1"; }
line "the kernel starts here" "$start"
at=$start
for next in "_rt0_$go" runtime.rt0_go runtime.mstart runtime.mstart0 runtime.mstart1 runtime.schedule runtime.execute \
  runtime.gogo; do
  if [ -z "$(address_of "$next")" ]; then
    printf '  %-12s %-24s %s\n' "-" "$next" "is not in this binary"
    continue
  fi
  by=$(how "$at" "$next")
  line "${by:+$by in $at}${by:-not named by an instruction of $at}" "$next" | sed "s/ in $at$by\$/ in $at/"
  at=$next
done
main=$(pointer_at runtime.mainPC)
if [ -n "$main" ]; then
  line "the value of runtime.mainPC, which rt0_go hands to runtime.newproc; gogo jumps there" "$main"
else echo "  -            runtime.mainPC           points at no function"; fi
if [ -n "$(address_of main.main)" ]; then
  by=$(how "${main:-runtime.main}" main.main)
  line "${by:-called through a pointer}${by:+ in $main}" main.main
else echo "  -            main.main                is not in this binary"; fi

printf '\nCalls of runtime.rt0_go, in order\n'
awk -F'|' '
  $1 == "runtime.rt0_go" && $2 ~ /^(call|bl|jal|bal|brasl|bsr|jirl)/ && $3 ~ /^[*A-Za-z_]/ {print $3}' "$tmp/targets" |
  while read -r f; do
    case $f in
      \**) printf '  %-12s %s\n' "-" "what ${f#?} points to, if it is not null" ;;
      *) printf '  %-12s %s\n' "$(address_of "$f")" "$f" ;;
    esac
  done
