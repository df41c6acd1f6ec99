#!/usr/bin/env python3
"""symbols.py BINARY|DIRECTORY...: a target binary is static, laid out as arch/rt0.ld says, and has Go's symbol names.

Prints one line per offence, `binary: what`, and exits with 1 if there was one.
"""
import argparse
import os
import re
import sys

import elf
from elf import Elf
from source import files, isa_rows, read, ROOT

# C names that a compiler calls on its own. base/mem.cc defines the memory functions and strlen, runtime/cxx/throw.cc
# abort, tests with -finstrument-functions the next two, runtime/panic/ubsan.cc the rest.
OWN_C = {'memcpy', 'memmove', 'memset', 'memcmp', 'memchr', 'strlen', 'abort', '__cyg_profile_func_enter',
         '__cyg_profile_func_exit', '__ubsan_handle_divrem_overflow', '__ubsan_handle_divrem_overflow_abort'}
# Names of other libraries that may be in these programs, because the programs test them: mem/cmalloc.cc,
# runtime/panic/cxxlib.cc, lib/sync/guard.cc, runtime/boot/atexit.cc. Only these programs, and those of LIBRARY below,
# may have globals with constructors.
CXX_ABI = r'(?:__cxa_(?:guard_\w+|atexit)|__dso_handle|__aeabi_atexit)$'
SUBJECT = {'heap_c': re.compile(r'(?:malloc|calloc|realloc|free|aligned_alloc|posix_memalign|memalign|reallocarray|'
                                r'str(?:n?dup)|malloc_usable_size|free_(?:aligned_)?sized)$'),
           'heap_costs': re.compile(r'(?:malloc|realloc|free)$'),
           # Everything in the compiler's own library.
           'builtins_O0': re.compile(r'(?:__[\w.]+|ffs)$'), 'builtins_O2': re.compile(r'(?:__[\w.]+|ffs)$'),
           'globals': re.compile(CXX_ABI), 'gcroots': re.compile(CXX_ABI),
           'globals_panic': re.compile(r'$.'), 'order_errors': re.compile(r'$.'),
           'order_bufio': re.compile(CXX_ABI), 'order_strconv': re.compile(CXX_ABI),
           'order_time_text': re.compile(CXX_ABI), 'packages': re.compile(CXX_ABI),
           'preempt_table': re.compile(CXX_ABI), 'preempted': re.compile(CXX_ABI),
           'cxx_headers': re.compile(r'_Z(?:N|NK)?St|__libc_single_threaded$|' + CXX_ABI)}
# Programs that test the C++ library itself: their names begin so. They may have names of libstdc++, and of the C
# library's functions beneath it: those that third_party/musl and runtime/cxx define, but not the ones that would need
# an operating system (runtime/cxx/refused.cc). No C library is on any program's link line, so there is nothing else
# that could make a system call.
LIBRARY = ('cxx_', 'libs_', 'order_printed')
# Functions that compilers call for 64-bit arithmetic on 32-bit CPUs, and for division and narrow atomics on CPUs
# without these: base/int64.cc, base/bits.cc, base/atomic_small.cc, arch/.
ARITHMETIC = re.compile(r'__(?:u?(?:div|mod|divmod)di[34]|(?:ashl|[al]shr)di3|float(?:un)?didf|'
                        r'(?:clz|ctz|popcount)[ds]i2|fix(?:uns)?dfdi|aeabi_\w+|'
                        r'atomic_(?:fetch_(?:add|sub|x?or|n?and)|(?:compare_)?exchange)_[12])$')
# Names of the compiler's own library that the C++ library calls.
LIBGCC = re.compile(r'__(?:atomic|aarch64)_|__x86\.get_pc_thunk\.|__sfp_handle_exceptions$|DW\.ref\.|__dynamic_cast$|'
                    r'__\w+[dsthx][fi]\d$|__once_proxy$')  # the last is libstdc++'s
