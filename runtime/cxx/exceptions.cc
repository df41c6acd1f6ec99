// Exceptions, for programs that are linked with EXCEPTIONS (docs/LIBRARY.md): what the toolchain's libsupc++ (in
// libstdc++.a) and its unwinder (libgcc_eh.a) ask of an operating system, and what becomes of an exception that no
// handler catches. librt0_exceptions.a has this file in place of no_exceptions.cc, throw.cc and refused_exceptions.cc;
// no other program has it.
//
// Exceptions pass through frames of the program and of the toolchain's libraries. The runtime's frames are hidden from
// the unwinder then (runtime_is_shown), so it finds the end of the stack where the runtime has called the program: at a
// goroutine's entry, at main, at the call of a deferred function. If there is no handler up to there, nothing has been
// unwound yet (phase 1 of the unwinder only searches), and libsupc++ calls the terminate handler, which is uncaught()
// below. For panics and Goexit see unwind_panic.cc.
//
// This file is compiled with exceptions. It throws none.
#include <cxxabi.h>
#include <unwind.h>

#include <exception>
#include <typeinfo>

#include "base/format.h"
#include "mem/malloc.h"
#include "mem/sysmem.h"
#include "rt0/go.h"
#include "rt0/panic.h"
#include "rt0/print.h"
#include "runtime/cxx/exceptions.h"
#include "runtime/panic/defer.h"
#include "sched/above.h"
#include "trace/trace.h"

namespace rt0 {

extern "C" {
extern char rt0_text[] __asm__("runtime.text"), rt0_etext[] __asm__("runtime.etext");
extern char rt0_runtime_etext[] __asm__("runtime.eruntimetext");
extern char rt0_program_text[] __asm__("runtime.programtext"), rt0_program_etext[] __asm__("runtime.eprogramtext");
}

Exceptions* exceptions_of(G* gp) {
  if (gp->exceptions == nullptr) {
    void* memory = persistentalloc(sizeof(Exceptions), alignof(Exceptions));
    gp->exceptions = ::new (detail::InPlace{}, memory) Exceptions{};
  }
  auto* const state = static_cast<Exceptions*>(gp->exceptions);
  if (state->goid != gp->goid) {  // the state of an earlier goroutine that had this G
    ::new (detail::InPlace{}, state) Exceptions{};
    state->goid = gp->goid;
  }
  return state;
}

bool is_program(uintptr pc) {
  return pc >= reinterpret_cast<uintptr>(rt0_program_text) && pc <= reinterpret_cast<uintptr>(rt0_program_etext);
}

bool is_runtime(uintptr pc) {
  return pc >= reinterpret_cast<uintptr>(rt0_text) && pc <= reinterpret_cast<uintptr>(rt0_runtime_etext);
}

namespace {

// The text of an exception that has ended its goroutine: its type and what it says.
struct Uncaught {
  Out text;

