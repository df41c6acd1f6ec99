// runtime/boot/init_tasks: the order in which tasks run, for many graphs, against a simple model.
#include "runtime/boot/init_tasks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "hosted/hosted.h"
#include "mem/malloc.h"
#include "runtime/diag/fatal.h"
#include "sched/proc.h"
#include "sched/syscall.h"

// Functions that print statements need in a running program. None is called while init tasks run.
namespace rt0 {
constinit bool bootDone = false;
void entersyscall() { abort(); }
void exitsyscall() { abort(); }
void goready(G*) { abort(); }
void goparkunlock(Mutex*, WaitReason) NO_LOCK_ANALYSIS { abort(); }
void sigpipe(bool) { abort(); }
void* mallocgc_noscan(usize, usize) { abort(); }  // only long lines are printed from the heap
void heap_free(void*) { abort(); }
void call_with_recover_point(void (*f)(void*), void* arg) { f(arg); }
}  // namespace rt0

// The constructors of the program's globals, on the target. Here there are none.
__asm__(
    ".pushsection .rodata\n"
    ".globl \"runtime.init_array\", \"runtime.program_init_array\", \"runtime.einit_array\"\n"
    "\"runtime.init_array\":\n"
    "\"runtime.program_init_array\":\n"
    "\"runtime.einit_array\":\n"
    ".popsection\n");

namespace {

std::vector<std::string> ran;
rt0::i64 takes_ns = 0;

template <int n>
void task();

}  // namespace

// The linker puts these into the table in any order; each test gives them names, needs and kinds.
RT0_INIT(t0, task<0>);
RT0_INIT(t1, task<1>);
RT0_INIT(t2, task<2>);
RT0_INIT(t3, task<3>);
RT0_INIT(t4, task<4>, &rt0_init_t1, &rt0_init_t3);
RT0_INIT(t5, task<5>);
RT0_RUNTIME_INIT(t6, task<6>);
RT0_RUNTIME_INIT(t7, task<7>, &rt0_init_t6);

namespace {

using rt0::i64;
using rt0::InitTask;
using rt0::u32;
using rt0::usize;

InitTask* const kTasks[] = {&rt0_init_t0, &rt0_init_t1, &rt0_init_t2, &rt0_init_t3,
                            &rt0_init_t4, &rt0_init_t5, &rt0_init_t6, &rt0_init_t7};
constexpr usize kCount = std::size(kTasks);

template <int n>
void task() {
  EXPECT_EQ(kTasks[n]->state, 1u) << "not marked as running";
  ran.push_back(kTasks[n]->name);
  rt0::hosted::fake_nanotime += takes_ns;
  rt0::inittrace.bytes += 100;
  rt0::inittrace.allocs += 2;
}

class init_tasks : public testing::Test {
 protected:
  // The fields as they were linked.
  struct Saved {
    const char* name;
    InitTask* const* needs;
    unsigned runtime;
  };
  void SetUp() override {
    ran.clear();
    takes_ns = 0;
    rt0::hosted::take_written();
    for (usize i = 0; i < kCount; i++) saved_[i] = {kTasks[i]->name, kTasks[i]->needs, kTasks[i]->runtime};
  }
  void TearDown() override {
    for (usize i = 0; i < kCount; i++) {
      kTasks[i]->name = saved_[i].name;
      kTasks[i]->needs = saved_[i].needs;
      kTasks[i]->runtime = saved_[i].runtime;
      kTasks[i]->state = 0;
    }
    rt0::inittrace = {};
    rt0::hosted::fake_nanotime = 0;
  }
  // Task i needs the tasks in `of`.
  void needs(usize i, std::vector<usize> of) {
    lists_[i].clear();
    for (usize n : of) lists_[i].push_back(kTasks[n]);
    lists_[i].push_back(nullptr);
    kTasks[i]->needs = lists_[i].data();
  }
  void none_of_them_needs_anything() {
    for (usize i = 0; i < kCount; i++) {
      needs(i, {});
      kTasks[i]->runtime = 0;
    }
  }

