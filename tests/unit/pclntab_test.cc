// The PC-line table: mkpclntab's tables of small real programs as the reader sees them, and the reader's behaviour on
// broken tables. docs/PCLNTAB.md has the format.
//
// hosted/pclntab_build.h compiles the programs. Settings, from CMake or from environment variables of the same name:
// RT0_MKPCLNTAB, the tool (without it the tests that need it are skipped); RT0_TEST_TMP, the folder for files.
#include "pclntab_build.h"

#include <algorithm>
#include <cstring>
#include <random>
#include <set>

namespace rt0 {
namespace {

class Sample : public testing::TestWithParam<Toolchain> {
 protected:
  void SetUp() override {
    if (tool().empty()) GTEST_SKIP() << "RT0_MKPCLNTAB is not set";
    static std::map<string, std::unique_ptr<Program>> built;
    auto& slot = built[GetParam().name];
    if (slot == nullptr) slot = build(GetParam());
    ASSERT_NE(slot, nullptr);
    p_ = slot.get();
  }
  const Program& prog() { return *p_; }
  Program* p_ = nullptr;
};

INSTANTIATE_TEST_SUITE_P(Compilers, Sample, testing::ValuesIn(toolchains()), [](const auto& sample) {
  string s = sample.param.name;
  std::replace(s.begin(), s.end(), '-', '_');
  return s;
});

TEST_P(Sample, SecondLinkNeedsTheSameTable) {
  const Ran r = run(tool() + " --elf " + prog().elf + " --verify --strip-prefix " + tmp_dir());
  EXPECT_EQ(r.status, 0) << r.out;
  EXPECT_NE(r.out.find("up to date"), string::npos) << r.out;
}

TEST_P(Sample, StaleTableIsRefused) {
  // The program of the first link has a table that does not belong to it.
  const Ran r = run(tool() + " --elf " + tmp_dir() + "/" + GetParam().name + ".1 --verify --strip-prefix " + tmp_dir());
  EXPECT_EQ(r.status, 1) << r.out;
  EXPECT_NE(r.out.find("stale"), string::npos) << r.out;
}

TEST_P(Sample, FunctionsHaveGoNames) {
  const std::map<string, string> want = {
      {"main.main", "main.main"},
      {"runtime.sink", "runtime.sink"},
      {"runtime.stop", "runtime.stop"},
      {"_ZN3rt04ChanIiE4sendEi", "runtime.Chan.send"},
      {"_ZN3rt04ChanIlE4sendEl", "runtime.Chan.send"},
      {"_ZN3rt012_GLOBAL__N_16hiddenEi", "runtime.hidden"},
      {"_ZN3rt07throughEPFvPvES0_", "runtime.through"},
      {"_ZN3rt0plEiRKNS_4ChanIiEE", "runtime.operator+"},
      {"_ZN1SlsEi", "main.S.operator<<"},
      {"_ZNK1ScvbEv", "main.S.operator bool"},
      {"_ZN1SclEi", "main.S.operator()"},
      {"_ZNK1SltERKS_", "main.S.operator<"},
      {"_ZN1SpmIiEEPT_S2_", "main.S.operator->*"},
      {"_ZN1SnwEmPi", "main.S.operator new"},
      {"_ZN2ns3Foo3barEv", "main.ns.Foo.bar"},
      {"_ZL4boomi", "main.boom"},
      {"_ZZ11local_classvEN5Local3runEi", "main.local_class.Local.run"},
      {"_start", "_start"},
      {"cfun", "cfun"},
      {"plain_alias", "runtime.asmfn"},
      {"bare_label", "bare_label"},
  };
  size_t found = 0;
  for (const auto& [raw, pc] : prog().symbols) {
    const string sym = raw.substr(0, raw.find('.', 8));  // without .isra.0 and the like
    const auto it = want.find(sym);
    if (it == want.end()) continue;
    found++;
    EXPECT_EQ(prog().name(pc), it->second) << raw;
    const auto f = prog().frames(pc + 1);
    ASSERT_FALSE(f.empty()) << raw;
    EXPECT_EQ(f.back().entry + prog().text, pc) << raw;
  }
  EXPECT_GE(found, 14u);
}

TEST_P(Sample, InlinedCallsAreFrames) {
  EXPECT_TRUE(prog().has_chain(at("runtime.Chan.recv", "recv") + " " + at("main.main", "main_recv") + "!"));
  EXPECT_TRUE(prog().has_chain(at("main.main.func1", "func1") + " " + at("runtime.call", "call") + " " +
                               at("main.main", "func1") + "!"));
}

// Reading from the index's marks gives the same result as reading from the table's start.
TEST_P(Sample, IndexLeadsToTheSameFrames) {
  const Span<const u8> raw{prog().raw.data(), prog().raw.size()};
  const u32 size = static_cast<u32>(prog().text_end - prog().text);
  std::vector<u32> memory(pclntab_index_size(raw, size) / sizeof(u32));
  const PcIndex index = pclntab_index(raw, size, memory.data());
  EXPECT_EQ(index.marks.len, size / kPcStep + 1);
  EXPECT_LE(reinterpret_cast<const u32*>(index.files.end()), memory.data() + memory.size());
  const auto same = [](Str a, Str b) { return a.ptr == b.ptr && a.len == b.len; };
  for (u32 pc = 0; pc < size + 2 * kPcStep; pc++) {
    PcFrame a[kMaxPcDepth], b[kMaxPcDepth];
    u32 lo[2] = {}, hi[2] = {};
    const usize n = pclntab_frames(raw, pc, {a, kMaxPcDepth}, &lo[0], &hi[0]);
    ASSERT_EQ(pclntab_frames(raw, pc, {b, kMaxPcDepth}, &lo[1], &hi[1], index), n) << pc;
    ASSERT_EQ(lo[0], lo[1]);
    ASSERT_EQ(hi[0], hi[1]);
    for (usize i = 0; i < n; i++) {
      ASSERT_TRUE(same(a[i].func, b[i].func) && same(a[i].file, b[i].file)) << pc;
      ASSERT_TRUE(a[i].line == b[i].line && a[i].entry == b[i].entry && a[i].inlined == b[i].inlined) << pc;
    }
  }
}

// A function of the runtime is one frame, whatever was inlined into it, and at its calls it has the right line.
TEST_P(Sample, RuntimeFunctionsAreOneFrame) {
  bool call_of_lambda = false;
  for (uintptr pc = prog().symbols.at("runtime.stop"); prog().name(pc) == "runtime.stop"; pc++) {
    const auto f = prog().frames(pc);
    EXPECT_EQ(f.size(), 1u);
    EXPECT_FALSE(f[0].inlined);
    call_of_lambda |= f[0].line == line_of("stop_call");
  }
  EXPECT_TRUE(call_of_lambda);
}

// Also at indirect calls, which are not in DWARF.
TEST_P(Sample, EveryCallInTheRuntimeHasItsLine) {
  std::set<u32> lines;
  for (uintptr pc = prog().text; pc < prog().text_end; pc++)
    if (prog().name(pc) == "runtime.calls") lines.insert(prog().frames(pc)[0].line);
  for (const char* mark : {"calls_1", "calls_2", "calls_3", "calls_4", "calls_5"})
    EXPECT_TRUE(lines.count(line_of(mark))) << mark;
}

TEST_P(Sample, NestedLambdasAreClosures) {
  bool found = false;
  for (uintptr pc = prog().text; pc < prog().text_end && !found; pc++) {
    const auto f = prog().frames(pc);
    if (f.size() < 3) continue;
    found = func(f[0]) == "main.main.func2.1" && f[0].line == line_of("func2_func1") && f[0].inlined &&
            func(f[1]) == "runtime.call" && f[1].line == line_of("call") && f[1].inlined &&
            func(f[2]) == "main.main.func2" && f[2].line == line_of("func2_call");
    // GCC inlines even more of it.
    if (found && f.size() == 5) found = func(f[3]) == "runtime.call" && func(f[4]) == "main.main" && !f[4].inlined;
  }
  EXPECT_TRUE(found);
}

TEST_P(Sample, LambdaAsFunctionPointerIsOneFrame) {
  for (uintptr pc = prog().text; pc < prog().text_end; pc++)
    if (prog().name(pc) == "main.main.func3") {
      EXPECT_EQ(prog().frames(pc).size(), 1u) << std::hex << pc;
      EXPECT_EQ(prog().frames(pc)[0].line, line_of("func3"));
    }
}

TEST_P(Sample, EveryInstructionOfTheProgramHasALine) {
  std::set<string> seen;
  for (uintptr pc = prog().text; pc < prog().text_end; pc++) {
    const auto f = prog().frames(pc);
    if (f.empty()) continue;
    seen.insert(func(f.back()));
    if (func(f.back()) == "runtime.asmfn" || func(f.back()) == "bare_label") {
      EXPECT_TRUE(f[0].file.empty());
      EXPECT_EQ(f[0].line, 0u);
      continue;
    }
    for (const PcFrame& x : f) {
      EXPECT_EQ(text(x.file), "sample.cc") << std::hex << pc;
      EXPECT_NE(x.line, 0u) << std::hex << pc;
    }
  }
  EXPECT_TRUE(seen.count("main.main") && seen.count("runtime.asmfn") && seen.count("_start"));
  EXPECT_FALSE(seen.count("inner_label"));
}

TEST_P(Sample, ReturnAddressBehindTheLastCallIsTheCallers) {
  // main ends in a call that does not return, so its return address is the first byte after main, or padding.
  uintptr end = prog().symbols.at("main.main");
  while (prog().name(end) == "main.main") end++;
  uintptr ret = 0;
  for (uintptr pc = prog().symbols.at("main.main") + 1; pc <= end; pc++)
    if (prog().chain(pc - 1) == at("main.main", "main_stop") + "!") ret = pc;
  ASSERT_NE(ret, 0u);
  EXPECT_EQ(prog().name(ret - 1), "main.main");
}

TEST_P(Sample, OutsideThereIsNothing) {
  PcFrame f[2];
  const u32 size = static_cast<u32>(prog().text_end - prog().text);
  for (u32 pc : {size, size + 1, size + 4096, 0x7fffffffu, 0xffffffffu})
    EXPECT_EQ(pclntab_frames({prog().raw.data(), prog().raw.size()}, pc, {f, 2}), 0u) << pc;
}

TEST_P(Sample, NoMoreFramesThanRoom) {
  for (uintptr pc = prog().text; pc < prog().text_end; pc++) {
    const auto all = prog().frames(pc);
    PcFrame one[1];
    EXPECT_EQ(pclntab_frames({prog().raw.data(), prog().raw.size()}, static_cast<u32>(pc - prog().text), {one, 1}),
              min<usize>(1, all.size()));
    if (!all.empty()) { EXPECT_EQ(func(one[0]), func(all[0])); }
  }
  EXPECT_EQ(pclntab_frames({prog().raw.data(), prog().raw.size()}, 0, {nullptr, 0}), 0u);
}

TEST_P(Sample, RowsTileTheText) {
  vector<PcFrame> f(kMaxPcDepth);
  const u32 size = static_cast<u32>(prog().text_end - prog().text);
  u32 lo = 0, hi = 0;
  for (u32 pc = 0; pc < size; pc = hi) {
    lo = hi = pc;
    (void)pclntab_frames({prog().raw.data(), prog().raw.size()}, pc, {f.data(), f.size()}, &lo, &hi);
    ASSERT_EQ(lo, pc);
    ASSERT_GT(hi, pc);
  }
}

TEST_P(Sample, DumpShowsTheFrames) {
  char pc[32];
  snprintf(pc, sizeof pc, "%llx", static_cast<unsigned long long>(prog().symbols.at("main.main")));
  const Ran one = run(tool() + " --elf " + prog().elf + " --dump --pc " + pc);
  EXPECT_EQ(one.status, 0);
  EXPECT_NE(one.out.find("main.main  sample.cc:" + std::to_string(line_of("main"))), string::npos) << one.out;
  const Ran all = run(tool() + " --elf " + prog().elf + " --dump");
  EXPECT_EQ(all.status, 0);
  EXPECT_NE(all.out.find("runtime.Chan.send"), string::npos);
  EXPECT_EQ(run(tool() + " --elf " + prog().elf + " --dump --pc 1").status, 1);
}

// An independent reader of DWARF must find the same lines, for every instruction of the program and for the calls in
// the runtime. Only with GCC: binutils' addr2line cannot follow clang's range lists.
TEST_P(Sample, AgreesWithAddr2line) {
  if (GetParam().name != "gcc" || !have("addr2line")) GTEST_SKIP();
  std::istringstream code(run("objdump -d --no-show-raw-insn " + prog().elf).out);
  std::set<uintptr> pcs, calls;  // calls: the last byte of each
  bool after_call = false;
  for (string line; std::getline(code, line);) {
    const size_t colon = line.find(":\t");
    if (colon == string::npos) continue;
    const uintptr pc = static_cast<uintptr>(std::stoull(line.substr(0, colon), nullptr, 16));
    if (after_call) calls.insert(pc - 1);
    after_call = line.find("\tcall ", colon) != string::npos;
    if (line.find("nop") == string::npos && line.find("xchg   %ax,%ax") == string::npos) pcs.insert(pc);
  }
  pcs.insert(calls.begin(), calls.end());
  std::ofstream in(tmp_dir() + "/pcs");
  for (uintptr pc : pcs) in << std::hex << pc << "\n";
  in.close();
  std::istringstream out(run("addr2line -i -a -e " + prog().elf + " <" + tmp_dir() + "/pcs").out);
  std::map<uintptr, vector<string>> want;
  uintptr pc = 0;
  for (string line; std::getline(out, line);) {
    if (line.compare(0, 2, "0x") == 0) {
      pc = static_cast<uintptr>(std::stoull(line, nullptr, 16));
      continue;
    }
    line = line.substr(line.rfind('/') + 1);
    line = line.substr(0, line.find(" (disc"));
    want[pc].push_back(line == "??:?" ? "??:0" : line);
  }
  size_t compared = 0, in_runtime = 0;
  for (uintptr at_pc : pcs) {
    const auto frames = prog().frames(at_pc);
    vector<string> lines;
    for (const PcFrame& f : frames)
      lines.push_back((f.file.empty() ? "??" : text(f.file)) + ":" + std::to_string(f.line));
    vector<string>& dwarf = want[at_pc];
    if (!frames.empty() && text(frames.back().package) == "runtime.") {
      if (calls.count(at_pc) == 0) continue;
      dwarf.erase(dwarf.begin(), dwarf.end() - 1);
      in_runtime++;
    }
    // rt0's reader shows a lambda and its conversion to a function pointer as one frame.
    if (!frames.empty() && dwarf.size() == lines.size() + 1 && func(frames.back()).find(".func") != string::npos)
      continue;
    EXPECT_EQ(lines, dwarf) << std::hex << at_pc;
    compared++;
  }
  EXPECT_GT(compared, 100u);
  EXPECT_GT(in_runtime, 3u);
}

// Any bits may flip, in the packed table or after unpacking: the reader stays inside the table (the vectors have
// exactly its size, so that the sanitizer notices) and terminates.
TEST_P(Sample, SurvivesBitFlips) {
  std::mt19937 rng(20240611);
  const auto flip = [&](vector<u8>& b, size_t from) {
    for (u32 flips = 1 + rng() % 8; flips-- != 0;) {
      const size_t where = from + rng() % (b.size() - from);
      b[where] = static_cast<u8>(rng() % 2 == 0 ? b[where] ^ (1u << rng() % 8) : rng());
    }
  };
  const size_t rounds = GetParam().name == "gcc" ? 3000 : 500;
  size_t unpacked = 0, answers = 0;
  const auto ask = [&](const vector<u8>& raw) {
    for (int q = 0; q < 3; q++) {
      PcFrame f[4];
      const u32 pc = static_cast<u32>(rng() % (prog().text_end - prog().text + 16));
      const usize n = pclntab_frames({raw.data(), raw.size()}, pc, {f, 4});
      EXPECT_LE(n, 4u);
      answers += n != 0;
      for (usize i = 0; i < n; i++) (void)(func(f[i]) + text(f[i].file));  // the strings are inside the table
    }
  };
  for (size_t i = 0; i < rounds; i++) {
    vector<u8> packed(prog().packed);
    flip(packed, kPcLnHeaderSize);
    const vector<u8> raw = unpack(packed);
    if (!raw.empty()) unpacked++, ask(raw);
    vector<u8> direct(prog().raw);
    flip(direct, 0);
    ask(direct);
  }
  EXPECT_GT(unpacked, 0u);
  EXPECT_GT(answers, rounds / 10);
}

TEST_P(Sample, RefusesEveryCut) {
  for (size_t n = 0; n < prog().packed.size(); n++) {
    const vector<u8> cut(prog().packed.begin(), prog().packed.begin() + static_cast<std::ptrdiff_t>(n));
    PcLnHeader h;
    EXPECT_FALSE(pclntab_header(cut.data(), cut.size(), &h)) << n;
  }
}

TEST_P(Sample, SurvivesEveryCutOfTheUnpackedTable) {
  for (size_t n = 0; n < prog().raw.size(); n++) {
    const vector<u8> cut(prog().raw.begin(), prog().raw.begin() + static_cast<std::ptrdiff_t>(n));
    PcFrame f[4];
    for (u32 pc = 0; pc < prog().text_end - prog().text; pc += 97)
      (void)pclntab_frames({cut.data(), cut.size()}, pc, {f, 4});
  }
}

// ---- tables made by hand

TEST(PcLnTab, RefusesRubbish) {
  PcLnHeader h;
  EXPECT_FALSE(pclntab_header(nullptr, 0, &h));
  const vector<u8> zeros(4096), ones(4096, 0xff);
  EXPECT_FALSE(pclntab_header(zeros.data(), zeros.size(), &h));
  EXPECT_FALSE(pclntab_header(ones.data(), ones.size(), &h));
}

// Random bytes after a valid header, and random bytes as an unpacked table.
TEST(PcLnTab, SurvivesRubbishBehindAGoodHeader) {
  std::mt19937 rng(7);
  for (int round = 0; round < 4000; round++) {
    vector<u8> b(kPcLnHeaderSize + 100 + rng() % 400);
    for (u8& x : b) x = static_cast<u8>(rng() & (rng() % 2 != 0 ? 0xff : 0x1f));
    memcpy(b.data(), "PCLN\0\0\0", 8);
    const u32 numbers[] = {200 + static_cast<u32>(rng() % 600), static_cast<u32>(b.size()) - kPcLnHeaderSize, 5000};
    for (size_t i = 0; i < 12; i++) b[8 + i] = static_cast<u8>(numbers[i / 4] >> 8 * (i % 4));
    PcLnHeader h;
    while (!pclntab_header(b.data(), b.size(), &h) && b[4] < 255) b[4]++;  // the version
    ASSERT_LT(b[4], 255);
    vector<u8> raw = unpack(b);
    if (raw.empty()) {
      raw.resize(300);
      for (u8& x : raw) x = static_cast<u8>(rng());
    }
    if (round % 2 == 0) {  // valid offsets
      const u32 offsets[] = {8 + static_cast<u32>(rng() % (raw.size() - 8)), static_cast<u32>(raw.size()) - 8};
      for (size_t i = 0; i < 8; i++) raw[i] = static_cast<u8>(offsets[i / 4] >> 8 * (i % 4));
    }
    std::vector<u32> memory(pclntab_index_size({raw.data(), raw.size()}, 5000) / sizeof(u32));
    const PcIndex index = pclntab_index({raw.data(), raw.size()}, 5000, memory.data());
    for (u32 pc = 0; pc < 6000; pc += 1 + rng() % 300) {
      PcFrame f[kMaxPcDepth];
      (void)pclntab_frames({raw.data(), raw.size()}, pc, {f, kMaxPcDepth});
      (void)pclntab_frames({raw.data(), raw.size()}, pc, {f, kMaxPcDepth}, nullptr, nullptr, index);
    }
  }
}

// ---- the tool's messages

TEST(MkPcLnTab, SaysWhatIsWrongInOneLine) {
  if (tool().empty() || !have("g++")) GTEST_SKIP();
  const string d = tmp_dir() + "/";
  write_file("text", "no ELF\n");
  write_file("none.cc", "extern \"C\" void _start() { for (;;) {} }\n");
  ASSERT_EQ(run("g++ -c " + d + "none.cc -o " + d + "none.o && ld " + d + "none.o -o " + d + "nodwarf && strip -o " +
                d + "stripped " + d + "nodwarf")
                .status,
            0);
  const std::map<string, string> wrong = {
      {"--elf " + d + "text --out " + d + "x", "not an ELF file"},
      {"--elf " + d + "missing --out " + d + "x", "No such file"},
      {"--elf " + d + "none.o --out " + d + "x", "not a linked program"},
      {"--elf " + d + "nodwarf --out " + d + "x", "no DWARF"},
      {"--elf " + d + "stripped --out " + d + "x", "no symbol table"},
      {"--elf " + d + "nodwarf --verify", "no section .gopclntab"},
      {"--elf " + d + "nodwarf --dump", "no section .gopclntab"},
      {"--elf " + d + "nodwarf", "say what to do"},
  };
  for (const auto& [args, message] : wrong) {
    const Ran r = run(tool() + " " + args);
    EXPECT_EQ(r.status, 2) << args;
    EXPECT_NE(r.out.find(message), string::npos) << args << ": " << r.out;
    EXPECT_EQ(std::count(r.out.begin(), r.out.end(), '\n'), 1) << r.out;
  }
}

// More levels of inlining than the reader has room for: it leaves out the outermost. Long names are not cut.
TEST(MkPcLnTab, DeepInliningAndLongNames) {
  if (tool().empty() || !have("g++")) GTEST_SKIP();
  const string d = tmp_dir() + "/", longest(150, 'x');
  write_file("deep.cc",
             "volatile int g;\n"
             "template <int N> inline __attribute__((always_inline)) void down() {\n"
             "  if constexpr (N == 0) g = 1; else down<N - 1>();\n"
             "}\n"
             "__attribute__((noinline)) void " +
                 longest +
                 "() { g = 2; }\n"
                 "extern \"C\" void _start() { down<30>(); " +
                 longest + "(); for (;;) {} }\n");
  ASSERT_EQ(
      run("g++ -std=c++20 -O1 -g -c " + d + "deep.cc -o " + d + "deep.o && ld " + d + "deep.o -o " + d + "deep").status,
      0);
  const Ran r = run(tool() + " --elf " + d + "deep --out " + d + "deep.s");
  ASSERT_EQ(r.status, 0) << r.out;
  const vector<u8> raw = unpack(table_of(d + "deep.s"));
  ASSERT_FALSE(raw.empty());
  size_t deepest = 0;
  bool whole = false;
  for (u32 pc = 0; pc < 4096; pc++) {
    PcFrame f[kMaxPcDepth];
    const usize n = pclntab_frames({raw.data(), raw.size()}, pc, {f, kMaxPcDepth});
    deepest = std::max<size_t>(deepest, n);
    if (n != 0 && func(f[0]) == "main." + longest) whole = true;
    if (n == kMaxPcDepth) {
      EXPECT_EQ(func(f[0]), "main.down");
      EXPECT_TRUE(f[n - 1].inlined);
    }
  }
  EXPECT_EQ(deepest, kMaxPcDepth);
  EXPECT_TRUE(whole);
}

}  // namespace
}  // namespace rt0