# Unmangled names that may be global. Any other belongs to a libc, or could clash with one.
PLAIN = re.compile(r'main$|main\.main$|(?:runtime|os|time)\.|_rt0_\w+$|rt0_\w+$|RT0_BASE$|_cgo_\w+$|'
                   r'__(start|stop)_rt0_inittasks$|port_entry$')
# Only programs with go statements have it. The linker may keep the name of the weak reference in others.
OPTIONAL = 'runtime.maxprocs'
# C++ names that only a library other than rt0 could define.
FOREIGN = re.compile(r'_Z(N|NK)?St|_ZTI|_ZTS|_ZTV|__cxa_|__gxx_|_Unwind_|__dso_handle|__libc|'
                     r'_ITM_|__gmon|__tls_get_(?:addr|offset)')
# A program with exceptions has its tables, the names of the toolchain's unwinder and of what reads mangled names.
EXCEPTIONS = re.compile(r'cxx_exceptions$|cxx_threads_throw$|cxx_unwind(?:_O[02])?$|libs_')
UNWINDER = re.compile(r'_?_Unwind_|DW\.ref\.|___Unwind_|__(?:de)?register_frame|__frame_state_for$|__gnu_|rt0\.|__cxa_|'
                      r'd_|_dl_find_object$|__exidx_|_\.stapsdt\.base$|pthread_once$|__gcclibcxx_|__dynamic_cast$|'
                      r'__aeabi_|cplus_demangle_|(?:__)?restore_core_regs$')
TABLES = ('.eh_frame', '.eh_frame_hdr', '.gcc_except_table')
SECTIONS = {
    '.interp': 'a dynamic loader is asked for', '.dynamic': 'a dynamic loader is asked for',
    '.init_array': 'a constructor that is never run', '.fini_array': 'a destructor that is never run',
    '.preinit_array': 'a constructor that is never run', '.ctors': 'a constructor that is never run',
    '.dtors': 'a destructor that is never run',
    '.tdata': 'a goroutine has no thread of its own', '.tbss': 'a goroutine has no thread of its own',
    '.eh_frame': 'unwind tables that are never read', '.eh_frame_hdr': 'unwind tables that are never read',
    '.gcc_except_table': 'there are no exceptions',
}
LAYOUT = [('R+E', elf.PF_R | elf.PF_X), ('R', elf.PF_R), ('RW', elf.PF_R | elf.PF_W)]


def flags_text(flags):
    return ''.join(c for c, bit in (('R', elf.PF_R), ('W', elf.PF_W), ('E', elf.PF_X)) if flags & bit) or '-'


def boot_functions(root=ROOT):
    """The symbols that the FN rows of trace/events.def require, with <go> for the ISA's Go name."""
    names = re.findall(r'^FN\(\w+,\s*"([^"]+)"\)', read('trace/events.def', root), re.M)
    names = [n.replace('<isa>', '<go>') for n in names]
    return [n if n.startswith(('_rt0_', 'main.')) else f'runtime.{n}' for n in names]


def entries(root=ROOT):
    """Test programs with another entry point: {program: symbol}."""
    path = 'tests/programs/CMakeLists.txt'
    text = read(path, root) if os.path.exists(os.path.join(root, path)) else ''
    return dict(re.findall(r'^\s*rt0_enter_at\((\w+)\s+(\w+)\)', text, re.M))


def test_symbols(root=ROOT):
    """Symbols that the assembly of tests/arch defines or calls: some test programs are linked with it."""
    text = ''.join(read(p, root) for p in files(root, 'tests/arch') if p.endswith('.S'))
    return set(re.findall(r'(?:\bFUNC\(|\.globl\s+|\b(?:call|bl|jal|brasl)\s+(?:%?\w+,\s*)?)(\w+)', text))


