// rt0-trace: the grammar, the state machine, differences and their causes; and that no input, whatever its bytes,
// crashes it.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <sstream>

#include "tools/rt0-trace/commands.h"

using namespace rt0trace;

namespace {

// A trace that can be true: the boot up to main.main, with goroutine 1 on m0 and P 0. Each line has a time of its own.
string lines_of(const char* head, const char* names) {
  string text;
  std::istringstream words(names);
  for (string name; words >> name;) text += string(head) + " " + name + "\n";
  return text;
}
string timed(const string& lines, int64_t from) {
  string text;
  std::istringstream in(lines);
  for (string line; std::getline(in, line);) text += std::to_string(from++) + " " + line + "\n";
  return text;
}
const string kBoot =
    lines_of("0 m0 p- g0", "_rt0_amd64_linux _rt0_amd64 rt0_go settls check checkASM args sysargs sysauxv") +
    "0 m0 p- g0 TraceOpen kernel=linux\n" +
    timed(
        lines_of("m0 p- g0",
                 "osinit getproccount getHugePageSize osArchInit schedinit worldStopped moduledataverify "
                 "moduledataverify1 stackinit mallocinit mheap.init cpuinit randinit alginit mcommoninit mrandinit "
                 "mpreinit malg stackalloc itabsinit sigsave goargs goenvs goenvs_unix secure initSecureMode checkfds "
                 "parsedebugvars parsegodebug gcinit readGOGC readGOMEMLIMIT gcControllerState.init procresize") +
            "m0 p- g0 ProcsChange n=4\n" + lines_of("m0 p- g0", "p.init p.init p.init p.init acquirep wirep") +
            "m0 p0 g0 ProcStart p=0\n" +
            lines_of("m0 p0 g0",
                     "worldStarted newproc newproc1 gfget malg stackalloc allgadd gostartcallfn gostartcall") +
            "m0 p0 g0 GoCreate new=1 at=runtime\n" +
            lines_of("m0 p0 g0",
                     "runqput mstart gosave mstart0 mstart1 minit mstartm0 initsig schedule findrunnable runqget "
                     "execute") +
            "m0 p0 g0 GoStart id=1\nm0 p0 g0 gogo\nm0 p0 g1 main\n" +
            lines_of("m0 p0 g0", "newm allocm mcommoninit mrandinit mpreinit malg stackalloc malg stackalloc newm1") +
            "m0 p0 g0 MStart new=1\n" + lines_of("m0 p0 g0", "newosproc clone") +
            lines_of("m1 p- g0", "mstart gosave mstart0 mstart1 minit sysmon") +
            lines_of("m0 p0 g1", "lockOSThread dolockOSThread") + "m0 p0 g1 MLock id=1\n" +
            lines_of("m0 p0 g1", "doInit doInit1") + "m0 p0 g1 InitTask name=a\nm0 p0 g1 InitTaskDone name=a\n" +
            lines_of("m0 p0 g1", "gcenable makechan doInit closechan unlockOSThread dounlockOSThread") +
            "m0 p0 g1 MUnlock id=1\nm0 p0 g1 main.main\n",
        1);
const int64_t kBootTime = std::stoll(kBoot.substr(kBoot.rfind('\n', kBoot.size() - 2) + 1));
const size_t kBootLines = static_cast<size_t>(std::count(kBoot.begin(), kBoot.end(), '\n'));
string line_after(size_t n) { return std::to_string(kBootLines + 1 + n); }
const string kNextLine = line_after(0);
const string kNext = "t:" + kNextLine + ": ";  // the line after the boot
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
// The boot followed by these lines, each "m0 p0 g1 Event args"; the times are added here. The events of another M that
// starts are added, too: those of its thread's start, then those up to its first P, and up to its first goroutine.
string with(const std::vector<string>& lines, const string& end = kEnd) {
  string text;
  std::set<string> new_ms, searching;
  for (const string& line : lines) {
    const string m = line.substr(0, line.find(' '));
    const bool takes_p = line.find(" ProcStart ") != string::npos, starts = line.find(" GoStart ") != string::npos;
    if (new_ms.contains(m) && takes_p) text += lines_of((m + " p- g0").c_str(), "acquirep wirep");
    const string head = line.substr(0, line.find(' ', m.size() + 1)) + " g0";
    if (searching.contains(m) && starts) text += head + " execute\n", searching.erase(m);
    text += line + "\n";
    if (new_ms.contains(m) && takes_p) {
      text += lines_of(head.c_str(), "schedule findrunnable runqget");
      new_ms.erase(m);
      searching.insert(m);
    }
    if (const size_t at = line.find(" MStart new="); at != string::npos && line.substr(at + 12) != "1") {
      new_ms.insert("m" + line.substr(at + 12));
      text += lines_of(("m" + line.substr(at + 12) + " p- g0").c_str(), "mstart gosave mstart0 mstart1 minit");
    }
  }
  return kBoot + timed(text, 1000) + end;
}
void fine(const std::vector<string>& lines, const string& end = kEnd) {
  const Result r = run_check(with(lines, end));
  EXPECT_EQ(r.status, kFine) << r.text;
}
// The last line must be reported.
void broken(const std::vector<string>& lines, const string& words) {
  const string trace = with(lines, "");
  const Result r = run_check(trace + kEnd);
  EXPECT_EQ(r.status, kBroken) << lines.back();
  const string at = "t:" + std::to_string(std::count(trace.begin(), trace.end(), '\n')) + ": ";
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
  string longest = "2000 m0 p0 g1 Throw why=";
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
       "2000 m0 p1 g1 Exit status=0\n");
  fine({"m0 p0 g1 GoSysCall id=1", "m0 p- g1 GoSysBlock id=1", "m1 p- g0 ProcRetake p=0", "m1 p- g0 ProcHandoff p=0",
        "m0 p- g0 MStop", "m1 p- g0 MWake id=0", "m0 p0 g0 ProcStart p=0", "m0 p0 g0 GoStart id=1",
        "m0 p0 g1 GoSysExit id=1"});
  fine({"m0 p0 g1 GoSysCall id=1", "m0 p0 g0 ProcStop p=0", "m0 p- g0 ProcHandoff p=0", "m0 p0 g1 ProcStart p=0",
        "m0 p0 g1 GoSysExit id=1"});
  // A P that is retaken from a system call, and retaken again from the next M's system call.
  fine({"m0 p0 g1 GoCreate new=2 at=a.cc:1", "m0 p0 g1 MStart new=2", "m0 p0 g1 GoSysCall id=1",
        "m1 p- g0 ProcRetake p=0", "m2 p0 g0 ProcStart p=0", "m2 p0 g0 GoStart id=2", "m2 p0 g2 GoSysCall id=2",
        "m0 p0 g1 GoSysExit id=1", "m2 p- g2 GoSysBlock id=2"});
  // Fewer Ps; the one that is taken away belongs to the M that makes the change.
  fine({"m0 p0 g1 GoSysCall id=1", "m1 p- g0 ProcRetake p=0", "m0 p3 g1 ProcStart p=3", "m0 p3 g1 GoSysExit id=1",
        "m0 p3 g0 STWBegin", "m0 p3 g0 STWStopped", "m0 p3 g0 ProcsChange n=2", "m0 p0 g0 ProcStart p=0",
        "m0 p0 g0 STWEnd"});
  fine({"m0 p0 g1 MStart new=2", "m0 p0 g1 MLock id=1", "m0 p0 g1 GoBlock id=1 reason=sleep", "m0 p0 g0 ProcStop p=0",
        "m0 p- g0 ProcHandoff p=0", "m2 p0 g0 ProcStart p=0", "m2 p0 g0 GoUnblock id=1", "m2 p0 g0 ProcStop p=0",
        "m2 p- g0 MWake id=0", "m2 p- g0 MStop", "m0 p0 g0 ProcStart p=0", "m0 p0 g0 GoStart id=1",
        "m0 p0 g1 MUnlock id=1"});
}

