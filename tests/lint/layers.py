#!/usr/bin/env python3
"""layers.py [--root DIR]: checks which files include which, and which names may be used where.

Prints one line per offence, `file:line: what`, and exits with 1 if there was one.
"""
import os
import re

from rooms import Rooms
from source import files, isa_rows, read, strip, strip_hash, main

# The headers that assembly may include: macros, generated offsets, how this ISA records an early event, parts shared
# with other ISAs.
ASSEMBLY = ['arch/asm.h', 'go_asm.h', 'frame.h', 'trace_early.h', 'x86.h', 'arch/generic/asm.S', 'arch/x86/asm.S',
            'arch/x86/preempt.S']
PORT_LINES = 500
# Programs that test the C++ library.
CXX_PROGRAMS = ('atomics.cc', 'boost_lockfree.cc', 'concurrentqueue.cc', 'containers.cc', 'exceptions.cc', 'libcds.cc',
                'libcds_known.h', 'numbers.cc', 'pthreads.cc', 'queues.h', 'random.cc', 'readerwriterqueue.cc',
                'threads.cc', 'threads_throw.cc', 'unwind.cc', 'unwind.h', 'unwind_catch.cc')
# Programs that test other libraries, with the C++ library under these.
LIBRARY_PROGRAMS = ('tests/programs/libs/', 'tests/programs/order/printed.cc')
# The runtime's files that are compiled with the C++ library's headers.
WITH_LIBRARY = ('runtime/cxx/fstream.cc', 'runtime/cxx/iostream.cc', 'runtime/cxx/stat.cc')
# Includes that the table does not allow, each with its reason.
ALSO = {
    ('runtime/boot/asm_offsets.cc',
     'linux_abi.h'): 'compiled, never linked: hands numbers of the ISA on to its assembly',
    ('runtime/cxx/throw.cc', 'stdarg.h'): 'a function of the library\'s ABI takes a format and its arguments',
    ('runtime/cxx/printf.cc', 'stdarg.h'): 'the same',
    ('runtime/cxx/futex.cc', 'stdarg.h'): 'syscall() has a list of arguments of any length',
    ('runtime/cxx/stdio.cc', 'stdarg.h'): 'the same',
    **{(f, h): 'the library\'s own classes are completed here' for f in WITH_LIBRARY for h in
       ('bits/basic_file.h', 'errno.h', 'fstream', 'istream', 'new', 'ostream', 'sys/stat.h')},
    **{(f'runtime/cxx/{f}.cc', h): 'exceptions belong to the toolchain\'s library' for h in
       ('cxxabi.h', 'exception', 'typeinfo', 'unwind.h') for f in ('exceptions', 'exidx', 'unwind_panic')},
    **{(f'include/rt0/toolchain/{p}', h): 'what the header behind it includes' for p in
       ('bits/atomic_wait.h', 'ext/concurrence.h') for h in
       ('bits/c++config.h', 'bits/functional_hash.h', 'bits/gthr.h', 'ext/numeric_traits.h')},
    **{('tests/programs/cxx_headers.cc', h): 'its subject' for h in
       'algorithm array atomic deque functional memory new numeric optional string string_view utility '
       'vector'.split()},
    **{(f'tests/programs/cxx/{p}', h): 'its subject' for p in CXX_PROGRAMS for h in
       'atomic barrier cctype cerrno charconv chrono cmath complex condition_variable cstdint cstdio cstdlib cstring '
       'deque exception functional future latch limits list map memory mutex numbers random semaphore set shared_mutex '
       'stdexcept stop_token string string_view system_error thread typeinfo unistd.h unordered_map unordered_set '
       'vector '
       'boost/lockfree/queue.hpp boost/lockfree/spsc_queue.hpp boost/lockfree/stack.hpp blockingconcurrentqueue.h '
       'concurrentqueue.h readerwritercircularbuffer.h readerwriterqueue.h cds/algo/int_algo.h '
       'cds/container/vyukov_mpmc_cycle_queue.h cds/container/weak_ringbuffer.h cds/sync/spinlock.h '
       'errno.h pthread.h sched.h semaphore.h stddef.h stdint.h string.h time.h queues.h'.split()},
    ('runtime/boot/asm_offsets.cc', 'asm_constants.def'): 'the same',
    ('runtime/boot/asm_offsets.cc', 'arch/generic/asm_constants.def'): 'the same',
}
# Names in namespace std that belong to the language rather than to the library.
LANGUAGE = {'mem/new.cc': re.compile(r'std::(?:align_val_t|nothrow_t)\b'),
            **{f'runtime/cxx/{f}.cc': re.compile(r'std::|\btypeid\b|\bvirtual\b')
               for f in ('exceptions', 'unwind_panic')},
            'runtime/cxx/tls.cc': re.compile(r'thread_local\b'),
            **{p: re.compile(r'std::') for p in WITH_LIBRARY},
            **{p: re.compile(r'std::|thread_local\b|__thread\b')  # the class of the library that the test is about
               for p in ('tests/programs/cxx_headers.cc', *(f'tests/programs/cxx/{n}' for n in CXX_PROGRAMS))},
            'tests/programs/cxx/exceptions.cc': re.compile(r'std::|\b(?:typeid|dynamic_cast|virtual)\b')}
