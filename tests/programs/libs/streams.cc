// The C++ library's streams, locale and regular expressions, which many libraries ask for: numbers and texts in memory,
// in files and on the standard descriptors, in several goroutines. With an argument: one thing alone.
#include <clocale>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <limits>
#include <locale>
#include <regex>
#include <sstream>
#include <string>

#include "together.h"

namespace {

std::string numbers() {
  std::ostringstream out;
  out << 1.5 << ' ' << -0.0 << ' ' << 1e100 << ' ' << 5e-324 << ' ' << 0.1F << ' ' << 123456789.0 << '\n';
  out << std::fixed << std::setprecision(3) << 3.14159 << ' ' << 1e21 << ' ' << std::scientific << 12345.678 << ' '
      << std::hexfloat << 0.1 << ' ' << std::defaultfloat << std::setprecision(17) << 0.1 << ' ' << std::uppercase
      << std::setprecision(3) << 1e-10 << std::nouppercase << std::showpoint << ' ' << 2.0 << '\n';
  out << std::numeric_limits<double>::infinity() << ' ' << std::hex << std::showbase << 255 << ' ' << std::oct << 8
      << ' ' << std::dec << std::showpos << 7 << std::noshowpos << ' ' << std::boolalpha << true << ' '
      << std::numeric_limits<long long>::min() << ' ' << 18446744073709551615ULL << '\n';
  out << '[' << std::setw(8) << 42 << "][" << std::left << std::setw(8) << "text" << "][" << std::internal
      << std::setfill('0') << std::setw(8) << -42 << "][" << std::right << std::setfill('*') << std::setw(6) << 'c'
      << "] " << reinterpret_cast<void*>(0x1234) << '\n';
  std::istringstream in("12 -3.75e2 word 0x1f 077 true 0x1.8p1 1e999 x");
  int i = 0, h = 0, o = 0;
  double d = 0, p = 0, huge = 0;
  bool b = false;
  std::string w;
  in >> i >> d >> w >> std::hex >> h >> std::oct >> o >> std::boolalpha >> b;
  out << i << ' ' << d << ' ' << w << ' ' << h << ' ' << o << ' ' << b;
  in >> p;
  in.clear();
  in >> w;
  in >> huge;
  out << ' ' << w << ' ' << in.fail() << (huge == std::numeric_limits<double>::max()) << '\n';
  in.clear();
  in >> i;
  out << in.fail() << in.eof() << ' ' << std::quoted("a \"quote\"") << '\n';
  return out.str();
}

std::string lines() {
  std::ostringstream out;
  std::stringstream both("first line\nsecond, line\n\nlast");
  std::string line;
  for (int n = 1; std::getline(both, line); n++) out << n << '[' << line << ']';
  both.clear();
  both.seekg(6);
  std::getline(both, line, ',');
  out << " (" << line << ") " << both.tellg();
  both.seekp(0);
  both << "FIRST";
  both.seekg(-4, std::ios_base::end);
  char tail[8] = {};
  both.read(tail, sizeof(tail));
  out << ' ' << both.str().substr(0, 10) << ' ' << tail << both.gcount() << both.eof() << '\n';
  std::istringstream in("key=value;k2=v2");
  char c = 0;
  in.ignore(3) >> c;
  out << c << static_cast<char>(in.peek());
  in.unget();
  out << static_cast<char>(in.get());
  std::ostringstream copy;
  copy << in.rdbuf();
  out << ' ' << copy.str() << '\n';
  std::wostringstream wide;
  wide << L"wide " << 42 << L' ' << 2.5;
  for (const wchar_t w : wide.str()) out << static_cast<char>(w);
  return out.str() + "\n";
}

std::string dates() {
  std::ostringstream out;
  std::time_t t = 951827696;
  std::tm tm{};
  gmtime_r(&t, &tm);
  out << std::put_time(&tm,
                       "%Y-%m-%d %H:%M:%S|%a %A %b %B %j|%U %W %V %G %g|%u %w %y %C|%c|%x %X|%r %R %T %D "
                       "%F|%e%n%t%%|%I %p|%Ey %Od")
      << '\n';
  for (const char* const day : {"2021-01-01", "2020-12-31", "2018-12-31", "2016-01-03", "2000-02-29", "1969-07-20"}) {
    std::tm date{};
    std::istringstream in(day);
    in >> std::get_time(&date, "%Y-%m-%d");
    const std::time_t seconds = timegm(&date);
    out << seconds << ' ' << std::put_time(&date, "%a %j %U %W %V %G %g %s") << '\n';
  }
  std::istringstream in("Tue Feb 29 12:34:56 2000");
  std::tm read{};
  in >> std::get_time(&read, "%a %b %d %H:%M:%S %Y");
  out << read.tm_year << ' ' << read.tm_mon << ' ' << read.tm_mday << ' ' << read.tm_hour << ' ' << in.fail() << '\n';
  return out.str();
}

std::string locales() {
  std::ostringstream out;
  const std::locale& c = std::locale::classic();
  out << c.name() << ' ' << (std::locale() == c) << std::locale("C").name() << ' ';
  const auto& type = std::use_facet<std::ctype<char>>(c);
  int counts[4] = {};
  for (int i = 0; i < 256; i++) {
    const char ch = static_cast<char>(i);
    counts[0] += type.is(std::ctype_base::alpha, ch);
    counts[1] += type.is(std::ctype_base::space, ch);
    counts[2] += type.is(std::ctype_base::punct, ch);
    counts[3] += type.toupper(ch) != ch;
  }
  const auto& wide = std::use_facet<std::ctype<wchar_t>>(c);
  for (const int n : counts) out << n << ' ';
  out << wide.is(std::ctype_base::digit, L'7') << wide.is(std::ctype_base::alpha, L'é') << wide.narrow(L'x', '?')
      << wide.narrow(L'é', '?') << ' ';
  const auto& order = std::use_facet<std::collate<char>>(c);
  const std::string a = "apple", b = "Banana";
  out << order.compare(a.data(), a.data() + a.size(), b.data(), b.data() + b.size()) << ' '
      << std::use_facet<std::numpunct<char>>(c).decimal_point() << std::isalpha('x', c)
      << std::setlocale(LC_ALL, nullptr) << (std::setlocale(LC_ALL, "xx_YY") == nullptr)
      << std::localeconv()->decimal_point << '\n';
  return out.str();
}

std::string expressions() {
  std::ostringstream out;
  const std::regex date(R"((\d{4})-(\d\d)-(\d\d))");
  const std::string text = "from 2024-02-29 to 2025-12-31, not 99-1-1";
  for (std::sregex_iterator at(text.begin(), text.end(), date), end; at != end; ++at)
    out << (*at)[1] << '/' << (*at)[2] << '@' << at->position() << ' ';
  out << std::regex_replace(text, date, "$3.$2.$1") << '\n';
  std::smatch match;
  const std::string setting = "  Key_1 =  some value ";
  if (std::regex_match(setting, match, std::regex(R"(\s*([[:alpha:]]\w*)\s*=\s*(.*?)\s*)")))
    out << match[1] << '|' << match[2];
  out << ' ' << std::regex_search("HELLO", std::regex("l+", std::regex::icase))
      << std::regex_match("aab", std::regex("(a|b)*c?")) << '\n';
  return out.str();
}

// A file is written, read, changed in the middle and read again.
std::string files(int number) {
  const std::string name = std::string(std::getenv("LIBS_FOLDER")) + "/file" + std::to_string(number);
  std::ostringstream out;
  {
    std::ofstream file(name);
    for (int i = 0; i < 1000; i++) file << i << ' ' << i * 0.5 << '\n';
    out << file.tellp();
  }
  {
    std::fstream file(name, std::ios::in | std::ios::out);
    file.seekp(0);
    file << "X";
    file.seekg(-8, std::ios::end);
    std::string last;
    file >> last;
    out << ' ' << last;
  }
  std::ofstream(name, std::ios::app) << "end\n";
  std::ifstream file(name, std::ios::binary);
  std::string line;
  int lines = 0;
  std::size_t bytes = 0;
  while (std::getline(file, line)) lines++, bytes += line.size() + 1;
  out << ' ' << lines << ' ' << bytes << ' ' << line << file.eof();
  std::ifstream none(name + "/none");
  std::filebuf exclusive;
  out << ' ' << none.is_open() << none.fail() << (exclusive.open(name, std::ios::trunc | std::ios::in) == nullptr)
      << '\n';
  return out.str();
}

std::string part(int number) {
  constexpr std::string (*const kParts[])() = {numbers, lines, dates, locales, expressions};
  return "-- " + std::to_string(number) + "\n" + (number % 6 == 5 ? files(number) : kParts[number % 6]());
}

}  // namespace

