// The record of choices: a head that names the program, its arguments and the options, then one line for each choice.
//
//   rt0-record 1
//   program=examples/hello.cc args=1:0x9ae16a3b2f90404f
//   seed=42 procs=4 strategy=pct:3 steps=310 faults=none:20
//   0 run 2 1 m1
//   1 random 4 2 -
//   end 2 moments 1 of 2
//
// A line: index, kind of choice, number of alternatives, the one picked, the resource it was about ("-": none). The
// last line has the number of choices, and under pct and delay how many of the moments came before the program's end.
// If SIGTERM has ended the program, the line has the virtual time at which it did, in ns: end 2 SIGTERM 1034500. A
// replay ends at that time, too.
#include "kernel_iface/sim/sim.h"

namespace rt0 {

namespace sim {

namespace {

constexpr char kMagic[] = "rt0-record 1";
constexpr usize kBufBytes = 8 * 1024, kMaxLine = 96;  // the longest line of a choice has 75 bytes

constinit char out_buf[kBufBytes] = {};
alignas(Writer) constinit char out_at[sizeof(Writer)] = {};
constinit Writer* out = nullptr;  // writes the record; null: there is none
constexpr char kSigterm[] = "SIGTERM", kCut[] = "the record is cut short";
constexpr char kBeside[] = ".part";  // appended to the name of a record while it is not complete
constinit bool beside = false;       // the record is written to that name, and renamed when it is complete

constinit char in_buf[kBufBytes] = {};
constinit usize in_at = 0, in_len = 0;
constinit i32 in_fd = -1;
// The next line of the record that is replayed. It is read before the choice that it is about: the last line may say
// that the program ends before the next choice.
constinit char ahead_buf[kMaxLine] = {};
constinit Str ahead = {};
constinit bool ahead_whole = false;

SysResult write_record(i32 fd, const void* p, usize n) {
  const SysResult r = linux_kernel.write(fd, p, n);
  if (r.ok() || r.err == Errno::intr || r.err == Errno::again) return r;
  if (out != nullptr) {
    out = nullptr;
    Writer w(kStderr, linux_kernel.write);
    w.fmt("rt0: RT0_SIM: the record can't be written: errno %d\n", static_cast<i32>(r.err));
  }
  return {n, Errno::ok};
}

// Writes path and `more` to name, which has kMaxPath bytes.
constexpr usize kMaxPath = 512;
const char* path_name(Str path, const char* more, char* name) {
  if (path.len >= kMaxPath - sizeof(kBeside)) refuse("the name of a file is too long");
  return print(name, kMaxPath, "%.*s%s", RT0_STR(path), more);
}

i32 open_file(Str path, const char* more, bool create) {
  char name[kMaxPath];
  const SysResult r = linux_kernel.open(path_name(path, more, name), create);
  if (!r.ok())
    refuse("%s=%.*s: cannot be opened: %s (errno %d)", create ? "record" : "replay", RT0_STR(path), errno_text(r.err),
           static_cast<i32>(r.err));
  return static_cast<i32>(r.value);
}

// The next line without its newline; false at the end of the file, or if the line is longer than `room`.
bool get_line(char* line, usize room, Str* text) {
  usize len = 0;
  for (bool more = true; more; len++) {
    if (in_at == in_len) {
      SysResult r;
      do r = linux_kernel.read(in_fd, in_buf, sizeof(in_buf));
      while (r.err == Errno::intr);
      in_at = 0;
      in_len = r.ok() ? r.value : 0;
      if (in_len == 0) break;
    }
    if (len == room) break;
    line[len] = in_buf[in_at++];
    if (line[len] != '\n') continue;
    *text = {line, len};
    return true;
  }
  *text = {line, len};
  return false;
}

Str next_word(Str* s) {
  usize n = 0;
  while (n < s->len && (*s)[n] != ' ') n++;
  const Str word = s->sub(0, n);
  *s = s->sub(n < s->len ? n + 1 : n);
  return word;
}

// True if the next word is a number.
bool next_number(Str* s, i64* n) { return parse_i64(next_word(s), n); }

u64 hash(Span<char*> args) {
  u64 h = 14695981039346656037u;  // FNV-1a, over the arguments without the program's name, and the NULs that end them
  for (usize i = 1; i < args.len; i++) {
    const char* s = args[i];
    do { h = (h ^ static_cast<u8>(*s)) * 1099511628211u; } while (*s++ != '\0');
  }
  return h;
}

// A replay uses the record's options. RT0_SIM may repeat them; a different value is an error.
void take_options(Str line) {
  Options& now = state.opt;
  Options then = now;
  then.set = 0;
  reading_head = true;
  parse_options(line, ' ', &then);
  reading_head = false;
  const char* other = nullptr;
  if ((now.set & 1u << kSeed) != 0 && now.number[kSeed] != then.number[kSeed]) other = "seed";
  if ((now.set & 1u << kProcs) != 0 && now.number[kProcs] != then.number[kProcs]) other = "procs";
  if ((now.set & 1u << kFaults) != 0 && (now.faults != then.faults || now.rate != then.rate)) other = "faults";
  if (other != nullptr) refuse("@the record was made with another %s", other);
  then.record = now.record;
  then.replay = now.replay;
  now = then;
}

void look_ahead() {
  ahead_whole = get_line(ahead_buf, sizeof(ahead_buf), &ahead);
  Str rest = ahead;
  i64 ns;
  for (u32 i = 0; i < 2; i++) (void)next_word(&rest);  // "end N"; a choice has a number next
  if (next_word(&rest) != Str(kSigterm) || !next_number(&rest, &ns) || ns >= state.opt.limit_ns) return;
  state.stop = true;
  state.opt.limit_ns = state.next_deadline = ns;
}

void replay_open(const char* mine) {
  char line[700];
  in_fd = open_file(state.opt.replay, "", false);
  for (u32 i = 0; i < 3; i++) {
    Str text;
    const bool there = get_line(line, sizeof(line), &text);
    if (i == 0 && (!there || text != Str(kMagic))) refuse("@this is no record of choices");
    if (!there) refuse("@%s", kCut);
    if (i == 1 && text != cstr(mine))
      refuse("@another program's record, or one with other arguments: %.*s", RT0_STR(text));
    if (i == 2) take_options(text);
  }
  look_ahead();
}

// Does `rest`, the text after "end", begin with exactly the number of choices?
bool is_end(Str rest, u64 choices) {
  i64 n;
  return next_number(&rest, &n) && static_cast<u64>(n) == choices;
}

const char* choice_line(const Made& c, char* line) {
  char buf[kResourceLen];
  const Str on = resource_text(c.on, buf);
  return print(line, kMaxLine, "%llu %s %d %d %.*s", ull(c.index), choice_name(c.kind), c.n, c.pick, RT0_STR(on));
}

}  // namespace

void record_open(Str program, Span<char*> args) {
  char mine[600];
  print(mine, sizeof(mine), "program=%.*s args=%d:%#llx", RT0_STR(program), static_cast<i32>(args.len) - 1,
        ull(hash(args)));
  Options& o = state.opt;
  if (!o.replay.empty()) {
    if (o.record == o.replay) refuse("record and replay are the same file");
    replay_open(mine);
  }
  if (strategy_moments() != 0 && o.number[kSteps] == 0) rehearse();
  if (o.record.empty() || state.rehearsal) return;
  // The record is written to NAME.part, which replaces NAME when it is complete: a simulation that is cut off leaves an
  // older record as it was. A pipe or a device such as /dev/null cannot be replaced and is written directly.
  char name[kMaxPath], faults[kFaultsLen];
  beside = linux_may_replace(path_name(o.record, "", name));
  out = new (out_at) Writer(open_file(o.record, beside ? kBeside : "", true), write_record);
  out->use(out_buf, sizeof(out_buf));
  out->fmt("%s\n%s\nseed=%lld procs=%lld strategy=%s", kMagic, mine, ll(o.number[kSeed]), ll(o.number[kProcs]),
           strategy_name(o.strategy));
  if (has_depth(o.strategy)) out->fmt("%d", o.depth);
  out->fmt(" steps=%lld faults=%s:%d\n", ll(o.number[kSteps]), fault_names(o.faults, faults), o.rate);
}

void record_choice(const Made& c) {
  char line[kMaxLine];
  if (out != nullptr) out->fmt("%s\n", choice_line(c, line));
}

u32 replay_choice(Made c) {
  char mine[kMaxLine], buf[kResourceLen];
  i64 index, alternatives, pick;
  const bool whole = ahead_whole;
  const Str text = ahead;
  Str rest = text;
  const Str first = next_word(&rest);
  const bool end = whole && first == Str("end") && is_end(rest, c.index);
  (void)next_word(&rest);
  const bool sound = whole && parse_i64(first, &index) && static_cast<u64>(index) == c.index &&
                     next_number(&rest, &alternatives) && next_number(&rest, &pick) && pick >= 0 &&
                     pick < alternatives && !rest.empty();
  if (sound) {
    c.pick = static_cast<u32>(pick);
    if (cstr(choice_line(c, mine)) == text) {
      look_ahead();
      return c.pick;
    }
  }
  const char* why = sound   ? "the program does not do what was recorded"
                    : end   ? "the record has no more"
                    : whole ? "the record is damaged"
                            : kCut;
  const Str on = resource_text(c.on, buf);
  refuse("@choice %llu: %s: the program asks for %s %d %.*s; the record has: %.*s", ull(c.index), why,
         choice_name(c.kind), c.n, RT0_STR(on), RT0_STR(text));
}

void record_close(bool at_end) {
  if (state.rehearsal) rehearsal_over();
  if (at_end && in_fd >= 0 && !state.ended) {
    Str rest = ahead;
    const bool end = ahead_whole && next_word(&rest) == Str("end") && is_end(rest, state.choices);
    if (end) look_ahead();
    if (!end || !ahead.empty())
      refuse("@the program has ended after choice %llu, and the record %s %.*s", ull(state.choices),
             ahead_whole ? "goes on:" : "is cut short there", RT0_STR(ahead));
  }
  Writer* w = out;
  if (w == nullptr) return;
  w->fmt("end %llu", ull(state.choices));
  if (state.ended) w->fmt(" %s %lld", kSigterm, ll(state.now));
  if (const u32 n = strategy_moments(); n != 0) w->fmt(" moments %d of %d", moments_come(), n);
  w->put('\n');
  w->flush();
  if (beside && out != nullptr) {
    char from[kMaxPath], to[kMaxPath];
    (void)linux_rename_file(path_name(state.opt.record, kBeside, from), path_name(state.opt.record, "", to));
  }
  out = nullptr;
}

}  // namespace sim

using namespace sim;

void sim_killed() {
  out = nullptr;
  state.ended = true;
}

}  // namespace rt0
