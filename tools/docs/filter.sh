#!/bin/sh
# filter.sh FILE: what Doxygen reads in place of FILE. In headers each comment becomes a comment of the documentation,
# and the first comment describes the file. Indented lines of comments are code; in the other lines, characters that
# Doxygen gives a meaning are escaped. In guides a link to a source becomes its text with the name of the file.
case $1 in
  *.h)
    exec sed -E -e 's,^([[:space:]]*)//( |$),\1///\2,; s,([;}]) +// ,\1  ///< ,' \
      -e 's,^([[:space:]]*/// ) {2},\1    ,' \
      -e '/^[[:space:]]*\/\/\/ [^ ]/s,[<#@\\],\\&,g' -e '1s,^,/// @file\n,' "$1" ;;
  *) exec sed -E 's,\[([^]]*)\]\(([^)]*/)?([A-Za-z0-9_]+/)?([A-Za-z0-9_]+\.(cc|h|S|txt|py))\),\1 (\3\4),g' "$1" ;;
esac
