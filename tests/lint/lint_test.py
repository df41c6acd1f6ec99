#!/usr/bin/env python3
"""lint_test.py [WORD]: breaks a copy of the tree, one way at a time; layers.py or docs.py must report each break. Then
gives calls.py made-up symbols, and checks what it reports.

With a word, only the breaks of the tree whose change or message contains the word.
"""
import os
import re
import sys
import tempfile

import calls
import docs
import layers
import states
from source import files, isa_rows, read, ROOT

ISA = isa_rows()[0]['folder']
ASM = f'arch/{ISA}/asm.S'

# The file, the line that is put at its top (or s/pattern/replacement/, or s#pattern#replacement#), and a part of the
# message that must appear.
LAYERS = [
    ('base/types.h', '#include "trace/event.h"', 'base/types.h:1: trace/event.h: base/ may include'),
    ('base/types.h', '#include <string.h>', 'string.h: base/ may include'),
    ('base/types.h', '#include "base/nothere.h"', 'base/nothere.h: there is no such file'),
    ('include/rt0/go.h', '#include "base/types.h"', 'base/types.h: include/rt0/ may include'),
    ('trace/event.cc', '#include "kernel_iface/kernel.h"', 'kernel_iface/kernel.h: trace/ may include'),
    ('arch/arch.h', '#include "sched/gmp.h"', 'sched/gmp.h: arch/ may include'),
    (f'arch/{ISA}/isa.h', '#include "kernel_iface/kernel.h"', 'kernel_iface/kernel.h: arch/*/ may include'),
    (ASM, '#include "base/types.h"', 'base/types.h: assembly includes'),
    ('kernel_iface/kernel.h', '#include "kernel_iface/linux/uapi.h"',
     'kernel_iface/linux/uapi.h: kernel_iface/ may include'),
    ('kernel_iface/kernel.cc', '#include "linux_abi.h"', 'linux_abi.h: kernel_iface/ may include'),
    ('kernel_iface/linux/linux.h', '#include "sched/gmp.h"', 'sched/gmp.h: kernel_iface/linux/ may include'),
    ('mem/gc.cc', '#include "kernel_iface/linux/uapi.h"', 'kernel_iface/linux/uapi.h: mem/ may include'),
    ('mem/gc.cc', '#include "arch/arch.h"', 'arch/arch.h: mem/ may include'),
    ('sched/proc.cc', '#include "kernel_iface/linux/linux.h"', 'kernel_iface/linux/linux.h: sched/ may include'),
    ('sched/proc.cc', '#include "kernel_iface/sim/choose.h"', 'kernel_iface/sim/choose.h: sched/ may include'),
    ('sched/proc.cc', '#include "linux_abi.h"', 'linux_abi.h: sched/ may include'),
    ('sched/proc.cc', '#include HEADER', '#include HEADER: only a name in quotes'),
    ('sched/proc.cc', '#include "runtime/diag/print.h"', 'runtime/diag/print.h: sched/ may include'),
    ('runtime/diag/print.cc', '#include "runtime/panic/panic.h"', 'runtime/panic/panic.h: runtime/diag/ may include'),
    ('lib/chan/chan.cc', '#include "lib/time/timer.h"', 'lib/time/timer.h: lib/chan/ may include'),
    ('lib/io/fd.cc', '#include "runtime/boot/args.h"', 'runtime/boot/args.h: lib/io/ may include'),
    ('sched/proc.cc', 'struct S {\n  Mutex lock;\n  u32 a, b GUARDED_BY(lock);\n};',
     'sched/proc.cc:3: GUARDED_BY is said of the last name'),
    ('sched/proc.cc', 'struct S {\n  Mutex lock;\n  u32 a GUARDED_BY(lock) = 0, b GUARDED_BY(lock) = 0;\n};',
     'GUARDED_BY is said of the last'),
    ('sched/proc.cc', 'u32 a,\n    *b PT_GUARDED_BY(lock);', 'sched/proc.cc:2: GUARDED_BY is said of the last'),
    ('runtime/new.cc', 'int x;', 'runtime/new.cc:1: lies in no room'),
    ('sched/part/new.cc', 'int x;', 'sched/part/new.cc:1: lies in no room'),
    ('include/rt0/part/new.h', 'int x;', 'include/rt0/part/new.h:1: lies in no room'),
    ('arch/new64/isa.cc', 'int x;', 'arch/new64/ is no room: its ISA has no row in arch/isas.txt'),
    ('arch/new.cc', 'int x;', 'arch/new.cc:1: tools/rt0.cmake compiles arch/*.cc, and'),
    ('arch/generic/new.cc', 'int x;', 'it would never be compiled'),
    ('include/rt0/new.cc', 'int x;', 'it would never be compiled'),
    ('sched/new.S', '', 'it would never be compiled'),
    *((f'sched/new.{e}', 'int x;', f'sched/new.{e}:1: .{e}: sources end in .h, .cc')
      for e in ('c', 'cpp', 'cxx', 'hh', 'hpp', 'hxx', 'inc', 'ipp', 's')),
    ('arch/generic/new.s', 'nop', '.s: sources end in'),
    ('examples/new.cpp', 'int main() {}', '.cpp: sources end in'),
    ('sched/proc.cc', '#import "runtime/diag/print.h"',
     'sched/proc.cc:1: #import "runtime/diag/print.h": files are taken in by #include'),
    ('sched/proc.cc', '#include_next "runtime/diag/print.h"', 'files are taken in by #include'),
    ('sched/proc.cc', '%:include "runtime/diag/print.h"', 'files are taken in by #include'),
    ('sched/proc.cc', 'import "runtime/diag/print.h";', 'files are taken in by #include'),
    ('sched/proc.cc', '#inc\\\nlude "runtime/diag/print.h"',
     'sched/proc.cc:1: runtime/diag/print.h: sched/ may include'),
    ('sched/proc.cc', '#include \\\n"runtime/diag/print.h"',
     'sched/proc.cc:1: runtime/diag/print.h: sched/ may include'),
    ('sched/proc.cc', '#/**/include "runtime/diag/print.h"',
     'sched/proc.cc:1: runtime/diag/print.h: sched/ may include'),
    ('sched/proc.cc', 'asm(".include \\"runtime/diag/print.h\\"");', 'files are taken in by #include'),
    ('sched/proc.cc', '__asm__("nop\\n.incbin \\"x\\"");', 'files are taken in by #include'),
    (ASM, '        .include "x.S"', 'files are taken in by #include'),
    ('rooms.txt', r's/(room +. mem +. base)/\1 sched/',
     'mem may not name sched, which has no earlier row: the lowest room comes first'),
    ('rooms.txt', r's#(room +. lib.chan +. core)#\1 lib/chan#',
     'lib/chan may not name lib/chan, which has no earlier row'),
    ('rooms.txt', r's#(word +. core +. base)#\1 lib/io#', 'core may not name lib/io, which has no earlier row'),
    ('rooms.txt', r's#(room +. arch +. base)#\1 arch/generic#', 'arch may not name arch/generic'),
    ('rooms.txt', r's/(room +. mem +. base)/\1 bsae/',
     'bsae: no earlier row "room" or "word" has this name, and no header'),
    ('rooms.txt', r's/(room +. mem .*\n)/\1\1/', 'mem has a row already, on line'),
    ('rooms.txt', r's/(room +. mem .*\n)/\1room | mem | base | memory\n/', 'mem has a row already, on line'),
    ('rooms.txt', r's/(word +. core .*\n)/\1\1/', 'core has a row already, on line'),
    ('rooms.txt', r's/(up .*runtime.schedtrace .*\n)/\1\1/', 'runtime.schedtrace has a row "up" already, on line'),
    ('rooms.txt', r's/(up .*runtime.schedtrace) /\1 lock /', 'lock has a row "up" already, on line'),
    ('rooms.txt', 'room | base | <stdint.h>', 'rooms.txt:1: a row "room" has 4 columns, none of them empty'),
    ('rooms.txt', 'room', 'rooms.txt:1: a row "room" has 4 columns'),
    ('rooms.txt', 'up | base/lock.h | lock2 |', 'rooms.txt:1: a row "up" has 4 columns'),
    ('rooms.txt', 'up | base/nothere.h | lock2 | a reason', 'rooms.txt:1: base/nothere.h: there is no such file'),
    ('rooms.txt', 'rom | base | <stdint.h> | x', 'rooms.txt:1: rom: a row begins with room, program, word, up'),
    ('rooms.txt', ' | base | <stdint.h> | x', 'rooms.txt:1: (empty): a row begins with'),
    ('rooms.txt', 'room | nowhere | <stdint.h> | x', 'rooms.txt:1: nowhere: there is no such folder'),
    ('sched/proc.cc', '//' * 61, 'sched/proc.cc:1: 122 columns: a line has at most 120'),
    ('tests/cases/host_test.py', '#' * 121, 'tests/cases/host_test.py:1: 121 columns: a line has at most 120'),
    ('docs/TRACE.md', 'x' * 121 + '\n\n', 'docs/TRACE.md:1: 121 columns: a line has at most 120'),
    ('tools/need.sh', '#' * 121, 'tools/need.sh:1: 121 columns: a line has at most 120'),
    ('tools/rt0.cmake', '#' * 121, 'tools/rt0.cmake:1: 121 columns: a line has at most 120'),
    ('sched/proc.cc', '//\n' * 20000, 'sched/ has'),
    ('lib/chan/new.h', '//\n' * 450, 'lib/chan/new.h:1: 451 lines: a file of a room has at most 450'),
    ('examples/hello.cc', '#include "sched/gmp.h"', 'sched/gmp.h: examples/ may include'),
    ('examples/hello.cc', '#include <vector>', 'vector: examples/ may include'),
    ('nowhere/new.cc', 'int x;', 'nowhere/new.cc:1: lies in no room'),
    ('sched/proc.cc', '#if defined(__x86_64__)\n#endif', '__x86_64__: an ISA is named in arch/ only'),
    ('mem/stack.cc', '#ifdef __aarch64__\n#endif', '__aarch64__: an ISA is named'),
    ('mem/stack.cc', '#if __riscv_xlen == 64\n#endif', '__riscv_xlen: an ISA is named'),
    ('base/types.h', f'inline int {ISA}_only;', f'{ISA}: an ISA is named'),
    ('sched/proc.cc', 'static const int SYS_write = 1;', 'SYS_write: system calls are made in kernel_iface/linux only'),
    ('sched/proc.cc', 'int f() { return Isa::syscall6(1, 2, 3, 4, 5, 6, 7); }', 'syscall6: system calls are made'),
    ('sched/proc.cc', 'thread_local int x;', 'thread_local: a goroutine has no thread'),
    ('sched/proc.cc', 'struct S { virtual void f(); };', 'virtual: needs the C++ runtime library'),
    ('sched/proc.cc', 'std::size_t n;', 'std::: target code'),
    ('mem/new.cc', 'std::size_t n;', 'std::: target code'),
    ('sched/proc.cc', 'auto* x = dynamic_cast<int*>(y);', 'dynamic_cast: there is no RTTI'),
    ('sched/proc.cc', 'auto& x = typeid(int);', 'typeid: there is no RTTI'),
    (ASM, '        movq    8(%rax), %rdx', '8(%rax): an offset is a name'),
    (ASM, '        movq    -16(%rdi,%rcx,8), %rdx', '-16(%rdi,%rcx,8): an offset is a name'),
    (ASM, '        ld      a0, 0x30(a1)', '0x30(a1): an offset is a name'),
    (ASM, '        ldr     x0, [x1, #48]', '[x1, #48]: an offset is a name'),
    (ASM, '        ld.d    $a0, $a1, 48', '$a1, 48: an offset is a name'),
    (ASM, '        movq    %fs:-8, %rax', 'a number behind a segment register'),
    (ASM, '        call    runtime.schedule', 'runtime.schedule: not among the up-calls'),
    ('arch/generic/asm.S', '        CALL(runtime.schedule)', 'runtime.schedule: not among the up-calls'),
    (ASM, '        CALL_ALIKE(runtime.schedule, AX, DX)', 'runtime.schedule: not among the up-calls'),
    (f'arch/{ISA}/linux_abi.h', '//\n' * 500, 'lines: a port has at most 500'),
    ('CMakeLists.txt', f'if(RT0_ISA STREQUAL "{ISA}")\nendif()', f'{ISA}: no build file knows an ISA'),
]
# A file that uses a symbol, the symbol, the file that defines it, and a part of the message that must appear; None if
# it is allowed.
CALLS = [
    ('base/format.cc', '__aeabi_uidiv', 'arch/arm/aeabi.cc', None),
    ('sched/proc.cc', 'print_args', 'runtime/diag/print.cc',
     'sched/proc.cc: print_args is in runtime/diag/print.cc, and sched/ may not call'),
    ('lib/chan/chan.cc', 'timer_set', 'lib/time/timer.cc', 'lib/chan/chan.cc: timer_set is in lib/time/timer.cc'),
    ('mem/stack.cc', 'newm', 'sched/mthread.cc', 'mem/stack.cc: newm is in sched/mthread.cc'),
    ('lib/io/fd.cc', 'runtime.gcinit', 'runtime/boot/boot.cc', 'lib/io/ may not call runtime/boot/'),
    ('mem/stack.cc', 'runtime.schedtrace', 'runtime/diag/schedtrace.cc', 'mem/ may not call runtime/diag/'),
    ('nowhere/x.cc', 'lock', 'sched/lock.cc', 'nowhere/x.cc: lies in no room'),
    ('mem/stack.cc', 'lock', 'sched/lock.cc', None),  # an up row
    ('arch/asm.S', 'runtime.check', 'runtime/boot/check.cc', None),
    ('kernel_iface/kernel.cc', 'sim_kernel', 'kernel_iface/sim/kernel.cc', None),
    ('runtime/boot/main.cc', 'runtime.newm', 'sched/mthread.cc', None),
]
# What nm says of sched/proc.cc and of lib/chan/chan.cc, and a part of the message that must appear; None if it is
# allowed.
NM = [
    ('U rt0::f(int)', 'T rt0::f(int)', 'sched/proc.cc: f is in lib/chan/chan.cc'),
    ('U rt0::f(int)', 'W rt0::f(int)', 'sched/proc.cc: f is in lib/chan/chan.cc'),
    ('U rt0::v', 'V rt0::v', 'sched/proc.cc: v is in lib/chan/chan.cc'),
    ('w rt0::f(int)', 'T rt0::f(int)', 'sched/proc.cc: f is in lib/chan/chan.cc'),
    ('v rt0::v', 'B rt0::v', 'sched/proc.cc: v is in lib/chan/chan.cc'),
    # Another function of the same name, which sched/ has itself.
    ('T rt0::f(char)\nU rt0::f(int, int)', 'T rt0::f(int, int)', 'sched/proc.cc: f(int,int) is in lib/chan/chan.cc'),
    ('T rt0::f(char)', 'U rt0::f(char)\nT rt0::f(int)', None),
    ('W rt0::f(int)', 'W rt0::f(int)', None),  # an inline function
    # `up` has lock(rt0::Mutex*) of sched/, not another of that name.
    ('T rt0::lock(rt0::Mutex*)\nU rt0::lock(int)', 'T rt0::lock(int)',
     'sched/proc.cc: lock(int) is in lib/chan/chan.cc'),
]
# Lines that must not be reported.
FINE = [
    ('sched/proc.cc', f'// {ISA} has std::atomic, virtual and thread_local; #include "sched/x.h"; SYS_write'),
    ('sched/proc.cc', 'constexpr char k[] = "std::string, virtual";'),
    ('sched/proc.cc', 'Map<int, u32> m GUARDED_BY(lock) = {1, f(2, 3)};\nint a, b;'),
    ('docs/TRACE.md', '| ' + 'x' * 121 + ' |\n\n'),
    ('docs/TRACE.md', '```\n' + 'x' * 121 + '\n```\n'),
    ('sched/proc.cc', 'int virtual_time, xthread_local, SYS;'),
    (ASM, '        movq    8(%rsp), %rdi'),
    (ASM, '        movq    g_stackguard0(%rdi), %rdx'),
    (ASM, '        leaq    8(%rdi), %rsi'),
    (ASM, '        call    runtime.schedinit'),
    (ASM, '        // movq 8(%rax), %rdx'),
]
DOCS = [
    ('trace/events.def', 'EV(New, "NewEvent", "", "x")', 'no row "| `NewEvent` |"'),
    ('docs/TRACE.md', '| `NoEvent` | |', 'NoEvent: no such event'),
    ('docs/TRACE.md', '| `GoBlock` | `id` `reason` |', 'GoBlock has a row already'),
    ('docs/TRACE.md', r's/\| `GoBlock` \| `id`/| `GoBlock` |/', 'GoBlock: its argument `id` is not in the row'),
    ('docs/TRACE.md', r's/\| `GoStart` \|/| GoStart |/', 'no row "| `GoStart` |"'),
    ('README.md', r's/int main\(\)/int main(void)/', 'is not cut from a file of examples/'),
    ('README.md', r's/make clean//', '`make clean`, which `make help` lists, is not mentioned'),
    ('README.md', '`make nonsense`', 'make nonsense: the Makefile has no such target'),
    ('README.md', '[x](docs/NOTHERE.md)', 'docs/NOTHERE.md: there is no such file'),
    ('README.md', 'see `sched/nothere.cc`', 'sched/nothere.cc: there is no such file'),
    ('sched/proc.cc', r's/void execute\(/void exekute(/', 'execute: sched/proc.cc does not define it'),
    ('docs/READING.md', r's/again: the sender/the sender/', 'the journey enters lib/chan/chan.cc a second time'),
    ('docs/READING.md', r's/again: the sender.s side. Takes.* queue/again: /',
     'the journey enters lib/chan/chan.cc a second time'),
    ('docs/READING.md', r's/the M is back/again: the M is back/', 'no earlier row of this journey is in sched/proc.cc'),
    ('sched/proc.cc', '// See sched/nothere.cc.', 'sched/proc.cc:1: sched/nothere.cc: there is no such file'),
    ('sched/proc.cc', '/* Or\nrt0/nothere.h */', 'sched/proc.cc:2: rt0/nothere.h: there is no such file'),
    ('docs/READING.md', r's/runq\.cc\)/queue.cc)/', 'sched/queue.cc: there is no such file'),
    ('rooms.txt', r's/channels and select/channels/', 'its table of rooms is not that of rooms.txt'),
    ('tests/boot_cost.py', r's/BYTES = 92160/BYTES = 92161/',
     'CONTRIBUTING.md:1: does not name the budget BYTES of tests/boot_cost.py, 92,161'),
    ('README.md', r's/226,099/226,098/', 'README.md:1: has no "| 8,000 | 226,099 |"'),
    ('tests/oracle/go-boot-cost.txt', r's/^# go1.26.8/# go1.27.1/',
     'README.md:1: its table of the boot is not of Go 1.27.1'),
    ('CONTRIBUTING.md', r's/24 system/20 system/', 'CONTRIBUTING.md:1: does not name the budget SYSTEM_CALLS'),
    ('sched/proc.cc', '// DOC(lonely)', 'DOC(lonely): no page explains it'),
    ('README.md', 'DOC(lost): text', 'DOC(lost): no line of code has this mark'),
    ('sched/status.h', r's/on an M with a P/on an M/', 'docs/STATES.md:'),
    ('docs/STATES.md', r's/`become_running`/`nobody`/', 'docs/STATES.md:'),
    ('sched/status.h', r's/"become_running"/"schedule"/',
     'become_running moves a goroutine from runnable to running: no such row'),
    ('sched/status.h',
     r's/(\{GStatus::runnable, GStatus::running, "become_running"\},)/\1\n    {GStatus::idle, GStatus::running, '
     r'"never"},/',
     'never does not move a goroutine from idle to running'),
    ('sched/proc.cc', 'void f() { casgstatus(gp, GStatus::dead, GStatus::idle); }', 'from dead to idle: no such row'),
]