# Hosted code has the whole C++ library and may include the code that it tests.
HOSTED = ['tools', 'qemu', 'tests']

# Rooms that may depend on an ISA or on Linux.
UNPORTABLE = ('arch', 'arch/*', 'kernel_iface/linux')
LARGEST_ROOM = 5  # no room has more than a fifth of the runtime's lines; a larger one has more than one purpose
FILE_LINES = 450  # of a file in a room of the library; a longer one has a second subject, which gets a file of its own
COLUMNS = 120
RECORDED = ('tests/oracle/', 'tests/expected/', 'tests/golden/')  # what programs have printed: as wide as it is
# Sources in other languages, which are as narrow; tables in a page, and code or output that it shows, are not.
TEXTS = ('.py', '.md', '.sh', '.cmake', 'CMakeLists.txt', 'Makefile', 'tools/rt0-c++', 'tools/rt0-link')
WIDE = re.compile(r'^ *\|[^\n]*|^ *```.*?^ *```|^ {4}[^\n]*', re.M | re.S)
SOURCES = ('.h', '.cc', '.S', '.def')
# Endings by which compilers know sources and headers of C, C++ and assembly, and that rt0 does not use.
OTHER_SOURCES = ('.c', '.C', '.cpp', '.cxx', '.c++', '.cppm', '.ixx', '.hh', '.hpp', '.hxx', '.h++', '.H', '.inc',
                 '.inl', '.ipp', '.tcc', '.tpp', '.s', '.asm', '.sx')
# What includes without being an #include: the lint sees only that form.
OTHER_INCLUDES = re.compile(r'^\s*(?:(?:#|%:|\?\?=)\s*(?:include_next|import|embed)\b'
                            r'|(?:%:|\?\?=)\s*include\b|(?:export\s+)?import\s*[<":\w])'
                            r'|(?:^|["\s;]|\\[nt])\.inc(?:lude|bin)\b')

# Headers that include_next the ones with the same names that lie behind them.
IN_FRONT = 'include/rt0/toolchain/'

# ISA names that are macros of compilers. The rest comes from arch/isas.txt.
MACROS = re.compile(r'\b_*(x86_64|amd64|i[3-6]86|aarch64|arm64|arm|ARM_ARCH\w*|riscv\w*|loongarch\w*|mips\w*|'
                    r'powerpc\w*|ppc(?:64)?|PPC(?:64)?|s390x?|sparc\w*|alpha|m68k|hppa|sh4?|or1k|xtensa|microblaze|'
                    r'hexagon)_+\b'
                    r'|\b__(x86_64|amd64|i386|aarch64|arm|riscv|loongarch|mips|powerpc|PPC|s390|sparc|m68k)\w*')
SYSTEM_CALL = re.compile(r'\b(SYS_\w+|__NR_\w+|syscall6)\b')
BANNED = {
    'thread_local': 'a goroutine has no thread of its own: keep it in M, P or G',
    '__thread': 'a goroutine has no thread of its own: keep it in M, P or G',
    'virtual': 'needs the C++ runtime library, which target code lacks: use a struct of function pointers',
    'dynamic_cast': 'there is no RTTI',
    'typeid': 'there is no RTTI',
    'std::': 'target code has no C++ library',
}
ALL_BANNED = re.compile(r'(?<!\w)(?:' + '|'.join(re.escape(w) + (r'(?!\w)' if w[-1] != ':' else '') for w in BANNED) +
                        ')')
