// The locale "C", the only one there is, in the form in which libstdc++ asks a C library for it: its streams,
// std::regex and std::locale begin with it. Characters are ASCII, as in glibc's locale of this name; bytes beyond it
// belong to no class and are no wide character. Linked only into programs that use them.
#include "base/types.h"

namespace rt0 {

// See c.cc and numbers.cc.
extern "C" int* __errno_location();
double strtod(const char* s, char** end) __asm__("strtod");
float strtof(const char* s, char** end) __asm__("strtof");
long double strtold(const char* s, char** end) __asm__("strtold");

namespace {

constexpr int kEilseq = 84;

// Classes of characters, by glibc's numbers: libstdc++ reads the table with masks that its headers have from glibc.
enum Class {
  kUpper,
  kLower,
  kAlpha,
  kDigit,
  kXdigit,
  kSpace,
  kPrint,
  kGraph,
  kBlank,
  kCntrl,
  kPunct,
  kAlnum,
  kClasses
};
constexpr const char* kClassNames[kClasses] = {"upper", "lower", "alpha", "digit", "xdigit", "space",
                                               "print", "graph", "blank", "cntrl", "punct",  "alnum"};

// glibc's masks have their bytes swapped on little-endian machines.
constexpr u16 mask(Class c) {
  if (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__) return static_cast<u16>(1 << c);
  return static_cast<u16>(c < 8 ? (1 << c) << 8 : (1 << c) >> 8);
}

constexpr bool within(int c, int first, int last) { return c >= first && c <= last; }
constexpr bool is(int c, Class which) {
  const bool upper = within(c, 'A', 'Z'), lower = within(c, 'a', 'z'), digit = within(c, '0', '9');
  switch (which) {
    case kUpper: return upper;
    case kLower: return lower;
    case kAlpha: return upper || lower;
    case kDigit: return digit;
    case kXdigit: return digit || within(c, 'a', 'f') || within(c, 'A', 'F');
    case kSpace: return c == ' ' || within(c, '\t', '\r');
    case kPrint: return within(c, ' ', '~');
    case kGraph: return within(c, '!', '~');
    case kBlank: return c == ' ' || c == '\t';
    case kCntrl: return within(c, 0, 31) || c == 127;
    case kPunct: return within(c, '!', '~') && !upper && !lower && !digit;
    case kAlnum: return upper || lower || digit;
    default: return false;
  }
}
constexpr int to_lower(int c) { return is(c, kUpper) ? c + 32 : c; }
constexpr int to_upper(int c) { return is(c, kLower) ? c - 32 : c; }

// Indexed by -128 to 255: a char may be negative. EOF is -1.
constexpr int kLowest = 128, kEntries = kLowest + 256;
struct Tables {
  u16 classes[kEntries];
  i32 lower[kEntries], upper[kEntries];
};
constexpr Tables make_tables() {
  Tables t{};
  for (int i = 0; i < kEntries; i++) {
    const int c = i - kLowest;
    for (int k = 0; k < kClasses; k++)
      if (is(c, static_cast<Class>(k))) t.classes[i] = static_cast<u16>(t.classes[i] | mask(static_cast<Class>(k)));
    // A negative char stands for the byte that it is as an unsigned one; -1, which is EOF, stays.
    const int byte = c < -1 ? c + 256 : c;
    t.lower[i] = to_lower(byte);
    t.upper[i] = to_upper(byte);
  }
  return t;
}
constexpr Tables kTables = make_tables();

// glibc's struct __locale_struct, whose fields libstdc++ reads.
constexpr int kCategories = 13;
struct Locale {
  const void* data[kCategories];
  const u16* classes;
  const i32 *lower, *upper;
  const char* names[kCategories];
};
constinit Locale c_locale{
    .data = {},
    .classes = kTables.classes + kLowest,
    .lower = kTables.lower + kLowest,
    .upper = kTables.upper + kLowest,
    .names = {"C", "C", "C", "C", "C", "C", "C", "C", "C", "C", "C", "C", "C"},
};
constinit const u16* classes = kTables.classes + kLowest;
constinit const i32* lower = kTables.lower + kLowest;
constinit const i32* upper = kTables.upper + kLowest;

// "" is the user's choice: rt0 has no other locale to choose.
bool is_c(const char* name) {
  const Str s = cstr(name);
  return s.empty() || s == Str("C") || s == Str("POSIX");
}

// glibc's struct lconv: texts, then numbers, each of which CHAR_MAX leaves open.
struct Conventions {
  const char *decimal_point, *thousands_sep, *grouping, *int_curr_symbol, *currency_symbol, *mon_decimal_point,
      *mon_thousands_sep, *mon_grouping, *positive_sign, *negative_sign;
  char numbers[14];
};
constexpr char kOpen = static_cast<char>(-1) < 0 ? 127 : static_cast<char>(255);
constinit Conventions conventions{".", "", "", "", "", "", "", "", "", "", {}};

// nl_langinfo's items: a category's number and an index within it.
constexpr int item(int category, int index) { return category << 16 | index; }
constexpr int kCtype = 0, kNumeric = 1, kTime = 2, kMonetary = 4;
constexpr const char* kDays[] = {"Sun",    "Mon",    "Tue",     "Wed",       "Thu",      "Fri",    "Sat",
                                 "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
constexpr const char* kMonths[] = {"Jan", "Feb",  "Mar",  "Apr",    "May",       "Jun",      "Jul",      "Aug",
                                   "Sep", "Oct",  "Nov",  "Dec",    "January",   "February", "March",    "April",
                                   "May", "June", "July", "August", "September", "October",  "November", "December"};
constexpr const char* kForms[] = {"AM", "PM", "%a %b %e %H:%M:%S %Y", "%m/%d/%y", "%H:%M:%S", "%I:%M:%S %p"};

const char* langinfo(int what) {
  const int category = what >> 16, index = what & 0xffff;
  if (what == item(kCtype, 14)) return "ANSI_X3.4-1968";  // CODESET
  if (what == item(kNumeric, 0)) return ".";              // RADIXCHAR
  if (what == item(kMonetary, 15)) return "-";            // CRNCYSTR
  if (category == kTime && index < 14) return kDays[index];
  if (category == kTime && index < 14 + 24) return kMonths[index - 14];
  if (category == kTime && index < 14 + 24 + 6) return kForms[index - 38];
  return "";
}

constexpr usize kBad = ~usize{0};

// One character of a text with several bytes: all have one.
usize to_wide(wchar_t* to, const char* s, usize n) {
  if (n == 0) return kBad - 1;
  const auto c = static_cast<u8>(*s);
  if (c > 127) {
    *__errno_location() = kEilseq;
    return kBad;
  }
  if (to != nullptr) *to = static_cast<wchar_t>(c);
  return c != 0 ? 1 : 0;
}
usize to_byte(char* to, wchar_t c) {
  if (static_cast<u32>(c) > 127) {  // wchar_t is signed on some ISAs only
    *__errno_location() = kEilseq;
    return kBad;
  }
  if (to != nullptr) *to = static_cast<char>(c);
  return 1;
}

// mbsnrtowcs and its like: converts at most `most` characters of at most `n`, up to a NUL, which is stored and not
// counted. *from: behind the last one that was converted, or null after a NUL; unchanged if `to` is null.
template <class To, class From>
usize convert(To* to, const From** from, usize n, usize most, usize (*one)(To*, From)) {
  const From* s = *from;
  usize done = 0;
  for (; n > 0 && (to == nullptr || done < most); n--, s++) {
    To c{};
    if (one(&c, *s) == kBad) {
      if (to != nullptr) *from = s;
      return kBad;
    }
    if (to != nullptr) to[done] = c;
    if (*s == From{}) {
      if (to != nullptr) *from = nullptr;
      return done;
    }
    done++;
  }
  if (to != nullptr) *from = s;
  return done;
}
usize byte_to_wide(wchar_t* to, char c) { return to_wide(to, &c, 1); }

template <class Char>
int compare(const Char* a, const Char* b) {
  while (*a != Char{} && *a == *b) a++, b++;
  using Unsigned = __typeof__(sizeof(Char) == 1 ? u8{} : u32{});
  const auto x = static_cast<Unsigned>(*a), y = static_cast<Unsigned>(*b);
  return x < y ? -1 : x > y ? 1 : 0;
}
// strxfrm: in this locale a text is its own key.
template <class Char>
usize key(Char* to, const Char* from, usize n) {
  usize len = 0;
  for (; from[len] != Char{}; len++)
    if (len < n) to[len] = from[len];
  if (len < n) to[len] = Char{};
  return len;
}

}  // namespace

extern "C" {

// Declared and defined at once; L is a locale, of which there is one.
using L = Locale*;
#define RT0_C(type, name, parameters) \
  type name parameters;               \
  type name parameters

RT0_C(L, newlocale, (int, const char* name, L)) {
  if (is_c(name)) return &c_locale;
  *__errno_location() = 2;  // ENOENT
  return nullptr;
}
RT0_C(L, __newlocale, (int categories, const char* name, L base)) { return newlocale(categories, name, base); }
RT0_C(L, duplocale, (L of)) { return of; }
RT0_C(L, __duplocale, (L of)) { return of; }
RT0_C(void, freelocale, (L)) {}
RT0_C(void, __freelocale, (L)) {}
RT0_C(L, uselocale, (L)) { return &c_locale; }
RT0_C(L, __uselocale, (L)) { return &c_locale; }
RT0_C(const char*, setlocale, (int, const char* name)) { return name == nullptr || is_c(name) ? "C" : nullptr; }
RT0_C(Conventions*, localeconv, ()) {
  // Each call writes the same bytes.
  for (char& n : conventions.numbers) __atomic_store_n(&n, kOpen, __ATOMIC_RELAXED);
  return &conventions;
}
RT0_C(const char*, nl_langinfo, (int what)) { return langinfo(what); }
RT0_C(const char*, nl_langinfo_l, (int what, L)) { return langinfo(what); }
RT0_C(const char*, __nl_langinfo_l, (int what, L)) { return langinfo(what); }
RT0_C(const char*, textdomain, (const char*)) { return "messages"; }
RT0_C(const char*, bindtextdomain, (const char*, const char* folder)) { return folder; }
RT0_C(const char*, bind_textdomain_codeset, (const char*, const char* set)) { return set; }

RT0_C(const u16**, __ctype_b_loc, ()) { return &classes; }
RT0_C(const i32**, __ctype_tolower_loc, ()) { return &lower; }
RT0_C(const i32**, __ctype_toupper_loc, ()) { return &upper; }
RT0_C(usize, __ctype_get_mb_cur_max, ()) { return 1; }

// A class of wide characters is its number + 1; 0: there is no class of this name.
RT0_C(unsigned long, wctype, (const char* name)) {
  for (int k = 0; k < kClasses; k++)
    if (cstr(name) == cstr(kClassNames[k])) return static_cast<unsigned long>(k) + 1;
  return 0;
}
RT0_C(unsigned long, __wctype_l, (const char* name, L)) { return wctype(name); }
RT0_C(int, iswctype, (unsigned c, unsigned long k)) {
  return k != 0 && c < 128 && is(static_cast<int>(c), static_cast<Class>(k - 1)) ? 1 : 0;
}
RT0_C(int, __iswctype_l, (unsigned c, unsigned long k, L)) { return iswctype(c, k); }
RT0_C(unsigned, towlower, (unsigned c)) { return c < 128 ? static_cast<unsigned>(to_lower(static_cast<int>(c))) : c; }
RT0_C(unsigned, towupper, (unsigned c)) { return c < 128 ? static_cast<unsigned>(to_upper(static_cast<int>(c))) : c; }
RT0_C(unsigned, __towlower_l, (unsigned c, L)) { return towlower(c); }
RT0_C(unsigned, __towupper_l, (unsigned c, L)) { return towupper(c); }
RT0_C(int, wctob, (unsigned c)) { return c < 128 ? static_cast<int>(c) : -1; }
RT0_C(unsigned, btowc, (int c)) { return c >= 0 && c < 128 ? static_cast<unsigned>(c) : ~0U; }

RT0_C(int, strcoll, (const char* a, const char* b)) { return compare(a, b); }
RT0_C(int, __strcoll_l, (const char* a, const char* b, L)) { return compare(a, b); }
RT0_C(int, __wcscoll_l, (const wchar_t* a, const wchar_t* b, L)) { return compare(a, b); }
RT0_C(usize, strxfrm, (char* to, const char* from, usize n)) { return key(to, from, n); }
RT0_C(usize, __strxfrm_l, (char* to, const char* from, usize n, L)) { return key(to, from, n); }
RT0_C(usize, __wcsxfrm_l, (wchar_t * to, const wchar_t* from, usize n, L)) { return key(to, from, n); }

// The last argument is the state between two calls, of which ASCII has none.
RT0_C(usize, mbrtowc, (wchar_t * to, const char* s, usize n, void*)) { return s == nullptr ? 0 : to_wide(to, s, n); }
RT0_C(usize, mbrlen, (const char* s, usize n, void*)) { return s == nullptr ? 0 : to_wide(nullptr, s, n); }
RT0_C(int, mbtowc, (wchar_t * to, const char* s, usize n)) {
  return s == nullptr ? 0 : n == 0 ? -1 : static_cast<int>(to_wide(to, s, n));
}
RT0_C(usize, wcrtomb, (char* to, wchar_t c, void*)) { return to == nullptr ? 1 : to_byte(to, c); }
RT0_C(int, wctomb, (char* to, wchar_t c)) { return to == nullptr ? 0 : static_cast<int>(to_byte(to, c)); }
RT0_C(usize, mbsnrtowcs, (wchar_t * to, const char** from, usize n, usize most, void*)) {
  return convert(to, from, n, most, byte_to_wide);
}
RT0_C(usize, mbsrtowcs, (wchar_t * to, const char** from, usize most, void*)) {
  return convert(to, from, kBad, most, byte_to_wide);
}
RT0_C(usize, mbstowcs, (wchar_t * to, const char* from, usize most)) {
  return convert(to, &from, kBad, most, byte_to_wide);
}
RT0_C(usize, wcsnrtombs, (char* to, const wchar_t** from, usize n, usize most, void*)) {
  return convert(to, from, n, most, to_byte);
}
RT0_C(usize, wcsrtombs, (char* to, const wchar_t** from, usize most, void*)) {
  return convert(to, from, kBad, most, to_byte);
}
RT0_C(usize, wcstombs, (char* to, const wchar_t* from, usize most)) { return convert(to, &from, kBad, most, to_byte); }

// Conversions between encodings, which only an extension of libstdc++ asks for: none is known.
RT0_C(void*, iconv_open, (const char*, const char*)) {
  *__errno_location() = 22;  // EINVAL
  return reinterpret_cast<void*>(kBad);
}
RT0_C(usize, iconv, (void*, char**, usize*, char**, usize*)) {
  *__errno_location() = 9;  // EBADF
  return kBad;
}
RT0_C(int, iconv_close, (void*)) { return 0; }

RT0_C(double, __strtod_l, (const char* s, char** end, L)) { return strtod(s, end); }
RT0_C(float, __strtof_l, (const char* s, char** end, L)) { return strtof(s, end); }
RT0_C(long double, strtold_l, (const char* s, char** end, L)) { return strtold(s, end); }
#undef RT0_C
}

}  // namespace rt0
