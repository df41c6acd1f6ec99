// The part of the explorer that runs inside the explored program. rt0-explore adds it to a copy of the program's file,
// as one more segment, and puts its functions into the program's tables of kernel calls. The program itself is not
// changed: it has no code for this, and pays nothing.
//
// It takes a snapshot of the program when the boot first asks for random bytes: nothing that happens before that
// depends on the seed. Then, for each schedule, it sets the options of the simulated kernel, lets the program run until
// it ends, reports how it ended, and puts the program's memory back as it was. So a schedule costs what the program
// does, and not a process.
//
//   pages.cc   the snapshot: which pages have changed, and how they are put back
//   calls.cc   the kernel calls that must not reach the host, or must be taken back
//   play.cc    a schedule that is given choice by choice, and may not fit
//   leaks.cc   which goroutines nobody can wake any more when main.main has returned
//   server.cc  commands, runs and reports
//
// Invariants:
//   X1  All that a run changes in the process is put back before the next one: memory (pages.cc), and what the kernel
//       keeps for the process: mappings, dispositions of signals, the signal mask, descriptors, the working directory
//       (calls.cc). So run k does what a new process with the same options does.
//   X2  This code's own variables lie in its own segment and in mappings that it made itself; they are never put back.
//   X3  It runs on the program's stacks only inside a kernel call. Memory is put back on a stack of its own.
#pragma once

#include "arch/arch.h"
#include "kernel_iface/kernel.h"
#include "kernel_iface/kernel_io.h"
#include "kernel_iface/sim/sim.h"
#include "sched/gmp.h"

namespace rt0::explore {

// What rt0-explore fills in before the program starts: addresses in the program. The names are in kImportNames, in the
// same order. An address of 0: the program does not have it.
struct Imports {
  uintptr data_lo, data_hi;  // the program's writable segment
  uintptr main_hi;           // where the code of runtime.main ends
  uintptr word_check;        // kWordCheck: rt0-explore writes words of the right size and byte order
  Kernel* linux_kernel;      // both tables lie in read-only memory of the program; rt0-explore changes them in the file
  Kernel* sim_kernel;
  KernelIo* linux_io;
  sim::State* state;
  void (*strategy_start)();
  void (*parse_options)(Str spec, char separator, sim::Options* o);
  void (*gogo)(Gobuf* buf);
  int (*setrecover)(RecoverPoint* p);
  void (*recovery)(RecoverPoint* p);
  void (*sigtramp)(int sig, void* info, void* uctx);
  void (*sigreturn)();
  void (*main)(Funcval*);                // runtime.main
  void (*eruntimetext)();                // the end of the runtime's own code
  const u8 *programtext, *eprogramtext;  // the program's own code
  Atomic<G*>* allgs;
  void (*gopark)(bool (*unlockf)(G*, void*), void* lock, WaitReason reason);
  Str (*wait_reason_text)(WaitReason r);
  const void* tls_room;  // not null: the program has thread_local variables, and moves the thread pointer
};
inline constexpr uintptr kWordCheck = 0x0e0f1011;
extern Imports imports;
// The program's own tables, as they were in its file.
extern Kernel linux_was, sim_was;
extern KernelIo io_was;

// pages.cc
void* own_memory(usize n);  // zeroed; ends the process if there is none
void pages_start();
// Memory that the program has mapped before the snapshot.
void pages_add(uintptr lo, usize n, u64 hint);
void pages_set_size(usize n);
// From here on changes are noticed. [stack, stack_end) is the part of the process's first stack that is in use.
void pages_snapshot(uintptr stack, uintptr stack_end);
// Puts everything back.
void pages_restore();
// A fault at `addr` while the program ran. True: the program goes on, the page may now be written.
bool pages_fault(uintptr addr);
// The kernel is about to write to [p, p + n).
void pages_touch(const void* p, usize n);
SysResult pages_map(void* hint, usize n);
SysResult pages_unmap(void* p, usize n);
SysResult pages_dontneed(void* p, usize n);
SysResult pages_protect(void* p, usize n, Prot prot);
u64 pages_hot();

// calls.cc
void calls_snapshot();
void calls_restore();
// What the run has written: a hash of what it printed, the beginning of standard error, a hash of the trace.
inline constexpr usize kTextMax = 512;
struct Written {
  u64 out_hash, trace_hash;
  u32 text_len;
  bool traced;
  char text[kTextMax];
};
extern Written written;
extern bool inside;      // this code runs, and not the program: signals wait
extern bool parsing;     // the runtime parses options for this code; what it prints is for the user
extern bool in_handler;  // the program's signal handler runs
extern uintptr hwcap2;   // AT_HWCAP2
extern u32 run_number;   // from 1 on
[[noreturn]] void die(const char* why);

void note(Str text);  // as if the program had written it to standard error

// play.cc. rt0-explore makes the program's function replay_choice jump to this one.
u32 choice_made(Made c);
// The next runs make these choices and otherwise the first alternative; from the descriptor of commands.
void play_flips(u64 n);
void play_restore();
// Writes all choices of the run to the descriptor of reports.
void play_trail();
void read_exactly(void* p, usize n);
void write_exactly(const void* p, usize n);

// leaks.cc
// The program ends with `status`. True: main.main has returned, and goroutines are left; the program runs on, to see
// which of them can. It ends once more, and then leaks_left() says how many wait for ever, and notes a line for each.
bool leaks_run_on(i32 status);
bool leaks_running_on();
u32 leaks_left();
void leaks_restore();

// server.cc
void server_random();
// The program has ended: with this status, or by this signal (status 128 + sig).
[[noreturn]] void server_ended(i32 status);

}  // namespace rt0::explore
