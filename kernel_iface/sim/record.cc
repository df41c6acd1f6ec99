// The record of choices: a head that names the program, its arguments and the options, then one line for each choice.
//
//   rt0-record 1
//   program=examples/hello.cc args=1:9ae16a3b2f90404f
//   seed=42 procs=4 strategy=random steps=10000 faults=none:20
//   0 run 2 1 m1
//   1 random 4 2 -
//   end 2
//
// A line: index, kind of choice, number of alternatives, the one picked, the resource it was about ("-": none). The
// last line has the number of choices.
#include "kernel_iface/sim/sim.h"

namespace rt0::sim {

namespace {

constexpr char kMagic[] = "rt0-record 1";
constexpr usize kBufBytes = 8 * 1024, kMaxLine = 96;  // the longest line of a choice has 70 bytes

constinit char out_buf[kBufBytes] = {};
constinit usize out_len = 0;
constinit i32 out_fd = -1;
constexpr char kBeside[] = ".part";  // appended to the name of a record while it is not complete
constinit bool beside = false;       // the record is written to that name, and renamed when it is complete

constinit char in_buf[kBufBytes] = {};
constinit usize in_at = 0, in_len = 0;
constinit i32 in_fd = -1;
constinit bool in_whole = false;  // the "end" line was read

void flush() {
  for (usize done = 0; done < out_len && out_fd >= 0;) {
    const SysResult r = linux_kernel.write(out_fd, out_buf + done, out_len - done);
    if (r.ok()) {
      done += r.value;
    } else if (r.err != Errno::intr && r.err != Errno::again) {
      char text[kMaxLine];
      Out out{text, sizeof(text)};
      say(out, "rt0: RT0_SIM: the record can't be written and ends here: errno %a\n", i64{static_cast<i32>(r.err)});
      (void)linux_kernel.write(2, text, out.len);
      out_fd = -1;
    }
  }
  out_len = 0;
}

void put_line(Str s) {
  if (out_len + s.len + 1 > kBufBytes) flush();
  for (char c : s) out_buf[out_len++] = c;
  out_buf[out_len++] = '\n';
}

// Writes path, `more` and a NUL to name, which has kMaxPath bytes.
constexpr usize kMaxPath = 512;
void put_path(Str path, Str more, char* name) {
  if (path.len + more.len >= kMaxPath) refuse("the name of a file is too long");
  Out out{name, kMaxPath - 1};
  say(out, "%a%b", path, more);
  name[out.len] = '\0';
}

i32 open_file(Str path, Str more, bool create, Str what) {
  char name[kMaxPath];
  put_path(path, more, name);
  const SysResult r = linux_kernel.open(name, create);
  if (r.ok()) return static_cast<i32>(r.value);
  char text[600];
  Out out{text, sizeof(text)};
  say(out, "%a=%b: cannot be opened: ", what, path);
  out.put(cstr(errno_text(r.err)));
  say(out, " (errno %a)", i64{static_cast<i32>(r.err)});
  refuse(out.str());
}

// The next line without its newline; false at the end of the file, or if the line is longer than `room`.
bool get_line(char* line, usize room, usize* len) {
  *len = 0;
  for (;;) {
    if (in_at == in_len) {
      const SysResult r = linux_kernel.read(in_fd, in_buf, sizeof(in_buf));
      if (r.err == Errno::intr) continue;
      if (!r.ok() || r.value == 0) return false;
      in_at = 0;
      in_len = r.value;
    }
    const char c = in_buf[in_at++];
    if (c == '\n') return true;
    if (*len == room) return false;
    line[(*len)++] = c;
  }
}

Str next_word(Str* s) {
  usize n = 0;
  while (n < s->len && (*s)[n] != ' ') n++;
  const Str word = s->sub(0, n);
  *s = s->sub(n < s->len ? n + 1 : n);
  return word;
}

void put_resource(Out& out, Resource on) {
  out.put(on.kind);
  if (on.kind != '-') out.put_i64(on.id);
}

u64 hash(Span<char*> args) {
  u64 h = 14695981039346656037u;  // FNV-1a, over the arguments and the NULs that end them, but for the program's name
  for (usize i = 1; i < args.len; i++) {
    const char* s = args[i];
    do { h = (h ^ static_cast<u8>(*s)) * 1099511628211u; } while (*s++ != '\0');
  }
  return h;
}

Str program_line(Str program, Span<char*> args, char* buf, usize room) {
  Out out{buf, room};
  say(out, "program=%a args=", program);
  say(out, "%a:", args.len > 0 ? static_cast<i64>(args.len) - 1 : 0);
  out.put_hex(hash(args));
  return out.str();
}

Str options_line(const Options& o, char* buf, usize room) {
  char text[256];
  Out out{buf, room};
  say(out, "seed=%a procs=%b strategy=", static_cast<i64>(o.seed), o.procs);
  out.put(strategy_name(o, text, sizeof(text)));
  say(out, " steps=%a faults=", i64{o.steps});
  say(out, "%a:", fault_names(o.faults, text, sizeof(text)));
  out.put_u64(o.rate);
  return out.str();
}

// A replay uses the record's options. RT0_SIM may repeat them; a different value is an error.
void take_options(Str line) {
  char text[256];
  Out why{text, sizeof(text)};
  Options then;
  while (!line.empty()) {
    const Str word = next_word(&line);
    if (!parse_options(word, &then, &why)) refuse("the record has a head that is not understood: ", why.str());
  }
  Options& now = state.opt;
  if ((now.set & kSeed) != 0 && now.seed != then.seed)
    refuse("seed: the record was made with another seed than this replay asks for");
  if ((now.set & kProcs) != 0 && now.procs != then.procs)
    refuse("procs: the record was made with another number than this replay asks for");
  if ((now.set & kFaults) != 0 && (now.faults != then.faults || now.rate != then.rate))
    refuse("faults: the record was made with other faults than this replay asks for");
  now.seed = then.seed;
  now.procs = then.procs;
  now.faults = then.faults;
  now.rate = then.rate;
  now.strategy = then.strategy;
  now.depth = then.depth;
  now.steps = then.steps;
}

void replay_open(Str mine) {
  char line[700];
  usize len;
  in_fd = open_file(state.opt.replay, {}, false, "replay");
  if (!get_line(line, sizeof(line), &len) || Str(line, len) != Str(kMagic))
    refuse("replay: this is no record of choices");
  if (!get_line(line, sizeof(line), &len)) refuse("replay: the record is cut short, in its head");
  if (Str(line, len) != mine)
    refuse("replay: the record is another program's, or was made with other arguments: ", Str(line, len));
  if (!get_line(line, sizeof(line), &len)) refuse("replay: the record is cut short, in its head");
  take_options(Str(line, len));
}

[[noreturn]] void replay_fails(u64 index, Str why, Str recorded) {
  char text[400];
  Out out{text, sizeof(text) - 1};
  say(out, "rt0: RT0_SIM: replay: choice %a: ", static_cast<i64>(index));
  say(out, "%a%b", why, recorded);
  text[out.len++] = '\n';
  (void)linux_kernel.write(2, text, out.len);
  record_close(nullptr);
  linux_kernel.exit(kExitReplay);
  __builtin_unreachable();
}

// Is `rest`, the text after "end", exactly the number of choices?
bool is_end(Str rest, u64 choices) {
  i64 n;
  return parse_i64(rest, &n) && static_cast<u64>(n) == choices;
}

}  // namespace

void record_open(Str program, Span<char*> args) {
  char mine[600], text[400];
  const Str me = program_line(program, args, mine, sizeof(mine));
  if (!state.opt.replay.empty()) {
    if (state.opt.record == state.opt.replay) refuse("record and replay are the same file");
    replay_open(me);
  }
  if (state.opt.record.empty()) return;
  // The record is written to NAME.part, which replaces NAME when it is complete: a simulation that is cut off leaves an
  // older record as it was. A pipe or a device such as /dev/null cannot be replaced and is written directly.
  char name[kMaxPath];
  put_path(state.opt.record, {}, name);
  beside = linux_may_replace(name);
  out_fd = open_file(state.opt.record, beside ? Str(kBeside) : Str(), true, "record");
  put_line(kMagic);
  put_line(me);
  put_line(options_line(state.opt, text, sizeof(text)));
}

void record_choice(u64 index, Choice kind, u32 n, u32 pick, Resource on) {
  if (out_fd < 0) return;
  char line[kMaxLine];
  Out out{line, sizeof(line)};
  say(out, "%a ", static_cast<i64>(index));
  out.put(cstr(choice_name(kind)));
  say(out, " %a %b ", i64{n}, i64{pick});
  put_resource(out, on);
  put_line(out.str());
}

u32 replay_choice(u64 index, Choice kind, u32 n, Resource on) {
  char line[kMaxLine], asked_text[kMaxLine];
  usize len;
  Out asked{asked_text, sizeof(asked_text)};
  asked.put(cstr(choice_name(kind)));
  say(asked, " %a ", i64{n});
  if (in_whole || !get_line(line, sizeof(line), &len))
    replay_fails(index,
                 in_whole ? Str("the record has no more, and the program asks for ")
                          : Str("the record is cut short, and the program asks for "),
                 asked.str());
  Str rest(line, len);
  i64 at, alternatives, pick;
  const Str first = next_word(&rest);
  if (first == Str("end")) {
    in_whole = is_end(rest, index);
    if (!in_whole) replay_fails(index, "the record is damaged: ", Str(line, len));
    replay_fails(index, "the record has no more, and the program asks for ", asked.str());
  }
  const Str name = next_word(&rest);
  const bool sound = parse_i64(first, &at) && static_cast<u64>(at) == index &&
                     parse_i64(next_word(&rest), &alternatives) && parse_i64(next_word(&rest), &pick) && pick >= 0 &&
                     pick < alternatives && !rest.empty();
  if (!sound) replay_fails(index, "the record is damaged: ", Str(line, len));
  char on_text[32];
  Out here{on_text, sizeof(on_text)};
  put_resource(here, on);
  if (name == cstr(choice_name(kind)) && alternatives == static_cast<i64>(n) && rest == here.str())
    return static_cast<u32>(pick);
  asked.put(here.str());
  asked.put(", the record has ");
  asked.put(Str(line, len));
  replay_fails(index, "the program does something else than the one that was recorded: it asks for ", asked.str());
}

void record_close(i32* status) {
  if (out_fd >= 0) {
    char line[kMaxLine];
    Out out{line, sizeof(line)};
    out.put("end ");
    out.put_u64(state.choices);
    put_line(out.str());
    flush();
    if (beside && out_fd >= 0) {
      char from[kMaxPath], to[kMaxPath];
      put_path(state.opt.record, kBeside, from);
      put_path(state.opt.record, {}, to);
      (void)linux_rename_file(from, to);
    }
    out_fd = -1;
  }
  if (status == nullptr || in_fd < 0) return;
  char line[kMaxLine];
  usize len;
  const bool more = get_line(line, sizeof(line), &len);
  Str rest(line, len);
  if (more && next_word(&rest) == Str("end") && is_end(rest, state.choices)) return;
  char text[2 * kMaxLine];
  Out out{text, sizeof(text) - 1};
  say(out, "rt0: RT0_SIM: replay: the program has ended after choice %a, and the record ",
      static_cast<i64>(state.choices));
  say(out, more ? "goes on: %a" : "is cut short there", Str(line, len));
  text[out.len++] = '\n';
  (void)linux_kernel.write(2, text, out.len);
  *status = kExitReplay;
}

}  // namespace rt0::sim
