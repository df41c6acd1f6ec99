// args: finds the arguments, the environment and the auxiliary vector that the kernel has left on the stack, and their
// bounds, before other code reads them.
//
//   argv[0] … argv[argc-1], null, envp[0] …, null, auxv pairs …, AT_NULL
//
// An emulator, a debugger or a test may build this wrongly. So a null pointer ends argv even if argc is larger, and the
// search for the end of the auxiliary vector has a bound.
#include "runtime/boot/args.h"

#include "arch/arch.h"  // IWYU pragma: keep (declares args, under the name that assembly calls)
#include "kernel_iface/choice.h"
#include "rt0/runtime.h"
#include "runtime/boot/init_tasks.h"
#include "runtime/diag/tracer.h"

namespace rt0 {

// The name that rt0_add_executable has given the program: the same on every machine. Null in a program that was linked
// in another way.
extern const char programname[] __asm__("runtime.programname") __attribute__((weak));

namespace {

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
  for (const char* s : argslice) see(s);
  for (const char* s : envs) see(s);
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
  argslice = {argv, n};
  if (argv[n] != nullptr) return;  // no null behind argv: the words after it are no environment
  envs = until_null(argv + n + 1);
  sysauxv(reinterpret_cast<const uintptr*>(envs.end() + 1));
}

void goenvs_unix() RT0_SYM("runtime.goenvs_unix");
void goenvs_unix() { trace_boot(Ev::goenvs_unix); }

// Reads nothing, because sysauxv has found AT_SECURE already. It exists because it is a step of Go's boot.
void initSecureMode() RT0_SYM("runtime.initSecureMode");
void initSecureMode() { trace_boot(Ev::initSecureMode); }

// In a program that was started with stdin, stdout or stderr closed, the next file that is opened would get the closed
// descriptor's number, and messages would be written into that file. So /dev/null is opened first. Go: fds_unix.go.
void fill_std_fds() {
  u32 open = kernel->open_std_fds();
  for (i32 fd = 0; fd < 3; fd++) {
    if ((open & (1u << fd)) != 0) continue;
    const SysResult r = kernel->open("/dev/null", fd != 0);  // takes the lowest free number: this one
    if (!r.ok() || r.value != static_cast<uintptr>(fd)) throw_("checkfds: cannot open /dev/null");
  }
}

Str program_name() {
  if (programname != nullptr) return cstr(programname);
  Str name = argslice.empty() ? Str("?") : cstr(argslice[0]);
  for (usize i = name.len; i-- > 0;)
    if (name[i] == '/') return name.sub(i + 1);
  return name;
}

// If RT0_SIM is set, the simulated kernel is put into force here, before any call whose answer could differ between the
// two kernels. The random bytes that the host's kernel has left on the stack are not used then. False if no trace is to
// be written.
bool choose_kernel() {
  const Str spec = gogetenv("RT0_SIM");
  if (spec.empty() || isSecureMode()) return true;
  fill_std_fds();  // otherwise the record's file could get the number of a closed standard stream
  auxv.random = nullptr;
  return sim_open(spec, program_name(), argslice);
}

}  // namespace

void args(i32 argc, char** argv) {
  trace_boot(Ev::args);
  sysargs(argc, argv);
  const bool traced = choose_kernel();
  // A privileged program must not write to a file that its caller's environment names.
  const Str path = isSecureMode() || !traced ? Str() : gogetenv("RT0_TRACE");
  if (!path.empty() && path != Str("-")) fill_std_fds();  // the trace must not get a standard stream's number either
  trace_open(path);
}

// goargs and goenvs copy nothing: the program uses argslice and envs, whose bounds sysargs has checked. The functions
// exist because they are steps of Go's boot, with whose order rt0's boot is compared.
void goargs() { trace_boot(Ev::goargs); }

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

// The init task of package os. Go's copies arguments and environment into os.Args. rt0 hands them out where they lie,
// so this task does nothing; other tasks can name it to run after it, as in Go. Go: os.runtime_args.
void os_init() {}
extern InitTask rt0_init_runtime;
RT0_RUNTIME_INIT(os, os_init, &rt0_init_runtime);

Args os::args_of_program() { return {argslice.ptr, argslice.len}; }

}  // namespace rt0
