// Runs a script: what its goroutines do, step by step. tools/determinism.py writes such scripts, and compares what they
// do under the simulated kernel on all ISAs, with both compilers, in release and in dev builds. One program serves all
// scripts, so none has to be compiled.
//
// The argument is words with commas between: main runs the first, each goroutine that is started one of the others. A
// step is a letter and a digit. The digit says which channel, mutex or other object is used, or how much of something.
#include <rt0/rt0.h>

using namespace rt0;

namespace {

// Elements of channels, all of different sizes; some sizes also differ from one ISA to another.
struct Three {
  char c[3] = {};
};
struct Wide {
  void* p = nullptr;
  long n = 0;
  char name[8] = {};
};
struct Odd {
  char c[41] = {};
};

struct Objects {
  Chan<char> bytes{0};
  Chan<Three> threes{1};
  Chan<Wide> wides{2};
  Chan<int> ints{0};
  Chan<Odd> odds{3};
  Chan<Wide*> pointers{0};
  Chan<long long> longs{1};
  Chan<Unit> units{2};
  Mutex mu[4];
  RWMutex rw[2];
  atomic::Int32 n32[3];
  atomic::Int64 n64[2];
  Once once[2];
  WaitGroup wg;
  semaphore::Weighted sem{2};
  sync::Map<int, long> map;
};

struct Words {
  const char* at[10] = {};
  int n = 0;
};

Objects* o;
Words words;
sync::Pool<Wide> pool{[] { return new Wide; }};
atomic::Int32 goroutines, steps;

// Calls f with channel i.
template <class F>
void on_chan(int i, F&& f) {
  switch (i & 7) {
    case 0: return f(o->bytes);
    case 1: return f(o->threes);
    case 2: return f(o->wides);
    case 3: return f(o->ints);
    case 4: return f(o->odds);
    case 5: return f(o->pointers);
    case 6: return f(o->longs);
    default: return f(o->units);
  }
}

template <class T>
T value_of(const Chan<T>&) {
  return T{};
}

[[gnu::noinline]] void deep(int n) {
  if (n > 0) {
    deep(n - 1);
    asm volatile("");
    return;
  }
  print_stack();
}

void selects(int i) {
  switch (i) {
    case 0: (void)select(recv(o->bytes), recv(o->wides), recv(o->odds)); return;
    case 1: (void)select(send(o->wides, Wide{}), recv(o->ints), send(o->bytes, 'x')); return;
    case 2: (void)select(recv(o->pointers), send(o->longs, 7), otherwise([] {})); return;
    case 3: (void)select(recv(o->units), send(o->odds, Odd{}), recv(o->threes), recv(o->longs)); return;
    case 4: (void)select(recv(o->ints), recv(after(us(30)))); return;
    case 5: (void)select(send(o->pointers, nullptr), recv(after(ms(1)))); return;
    case 6: (void)select(recv(o->threes), recv(o->bytes), otherwise([] {})); return;
    default: (void)select(send(o->units, Unit{}), recv(o->units), send(o->ints, 3), recv(o->wides)); return;
  }
}

// A connection over the simulated network: i bytes there and back.
void talk(int i) {
  auto [l, err] = net::listen("tcp", "127.0.0.1:0");
  if (err) return println("listen:", err.Error());
  auto client = [i, addr = l.addr()] {
    auto [c, refused] = net::dial("tcp", addr);
    if (refused) return println("dial:", refused.Error());
    const char text[] = "0123456789";
    (void)c.write(text, static_cast<size_t>(i) + 1);
    (void)c.close_write();
    char back[16];
    auto r = c.read(back, sizeof(back));
    println("client", r.value);
    (void)c.close();
  };
  go(client);
  (void)l.set_deadline(now().add(ms(5)));
  auto [s, late] = l.accept();
  if (!late) {
    (void)s.set_read_deadline(now().add(ms(5)));
    char in[16];
    auto r = s.read(in, sizeof(in));
    (void)s.write(in, r.value);
    (void)s.close();
  }
  (void)l.close();
}

void datagrams(int i) {
  auto [a, err] = net::listen_packet("udp", "127.0.0.1:0");
  if (err) return println("listen:", err.Error());
  for (int k = 0; k <= i; k++) (void)a.write_to("datagram", static_cast<size_t>(k) + 1, a.local_addr());
  char in[16];
  (void)a.set_read_deadline(now().add(us(50)));
  for (int k = 0; k <= i; k++) println("datagram", a.read_from(in, sizeof(in)).value.n);
  (void)a.close();
}

void recovered(int i) {
  func([i] {
    Defer d([] { println("recovered", static_cast<bool>(recover())); });
    if (i % 3 == 0) panic("on purpose");
    if (i % 3 == 1) panic(i);
    Chan<int> nil;
    nil.close();
  });
}

void run(int which);

void step(char what, int i) {
  static long* kept[10];
  switch (what) {
    case 'S': return on_chan(i, [](auto& c) { c.send(value_of(c)); });
    case 'R': return on_chan(i, [](auto& c) { (void)c.recv(); });
    case 'T': return on_chan(i, [](auto& c) { (void)c.try_send(value_of(c)); });
    case 'Y': return on_chan(i, [](auto& c) { (void)c.try_recv(); });
    case 'C': return on_chan(i, [](auto& c) { c.close(); });
    case 'X': return selects(i);
    case 'L':
      o->mu[i & 3].lock();
      (void)o->n32[0].add(1);
      o->mu[i & 3].unlock();
      return;
    case 'M':
      o->mu[i & 3].lock();
      gosched();
      o->mu[(i + 1) & 3].lock();
      o->mu[(i + 1) & 3].unlock();
      o->mu[i & 3].unlock();
      return;
    case 'Q':
      o->rw[i & 1].rlock();
      (void)o->n64[0].load();
      o->rw[i & 1].runlock();
      return;
    case 'W':
      o->rw[i & 1].lock();
      o->rw[i & 1].unlock();
      return;
    case 'A': (void)o->n32[i % 3].add(i); return;
    case 'B': (void)o->n64[i & 1].compare_and_swap(i, i + 1); return;
    case 'G':
      if (goroutines.add(1) < 40) go([i] { run(1 + i % (words.n - 1)); });
      return;
    case 'g':
      if (goroutines.add(1) < 40) o->wg.go([i] { run(1 + i % (words.n - 1)); });
      return;
    case 'w': o->wg.wait(); return;
    case 'N': gosched(); return;
    case 'Z': sleep(us(i * i * 10)); return;
    case 'z': sleep(ms(i)); return;
    case 'a':
      delete[] kept[i];
      kept[i] = new long[static_cast<size_t>(1) << i];
      return;
    case 'f':
      delete[] kept[i];
      kept[i] = nullptr;
      return;
    case 'P': return recovered(i);
    case 'K': return deep(i);
    case 'O': {
      // Loaded before the call, because a compiler may evaluate arguments in any order.
      const int n = o->n32[0].load();
      const long long m = o->n64[0].load();
      println("step", i, n, m);
      return;
    }
    case 'I': return talk(i);
    case 'D': return datagrams(i);
    case 'E': {
      Timer t = new_timer(us(i * 10));
      for (int k = 0; k < i; k++) gosched();
      println("stopped", t.stop());
      return;
    }
    case 'F': (void)after_func(us(i), [] { (void)o->n64[1].add(1); }); return;
    case 'J': {
      auto [ctx, cancel] = context::with_timeout(context::background(), us(i * 20));
      (void)select(recv(ctx.done()), recv(o->units));
      cancel();
      return;
    }
    case 'H': return o->once[i & 1].do_([i] { sleep(us(i)); });
    case 'U': {
      Wide* w = pool.get();
      gosched();
      pool.put(w);
      return;
    }
    case 'V':
      o->map.store(i, i);
      println("map", static_cast<int>(o->map.load(i ^ 1).ok));
      return;
    case 'q':
      if (!o->sem.try_acquire(1)) return;
      gosched();
      o->sem.release(1);
      return;
    case 'x': goexit_now();
    case '!': panic("the end");
    default: println("no such step"); exit(3);
  }
}

void run(int which) {
  for (const char* s = words.at[which]; *s != '\0' && *s != ','; s += 2) {
    if (steps.add(1) > 400) return;
    step(s[0], s[1] - '0');
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 1;
  words.at[words.n++] = argv[1];
  for (const char* s = argv[1]; *s != '\0'; s++)
    if (*s == ',' && words.n < 10) words.at[words.n++] = s + 1;
  if (words.n < 2) return 1;
  o = new Objects;
  run(0);
  println("done", steps.load());
}
