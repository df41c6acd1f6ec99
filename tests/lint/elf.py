"""The parts of an ELF file that the lint needs: header, segments, sections, symbols. Both word sizes, both byte
orders."""
import struct

ET_EXEC = 2
PT_LOAD, PT_DYNAMIC, PT_INTERP, PT_TLS, PT_GNU_STACK = 1, 2, 3, 7, 0x6474e551
PF_X, PF_W, PF_R = 1, 2, 4
SHT_SYMTAB, SHT_NOBITS = 2, 8
SHN_UNDEF = 0
STT_NOTYPE, STT_OBJECT, STT_FUNC, STT_SECTION, STT_FILE, STT_IFUNC = 0, 1, 2, 3, 4, 10
STB_LOCAL, STB_GLOBAL, STB_WEAK = 0, 1, 2


class Row:
    def __init__(self, **fields):
        self.__dict__.update(fields)


class Elf:
    def __init__(self, path):
        with open(path, 'rb') as f:
            self.data = d = f.read()
        if d[:4] != b'\x7fELF':
            raise ValueError('not an ELF file')
        self.wide = d[4] == 2
        self.order = '<' if d[5] == 1 else '>'
        head = self.get('HHIQQQIHHHHHH' if self.wide else 'HHIIIIIHHHHHH', 16)
        (self.type, self.machine, _, self.entry, phoff, shoff, _, _, phsize, phnum, shsize, shnum, shstr) = head
        self.segments = [self.segment(phoff + i * phsize) for i in range(phnum)]
        self.sections = [self.section(shoff + i * shsize) for i in range(shnum)]
        for s in self.sections:
            s.name = self.text(self.sections[shstr], s.name_at)
        self.symbols = [s for t in self.sections if t.type == SHT_SYMTAB for s in self.table(t)]

    def get(self, fmt, at):
        return struct.unpack_from(self.order + fmt, self.data, at)

    def text(self, section, at):
        start = section.offset + at
        return self.data[start:self.data.index(b'\0', start)].decode('utf-8', 'replace')

    def segment(self, at):
        if self.wide:
            kind, flags, offset, vaddr, _, filesz, memsz, align = self.get('IIQQQQQQ', at)
        else:
            kind, offset, vaddr, _, filesz, memsz, flags, align = self.get('IIIIIIII', at)
        return Row(type=kind, flags=flags, offset=offset, vaddr=vaddr, filesz=filesz, memsz=memsz, align=align)

    def section(self, at):
        fields = self.get('IIQQQQIIQQ' if self.wide else 'IIIIIIIIII', at)
        name, kind, flags, addr, offset, size, link, _, _, entsize = fields
        return Row(name_at=name, type=kind, flags=flags, addr=addr, offset=offset, size=size, link=link,
                   entsize=entsize)

    def table(self, section):
        strings = self.sections[section.link]
        size = 24 if self.wide else 16
        for at in range(section.offset + size, section.offset + section.size, size):
            if self.wide:
                name, info, other, shndx, value, length = self.get('IBBHQQ', at)
            else:
                name, value, length, info, other, shndx = self.get('IIIBBH', at)
            yield Row(name=self.text(strings, name), type=info & 15, bind=info >> 4, section=shndx, value=value,
                      size=length)
