#include "runtime/diag/traceback.h"

#include "base/pclntab.h"
#include "kernel_iface/kernel.h"
#include "mem/sysmem.h"
#include "sched/debugvars.h"
#include "sched/preempt.h"
#include "trace/trace.h"

namespace rt0 {

// The linker script's names for the table and the text it describes.
extern "C" const u8 rt0_pclntab_start[] __asm__("runtime.pclntab");
extern "C" const u8 rt0_pclntab_end[] __asm__("runtime.epclntab");
extern "C" const u8 rt0_text_start[] __asm__("runtime.text");

namespace {

// Of a deep recursion the two ends are shown, with "...N frames elided..." between them, as Go does.
constexpr u32 kInnerFrames = 50, kOuterFrames = 50;
constexpr u32 kMaxInline = 8;  // the greatest number of logical frames (a function and its inlined calls) of one pc

using ull = unsigned long long;  // what %llu takes

constinit PcLnHeader pclntab{};  // raw_len 0: there is no table

// The unpacked table's index; the table's raw_len bytes follow it in memory.
struct Unpacked {
  PcIndex index;

  const u8* raw() const { return reinterpret_cast<const u8*>(this + 1); }
};
constinit Atomic<const Unpacked*> unpacked{nullptr};

void read_header() {
  if (!pclntab_header(rt0_pclntab_start, static_cast<usize>(rt0_pclntab_end - rt0_pclntab_start), &pclntab))
    pclntab = {};
}

void* alloc(usize n) {
  constexpr uintptr kLargestPage = 64 * 1024;  // a traceback early in the boot does not know the size of pages yet
  return sysAlloc(align_up(n, kLargestPage));
}

// Unpacks the table and makes its index. If there is no memory for the index, tracebacks work without it, slowly.
const Unpacked* unpack() {
  if (pclntab.raw_len == 0) read_header();
  auto* u = static_cast<Unpacked*>(alloc(sizeof(Unpacked) + pclntab.raw_len));
  if (u == nullptr) return nullptr;
  u8* raw = reinterpret_cast<u8*>(u + 1);
  if (!pclntab_unpack(rt0_pclntab_start, pclntab, raw)) return nullptr;
  const Span<const u8> bytes{raw, pclntab.raw_len};
  void* memory = alloc(pclntab_index_size(bytes, pclntab.text_size));
  u->index = memory != nullptr ? pclntab_index(bytes, pclntab.text_size, static_cast<u32*>(memory)) : PcIndex{};
  return u;
}

bool is_runtime(const PcFrame& f) { return f.package == Str("runtime."); }

// A pc as an offset into the text; ~0 for a pc outside of it.
u32 text_offset(uintptr pc) {
  const uintptr off = program_pc(pc) - reinterpret_cast<uintptr>(rt0_text_start);
  return off < pclntab.text_size ? static_cast<u32>(off) : ~u32{0};
}

// Finds the logical frames of pc in the table, which the first call unpacks. No lock is safe here, so two Ms may unpack
// it at the same time: both make the same bytes, and store the pointer after them. Returns 0 if there is no table, or
// no memory for it.
usize frames_of(uintptr pc, Span<PcFrame> out) {
  const Unpacked* u = unpacked.load_acquire();
  if (u == nullptr) {
    if (u = unpack(); u == nullptr) return 0;
    unpacked.store_release(u);
  }
  return pclntab_frames({u->raw(), pclntab.raw_len}, text_offset(pc), out, nullptr, nullptr, u->index);
}

// How far pc is from the entry of its function, of which `f` is a frame. The return address of a call that is the
// text's last instruction is the text's end.
ull offset_in(uintptr pc, const PcFrame& f) {
  return static_cast<u32>(program_pc(pc) - reinterpret_cast<uintptr>(rt0_text_start)) - f.entry;
}

// The logical frames of a pc, innermost first; for a return address, the frames of the call before it.
struct Frames {
  union {
    PcFrame at[kMaxInline];  // [0, n) are set
  };
  usize n;