TEST(Rules, Goroutines) {
  const string create = "m0 p0 g1 GoCreate new=2 at=a.cc:1";
  broken({"m0 p0 g0 GoStart id=1"}, "known: goroutine 1 runs on m0 since line 75");
  broken({"m0 p0 g0 GoStart id=2"}, "no GoCreate has made goroutine 2");
  broken({create, "m0 p0 g0 GoStart id=2"}, "m0 runs goroutine 1 since line 75");
  broken({create, create}, "goroutine 2 exists already");
  broken({"m0 p0 g1 GoUnblock id=1"}, "unblocked, but does not wait");
  broken({"m0 p0 g1 GoBlock id=1 reason=select", "m0 p0 g0 GoStart id=1"},
         "known: goroutine 1 waits (select) since line " + kNextLine);
  broken({create, "m0 p0 g1 GoBlock id=2 reason=select"}, "does not run on m0");
  broken({create, "m0 p0 g2 GoStop id=1 reason=Gosched"}, "goroutine 2 writes an event on m0, but does not run there");
  broken({"m0 p0 g5 GoStop id=1 reason=Gosched"}, "goroutine 5 writes an event, but does not exist");
  const std::vector<string> dead = {create, "m0 p0 g1 GoStop id=1 reason=Gosched", "m0 p0 g0 GoStart id=2",
                                    "m0 p0 g0 GoDestroy id=2"};
  auto after = [&](const string& line) {
    auto lines = dead;
    lines.push_back(line);
    return lines;
  };
  broken(after("m0 p0 g0 GoStart id=2"), "goroutine 2 has ended on line " + line_after(3));
  broken(after("m0 p0 g0 GoUnblock id=2"), "goroutine 2 has ended on line " + line_after(3));
  broken(after("m0 p0 g2 RunqOverflow n=129"), "goroutine 2 has ended on line " + line_after(3));
  broken(after("m0 p0 g0 GoCreate new=2 at=x:1"), "an id that has been given out before");
  broken({"m0 p0 g1 GoSysExit id=1"}, "is in no system call");
  broken({"m0 p0 g1 GoSysBlock id=1"}, "is in no system call");
  broken({"m0 p0 g1 GoSysCall id=1", "m0 p- g1 GoBlock id=1 reason=sleep"}, "does not run on m0");
  broken({"m0 p0 g1 MLock id=1", "m0 p0 g1 MStart new=2", "m0 p0 g1 GoStop id=1 reason=Gosched",
          "m0 p0 g0 ProcStop p=0", "m0 p- g0 ProcHandoff p=0", "m2 p0 g0 ProcStart p=0", "m2 p0 g0 GoStart id=1"},
         "MLock has wired it to m0");
}

