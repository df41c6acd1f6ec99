// A program with everything that makes a PC-line table difficult, and its linker script.
#pragma once

inline constexpr char kSample[] = R"sample(
namespace rt0 {
void sink(int) __asm__("runtime.sink") __attribute__((noinline));
volatile int g;
void sink(int x) { g = x; }                                               //@sink
template <class F> inline __attribute__((always_inline)) void call(F&& f) {
  f(1);                                                                   //@call
}
template <class T> struct Chan {
  T v;
  __attribute__((noinline)) bool send(T x) { v = x; sink((int)x); return true; }
  T recv() {
    sink(2);                                                              //@recv
    return v;
  }
};
namespace { __attribute__((noinline)) int hidden(int x) { sink(x); return x * 3; } }
[[noreturn]] void stop(int x) __asm__("runtime.stop") __attribute__((noinline));
void stop(int x) {
  auto l = [&](int y) {
    sink(x + y);                                                          //@stop_lambda
    sink(y);
  };
  l(4);                                                                   //@stop_call
  for (;;) g = 4;
}
__attribute__((noinline)) void through(void (*f)(void*), void* p) { f(p); g = 1; }
struct Ops { void (*f)(); void (*h)(int); };
Ops table_of_ops;
Ops* volatile ops = &table_of_ops;
__attribute__((noinline)) void calls() {
  sink(50);                                                               //@calls_1
  ops->f();                                                               //@calls_2
  g = 52;
  ops->h(53);                                                             //@calls_3
  g = 54;
  ops->f();                                                               //@calls_4
  sink(56);                                                               //@calls_5
  g = 57;
}
__attribute__((noinline)) void operator+(int x, const Chan<int>&) { sink(x); }
}  // namespace rt0
using namespace rt0;
struct S {
  int a;
  S& operator<<(int x);
  operator bool() const;
  int operator()(int);
  bool operator<(const S&) const;
  template <class T> T* operator->*(T* p);
  static void* operator new(__SIZE_TYPE__, int*);
};
__attribute__((noinline)) S& S::operator<<(int x) { a = x; sink(a); return *this; }
__attribute__((noinline)) S::operator bool() const { sink(a); return a; }
__attribute__((noinline)) int S::operator()(int q) { sink(q); return a; }
__attribute__((noinline)) bool S::operator<(const S& o) const { sink(o.a); return a < o.a; }
template <class T> __attribute__((noinline)) T* S::operator->*(T* p) { sink(a); sink(a); g = a; return p; }
__attribute__((noinline)) void* S::operator new(__SIZE_TYPE__ n, int* p) { sink((int)n); g = 1; return p; }
namespace ns {
struct Foo { void bar(); };
__attribute__((noinline)) void Foo::bar() { sink(9); g = 3; }
}
static __attribute__((noinline)) void boom(int x) { sink(x); sink(x + 1); }
extern "C" __attribute__((noinline)) void cfun(int x) { sink(x); g = 2; }
__attribute__((noinline)) void local_class() {
  struct Local { __attribute__((noinline)) void run(int x) { sink(x); sink(7); } } l;
  l.run(g);
}
int main() __asm__("main.main");
int main() {                                                              //@main
  Chan<int> c;
  c.send(3);
  c.recv();                                                               //@main_recv
  Chan<long> d;
  d.send(4);
  1 + c;
  S s;
  s << 3;
  if (s) s(3);
  if (s < s) g = s.a;
  int i = 0;
  s->*(&i);
  new (&i) S;
  hidden(g);
  ns::Foo f;
  f.bar();
  boom(g);
  cfun(3);
  local_class();
  call([](int x) { sink(x + 10); });                                      //@func1
  call([&](int x) {
    sink(x + 20);                                                         //@func2
    call([&](double y) {                                                  //@func2_call
      sink((int)y + x + 30);                                              //@func2_func1
    });
  });                                                                     //@main_call2
  through([](void* p) { sink(*(int*)p + 40); g = 7; }, &i);               //@func3
  calls();
  stop(3);                                                                //@main_stop
}
extern "C" [[noreturn]] void _start() { main(); __builtin_trap(); }
)sample";

// Assembly without line information, as real files have it: a label inside a function, a size of 0, an alias.
inline constexpr char kAsm[] = R"(
  .text
  .p2align 4
  .globl runtime.asmfn, plain_alias
  .type runtime.asmfn, %function
  .type plain_alias, %function
plain_alias:
runtime.asmfn:
  .byte 0, 0
inner_label:
  .byte 0, 0
  .size runtime.asmfn, . - runtime.asmfn
  .size plain_alias, . - plain_alias
  .globl bare_label
bare_label:
  .byte 0, 0, 0, 0
  .section .note.GNU-stack, "", %progbits
)";

inline constexpr char kLinkerScript[] = R"(
ENTRY(_start)
SECTIONS {
  . = 0x400000 + SIZEOF_HEADERS;
  runtime.text = .;
  .text : { *(.text .text.*) }
  .rodata : { *(.rodata .rodata.*) }
  .gopclntab : { *(.gopclntab) }
  . = ALIGN(65536);
  .data : { *(.data .data.*) }
  .bss : { *(.bss .bss.*) }
}
)";