  Frames(uintptr pc, bool is_return) : n(frames_of(pc - is_return, {at, kMaxInline})) {}
};

void put_func(Writer& w, const PcFrame& f) {
  w.put(f.package);  // NOLINT(clang-analyzer-core.CallAndMessage): Frames::at is set up to n
  w.put(f.func);
}

// Functions of package runtime that programs call are shown like functions of the program. Go: isExportedRuntime.
bool is_exported(Str func) {
  for (char c : func)
    if (c == ':' || c == '<' || c == '.') return false;
  return !func.empty() && func.ptr[0] >= 'A' && func.ptr[0] <= 'Z';
}

bool starts_with(Str s, Str head) { return s.len >= head.len && s.sub(0, head.len) == head; }

// Functions that a signal handler has put onto the stack. The code below such a frame was interrupted; its pc is no
// return address.
bool is_injected(const PcFrame& f) {
  return is_runtime(f) && (f.func == Str("sigpanic") || f.func == Str("asyncPreempt"));
}

// A pc that is printed only if it is among the outermost frames, which is known at the end of the stack.
struct OuterPc {
  uintptr pc;
  u32 at;  // how many frames are shown before it
  bool is_return;
};

// Prints a traceback's frames: the first kInnerFrames at once, the last kOuterFrames in the end.
class Printer {
 public:
  Printer(Writer& w, i32 level) : w_(w), level_(level) {}

  // Adds the frames of one pc; false if that was the goroutine's first function, or nothing more can be written.
  bool add(uintptr pc, bool is_return) {
    if (w_.full()) return false;
    const u32 before = shown_;
    const bool more = shown_ < kInnerFrames ? show(pc, is_return, 0, kInnerFrames, &shown_) : count(pc, is_return);
    if (shown_ > kInnerFrames && shown_ > before) ring_[ring_n_++ % kOuterFrames] = {pc, before, is_return};
    return more;
  }
  bool injected() const { return injected_; }
  u32 shown() const { return shown_; }

  void finish() {
    if (shown_ <= kInnerFrames) return;
    u32 from = kInnerFrames;
    if (shown_ > kInnerFrames + kOuterFrames) {
      from = shown_ - kOuterFrames;
      w_.fmt("...%d frames elided...\n", static_cast<i32>(from - kInnerFrames));
    }
    for (u32 i = ring_n_ > kOuterFrames ? ring_n_ - kOuterFrames : 0; i < ring_n_; i++) {
      const OuterPc& o = ring_[i % kOuterFrames];
      u32 at = o.at;
      (void)show(o.pc, o.is_return, from, ~u32{0}, &at);
    }
  }

 private:
  // Go: showframe. gopanic is shown between the deferred calls and the code that has panicked.
  bool is_shown(const PcFrame& f, u32 at) const {
    if (level_ >= 2) return true;
    if (starts_with(f.func, Str("__ubsan_"))) return false;  // rt0's own functions, in runtime/panic/ubsan.cc
    if (!is_runtime(f)) return true;
    return (f.func == Str("gopanic") && at > 0) || (is_exported(f.func) && !f.inlined);
  }

  // As show, but counts the frames without printing them. A deep stack has only a few different pcs, so the results of
  // the last ones are kept.
  bool count(uintptr pc, bool is_return) {
    Counted& c = counted_[pc / 4 % countof(counted_)];
    if (c.pc != pc || c.is_return != is_return) {
      u32 at = shown_;
      const bool more = show(pc, is_return, 0, 0, &at);
      c = {pc, at - shown_, is_return, more, injected_};
    }
    shown_ += c.frames;
    injected_ = c.injected;
    return c.more;
  }

