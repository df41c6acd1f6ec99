// Misuse of the heap, by the first argument: delete of a pointer that new did not return; more memory than there is.
#include <rt0/rt0.h>

namespace std {
struct nothrow_t {};
}  // namespace std
using namespace std;
void* operator new(size_t n, const nothrow_t&) noexcept;

namespace {

bool is(const char* a, const char* b) {
  while (*a != '\0' && *a == *b) a++, b++;
  return *a == *b;
}

char here[64];

}  // namespace

int main(int argc, char** argv) {
  const char* what = argc > 1 ? argv[1] : "";
  char* p = static_cast<char*>(::operator new(100));
  char* large = static_cast<char*>(::operator new(100000));
  char* volatile bad = nullptr;
  if (is(what, "double")) {
    ::operator delete(p);
    bad = p;
  } else if (is(what, "double_large")) {
    ::operator delete(large);
    bad = large;
  } else if (is(what, "middle")) {
    bad = p + 16;
  } else if (is(what, "middle_large")) {
    bad = large + 8192;
  } else if (is(what, "stack")) {
    char on_stack[16];
    bad = on_stack;
  } else if (is(what, "static")) {
    bad = here;
  } else if (is(what, "wild")) {
    bad = reinterpret_cast<char*>(static_cast<size_t>(0x123450));
  } else if (is(what, "beyond")) {
    p[100] = 1;
    bad = p;
  } else if (is(what, "beyond_tail")) {
    for (int i = 100; i < 112; i++) p[i] = 1;  // the last bytes of the slot of 112
    bad = p;
  } else if (is(what, "beyond_large")) {
    large[100001] = 1;
    bad = large;
  } else if (is(what, "beyond_array")) {
    int* numbers = new int[5];
    numbers[5] = 1;
    bad = reinterpret_cast<char*>(numbers);
  } else if (is(what, "after")) {
    ::operator delete(p);
    for (int i = 0; i < 2000; i++) ::operator delete(::operator new(100));  // p leaves the queue of freed objects
    return 0;
  } else if (is(what, "after_written")) {
    ::operator delete(p);
    p[7] = 1;
    for (int i = 0; i < 2000; i++) ::operator delete(::operator new(100));
    rt0::println("unseen");
    return 0;
  } else if (is(what, "after_at_end")) {
    ::operator delete(p);
    p[99] = 1;
    return 0;
  } else if (is(what, "after_read")) {
    struct Node {
      Node* next;
    };
    Node* node = new Node{nullptr};
    Node* volatile gone = node;
    delete node;
    rt0::println(gone->next->next == nullptr);
  } else if (is(what, "nothrow")) {
    const nothrow_t nothrow;
    for (size_t n = ~size_t{0}; n > (~size_t{0} >> (sizeof(n) == 8 ? 4 : 1)); n -= n / 8)
      if (::operator new(n, nothrow) != nullptr) rt0::println("there is more memory than an address can say");
    rt0::println("null");
    return 0;
  } else if (is(what, "large")) {
    bad = static_cast<char*>(::operator new(~size_t{0} / 2));
  } else if (is(what, "small")) {
    for (;;) bad = static_cast<char*>(::operator new(1000));  // until the small address space is used up
  } else if (is(what, "limit")) {
    // Frees much more than GOMEMLIMIT allows: the program must go on.
    for (int i = 0; i < 200; i++) {
      char* all[16];
      for (char*& a : all) *(a = static_cast<char*>(::operator new(300000))) = 1;
      for (char* a : all) ::operator delete(a);
    }
    rt0::println("on");
    return 0;
  } else if (is(what, "limit_neighbour")) {
    // An object gets clean pages beside dirty ones, and the limit is passed: the dirty pages become clean, and must not
    // be joined with the pages that the object has just got.
    constexpr size_t kPages = 8192;
    char* a = static_cast<char*>(::operator new(40 * kPages));
    char* b = static_cast<char*>(::operator new(8 * kPages));
    char* end = static_cast<char*>(::operator new(kPages * 8));
    if (b != a + 40 * kPages || end != b + 8 * kPages) rt0::println("not neighbours");
    ::operator delete(a);
    rt0::free_os_memory();
    ::operator delete(b);
    rt0::MemStats m;
    rt0::read_mem_stats(&m);
    rt0::set_memory_limit(static_cast<long long>(m.heap_inuse + 8 * kPages));
    char* again = static_cast<char*>(::operator new(40 * kPages));
    if (again != a) rt0::println("not reused");
    char* other = static_cast<char*>(::operator new(48 * kPages));
    if (other < again + 40 * kPages && again < other + 48 * kPages) rt0::println("given twice");
    ::operator delete(other);
    ::operator delete(again);
    ::operator delete(end);
    rt0::println("on");
    return 0;
  } else if (is(what, "idle")) {
    // 16 MB are used once; after that the program is idle.
    char* all[160];
    for (char*& a : all) {
      a = static_cast<char*>(::operator new(100000));
      for (int i = 0; i < 100000; i += 4096) a[i] = 1;
    }
    for (char* a : all) ::operator delete(a);
    // Not one long sleep: sysmon sleeps, too, when no goroutine runs.
    for (int i = 0; i < 200; i++) {
      rt0::sleep(rt0::ms(1));
      for (const rt0::Time start = rt0::now(); rt0::since(start) < rt0::ms(1);) rt0::gosched();
    }
    rt0::println("idle");
    return 0;
  }
  ::operator delete(bad);
  rt0::println("not noticed");
}
