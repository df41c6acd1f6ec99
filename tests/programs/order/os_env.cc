// env: GOMAXPROCS=1 A=1 B=two EMPTY= C=x=y
// os: changing the environment, and texts with its variables
#include <rt0/rt0.h>

namespace exec = rt0::exec;
namespace fmt = rt0::fmt;
namespace os = rt0::os;
namespace strconv = rt0::strconv;
using rt0::StrArg;
using rt0::builtin::String;

namespace {

template <class... K>
void look(K... keys) {
  const char* const list[] = {keys...};
  for (const char* const k : list) {
    const os::LookupEnv v = os::lookup_env(k);
    String line(k);
    line.append("=").append(v.value);
    fmt::println(line, v.ok);
  }
}

void all() {
  String line;
  for (const char* const e : os::environ_of_program()) {
    if (!line.empty()) line.push(' ');
    line.append(e);
  }
  fmt::println(line);
}

template <class... T>
void expand(T... texts) {
  const char* const list[] = {texts...};
  for (const char* const t : list) {
    String line(t);
    fmt::println(line.append(" -> ").append(os::expand_env(t)));
    fmt::println(os::expand(t, [](StrArg name) {
      String s("<");
      return s.append(name).push('>');
    }));
  }
}

String numbered(char c, int i) {
  String name;
  return strconv::append_int(name.push(c), i, 10);
}

}  // namespace

int main() {
  look("A", "B", "EMPTY", "C", "C=x", "NONE", "", "=");
  fmt::println(os::setenv("", "x"), os::setenv("A=B", "x"), os::setenv({"A\0", 2}, "x"), os::setenv("A", {"x\0y", 3}));
  const rt0::Error n = os::setenv("NEW", "n"), b = os::setenv("B", ""), c = os::setenv("C", "==");
  fmt::println(n, b, c, os::setenv("A", "changed"));
  look("NEW", "A", "B", "C", "EMPTY");
  const rt0::Error unset = os::unsetenv("RT0_SIM");
  fmt::println(unset, os::environ_of_program().len);
  os::clearenv();
  const char* const entries[] = {"A=changed", "B=", "EMPTY=", "C===", "NEW=n"};
  for (const char* const e : entries) {
    size_t name = 0;
    while (e[name] != '=') name++;
    os::setenv({e, name}, e + name + 1);
  }
  all();
  const rt0::Error none = os::unsetenv("NONE"), empty = os::unsetenv("EMPTY"), again = os::unsetenv("EMPTY");
  fmt::println(none, empty, again, os::unsetenv(""));
  look("EMPTY", "A");
  all();
  os::setenv("EMPTY", "back");
  all();
  const os::Args before = os::environ_of_program();
  for (int i = 0; i < 100; i++) {
    String value;
    for (int k = 0; k < i; k++) value.push('v');
    os::setenv(numbered('V', i), value);
  }
  look("V0", "V1", "V99");
  for (int i = 0; i < 99; i++) os::unsetenv(numbered('V', i));
  fmt::println(before.len);
  all();
  expand("", "$", "a$", "$A", "${A}", "$A$B${C}", "$AB", "${A}B", "$$", "$1x", "$12", "${1}", "${12}", "${", "${}",
         "${A", "x${}y", "$-", "${*}", "$ ", "a$ b", "$A-$C.$NEW/$NONE.", "äöü$A", "$ä", "100%$", "${A B}", "$_x");
  os::setenv("TMPDIR", "/somewhere");
  fmt::println(os::temp_dir());
  os::setenv("PATH", "/nowhere");
  fmt::println(exec::look_path("sh").err);
  rt0::WaitGroup done;
  for (int g = 0; g < 4; g++) {
    done.go([g] {
      for (int i = 0; i < 100; i++) {
        os::setenv(numbered('G', g), strconv::itoa(i));
        if (os::getenv("A") == nullptr || os::environ_of_program().len == 0) rt0::panic("lost");
      }
    });
  }
  done.wait();
  look("G0", "G1", "G2", "G3");
  os::clearenv();
  look("A", "G0");
  fmt::println(os::environ_of_program().len, os::temp_dir());
  os::setenv("A", "last");
  all();
}
