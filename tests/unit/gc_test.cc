// mem/gc: how GOGC and GOMEMLIMIT are read. Go's own answers are in tests/oracle/env_values.txt.
#include "mem/gc.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

namespace rt0 {
namespace {

constexpr i64 kNoLimit = 0x7fffffffffffffff;

Str str(const std::string& s) { return {s.data(), s.size()}; }

TEST(gc, gogc) {
  EXPECT_EQ(parse_gogc("off"), -1);
  EXPECT_EQ(parse_gogc(""), 100);
  EXPECT_EQ(parse_gogc("0"), 0);
  EXPECT_EQ(parse_gogc("-0"), 0);
  EXPECT_EQ(parse_gogc("007"), 7);
  EXPECT_EQ(parse_gogc("+5"), 5);
  EXPECT_EQ(parse_gogc("2147483647"), 2147483647);
  EXPECT_EQ(parse_gogc("2147483648"), 100);
  EXPECT_EQ(parse_gogc("-2147483648"), -2147483648);
  EXPECT_EQ(parse_gogc("-2147483649"), 100);
  EXPECT_EQ(parse_gogc("OFF"), 100);
  EXPECT_EQ(parse_gogc("off "), 100);
}

// Go 1.24.4's answers.
struct Limit {
  const char* text;
  i64 bytes;  // -1: malformed
};

TEST(gc, gomemlimit) {
  const Limit cases[] = {
      {"", kNoLimit},
      {"off", kNoLimit},
      {"0", 0},
      {"-0", 0},
      {"-0B", 0},
      {"-0KiB", 0},
      {"-1", -1},
      {"-1KiB", -1},
      {"1", 1},
      {"1B", 1},
      {"0B", 0},
      {"B", -1},
      {"1KiB", 1 << 10},
      {"1MiB", 1 << 20},
      {"1GiB", 1 << 30},
      {"1TiB", i64{1} << 40},
      {"1PiB", -1},
      {"1iB", -1},
      {"iB", -1},
      {"KiB", -1},
      {"1kiB", -1},
      {"1KIB", -1},
      {"00KiB", 0},
      {"1KiBB", -1},
      {"1 KiB", -1},
      {"+1", 1},
      {"+5KiB", 5120},
      {"++1", -1},
      {"1.5GiB", -1},
      {"9223372036854775807", kNoLimit},
      {"9223372036854775808", -1},
      {"9223372036854775807B", kNoLimit},
      {"8388607TiB", 8388607 * (i64{1} << 40)},
      {"8388608TiB", -1},
      {"9007199254740991KiB", 9007199254740991 * 1024},
      {"9007199254740992KiB", -1},
      {"18446744073709551616", -1},
  };
  for (const Limit& c : cases) {
    i64 limit = 42;
    EXPECT_EQ(parse_gomemlimit(cstr(c.text), &limit), c.bytes >= 0) << c.text;
    if (c.bytes >= 0) { EXPECT_EQ(limit, c.bytes) << c.text; }
  }
}

// Go's answers (tests/oracle/VERSION). A row has the variable, the value in quotes, the exit code and the output.
TEST(gc, as_go_does) {
  std::ifstream file(RT0_ORACLE "/env_values.txt");
  ASSERT_TRUE(file) << RT0_ORACLE "/env_values.txt cannot be read";
  usize gogc = 0, limits = 0;
  for (std::string row; std::getline(file, row);) {
    std::istringstream fields(row);
    std::string variable, value, status, output;
    std::getline(fields, variable, '\t');
    std::getline(fields, value, '\t');
    std::getline(fields, status, '\t');
    std::getline(fields, output);
    if (variable != "GOGC" && variable != "GOMEMLIMIT") continue;
    const std::string given = value == "None" ? "" : value.substr(1, value.size() - 2);
    if (status == "0") {
      const std::string key = variable + " ";
      std::istringstream number(output.substr(output.rfind(key) + key.size()));
      i64 want = -42;
      ASSERT_TRUE(number >> want) << row;
      if (variable == "GOGC") {
        gcController.init(parse_gogc(str(given)), kNoLimit);
        EXPECT_EQ(gcController.gcPercent, want) << row;
        gogc++;
      } else {
        i64 limit = 42;
        EXPECT_TRUE(parse_gomemlimit(str(given), &limit)) << row;
        EXPECT_EQ(limit, want) << row;
        limits++;
      }
    } else {
      ASSERT_EQ(variable, "GOMEMLIMIT") << row;
      i64 limit = 42;
      EXPECT_FALSE(parse_gomemlimit(str(given), &limit)) << row;
      limits++;
    }
  }
  EXPECT_GE(gogc, 9u);
  EXPECT_GE(limits, 14u);
}

TEST(gc, controller) {
  gcControllerState c = {};
  c.init(100, kNoLimit);
  EXPECT_EQ(c.heapMinimum, u64{4} << 20);
  EXPECT_EQ(c.gcPercentHeapGoal, c.heapMinimum);
  c.init(50, kNoLimit);
  EXPECT_EQ(c.heapMinimum, u64{2} << 20);
  c.init(0, 1024);
  EXPECT_EQ(c.heapMinimum, 0u);
  EXPECT_EQ(c.memoryLimit, 1024);
  c.init(-5, kNoLimit);
  EXPECT_EQ(c.gcPercent, -1);
  EXPECT_EQ(c.gcPercentHeapGoal, ~u64{0});
  c.init(2147483647, kNoLimit);
  EXPECT_EQ(c.heapMinimum, (u64{4} << 20) * 2147483647 / 100);
}

}  // namespace
}  // namespace rt0
