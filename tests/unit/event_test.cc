// trace/event: the table of events, and the line that an event becomes. docs/TRACE.md has the grammar.
#include "trace/event.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace rt0 {
namespace {

std::string text(Str s) { return {s.ptr, s.len}; }

std::string line(TraceWho who, Ev e, std::vector<TraceValue> values, i64 time = 0, usize cap = 1024) {
  std::string buf(cap + 16, '~');
  Out out{buf.data(), cap};
  trace_line(out, time, who, e, "isa9", values.data());
  EXPECT_EQ(buf.find_first_not_of('~', out.len), std::string::npos) << "wrote behind the buffer";
  return buf.substr(0, out.len);
}
TraceValue number(i64 v) { return {v, {}, false}; }
TraceValue string(Str s) { return {0, s, true}; }

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

TEST(event, every_row_has_its_name_and_arguments) {
  ASSERT_EQ(std::size(kRows), static_cast<usize>(Ev::kCount));
  ASSERT_LE(std::size(kRows), 256u) << "ids are bytes";
  for (usize i = 0; i < std::size(kRows); i++) {
    EXPECT_EQ(text(event_name(static_cast<Ev>(i))), kRows[i].name);
    EXPECT_EQ(text(event_args(static_cast<Ev>(i))), kRows[i].args);
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

TEST(event, a_line_that_does_not_fit_is_cut) {
  const std::string whole = line({1, 2, 3}, Ev::GoCreate, {number(5), string("file with blanks.cc:7")}, 12345);
  for (usize cap = 0; cap <= whole.size(); cap++)
    EXPECT_EQ(line({1, 2, 3}, Ev::GoCreate, {number(5), string("file with blanks.cc:7")}, 12345, cap),
              whole.substr(0, cap));
}

}  // namespace
}  // namespace rt0
