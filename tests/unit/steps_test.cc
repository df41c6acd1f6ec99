// Tests of functions that take no lock: what another thread does is put between any two instructions of the function.
// Threads that really run at the same time would meet such a moment once in many hours.
#include "hosted/stepped.h"

#include <gtest/gtest.h>

#include "hosted/goroutines.h"
#include "rt0/select.h"

namespace rt0 {
namespace {

class Steps : public testing::Test {
 protected:
  void SetUp() override {
    if (!hosted::kCanStep) GTEST_SKIP() << "this program is not run instruction by instruction";
  }
  hosted::ThisThreadIsGoroutine self_;
};

// A send and a close between any two instructions of a try_recv that began when the channel was empty: it says that
// nothing is there, or receives the value, but never that the channel is closed, because the value comes first.
TEST_F(Steps, a_send_and_a_close_during_try_recv) {
  int n = 1, early = 0, late = 0;
  for (bool met = true; met; n++) {
    Chan<int> c(1);
    builtin::TryReceived<int> r;
    met = hosted::with_between(
        n, [&] { r = c.try_recv(); },
        [&] {
          c.send(7);
          c.close();
        });
    if (!met) break;
    if (r.ready) {
      ASSERT_TRUE(r.ok && r.value == 7) << "after instruction " << n;
      early++;
    } else {
      ASSERT_EQ(c.recv(), 7) << "after instruction " << n;
      late++;
    }
    ASSERT_FALSE(c.recv_ok().ok);
  }
  EXPECT_GT(early, 0);
  EXPECT_GT(late, 0);
}

}  // namespace
}  // namespace rt0
