// <atomic>, also of objects that no instruction can change as a whole; <chrono>'s clocks; std::random_device;
// std::this_thread; errno, which is each goroutine's own.
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>

#include <rt0/rt0.h>

namespace {

struct Wide {
  std::uint64_t a, b;
  friend bool operator==(const Wide&, const Wide&) = default;
};
struct Odd {
  char bytes[5];
};

std::atomic<int> count{0};
std::atomic<std::int64_t> count64{0};
std::atomic<std::int8_t> count8{0};
std::atomic<Wide> wide{};
std::atomic<Odd> odd{};
std::atomic_flag flag = ATOMIC_FLAG_INIT;
long behind_flag = 0;
std::mutex mutex;
long behind_mutex = 0;

void work() {
  for (int i = 0; i < 1000; i++) {
    count++;
    count64.fetch_add(std::int64_t{1} << 33);
    count8 += 2;
    Wide old = wide.load();
    while (!wide.compare_exchange_weak(old, Wide{old.a + 1, old.b + 2})) {}
    odd.store(Odd{{'a', 'b', 'c', 'd', 'e'}});
    while (flag.test_and_set()) rt0::gosched();
    behind_flag++;
    flag.clear();
    if (i % 10 != 0) continue;  // each lock is a point of the simulated kernel: else the golden trace would be long
    const std::lock_guard<std::mutex> held(mutex);
    behind_mutex++;
    if (i % 200 == 10) rt0::gosched();
    if (i % 100 == 0) rt0::gosched();
  }
}

}  // namespace

int main() {
  const auto begin = std::chrono::steady_clock::now();
  rt0::WaitGroup done;
  for (int i = 0; i < 4; i++) done.go([] { work(); });
  done.wait();
  rt0::fmt::println(count.load(), count64.load() >> 33, static_cast<int>(count8.load()), wide.load().a, wide.load().b,
                    behind_flag, behind_mutex, std::string(odd.load().bytes, 5));

  rt0::WaitGroup errnos;
  for (int i = 1; i <= 4; i++) {
    errnos.go([i] {
      errno = i;
      for (int k = 0; k < 10; k++) rt0::gosched();
      if (errno != i) rt0::fmt::println("errno is another goroutine's");
    });
  }
  errnos.wait();

  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  std::this_thread::yield();
  const auto passed = std::chrono::steady_clock::now() - begin;
  rt0::fmt::println(passed >= std::chrono::milliseconds(20), passed < std::chrono::minutes(10));
  using namespace std::chrono_literals;
  rt0::fmt::println(std::chrono::system_clock::now().time_since_epoch() > 24h,
                    std::chrono::high_resolution_clock::now().time_since_epoch() > 0ns);
  std::random_device device;
  rt0::fmt::println(device() != device() || device() != device());
}
