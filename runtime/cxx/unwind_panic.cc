// How a goroutine leaves frames because of a panic that was recovered further out, or because of Goexit: the
// destructors of the frames run, as they do when an exception leaves them. Only programs with EXCEPTIONS have this
// file.
//
//   U1  When it is known where the goroutine goes on, leave_frames() looks at all frames up to there. Only if each of
//       them has an entry in the tables is any frame left in this way; otherwise no destructor runs, and the goroutine
//       goes on as in a program without exceptions.
//   U2  The unwinder's forced unwinding then goes from frame to frame. Before each, stop() is called. It runs the
//       deferred calls whose records lie in frames that have been left: frames of the runtime have no landing pads.
//   U3  The exception object is one of libsupc++'s kind, so that catch (...), `throw;` and exception_ptr work with it.
//       When the handler of a catch (...) ends, libsupc++ deletes the object by its exception_cleanup: handler_ended(),
//       which goes on with the unwinding.
//   U4  The runtime's frames are in the tables, but not for exceptions that the program throws: runtime_is_shown().
//   U5  The goroutine goes on at a recover point when the point's destructor is called: by then the objects that were
//       made after it are gone, also those in the same function, and those made before it are untouched. If the
//       compiler has made no landing pad with that call, it goes on when the point's frame has been passed.
//   U6  Each unwinding has a Leave on the goroutine's list, the newest first. A destructor may begin another one. If
//       that one goes on at the same recover point or an older one, the first has been overtaken: arrive() ends both.
#include <cxxabi.h>  // IWYU pragma: keep (the functions of namespace abi)
#include <unwind.h>

#include <exception>
#include <typeinfo>

#include "mem/malloc.h"
#include "runtime/cxx/exceptions.h"
#include "runtime/panic/defer.h"

// The linker gives the personality routine of all frames this name (--wrap), and the toolchain's own the other.
#if defined(__ARM_EABI_UNWINDER__)
#define RT0_PERSONALITY_ARGS _Unwind_State actions, _Unwind_Exception *exception, _Unwind_Context *at
#define RT0_PERSONALITY_VALUES actions, exception, at
#else
#define RT0_PERSONALITY_ARGS \
  int version, _Unwind_Action actions, _Unwind_Exception_Class kind, _Unwind_Exception *exception, _Unwind_Context *at
#define RT0_PERSONALITY_VALUES version, actions, kind, exception, at
#endif
extern "C" {
[[noreturn]] void __ubsan_handle_divrem_overflow(void*, uintptr_t, uintptr_t);  // runtime/panic/ubsan.cc
_Unwind_Reason_Code __wrap___gxx_personality_v0(RT0_PERSONALITY_ARGS);
_Unwind_Reason_Code __real___gxx_personality_v0(RT0_PERSONALITY_ARGS);
#if defined(__ARM_EABI_UNWINDER__)
_Unwind_Reason_Code __gnu_unwind_frame(_Unwind_Exception*, _Unwind_Context*);
bool __cxa_begin_cleanup(_Unwind_Exception*);
_Unwind_Exception* __gnu_end_cleanup();
#endif
}

