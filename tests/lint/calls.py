#!/usr/bin/env python3
"""calls.py BUILD...: checks which room calls which, in the compiled objects of build/<isa>.

A room's functions and variables may be used by the rooms whose row in rooms.txt names that room; other uses need a row
`up`. Prints one line per offence, `file: what`, and exits with 1 if there was one, with 2 if there are no objects to
check.
"""
import os
import re
import subprocess
import sys

import rooms
from source import ROOT, library_objects, read


def symbols(build):
    """The symbols that each source file's objects define for others, and those they need: two dicts of sets, by source
    file. The runtimes of CHECKED programs and of those with thread_local variables have some that
    the ordinary one lacks."""
    defines, wants = {}, {}
    for library in ('rt0', 'rt0_checked', 'rt0_tls'):
        if library != 'rt0' and not os.path.exists(os.path.join(build, f'lib{library}.a')):
            continue
        where, objects = library_objects(build, library)
        said = subprocess.run(['nm', '-C', *objects], capture_output=True, text=True, check=True).stdout
        for part in re.split(r'\n(?=.*\.o:\n)', '\n' + said):
            if part:
                at, _, lines = part.partition(':\n')
                read_nm(lines, os.path.relpath(at, where)[:-2], defines, wants)
    return defines, wants


def read_nm(lines, path, defines, wants):
    """Adds to `defines` and `wants` what nm says of an object of the source file `path`."""
    for line in lines.splitlines():
        m = re.match(r'[0-9a-f ]+ (\w) (.*)', line)
        if m and m.group(1) in DEFINED:
            defines.setdefault(path, set()).add(m.group(2))
        elif m and m.group(1) in NEEDED:
            wants.setdefault(path, set()).add(m.group(2))


# nm's letters. Weak symbols count, too: W and V are defined, w and v needed if there are any.
DEFINED, NEEDED = 'TDBRWV', 'Uwv'


def bare(symbol):
    """The symbol without its arguments: rt0::lock(rt0::Mutex*) → lock."""
    return re.sub(r'\(.*', '', symbol).removeprefix('rt0::')


def names(defines, table):
    """Symbol → its name in rooms.txt and in messages: without arguments, unless two rooms have functions of the same
    name."""
    rooms_of = {}
    for path, symbols_of in defines.items():
        for s in symbols_of:
            rooms_of.setdefault(bare(s), set()).add(table.calls_as(path))
    return {s: bare(s) if len(rooms_of[bare(s)]) == 1 else s.removeprefix('rt0::').replace(' ', '')
            for symbols_of in defines.values() for s in symbols_of}


# Functions that an ISA's compiler calls on its own, for example for a division: any room may need them, and the ISA's
# folder defines them if libgcc's cannot be used.
COMPILERS_OWN = re.compile(r'__aeabi_')


def check(defines, wants, root=ROOT):
    table = rooms.Rooms(root)
    name_of = names(defines, table)
    # An inline function has a copy in each object that uses it, so none of these objects needs another's copy.
    homes = {}
    for path, symbols_of in defines.items():
        for s in symbols_of:
            homes.setdefault(s, []).append(path)
    home = {s: paths[0] for s, paths in homes.items()}
    found, used = list(table.failures), set()
    for path in sorted(wants):
        here = table.calls_as(path)
        for s in sorted(wants[path]):
            if s not in home or COMPILERS_OWN.match(s):
                continue
            there = table.calls_as(home[s])
            if there is None or here is None:
                found.append(f'{path if here is None else home[s]}: lies in no room of rooms.txt: move it into one, or '
                             f'add a row')
            elif here != there and there not in table.callable(here):
                s, at = name_of[s], home[s]
                used.add(s)
                # An `up` row helps only a file that may include the declaring header; assembly, which includes none,
                # may always use it.
                if s not in table.up or not path.endswith('.S') and \
                        table.calls_as(table.up[s][0]) not in table.callable(here) | {here}:
                    found.append(f'{path}: {s} is in {at}, and {here}/ may not call {there}/ (rooms.txt): move one of '
                                 f'the two, '
                                 f'hand it in through a hook, or add a row "up" with its reason')
    defined = set(name_of.values())
    for s, (header, line) in sorted(table.up.items()):
        if s in defined and s not in used:
            found.append(f'rooms.txt:{line}: {s}: no lower room uses it: remove the row')
        if s not in defined:
            found.append(f'rooms.txt:{line}: {s}: no room defines it')
        name = bare(s).removeprefix('runtime.')
        try:
            text = read(header, root)
        except OSError:
            text = ''
        if not re.search(rf'(?<!\w){re.escape(name)}(?!\w)', text) and s not in text:
            found.append(f'rooms.txt:{line}: {s}: {header} does not declare it')
    return list(dict.fromkeys(found))


def main():
    if len(sys.argv) < 2:
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    found = [f'{f}' for build in sys.argv[1:] for f in check(*symbols(build))]
    print('\n'.join(dict.fromkeys(found)) or 'ok')
    sys.exit(1 if found else 0)


if __name__ == '__main__':
    main()