  rt0::hosted::ThisThreadIsM m_;
  Saved saved_[kCount];
  std::vector<InitTask*> lists_[kCount];
};

TEST_F(init_tasks, as_linked) {
  rt0::doInit(true);
  EXPECT_EQ(ran, (std::vector<std::string>{"t6", "t7"}));
  rt0::doInit(false);
  EXPECT_EQ(ran, (std::vector<std::string>{"t6", "t7", "t0", "t1", "t2", "t3", "t4", "t5"}));
  for (const InitTask* t : kTasks) EXPECT_EQ(t->state, 2u);
  rt0::doInit(true);
  rt0::doInit(false);
  EXPECT_EQ(ran.size(), kCount) << "a task ran twice";
}

TEST_F(init_tasks, by_name_not_by_place) {
  none_of_them_needs_anything();
  const char* const names[] = {"zeta", "Alpha", "b", "a", "aa", "", "a\xc3\xa4", "_"};
  std::vector<std::string> want;
  for (usize i = 0; i < kCount; i++) {
    kTasks[i]->name = names[i];
    want.push_back(names[i]);
  }
  std::sort(want.begin(), want.end());  // names are compared by bytes
  rt0::doInit(false);
  EXPECT_EQ(ran, want);
}

TEST_F(init_tasks, events_say_what_runs) {
  rt0::hosted::Recording recording;
  rt0::doInit(true);
  EXPECT_EQ(recording.events, (std::vector<std::string>{"doInit", "doInit1", "InitTask t6", "InitTaskDone t6",
                                                        "doInit1", "InitTask t7", "InitTaskDone t7"}));
}

// 2,000 graphs without circles. The expected order: repeatedly the first task by name whose needs are done.
TEST_F(init_tasks, random_graphs) {
  std::mt19937 random(1);
  for (u32 round = 0; round < 2000; round++) {
    std::vector<usize> rank(kCount);
    for (usize i = 0; i < kCount; i++) rank[i] = i;
    std::shuffle(rank.begin(), rank.end(), random);
    std::vector<std::vector<usize>> of(kCount);
    for (usize i = 0; i < kCount; i++) {
      for (usize n = 0; n < kCount; n++)
        if (rank[n] < rank[i] && random() % 3 == 0) of[i].push_back(n);
      kTasks[i]->state = 0;
      kTasks[i]->runtime = 0;
      needs(i, of[i]);
    }
    std::vector<std::string> want;
    std::vector<bool> done(kCount);
    while (want.size() < kCount) {
      usize best = kCount;
      for (usize i = 0; i < kCount; i++) {
        const bool ready = !done[i] && std::all_of(of[i].begin(), of[i].end(), [&](usize n) { return done[n]; });
        if (ready && (best == kCount || std::string(kTasks[i]->name) < kTasks[best]->name)) best = i;
      }
      ASSERT_NE(best, kCount);
      done[best] = true;
      want.push_back(kTasks[best]->name);
    }
    ran.clear();
    rt0::doInit(false);
    ASSERT_EQ(ran, want) << "round " << round;
  }
}

void expect_circle(const std::string& message) {
  std::string what;
  try {
    rt0::doInit(false);
  } catch (const rt0::hosted::Fatal& f) { what = f.what(); }
  EXPECT_EQ(what, "initialization cycle");
  EXPECT_EQ(rt0::hosted::take_written(), message);
}

TEST_F(init_tasks, a_circle_is_named) {
  none_of_them_needs_anything();
  needs(0, {1});  // t0 leads into the circle t1 -> t2 -> t3 -> t1, but is not part of it
  needs(1, {4, 2});
  needs(2, {3});
  needs(3, {5, 1});
  std::string said;
  try {
    rt0::doInit(false);
    ADD_FAILURE() << "no error";
  } catch (const rt0::hosted::Fatal& f) {
    EXPECT_STREQ(f.what(), "initialization cycle");
    said = rt0::hosted::take_written();
  }
  const std::vector<std::string> turns = {"t1 -> t2 -> t3 -> t1", "t2 -> t3 -> t1 -> t2", "t3 -> t1 -> t2 -> t3"};
  EXPECT_TRUE(std::any_of(turns.begin(), turns.end(), [&](const std::string& t) {
    return said == "rt0: init tasks need each other: " + t + "\n";
  })) << said;
  EXPECT_EQ(ran, (std::vector<std::string>{"t4", "t5", "t6", "t7"})) << "those that can run do";
}

TEST_F(init_tasks, a_task_that_needs_itself) {
  none_of_them_needs_anything();
  needs(2, {2});
  expect_circle("rt0: init tasks need each other: t2 -> t2\n");
}

// rt0's own tasks run before the program's, so a runtime task cannot need a task of the program.
TEST_F(init_tasks, a_runtime_task_that_needs_a_later_one) {
  none_of_them_needs_anything();
  kTasks[6]->runtime = 1;
  needs(6, {0});
  EXPECT_THROW(rt0::doInit(true), rt0::hosted::Fatal);
  const std::string said = rt0::hosted::take_written();
  EXPECT_NE(said.find("t6"), std::string::npos) << said;
  EXPECT_NE(said.find("t0"), std::string::npos) << said;
  EXPECT_TRUE(ran.empty());
}

// Times have Go's form: whole milliseconds from 10 ms on, two digits below.
TEST_F(init_tasks, inittrace_lines) {
  none_of_them_needs_anything();
  const std::pair<i64, const char*> times[] = {
      {0, "0"},         {999, "0"},       {1000, "0.001"},  {32999, "0.032"},   {99999, "0.099"},
      {100000, "0.10"}, {107000, "0.10"}, {999999, "0.99"}, {1000000, "1.0"},   {1590000, "1.5"},
      {9999999, "9.9"}, {10000000, "10"}, {17999999, "17"}, {123456789, "123"}, {60000000000, "60000"}};
  for (const auto& [ns, text] : times) {
    for (InitTask* t : kTasks) t->state = 2;
    kTasks[3]->state = 0;
    rt0::inittrace.active = true;
    rt0::hosted::fake_nanotime = rt0::runtimeInitTime + 5000000;
    takes_ns = ns;
    rt0::doInit(false);
    EXPECT_EQ(rt0::hosted::take_written(),
              "init t3 @5.0 ms, " + std::string(text) + " ms clock, 100 bytes, 2 allocs\n");
  }
}

}  // namespace