# A declaration with a lock, which names nothing but the declarator before it.
GUARDED = re.compile(r'\b(?:PT_)?(?:GUARDED_BY|guarded_by)\([^;]*;')
INNER = re.compile(r'\([^()]*\)|\{[^{}]*\}|\[[^\[\]]*\]|<[^<>]*>')
# Lines that may name an ISA: the default of `make run` and similar commands. The table of ports is arch/isas.txt.
DEFAULT_ISA = re.compile(r'or \$\(ISA\),\w+|RT0_ISA "\w+" CACHE|^bench:|^\t@(?:tests/boot_cost|bench/compare)\.py')

# Assembly: "8(%rax)", "[x0, #8]", "ld.d $a0, $a1, 8".
MEMORY = [re.compile(r'(?<![\w.])(?P<n>-?(?:0x[0-9a-fA-F]+|\d+))\((?P<base>[$%]?\w+)(?:,[^)]*)?\)'),
          re.compile(r'\[(?P<base>\w+),\s*#?(?P<n>-?(?:0x[0-9a-fA-F]+|\d+))\]'),
          re.compile(r'^\s*(?:ld|st|fld|fst)\.\w+\s+\$\w+,\s*(?P<base>\$\w+),\s*(?P<n>-?(?:0x[0-9a-fA-F]+|\d+))')]
SEGMENT = re.compile(r'%[fg]s:-?(?:0x[0-9a-fA-F]+|\d+)')
STACK = {'%rsp', '%esp', '%ebp', 'sp', '$sp', '$29', '$r3', 'rsp', 'esp', 'x2', 'r13'}
STACK_OF = {'ppc64x': {'r1', '%r1', '1'}, 'ppc': {'r1', '%r1', '1'}, 's390x': {'%r15', '15'}}
ADDRESS_OF_NEXT_WORD = re.compile(r'^\s*lea[lq]?\s+[48]\(')
CALL = re.compile(r'^(?:\w+:)?\s*(?:call|jmp|j[a-z]{1,3}|bl|b|b\.\w+|bal|brasl|jg|tail|jal|la\.local|la)\s+'
                  r'(?:%?\w+,\s*)?(runtime\.[\w.]+)|(?:^|[\s;])(?:CALL|JUMP|CALL_ALIKE)\((runtime\.[\w.]+)')


def splice(text):
    """`text` with lines joined that end in a backslash, as the compiler joins them; the numbers of the other lines stay
    the same."""
    def joined(m):
        return re.sub(r'\\[ \t]*\n', '', m.group(0)) + '\n' * m.group(0).count('\n')
    return re.sub(r'(?:[^\n]*\\[ \t]*\n)+[^\n]*', joined, text)


def outside(text):
    """`text` without what lies in brackets."""
    while text != (text := INNER.sub('', text)):
        pass
    return text


def matches(pattern, text):
    """The number of the line, and the match, for each match in `text`."""
    for m in pattern.finditer(text):
        yield text.count('\n', 0, m.start()) + 1, m


def inside_programs(root):
    """Test programs that use the runtime's internals, by their CMake rows: they may include whatever the runtime
    includes."""
    path = 'tests/programs/CMakeLists.txt'
    if not os.path.exists(os.path.join(root, path)):
        return set()
    rows = re.findall(r'^\s*rt0_add_(?:inside|arch)_executable\(\w+\s+([^)]*)\)', strip_hash(read(path, root)), re.M)
    named = {f'tests/programs/{name}' for row in rows for name in row.split() if re.fullmatch(r'[\w./]+', name)}
    return named | set(files(root, 'tests/programs/order/inside'))


