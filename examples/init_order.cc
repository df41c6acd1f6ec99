// Init tasks run before main, each after the tasks it needs, in whatever order the file has them. See them with
//   GODEBUG=inittrace=1 build/amd64/bin/init_order
#include <rt0/rt0.h>

namespace {

int* settings = nullptr;
int connections = 0;

void read_settings() {
  settings = new int(3);
  rt0::println("settings: connections =", *settings);
}

void open_connections() {
  connections = *settings;
  rt0::println("pool: opened", connections);
}

// Init tasks run on the main thread; meanwhile the goroutines that they start run on other threads.
void say_hello() {
  int greeted = 0;
  rt0::go([&greeted] { __atomic_store_n(&greeted, 1, __ATOMIC_RELEASE); });
  while (__atomic_load_n(&greeted, __ATOMIC_ACQUIRE) == 0) rt0::gosched();
  rt0::println("hello: greeted");
}

}  // namespace

extern rt0::InitTask rt0_init_settings;

RT0_INIT(pool, open_connections, &rt0_init_settings);
RT0_INIT(settings, read_settings);
RT0_INIT(hello, say_hello);

int main() {
  rt0::println("main: connections =", connections);
  delete settings;
}
