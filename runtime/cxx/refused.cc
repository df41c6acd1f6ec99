// What the C++ library may ask of an operating system's C library, and rt0 does not have. With these functions the link
// of such a program succeeds, so that instead of a page of undefined references there is one sentence: each refers to
// the text that says why and what to use. If a text has got into a program, mkpclntab prints it and fails, so that
// there is no program; see tools/mkpclntab/main.cc. A program that needs none of them has no text in it.
//
// Weak: a program that has a function of such a name uses its own.
#include "base/types.h"
#include "sched/above.h"

namespace rt0 {

// NOLINTBEGIN(bugprone-macro-parentheses): the arguments are a name and literals
// The texts, named after the order in which mkpclntab looks for them: it prints the first that is there.
#define RT0_TEXT(name, symbol, text)                       \
  extern const char name[] __asm__("rt0_refused." symbol); \
  constinit const char name[] = text;
RT0_TEXT(text_streams, "1",
         "C's stdio can print here, and no more: read with std::cin, std::istringstream or std::from_chars, read and "
         "write files with rt0::os or std::fstream")
RT0_TEXT(text_files, "2",
         "std::filesystem and C's file functions are not supported: use rt0::os (open, read_file, stat, …) or "
         "std::fstream")
RT0_TEXT(text_threads, "3",
         "a goroutine cannot be cancelled or sent a signal, and semaphores have no names: let it look at a "
         "std::stop_token or an rt0::context, use rt0::signal, and sem_init")
RT0_TEXT(text_env, "5",
         "C's environment and process functions are not supported: use rt0::os (getenv, start_process, …) and "
         "rt0::exit")
#undef RT0_TEXT
// NOLINTEND(bugprone-macro-parentheses)

#define RT0_REFUSED(text, name)                                 \
  [[gnu::weak, noreturn]] void refused_##name() __asm__(#name); \
  void refused_##name() { fatal(cstr(text)); }
#define RT0_REFUSED_DATA(text, name)                              \
  [[gnu::weak]] extern const char* refused_##name __asm__(#name); \
  constinit const char* refused_##name = text;

// clang-format off
#define S(name) RT0_REFUSED(text_streams, name)
RT0_REFUSED_DATA(text_streams, stdin)
S(perror) S(scanf) S(sscanf) S(fscanf) S(vsscanf) S(getc) S(getchar) S(fgetc) S(fgets) S(fread) S(ungetc) S(feof)
S(fopen) S(fopen64) S(fdopen) S(fclose) S(fseek) S(ftell) S(fseeko64) S(ftello64) S(rewind) S(setvbuf) S(setbuf)
S(getwc) S(putwc) S(ungetwc) S(swprintf) S(vswprintf) S(wprintf) S(fwprintf) S(vscanf) S(vfscanf)
S(__isoc99_scanf) S(__isoc99_sscanf) S(__isoc99_fscanf) S(__isoc99_vscanf) S(__isoc99_vsscanf) S(__isoc99_vfscanf)
S(__isoc23_scanf) S(__isoc23_sscanf) S(__isoc23_fscanf) S(__isoc23_vscanf) S(__isoc23_vsscanf) S(__isoc23_vfscanf)
#undef S
#define F(name) RT0_REFUSED(text_files, name)
F(open) F(open64) F(openat) F(close) F(read) F(write) F(writev) F(readv) F(lseek) F(lseek64) F(ioctl) F(poll) F(fstat)
F(fstat64) F(fstatat) F(fstatat64) F(mkdir) F(rmdir) F(unlink) F(unlinkat) F(remove) F(rename)
F(opendir) F(fdopendir) F(readdir) F(readdir64) F(closedir) F(dirfd) F(realpath) F(readlink) F(symlink) F(link)
F(chdir) F(getcwd) F(truncate) F(truncate64) F(ftruncate) F(statvfs) F(statvfs64) F(utimensat)
F(fchmod) F(fchmodat) F(chmod) F(sendfile) F(sendfile64) F(pathconf) F(tmpfile)
#undef F
#define T(name) RT0_REFUSED(text_threads, name)
T(pthread_cancel) T(pthread_kill) T(pthread_sigmask) T(pthread_sigqueue) T(pthread_atfork) T(sem_open) T(sem_close)
T(sem_unlink) T(__pthread_register_cancel) T(__pthread_unregister_cancel) T(__pthread_unwind_next)
T(__sigsetjmp_cancel)
#undef T
#define E(name) RT0_REFUSED(text_env, name)
E(setenv) E(unsetenv) E(putenv) E(secure_getenv) E(system) E(quick_exit) E(at_quick_exit) E(fork) E(execve) E(kill)
E(raise) E(signal) E(sigaction) E(getpid) E(sysconf) E(getentropy) E(arc4random)
#undef E
// clang-format on

}  // namespace rt0
