// The heap's statistics, and the collector's parameters as set by the environment and by the program.
#include <rt0/rt0.h>

using namespace rt0;

// Four Ps free objects; each P keeps some of them for its next allocations. A P that is taken away must give them up.
// Prints how many more bytes of the heap are in use at the end than at the beginning.
int caches() {
  MemStats before, after;
  read_mem_stats(&before);
  (void)set_gomaxprocs(4);
  WaitGroup wg;
  for (int g = 0; g < 8; g++)
    wg.go([] {
      for (int round = 0; round < 10; round++) {
        char* some[16];
        for (char*& p : some) p = new char[30000];
        gosched();
        for (char* p : some) delete[] p;
        gosched();
      }
    });
  wg.wait();
  (void)set_gomaxprocs(1);
  read_mem_stats(&after);
  println("kept", after.heap_inuse > before.heap_inuse ? after.heap_inuse - before.heap_inuse : 0);
  return 0;
}

int main(int argc, char**) {
  if (argc > 1) return caches();
  MemStats before, with, after;
  read_mem_stats(&before);
  constexpr int kObjects = 1000;
  static char* all[kObjects];
  for (char*& p : all) p = new char[5000];
  read_mem_stats(&with);
  for (char* p : all) delete[] p;
  free_os_memory();
  read_mem_stats(&after);
  if (with.heap_objects - before.heap_objects != kObjects) println("objects:", with.heap_objects - before.heap_objects);
  if (with.heap_alloc - before.heap_alloc < kObjects * 5000) println("bytes:", with.heap_alloc - before.heap_alloc);
  if (with.heap_inuse < with.heap_alloc) println("in use:", with.heap_inuse, "less than", with.heap_alloc);
  if (with.heap_inuse + with.heap_idle != with.heap_sys) println("in use and idle are not all");
  if (after.heap_objects != before.heap_objects || after.heap_alloc != before.heap_alloc)
    println("not all has come back");
  // This holds if the kernel's pages are not larger than the heap's.
  if (after.heap_released > after.heap_idle || after.heap_inuse >= with.heap_inuse) println("not all is free");
  println("next_gc", before.next_gc);
  // Each call returns the value that the call before has set.
  println("gogc", set_gc_percent(-5));
  println("gogc", set_gc_percent(50));
  println("gogc", set_gc_percent(200));
  read_mem_stats(&after);
  println("next_gc", after.next_gc);
  constexpr long long kLimits[] = {-1, 1 << 20, -7, 0};
  for (const long long limit : kLimits) println("limit", set_memory_limit(limit));
}
