// What the programs of this folder share: each computes several texts with a library, all at once in goroutines, and
// prints them in order. Compiled with LIBS_HOSTED, a program is an ordinary one, which computes one text after the
// other and links the machine's C library: its output is what an rt0 program must print. See libs_test.py.
#pragma once

#include <string>
#include <vector>

#if defined(LIBS_HOSTED)

#include <cstdio>

inline void put(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

template <class F>
void together(int parts, F part) {
  for (int i = 0; i < parts; i++) put(part(i));
}

#else

#include <rt0/rt0.h>

inline void put(const std::string& text) {
  if (!text.empty()) rt0::fmt::println(std::string(text, 0, text.size() - 1));
}

// Prints part(0) to part(parts - 1), each of which returns text that ends in a newline. Four goroutines take the
// numbers from one channel, one after the other, and send the texts to another.
template <class F>
void together(int parts, F part) {
  struct Text {
    int number;
    std::string text;
  };
  rt0::Chan<int> numbers(0);
  rt0::Chan<Text> texts(2);
  rt0::WaitGroup workers;
  for (int w = 0; w < 4; w++) {
    workers.go([&] {
      for (int number : numbers) texts.send(Text{number, part(number)});
    });
  }
  rt0::go([&] {
    for (int i = 0; i < parts; i++) numbers.send(i);
    numbers.close();
    workers.wait();
    texts.close();
  });
  std::vector<std::string> sorted(static_cast<size_t>(parts));
  for (Text t : texts) sorted[static_cast<size_t>(t.number)] = std::move(t.text);
  for (const std::string& text : sorted) put(text);
}

#endif