TEST(Rules, PsAndMs) {
  broken({"m0 p1 g1 GoStop id=1 reason=Gosched"}, "known: m0 has P 0 since line 52");
  broken({"m0 p- g1 GoStop id=1 reason=Gosched"}, "the line has p-");
  broken({"m1 p0 g0 ProcStart p=0"}, "known: P 0 is m0's since line 52");
  broken({"m1 p4 g0 ProcStart p=4"}, "GOMAXPROCS is 4");
  broken({"m0 p1 g1 ProcStart p=1"}, "m0 takes a second P");
  broken({"m0 p0 g0 ProcStop p=0"}, "gives up its P while it runs");
  broken({"m1 p- g0 ProcRetake p=0"}, "in no system call");
  broken({"m1 p- g0 GoCreate new=2 at=x:1"}, "without a P");
  broken({"m7 p- g0 MStop"}, "m7 writes an event, but does not exist");
  broken({"m0 p0 g1 MStart new=1"}, "has been started before");
  broken({"m1 p- g0 MStop", "m1 p- g0 MStop"}, "writes an event, but sleeps");
  broken({"m0 p0 g1 MWake id=1"}, "does not sleep");
  broken({"m0 p0 g0 MStop"}, "goes to sleep and holds a P");
  broken({"m0 p0 g0 MExit"}, "MExit must come after GoDestroy");
  broken({"m0 p0 g1 MLock id=1", "m0 p0 g0 GoDestroy id=1", "m0 p0 g0 MExit", "m0 p0 g0 ProcStop p=0",
          "m0 p- g0 ProcHandoff p=0", "m0 p- g0 MStop"},
         "m0 has ended");
  broken({"m0 p0 g0 ProcSteal from=0 n=1"}, "stolen from P 0");
  broken({"m1 p1 g0 ProcStart p=1", "m0 p0 g0 STWBegin", "m0 p0 g0 STWStopped", "m0 p0 g0 ProcsChange n=2"},
         "while another M holds one");
  broken({"m0 p0 g0 ProcsChange n=0"}, "GOMAXPROCS can't be 0");
  broken({"m0 p0 g0 PollBlock ns=-1"}, "looks for work while it runs");
}

