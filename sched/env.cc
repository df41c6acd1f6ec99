// args: what the kernel left on the stack, found and bounded before anybody reads it.
//
//   argv[0] … argv[argc-1], null, envp[0] …, null, auxv pairs …, AT_NULL
//
// The kernel builds this, but an emulator, a debugger or a test may not do it well: argc is not believed beyond the null
// which ends argv, and a missing end of the auxiliary vector is found by a bound.
#include "sched/env.h"

#include "kernel_iface/choice.h"
#include "rt0/runtime.h"
#include "sched/debugvars.h"
#include "sched/gmp.h"
#include "sched/init_tasks.h"
#include "sched/panic.h"
#include "sched/print.h"
#include "sched/tracer.h"

namespace rt0 {

// The name that rt0_add_executable has given the program: the same on every machine. Null in a program that was linked in another way.
extern const char programname[] __asm__("runtime.programname") __attribute__((weak));

constinit Auxv auxv{};

namespace {

constinit Span<char*> argv_found{};  // as sysargs has bounded them
constinit Span<char*> envp_found{};
constinit Span<char*> argslice{};
constinit Span<char*> envs{};
constinit Args os_args{};  // what the program sees
constinit Args os_environ{};

Span<char*> until_null(char** p) {
  usize n = 0;
  while (p[n] != nullptr) n++;
  return {p, n};
}

// From the lowest argument or environment string to the end of the highest.
Span<const char> strings() {
  const char* first = nullptr;
  const char* last = nullptr;
  auto see = [&](const char* s) {
    if (first == nullptr || s < first) first = s;
    last = max(last, s);
  };
  for (const char* s : argv_found) see(s);
  for (const char* s : envp_found) see(s);
  return {first, last == nullptr ? 0 : static_cast<usize>(cstr(last).end() + 1 - first)};
}

void sysauxv(const uintptr* av) RT0_SYM("runtime.sysauxv");
void sysauxv(const uintptr* av) {
  trace_boot(Ev::sysauxv);
  kernel->start(av, strings(), &auxv);
}

void sysargs(i32 argc, char** argv) RT0_SYM("runtime.sysargs");
void sysargs(i32 argc, char** argv) {
  trace_boot(Ev::sysargs);
  usize n = 0;
  while (n < static_cast<usize>(max(argc, 0)) && argv[n] != nullptr) n++;
  argv_found = {argv, n};
  if (argv[n] != nullptr) return;  // no null behind argv: what follows is no environment
  envp_found = until_null(argv + n + 1);
  sysauxv(reinterpret_cast<const uintptr*>(envp_found.end() + 1));
}

void goenvs_unix() RT0_SYM("runtime.goenvs_unix");
void goenvs_unix() {
  trace_boot(Ev::goenvs_unix);
  envs = envp_found;
}

void initSecureMode() RT0_SYM("runtime.initSecureMode");
void initSecureMode() { trace_boot(Ev::initSecureMode); }

Str program_name() {
  if (programname != nullptr) return cstr(programname);
  Str name = argv_found.empty() ? Str("?") : cstr(argv_found[0]);
  for (usize i = name.len; i-- > 0;)
    if (name[i] == '/') return name.sub(i + 1);
  return name;
}

// RT0_SIM puts the simulated kernel in force: before anything has been asked of a kernel that could be otherwise. The random bytes that
// the host's has left are not used any more.
void choose_kernel() {
  const Str spec = gogetenv("RT0_SIM");
  if (spec.empty() || isSecureMode()) return;
  fill_std_fds();  // or the record's file would be one of them
  sim_open(spec, program_name(), argv_found);
  auxv.random = nullptr;
}

}  // namespace

bool isSecureMode() { return auxv.secure; }

Str gogetenv(Str key) {
  for (const char* e : envp_found) {
    usize i = 0;
    while (i < key.len && e[i] == key[i]) i++;
    if (i == key.len && e[i] == '=') return cstr(e + i + 1);
  }
  return {};
}

void args(i32 argc, char** argv) {
  trace_boot(Ev::args);
  sysargs(argc, argv);
  choose_kernel();
  trace_open();
}

void goargs() {
  trace_boot(Ev::goargs);
  argslice = argv_found;
}

void goenvs() {
  trace_boot(Ev::goenvs);
  goenvs_unix();
}

void secure() {
  trace_boot(Ev::secure);
  initSecureMode();
}

void checkfds() {
  trace_boot(Ev::checkfds);
  fill_std_fds();
}

// A program started with stdin, stdout or stderr closed would get that number for the next file it opens, and its messages
// would end up in there. /dev/null takes the place. Go: fds_unix.go.
void fill_std_fds() {
  u32 open = kernel->open_std_fds();
  for (i32 fd = 0; fd < 3; fd++) {
    if ((open & (1u << fd)) != 0) continue;
    const SysResult r = kernel->open("/dev/null", fd != 0);  // takes the lowest free number: this one
    if (!r.ok() || r.value != static_cast<uintptr>(fd)) throw_("checkfds: cannot open /dev/null");
  }
}

// Package os of the program: os.Args and os.Environ. Go: os.runtime_args in proc.go of package os.
void os_init() {
  os_args = {argslice.ptr, argslice.len};
  os_environ = {envs.ptr, envs.len};
}
extern InitTask rt0_init_runtime;
RT0_RUNTIME_INIT(os, os_init, &rt0_init_runtime);

Args args_of_program() { return os_args; }
Args environ_of_program() { return os_environ; }

const char* getenv(const char* key) {
  const Str k = cstr(key);
  for (const char* e : os_environ) {
    usize i = 0;
    while (i < k.len && e[i] == k[i]) i++;
    if (i == k.len && e[i] == '=') return e + i + 1;
  }
  return nullptr;
}

}  // namespace rt0