def good_docs(root):
    """Writes pages that docs.py accepts, so that the tests do not depend on the real ones."""
    events = re.findall(r'^(?:FN|EV)\(\w+,\s*"([^"]+)"(?:,\s*"([^"]*)",)?', read('trace/events.def', root), re.M)
    rows = [f'| `{n}` | {" ".join(f"`{a}`" for a in args.split())} |' for n, args in events]
    targets = re.findall(r'^([a-z-]+):.*?## ', read('Makefile', root), re.M)
    example = next(p for p in files(root, 'examples') if p.endswith('.cc') and '\nint main() {' in read(p, root))
    code = read(example, root)[read(example, root).index('\nint main() {') + 1:]
    costs = re.search(r'^\| entry .*\n(?:\|.*\n)+', read('README.md', root), re.M)[0]
    put(root, 'docs/TRACE.md', '\n'.join(rows) + '\n')
    put(root, 'README.md', f'```cpp\n{code}```\n' + '\n'.join(f'`make {t}`' for t in targets) + f'\n\n{costs}')
    put(root, 'docs/STATES.md', states.page(read('sched/status.h', root)))


def put(root, path, text):
    os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
    with open(os.path.join(root, path), 'w', encoding='utf-8') as f:
        f.write(text)


def broken(root, path, change, run):
    """The findings of `run` while `path` is changed; None if the change changes nothing."""
    full = os.path.join(root, path)
    before = read(path, root) if os.path.exists(full) else None
    m = re.fullmatch(r's([/#])(.*)\1(.*)\1', change, re.S)
    after = re.sub(m.group(2), m.group(3), before) if m else change + '\n' + (before or '')
    if after == before:
        return None
    put(root, path, after)
    try:
        return run(root, path)
    finally:
        if before is None:
            os.remove(full)
        else:
            put(root, path, before)


