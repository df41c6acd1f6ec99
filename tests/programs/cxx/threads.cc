// std::thread and its kin, which are goroutines here. Without an argument: everything that ends well, in lines that are
// the same on every ISA, on several Ps and under the simulated kernel. The argument names a part that does not end
// well. See tests/cases/cxx_threads_test.py.
#include <atomic>
#include <barrier>
#include <chrono>
#include <condition_variable>
#include <future>
#include <latch>
#include <mutex>
#include <semaphore>
#include <set>
#include <shared_mutex>
#include <stop_token>
#include <string_view>
#include <thread>
#include <vector>

#include <unistd.h>

#include <rt0/rt0.h>

using rt0::fmt::println;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

// Runs f(0) … f(n - 1) in threads of their own, and waits for them.
template <class F>
void in_threads(int n, F f) {
  std::vector<std::thread> threads;
  for (int i = 0; i < n; i++) threads.emplace_back(f, i);
  for (std::thread& t : threads) t.join();
}

void threads() {
  std::vector<std::thread::id> ids(5);
  in_threads(5, [&](int i) { ids[i] = std::this_thread::get_id(); });
  ids.push_back(std::this_thread::get_id());
  println("ids differ:", std::set(ids.begin(), ids.end()).size() == 6, ids[5] != std::thread::id());

  std::thread t([] {});
  const bool before = t.joinable();
  std::thread moved = std::move(t);
  println("joinable:", before, t.joinable(), moved.joinable());
  moved.join();
  println("joined:", moved.joinable(), std::thread::hardware_concurrency() > 0);

  std::atomic<int> done = 0;
  std::thread([&] {
    std::this_thread::sleep_for(1ms);
    done = 1;
    done.notify_one();
  }).detach();
  done.wait(0);
  println("detached:", done.load());

  int rounds = 0;
  {
    std::jthread looping([&](std::stop_token stop) {
      while (!stop.stop_requested()) rounds++, std::this_thread::yield();
    });
    std::this_thread::sleep_for(2ms);
  }
  println("jthread stopped:", rounds > 0);
}

void mutexes() {
  constexpr int kThreads = 4, kRounds = 500;
  std::mutex m;
  int n = 0;
  in_threads(kThreads, [&](int) {
    for (int i = 0; i < kRounds; i++) {
      const std::lock_guard l(m);
      const int seen = n;
      if (i % 50 == 0) std::this_thread::yield();
      n = seen + 1;
    }
  });
  println("mutex:", n);

  std::recursive_mutex r;
  n = 0;
  in_threads(kThreads, [&](int) {
    for (int i = 0; i < kRounds; i++) {
      const std::lock_guard outer(r);
      const std::lock_guard inner(r);
      const int seen = n;
      if (i % 50 == 0) std::this_thread::yield();
      n = seen + 1;
    }
  });
  println("recursive_mutex:", n);

  std::timed_mutex timed;
  timed.lock();
  in_threads(1, [&](int) {
    const auto start = Clock::now();
    const bool got = timed.try_lock_for(5ms);
    const bool by_realtime = timed.try_lock_until(std::chrono::system_clock::now() + 5ms);
    const bool waited = Clock::now() - start >= 10ms;
    println("timed_mutex:", got, by_realtime, timed.try_lock(), waited);
  });
  timed.unlock();
  println("free again:", timed.try_lock_for(1h));
  timed.unlock();

  std::recursive_timed_mutex both;
  both.lock();
  println("recursive_timed_mutex:", both.try_lock_for(1ms));
  both.unlock();
  in_threads(1, [&](int) { println("still locked:", !both.try_lock_for(1ms)); });
  both.unlock();

  std::mutex one, two;
  n = 0;
  in_threads(2, [&](int i) {
    for (int k = 0; k < kRounds; k++) {
      if (i == 0) {
        const std::scoped_lock l(one, two);
        n++;
      } else {
        const std::scoped_lock l(two, one);
        n++;
      }
    }
  });
  println("scoped_lock:", n);
}

template <class M>
void readers_and_writers(const char* name) {
  M m;
  int value = 0, wrong = 0;
  std::atomic<int> inside = 0, most = 0;
  std::latch all_read(3);
  in_threads(6, [&](int i) {
    if (i < 3) {  // all three readers have it at the same time
      const std::shared_lock l(m);
      const int now = ++inside;
      if (now > most) most = now;
      all_read.arrive_and_wait();
      inside--;
    }
    for (int k = 0; k < 100; k++) {
      if (i % 2 == 0) {
        const std::unique_lock l(m);
        const int seen = value;
        if (k % 10 == 0) std::this_thread::yield();
        value = seen + 1;
      } else {
        const std::shared_lock l(m);
        const int seen = value;
        if (k % 10 == 0) std::this_thread::yield();
        wrong += value != seen;
      }
    }
  });
  println(name, value, wrong, all_read.try_wait());
}

