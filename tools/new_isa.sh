#!/bin/sh
# new_isa.sh NAME [LIKE]: begins a port. Copies the folders of another ISA under the new name; each file begins with an
# #error, to be removed when the file has been adapted. LIKE (default riscv64) should have the same word size, and a
# link register if the new ISA has one. The row of arch/isas.txt has to be written by hand; the script prints a first
# guess.
set -eu
cd "$(dirname "$0")/.."
new=${1:-} like=${2:-riscv64}
case $new in
  '' | *[!a-z0-9]*)
    echo "new_isa.sh: ISA='$new': the name must have small letters and digits only, as GOARCH has" >&2
    exit 2 ;;
esac
[ ! -e "arch/$new" ] || { echo "new_isa.sh: arch/$new exists already" >&2; exit 2; }
[ -f "arch/$like/asm.S" ] || {
  echo "new_isa.sh: LIKE=$like is not known. Known: $(awk '/^[a-z0-9]/ {printf "%s ", $1}' arch/isas.txt)" >&2
  exit 2
}
for folder in arch tests/arch; do
  mkdir -p "$folder/$new"
  for file in "$folder/$like"/*; do
    to="$folder/$new/$(basename "$file")"
    case $file in
      *.S | *.h | *.cc)
        printf '#error "%s: this is %s'\''s: adapt it, then take this line away"\n' "$to" "$like" >"$to" ;;
      *) : >"$to" ;;
    esac
    sed "s/\\b$like\\b/$new/g; s/_rt0_$like/_rt0_$new/g" "$file" >>"$to"
  done
done
echo "arch/$new and tests/arch/$new are $like's, to be adapted. Next: a row in arch/isas.txt, such as"
awk -v l="$like" -v n="$new" '$1 == l {$1 = n; $2 = n; print "  " $0}' arch/isas.txt
echo "then run make port-check ISA=$new; arch/PORTING.md explains what it asks for."