  // Numbers the shown frames of pc, beginning at *at, which it advances; prints those with numbers in [from, to).
  [[gnu::noinline]] bool show(uintptr pc, bool is_return, u32 from, u32 to, u32* at) {
    const Frames f(pc, is_return);
    bool more = true;
    injected_ = false;
    if (f.n == 0) {
      if (*at >= from && *at < to) w_.fmt("?()\n\tpc=%#llx\n", static_cast<ull>(pc));
      ++*at;
    }
    for (usize i = 0; i < f.n; i++) {
      const PcFrame& frame = f.at[i];
      if (is_runtime(frame) && frame.func == Str("goexit")) more = false;
      if (is_injected(frame)) injected_ = true;
      if (!is_shown(frame, *at)) continue;
      if (*at >= from && *at < to) put_frame(frame, pc);
      ++*at;
    }
    return more;
  }

  void put_frame(const PcFrame& frame, uintptr pc) {
    const bool is_panic = is_runtime(frame) && frame.func == Str("gopanic");
    if (is_panic) w_.put("panic({...})\n\t");  // Go prints its function's two words
    else put_func(w_, frame);
    if (!is_panic) w_.put(frame.inlined ? Str("(...)\n\t") : Str("()\n\t"));
    w_.put(frame.file.empty() ? Str("?") : frame.file);
    w_.fmt(":%d", static_cast<i32>(frame.line));
    if (!frame.inlined) w_.fmt(" +%#llx", offset_in(pc, frame));
    w_.put('\n');
  }

