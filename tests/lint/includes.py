#!/usr/bin/env python3
"""includes.py [--fix] [FILE...]: no file includes a header that it does not use.

clang-tidy's misc-include-cleaner finds those headers. Only its finding "not used directly" counts. Its other finding, a
header that is included indirectly, is allowed, because a header of rt0 may include others for its users. For the same
reason it checks only the sources (.cc) of all rooms of rooms.txt, not their headers, compiled for the first ISA; of the
ISAs' folders only that ISA's. Where clang-tidy is wrong, the line ends in "// IWYU pragma: keep" and a comment gives
the reason. --fix removes the lines. Exits with 1 if a file includes too much, with 2 if clang-tidy can't be run.
"""
import concurrent.futures
import os
import re
import shutil
import subprocess
import sys

from rooms import Rooms
from source import ROOT, files, isa_rows

TIDY = 'clang-tidy-19'
ISA = isa_rows()[0]


# Compiled with exceptions: librt0_exceptions.a, which has it, is for programs that have them.
EXCEPTIONS = ('runtime/cxx/exceptions.cc', 'runtime/cxx/exidx.cc', 'runtime/cxx/unwind_panic.cc')
# Compiled with the C++ library's headers, which a freestanding compiler does not have whole.
WITH_LIBRARY = ('runtime/cxx/fstream.cc', 'runtime/cxx/iostream.cc', 'runtime/cxx/stat.cc')


def command(path):
    return [TIDY, '--quiet', '--checks=-*,misc-include-cleaner', '--config={}', '--header-filter=^$', path, '--',
            f'--target={ISA["triple"]}', '-xc++', '-std=c++20', *(() if path in WITH_LIBRARY else ('-ffreestanding',)),
            *(f'-f{"" if path in (*EXCEPTIONS, *WITH_LIBRARY) else "no-"}{name}' for name in ('exceptions', 'rtti')),
            '-Iinclude', '-I.',
            f'-Iarch/{ISA["folder"]}', f'-Itests/arch/{ISA["folder"]}', '-DRT0_RUNTIME', '-Wno-invalid-offsetof',
            '-Wno-pragma-once-outside-header']


def unused(path):
    """[(line, header)] of one file; the error text instead if it does not compile."""
    done = subprocess.run(command(path), cwd=ROOT, capture_output=True, text=True, check=False)
    if re.search(r': error:', done.stdout):
        return done.stdout
    found = re.findall(r'^[^\n:]*?' + re.escape(path) +
                       r':(\d+):\d+: warning: included header (\S+) is not used directly', done.stdout, re.M)
    return [(int(n), h) for n, h in found]


def looked_at():
    """The files to check: the sources of the library's rooms, without those of other ISAs and without no_sim.cc, which
    takes the place of kernel_iface/sim/ in some builds."""
    rooms = Rooms(ROOT)
    others = [r['folder'] for r in isa_rows()[1:]]
    for path in files(ROOT):
        room = rooms.room_of(path)
        if room not in rooms.library or not path.endswith('.cc') or path.startswith(tuple(f'arch/{o}/'
                                                                                          for o in others)):
            continue
        if path.endswith('no_sim.cc'):
            continue
        yield path


def main():
    if not shutil.which(TIDY):
        print(f'includes.py: {TIDY} is not installed: apt-get install {TIDY}')
        sys.exit(2)
    args = [a for a in sys.argv[1:] if a != '--fix']
    paths = args or list(looked_at())
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for path, found in zip(paths, pool.map(unused, paths)):
            if isinstance(found, str):
                print(f'{path}: does not compile:\n{found[:400]}')
                failed += 1
                continue
            for n, header in found:
                print(f'{path}:{n}: includes {header} and uses nothing of it: remove the line')
                failed += 1
            if '--fix' in sys.argv and found:
                with open(os.path.join(ROOT, path), encoding='utf-8') as f:
                    lines = f.read().split('\n')
                gone = {n - 1 for n, _ in found}
                with open(os.path.join(ROOT, path), 'w', encoding='utf-8') as f:
                    f.write('\n'.join(l for i, l in enumerate(lines) if i not in gone))
    sys.exit(1 if failed else 0)


if __name__ == '__main__':
    main()
