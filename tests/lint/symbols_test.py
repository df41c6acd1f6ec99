#!/usr/bin/env python3
"""symbols_test.py BINARY: breaks copies of a good binary, one way at a time; symbols.py's check must report each
break."""
import os
import struct
import sys
import tempfile

import elf
import symbols
from elf import Elf
from source import isa_rows


class Broken:
    """A binary's bytes, and the places of its headers' fields."""

    def __init__(self, good):
        self.elf = Elf(good)
        self.data = bytearray(self.elf.data)
        head = self.elf.get('HHIQQQIHHHHHH' if self.elf.wide else 'HHIIIIIHHHHHH', 16)
        self.phoff, self.shoff, self.phsize, self.shsize = head[4], head[5], head[8], head[10]

    def put(self, fmt, at, value):
        struct.pack_into(self.elf.order + fmt, self.data, at, value)

    def segment_field(self, index, what, value):
        offsets = {'type': 0, 'flags': 4 if self.elf.wide else 24}
        self.put('I', self.phoff + index * self.phsize + offsets[what], value)

    def load(self, n):
        return [i for i, p in enumerate(self.elf.segments) if p.type == elf.PT_LOAD][n]

    def stack(self):
        return next(i for i, p in enumerate(self.elf.segments) if p.type == elf.PT_GNU_STACK)

    def rename_section(self, old, new):
        """Overwrites the name in place, so `new` may be no longer than `old`."""
        s = next(s for s in self.elf.sections if s.name == old)
        names = self.elf.sections[self.elf.get('H', 62 if self.elf.wide else 50)[0]]
        at = names.offset + s.name_at
        self.data[at:at + len(old) + 1] = new.encode().ljust(len(old) + 1, b'\0')

    def symbol(self, name):
        """The file offsets of the symbol's entry and of its name."""
        size = 24 if self.elf.wide else 16
        for t in self.elf.sections:
            if t.type != elf.SHT_SYMTAB:
                continue
            for i, s in enumerate(self.elf.table(t), 1):
                if s.name == name:
                    at = t.offset + i * size
                    return at, self.elf.sections[t.link].offset + self.elf.get('I', at)[0]
        raise KeyError(name)

    def rename_symbol(self, old, new):
        _, at = self.symbol(old)
        self.data[at:at + len(old) + 1] = new.encode().ljust(len(old) + 1, b'\0')

    def symbol_info(self, name, value):
        at, _ = self.symbol(name)
        self.data[at + (4 if self.elf.wide else 12)] = value

    def undefine(self, name):
        at, _ = self.symbol(name)
        self.put('H', at + (6 if self.elf.wide else 14), elf.SHN_UNDEF)


R, W, X = elf.PF_R, elf.PF_W, elf.PF_X
# Name of the break, the change, and a part of the message that must appear.
CASES = [
    ('not static', lambda b: b.put('H', 16, 3), 'not ET_EXEC'),
    ('text writable', lambda b: b.segment_field(b.load(0), 'flags', R | W | X), 'writable and executable'),
    ('rodata executable', lambda b: b.segment_field(b.load(1), 'flags', R | X), 'load segments RE, RE, RW'),
    ('data read-only', lambda b: b.segment_field(b.load(2), 'flags', R), 'load segments RE, R, R'),
    ('a segment less', lambda b: b.segment_field(b.load(1), 'type', 4), 'load segments RE, RW'),
    ('stack executable', lambda b: b.segment_field(b.stack(), 'flags', R | W | X), 'the stack is executable'),
    ('no GNU_STACK', lambda b: b.segment_field(b.stack(), 'type', 4), 'no GNU_STACK'),
    ('an interpreter', lambda b: b.segment_field(b.stack(), 'type', elf.PT_INTERP), 'segment INTERP'),
    ('a dynamic section', lambda b: b.segment_field(b.stack(), 'type', elf.PT_DYNAMIC), 'segment DYNAMIC'),
    ('thread-local storage', lambda b: b.segment_field(b.stack(), 'type', elf.PT_TLS), 'segment TLS'),
    ('.tbss', lambda b: b.rename_section('.data', '.tbss'), 'section .tbss'),
    ('.ctors', lambda b: b.rename_section('.rodata', '.ctors'), 'section .ctors'),
    ('.dynamic', lambda b: b.rename_section('.gopclntab', '.dynamic'), 'section .dynamic'),
    ('.eh_frame', lambda b: b.rename_section('.gopclntab', '.eh_frame'), 'section .eh_frame'),
    ('relocations', lambda b: b.rename_section('.rodata', '.rela'), 'relocations that are never applied'),
    ('no .gopclntab', lambda b: b.rename_section('.gopclntab', '.other'), 'no .gopclntab'),
    ('a symbol undefined', lambda b: b.undefine('runtime.randinit'), 'undefined symbol runtime.randinit'),
    ('a libc name', lambda b: b.rename_symbol('runtime.alginit', 'getenv'), 'getenv: neither'),
    ('the C++ library', lambda b: b.rename_symbol('runtime.alginit', '_ZSt4cout'), 'name of the C++ library'),
    ('an ifunc', lambda b: b.symbol_info('runtime.randinit', elf.STB_GLOBAL << 4 | elf.STT_IFUNC),
     'chosen at run time'),
    ('a boot function less', lambda b: b.rename_symbol('runtime.alginit', 'runtime.algin'),
     'no symbol runtime.alginit'),
    ('main.main less', lambda b: b.rename_symbol('main.main', 'main.mai'), 'no symbol main.main'),
    ('a function that is data', lambda b: b.symbol_info('runtime.alginit', elf.STB_GLOBAL << 4 | elf.STT_OBJECT),
     'runtime.alginit is no function'),
    ('another entry', lambda b: b.put('Q' if b.elf.wide else 'I', 24, b.elf.entry + 4), 'must be _rt0_<go>_linux'),
    ('no ELF', lambda b: b.data.__setitem__(0, 0), 'not an ELF file'),
]


def main():
    good = sys.argv[1]
    go_names = {r['go'] for r in isa_rows()}
    functions = symbols.boot_functions()
    failed = 0
    found = symbols.check(good, go_names, functions)
    if found or len(functions) < 50:
        print(f'FAIL {good} itself: {found[:3]}, {len(functions)} functions')
        failed += 1
    with tempfile.TemporaryDirectory() as tmp:
        path = os.path.join(tmp, 'broken')
        for name, change, expected in CASES:
            b = Broken(good)
            change(b)
            with open(path, 'wb') as f:
                f.write(b.data)
            try:
                found = symbols.check(path, go_names, functions)
            except ValueError as error:
                found = [str(error)]
            if not any(expected in f for f in found):
                print(f'FAIL {name}: wanted "{expected}", found {found}')
                failed += 1
    print(f'{len(CASES) + 1 - failed} of {len(CASES) + 1} passed')
    sys.exit(1 if failed else 0)


if __name__ == '__main__':
    main()
