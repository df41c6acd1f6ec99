// doctest as the test runner of an rt0 program: test cases that pass and that fail, its report on std::cout, its exit
// status. The assertions are made by the goroutine that runs main: doctest keeps a few texts in thread_local variables,
// which rt0 programs do not have, so DOCTEST_THREAD_LOCAL makes them ordinary ones.
#define DOCTEST_CONFIG_IMPLEMENT
#define DOCTEST_CONFIG_NO_POSIX_SIGNALS
#define DOCTEST_CONFIG_COLORS_NONE
#define DOCTEST_THREAD_LOCAL
#define DOCTEST_BREAK_INTO_DEBUGGER() static_cast<void>(0)  // on some ISAs it would raise a signal
#include <doctest/doctest.h>

#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#if !defined(LIBS_HOSTED)
#include <rt0/rt0.h>
#endif

namespace {

// The squares of 0 to n - 1, each computed by a goroutine.
std::vector<int> squares(int n) {
  std::vector<int> all(static_cast<std::size_t>(n));
#if defined(LIBS_HOSTED)
  for (int i = 0; i < n; i++) all[static_cast<std::size_t>(i)] = i * i;
#else
  rt0::WaitGroup workers;
  for (int i = 0; i < n; i++) workers.go([&all, i] { all[static_cast<std::size_t>(i)] = i * i; });
  workers.wait();
#endif
  return all;
}

struct Money {
  int cents;
  bool operator==(const Money&) const = default;
  friend std::ostream& operator<<(std::ostream& out, Money m) { return out << m.cents / 100 << '.' << m.cents % 100; }
};

class Stack {
 public:
  void push(int v) { values_.push_back(v); }
  int pop() {
    if (values_.empty()) throw std::out_of_range("the stack is empty");
    const int v = values_.back();
    values_.pop_back();
    return v;
  }
  std::size_t size() const { return values_.size(); }

 private:
  std::vector<int> values_;
};

}  // namespace

TEST_SUITE("good") {
  TEST_CASE("squares") {
    const std::vector<int> all = squares(20);
    REQUIRE(all.size() == 20);
    for (int i = 0; i < 20; i++) {
      CAPTURE(i);
      CHECK_EQ(all[static_cast<std::size_t>(i)], i * i);
    }
  }

  TEST_CASE("a stack") {
    Stack s;
    s.push(1);
    s.push(2);
    SUBCASE("pops in the other order") {
      CHECK(s.pop() == 2);
      CHECK(s.pop() == 1);
      SUBCASE("and throws when it is empty") { CHECK_THROWS_WITH_AS(s.pop(), "the stack is empty", std::out_of_range); }
    }
    SUBCASE("counts") { CHECK(s.size() == 2); }
  }

  TEST_CASE_TEMPLATE("numbers", T, int, double, unsigned char) { CHECK(T(2) + T(3) == T(5)); }

  TEST_CASE("about") {
    CHECK(0.1 + 0.2 == doctest::Approx(0.3));
    CHECK_NOTHROW(squares(1));
    WARN(1 == 1);
  }
}

TEST_SUITE("bad") {
  TEST_CASE("checks that fail") {
    const std::string text = "abc";
    INFO("the text is ", text);
    CHECK(text == "abd");
    CHECK(squares(3).back() > 4);
    CHECK_MESSAGE(1.5 < 0.5, "with a message ", 42);
    CHECK(Money{1250} == Money{999});
    CHECK_FALSE(text.empty() == false);
  }
  TEST_CASE("requires") {
    REQUIRE(squares(2)[1] == 7);
    CHECK(false);  // not reached
  }
  TEST_CASE("throws") { throw std::runtime_error("nobody catches this"); }
  TEST_CASE("may fail" * doctest::may_fail()) { CHECK(1 == 2); }
  TEST_CASE("should fail" * doctest::should_fail()) { CHECK(1 == 2); }
  TEST_CASE("skipped" * doctest::skip()) { CHECK(1 == 2); }
}

int main(int argc, char** argv) {
  doctest::Context context;
  context.setOption("no-version", true);
  context.setOption("order-by", "file");
  context.applyCommandLine(argc, argv);
  return context.run();
}
