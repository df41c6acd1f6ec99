// sched/status: the table of moves, and casgstatus, which allows no others.
#include "sched/status.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "hosted/hosted.h"

namespace rt0 {
namespace {

constexpr GStatus kAll[] = {GStatus::idle,    GStatus::runnable, GStatus::running,  GStatus::syscall,
                            GStatus::waiting, GStatus::dead,     GStatus::preempted};

bool in_table(GStatus from, GStatus to) {
  for (const GMove& m : kGMoves)
    if (m.from == from && m.to == to) return true;
  return false;
}

TEST(status, names) {
  std::set<std::string> names;
  for (GStatus s : kAll) names.insert(std::string(status_name(s).ptr, status_name(s).len));
  EXPECT_EQ(names.size(), std::size(kAll));
  EXPECT_EQ(names.count("???"), 0u);
  EXPECT_EQ(std::string(status_name(static_cast<GStatus>(77)).ptr, 3), "???");
}

TEST(status, numbers_are_gos) {
  EXPECT_EQ(static_cast<u32>(GStatus::idle), 0u);
  EXPECT_EQ(static_cast<u32>(GStatus::runnable), 1u);
  EXPECT_EQ(static_cast<u32>(GStatus::running), 2u);
  EXPECT_EQ(static_cast<u32>(GStatus::syscall), 3u);
  EXPECT_EQ(static_cast<u32>(GStatus::waiting), 4u);
  EXPECT_EQ(static_cast<u32>(GStatus::dead), 6u);
  EXPECT_EQ(static_cast<u32>(GStatus::preempted), 9u);
}

TEST(status, every_wait_reason_has_a_text) {
  std::set<std::string> texts;
  for (u32 i = 0; i < static_cast<u32>(WaitReason::kCount); i++) {
    const Str t = wait_reason_text(static_cast<WaitReason>(i));
    EXPECT_TRUE(texts.insert(std::string(t.ptr, t.len)).second) << std::string(t.ptr, t.len) << " twice";
    EXPECT_EQ(t.empty(), i == 0);
  }
  // A traceback also prints goroutines whose memory has been overwritten, so every value must be safe.
  for (u32 i = static_cast<u32>(WaitReason::kCount); i < 256; i++) wait_reason_text(static_cast<WaitReason>(i));
}

// The moves of an ordinary goroutine's life, which the table must always contain.
TEST(status, a_life_is_possible) {
  const GStatus life[] = {GStatus::idle,     GStatus::dead,    GStatus::runnable, GStatus::running,
                          GStatus::runnable, GStatus::running, GStatus::waiting,  GStatus::runnable,
                          GStatus::running,  GStatus::dead,    GStatus::runnable};
  G gp{};
  for (usize i = 1; i < std::size(life); i++) casgstatus(&gp, life[i - 1], life[i]);
  EXPECT_EQ(readgstatus(&gp), GStatus::runnable);
}

TEST(status, what_may_never_happen) {
  for (GStatus from : kAll) {
    EXPECT_FALSE(legal(from, from));
    EXPECT_FALSE(legal(from, GStatus::idle)) << "no goroutine becomes uninitialised";
    if (from != GStatus::running && from != GStatus::idle) {
      EXPECT_FALSE(legal(from, GStatus::dead)) << "a goroutine ends by itself";
    }
    if (from == GStatus::idle || from == GStatus::dead) {
      EXPECT_FALSE(legal(from, GStatus::running)) << "a new goroutine is queued before it runs";
      EXPECT_FALSE(legal(from, GStatus::waiting));
    }
  }
}

TEST(status, casgstatus_makes_the_moves_of_the_table_and_no_other) {
  for (GStatus from : kAll)
    for (GStatus to : kAll) {
      G gp{};
      gp.atomicstatus.v = from;
      EXPECT_EQ(legal(from, to), in_table(from, to));
      if (in_table(from, to)) {
        EXPECT_NO_THROW(casgstatus(&gp, from, to));
        EXPECT_EQ(readgstatus(&gp), to);
      } else {
        EXPECT_THROW(casgstatus(&gp, from, to), hosted::Thrown);
        EXPECT_EQ(readgstatus(&gp), from) << "the refused move was made";
      }
    }
}

TEST(status, the_owner_must_be_right_about_it) {
  for (const GMove& m : kGMoves)
    for (GStatus is : kAll) {
      if (is == m.from) continue;
      G gp{};
      gp.atomicstatus.v = is;
      EXPECT_THROW(casgstatus(&gp, m.from, m.to), hosted::Thrown);
      EXPECT_EQ(readgstatus(&gp), is);
    }
}

}  // namespace
}  // namespace rt0