int main(int argc, char** argv) {
  const std::string word = argc > 1 ? argv[1] : "";
  if (word == "cin") {  // numbers up to one that is none, then lines
    int sum = 0;
    for (int n; std::cin >> n;) sum += n;
    std::cin.clear();
    std::string line;
    std::cout << "sum " << sum << '\n';
    while (std::getline(std::cin, line)) std::cout << '[' << line << "]\n";
    std::cerr << "end " << std::cin.eof() << std::endl;
    std::clog << "logged\n";
    std::wcout << L"wide " << 7 << L'\n';
    std::printf("%d %s %.2f %c\n", 1, "printf", 2.5, 'c');
    std::printf("%300d|\n", 7);
    std::fputs("fputs\n", stderr);
    std::puts("puts");
    std::fputc('\n', stdout);
    return 0;
  }
#if defined(__cpp_exceptions)
  if (word == "throws") {
    try {
      std::locale("xx_YY.UTF-8");
    } catch (const std::runtime_error& e) { std::cout << e.what() << '\n'; }
    std::istringstream in("x");
    in.exceptions(std::ios::failbit);
    try {
      int n;
      in >> n;
    } catch (const std::ios_base::failure& e) { std::cout << e.what() << '\n'; }
    try {
      std::regex("(");
    } catch (const std::regex_error& e) { std::cout << e.what() << '\n'; }
    return 0;
  }
#endif
  together(12, part);
  return 0;
}
