#!/usr/bin/env python3
"""comdat.py BUILD...: no function of the runtime lies in the program's text, where it may be interrupted anywhere.

An inline function of <rt0/…> that is not inlined has a copy in the runtime's object and one in the program's. The
linker keeps the first, which is the program's. The runtime then calls into the program's text, and a signal may stop a
goroutine there in the middle of a function of the runtime. Prints one line per function, and exits with 1 if there is
one that KNOWN does not match, with 2 without an argument or if there are no objects to check.
"""
import os
import re
import subprocess
import sys

from source import library_objects

# These are called only through a Type, while a panic's value is printed, as the same functions of the program's own
# types are.
KNOWN = re.compile(r'rt0::detail::(?:operand_of|kType)<.*::_FUN\(')


def nm(*paths):
    return subprocess.run(['nm', '-C', *paths], capture_output=True, text=True, check=False).stdout.splitlines()


def rows(lines):
    for line in lines:
        fields = line.split(' ', 2)
        if len(fields) == 3 and fields[0]:
            yield int(fields[0], 16), fields[1], fields[2]


def shared(build):
    """For each object of the library: its own functions, and those that a program's object may contain too."""
    where, objects = library_objects(build)
    found, at = {}, None
    for line in nm(*objects):
        if line.endswith('.o:'):
            at = found.setdefault(os.path.relpath(line[:-1], where)[:-2], (set(), set()))
            continue
        for _, kind, name in rows([line]):
            if kind in 'TW':
                at[kind == 'W'].add(name)
    return found


def offences(binary, library):
    symbols = list(rows(nm(binary)))
    at = {name: a for a, _, name in symbols}
    lo, hi = at.get('runtime.programtext'), at.get('runtime.eprogramtext')
    if lo is None or hi is None:
        return set()
    linked = {name for a, kind, name in symbols if kind == 'T' and not lo <= a < hi}
    program = {name for a, kind, name in symbols if kind in 'WV' and lo <= a < hi}
    return {(name, source) for source, (own, weak) in library.items() if own & linked for name in weak & program}


def main(builds):
    seen, bad = set(), 0
    for build in builds:
        library = shared(build)
        folder = os.path.join(build, 'bin')
        for name in sorted(os.listdir(folder)):
            for function, source in sorted(offences(os.path.join(folder, name), library)):
                if function not in seen and not KNOWN.match(function):
                    print(f'{name}: {function} of {source} lies in the program\'s text')
                    bad += 1
                seen.add(function)
    return 1 if bad else 0


if __name__ == '__main__':
    if len(sys.argv) < 2:
        sys.exit(2)
    sys.exit(main(sys.argv[1:]))
