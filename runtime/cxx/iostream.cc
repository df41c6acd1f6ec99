// std::cout, std::cin and the other standard streams, over rt0's descriptors. The objects are libstdc++'s; what is made
// here are the buffers beneath them, in place of libstdc++'s, which call C's stdio. Linked only into programs that
// include <iostream>; compiled with the C++ library's headers, and with RTTI as the library's own buffers are.
//
// Output is written at once, as rt0::fmt::println's is: nothing waits in a buffer for the end of the program, where no
// destructor runs, and goroutines may share a stream. Input has a buffer, which goroutines must not use at once.
#include <istream>
#include <ostream>

#include "base/types.h"
#include "rt0/os.h"
#include "rt0/print.h"

// As <iostream> declares them. It is not included, because each file that does so has a global with a constructor.
namespace std {
extern istream cin;
extern ostream cout, cerr, clog;
extern wistream wcin;
extern wostream wcout, wcerr, wclog;
}  // namespace std

namespace rt0 {

namespace {

constexpr usize kPiece = 256;  // wide characters are converted in pieces of so many

template <class Char>
class Standard final : public std::basic_streambuf<Char> {
  using Base = std::basic_streambuf<Char>;
  using Traits = std::char_traits<Char>;
  using Int = typename Traits::int_type;

 public:
  explicit Standard(int fd) : fd_(fd) {}

 protected:
  std::streamsize xsputn(const Char* s, std::streamsize n) override {
    if constexpr (sizeof(Char) == 1) {
      const PrintArg arg(PrintArg::Text(s, static_cast<usize>(n)));
      print_args(fd_, &arg, 1, false, false);
      return n;
    } else {
      char piece[kPiece];
      std::streamsize done = 0;
      while (done < n) {
        usize len = 0;
        while (len < kPiece && done + static_cast<std::streamsize>(len) < n && is_ascii(s[done + len]))
          piece[len] = static_cast<char>(s[done + len]), len++;
        if (len == 0) break;  // the locale "C" has no bytes for this character
        const PrintArg arg(PrintArg::Text(piece, len));
        print_args(fd_, &arg, 1, false, false);
        done += static_cast<std::streamsize>(len);
      }
      return done;
    }
  }

  Int overflow(Int c) override {
    if (Traits::eq_int_type(c, Traits::eof())) return Traits::not_eof(c);
    const Char one = Traits::to_char_type(c);
    return xsputn(&one, 1) == 1 ? c : Traits::eof();
  }

  Int underflow() override {
    // The last characters stay, so that they can be put back.
    constexpr usize kKept = 8;
    const auto have = static_cast<usize>(this->egptr() - this->eback());
    const usize kept = have < kKept ? have : kKept;
    const Char* const last = this->egptr() - kept;
    for (usize i = 0; i < kept; i++) in_[kKept - kept + i] = last[i];
    char bytes[kRoom];
    const auto got = os::stdin_().read(bytes, kRoom);
    if (got.value == 0) return Traits::eof();
    for (usize i = 0; i < got.value; i++) in_[kKept + i] = static_cast<Char>(static_cast<unsigned char>(bytes[i]));
    this->setg(in_ + kKept - kept, in_ + kKept, in_ + kKept + got.value);
    return Traits::to_int_type(*this->gptr());
  }

 private:
  static bool is_ascii(Char c) { return static_cast<u32>(c) < 128; }

  static constexpr usize kRoom = 1024;
  const int fd_;
  Char in_[kRoom + 8];
};

// The streams are never destroyed, and made before the first constructor of a global runs that could use them.
template <class Char>
struct Buffers {
  alignas(Standard<Char>) unsigned char memory[3][sizeof(Standard<Char>)];
  Standard<Char>* make(int fd) { return ::new (memory[fd]) Standard<Char>(fd); }
};
constinit Buffers<char> narrow{};
constinit Buffers<wchar_t> wide{};

template <class Char, class In, class Out>
void make(Buffers<Char>& buffers, In& in, Out& out, Out& err, Out& log) {
  ::new (&out) Out(buffers.make(1));
  ::new (&in) In(buffers.make(0));
  auto* const to_stderr = buffers.make(2);
  ::new (&err) Out(to_stderr);
  ::new (&log) Out(to_stderr);
  in.tie(&out);
  err.tie(&out);
  err.setf(std::ios_base::unitbuf);
}

}  // namespace

}  // namespace rt0

// Each file that includes <iostream> has a global of this class. The first one that is made makes the streams. All are
// made by the goroutine that runs main, before it does.
std::ios_base::Init::Init() {
  if (_S_refcount++ != 0) return;
  rt0::make(rt0::narrow, std::cin, std::cout, std::cerr, std::clog);
  rt0::make(rt0::wide, std::wcin, std::wcout, std::wcerr, std::wclog);
}
std::ios_base::Init::~Init() {}

// C's functions and the streams write to the same descriptors and without buffers, whatever is asked for.
bool std::ios_base::sync_with_stdio(bool sync) {
  const bool before = Init::_S_synced_with_stdio;
  Init::_S_synced_with_stdio = sync;
  return before;
}