namespace rt0 {

// What catch (...) catches when a panic or Goexit leaves its try block.
struct Leaving : std::exception {
  const char* what() const noexcept override { return "a panic or goexit_now() leaves the function"; }
};

struct Leave {
  Leave* older;
  RecoverPoint* to;  // where the goroutine goes on; null: it ends
  uintptr end;       // a stack pointer: the frame that has `to`, or the goroutine's last one, has been passed
  // The frame whose landing pad was entered last: its stack pointer; and its frame pointer and its function, because
  // where arguments are pushed the stack pointer is not the same at each of a frame's calls.
  uintptr position, frame, function;
  uintptr at, callee;  // pcs of the frame for which stop() was called last, and before
  bool in_handler;     // a catch (...) has caught it
  unsigned uncaught;   // std::uncaught_exceptions() while the frames are left
  void* propagating;   // arm's list before it began
  _Unwind_Exception* exception;
  decltype(_Unwind_Exception::exception_cleanup) release;  // libsupc++'s: drops one reference to the object
  Panic goexit;                                            // on g->panics during a Goexit
};

namespace {

// The stack pointer of a frame, by which frames are told apart. arm's unwinder gives the next frame's as the CFA.
uintptr frame_sp(_Unwind_Context* at) {
#if defined(__ARM_EABI_UNWINDER__)
  return _Unwind_GetGR(at, 13);
#else
  return _Unwind_GetCFA(at);
#endif
}

Exceptions* my_exceptions() { return exceptions_of(getg()); }

_Unwind_Reason_Code look(_Unwind_Context* at, void* arg);
_Unwind_Reason_Code stop(int, _Unwind_Action actions, _Unwind_Exception_Class, _Unwind_Exception*, _Unwind_Context* at,
                         void* leave);

// The search for the frame at which the goroutine goes on.
struct Search {
  uintptr to;   // the address of the recover point; 0: the goroutine's end is looked for
  uintptr end;  // the result, the stack pointer of the next frame; 0: not found
};

_Unwind_Reason_Code look(_Unwind_Context* at, void* arg) {
  Search* const search = static_cast<Search*>(arg);
  const uintptr sp = frame_sp(at), pc = _Unwind_GetIP(at);
  const bool found = search->to != 0 ? sp > search->to : pc == reinterpret_cast<uintptr>(&goexit) + Isa::kPCQuantum;
  if (!found) return _URC_NO_REASON;
  search->end = sp;
  return _URC_END_OF_STACK;
}

// Is rp older than `than`? A null rp, the goroutine's end, is older than every point.
bool is_older(const RecoverPoint* rp, const RecoverPoint* than) {
  if (than == nullptr) return false;
  for (than = than->link; than != nullptr && than != rp;) than = than->link;
  return than == rp;
}

// The goroutine has come to where it goes on, or ends.
[[noreturn]] void arrive(Leave* leave) {
  Exceptions* const state = my_exceptions();
  RecoverPoint* const to = leave->to;
  run_left_defers(to, ~uintptr{0});
  if (to == nullptr) getg()->panics = nullptr;
  while (Leave* l = state->leaving) {
    if (l != leave && is_older(l->to, to)) break;
    state->leaving = l->older;
    state->uncaught = l->uncaught - 1;
    state->propagating = l->propagating;
    l->release(_URC_NO_REASON, l->exception);
    heap_free(l);
  }
  state->held.store_release(state->leaving != nullptr ? 1 : 0);
  go_on(to);
}

_Unwind_Reason_Code stop(int, _Unwind_Action actions, _Unwind_Exception_Class, _Unwind_Exception*, _Unwind_Context* at,
                         void* arg) {
  Leave* const leave = static_cast<Leave*>(arg);
  const uintptr sp = frame_sp(at);
  leave->callee = leave->at;
  leave->at = _Unwind_GetIP(at);
  run_left_defers(leave->to, sp);
  if (sp >= leave->end) arrive(leave);
  check((static_cast<int>(actions) & _UA_END_OF_STACK) == 0, "unwinding: a frame has no tables");
  return _URC_NO_REASON;
}

[[noreturn]] void unwind(Leave* leave) {
  my_exceptions()->uncaught = leave->uncaught;
  leave->in_handler = false;
  (void)_Unwind_ForcedUnwind(leave->exception, stop, leave);
  throw_("unwinding: the unwinder has given up");
}

void handler_ended(_Unwind_Reason_Code, _Unwind_Exception* exception);

// From now on `exception` is the object with which the frames are left.
void carry(Leave* leave, _Unwind_Exception* exception) {
  leave->exception = exception;
  leave->release = exception->exception_cleanup;
  exception->exception_cleanup = handler_ended;
}

// The handler of a catch (...) has ended: the unwinding goes on.
//
// If it has ended by throwing another exception, this is called in a landing pad of that one, and must return: the rest
// of the function's objects is destroyed by that landing pad. The other exception goes to its own handler, and when
// that ends, the unwinding goes on.
void handler_ended(_Unwind_Reason_Code, _Unwind_Exception* exception) {
  Exceptions* const state = my_exceptions();
  Leave* leave = state->leaving;
  while (leave != nullptr && leave->exception != exception) leave = leave->older;
  check(leave != nullptr, "unwinding: unknown exception");
  if (state->uncaught < leave->uncaught || state->uncaught >= Exceptions::kLanded) unwind(leave);
  leave->release(_URC_NO_REASON, exception);
  carry(leave, static_cast<_Unwind_Exception*>(state->landed[state->uncaught]));
}

// Whether pc is in the function that programs call when a divisor is 0.
bool is_divide_handler(uintptr pc) {
  constexpr usize kBytes = 48;  // it only calls panic_divide
  return pc - reinterpret_cast<uintptr>(&__ubsan_handle_divrem_overflow) < kBytes;
}

uintptr read_uleb(const u8*& p) {
  uintptr v = 0;
  for (u32 shift = 0;; shift += 7) {
    const u8 byte = *p++;
    v |= uintptr{byte & 0x7fu} << shift;
    if ((byte & 0x80) == 0) return v;
  }
}
u32 read_u32(const u8*& p) {
  u32 v;
  __builtin_memcpy(&v, p, sizeof(v));
  p += sizeof(v);
  return v;
}

// Does the frame's table have an entry for the place where it is? If not, the place is in a noexcept function, or in a
// call of one, and libsupc++ would call std::terminate. The table: an encoding and a start of landing pads, an encoding
// and an offset of types, an encoding and a length, then the entries, in ascending order: start, length, landing pad,
// action.
//
// A division by zero is found by a call that compilers take for one that throws nothing. The division itself follows
// the call (-fsanitize-recover, -fno-reorder-blocks), and has an entry, because it might trap. So if the frame has made
// that call, the next entry is the right one: the frame is moved there.
bool has_entry(_Unwind_Context* at, bool divides) {
  constexpr u8 kOmitted = 0xff, kUleb = 0x01, kUdata4 = 0x03;
  auto p = static_cast<const u8*>(_Unwind_GetLanguageSpecificData(at));
  if (p == nullptr) return false;
  int before = 0;
  uintptr pc = _Unwind_GetIPInfo(at, &before);
  if (before == 0) pc--;
  const uintptr function = _Unwind_GetRegionStart(at);
  pc -= function;
  if (*p++ != kOmitted) return true;  // no compiler for rt0 writes it; libsupc++ decides
  if (*p++ != kOmitted) (void)read_uleb(p);
  const u8 encoding = *p++;
  const uintptr length = read_uleb(p);
  if (encoding != kUleb && encoding != kUdata4) return true;
  const auto next = [&] { return encoding == kUleb ? read_uleb(p) : uintptr{read_u32(p)}; };
  for (const u8* const end = p + length; p < end;) {
    const uintptr start = next(), bytes = next();
    (void)next();
    (void)read_uleb(p);
    if (pc < start) {
      const uintptr division = function + start + Isa::kPCQuantum;  // a return address lies behind the instruction
      if (divides) _Unwind_SetIP(at, division);
      return divides;
    }
    if (pc < start + bytes) return true;
  }
  return false;
}

uintptr frame_fp(_Unwind_Context* at) { return _Unwind_GetGR(at, Isa::kUnwindFrame); }

// Finds out whether the frame that has called the runtime is the one at which `leave` is.
struct Caller {
  const Leave* leave;
  bool is_there;
};
_Unwind_Reason_Code find_caller(_Unwind_Context* at, void* arg) {
  Caller* const caller = static_cast<Caller*>(arg);
  const uintptr pc = _Unwind_GetIP(at);
  if (is_runtime(pc)) return _URC_NO_REASON;
  const Leave* const l = caller->leave;
  const bool same =
      frame_sp(at) == l->position || (frame_fp(at) == l->frame && _Unwind_GetRegionStart(at) == l->function);
  caller->is_there = is_program(pc) && l->position != 0 && same;
  return _URC_END_OF_STACK;
}

}  // namespace

bool runtime_is_shown() {
  const Exceptions* const state = my_exceptions();
  const Leave* const leave = state->leaving;
  return state->looking || (leave != nullptr && !leave->in_handler && leave->uncaught == state->uncaught);
}

// std::terminate was called: the linker gives calls this name, and the toolchain's function the other. If that was at
// the end of a landing pad of a noexcept function that is being left, this goes on with leaving.
[[noreturn]] void real_terminate() __asm__("__real__ZSt9terminatev");
[[noreturn]] void wrapped_terminate() __asm__("__wrap__ZSt9terminatev");
void wrapped_terminate() {
  Exceptions* const state = my_exceptions();
  Leave* const leave = state->leaving;
  if (leave != nullptr && runtime_is_shown()) {
    Caller caller = {leave, false};
    state->looking = true;
    (void)_Unwind_Backtrace(find_caller, &caller);
    state->looking = false;
    if (caller.is_there) unwind(leave);
  }
  real_terminate();
}

void left_to(RecoverPoint* rp) {
  Leave* const leave = my_exceptions()->leaving;
  if (leave != nullptr && leave->to == rp) arrive(leave);
}

void leave_frames(RecoverPoint* to) {
  Exceptions* const state = my_exceptions();
  state->held.store_release(1);
  restore_returns();
  Search search{.to = reinterpret_cast<uintptr>(to), .end = 0};
  state->looking = true;
  (void)_Unwind_Backtrace(look, &search);
  state->looking = false;
  if (search.end == 0) {
    state->held.store_release(state->leaving != nullptr ? 1 : 0);
    return;
  }
  void* const object = abi::__cxa_allocate_exception(sizeof(Leaving));
  auto* const references = reinterpret_cast<int*>(
      abi::__cxa_init_primary_exception(object, const_cast<std::type_info*>(&typeid(Leaving)), [](void*) {}));
  *references = 1;
  ::new (detail::InPlace{}, object) Leaving;
  auto* const leave = malloc_or_die<Leave>();
  *leave = {.older = state->leaving,
            .to = to,
            .end = search.end,
            .position = 0,
            .frame = 0,
            .function = 0,
            .at = 0,
            .callee = 0,
            .in_handler = false,
            .uncaught = state->uncaught + 1,
            .propagating = state->propagating,
            .exception = nullptr,
            .release = nullptr,
            .goexit = {.goexit = true}};
  if (to == nullptr) getg()->panics = &leave->goexit;
  carry(leave, static_cast<_Unwind_Exception*>(object) - 1);
  state->leaving = leave;
  unwind(leave);
}

}  // namespace rt0

