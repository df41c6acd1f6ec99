// How long a loop over one of rt0's functions keeps the only P: preempt_table [NAME…]
//
// For each function, a goroutine calls the function in a loop, while main sleeps five times for 100 µs. A row has the
// CPU time in µs that the process used during one of these sleeps, at most and on average: CPU time, because other
// processes of a busy machine do not add to it. A row "no_calls" is a loop that calls nothing.
// Not in the table: what does not return (exit, goexit_now, block_forever), what is another name for a function in it,
// and what the header has as arithmetic alone (Duration, Time's comparisons, atomic numbers that the ISA has
// instructions for).
#include "arch/arch.h"
#include "linux_abi.h"

#include <rt0/internal.h>

#include "words.h"

using namespace rt0;

extern "C" {  // not the builtins, in place of which the compiler may write a loop
void* memcpy(void* to, const void* from, size_t n);
void* memmove(void* to, const void* from, size_t n);
void* memset(void* to, int c, size_t n);
int memcmp(const void* a, const void* b, size_t n);
}

namespace {

int sleeps = 5;
char** wanted = nullptr;

long long cpu_us() {
  using linux_abi::SYS_clock_gettime;
  constexpr uintptr kProcessCpu = 2;
  struct {
    int64_t s, ns;
  } ts = {0, 0};
  (void)Isa::syscall6(SYS_clock_gettime, kProcessCpu, reinterpret_cast<uintptr>(&ts), 0, 0, 0, 0);
  return ts.s * 1000000 + ts.ns / 1000;
}

struct Delay {
  long long worst = 0, sum = 0;
};

template <class F>
[[gnu::noinline]] Delay delay_of(F f) {
  atomic::Int32 stop, ended;
  go([&] {
    while (stop.load() == 0) f();
    ended.store(1);
  });
  Delay d;
  for (int i = 0; i < sleeps; i++) {
    const long long before = cpu_us();
    sleep(us(100));
    const long long t = cpu_us() - before;
    d.sum += t;
    if (t > d.worst) d.worst = t;
  }
  stop.store(1);
  while (ended.load() == 0) gosched();
  return d;
}

bool is_wanted(const char* name) {
  if (wanted[0] == nullptr) return true;
  for (char** w = wanted; *w != nullptr; w++)
    if (same(*w, name)) return true;
  return false;
}

void row(const char* name, const Delay& d) { println(name, "worst", d.worst, "average", d.sum / sleeps); }

int measured = 0;
volatile unsigned long sink = 0;

template <class F>
void measure(const char* name, F f) {
  if (!is_wanted(name)) return;
  if (measured++ % 6 == 0) row("no_calls", delay_of([] { sink = sink + 1; }));
  row(name, delay_of(f));
}

struct Large {
  char bytes[60000];
};
struct Object {
  char bytes[64];
};
char from[1 << 20], to[1 << 20];

void memory() {
  measure("new_delete", [] { delete new Object; });
  measure("new_delete_large", [] { delete[] new char[1 << 20]; });
  measure("memcpy_1MB", [] { memcpy(to, from, sizeof(to)); });
  measure("memmove_1MB", [] { memmove(to + 1, to, sizeof(to) - 1); });
  measure("memset_1MB", [] { memset(to, 1, sizeof(to)); });
  measure("memcmp_1MB", [] { sink = static_cast<unsigned long>(memcmp(to, from, sizeof(to))); });
  measure("set_finalizer", [] {
    auto* o = new Object;
    set_finalizer(o, [](Object*) {});
    set_finalizer(o, nullptr);
    delete o;
  });
  measure("gc", [] { gc(); });
  measure("read_mem_stats", [] {
    MemStats m;
    read_mem_stats(&m);
  });
  measure("free_os_memory", [] { free_os_memory(); });
  measure("set_gc_percent", [] { (void)set_gc_percent(100); });
  measure("set_memory_limit", [] { (void)set_memory_limit(-1); });
  static sync::Pool<Object> pool([] { return new Object; });
  measure("pool", [] { pool.put(pool.get()); });
}

void goroutines() {
  measure("goid", [] { sink = static_cast<unsigned long>(goid()); });
  measure("num_goroutine", [] { sink = static_cast<unsigned long>(num_goroutine()); });
  measure("num_cpu", [] { sink = static_cast<unsigned long>(num_cpu()); });
  measure("gomaxprocs_now", [] { sink = static_cast<unsigned long>(gomaxprocs_now()); });
  measure("set_gomaxprocs", [] { (void)set_gomaxprocs(1); });
  measure("set_max_threads", [] { (void)set_max_threads(10000); });
  measure("lock_os_thread", [] {
    lock_os_thread();
    unlock_os_thread();
  });
  measure("getenv", [] { sink = reinterpret_cast<unsigned long>(getenv("NOPE")); });
  measure("args_of_program", [] { sink = args_of_program().len + environ_of_program().len; });
  measure("stack", [] {
    char b[1000];
    (void)stack(b, sizeof(b), false);
  });
  measure("stack_all", [] {
    char b[1000];
    (void)stack(b, sizeof(b), true);
  });
  measure("go", [] { go([] {}); });
  measure("go_with", [] { go_with({.stack = 32768}, [] {}); });
  measure("gosched", [] { gosched(); });
}

void panics() {
  measure("defer", [] { Defer d([] { sink = sink + 1; }); });
  measure("func", [] { func([] { sink = sink + 1; }); });
  measure("panic_recover", [] {
    func([] {
      Defer d([] { (void)recover(); });
      panic("x");
    });
  });
  measure("any", [] {
    any a(Large{});
    any b = a;
    sink = b.is<Large>();
  });
}

void channels() {
  static Chan<int> ch(1), closed(1), empty(0);
  closed.close();
  measure("chan_make", [] { Chan<int> c(4); });
  measure("chan_send_recv", [] {
    ch.send(1);
    (void)ch.recv();
  });
  measure("chan_try", [] {
    (void)ch.try_send(1);
    (void)ch.try_recv();
  });
  measure("chan_recv_closed", [] { (void)closed.recv_ok(); });
  measure("chan_close", [] {
    Chan<int> c(1);
    c.close();
  });
  measure("chan_len_cap", [] { sink = ch.len() + ch.cap(); });
  static Chan<Large> wide(1);
  static Large large;
  measure("chan_large", [] {
    wide.send(large);
    (void)wide.recv();
  });
  measure("select_default", [] { select(recv(empty, [](int) {}), otherwise([] {})); });
  measure("select_two", [] { select(recv(empty, [](int) {}), recv(closed, [](int) {})); });
  measure("select_cases", [] {
    const SelectCase cases[] = {recv_case(empty), default_case()};
    (void)select_cases(cases);
  });
}

void syncs() {
  static rt0::sync::Mutex mu;
  static RWMutex rw;
  measure("mutex", [] {
    mu.lock();
    mu.unlock();
  });
  measure("mutex_held", [] {  // nearly always
    mu.lock();
    const Time t = now();
    while (since(t) < us(100)) {}
    mu.unlock();
  });
  measure("mutex_try_lock", [] {
    if (mu.try_lock()) mu.unlock();
  });
  measure("rwmutex_read", [] {
    rw.rlock();
    rw.runlock();
  });
  measure("rwmutex_write", [] {
    rw.lock();
    rw.unlock();
  });
  measure("rwmutex_try", [] {
    if (rw.try_lock()) rw.unlock();
    if (rw.try_rlock()) rw.runlock();
  });
  measure("waitgroup", [] {
    WaitGroup wg;
    wg.add(1);
    wg.done();
    wg.wait();
  });
  measure("waitgroup_go", [] {
    WaitGroup wg;
    wg.go([] {});
    wg.wait();
  });
  measure("cond", [] {
    Cond c(mu);
    c.signal();
    c.broadcast();
  });
  measure("once", [] {
    Once o;
    o.do_([] { sink = sink + 1; });
  });
  measure("once_value", [] {
    auto f = once_value([] { return 1; });
    sink = static_cast<unsigned long>(f());
  });
  static Semaphore s(10);
  measure("semaphore", [] {
    s.acquire(1);
    s.release(1);
    if (s.try_acquire(1)) s.release(1);
    (void)s.acquire(context::background(), 1);
    s.release(1);
  });
  static rt0::sync::Map<int, int> map;
  static rt0::sync::Map<const char*, ErrorValue> values;
  map.store(1, 1);
  values.store("x", ErrorValue());
  measure("map_load_store", [] {
    map.store(2, 2);
    sink = static_cast<unsigned long>(map.load(2).value);
  });
  measure("map_swap_remove", [] {
    (void)map.swap(3, 3);
    (void)map.load_or_store(3, 4);
    (void)map.compare_and_swap(3, 3, 4);
    (void)map.compare_and_delete(3, 4);
  });
  measure("map_objects", [] {
    (void)values.swap("y", ErrorValue());
    values.remove("y");
  });
  measure("map_range_clear", [] {
    rt0::sync::Map<int, int> m;
    m.store(1, 1);
    m.range([](int, int) { return true; });
    m.clear();
  });
  measure("errgroup", [] {
    errgroup::Group<> g;
    g.set_limit(1);
    g.go([]() -> const char* { return nullptr; });
    (void)g.wait();
  });
  static atomic::Int64 wide;
  measure("atomic_int64", [] { (void)wide.add(1); });
}

void times() {
  measure("now", [] { sink = static_cast<unsigned long>(now().unix_micro()); });
  measure("since", [] { sink = static_cast<unsigned long>(since(Time()).count); });
  measure("time_arithmetic",
          [] { sink = static_cast<unsigned long>((Time::from_unix(1, 1) + ms(3)).sub(Time()).count); });
  measure("duration_str",
          [] { sink = us(123456789).str().size() + static_cast<unsigned long>(ms(1).round(us(7)).count); });
  measure("sleep_0", [] { sleep(us(0)); });
  static Timer timer = new_timer(hours(1));
  static Ticker ticker = new_ticker(hours(1));
  measure("timer_reset", [] { (void)timer.reset(hours(1)); });
  measure("timer_stop", [] { (void)timer.stop(); });
  measure("ticker_reset", [] { ticker.reset(hours(1)); });
  measure("new_timer", [] { (void)new_timer(hours(1)).stop(); });
  measure("new_ticker", [] { new_ticker(hours(1)).stop(); });
  measure("after_func", [] { (void)after_func(hours(1), [] {}).stop(); });
  measure("after", [] { (void)after(us(10)); });
}

void contexts() {
  static const Context parent = context::with_cancel(context::background()).ctx;
  static const context::Key<int> key;
  measure("with_cancel", [] { context::with_cancel(parent).cancel(); });
  measure("with_cancel_cause", [] { context::with_cancel_cause(parent).cancel(context::kCanceled); });
  measure("with_timeout", [] { context::with_timeout(parent, hours(1)).cancel(); });
  measure("with_deadline", [] { context::with_deadline(parent, now() + hours(1)).cancel(); });
  measure("with_value", [] {
    const Context c = context::with_value(parent, key, 1);
    sink = c.value(key) != nullptr;
  });
  measure("without_cancel", [] { (void)context::without_cancel(parent); });
  measure("context_asked", [] {
    sink = !parent.err() + parent.deadline().ok + !context::cause(parent);
    (void)parent.done();
  });
  measure("context_after_func", [] { (void)context::after_func(parent, [] {})(); });
}

void files() {
  static const char kPath[] = "preempt_table.tmp";
  static os::File f = os::open_file(kPath, os::O_RDWR | os::O_CREATE | os::O_TRUNC, 0600).value;
  static char b[100];
  measure("file_write_read", [] {
    (void)f.write_at(b, sizeof(b), 0);
    (void)f.read_at(b, sizeof(b), 0);
  });
  measure("file_seek_read", [] {
    (void)f.seek(0, os::SEEK_SET);
    (void)f.read(b, sizeof(b));
  });
  measure("file_stat", [] { (void)f.stat(); });
  measure("file_truncate", [] { (void)f.truncate(100); });
  measure("file_set_deadline", [] { (void)f.set_deadline(Time()); });
  measure("file_copy", [] {
    const os::File g = f;
    sink = static_cast<unsigned long>(g.fd());
  });
  measure("open_close", [] { (void)os::open(kPath).value.close(); });
  measure("open_missing", [] { sink = os::is_not_exist(os::open("preempt_table.none").err); });
  measure("read_write_file", [] {
    (void)os::write_file(kPath, "text", 0600);
    (void)os::read_file(kPath);
  });
  measure("pipe", [] {
    auto p = os::pipe().value;
    (void)p.w.write("x");
    (void)p.r.read(b, 1);
    (void)p.r.close();
    (void)p.w.close();
  });
  measure("stat", [] {
    (void)os::stat(kPath);
    (void)os::lstat(kPath);
  });
  measure("mkdir_rename_remove", [] {
    (void)os::mkdir("preempt_table.dir", 0700);
    (void)os::rename("preempt_table.dir", "preempt_table.dir2");
    (void)os::remove("preempt_table.dir2");
  });
  measure("getwd_chdir", [] { (void)os::chdir(os::getwd().value.c_str()); });
  measure("hostname", [] { (void)os::hostname(); });
  measure("getpid", [] { sink = static_cast<unsigned long>(os::getpid() + os::getppid() + os::getuid()); });
  measure("kill_0", [] { (void)os::kill(os::getpid(), 0); });
  measure("start_process_missing", [] {
    const char* const argv[] = {"none", nullptr};
    (void)os::start_process("./preempt_table.none", argv);
  });
  measure("print", [] { print(); });
  measure("println", [] { fmt::println("x", 1); });
  measure("format_float", [] {
    char out[64];
    sink = format_float(out, 1.5e300);
  });
  (void)os::remove(kPath);
}

void signals() {
  static Chan<os::Signal> c(1);
  measure("signal_notify", [] {
    signal::notify(c, syscall::kSIGUSR1);
    signal::stop(c);
  });
  measure("signal_ignore", [] {
    signal::ignore(syscall::kSIGUSR2);
    sink = signal::ignored(syscall::kSIGUSR2);
    signal::reset(syscall::kSIGUSR2);
  });
}

void nets() {
  static net::ConnPair pair = net::socketpair().value;
  static net::Listener l = net::listen("tcp", "127.0.0.1:0").value;
  static net::PacketConn u = net::listen_packet("udp", "127.0.0.1:0").value;
  static char b[10];
  measure("socketpair", [] { (void)net::socketpair(); });
  measure("conn_write_read", [] {
    (void)pair.a.write("x");
    (void)pair.b.read(b, 1);
  });
  measure("conn_deadline", [] { (void)pair.a.set_deadline(now() + hours(1)); });
  measure("conn_addr", [] { sink = pair.a.local_addr().size() + l.addr().size(); });
  measure("dial_accept", [] {
    const net::Conn c = net::dial("tcp", l.addr()).value;
    const net::Conn d = l.accept().value;
    (void)c.set_no_delay(true);
    (void)c.close_write();
    (void)d.close_read();
  });
  measure("listen", [] { (void)net::listen("unix", "@preempt_table"); });
  measure("udp", [] {
    (void)u.write_to("x", 1, u.local_addr());
    (void)u.read_from(b, 1);
  });
  measure("join_host_port", [] { sink = net::join_host_port("::1", "80").size(); });
}

}  // namespace

int main(int, char** argv) {
  wanted = argv + 1;
  set_gomaxprocs(1);
  memory();
  goroutines();
  panics();
  channels();
  syncs();
  times();
  contexts();
  files();
  signals();
  nets();
  return 0;
}
