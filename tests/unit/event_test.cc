// trace/event: the table of events, and the line that an event becomes. docs/TRACE.md has the grammar.
#include "trace/event.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace rt0 {
namespace {

// The line, written into a buffer of so many bytes, of which only the first `room` may be needed. Behind the line other
// bytes may be written too, but none behind the buffer, where the address sanitizer looks.
std::string line(TraceWho who, Ev e, std::vector<TraceValue> values, i64 time = 0, usize room = 1024) {
  std::vector<char> buf(room);
  const usize len = trace_line(buf.data(), room, time, who, e, values.data());
  EXPECT_LE(len, room);
  return {buf.data(), len};
}
TraceValue number(i64 v) { return v; }
TraceValue string(Str s) { return s; }

// The rows once more, read directly from the file.
struct Row {
  const char *id, *name, *args;
  bool function;
};
const Row kRows[] = {
#define FN(id, name) {#id, name, "", true},
#define EV(id, name, args, meaning) {#id, name, args, false},
#include "trace/events.def"
#undef FN
#undef EV
};

TEST(event, every_row_has_its_arguments) {
  ASSERT_EQ(std::size(kRows), static_cast<usize>(Ev::kCount));
  ASSERT_LE(std::size(kRows), 256u) << "ids are bytes";
  for (usize i = 0; i < std::size(kRows); i++) {
    const std::string args = kRows[i].args;
    const auto blanks = std::count(args.begin(), args.end(), ' ');
    const u32 want = args.empty() ? 0 : 1 + static_cast<u32>(blanks);
    if (std::string(kRows[i].name).find('<') == std::string::npos) {
      EXPECT_EQ(event_values(static_cast<Ev>(i)), want) << kRows[i].name;
    }
    EXPECT_EQ(is_boot_function(static_cast<Ev>(i)), kRows[i].function) << kRows[i].name;
  }
}

TEST(event, names_are_unique_and_words) {
  std::set<std::string> names;
  for (const Row& r : kRows) {
    EXPECT_TRUE(names.insert(r.name).second) << r.name << " twice";
    const std::string name = r.name;
    EXPECT_FALSE(name.empty());
    EXPECT_EQ(name.find_first_of(" =%\n"), std::string::npos) << name;
    std::set<std::string> args;
    std::string args_text = std::string(r.args) + " ";
    for (usize at = 0; at < args_text.size() && *r.args != '\0';) {
      const usize end = args_text.find(' ', at);
      EXPECT_GT(end, at) << name << ": two blanks";
      EXPECT_TRUE(args.insert(args_text.substr(at, end - at)).second) << name << ": an argument twice";
      at = end + 1;
    }
  }
}

TEST(event, line_of_each_event) {
  for (usize i = 0; i < std::size(kRows); i++) {
    std::string want = "7 m1 p2 g3 ";
    for (std::string name = kRows[i].name; !name.empty();) {
      const usize at = name.find("<isa>");
      want += name.substr(0, at);
      if (at == std::string::npos) break;
      want += "isa9";
      name = name.substr(at + 5);
    }
    std::vector<TraceValue> values;
    if (want.find("isa9") != std::string::npos) values = {string("isa9"), string("")};
    std::string args = kRows[i].args;
    for (i64 v = 100; !args.empty(); v++) {
      const usize end = args.find(' ');
      want += " " + args.substr(0, end) + "=" + std::to_string(v);
      values.push_back(number(v));
      args = end == std::string::npos ? "" : args.substr(end + 1);
    }
    EXPECT_EQ(line({1, 2, 3}, static_cast<Ev>(i), values, 7), want + "\n");
  }
}

TEST(event, absent_ids_and_extreme_numbers) {
  EXPECT_EQ(line({0, -1, 0}, Ev::MStop, {}), "0 m0 p- g0 MStop\n");
  EXPECT_EQ(line({-1, -1, -1}, Ev::MStop, {}), "0 m- p- g- MStop\n");
  EXPECT_EQ(line({2147483647, 0, 9223372036854775807}, Ev::MStop, {}, 9223372036854775807),
            "9223372036854775807 m2147483647 p0 g9223372036854775807 MStop\n");
  EXPECT_EQ(line({0, 0, 0}, Ev::Exit, {number(INT64_MIN)}), "0 m0 p0 g0 Exit status=-9223372036854775808\n");
}

TEST(event, text_is_one_word) {
  EXPECT_EQ(line({0, 0, 1}, Ev::GoCreate, {number(5), string("a b.cc:7")}),
            "0 m0 p0 g1 GoCreate new=5 at=a%20b.cc:7\n");
  EXPECT_EQ(line({0, 0, 1}, Ev::Throw, {string("")}), "0 m0 p0 g1 Throw why=\n");
  // Every byte: printable ones that mean nothing to the grammar stay, others become % and two digits.
  std::string all, want = "0 m0 p0 g1 Throw why=";
  for (int c = 0; c < 256; c++) {
    all += static_cast<char>(c);
    char coded[4];
    snprintf(coded, sizeof(coded), "%%%02x", static_cast<unsigned>(c));
    want += c > 0x20 && c < 0x7f && c != '%' && c != '=' ? std::string(1, static_cast<char>(c)) : coded;
  }
  EXPECT_EQ(line({0, 0, 1}, Ev::Throw, {string(Str(all.data(), all.size()))}), want + "\n");
}

TEST(event, a_text_that_does_not_fit_is_cut) {
  const std::string long_text(2000, 'x'), blanks(2000, ' ');
  for (usize room = kTraceLineRoom; room < kTraceLineRoom + 40; room++) {
    const std::string head = "12345 m1 p2 g3 GoCreate new=5 at=";
    const std::string cut =
        line({1, 2, 3}, Ev::GoCreate, {number(5), string(Str(long_text.data(), 2000))}, 12345, room);
    EXPECT_GT(cut.size() + 4, room) << "as much of it as there is room for";
    EXPECT_EQ(cut, head + std::string(cut.size() - head.size() - 1, 'x') + "\n");
    const std::string coded = line({1, 2, 3}, Ev::GoCreate, {number(5), string(Str(blanks.data(), 2000))}, 12345, room);
    EXPECT_GT(coded.size() + 4, room) << "as much of it as there is room for";
    EXPECT_EQ((coded.size() - head.size() - 1) % 3, 0u) << "no half of a byte's three characters";
  }
}

// All but the last digits of a time are kept from line to line.
TEST(event, times_in_any_order) {
  const i64 times[] = {0,           9,           10,         9999,  10000,     10001,        19999,
                       20000,       123456789,   123456790,  99999, 99999,     10000,        100000,
                       10000000000, 10000009999, 4294967296, 1,     INT64_MAX, INT64_MAX - 1};
  for (i64 t : times) EXPECT_EQ(line({0, 0, 0}, Ev::MStop, {}, t), std::to_string(t) + " m0 p0 g0 MStop\n");
}

}  // namespace
}  // namespace rt0