void shared() {
  readers_and_writers<std::shared_mutex>("shared_mutex:");
  readers_and_writers<std::shared_timed_mutex>("shared_timed_mutex:");
  std::shared_timed_mutex m;
  m.lock_shared();
  in_threads(1, [&](int) {
    const auto start = Clock::now();
    const bool wrote = m.try_lock_for(3ms), waited = Clock::now() - start >= 3ms;
    println("beside a reader:", wrote, m.try_lock_shared_for(3ms), waited);
    m.unlock_shared();
  });
  m.unlock_shared();
  println("alone:", m.try_lock());
  m.unlock();
}

void conditions() {
  std::mutex m;
  std::condition_variable full, empty;
  std::vector<int> buffer;
  long sum = 0;
  int producing = 2;
  in_threads(4, [&](int i) {
    if (i < 2) {
      for (int k = 1; k <= 100; k++) {
        std::unique_lock l(m);
        empty.wait(l, [&] { return buffer.size() < 3; });
        buffer.push_back(k);
        full.notify_one();
      }
      const std::lock_guard l(m);
      producing--;
      full.notify_all();
      return;
    }
    for (;;) {
      std::unique_lock l(m);
      full.wait(l, [&] { return !buffer.empty() || producing == 0; });
      if (buffer.empty()) return;
      sum += buffer.back();
      buffer.pop_back();
      empty.notify_one();
    }
  });
  println("condition_variable:", sum);

  {
    std::unique_lock l(m);
    const auto start = Clock::now();
    const bool late = full.wait_for(l, 4ms) == std::cv_status::timeout;
    const bool found = full.wait_until(l, std::chrono::system_clock::now() + 4ms, [] { return false; });
    println("timeout:", late, found, Clock::now() - start >= 8ms);
  }

  std::condition_variable_any any;
  std::shared_mutex other;
  bool stopped = false;
  {
    std::jthread t([&](std::stop_token stop) {
      std::shared_lock l(other);
      stopped = !any.wait(l, stop, [] { return false; });
    });
    std::this_thread::sleep_for(1ms);
  }
  println("condition_variable_any:", stopped);

  bool at_exit = false;
  std::thread t([&] {
    std::unique_lock l(m);
    at_exit = true;
    std::notify_all_at_thread_exit(full, std::move(l));
  });
  {
    std::unique_lock l(m);
    full.wait(l, [&] { return at_exit; });
  }
  t.join();
  println("notify_all_at_thread_exit:", at_exit);
}

void futures() {
  std::promise<int> promise;
  std::future<int> later = promise.get_future();
  println("not ready:", later.wait_for(2ms) == std::future_status::timeout);
  std::thread t([&] { promise.set_value(42); });
  println("promise:", later.get());
  t.join();

  std::packaged_task<int(int)> task([](int n) { return n * n; });
  std::future<int> square = task.get_future();
  std::thread(std::move(task), 7).detach();
  println("packaged_task:", square.get());

  std::vector<std::future<int>> parts;
  for (int i = 0; i < 8; i++) parts.push_back(std::async(std::launch::async, [i] { return i; }));
  int sum = 0;
  for (auto& part : parts) sum += part.get();
  const auto here = std::this_thread::get_id();
  auto deferred = std::async(std::launch::deferred, [&] { return std::this_thread::get_id() == here; });
  const bool is_deferred = deferred.wait_for(0s) == std::future_status::deferred;
  println("async:", sum, is_deferred, deferred.get());

  std::promise<int> once;
  std::shared_future<int> all = once.get_future().share();
  std::atomic<int> total = 0;
  std::thread setter([&] {
    std::this_thread::yield();
    once.set_value_at_thread_exit(5);
  });
  in_threads(3, [&](int) { total += all.get(); });
  setter.join();
  println("shared_future:", total.load());

  std::once_flag flag;
  std::atomic<int> calls = 0, seen = 0;
  in_threads(4, [&](int) {
    std::call_once(flag, [&] {
      std::this_thread::sleep_for(1ms);
      calls++;
    });
    seen += calls;
  });
  println("call_once:", calls.load(), seen.load());
}