TEST(Rules, TheWhole) {
  broken({"m0 p0 g1 Exit status=0", "m0 p0 g1 GoStop id=1 reason=Gosched"}, "an event after the process's end");
  broken({"m0 p0 g1 Nonsense"}, "no event of rt0");
  broken({"m0 p0 g1 GoStop id=1"}, "its argument reason is missing");
  broken({"m0 p0 g1 GoStop id=one reason=Gosched"}, "its argument id is no number");
  broken({"m0 p0 g1 GoStop id=1 reason=x more=1"}, "an argument too many");
  broken({"m0 p0 g1 TraceOpen kernel=linux"}, "opened twice");
  broken({"m0 p0 g1 InitTaskDone name=x"}, "has not begun");
  Result r = run_check(kBoot + "3 m0 p0 g1 exit\n" + kEnd);
  EXPECT_EQ(r.status, kBroken);
  EXPECT_NE(r.text.find(kNext + "time falls, from " + std::to_string(kBootTime) + " to 3"), string::npos) << r.text;
  r = run_check(kBoot.substr(kBoot.find('\n') + 1));
  EXPECT_NE(r.text.find("must begin with the entry point"), string::npos) << r.text;
  string swapped = kBoot;
  swapped.replace(swapped.find("osinit"), 6, "newproc");
  r = run_check(swapped + kEnd);
  EXPECT_NE(r.text.find("t:11: the boot is out of order: osinit comes before newproc"), string::npos) << r.text;
}

TEST(Rules, Choices) {
  auto says = [](const string& line) {
    string t = with({line}, "");
    const size_t at = t.find("kernel=linux");
    return run_check(t.replace(at, 12, "kernel=sim") + kEnd).text;
  };
  auto random = [](const string& rest) { return "m0 p0 g1 Choose " + rest; };
  EXPECT_EQ(says(random("i=0 kind=random n=3 pick=0 on=g1")), "");
  EXPECT_EQ(says(random("i=0 kind=random n=3 pick=2 on=g1")), "");
  const std::pair<string, string> wrong[] = {
      {random("i=0 kind=random n=3 pick=3 on=g1"), "the 3 can't be picked"},
      {random("i=0 kind=random n=3 pick=-1 on=g1"), "the -1 can't be picked"},
      {random("i=0 kind=random n=1 pick=0 on=g1"), "can't be one of 1"},
      {random("i=0 kind=preempt n=3 pick=0 on=g1"), "can't be one of 3"},
      {random("i=1 kind=random n=3 pick=0 on=g1"), "comes where choice 0 is due"},
      {random("i=0 kind=x n=3 pick=0 on=g1"), "no choice of the kind x"},
      {random("i=0 kind=random n=3 pick=0 on=g77"), "none of this number"},
      {random("i=0 kind=run n=30 pick=0 on=m1"), "fewer threads than 30"},
      {"m0 p0 g0 Choose i=0 kind=preempt n=2 pick=0 on=g1", "only the goroutine that runs may be preempted"},
  };
  for (const auto& [line, words] : wrong) EXPECT_NE(says(line).find(words), string::npos) << line << '\n' << says(line);
  broken({random("i=0 kind=random n=3 pick=0 on=g1")}, "only the simulated kernel makes choices");
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
  const string a = with({"m0 p0 g1 GoStop id=1 reason=Gosched", "m0 p0 g1 GoStart id=1"});
  string b = a;
  b.replace(b.find("1001 m0"), 4, "1007");
  EXPECT_EQ(run_diff(a, a).status, kFine);
  EXPECT_EQ(run_diff(a, b).status, kFine) << "live: times do not count";
  EXPECT_EQ(run_diff(a, b, {DiffOptions::compare, 5}).status, kBroken);
  auto sim = [](string t) { return t.replace(t.find("kernel=linux"), 12, "kernel=sim"); };
  const Result r = run_diff(sim(a), sim(b));
  EXPECT_EQ(r.status, kBroken);
  EXPECT_TRUE(has(r, "only the time differs: 1001 and 1007")) << r.text;
  EXPECT_EQ(run_diff(sim(a), sim(b), {DiffOptions::ignore, 5}).status, kFine);
}

