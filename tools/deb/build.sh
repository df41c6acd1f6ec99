#!/bin/sh
# build.sh OUT ISA...: makes Debian packages in the folder OUT from what is built in build/<isa>: rt0 (rt0-c++,
# rt0-trace, headers, CMake's files) for this machine, rt0-runtime-<isa> for each ISA, rt0-doc. Prints their names.
# Packages made twice from one commit are the same bytes. DEBFULLNAME and DEBEMAIL name another maintainer. Exit status
# 2 if a tool or a build is missing.
set -eu
cd "$(dirname "$0")/../.."
out=$1
shift
fail() { echo "deb: $*" >&2; exit 2; }
[ $# -gt 0 ] || fail "name the ISAs to build packages for, such as: amd64 arm64"
for tool in dpkg-deb dpkg-shlibdeps cmake; do
  command -v $tool >/dev/null || fail "$tool is not installed: Debian has it in dpkg-dev or cmake"
done
for isa in "$@"; do
  [ -f "build/$isa/librt0_checked_exceptions.a" ] || fail "build/$isa is not built: make deb ISA=$isa"
done
version=$(sed -n 's/^project(rt0 VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || stat -c %Y CMakeLists.txt)}
export SOURCE_DATE_EPOCH
maintainer="${DEBFULLNAME:-The rt0 authors} <${DEBEMAIL:-rt0@rt0.invalid}>"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
umask 022
mkdir -p "$out" || fail "$out: cannot make the folder"

all=$work/all
for isa in "$@"; do DESTDIR="$all" cmake --install "build/$isa" --prefix /usr >/dev/null; done

# take PACKAGE PATH...: moves paths below usr/ from the whole installation into the package's folder.
take() {
  package=$1
  shift
  for path in "$@"; do
    mkdir -p "$work/$package/usr/$(dirname "$path")"
    mv "$all/usr/$path" "$work/$package/usr/$path"
  done
}

# package NAME ARCHITECTURE FIELDS SUMMARY TEXT: adds what every Debian package has, and packs the folder.
package() {
  root=$work/$1
  doc=$root/usr/share/doc/$1
  mkdir -p "$doc" "$root/DEBIAN"
  {
    printf 'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\nUpstream-Name: rt0\n\n'
    printf 'Files: *\nCopyright: 2026 The rt0 authors\nLicense: Expat\n\n'
    printf 'Files: third_party/musl/*\nCopyright: Rich Felker, et al.; see COPYRIGHT.musl in the package rt0\n'
    printf 'License: Expat\n\nLicense: Expat\n'
    sed -n '/^Permission/,$p' LICENSE | sed 's/^$/./; s/^/ /'
  } >"$doc/copyright"
  printf 'rt0 (%s) unstable; urgency=low\n\n  * See CHANGELOG.md in the package rt0-doc.\n\n -- %s  %s\n' "$version" \
    "$maintainer" "$(LC_ALL=C date -u -R -d "@$SOURCE_DATE_EPOCH")" | gzip -9n >"$doc/changelog.gz"
  section=devel
  [ "$1" != rt0-doc ] || section=doc
  {
    printf 'Package: %s\nSource: rt0\nVersion: %s\nArchitecture: %s\nMaintainer: %s\n' "$1" "$version" "$2" \
      "$maintainer"
    printf 'Installed-Size: %s\nSection: %s\nPriority: optional\n' \
      "$(du -sk --exclude=DEBIAN "$root" | cut -f 1)" "$section"
    printf '%s\n' "$3" | sed '/^$/d'
    printf 'Description: %s\n' "$4"
    printf '%s\n' "$5" | sed 's/^/ /'
  } >"$root/DEBIAN/control"
  (cd "$root" && find usr -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum >DEBIAN/md5sums)
  find "$root" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
  chmod -R u=rwX,go=rX "$root"
  file=$out/$1_${version}_$2.deb
  dpkg-deb --root-owner-group --build "$root" "$file" >/dev/null
  echo "$file"
}

# override PACKAGE LINE...: what lintian is not to say of the package, and why.
override() {
  mkdir -p "$work/$1/usr/share/lintian/overrides"
  file=$work/$1/usr/share/lintian/overrides/$1
  shift
  printf '%s\n' "$@" >"$file"
}

text="rt0 schedules goroutines over threads in static binaries without a libc, on
Linux or on a simulated kernel on which the same seed gives the same trace."

for isa in "$@"; do
  name=rt0-runtime-$(echo "$isa" | tr _ -)
  mkdir -p "$all/usr/share/pkgconfig"
  mv "$all/usr/lib/pkgconfig/rt0-$isa.pc" "$all/usr/share/pkgconfig/"
  take "$name" "lib/rt0/$isa" "share/pkgconfig/rt0-$isa.pc" "share/rt0/arch/$isa"
  override "$name" \
    "# The libraries are for the programs' ISA, whatever machine compiles them, as in libc6-dev-*-cross." \
    "$name: arch-independent-package-contains-binary-or-object" \
    "# Tracebacks are made from the debug information of what is linked." "$name: unstripped-static-library *" \
    "# Programs are compiled with the options that the runtime needs, and linked with the compiler's own libraries." \
    "$name: pkg-config-bad-directive *" "$name: pkg-config-multi-arch-wrong-dir *"
  compiler=$(awk -v i="$isa" '$1 == i {print $4}' arch/isas.txt)
  package "$name" all "Depends: rt0 (= $version), $compiler
Suggests: qemu-user
Multi-Arch: foreign" "Go's scheduler in freestanding C++ - runtime for $isa" "$text
.
This package has the libraries that programs for $isa are linked with."
done

mkdir -p "$work/rt0-doc/usr/share/doc/rt0-doc"
cp -r README.md CHANGELOG.md docs examples "$work/rt0-doc/usr/share/doc/rt0-doc/"
rm -rf "$work/rt0-doc/usr/share/doc/rt0-doc/docs/man"
package rt0-doc all "Multi-Arch: foreign" "Go's scheduler in freestanding C++ - documentation" "$text
.
This package has the guides and the examples."

cp -r "$all" "$work/rt0"
rmdir "$work/rt0/usr/lib/pkgconfig" "$work/rt0/usr/share/pkgconfig"
gzip -9n "$work/rt0/usr/share/man/man1/"*
rm -f "$work/rt0/usr/share/doc/rt0/LICENSE"
for tool in bin/rt0-trace bin/rt0-explore lib/rt0/mkpclntab; do
  strip --strip-unneeded --remove-section=.comment "$work/rt0/usr/$tool"
done
mkdir "$work/debian"
printf 'Source: rt0\n\nPackage: rt0\nArchitecture: any\nDescription: x\n' >"$work/debian/control"
needs=$(cd "$work" && dpkg-shlibdeps -O rt0/usr/bin/rt0-trace rt0/usr/bin/rt0-explore rt0/usr/lib/rt0/mkpclntab |
  sed -n 's/^shlibs:Depends=//p')
package rt0 "$(dpkg --print-architecture)" "Depends: $needs, binutils
Recommends: rt0-runtime-$1
Suggests: cmake, qemu-user, rt0-doc" "Go's scheduler in freestanding C++" "$text
.
This package has the compiler driver rt0-c++, the tool for traces rt0-trace,
the explorer of schedules rt0-explore, headers, and the files for CMake."
