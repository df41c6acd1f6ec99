// std::ifstream, std::ofstream and std::fstream over rt0::os::File: what libstdc++ keeps beneath a std::filebuf, in
// place of its own, which calls C's stdio. A goroutine that waits for a file keeps no other from running. Linked only
// into programs that use them; compiled with the C++ library's headers, and with exceptions and RTTI as the library's
// own streams are, so that both kinds of programs can use it.
#include <bits/basic_file.h>

#include <fstream>

#include "rt0/os.h"

namespace {

using rt0::os::File;
using Mode = std::ios_base::openmode;

// The flags of C++'s table of modes; 0: it does not have this one.
unsigned flags_of(Mode mode) {
  using std::ios_base;
  const bool in = (mode & ios_base::in) != Mode{}, out = (mode & ios_base::out) != Mode{};
  const bool trunc = (mode & ios_base::trunc) != Mode{}, app = (mode & ios_base::app) != Mode{};
  if (trunc && (app || !out)) return 0;
  if (app) return (in ? rt0::os::O_RDWR : rt0::os::O_WRONLY) | rt0::os::O_CREATE | rt0::os::O_APPEND;
  if (in && out) return rt0::os::O_RDWR | (trunc ? rt0::os::O_CREATE | rt0::os::O_TRUNC : 0);
  if (out) return rt0::os::O_WRONLY | rt0::os::O_CREATE | rt0::os::O_TRUNC;
  return in ? rt0::os::O_RDONLY : 0;
}

// The pointer that libstdc++ takes for a C library's FILE is one to a File.
const File& of(std::__c_file* f) { return *reinterpret_cast<const File*>(f); }

}  // namespace

namespace std {

__basic_file<char>::__basic_file(__c_lock*) throw() : _M_cfile(nullptr), _M_cfile_created(false) {}
__basic_file<char>::~__basic_file() { close(); }

__basic_file<char>* __basic_file<char>::open(const char* name, Mode mode, int perm) {
  const unsigned flags = flags_of(mode);
  if (is_open() || flags == 0) return nullptr;
  auto opened = rt0::os::open_file(rt0::StrArg(name), flags, static_cast<unsigned>(perm) | 0666);
  if (opened.err) return nullptr;
  _M_cfile = reinterpret_cast<__c_file*>(new File(static_cast<File&&>(opened.value)));
  _M_cfile_created = true;
  return this;
}
// Extensions of libstdc++, which take a C library's FILE or a descriptor.
__basic_file<char>* __basic_file<char>::sys_open(__c_file*, Mode) { return nullptr; }
__basic_file<char>* __basic_file<char>::sys_open(int, Mode) throw() { return nullptr; }

__basic_file<char>* __basic_file<char>::close() {
  if (!is_open()) return nullptr;
  const bool failed = static_cast<bool>(of(_M_cfile).close());
  delete &of(_M_cfile);
  _M_cfile = nullptr;
  _M_cfile_created = false;
  return failed ? nullptr : this;
}

bool __basic_file<char>::is_open() const throw() { return _M_cfile != nullptr; }
int __basic_file<char>::fd() throw() { return of(_M_cfile).fd(); }
__c_file* __basic_file<char>::file() throw() { return _M_cfile; }

streamsize __basic_file<char>::xsputn(const char* s, streamsize n) {
  return static_cast<streamsize>(of(_M_cfile).write(s, static_cast<size_t>(n)).value);
}
streamsize __basic_file<char>::xsputn_2(const char* s1, streamsize n1, const char* s2, streamsize n2) {
  const streamsize first = xsputn(s1, n1);
  return first == n1 ? first + xsputn(s2, n2) : first;
}
streamsize __basic_file<char>::xsgetn(char* s, streamsize n) {
  const auto got = of(_M_cfile).read(s, static_cast<size_t>(n));
  return got.value == 0 && got.err && !got.err.is(rt0::errors::Err::eof) ? -1 : static_cast<streamsize>(got.value);
}
streamoff __basic_file<char>::seekoff(streamoff off, ios_base::seekdir way) throw() {
  const int whence = way == ios_base::beg ? SEEK_SET : way == ios_base::cur ? SEEK_CUR : SEEK_END;
  const auto at = of(_M_cfile).seek(off, whence);
  return at.err ? -1 : at.value;
}
int __basic_file<char>::sync() { return 0; }

// How many bytes can be read without waiting: the rest of a regular file, otherwise unknown.
streamsize __basic_file<char>::showmanyc() {
  const auto facts = of(_M_cfile).stat();
  if (facts.err || !facts.value.is_regular) return 0;
  const streamoff at = seekoff(0, ios_base::cur);
  const auto size = static_cast<streamoff>(facts.value.size);
  return at >= 0 && at < size ? static_cast<streamsize>(size - at) : 0;
}

// The streams themselves, compiled here once more: a linker that finds them in this file takes what is beneath them
// from here, too. It would take both from libstdc++.a otherwise.
template class basic_filebuf<char>;
template class basic_ifstream<char>;
template class basic_ofstream<char>;
template class basic_fstream<char>;
template class basic_filebuf<wchar_t>;
template class basic_ifstream<wchar_t>;
template class basic_ofstream<wchar_t>;
template class basic_fstream<wchar_t>;

}  // namespace std