TEST(Diff, Divergence) {
  const string a =
      with({"m0 p0 g1 GoStop id=1 reason=Gosched", "m0 p0 g0 GoStart id=1", "m0 p0 g1 GoBlock id=1 reason=select"});
  const string b =
      with({"m0 p0 g1 GoStop id=1 reason=Gosched", "m0 p0 g0 GoStart id=2", "m0 p0 g1 GoBlock id=2 reason=select"});
  const Result r = run_diff(a, b, {DiffOptions::automatic, 2});
  EXPECT_EQ(r.status, kBroken);
  EXPECT_TRUE(has(r, "from line " + line_after(1) + " of A and line " + line_after(1) + " of B on")) << r.text;
  EXPECT_TRUE(has(r, "    " + kNextLine + ": 1000 m0 p0 g1 GoStop id=1 reason=Gosched")) << r.text;
  EXPECT_FALSE(has(r, "    20: ")) << r.text;
  EXPECT_TRUE(has(r, "  > " + line_after(1) + ": 1001 m0 p0 g0 GoStart id=1")) << r.text;
  EXPECT_TRUE(has(r, "    " + line_after(2) + ": 1002 m0 p0 g1 GoBlock id=2")) << r.text;
  EXPECT_TRUE(has(run_diff(a, kBoot), "it ends here, after line " + std::to_string(kBootLines)));
  EXPECT_EQ(run_diff(a, kBoot + "rubbish\n").status, kUnusable);
  EXPECT_EQ(run_diff("", "").status, kUnusable);
  EXPECT_EQ(run_diff(a, "").status, kUnusable);
  EXPECT_EQ(run_diff("", a).status, kUnusable);
}

TEST(Diff, Terminal) {
  const string a = with({"m0 p0 g1 GoBlock id=1 reason=sync.RWMutex.RLock", "m0 p0 g0 GoStart id=1"});
  const string b = with({"m0 p0 g1 GoBlock id=1 reason=sync.RWMutex.RLock", "m0 p0 g0 GoStart id=222222222"});
  const Result r = run_diff(a, b, {DiffOptions::automatic, 2, 30, true});
  EXPECT_TRUE(has(r, "    " + kNextLine + ": 1000 m0 p0 g1 GoBl...\n")) << r.text;
  EXPECT_TRUE(has(r, "\x1b[31m  > " + line_after(1) + ": 1001 m0 p0 g0 GoStart id=1\x1b[0m\n")) << r.text;
  EXPECT_TRUE(has(r, "\x1b[32m  > " + line_after(1) + ": 1001 m0 p0 g0 GoStart id=222222222\x1b[0m\n")) << r.text;
  EXPECT_FALSE(has(run_diff(a, b), "\x1b"));
}

TEST(Diff, Choices) {
  auto choose = [](int index, int pick) {
    return "m0 p0 g1 Choose i=" + std::to_string(index) + " kind=run n=3 pick=" + std::to_string(pick) + " on=g7";
  };
  const string a = with({choose(1, 0), choose(2, 1), "m0 p0 g1 GoStop id=1 reason=Gosched"});
  Result r = run_diff(a, with({choose(1, 0), choose(2, 2), "m0 p0 g1 GoStop id=1 reason=Gosched"}));
  EXPECT_TRUE(has(r, "a choice made the difference: both traces had the same alternatives and picked different ones"))
      << r.text;
  EXPECT_TRUE(has(r, "A line " + line_after(1) + ": i=2 kind=run n=3 pick=1 on=g7")) << r.text;
  EXPECT_TRUE(has(r, "B line " + line_after(1) + ": i=2 kind=run n=3 pick=2 on=g7")) << r.text;
  r = run_diff(with({choose(1, 0), "m0 p0 g1 InitTask name=a", choose(2, 1)}),
               with({choose(1, 0), "m0 p0 g1 InitTask name=b", choose(2, 1)}));
  EXPECT_TRUE(has(r, "no choice made the difference")) << r.text;
  EXPECT_TRUE(has(r, "last choice in common (1 of them): line " + kNextLine)) << r.text;
}

