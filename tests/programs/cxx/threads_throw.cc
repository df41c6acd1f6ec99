// Exceptions and threads. Without an argument what is caught; "uncaught": one that leaves a thread.
#include <atomic>
#include <exception>
#include <future>
#include <mutex>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <vector>

#include <rt0/rt0.h>

using rt0::fmt::println;

namespace {

void futures() {
  std::promise<int> promise;
  std::thread t([&] {
    try {
      throw std::runtime_error("in the thread");
    } catch (...) { promise.set_exception(std::current_exception()); }
  });
  try {
    (void)promise.get_future().get();
  } catch (const std::runtime_error& e) { println("promise:", e.what()); }
  t.join();

  auto later = std::async(std::launch::async, []() -> int { throw std::logic_error("asynchronous"); });
  try {
    (void)later.get();
  } catch (const std::logic_error& e) { println("async:", e.what()); }

  std::future<int> broken;
  {
    std::promise<int> forgotten;
    broken = forgotten.get_future();
  }
  try {
    (void)broken.get();
  } catch (const std::future_error& e) { println("broken:", e.code() == std::future_errc::broken_promise); }
}

// The call that throws is not the one that counts.
void once() {
  std::once_flag flag;
  std::atomic<int> tries = 0, thrown = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; i++)
    threads.emplace_back([&] {
      try {
        std::call_once(flag, [&] {
          if (++tries < 3) {
            std::this_thread::yield();
            throw std::runtime_error("not yet");
          }
        });
      } catch (const std::runtime_error&) { thrown++; }
    });
  for (std::thread& t : threads) t.join();
  println("call_once:", tries.load(), thrown.load());
}

void errors() {
  std::thread t;
  try {
    t.join();
  } catch (const std::system_error& e) { println("join:", e.code() == std::errc::invalid_argument); }
  std::mutex m;
  std::unique_lock l(m);
  try {
    l.lock();
  } catch (const std::system_error& e) { println("lock:", e.code() == std::errc::resource_deadlock_would_occur); }
  try {
    std::unique_lock<std::mutex>().unlock();
  } catch (const std::system_error& e) { println("unlock:", e.code() == std::errc::operation_not_permitted); }
}

thread_local struct Noted {
  std::atomic<int>* count = nullptr;
  ~Noted() {
    if (count != nullptr) ++*count;
  }
} noted;

// A variable's destructor runs when an exception has passed, and was caught, as well as without one.
void locals() {
  std::atomic<int> ended = 0;
  for (int i = 0; i < 3; i++)
    std::thread([&] {
      noted.count = &ended;
      try {
        throw 1;
      } catch (int) { std::this_thread::yield(); }
    }).join();
  println("destructors:", ended.load());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == "uncaught") {
    std::thread([] { throw std::runtime_error("out of a thread"); }).join();
    return 1;
  }
  futures();
  once();
  errors();
  locals();
}