class Lint:
    def __init__(self, root):
        self.root = root
        self.paths = files(root)
        self.rooms = Rooms(root)
        self.failures = list(self.rooms.failures)
        self.inside = inside_programs(root)
        rows = isa_rows(root)
        self.folders = {r['folder'] for r in rows}
        names = set()
        for r in rows:
            names |= {r['folder'], r['go'], r['native'], r['triple'].split('-')[0], r['qemu'].removeprefix('qemu-')}
        # "386" is a number and "arm" a verb, so these names are not searched for; MACROS finds their macros.
        names = {n for n in names if not n.isdigit() and not (n.isalpha() and len(n) <= 4)}
        self.names = re.compile(r'(?<![A-Za-z0-9])(' + '|'.join(sorted(map(re.escape, names))) + r')(?![A-Za-z0-9])')

    def fail(self, path, line, what):
        self.failures.append(f'{path}:{line}: {what}')

    def run(self, only=None):
        """The findings; of the checks that look at single files, those in the file `only`, if it is named."""
        self.lengths()
        self.sizes()
        for path in self.paths if only is None else [only]:
            if path.endswith(SOURCES + TEXTS) and not path.startswith(RECORDED):
                self.columns(path)
            if path.endswith(SOURCES) and not self.hosted(path):
                self.source(path)
            elif path.endswith(OTHER_SOURCES) and not self.hosted(path):
                self.fail(path, 1,
                          f'{os.path.splitext(path)[1]}: sources end in {", ".join(SOURCES)}: no build and no check '
                          'looks at others; rename the file')
            elif path.endswith(('.cmake', 'CMakeLists.txt', 'Makefile')):
                self.build_file(path)
        return self.failures

    def lengths(self):
        """A port is short. Every line of its folder counts, comments too. A longer port has code that other ports could
        share."""
        for folder in sorted(self.folders):
            lines = sum(len(read(p, self.root).splitlines()) for p in self.paths if p.startswith(f'arch/{folder}/'))
            if lines > PORT_LINES:
                self.fail(f'arch/{folder}', 1,
                          f'{lines} lines: a port has at most {PORT_LINES}; move what others have too to arch/generic/')

    def hosted(self, path):
        return self.rooms.room_of(path) is None and any(path.startswith(h + '/') for h in HOSTED)

    def sizes(self):
        """A file or a room much larger than the others has more than one purpose."""
        lines = {}
        for path in self.paths:
            room = self.rooms.room_of(path)
            if path.endswith(SOURCES) and room in self.rooms.library:
                n = read(path, self.root).count('\n')
                lines[room] = lines.get(room, 0) + n
                if n > FILE_LINES:
                    self.fail(path, 1,
                              f'{n} lines: a file of a room has at most {FILE_LINES}; give its second subject a file '
                              f'of its own')
        for room, n in lines.items():
            if n * LARGEST_ROOM > sum(lines.values()) and not room.startswith('arch'):
                self.fail('rooms.txt', 1,
                          f'{room}/ has {n} of {sum(lines.values())} lines, and no room has more than one in '
                          f'{LARGEST_ROOM}: it has more than one purpose; give the second one a room of its own')

    def columns(self, path):
        text = read(path, self.root)
        if path.endswith('.md'):
            text = WIDE.sub(lambda m: '\n' * m[0].count('\n'), text)
        for n, line in enumerate(text.splitlines(), 1):
            if len(line) > COLUMNS:
                self.fail(path, n,
                          f'{len(line)} columns: a line has at most {COLUMNS}; break it, or put its comment above it')

    def source(self, path):
        rule = self.rooms.room_of(path)
        if rule is None:
            folder = os.path.dirname(path)
            if re.match(r'arch/[^/]+$', folder):
                self.fail(path, 1,
                          f'{folder}/ is no room: its ISA has no row in arch/isas.txt: add the row (arch/PORTING.md)')
            else:
                self.fail(path, 1,
                          'lies in no room of rooms.txt: move the file into the room whose purpose it serves, or add '
                          'a row; a room of the library is the files directly in its folder')
            return
        self.compiled(path, rule)
        text = read(path, self.root)
        code = strip(text)
        bare = strip(text, strings=False)
        for n, line in enumerate(splice(code).split('\n'), 1):
            m = re.match(r'\s*#\s*include\b\s*(.*)', line)
            if m and path not in self.inside:
                self.include(path, n, rule, m.group(1).strip())
            elif OTHER_INCLUDES.search(line) and not path.startswith(IN_FRONT):
                self.fail(path, n,
                          f'{line.strip()[:60]}: files are taken in by #include only, which this check can follow')
        if path in LANGUAGE:
            bare = LANGUAGE[path].sub('', bare)
        for n, m in matches(ALL_BANNED, bare) if not path.startswith(LIBRARY_PROGRAMS) else ():
            self.fail(path, n, f'{m.group(0)}: {BANNED[m.group(0)]}')
        for m in GUARDED.finditer(bare):
            begin = max(bare.rfind(c, 0, m.start()) for c in ';{}') + 1
            declaration = bare[begin:m.end()]
            if not re.search(r'#\s*define', declaration) and ',' in outside(declaration):
                self.fail(path, bare.count('\n', 0, m.end()) + 1,
                          'GUARDED_BY is said of the last name of the list only: give each name a '
                          'declaration of its own')
        if rule not in UNPORTABLE:
            self.portable(path, code, bare)
        if path.endswith('.S') and path.startswith('arch/'):
            self.assembly(path, code)

    def compiled(self, path, rule):
        if rule in self.rooms.library and path.endswith(('.cc', '.S')) and not self.rooms.compiled(path) and \
                path not in ASSEMBLY:
            self.fail(path, 1,
                      f'tools/rt0.cmake compiles {rule}/*.cc, and assembly in arch/ and in the folders of ISAs: it '
                      f'would never be '
                      f'compiled; move it, or include it from assembly (ASSEMBLY in tests/lint/layers.py)')

    def include(self, path, n, rule, what):
        m = re.match(r'([<"])([^>"]+)[>"]$', what)
        if not m:
            self.fail(path, n, f'#include {what}: only a name in quotes or angle brackets can be checked')
            return
        name = m.group(2)
        if (path, name) in ALSO or (path.startswith(LIBRARY_PROGRAMS) and m.group(1) == '<'):
            return
        where = os.path.dirname(path)
        if path.endswith('.S'):
            if name not in ASSEMBLY:
                self.fail(path, n, f'{name}: assembly includes {", ".join(ASSEMBLY)}, nothing else')
            return
        # A file may include its own room. The public API is included as <rt0/X.h> or "rt0/X.h".
        tokens = self.rooms.include[rule]
        folder = os.path.dirname(name) if not name.startswith('rt0/') else 'include/rt0'
        for allowed in tokens + [rule]:
            if allowed in (f'<{name}>', name) or (folder and folder == allowed):
                break
            if allowed == 'own' and '/' not in name and f'{where}/{name}' in self.paths:
                break
        else:
            self.fail(path, n, f'{name}: {rule}/ may include {", ".join(tokens)} (rooms.txt): '
                               f'move what is needed down, or hand it in through a hook')
            return
        exists = {name, f'include/{name}', f'{where}/{name}'} | {f'arch/{f}/{name}' for f in self.folders}
        if not name.startswith('std') and not exists & set(self.paths):
            self.fail(path, n, f'{name}: there is no such file')

    def portable(self, path, code, bare):
        for n, m in [*matches(MACROS, code), *matches(self.names, code)]:
            self.fail(path, n, f'{m.group(0)}: an ISA is named in arch/ only; ask Isa (arch/arch.h)')
        if path == 'runtime/boot/asm_offsets.cc' or path in self.inside:
            return
        for n, m in matches(SYSTEM_CALL, bare):
            self.fail(path, n, f'{m.group(0)}: system calls are made in kernel_iface/linux only; use kernel->…')

    def build_file(self, path):
        for n, line in enumerate(strip_hash(read(path, self.root)).split('\n'), 1):
            m = self.names.search(line)
            if m and not DEFAULT_ISA.search(line):
                self.fail(path, n, f'{m.group(0)}: no build file knows an ISA; what differs is in arch/isas.txt')

    def assembly(self, path, code):
        isa = path.split('/')[1] if path.count('/') > 1 else ''
        stack = STACK | STACK_OF.get(isa, set())
        for n, line in enumerate(code.split('\n'), 1):
            if not re.match(r'\s*#\s*define\b', line) and SEGMENT.search(line):
                self.fail(path, n, 'a number behind a segment register: give it a name (see g_tls)')
            if ADDRESS_OF_NEXT_WORD.match(line):
                continue
            for pattern in MEMORY:
                for m in pattern.finditer(line):
                    if m.group('base') not in stack and int(m.group('n'), 0) != 0:
                        self.fail(path, n, f'{m.group(0).strip()}: an offset is a name from go_asm.h, never a number')
        self.upcalls(path, code)

    def upcalls(self, path, code):
        # All ISAs' FUNCs count as defined; the linker finds a call to one that this ISA lacks.
        here = ''.join(read(p, self.root) for p in self.paths if p.endswith('.S') and p.startswith('arch/'))
        allowed = set(re.findall(r'\bFUNC\(([\w.]+)\)', here)) | {'runtime.newproc'}
        upcalls = read('arch/arch.h', self.root).split('C++ that assembly calls')
        if len(upcalls) != 2:
            self.fail('arch/arch.h', 1, 'no section "C++ that assembly calls"')
            return
        allowed |= set(re.findall(r'RT0_SYM\("([\w.]+)"\)', upcalls[1]))
        for n, line in enumerate(code.split('\n'), 1):
            m = CALL.search(line)
            name = m and (m.group(1) or m.group(2))
            if name and name not in allowed:
                self.fail(path, n, f'{name}: not among the up-calls at the end of arch/arch.h')


if __name__ == '__main__':
    main(__doc__, Lint)