TEST(Diff, Masks) {
  auto choose = [](int index, int pick) {
    return "m0 p0 g1 Choose i=" + std::to_string(index) + " kind=run n=3 pick=" + std::to_string(pick) + " on=g1";
  };
  const string a = with({"m0 p0 g1 GoCreate new=2 at=a.cc:1", choose(0, 0), choose(1, 1), choose(2, 2)});
  const string moved = with({"m0 p0 g1 GoCreate new=2 at=a.cc:9", choose(0, 0), choose(1, 1), choose(2, 2)});
  DiffOptions keys;
  EXPECT_EQ(run_diff(a, moved, keys).status, kBroken);
  keys.ignore_keys = {"at"};
  EXPECT_EQ(run_diff(a, moved, keys).status, kFine);
  DiffOptions events;
  events.ignore_events = {"GoCreate"};
  EXPECT_EQ(run_diff(a, moved, events).status, kFine);
  // Other boots: one line less, later, and with a choice; the same from main.main on.
  string late = with({"m0 p0 g1 GoCreate new=2 at=a.cc:1", choose(5, 0), choose(6, 1), choose(7, 2)});
  late.erase(late.find("5 m0 p- g0 schedinit\n"), string("5 m0 p- g0 schedinit\n").size());
  DiffOptions from;
  EXPECT_EQ(run_diff(a, late, from).status, kBroken);
  from.from = "main.main";
  EXPECT_EQ(run_diff(a, late, from).status, kFine) << run_diff(a, late, from).text;
  from.times = DiffOptions::compare;
  EXPECT_EQ(run_diff(a, late, from).status, kFine);
  // All choices that differ are listed, not only the first.
  const string other =
      with({"m0 p0 g1 GoCreate new=2 at=a.cc:1", choose(0, 1), choose(1, 1), choose(2, 0), choose(3, 0)});
  Result r = run_diff(a, other);
  EXPECT_TRUE(
      has(r, "  = A line " + line_after(1) + ": i=0 kind=run n=3 pick=0 on=g1\n    B line " + line_after(1) + ": i=0 "))
      << r.text;
  EXPECT_TRUE(has(r, "  = A line " + line_after(3) + ": i=2 ")) << r.text;
  EXPECT_FALSE(has(r, "A line " + line_after(2) + ": i=1 ")) << r.text;
  EXPECT_TRUE(has(r, "    A has none any more\n    B line " + line_after(4) + ": i=3 ")) << r.text;
  EXPECT_TRUE(has(r, "3 of 4 choices from here on differ\n")) << r.text;
  DiffOptions few;
  few.choices = 1;
  EXPECT_TRUE(has(run_diff(a, other, few), "3 of 4 choices from here on differ; --choices N lists more than 1"))
      << r.text;
  DiffOptions json;
  json.json = true;
  r = run_diff(a, other, json);
  EXPECT_EQ(r.status, kBroken);
  EXPECT_TRUE(has(r, "\"same\": false")) << r.text;
  EXPECT_TRUE(has(r, "\"choices_after\": 4")) << r.text;
  EXPECT_TRUE(has(run_diff(a, a, json), "\"same\": true"));
  // Masks that name nothing.
  DiffOptions wrong;
  wrong.from = "main.mainn";
  EXPECT_EQ(run_diff(a, a, wrong).text, "--from main.mainn: no event of rt0 has this name");
  wrong.from = "MExit";
  EXPECT_EQ(run_diff(a, a, wrong).text, "a: it has no event MExit");
  wrong.ignore_events = {"MExit"};
  EXPECT_TRUE(has(run_diff(a, a, wrong), "nothing would be compared"));
  wrong = {};
  wrong.ignore_events = {"Go"};
  EXPECT_EQ(run_diff(a, a, wrong).text, "--ignore Go: no event of rt0 has this name");
  wrong = {};
  wrong.ignore_keys = {"time"};
  EXPECT_EQ(run_diff(a, a, wrong).text, "--ignore-key time: no event of rt0 has this argument");
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
  string t = with({"m0 p0 g1 MStart new=2",
                   "m0 p0 g1 GoCreate new=2 at=a%20b.cc:1",
                   "m0 p0 g1 GoCreate new=3 at=a.cc:2",
                   "m2 p1 g0 ProcStart p=1",
                   "m2 p1 g0 ProcSteal from=0 n=1",
                   "m2 p1 g0 GoStart id=2",
                   "m0 p0 g1 GoSysCall id=1",
                   "m1 p- g0 ProcRetake p=0",
                   "m1 p- g0 ProcHandoff p=0",
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
                   "m2 p1 g3 MWake id=0",
                   "m2 p1 g3 GoStart id=3",
                   "m2 p1 g0 GoDestroy id=3",
                   "m2 p1 g0 ProcStop p=1",
                   "m2 p- g0 PollBlock ns=-1",
                   "m2 p- g0 PollReady n=1",
                   "m2 p- g0 MStop",
                   "m3 p0 g1 Choose i=0 kind=run n=3 pick=1 on=g2",
                   "m3 p0 g0 STWBegin",
                   "m3 p0 g0 STWStopped",
                   "m3 p0 g0 ProcsChange n=8",
                   "m3 p0 g0 STWEnd",
                   "m3 p0 g1 TimerStart in=5",
                   "m3 p0 g1 TimerStop",
                   "m3 p0 g1 MWake id=2",
                   "m2 p5 g0 ProcStart p=5",
                   "m2 p5 g0 GoStart id=2",
                   "m2 p5 g0 GoDestroy id=2",
                   "m2 p5 g0 ProcStop p=5",
                   "m3 p0 g1 Throw why=x"},
                  "2000 m3 p0 g1 Exit status=2\n");
  const string live = "kernel=linux";  // the trace has a choice, so it must be the simulated kernel's
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
      case 7: t.insert(to, "1001 m0 p0 g1 ProcsChange n=" + std::to_string(below(1 << 21)) + "\n"); break;
      default: std::swap(t[below(t.size())], t[below(t.size())]); break;
    }
  }
  return t;
}

