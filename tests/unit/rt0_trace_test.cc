// rt0-trace: the grammar, the state machine, differences and their causes; and that no input, whatever its bytes,
// crashes it.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <sstream>

#include "tools/rt0-trace/commands.h"

using namespace rt0trace;

namespace {

// A trace that can be true: the boot up to main.main, with goroutine 1 on m0 and P 0.
string lines_of(const char* head, const char* names) {
  string text;
  std::istringstream words(names);
  for (string name; words >> name;) text += string(head) + " " + name + "\n";
  return text;
}
const string kBoot =
    lines_of("0 m0 p- g0", "_rt0_amd64_linux _rt0_amd64 rt0_go settls check checkASM args sysargs sysauxv") +
    "0 m0 p- g0 TraceOpen kernel=linux\n" +
    lines_of("1 m0 p- g0",
             "osinit getproccount getHugePageSize osArchInit schedinit worldStopped moduledataverify moduledataverify1 "
             "stackinit mallocinit mheap.init cpuinit randinit alginit mcommoninit mrandinit mpreinit malg stackalloc "
             "itabsinit sigsave goargs goenvs goenvs_unix secure initSecureMode checkfds parsedebugvars parsegodebug "
             "gcinit readGOGC readGOMEMLIMIT gcControllerState.init procresize") +
    "2 m0 p- g0 ProcsChange n=4\n" + lines_of("2 m0 p- g0", "p.init p.init p.init p.init acquirep wirep") +
    "3 m0 p0 g0 ProcStart p=0\n" +
    lines_of("4 m0 p0 g0", "worldStarted newproc newproc1 gfget malg stackalloc allgadd gostartcallfn gostartcall") +
    "4 m0 p0 g0 GoCreate new=1 at=runtime\n" +
    lines_of("5 m0 p0 g0",
             "runqput mstart gosave mstart0 mstart1 minit mstartm0 initsig schedule findrunnable runqget execute") +
    "6 m0 p0 g0 GoStart id=1\n6 m0 p0 g0 gogo\n7 m0 p0 g1 main\n" + lines_of("8 m0 p0 g0", "newm allocm newm1") +
    "8 m0 p0 g0 MStart new=1\n" + lines_of("8 m0 p0 g0", "newosproc clone") +
    lines_of("9 m0 p0 g1",
             "lockOSThread dolockOSThread doInit doInit1 gcenable makechan closechan unlockOSThread dounlockOSThread "
             "main.main");
const size_t kBootLines = static_cast<size_t>(std::count(kBoot.begin(), kBoot.end(), '\n'));
const string kNext = "t:" + std::to_string(kBootLines + 1) + ": ";  // the line after the boot
const string kEnd = "1000000 m0 p0 g1 Exit status=0\n";

struct Result {
  int status;
  string text;
};

Result run_check(const string& trace) {
  Reader reader("t", from_string(trace));
  std::ostringstream out, err;
  try {
    const int status = check(reader, out, err);
    return {status, err.str()};
  } catch (const Unusable& e) { return {kUnusable, e.what()}; }
}
// The boot followed by these lines, each "m0 p0 g1 Event args"; the times are added here.
string with(const std::vector<string>& lines, const string& end = kEnd) {
  string trace = kBoot;
  int time = 100;
  for (const string& line : lines) trace += std::to_string(time++) + " " + line + "\n";
  return trace + end;
}
void fine(const std::vector<string>& lines, const string& end = kEnd) {
  const Result r = run_check(with(lines, end));
  EXPECT_EQ(r.status, kFine) << r.text;
}
// The last line must be reported.
void broken(const std::vector<string>& lines, const string& words) {
  const Result r = run_check(with(lines));
  EXPECT_EQ(r.status, kBroken) << lines.back();
  const string at = "t:" + std::to_string(kBootLines + lines.size()) + ": ";
  EXPECT_EQ(r.text.substr(0, at.size()), at) << r.text;
  EXPECT_NE(r.text.find(words), string::npos) << r.text;
}
void unusable(const string& trace, const string& words) {
  const Result r = run_check(trace);
  EXPECT_EQ(r.status, kUnusable) << r.text;
  EXPECT_NE(r.text.find(words), string::npos) << r.text;
}

TEST(Grammar, Line) {
  Line l;
  ASSERT_EQ(parse_line("0 m0 p- g0 _rt0_<isa>_linux", &l), nullptr);
  EXPECT_EQ(l.ev, Ev::_rt0_linux);
  ASSERT_EQ(parse_line("0 m0 p- g0 _rt0_<isa>", &l), nullptr);
  EXPECT_EQ(l.ev, Ev::_rt0);
  EXPECT_NE(parse_line("0 m0 p- g0 <isa>", &l), nullptr);
  ASSERT_EQ(parse_line("12 m3 p- g7 GoBlock id=7 reason=chan%20receive", &l), nullptr);
  EXPECT_EQ(l.time, 12);
  EXPECT_EQ(l.m, 3);
  EXPECT_EQ(l.p, kAbsent);
  EXPECT_EQ(l.g, 7);
  EXPECT_EQ(l.ev, Ev::GoBlock);
  EXPECT_EQ(decoded(l.arg("reason")), "chan receive");
  int64_t id = 0;
  EXPECT_TRUE(l.num("id", &id));
  EXPECT_EQ(id, 7);
  EXPECT_FALSE(l.num("reason", &id));
  EXPECT_FALSE(l.num("none", &id));
  ASSERT_EQ(parse_line("0 m0 p0 g0 Odd.name_2 k=-9223372036854775807", &l), nullptr);
  EXPECT_EQ(l.ev, kUnknown);
  ASSERT_TRUE(l.num("k", &id));
  EXPECT_EQ(id, -INT64_MAX);
  EXPECT_EQ(l.after_time(), " m0 p0 g0 Odd.name_2 k=-9223372036854775807");
  ASSERT_EQ(parse_line("0 m0 p0 g0 _rt0_riscv64_linux", &l), nullptr);
  EXPECT_EQ(l.ev, Ev::_rt0_linux);
}

TEST(Grammar, Refused) {
  Line l;
  for (const char* text : {"",
                           "x",
                           "1",
                           "-1 m0 p0 g0 E",
                           "1  m0 p0 g0 E",
                           "1 m0 p0 g0",
                           "1 m0 p0 g0 ",
                           "1 m p0 g0 E",
                           "1 m0 g0 p0 E",
                           "1 m-1 p0 g0 E",
                           "1 m0 p0 g0 9E",
                           "1 m0 p0 g0 E ",
                           "1 m0 p0 g0 E  k=1",
                           "1 m0 p0 g0 E k",
                           "1 m0 p0 g0 E 1=k",
                           "1 m0 p0 g0 E k=a=b",
                           "1 m0 p0 g0 E k=%2",
                           "1 m0 p0 g0 E k=%zz",
                           "1 m0 p0 g0 E k=\x7f",
                           "1 m0 p0 g0 E k=\xc3\xa4",
                           "1 m0 p0 g0 E\r",
                           "9223372036854775808 m0 p0 g0 E",
                           "99999999999999999999 m0 p0 g0 E",
                           "1 m0 p0 g0 E!",
                           "1 m0 p0 g0 E a=1 b=1 c=1 d=1 e=1 f=1 g=1 h=1 i=1 j=1 k=1 l=1 m=1 n=1 o=1 p=1 q=1"})
    EXPECT_NE(parse_line(text, &l), nullptr) << text;
}

TEST(Grammar, Files) {
  unusable("", "t:0: it is empty");
  unusable("\n", "t:1: ");
  unusable(string("\x7f"
                  "ELF\x02\x01\x01\0\0",
                  9),
           "t:1: ");
  unusable(string(300000, 'x'), "t:1: a line of more than 1023 bytes");
  unusable(kBoot + "5 m0 p0 g1 GoSt", kNext + "the trace is cut: its last line has no end");
  unusable(kBoot, "t:" + std::to_string(kBootLines) + ": the trace is cut: it ends without Exit");
  // The longest line there can be, cut within an encoded byte.
  string longest = "100 m0 p0 g1 Throw why=";
  while (longest.size() < kMaxLine - 1) longest += 'x';
  EXPECT_EQ(run_check(kBoot + longest + "%\n").status, kFine);
  EXPECT_EQ(run_check(kBoot + longest + "xx\n").status, kUnusable);
}

TEST(Rules, TrueTraces) {
  fine({});
  fine({"m0 p0 g1 Throw why=x"}, "");  // a core dump
  fine({"m0 p0 g1 GoCreate new=2 at=a.cc:1", "m0 p0 g1 GoBlock id=1 reason=select", "m0 p0 g2 GoStart id=2",
        "m0 p0 g2 GoUnblock id=1", "m0 p0 g1 GoDestroy id=2", "m0 p0 g1 GoStart id=1"});
  // Returns from a system call: with the same P, with another one, without one.
  fine({"m0 p0 g1 GoSysCall id=1", "m0 p0 g1 GoSysExit id=1"});
  fine({"m0 p0 g1 GoSysCall id=1", "m1 p- g0 ProcRetake p=0", "m0 p1 g1 ProcStart p=1", "m0 p1 g1 GoSysExit id=1"},
       "200 m0 p1 g1 Exit status=0\n");
  fine({"m0 p0 g1 GoSysCall id=1", "m0 p- g1 GoSysBlock id=1", "m1 p- g0 ProcRetake p=0", "m0 p- g0 MStop",
        "m1 p- g0 MWake id=0", "m0 p0 g0 ProcStart p=0", "m0 p0 g0 GoStart id=1", "m0 p0 g1 GoSysExit id=1"});
  fine({"m0 p0 g1 GoSysCall id=1", "m0 p0 g0 ProcStop p=0", "m0 p0 g1 ProcStart p=0", "m0 p0 g1 GoSysExit id=1"});
  // A P that is retaken from a system call, and retaken again from the next M's system call.
  fine({"m0 p0 g1 GoCreate new=2 at=a.cc:1", "m0 p0 g1 MStart new=2", "m0 p0 g1 GoSysCall id=1",
        "m1 p- g0 ProcRetake p=0", "m2 p0 g0 ProcStart p=0", "m2 p0 g0 GoStart id=2", "m2 p0 g2 GoSysCall id=2",
        "m0 p0 g1 GoSysExit id=1", "m2 p- g2 GoSysBlock id=2"});
  // Fewer Ps; the one that is taken away belongs to the M that makes the change.
  fine({"m0 p0 g1 GoSysCall id=1", "m1 p- g0 ProcRetake p=0", "m0 p3 g1 ProcStart p=3", "m0 p3 g1 GoSysExit id=1",
        "m0 p3 g0 ProcsChange n=2", "m0 p0 g0 ProcStart p=0"});
  fine({"m0 p0 g1 MStart new=2", "m0 p0 g1 MLock id=1", "m0 p0 g1 GoBlock id=1 reason=sleep", "m0 p0 g0 ProcStop p=0",
        "m2 p0 g0 ProcStart p=0", "m2 p0 g0 GoUnblock id=1", "m2 p0 g0 ProcStop p=0", "m2 p- g0 MWake id=0",
        "m2 p- g0 MStop", "m0 p0 g0 ProcStart p=0", "m0 p0 g0 GoStart id=1", "m0 p0 g1 MUnlock id=1"});
}

TEST(Rules, Goroutines) {
  const string create = "m0 p0 g1 GoCreate new=2 at=a.cc:1";
  broken({"m0 p0 g0 GoStart id=1"}, "known: goroutine 1 runs on m0 since line 75");
  broken({"m0 p0 g1 GoStart id=2"}, "no GoCreate has made goroutine 2");
  broken({create, "m0 p0 g1 GoStart id=2"}, "m0 runs goroutine 1 since line 75");
  broken({create, create}, "goroutine 2 exists already");
  broken({"m0 p0 g1 GoUnblock id=1"}, "unblocked, but does not wait");
  broken({"m0 p0 g1 GoBlock id=1 reason=select", "m0 p0 g0 GoStart id=1"},
         "known: goroutine 1 waits (select) since line 94");
  broken({create, "m0 p0 g1 GoBlock id=2 reason=select"}, "does not run on m0");
  broken({create, "m0 p0 g2 GoStop id=1 reason=x"}, "goroutine 2 writes an event on m0, but does not run there");
  broken({"m0 p0 g5 GoStop id=1 reason=x"}, "goroutine 5 writes an event, but does not exist");
  const std::vector<string> dead = {create, "m0 p0 g1 GoStop id=1 reason=Gosched", "m0 p0 g0 GoStart id=2",
                                    "m0 p0 g0 GoDestroy id=2"};
  auto after = [&](const string& line) {
    auto lines = dead;
    lines.push_back(line);
    return lines;
  };
  broken(after("m0 p0 g0 GoStart id=2"), "goroutine 2 has ended on line 97");
  broken(after("m0 p0 g0 GoUnblock id=2"), "goroutine 2 has ended on line 97");
  broken(after("m0 p0 g2 RunqOverflow n=3"), "goroutine 2 has ended on line 97");
  broken(after("m0 p0 g0 GoCreate new=2 at=x"), "an id that has been given out before");
  broken({"m0 p0 g1 GoSysExit id=1"}, "is in no system call");
  broken({"m0 p0 g1 GoSysBlock id=1"}, "is in no system call");
  broken({"m0 p0 g1 GoSysCall id=1", "m0 p- g1 GoBlock id=1 reason=x"}, "does not run on m0");
  broken({"m0 p0 g1 MLock id=1", "m0 p0 g1 MStart new=2", "m0 p0 g1 GoStop id=1 reason=x", "m0 p0 g0 ProcStop p=0",
          "m2 p0 g0 ProcStart p=0", "m2 p0 g0 GoStart id=1"},
         "MLock has wired it to m0");
}

TEST(Rules, PsAndMs) {
  broken({"m0 p1 g1 GoStop id=1 reason=x"}, "known: m0 has P 0 since line 52");
  broken({"m0 p- g1 GoStop id=1 reason=x"}, "the line has p-");
  broken({"m1 p0 g0 ProcStart p=0"}, "known: P 0 is m0's since line 52");
  broken({"m1 p4 g0 ProcStart p=4"}, "GOMAXPROCS is 4");
  broken({"m0 p1 g1 ProcStart p=1"}, "m0 takes a second P");
  broken({"m0 p0 g0 ProcStop p=0"}, "gives up its P while it runs");
  broken({"m1 p- g0 ProcRetake p=0"}, "in no system call");
  broken({"m1 p- g0 GoCreate new=2 at=x"}, "without a P");
  broken({"m7 p- g0 MStop"}, "m7 writes an event, but does not exist");
  broken({"m0 p0 g1 MStart new=1"}, "has been started before");
  broken({"m1 p- g0 MStop", "m1 p- g0 MStop"}, "writes an event, but sleeps");
  broken({"m0 p0 g1 MWake id=1"}, "does not sleep");
  broken({"m0 p0 g0 MStop"}, "goes to sleep and holds a P");
  broken({"m0 p0 g0 MExit"}, "ends while it runs");
  broken({"m1 p- g0 MExit", "m1 p1 g0 ProcStart p=1"}, "m1 has ended");
  broken({"m0 p0 g1 ProcSteal from=0 n=1"}, "stolen from P 0");
  broken({"m1 p1 g0 ProcStart p=1", "m0 p0 g0 ProcsChange n=2"}, "while another M holds one");
  broken({"m0 p0 g1 ProcsChange n=0"}, "GOMAXPROCS can't be 0");
  broken({"m0 p0 g0 PollBlock ns=-1"}, "holds a P");
}

TEST(Rules, TheWhole) {
  broken({"m0 p0 g1 Exit status=0", "m0 p0 g1 GoStop id=1 reason=x"}, "an event after the process's end");
  broken({"m0 p0 g1 Nonsense"}, "no event of rt0");
  broken({"m0 p0 g1 GoStop id=1"}, "its argument reason is missing");
  broken({"m0 p0 g1 GoStop id=one reason=x"}, "its argument id is no number");
  broken({"m0 p0 g1 GoStop id=1 reason=x more=1"}, "an argument too many");
  broken({"m0 p0 g1 TraceOpen kernel=linux"}, "opened twice");
  broken({"m0 p0 g1 InitTaskDone name=x"}, "has not begun");
  Result r = run_check(kBoot + "3 m0 p0 g1 exit\n" + kEnd);
  EXPECT_EQ(r.status, kBroken);
  EXPECT_NE(r.text.find(kNext + "time falls, from 9 to 3"), string::npos) << r.text;
  r = run_check(kBoot.substr(kBoot.find('\n') + 1));
  EXPECT_NE(r.text.find("begins with the entry point"), string::npos) << r.text;
  string swapped = kBoot;
  swapped.replace(swapped.find("osinit"), 6, "newproc");
  r = run_check(swapped + kEnd);
  EXPECT_NE(r.text.find("t:11: the boot is out of order: osinit comes before newproc"), string::npos) << r.text;
}

TEST(Ids, Ranges) {
  IdSet ids;
  std::mt19937 random(1);
  std::vector<int64_t> all;
  for (int i = 1; i <= 5000; i++) all.push_back(i);
  std::shuffle(all.begin(), all.end(), random);
  for (int64_t i : all) {
    EXPECT_FALSE(ids.has(i));
    ids.add(i);
    EXPECT_TRUE(ids.has(i));
  }
  EXPECT_EQ(ids.ranges(), 1u);
  for (int64_t i = 0; i < 200000; i++) ids.add(10000 + 2 * i);  // the number of ranges is limited, whatever ids come
  EXPECT_LE(ids.ranges(), 65536u);
  EXPECT_TRUE(ids.has(10000 + 2 * 199999));
}

Result run_diff(const string& a, const string& b, DiffOptions options = {}) {
  Reader ra("a", from_string(a)), rb("b", from_string(b));
  std::ostringstream out;
  try {
    const int status = diff(ra, rb, options, out);
    return {status, out.str()};
  } catch (const Unusable& e) { return {kUnusable, e.what()}; }
}
bool has(const Result& r, const string& words) { return r.text.find(words) != string::npos; }

TEST(Diff, Times) {
  const string a = with({"m0 p0 g1 GoStop id=1 reason=x", "m0 p0 g1 GoStart id=1"});
  string b = a;
  b.replace(b.find("101 m0"), 3, "107");
  EXPECT_EQ(run_diff(a, a).status, kFine);
  EXPECT_EQ(run_diff(a, b).status, kFine) << "live: times do not count";
  EXPECT_EQ(run_diff(a, b, {DiffOptions::compare, 5}).status, kBroken);
  auto sim = [](string t) { return t.replace(t.find("kernel=linux"), 12, "kernel=sim"); };
  const Result r = run_diff(sim(a), sim(b));
  EXPECT_EQ(r.status, kBroken);
  EXPECT_TRUE(has(r, "only the time differs: 101 and 107")) << r.text;
  EXPECT_EQ(run_diff(sim(a), sim(b), {DiffOptions::ignore, 5}).status, kFine);
}

TEST(Diff, Divergence) {
  const string a = with({"m0 p0 g1 GoStop id=1 reason=x", "m0 p0 g0 GoStart id=1", "m0 p0 g1 GoBlock id=1 reason=y"});
  const string b = with({"m0 p0 g1 GoStop id=1 reason=x", "m0 p0 g0 GoStart id=2", "m0 p0 g1 GoBlock id=2 reason=y"});
  const Result r = run_diff(a, b, {DiffOptions::automatic, 2});
  EXPECT_EQ(r.status, kBroken);
  EXPECT_TRUE(has(r, "from line 95 of A and line 95 of B on")) << r.text;
  EXPECT_TRUE(has(r, "    94: 100 m0 p0 g1 GoStop id=1 reason=x")) << r.text;
  EXPECT_FALSE(has(r, "    20: ")) << r.text;
  EXPECT_TRUE(has(r, "  > 95: 101 m0 p0 g0 GoStart id=1")) << r.text;
  EXPECT_TRUE(has(r, "    96: 102 m0 p0 g1 GoBlock id=2")) << r.text;
  EXPECT_TRUE(has(run_diff(a, kBoot), "it ends here, after line " + std::to_string(kBootLines)));
  EXPECT_EQ(run_diff(a, kBoot + "rubbish\n").status, kUnusable);
  EXPECT_EQ(run_diff("", "").status, kUnusable);
  EXPECT_EQ(run_diff(a, "").status, kUnusable);
  EXPECT_EQ(run_diff("", a).status, kUnusable);
}

TEST(Diff, Terminal) {
  const string a = with({"m0 p0 g1 GoStop id=1 reason=a_long_reason_for_that", "m0 p0 g0 GoStart id=1"});
  const string b = with({"m0 p0 g1 GoStop id=1 reason=a_long_reason_for_that", "m0 p0 g0 GoStart id=222222222"});
  const Result r = run_diff(a, b, {DiffOptions::automatic, 2, 30, true});
  EXPECT_TRUE(has(r, "    94: 100 m0 p0 g1 GoStop...\n")) << r.text;
  EXPECT_TRUE(has(r, "\x1b[31m  > 95: 101 m0 p0 g0 GoStart id=1\x1b[0m\n")) << r.text;
  EXPECT_TRUE(has(r, "\x1b[32m  > 95: 101 m0 p0 g0 GoStart id=222222222\x1b[0m\n")) << r.text;
  EXPECT_FALSE(has(run_diff(a, b), "\x1b"));
}

TEST(Diff, Choices) {
  auto choose = [](int index, int pick) {
    return "m0 p0 g1 Choose i=" + std::to_string(index) + " kind=run n=3 pick=" + std::to_string(pick) + " on=g7";
  };
  const string a = with({choose(1, 0), choose(2, 1), "m0 p0 g1 GoStop id=1 reason=x"});
  Result r = run_diff(a, with({choose(1, 0), choose(2, 2), "m0 p0 g1 GoStop id=1 reason=x"}));
  EXPECT_TRUE(has(r, "a choice made the difference: both traces had the same alternatives and picked different ones"))
      << r.text;
  EXPECT_TRUE(has(r, "A line 95: i=2 kind=run n=3 pick=1 on=g7")) << r.text;
  EXPECT_TRUE(has(r, "B line 95: i=2 kind=run n=3 pick=2 on=g7")) << r.text;
  r = run_diff(with({choose(1, 0), "m0 p0 g1 InitTask name=a", choose(2, 1)}),
               with({choose(1, 0), "m0 p0 g1 InitTask name=b", choose(2, 1)}));
  EXPECT_TRUE(has(r, "no choice made the difference")) << r.text;
  EXPECT_TRUE(has(r, "last choice in common (1 of them): line 94")) << r.text;
}

TEST(Durations, Text) {
  int64_t ns = 0;
  for (auto [text, want] : {std::pair{"15ms", 15000000}, {"2s", 2000000000}, {"300", 300}, {"1.5us", 1500}})
    EXPECT_TRUE(parse_duration(text, &ns) && ns == want) << text;
  for (const char* text : {"", "x", "-1", "1h", "nan", "inf", "1e300", "1 ms"})
    EXPECT_FALSE(parse_duration(text, &ns)) << text;
}

// A trace that has every kind of event; the mutants are made from it.
string rich() {
  string t = with({"m0 p0 g1 InitTask name=a",
               "m0 p0 g1 InitTaskDone name=a",
               "m0 p0 g1 MStart new=2",
               "m0 p0 g1 GoCreate new=2 at=a%20b.cc:1",
               "m0 p0 g1 GoCreate new=3 at=a.cc:2",
               "m2 p1 g0 ProcStart p=1",
               "m2 p1 g0 ProcSteal from=0 n=1",
               "m2 p1 g0 GoStart id=2",
               "m0 p0 g1 GoSysCall id=1",
               "m1 p- g0 ProcRetake p=0",
               "m1 p- g0 MStart new=3",
               "m3 p0 g0 ProcStart p=0",
               "m3 p0 g0 GoStart id=3",
               "m0 p- g1 GoSysBlock id=1",
               "m0 p- g0 MStop",
               "m3 p0 g3 GoSysCall id=3",
               "m2 p1 g2 MLock id=2",
               "m3 p0 g3 GoSysExit id=3",
               "m3 p0 g3 GoBlock id=3 reason=chan%20receive",
               "m3 p0 g0 GlobrunqGet n=1",
               "m3 p0 g0 GoStart id=1",
               "m2 p1 g2 MUnlock id=2",
               "m3 p0 g1 GoSysExit id=1",
               "m2 p1 g2 GoUnblock id=3",
               "m2 p1 g2 GoStop id=2 reason=preempted",
               "m2 p1 g3 RunqOverflow n=129",
               "m2 p1 g3 GoStart id=3",
               "m2 p1 g0 GoDestroy id=3",
               "m2 p1 g0 ProcStop p=1",
               "m2 p- g0 PollBlock ns=-1",
               "m2 p- g0 MStop",
               "m3 p0 g1 Choose i=0 kind=run n=3 pick=1 on=g2",
               "m3 p0 g0 ProcsChange n=8",
               "m3 p0 g1 TimerStart in=5",
               "m3 p0 g1 TimerStop",
               "m3 p0 g1 TimerFire late=3",
               "m3 p0 g1 MWake id=2",
               "m2 p5 g0 ProcStart p=5",
               "m2 p5 g0 GoStart id=2",
               "m2 p5 g0 GoDestroy id=2",
               "m2 p5 g0 MExit",
               "m2 p5 g0 ProcStop p=5",
               "m3 p0 g1 Throw why=x"},
              "200 m3 p0 g1 Exit status=2\n");
  const string live = "kernel=linux";  // there is a choice in it
  return t.replace(t.find(live), live.size(), "kernel=sim");
}

string mutated(string t, std::mt19937& random) {
  auto below = [&](size_t n) { return std::uniform_int_distribution<size_t>(0, n - 1)(random); };
  auto line_at = [&](size_t* from, size_t* n) {
    *from = t.rfind('\n', below(t.size()));
    *from = *from == string::npos ? 0 : *from + 1;
    *n = std::min(t.find('\n', *from), t.size() - 1) + 1 - *from;
  };
  for (size_t times = 1 + below(4); times > 0 && t.size() > 2; times--) {
    size_t from, n, to, k;
    line_at(&from, &n);
    line_at(&to, &k);
    switch (below(9)) {
      case 0: t[below(t.size())] = static_cast<char>(below(256)); break;
      case 1: t.erase(below(t.size()), 1 + below(20)); break;
      case 2: t.insert(below(t.size()), string(1 + below(1500), static_cast<char>(below(256)))); break;
      case 3: t.erase(from, n); break;
      case 4: t.insert(to, t.substr(from, n)); break;
      case 5: t.resize(below(t.size())); break;
      case 6:  // replaces one number by another
        for (size_t i = below(t.size()); i < t.size(); i++)
          if (std::isdigit(static_cast<unsigned char>(t[i]))) {
            constexpr const char* kNumbers[] = {
                "0", "1", "7", "-", "-1", "1048576", "9223372036854775807", "9223372036854775808", "4294967296"};
            t.replace(i, 1, kNumbers[below(std::size(kNumbers))]);
            break;
          }
        break;
      case 7: t.insert(to, "101 m0 p0 g1 ProcsChange n=" + std::to_string(below(1 << 21)) + "\n"); break;
      default: std::swap(t[below(t.size())], t[below(t.size())]); break;
    }
  }
  return t;
}

// Runs every command on it. Each must end, with any result.
int all_commands(const string& t, const string& other) {
  int worst = run_check(t).status;
  std::ostringstream out, err;
  auto one = [&](auto&& command) {
    Reader reader("t", from_string(t));
    try {
      EXPECT_EQ(command(reader), worst) << "all see the same";
    } catch (const Unusable&) { EXPECT_EQ(worst, kUnusable); }
  };
  one([&](Reader& r) { return stats(r, {true, 3}, out, err); });
  one([&](Reader& r) { return stats(r, {}, out, err); });
  one([&](Reader& r) { return export_go(r, out, err); });
  one([&](Reader& r) { return export_chrome(r, out, err); });
  one([&](Reader& r) { return show(r, {40, 0, 200}, out, err); });
  (void)run_diff(t, other, {DiffOptions::compare, 3});
  return worst;
}

TEST(Fuzz, Mutants) {
  EXPECT_EQ(all_commands(with({}), rich()), kFine);
  const string base = rich();
  const Result r = run_check(base);
  ASSERT_EQ(r.status, kFine) << r.text;
  std::mt19937 random(20240717);
  int count[3] = {};
  for (int i = 0; i < 4000; i++) count[all_commands(mutated(base, random), base)]++;
  for (int status : {kFine, kBroken, kUnusable}) EXPECT_GT(count[status], 25) << status;
}

TEST(Fuzz, Rubbish) {
  std::mt19937 random(7);
  for (int i = 0; i < 500; i++) {
    string t(random() % 3000, '\0');
    for (char& c : t) c = static_cast<char>(random());
    EXPECT_EQ(run_check(t).status, kUnusable);
  }
}

}  // namespace