  Writer& w_;
  i32 level_;
  u32 shown_ = 0;
  u32 ring_n_ = 0;
  bool injected_ = false;
  OuterPc ring_[kOuterFrames];
  struct Counted {
    uintptr pc;
    u32 frames;  // how many are shown
    bool is_return, more, injected;
  };
  Counted counted_[16] = {};
};

// Prints "created by" and the go statement that started goroutine goid; nothing for the main goroutine. parent: the
// goroutine that ran the go statement; 0 is not printed. Go: printcreatedby.
void put_created_by(Writer& w, u64 goid, const GoSite& at, u64 parent) {
  if (at.gopc == 0 || goid == 1) return;
  const Frames f(at.gopc, true);
  usize i = 0;  // the innermost frame that is not the inlined part of the go statement
  while (i + 1 < f.n && is_runtime(f.at[i])) i++;
  if (f.n == 0) return;
  w.put("created by ");
  put_func(w, f.at[i]);
  if (parent != 0) w.fmt(" in goroutine %llu", static_cast<ull>(parent));
  w.fmt("\n\t%s:%d +%#llx\n", at.file != nullptr ? at.file : "?", static_cast<i32>(at.line),
        offset_in(at.gopc, f.at[i]));
}

void put_ancestors(Writer& w, const G* gp, i32 level) {
  if (gp->ancestors == nullptr) return;
  for (u32 a = 0; a < gp->ancestors->n; a++) {
    const AncestorInfo& info = gp->ancestors->infos()[a];
    w.fmt("[originating from goroutine %llu]:\n", static_cast<ull>(info.goid));
    Printer p(w, level);
    for (u32 i = 0; i < info.npcs; i++)
      if (!p.add(info.pcs[i], true)) break;
    put_created_by(w, info.goid, info.created, 0);
  }
}

bool in(const Stack& s, uintptr a) { return a >= s.lo && a < s.hi; }

// Goes one step up the frame chain of gp's stack; false at its end. Each value is checked before it is used, because
// the stack may be broken and be the reason for the traceback. The innermost frames of a preempted goroutine may lie on
// its preempt stack.
bool next_frame(const G* gp, uintptr* fp, uintptr* pc) {
  const uintptr at = *fp;
  const bool aside = in(gp->preempt_stack, at);
  const Stack& s = aside ? gp->preempt_stack : gp->stack;
  constexpr uintptr kFrame = 2 * sizeof(uintptr);
  if (at == 0 || s.hi < kFrame || at % sizeof(uintptr) != 0) return false;
  const uintptr lo = at - Isa::kFrameBelow;
  if (lo < s.lo || lo > s.hi - kFrame) return false;
  uintptr caller;
  *pc = program_pc(frame_return(at, &caller));
  if (*pc == 0) return false;
  // Chains only lead outwards: up, and from the preempt stack to the goroutine's own.
  *fp = caller > at || (aside && in(gp->stack, caller)) ? caller : 0;
  return true;
}

}  // namespace

bool put_program_function(Writer& w, uintptr pc, const char* before) {
  const Frames f(pc, true);
  for (usize i = 0; i < f.n; i++) {
    if (is_runtime(f.at[i])) continue;
    w.put(cstr(before));
    put_func(w, f.at[i]);
    return true;
  }
  return false;
}

void put_call_place(Writer& w, uintptr pc) {
  const Frames f(pc, true);
  if (f.n == 0) return w.fmt("pc %#llx", static_cast<ull>(pc));
  const PcFrame& outermost = f.at[f.n - 1];
  put_func(w, outermost);
  w.fmt(" (%.*s:%d)", static_cast<int>(outermost.file.len), outermost.file.ptr, static_cast<i32>(outermost.line));
}

void moduledataverify1() {
  trace_boot(Ev::moduledataverify1);
  read_header();
}

void moduledataverify() {
  trace_boot(Ev::moduledataverify);
  moduledataverify1();
}

void goroutineheader(Writer& w, G* gp, bool with_pointers) {
  const GStatus status = readgstatus(gp);
  w.fmt("goroutine %llu", static_cast<ull>(gp->goid));
  if (with_pointers) {
    w.fmt(" gp=%#llx m=", static_cast<ull>(reinterpret_cast<uintptr>(gp)));
    if (gp->m == nullptr) w.put("nil");
    else w.fmt("%d mp=%#llx", gp->m->id, static_cast<ull>(reinterpret_cast<uintptr>(gp->m)));
  }
  w.put(" [");
  const Str reason = status == GStatus::waiting ? wait_reason_text(gp->waitreason) : Str();
  w.put(reason.empty() ? status_name(status) : reason);
  // How long it has been waiting, in minutes; sysmon sets waitsince.
  if ((status == GStatus::waiting || status == GStatus::syscall) && gp->waitsince != 0) {
    constexpr i64 kMinute = 60 * i64{1000000000};
    const i64 minutes = (kernel->nanotime() - gp->waitsince) / kMinute;
    if (minutes >= 1) w.fmt(", %lld minutes", static_cast<long long>(minutes));
  }
  if (gp->lockedm.load_relaxed() != nullptr) w.put(", locked to thread");
  w.put("]:\n");
}

// Prints how much of its stack the goroutine, or an earlier goroutine with this stack, has ever used: from the stack's
// end down to the lowest page that is in memory. Prints nothing if the kernel does not tell which pages are in memory.
// The simulated kernel does not, because the sizes of frames differ between ISAs.
static void put_stack_use(Writer& w, const G* gp) {
  u8 pages[64];
  const usize step = sizeof(pages) * physPageSize;
  for (uintptr at = gp->stack.lo; at < gp->stack.hi && gp->stack_bytes != 0; at += step) {
    const usize n = min(step, align_up(gp->stack.hi, physPageSize) - at);
    if (!kernel->mem_resident(reinterpret_cast<void*>(at), n, pages).ok()) return;
    for (usize i = 0; i < n / physPageSize; i++) {
      if ((pages[i] & 1) == 0) continue;
      w.fmt("runtime: goroutine stack used %llu of %llu bytes\n",
            static_cast<ull>(gp->stack.hi - (at + i * physPageSize)), static_cast<ull>(gp->stack.hi - gp->stack.lo));
      return;
    }
  }
}

// True if the function that was interrupted at pc returns to lr, and no frame has that return address. False if lr is
// only left over from the last call: then it lies in the interrupted function itself, or is the return address that
// the function's frame has, too.
static bool is_lost_return(uintptr lr, uintptr pc, const G* gp, uintptr fp) {
  if (lr == 0) return false;
  lr = program_pc(lr);
  const Frames in(pc, false), to(lr, true);
  if (to.n == 0 || (in.n != 0 && in.at[in.n - 1].entry == to.at[to.n - 1].entry)) return false;
  uintptr next;
  return !next_frame(gp, &fp, &next) || next != lr;
}

static u32 put_frames(Writer& w, G* gp, TracePoint at, i32 level) {
  Printer p(w, level);
  uintptr pc = at.pc, fp = at.fp;
  bool is_return = at.is_return, interrupted = false;
  bool more = p.add(pc, is_return);
  if (more && is_lost_return(at.lr, pc, gp, fp)) more = p.add(at.lr, true);
  while (more) {
    const bool injected = p.injected();
    const uintptr callee = pc;
    if (!next_frame(gp, &fp, &pc)) break;
    // The signal handler has pushed a frame with the link register: see Kernel::sigcontext_call. Skip it if lr was only
    // left over.
    if (interrupted && !is_lost_return(pc, callee, gp, fp) && !next_frame(gp, &fp, &pc)) break;
    is_return = !injected;
    interrupted = injected && Isa::kFramelessLeaves;
    more = p.add(pc, is_return);
  }
  p.finish();
  return p.shown();
}

// For a goroutine in a system call the traceback starts at the function that made the call, wherever the thread is now.
// If no frame belongs to the program, the runtime's frames are printed instead of nothing.
void traceback(Writer& w, G* gp, TracePoint at, i32 level) {
  if (readgstatus(gp) == GStatus::syscall && gp->syscallsp != 0) at = {gp->syscallpc, gp->syscallbp, true};
  if (put_frames(w, gp, at, level) == 0 && level < 2) (void)put_frames(w, gp, at, 2);
  put_created_by(w, gp->goid, gp->created, gp->parent_goid);
  put_ancestors(w, gp, level);
  if (debug.tracebackstack > 0) put_stack_use(w, gp);
}

void traceback_saved(Writer& w, G* gp, i32 level) {
  // The pc of a goroutine that has never run is its function's entry, which is no return address.
  traceback(w, gp, {gp->sched.pc, gp->sched.bp, gp->sched.bp != 0}, level);
}

void tracebackothers(Writer& w, G* me, i32 level) {
  M* mp = getg()->m;
  G* curg = mp->curg.load_relaxed();
  if (curg != nullptr && curg != me) {
    w.put('\n');
    goroutineheader(w, curg, level >= 2);
    traceback_saved(w, curg, level);
  }
  // allglock is not taken: the fatal error may have happened while this M held it.
  for (G* gp = allgs.load_acquire(); gp != nullptr; gp = gp->alllink.load_acquire()) {
    const GStatus status = readgstatus(gp);
    if (gp == me || gp == curg || status == GStatus::dead || status == GStatus::idle) continue;
    if (gp->system && level < 2) continue;
    if (w.full()) return;
    w.put('\n');
    goroutineheader(w, gp, level >= 2);
    if (status == GStatus::running) {
      w.put("\tgoroutine running on other thread; stack unavailable\n");
      put_created_by(w, gp->goid, gp->created, gp->parent_goid);
      if (debug.tracebackstack > 0) put_stack_use(w, gp);
    } else {
      traceback_saved(w, gp, level);
    }
  }
}

TracePoint trace_here() {
  uintptr caller_fp;
  const uintptr pc = frame_return(Isa::frame_pointer(), &caller_fp);
  return {pc, caller_fp, true};
}

u32 callers_of_systemstack(const G* gp, Span<uintptr> pcs) {
  uintptr fp = gp->sched.bp, pc = 0;
  u32 n = 0;
  while (n < pcs.len && next_frame(gp, &fp, &pc)) pcs[n++] = pc;
  return n;
}

}  // namespace rt0
