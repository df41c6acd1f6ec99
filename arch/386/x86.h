// The macros of arch/x86/*.S on 386. Arguments are on the stack, above the return address.
#pragma once

#define g_tls %gs:-4
#define AX %eax
#define BX %ebx
#define CX %ecx
#define DX %edx
#define DI %edi
#define BP %ebp
#define SP %esp
#define PC eip

#define LOAD_ARG0(to) movl 4(%esp), to
#define LOAD_ARG1(to) movl 8(%esp), to
#define FIRST_ARG(from)  // gostartcall has put it on the stack
#define CALL_WITH(fn, a) subl $12, %esp; pushl a; call fn
#define CALL_ALIKE(fn, a, b) subl $8, %esp; pushl b; pushl a; call fn
#define CALL_ARG subl $12, %esp; pushl 12(%ebp); call *8(%ebp)
#define TAIL_CALL_ARG movl 4(%esp), %edx; movl 8(%esp), %eax; movl %eax, 4(%esp); jmp *%edx
#define GOGO(buf) movl buf, %eax; jmp .Lgogo

#define PUSH_KEPT EACH push, ebp, ebx, esi, edi; PUSH_CONTROL
#define POP_KEPT POP_CONTROL; EACH pop, edi, esi, ebx, ebp
#define SAVE_KEPT(base) movl %ebx, (base); movl %ebp, 4(base); movl %esi, 8(base); movl %edi, 12(base)
#define LOAD_KEPT(base) movl (base), %ebx; movl 4(base), %ebp; movl 8(base), %esi; movl 12(base), %edi
#define PUSH_ALL EACH push, eax, ecx, edx, ebx, esi, edi
#define POP_ALL EACH pop, edi, esi, ebx, edx, ecx, eax
#define GLOBAL(name) name
#define WIDE(instruction) instruction

        .macro  EACH op, regs:vararg
        .irp    r, \regs
        \op     %\r
        .endr
        .endm
