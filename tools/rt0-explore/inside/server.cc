// Commands, runs, reports.
//
// rt0-explore writes lines to descriptor kCommands: "run FIRST COUNT FLUSH SPEC". SPEC is RT0_SIM without seed= and
// procs=. The seeds FIRST, FIRST + 1, … are run; a report for each goes to kReports. FLUSH 1: each is written at once.
// "play N TRAIL SPEC": one run with N given choices, which follow (play.cc): 24 bytes each, u8 kind, u8 kind of the
// resource, two bytes that mean nothing, u32 pick, i64 number of the resource, u64 how many choices of this kind about
// it come before. SPEC names a seed here. TRAIL 1: behind the report come u32 how many choices were made, and 56 bytes
// for each: kind, kind of the resource, two bytes, u32 alternatives, u32 pick, four bytes, u64 number of the resource,
// u64 the goroutine that ran, three u64 places in the program.
// The program ends when the commands do.
//
// A report, all numbers with their lowest byte first: u32 bytes of the whole report, i32 status, u64 seed, u64 choices,
// u64 events, i64 time in ns, u64 hash of the output, u64 hash of the trace (0: there was none), u32 steps, u32 hot
// pages; then what standard error began with.
#include "inside.h"
#include "thread_pointer.h"

namespace rt0::explore {

constinit Imports imports = {};
constinit Kernel linux_was = {}, sim_was = {};
constinit KernelIo io_was = {};

namespace {

constexpr i32 kCommands = 1000, kReports = 1001;
constexpr usize kReportHead = 68, kStack = 64 * 1024, kLine = 1024, kOut = 64 * 1024;

constinit uintptr at_start[40] = {};  // the context to which each run returns; as RecoverPoint's
constinit G* g_at_start = nullptr;
constinit u8* stack = nullptr;
constinit u8* out = nullptr;
constinit usize out_len = 0;
constinit char line[kLine] = {};
constinit sim::Options options = {};
constinit u64 seed = 0, left = 0;
constinit bool flush_each = false, plays = false, wants_trail = false;
constinit i32 status_now = 0;
constinit bool after_main = false;  // main.main has returned, and the program runs on: see leaks.cc

RecoverPoint* context() { return reinterpret_cast<RecoverPoint*>(at_start); }

void flush() {
  const usize n = out_len;
  out_len = 0;
  for (usize done = 0; done < n;) {
    const SysResult r = linux_was.write(kReports, out + done, n - done);
    if (r.ok()) done += r.value;
    else if (r.err != Errno::intr) linux_was.exit(0);
  }
}

void put(u64 v, usize bytes) {
  for (usize i = 0; i < bytes; i++) out[out_len++] = static_cast<u8>(v >> (8 * i));
}

void report() {
  const sim::State& s = *imports.state;
  const u32 leaks = leaks_left();
  if (out_len + kReportHead + kTextMax > kOut) flush();
  put(kReportHead + written.text_len, 4);
  put(static_cast<u32>(status_now), 4);
  put(seed, 8);
  put(s.choices, 8);
  put(s.events, 8);
  put(static_cast<u64>(s.now), 8);
  put(written.out_hash, 8);
  put(written.traced ? written.trace_hash : 0, 8);
  put(s.step == nullptr ? 0 : *s.step, 4);
  put(pages_hot(), 4);
  put(leaks, 4);
  for (u32 i = 0; i < written.text_len; i++) out[out_len++] = static_cast<u8>(written.text[i]);
  if (flush_each) flush();
}

// The next line of commands; the process ends if there is none.
Str command() {
  usize n = 0;
  for (;;) {
    char c;
    const SysResult r = linux_was.read(kCommands, &c, 1);
    if (r.err == Errno::intr) continue;
    if (!r.ok() || r.value == 0) linux_was.exit(0);
    if (c == '\n') return {line, n};
    if (n == kLine) die("a command is too long");
    line[n++] = c;
  }
}

u64 number(Str* s) {
  u64 v = 0;
  usize i = 0;
  for (; i < s->len && (*s)[i] >= '0' && (*s)[i] <= '9'; i++) v = v * 10 + static_cast<u64>((*s)[i] - '0');
  *s = s->sub(i < s->len ? i + 1 : i);
  return v;
}

void next_command() {
  flush();
  Str c = command();
  plays = c.len > 5 && c.sub(0, 5) == Str("play ");
  if (plays) {
    c = c.sub(5);
    play_flips(number(&c));
    wants_trail = number(&c) != 0;
    left = 1;
    flush_each = true;
  } else {
    if (c.len < 4 || c.sub(0, 4) != Str("run ")) die("a command is not understood");
    c = c.sub(4);
    seed = number(&c);
    left = number(&c);
    flush_each = number(&c) != 0;
  }
  options = {};
  options.number[sim::kProcs] = imports.state->opt.number[sim::kProcs];
  if (!c.empty()) {
    parsing = true;
    imports.parse_options(c, ',', &options);
    parsing = false;
  }
  if (left == 0) die("a command asks for no run");
  if (!plays) return;
  seed = static_cast<u64>(options.number[sim::kSeed]);
  options.replay = Str("play");  // not empty: every choice is asked of choice_made
}

// Runs on a stack of its own, for the first time after the snapshot, then after each run.
[[noreturn]] void next_run() {
  if (left == 0) next_command();
  left--;
  run_number++;
  pages_restore();
  calls_restore();
  leaks_restore();
  play_restore();
  after_main = false;
  options.number[sim::kSeed] = static_cast<i64>(seed);
  if (imports.tls_room != nullptr) ThreadPointer::set(Isa::tls_base(g_at_start->m->tls), hwcap2);
  Isa::setg(g_at_start);
  imports.recovery(context());
  __builtin_unreachable();
}

[[noreturn]] void to_own_stack(void (*fn)()) {
  Gobuf buf = {};
  buf.sp = reinterpret_cast<uintptr>(stack) + kStack - 256;
  buf.g = g_at_start;
  Isa::gostartcall(&buf, reinterpret_cast<uintptr>(fn), nullptr, reinterpret_cast<uintptr>(fn));
  imports.gogo(&buf);
  __builtin_unreachable();
}

}  // namespace

void read_exactly(void* p, usize n) {
  for (usize done = 0; done < n;) {
    const SysResult r = linux_was.read(kCommands, static_cast<u8*>(p) + done, n - done);
    if (r.ok() && r.value > 0) done += r.value;
    else if (r.err != Errno::intr) linux_was.exit(0);
  }
}

void write_exactly(const void* p, usize n) {
  if (out_len + n > kOut) flush();
  for (usize i = 0; i < n; i++) out[out_len++] = static_cast<const u8*>(p)[i];
}

// Called when the program asks for random bytes. The first time, in the boot, it takes the snapshot. Each run begins
// with the return from here.
[[gnu::noinline]] void server_random() {
  if (stack != nullptr) return;
  stack = static_cast<u8*>(own_memory(kStack));
  out = static_cast<u8*>(own_memory(kOut));
  g_at_start = getg();
  if (imports.setrecover(context()) == 0) {
    calls_snapshot();
    to_own_stack([] { next_run(); });
  }
  imports.state->opt = options;
  imports.strategy_start();
  inside = false;
}

void server_ended(i32 status) {
  if (stack == nullptr || parsing) {  // an error before the first run: a wrong option, say
    linux_was.exit(status);
    __builtin_unreachable();
  }
  inside = true;
  if (leaks_run_on(status)) {
    after_main = true;
    inside = false;
    imports.gopark(nullptr, nullptr, WaitReason::forever);
  }
  status_now = after_main ? 0 : status;
  to_own_stack([] {
    report();
    if (plays && wants_trail) play_trail(), flush();
    seed++;
    next_run();
  });
}

}  // namespace rt0::explore