def lint_layers(root, only=None):
    return layers.Lint(root).run(only)


def lint_docs(root, _=None):
    return docs.Docs(root).run()


def calls_of_objects():
    """The number of NM's cases that fail, with calls.py reading nm's output."""
    failed = 0
    for *said, expected in NM:
        defines, wants = {}, {}
        for path, lines in zip(('sched/proc.cc', 'lib/chan/chan.cc'), said):
            calls.read_nm('\n'.join(f'{"":16} {line}' for line in lines.split('\n')), path, defines, wants)
        found = [f for f in calls.check(defines, wants) if not f.startswith('rooms.txt:')]
        if bool(found) != bool(expected) or (expected and not any(expected in f for f in found)):
            print(f'FAIL nm says {said}: wanted {expected}, found {found}')
            failed += 1
    return failed


def main():
    failed = 0
    with tempfile.TemporaryDirectory() as tmp:
        for path in files(ROOT):
            if path.endswith(layers.SOURCES + docs.CODE + ('.md', 'Makefile', 'rooms.txt')):
                put(tmp, path, read(path, ROOT))
        good_docs(tmp)
        cases = [(lint_layers, *c) for c in LAYERS] + [(lint_docs, *c) for c in DOCS]
        cases = [c for c in cases if all(w in f'{c[2]} {c[3]}' for w in sys.argv[1:])]
        usual = {run: set(run(tmp)) for run in (lint_layers, lint_docs)}
        for run, path, change, expected in cases:
            found = broken(tmp, path, change, run)
            if found is None:
                print(f'FAIL {path}: {change}: changes nothing')
                failed += 1
            elif not any(expected in f for f in found):
                print(f'FAIL {path}: {change}: wanted "{expected}", found {sorted(set(found) - usual[run])}')
                failed += 1
            elif any(expected in f for f in usual[run]):
                print(f'FAIL {path}: {change}: "{expected}" is said of the tree as it is')
                failed += 1
        for path, change in FINE:
            known = {re.sub(r':\d+:', ':', f) for f in usual[lint_layers]}
            found = [f for f in broken(tmp, path, change, lint_layers) if re.sub(r':\d+:', ':', f) not in known]
            if found:
                print(f'FAIL {path}: {change}: is fine, but {found}')
                failed += 1
    for user, symbol, home, expected in CALLS:
        found = [f for f in calls.check({home: {symbol}, user: set()}, {user: {symbol}, home: set()})
                 if not f.startswith('rooms.txt:')]
        if bool(found) != bool(expected) or (expected and not any(expected in f for f in found)):
            print(f'FAIL {user} calls {symbol} of {home}: wanted {expected}, found {found}')
            failed += 1
    failed += calls_of_objects()
    stale = calls.check({'sched/lock.cc': {'lock'}}, {'sched/lock.cc': set()})
    if not any('lock: no lower room uses it' in f for f in stale):
        print(f'FAIL an up row that nobody needs: not noticed, {stale}')
        failed += 1
    total = len(cases) + len(FINE) + len(CALLS) + len(NM) + 1
    print(f'{total - failed} of {total} passed')
    sys.exit(1 if failed else 0)


if __name__ == '__main__':
    main()