_Unwind_Reason_Code __wrap___gxx_personality_v0(RT0_PERSONALITY_ARGS) {
  using namespace rt0;
  Exceptions* const state = exceptions_of(getg());
  Leave* const leave = state->leaving;
  const bool ours = leave != nullptr && leave->exception == exception;
  if (ours) leave->in_handler = false;
#if defined(__ARM_EABI_UNWINDER__)
  const uintptr callee = ours ? leave->at : 0;  // this is called before stop()
  const bool forced = actions == (_US_UNWIND_FRAME_STARTING | _US_FORCE_UNWIND);
  if (ours && forced) _Unwind_SetGR(at, 12, reinterpret_cast<_Unwind_Word>(exception));  // where the next calls look
#else
  const uintptr callee = ours ? leave->callee : 0;
  const bool forced = (actions & _UA_FORCE_UNWIND) != 0;
#endif
  if (ours && forced && !has_entry(at, is_divide_handler(callee))) {
#if defined(__ARM_EABI_UNWINDER__)
    if (__gnu_unwind_frame(exception, at) != _URC_OK) return _URC_FAILURE;
#endif
    return _URC_CONTINUE_UNWIND;
  }
#if defined(__ARM_EABI_UNWINDER__)
  // Where there are handlers, arm's routine takes the object of a forced unwinding for one that libsupc++ did not make:
  // it changes the class, and calls std::terminate if landing pads run for another exception, too. So it is shown an
  // empty list of these, and class and list are put right afterwards.
  char kind[sizeof(exception->exception_class)];
  __builtin_memcpy(kind, exception->exception_class, sizeof(kind));
  void* const propagating = state->propagating;
  if (ours) state->propagating = nullptr;
  const _Unwind_Reason_Code result = __real___gxx_personality_v0(RT0_PERSONALITY_VALUES);
  if (ours) {
    const bool cleanup = state->propagating != nullptr;
    if (cleanup && __builtin_memcmp(kind, exception->exception_class, sizeof(kind)) == 0) (void)__gnu_end_cleanup();
    __builtin_memcpy(exception->exception_class, kind, sizeof(kind));
    state->propagating = propagating;
    if (cleanup) (void)__cxa_begin_cleanup(exception);
  }
#else
  const _Unwind_Reason_Code result = __real___gxx_personality_v0(RT0_PERSONALITY_VALUES);
#endif
  if (result != _URC_INSTALL_CONTEXT) return result;
  if (!ours) {
    if (state->uncaught < Exceptions::kLanded) state->landed[state->uncaught] = exception;
  } else {
    leave->position = frame_sp(at);
    leave->frame = frame_fp(at);
    leave->function = _Unwind_GetRegionStart(at);
    leave->in_handler = _Unwind_GetGR(at, __builtin_eh_return_data_regno(1)) != 0;
  }
  return result;
}