  static Text read(const void* self) {
    const Out& text = static_cast<const Uncaught*>(self)->text;
    return {text.buf, text.len};
  }
};

template <class T>
bool put_number(Out& out, const std::type_info& type, const void* object) {
  if (type != typeid(T)) return false;
  out.put(": ");
  if constexpr (T(-1) < T(0)) out.put_i64(*static_cast<const T*>(object));
  else out.put_u64(*static_cast<const T*>(object));
  return true;
}

// What the object says of itself: what() of a std::exception, also one that is a base class; a C string; an integer.
void put_object(Out& out, const std::type_info& type, void* object) {
  void* base = object;
  if (typeid(std::exception).__do_catch(&type, &base, 1)) {
    out.put(": ");
    out.put(cstr(static_cast<const std::exception*>(base)->what()));
  } else if (type == typeid(const char*) || type == typeid(char*)) {
    out.put(": ");
    out.put(cstr(*static_cast<const char**>(object)));
  } else {
    (void)(put_number<int>(out, type, object) || put_number<unsigned>(out, type, object) ||
           put_number<long>(out, type, object) || put_number<unsigned long>(out, type, object) ||
           put_number<long long>(out, type, object) || put_number<unsigned long long>(out, type, object));
  }
}

// Finds the innermost frame of the program: the place of the throw. The frames above it are the toolchain's, which keep
// no frame pointer.
_Unwind_Reason_Code find_program(_Unwind_Context* at, void* found) {
  const uintptr pc = _Unwind_GetIP(at);
  if (!is_program(pc)) return _URC_NO_REASON;
  const uintptr fp = _Unwind_GetGR(at, Isa::kUnwindFrame);
  *static_cast<TracePoint*>(found) = {.pc = pc, .fp = fp, .is_return = true};
  return _URC_END_OF_STACK;  // any code but _URC_NO_REASON ends the search; arm's unwinder has not all of them
}

// Panics with `value` at `at`. The deferred calls do not run: they belong to frames that the exception has found no
// handler in and would have left, and a recover() in them (WaitGroup::go has one) would find nothing to go on with.
[[noreturn]] void panic_uncaught(Any value, TracePoint at) {
  G* gp = getg();
  if (gp != gp->m->curg.load_relaxed()) bad_panic(value, "exception on system stack");
  if (tracing()) trace_text(Ev::Panic, Str(value.type->name.ptr, value.type->name.len));
  Panic p{.value = value, .link = gp->panics};
  gp->panics = &p;
  (void)runningPanicDefers.add_seqcst(1);  // fatalpanic takes it back
  fatalpanic(&p, at);
}

// The terminate handler: turns the exception that no handler catches into a panic.
[[noreturn]] void uncaught() {
  const std::type_info* type = abi::__cxa_current_exception_type();
  if (type == nullptr) fatal("std::terminate was called");
  TracePoint at = trace_here();
  exceptions_of(getg())->looking = true;
  (void)_Unwind_Backtrace(find_program, &at);

  int status = 0;
  char* const demangled = abi::__cxa_demangle(type->name(), nullptr, nullptr, &status);
  const Str name = cstr(demangled != nullptr ? demangled : type->name());
  constexpr usize kMost = 4096;
  Uncaught exception{{static_cast<char*>(malloc_or_die(kMost, 1)), kMost}};
  exception.text.put(name);
  // The current exception's object is what an exception_ptr, which is one pointer, points to.
  const std::exception_ptr current = std::current_exception();
  static_assert(sizeof(current) == sizeof(void*));
  void* object;
  __builtin_memcpy(&object, &current, sizeof(object));
  if (object != nullptr) put_object(exception.text, *type, object);

  builtin::Type described{};
  described.name = {name.ptr, name.len};
  described.is_named = true;
  described.size = sizeof(Uncaught);
  described.align = alignof(Uncaught);
  described.error = Uncaught::read;
  panic_uncaught({&described, &exception}, at);
}

// How the linker script calls the table of the frames, as a program header would.
struct Phdr32 {
  u32 type, offset, vaddr, paddr, filesz, memsz, flags, align;
};
struct Phdr64 {
  u32 type, flags;
  u64 offset, vaddr, paddr, filesz, memsz, align;
};
template <usize>
struct PhdrOf {
  using Type = Phdr64;
};
template <>
struct PhdrOf<4> {
  using Type = Phdr32;
};
using Phdr = PhdrOf<kPtrSize>::Type;
constexpr u32 kPtLoad = 1, kPtGnuEhFrame = 0x6474e550;

// glibc's struct dl_phdr_info and struct dl_find_object, as far as unwinders read and rt0 writes them.
struct PhdrInfo {
  uintptr base;
  const char* name;
  const Phdr* headers;
  u16 count;
  u64 added, removed;
};
struct FoundObject {
  u64 flags;
  void *from, *to;
  void* map;
  const void* eh_frame_hdr;
  void* data_base;  // 386's; elsewhere reserved
};

}  // namespace

extern "C" {
[[gnu::weak]] extern const char eh_frame_hdr[] __asm__("rt0.eh_frame_hdr");

// libsupc++ asks for the state of its exceptions; it would keep it for each thread, but here it is the goroutine's,
// which may go on on another thread between a throw and the end of a catch block.
void* eh_globals() __asm__("__cxa_get_globals");
void* eh_globals() { return &exceptions_of(getg())->caught; }
void* eh_globals_fast() __asm__("__cxa_get_globals_fast");
void* eh_globals_fast() { return &exceptions_of(getg())->caught; }

unsigned uncaught_exceptions() __asm__("rt0.uncaught_exceptions");
unsigned uncaught_exceptions() { return exceptions_of(getg())->uncaught; }

// Where the unwinder finds the tables for a pc: the newer function (GCC 12) and the older one. A static program is one
// object.
int _dl_find_object(const void* pc, FoundObject* found);
int _dl_find_object(const void* pc, FoundObject* found) {
  if (pc < rt0_text || pc >= rt0_etext || (pc < rt0_runtime_etext && !runtime_is_shown())) return -1;
  *found = {
      .flags = 0, .from = rt0_text, .to = rt0_etext, .map = nullptr, .eh_frame_hdr = eh_frame_hdr, .data_base = {}};
  return 0;
}

int dl_iterate_phdr(int (*each)(PhdrInfo*, usize, void*), void* arg);
int dl_iterate_phdr(int (*each)(PhdrInfo*, usize, void*), void* arg) {
  const bool shown = runtime_is_shown();
  const auto text = reinterpret_cast<uintptr>(shown ? rt0_text : rt0_runtime_etext);
  const auto end = reinterpret_cast<uintptr>(rt0_etext);
  Phdr headers[2]{};
  headers[0].type = kPtLoad;
  headers[0].vaddr = text;
  headers[0].memsz = end - text;
  headers[1].type = kPtGnuEhFrame;
  headers[1].vaddr = reinterpret_cast<uintptr>(eh_frame_hdr);
  PhdrInfo info{.base = 0, .name = "", .headers = headers, .count = 2, .added = shown ? 2u : 1u, .removed = 0};
  return each(&info, sizeof(info), arg);
}
}

// libsupc++'s variable; its own would print with C's stdio.
extern decltype(uncaught)* terminate_handler __asm__("_ZN10__cxxabiv119__terminate_handlerE");
constinit decltype(uncaught)* terminate_handler = uncaught;
// eh_terminate.o compares it with the handler.
[[noreturn]] void verbose_terminate_handler() __asm__("_ZN9__gnu_cxx27__verbose_terminate_handlerEv");
void verbose_terminate_handler() { uncaught(); }

}  // namespace rt0
