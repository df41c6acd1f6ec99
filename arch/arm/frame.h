// How assembly makes a frame that tracebacks can follow, in the layout of the compiler in use: GCC with -mapcs-frame,
// or clang.
#pragma once

// clang-format off
// PUSH_FRAME clobbers ip; POP_FRAME wants sp as PUSH_FRAME has left it.
#ifdef __clang__
#define FRAME_BYTES 8
#define PUSH_FRAME push {fp, lr}; mov fp, sp
#define POP_FRAME pop {fp, lr}
#else
#define FRAME_BYTES 16
#define PUSH_FRAME mov ip, sp; push {fp, ip, lr, pc}; sub fp, ip, 4
#define POP_FRAME ldr fp, [sp]; ldr lr, [sp, 8]; add sp, sp, FRAME_BYTES
#endif