def library_names(root=ROOT):
    """The words of the sources beneath the C++ library, among which are the functions' names, without those that are
    refused."""
    found = set()
    for folder in ('third_party/musl', 'runtime/cxx'):
        for p in files(root, folder):
            if p.endswith(('.c', '.cc', '.h')) and not os.path.basename(p).startswith('refused'):
                found.update(re.findall(r'[A-Za-z_]\w+', read(p, root)))
                found.add(os.path.basename(p).removesuffix('.c'))
    refused = read('runtime/cxx/refused.cc', root) if os.path.exists(os.path.join(root,
                                                                                  'runtime/cxx/refused.cc')) else ''
    return found - set(re.findall(r'\b[A-Z](?:_DATA)?\((?:\w+, )?(\w+)\)', refused))


def check(path, go_names, functions, entry=None):
    """What is wrong with the binary at `path`, as a list of texts. entry: the entry point if it is not
    _rt0_<go>_linux."""
    e = Elf(path)
    bad = []
    known = OWN_C | test_symbols()
    subject = SUBJECT.get(os.path.basename(path).removesuffix('_checked'))
    library = library_names() if os.path.basename(path).startswith(LIBRARY) and not subject else set()
    # Only librt0_tls.a has the symbol: rt0-link has linked the program with it.
    tls = library and any(s.name == 'runtime.tls_room' for s in e.symbols)
    exceptions = EXCEPTIONS.match(os.path.basename(path))
    if e.type != elf.ET_EXEC:
        bad.append(f'ELF type {e.type}: not ET_EXEC, a static executable')

    for s in e.symbols:
        if s.name == '' or s.type in (elf.STT_SECTION, elf.STT_FILE):
            continue
        if s.section == elf.SHN_UNDEF:
            if s.name == OPTIONAL and s.bind == elf.STB_WEAK:
                continue
            if tls and s.name == '___tls_get_addr':  # 386's: the linker has put other code in the place of its calls
                continue
            bad.append(f'undefined symbol {s.name}')
        elif subject and subject.match(s.name):
            pass
        elif s.name.startswith('rt0_refused.'):
            bad.append(f'{s.name}: the program uses what needs an operating system\'s C library')
        elif exceptions and UNWINDER.match(s.name):
            pass
        elif library and (s.name in library or FOREIGN.match(s.name) or LIBGCC.match(s.name)):
            pass
        elif s.name == '__dso_handle' and s.bind == elf.STB_LOCAL:
            pass  # GNU ld makes this name itself, where clang compiles for s390x
        elif FOREIGN.match(s.name):
            bad.append(f'{s.name}: a name of the C++ library')
        elif s.type == elf.STT_IFUNC:
            bad.append(f'{s.name}: chosen at run time by a dynamic loader, and a static binary has none')
        elif s.bind != elf.STB_LOCAL and not s.name.startswith('_Z') and s.name not in known \
             and not PLAIN.match(s.name) and not ARITHMETIC.match(s.name):
            bad.append(f'{s.name}: neither a Go name nor a C++ name: it may be a function of a libc')

    for s in e.sections:
        for name, why in SECTIONS.items():
            if s.size != 0 and (s.name == name or s.name.startswith(name + '.')) and \
               not (exceptions and name in TABLES) and not (tls and name in ('.tdata', '.tbss')):
                bad.append(f'section {s.name}, {s.size} bytes: {why}')
        # riscv64's linker leaves room for relocations of thread_local variables, which it then does not need: zeroes.
        if s.name.startswith('.rel') and any(e.data[s.offset:s.offset + s.size]):
            bad.append(f'section {s.name}, {s.size} bytes: relocations that are never applied')
    if not any(s.name == '.gopclntab' and s.size > 0 for s in e.sections):
        bad.append('no .gopclntab: tracebacks would have no lines')

    loads = [p for p in e.segments if p.type == elf.PT_LOAD]
    # A linker may leave out the data segment of a program that has no data.
    no_data = not any(s.size != 0 and s.name in ('.data', '.got', '.bss') for s in e.sections)
    layout = [row for row in LAYOUT if not (no_data and row[1] & elf.PF_W and len(loads) < len(LAYOUT))]
    if [p.flags for p in loads] != [flags for _, flags in layout]:
        bad.append(f'load segments {", ".join(flags_text(p.flags) for p in loads)}: must be '
                   f'{", ".join(n for n, _ in LAYOUT)}')
    for p in loads:
        if p.flags & elf.PF_W and p.flags & elf.PF_X:
            bad.append(f'load segment at {p.vaddr:#x} is writable and executable')
    stacks = [p for p in e.segments if p.type == elf.PT_GNU_STACK]
    if not stacks:
        bad.append('no GNU_STACK segment: the kernel would make the stack executable')
    if any(p.flags & elf.PF_X for p in stacks):
        bad.append('the stack is executable')
    for kind, name in ((elf.PT_INTERP, 'INTERP'), (elf.PT_DYNAMIC, 'DYNAMIC'), (elf.PT_TLS, 'TLS')):
        if any(p.type == kind for p in e.segments):
            bad.append(f'segment {name}: not a static executable without thread-local storage')

    defined = {}
    for s in e.symbols:
        if s.section != elf.SHN_UNDEF:
            defined.setdefault(s.name, s)
    first, last = defined.get('runtime.init_array'), defined.get('runtime.einit_array')
    if first and last and first.value != last.value and not subject and not library:
        bad.append('a global has a constructor: rt0 and its test programs must have none')
    at_entry = {s.name for s in e.symbols if s.value == e.entry and s.section != elf.SHN_UNDEF}
    if 'port_entry' in at_entry:  # a port's first steps have no runtime yet: tests/port/first.cc
        return bad
    go = next((g for g in sorted(go_names) if f'_rt0_{g}_linux' in (defined if entry in at_entry else at_entry)), None)
    if go is None or (entry and entry not in at_entry):
        bad.append(f'entry {e.entry:#x} is {", ".join(sorted(at_entry)) or "no symbol"}: must be _rt0_<go>_linux, '
                   f'<go> one of {", ".join(sorted(go_names))}')
        go = go or sorted(go_names)[0]
    # Isa's functions must lie outside the program's text: the runtime calls them too, and a preemption there would
    # interrupt the runtime.
    text, etext = defined.get('runtime.programtext'), defined.get('runtime.eprogramtext')
    for s in e.symbols:
        of_isa = s.name.startswith('_ZN3rt03Isa') and s.type == elf.STT_FUNC
        if text and etext and of_isa and text.value <= s.value < etext.value:
            bad.append(f'{s.name} is in the text that may be interrupted anywhere')
    for name in functions:
        name = name.replace('<go>', go)
        s = defined.get(name)
        if s is None:
            bad.append(f'no symbol {name}, which trace/events.def promises')
        elif s.type not in (elf.STT_FUNC, elf.STT_NOTYPE):
            bad.append(f'{name} is no function')
    return bad


def main():
    ap = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    ap.add_argument('binary', nargs='+', help='a target binary, or a folder of them')
    ap.add_argument('--isa', help='the folder of arch/ that the binaries were built for (default: any)')
    args = ap.parse_args()
    rows = [r for r in isa_rows() if args.isa in (None, r['folder'])]
    if not rows:
        sys.exit(f'symbols.py: --isa {args.isa}: must be one of {", ".join(r["folder"] for r in isa_rows())}')
    failed = False
    paths = []
    for given in args.binary:
        inside = sorted(os.path.join(given, n) for n in os.listdir(given)) if os.path.isdir(given) else [given]
        if not inside:
            print(f'{given}: nothing in it')
            failed = True
        paths += inside
    for path in paths:
        try:
            bad = check(path, {r['go'] for r in rows}, boot_functions(), entries().get(os.path.basename(path)))
        except (OSError, ValueError) as error:
            bad = [str(error)]
        for what in bad:
            print(f'{os.path.relpath(path)}: {what}')
            failed = True
    sys.exit(1 if failed else 0)


if __name__ == '__main__':
    main()