// Runs every command on the trace. Each must end, and find the trace fine, broken or unusable as check does.
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
  one([&](Reader& r) { return show(r, {40, 0, 2000}, out, err); });
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

// Makes every single change of a golden: a line left out, a line twice, two lines exchanged (their times stay), a field
// changed. Calls `tried` with the class of the change and the changed trace.
void changes(const std::vector<string>& lines, size_t stride,
             const std::function<void(const string& kind, const std::vector<string>& changed)>& tried) {
  for (size_t i = 0; i < lines.size(); i++) {
    Line l;
    if (parse_line(lines[i], &l) != nullptr) continue;
    const string name = l.boot ? "boot" : string(l.name);
    auto changed = lines;
    changed.erase(changed.begin() + static_cast<long>(i));
    tried(name + " left out", changed);
    changed = lines;
    changed.insert(changed.begin() + static_cast<long>(i), lines[i]);
    tried(name + " twice", changed);
    if (i + 1 < lines.size()) {
      const size_t a = lines[i].find(' '), b = lines[i + 1].find(' ');
      changed = lines;
      changed[i] = lines[i].substr(0, a) + lines[i + 1].substr(b);
      changed[i + 1] = lines[i + 1].substr(0, b) + lines[i].substr(a);
      if (changed != lines) tried(name + " exchanged", changed);
    }
    if (i % stride != 0) continue;
    std::vector<string> words;
    std::istringstream in(lines[i]);
    for (string word; in >> word;) words.push_back(word);
    const auto with_word = [&](size_t k, const string& word, const string& kind) {
      if (words[k] == word) return;
      auto other = words;
      other[k] = word;
      string text;
      for (const string& one : other) text += (text.empty() ? "" : " ") + one;
      changed = lines;
      changed[i] = text;
      tried(name + " " + kind, changed);
    };
    for (const char* m : {"m0", "m1", "m2", "m3"}) with_word(1, m, "m");
    for (const char* p : {"p-", "p0", "p1", "p2"}) with_word(2, p, "p");
    for (const char* g : {"g-", "g0", "g1", "g2", "g3"}) with_word(3, g, "g");
    for (size_t k = 5; k < words.size(); k++) {
      const string key = words[k].substr(0, words[k].find('='));
      if (is_text_arg(key)) {
        for (const char* text : {"", "x"}) with_word(k, key + "=" + text, key);
      } else {
        for (const char* n : {"-1", "0", "1", "2", "3", "17", "1000000"}) with_word(k, key + "=" + n, key);
      }
    }
    for (size_t e = 0; e < static_cast<size_t>(Ev::kCount); e++) {
      const string_view other = boot_name(static_cast<Ev>(e));
      if (args_of(static_cast<Ev>(e)) == args_of(l.ev) && !other.starts_with("_rt0"))
        with_word(4, string(other), "named otherwise");
    }
  }
}

