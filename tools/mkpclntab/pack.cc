#include "mkpclntab/table.h"

namespace mkpclntab {

namespace {

// LZSS with an optimal parse. An item begins with the bits 00, 01 or 1: 00 and the lower five bits of a byte whose
// upper three are those of the byte before; 01 and a whole byte; or 1, a length and a distance, both in Elias gamma
// codes (the lowest seven bits of the distance as they are). A better code would save less than its larger decoder
// costs, which every program contains.
class Packer {
 public:
  static vector<u8> pack(const vector<u8>& in) {
    const size_t n = in.size();
    struct Match {
      u32 length, back;
    };
    // For each position, the matches worth considering: each longer than all nearer ones.
    vector<vector<Match>> matches(n);
    vector<vector<u32>> seen(65536);
    for (size_t i = 0; i + 1 < n; i++) {
      auto& before = seen[static_cast<size_t>(in[i]) << 8 | in[i + 1]];
      for (size_t k = before.size(); k-- > 0 && before.size() - k < 4096;) {
        const size_t j = before[k];
        u32 length = 2;
        while (i + length < n && length < 1024 && in[j + length] == in[i + length]) length++;
        if (matches[i].empty() || length > matches[i].back().length)
          matches[i].push_back({length, static_cast<u32>(i - j)});
      }
      before.push_back(static_cast<u32>(i));
    }
    vector<u32> cost(n + 1, 0);
    vector<Match> choice(n, Match{1, 0});
    for (size_t i = n; i-- > 0;) {
      cost[i] = cost[i + 1] + literal_bits(in, i);
      for (const Match& m : matches[i])
        for (u32 l = 2; l <= m.length; l++) {
          const u32 c = 1 + gamma_bits(l - 1) + gamma_bits(((m.back - 1) >> 7) + 1) + 7 + cost[i + l];
          if (c < cost[i]) cost[i] = c, choice[i] = {l, m.back};
        }
    }
    Packer p;
    for (size_t i = 0; i < n; i += choice[i].length) {
      if (choice[i].back == 0) {
        p.bits(literal_bits(in, i) == 7 ? 0 : 1, 2);
        p.bits(in[i], literal_bits(in, i) - 2);
      } else {
        p.bits(1, 1);
        p.gamma(choice[i].length - 1);
        p.gamma(((choice[i].back - 1) >> 7) + 1);
        p.bits((choice[i].back - 1) & 127, 7);
      }
    }
    return std::move(p.out_);
  }

 private:
  static u32 width(u32 v) {
    u32 n = 0;
    while (v >> n != 0) n++;
    return n;
  }
  // The bits of a literal: 00 and the lower five bits if the upper three are those of the byte before; else 01 and all
  // eight.
  static u32 literal_bits(const vector<u8>& in, size_t i) { return i > 0 && (in[i] ^ in[i - 1]) < 32 ? 7 : 10; }
  static u32 gamma_bits(u32 v) { return 2 * width(v) - 1; }
  void bits(u32 v, u32 n) {
    while (n-- > 0) {
      if (used_ == 0) out_.push_back(0);
      out_.back() = static_cast<u8>(out_.back() | (v >> n & 1) << (7 - used_));
      used_ = (used_ + 1) % 8;
    }
  }
  void gamma(u32 v) {
    bits(0, width(v) - 1);
    bits(v, width(v));
  }

  vector<u8> out_;
  u32 used_ = 0;
};

}  // namespace

vector<u8> pack(const vector<u8>& in) { return Packer::pack(in); }

}  // namespace mkpclntab