void counters() {
  std::counting_semaphore<10> places(3);
  std::atomic<int> inside = 0, wrong = 0;
  in_threads(6, [&](int) {
    for (int k = 0; k < 20; k++) {
      places.acquire();
      if (++inside > 3) wrong++;
      std::this_thread::yield();
      inside--;
      places.release();
    }
  });
  const auto start = Clock::now();
  for (int i = 0; i < 3; i++) places.acquire();
  const bool at_once = places.try_acquire(), later = places.try_acquire_for(3ms);
  println("counting_semaphore:", wrong.load(), at_once, later, Clock::now() - start >= 3ms);

  std::binary_semaphore ping(0), pong(0);
  int turns = 0;
  std::thread player([&] {
    for (int i = 0; i < 50; i++) ping.acquire(), turns++, pong.release();
  });
  for (int i = 0; i < 50; i++) ping.release(), pong.acquire();
  player.join();
  println("binary_semaphore:", turns);

  std::latch ready(4);
  std::atomic<int> early = 0;
  std::atomic<int> arrived = 0;
  in_threads(4, [&](int) {
    arrived++;
    ready.arrive_and_wait();
    early += arrived != 4;
  });
  println("latch:", early.load(), ready.try_wait());

  int rounds = 0;
  std::vector<int> at(3, 0);
  std::barrier barrier(3, [&]() noexcept { rounds += at[0] == at[1] && at[1] == at[2]; });
  in_threads(3, [&](int i) {
    for (int k = 0; k < 20; k++) {
      at[i]++;
      barrier.arrive_and_wait();
    }
  });
  println("barrier:", rounds);

  std::atomic<int> number = 0;
  std::atomic<char> small = 0;
  std::atomic<long long> large = 0;
  std::thread waker([&] {
    std::this_thread::sleep_for(1ms);
    number = 1, number.notify_all();
    small = 1, small.notify_all();
    large = 1, large.notify_all();
  });
  number.wait(0), small.wait(0), large.wait(0);
  waker.join();
  std::atomic_flag flag;
  std::thread setter([&] { flag.test_and_set(), flag.notify_one(); });
  flag.wait(false);
  setter.join();
  println("atomic wait:", number.load(), int{small.load()}, large.load(), flag.test());
}

std::atomic<int> made = 0, destroyed = 0;
struct Counted {
  int value = ++made;
  ~Counted() {
    destroyed++;
    std::this_thread::yield();
  }
};
thread_local Counted counted;
thread_local int plain = 7, zero;
thread_local int* own = &plain;
alignas(64) thread_local char aligned[64] = "aligned";

// A goroutine's variables stay where they are while it goes from P to P.
int moves_wrong() {
  int* const before = &plain;
  int wrong = 0;
  for (int i = 0; i < 50; i++) {
    plain = i, zero = -i;
    if (i % 10 == 0) std::this_thread::sleep_for(10us);
    else std::this_thread::yield();
    wrong += plain != i || zero != -i || &plain != before || own != before;
  }
  return wrong + (reinterpret_cast<uintptr_t>(aligned) % 64 != 0) + (aligned[6] != 'd');
}

void locals() {
  std::atomic<int> wrong = 0;
  in_threads(5, [&](int) {
    wrong += plain != 7 || zero != 0 || own != &plain;
    if (counted.value > 0) wrong += moves_wrong();
  });
  rt0::WaitGroup goroutines;
  for (int i = 0; i < 5; i++)
    goroutines.go([&] {
      wrong += plain != 7 || zero != 0;
      if (counted.value > 0) wrong += moves_wrong();
      if (i == 3) rt0::goexit_now();
    });
  goroutines.wait();
  while (destroyed != 10) std::this_thread::yield();  // a WaitGroup does not wait for the destructors
  println("thread_local:", made.load(), destroyed.load(), wrong.load());
  const bool untouched = plain == 7 && zero == 0;
  println("main's:", untouched, moves_wrong());
}

// Threads that compute and are preempted, and go on on other Ps: each counts in its own variable.
thread_local volatile unsigned own_count;
void busy() {
  constexpr unsigned kRounds = 4000000;
  std::atomic<int> wrong = 0;
  in_threads(6, [&](int i) {
    const volatile unsigned* const before = &own_count;
    own_count = static_cast<unsigned>(i);
    for (unsigned k = 0; k < kRounds; k++) own_count = own_count + 1;
    wrong += own_count != kRounds + static_cast<unsigned>(i) || before != &own_count;
  });
  println("busy:", wrong.load());
}

// What does not end well.

void not_joined() {
  std::thread t([] {});
}

void deadlock() {
  std::mutex a, b;
  std::latch both(2);
  std::thread t([&] {
    const std::lock_guard l(b);
    both.arrive_and_wait();
    const std::lock_guard m(a);
  });
  const std::lock_guard l(a);
  both.arrive_and_wait();
  const std::lock_guard m(b);
}

void hang() {
  std::mutex m;
  std::condition_variable c;
  std::counting_semaphore<1> s(0);
  std::shared_mutex shared;
  shared.lock();
  std::thread waits_for_condition([&] {
    std::unique_lock l(m);
    c.wait(l);
  });
  std::thread waits_for_semaphore([&] { s.acquire(); });
  std::thread reads([&] { shared.lock_shared(); });
  std::thread writes([&] { shared.lock(); });
  waits_for_condition.join();
}

void panics() {
  std::thread([] { rt0::panic("in a thread"); }).join();
}

void other_call() { syscall(1); }

}  // namespace

int main(int argc, char** argv) {
  constexpr struct {
    const char* name;
    void (*run)();
  } kParts[] = {{"busy", busy}, {"not_joined", not_joined}, {"deadlock", deadlock},
                {"hang", hang}, {"panics", panics},         {"other_call", other_call}};
  for (const auto& part : kParts)
    if (argc == 2 && std::string_view(argv[1]) == part.name) {
      part.run();
      return 0;
    }
  threads();
  mutexes();
  shared();
  conditions();
  futures();
  counters();
  locals();
}