// What check accepts of single changes, because the changed trace can be true as well. Nothing else may be accepted.
const std::set<string> kPossible = {
    // Where a runnable goroutine waits, how many there are, and whether an M spins is not in a trace.
    "GlobrunqGet left out", "GlobrunqGet n", "GlobrunqGet exchanged", "GlobrunqGet g", "ProcSteal left out",
    "ProcSteal n", "ProcSteal exchanged", "PollBlock left out", "PollBlock exchanged", "PollBlock m", "PollBlock ns",
    "PollReady left out", "PollReady n", "PollReady exchanged", "TimerStart left out", "TimerStart in",
    "TimerStart exchanged", "TimerFire left out", "TimerFire late", "TimerFire exchanged", "boot left out",
    // Another event that changes nothing that is followed.
    "GlobrunqGet named otherwise", "PollReady named otherwise", "boot named otherwise",
    // Two events of one M whose order is open, or of two Ms.
    "GoBlock exchanged", "GoCreate exchanged", "GoDestroy exchanged", "GoStart exchanged", "GoStop exchanged",
    "GoSysCall exchanged", "GoSysExit exchanged", "GoUnblock exchanged", "MStart exchanged", "MStop exchanged",
    "MWake exchanged", "ProcStop exchanged", "Recover exchanged", "boot exchanged", "Choose exchanged",
    // On g0, or on a goroutine's own stack.
    "GoCreate g", "GoDestroy g", "GoStart g", "MStart g", "MWake g", "Choose g", "Exit g",
    // What a pick stands for is not in a trace, nor how many there were to pick from; a record has it: check --record.
    "Choose n", "Choose pick", "Choose m", "Choose p", "Choose left out",
    // An M that is not heard of again, or any other that does the same.
    "MStop left out", "MStop m", "MWake left out", "MWake m", "ProcHandoff left out", "MStart left out",
    // The program is free to choose it; after a fatal error any thread may end the process, or a signal does.
    "Exit status", "Exit m", "Exit p", "Exit left out", "Throw left out", "Panic type",
    // A deferred function may end the goroutine, or the process, without recovering.
    "Recover left out"};

TEST(Goldens, Changes) {
  const string folder = string(RT0_ORACLE) + "/../golden/sim/";
  std::map<string, int> accepted;
  int tried = 0;
  for (const char* name : {"boot", "goroutines", "recover"}) {
    std::ifstream in(folder + name + ".trace");
    std::vector<string> lines;
    for (string line; std::getline(in, line);) lines.push_back(line);
    ASSERT_GT(lines.size(), 100u) << name;
    changes(lines, 16, [&](const string& kind, const std::vector<string>& changed) {
      string text;
      for (const string& line : changed) text += line + "\n";
      tried++;
      if (run_check(text).status == kFine && !kPossible.contains(kind) && accepted[kind]++ == 0)
        ADD_FAILURE() << name << ": accepted: " << kind;
    });
  }
  EXPECT_GT(tried, 2000);
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
