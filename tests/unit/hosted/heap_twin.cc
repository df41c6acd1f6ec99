// tests/programs/heap_torture.cc on a C++ library, with its threads and its heap, to compare speed and memory.
//   g++ -O2 -std=c++20 -pthread tests/unit/hosted/heap_twin.cc -o heap_twin && RT0_HEAP_SECONDS=10 ./heap_twin
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <thread>
#include <vector>

#define HOSTED

namespace {

using Count = std::atomic<unsigned long>;
void add(Count& c, unsigned long n) { c += n; }
unsigned long get(Count& c) { return c; }
void* take(unsigned long n) { return operator new(n); }
void give(void* p) { operator delete(p); }
void yield() { std::this_thread::yield(); }
long long now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

#include "../../programs/heap_torture.cc"

int main() {
  if (const char* s = std::getenv("RT0_HEAP_SECONDS")) seconds = static_cast<unsigned>(std::atoi(s));
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < kWorkers; i++) threads.emplace_back(worker, i);
  for (std::thread& t : threads) t.join();
  char line[256];
  FILE* f = std::fopen("/proc/self/status", "r");
  while (std::fgets(line, sizeof(line), f) != nullptr)
    if (std::strncmp(line, "VmHWM", 5) == 0 || std::strncmp(line, "VmRSS", 5) == 0) std::fputs(line, stdout);
  std::printf("operations %lu most_live_kB %lu damaged %lu\n", operations.load(), most_bytes / 1024, damaged.load());
  return damaged == 0 ? 0 : 1;
}
