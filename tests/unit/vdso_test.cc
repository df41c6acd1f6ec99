// kernel_iface/linux/vdso.cc: finds clock_gettime in valid images, and never reads outside of broken ones.
//
// Images lie between two inaccessible pages, so a read outside kills the test program.
#include <elf.h>
#include <gtest/gtest.h>
#include <sys/auxv.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "hosted/hosted.h"
#include "kernel_iface/linux/linux.h"

namespace rt0 {
namespace {

#if __SIZEOF_POINTER__ == 8
using Ehdr = Elf64_Ehdr;
using Phdr = Elf64_Phdr;
using Sym = Elf64_Sym;
using Dyn = Elf64_Dyn;
#else
using Ehdr = Elf32_Ehdr;
using Phdr = Elf32_Phdr;
using Sym = Elf32_Sym;
using Dyn = Elf32_Dyn;
#endif
using Image = std::vector<u8>;

constexpr usize kPage = 4096;
const char* const kWanted = linux_abi::kVdsoClockGettime;

// Memory for one image: readable pages between two inaccessible ones.
class Fenced {
 public:
  explicit Fenced(usize bytes) : pages_((bytes + kPage - 1) / kPage) {
    all_ = static_cast<u8*>(mmap(nullptr, (pages_ + 2) * kPage, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    EXPECT_NE(all_, MAP_FAILED);
    if (pages_ != 0) { EXPECT_EQ(mprotect(at(), size(), PROT_READ | PROT_WRITE), 0); }
  }
  ~Fenced() { munmap(all_, (pages_ + 2) * kPage); }
  Fenced(const Fenced&) = delete;
  Fenced& operator=(const Fenced&) = delete;

  u8* at() const { return all_ + kPage; }
  usize size() const { return pages_ * kPage; }

  // The offset of the function that is found in `image`, with the rest of its last page filled with `fill`; -1 if none
  // is found.
  ptrdiff_t find(const Image& image, u8 fill = 0) const {
    std::fill_n(at(), size(), fill);
    std::copy_n(image.begin(), std::min(image.size(), size()), at());
    hosted::readable_lo = reinterpret_cast<uintptr>(at());
    hosted::readable_hi = hosted::readable_lo + size();
    vdso_clock_gettime = nullptr;
    vdso_start(hosted::readable_lo);
    if (vdso_clock_gettime == nullptr) return -1;
    const uintptr f = reinterpret_cast<uintptr>(vdso_clock_gettime);
    EXPECT_GE(f, hosted::readable_lo);
    EXPECT_LT(f, hosted::readable_hi) << "a function outside of the image";
    return static_cast<ptrdiff_t>(f - hosted::readable_lo);
  }

 private:
  usize pages_;
  u8* all_;
};

struct Symbol {
  std::string name;
  uintptr value;
  u16 shndx;
};

// A small vDSO made here, and the offsets of its parts, in this order: program headers, dynamic, hash, symbols,
// strings.
struct Made {
  Image bytes;
  usize dynamic, hash, symtab, strtab;
};
Made make(const std::vector<Symbol>& symbols, bool with_hash = true, uintptr vaddr = 0, usize size = 2 * kPage) {
  Made m;
  m.bytes.assign(size, 0);
  u8* p = m.bytes.data();
  auto put = [&](usize at, const auto& x) { memcpy(p + at, &x, sizeof(x)); };

  Ehdr eh = {};
  memcpy(eh.e_ident, ELFMAG, SELFMAG);
  eh.e_ident[EI_CLASS] = sizeof(void*) == 8 ? ELFCLASS64 : ELFCLASS32;
  eh.e_ident[EI_DATA] = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB;
  eh.e_type = ET_DYN;
  eh.e_phoff = sizeof(Ehdr);
  eh.e_ehsize = sizeof(Ehdr);
  eh.e_phentsize = sizeof(Phdr);
  eh.e_phnum = 2;
  put(0, eh);

  m.dynamic = 256;
  m.hash = m.dynamic + 5 * sizeof(Dyn);
  m.symtab = m.hash + 64;
  m.strtab = m.symtab + (symbols.size() + 1) * sizeof(Sym);

  Phdr load = {};
  load.p_type = PT_LOAD;
  load.p_vaddr = vaddr;
  load.p_filesz = load.p_memsz = size;
  put(sizeof(Ehdr), load);
  Phdr dyn = {};
  dyn.p_type = PT_DYNAMIC;
  dyn.p_offset = m.dynamic;
  dyn.p_vaddr = vaddr + m.dynamic;
  dyn.p_filesz = 5 * sizeof(Dyn);
  put(sizeof(Ehdr) + sizeof(Phdr), dyn);

  std::vector<Dyn> dynamic(5);
  usize n = 0;
  auto entry = [&](auto tag, uintptr value) {
    dynamic[n].d_tag = tag;
    dynamic[n++].d_un.d_val = value;
  };
  entry(DT_STRTAB, vaddr + m.strtab);
  entry(DT_SYMTAB, vaddr + m.symtab);
  if (with_hash) entry(DT_HASH, vaddr + m.hash);
  memcpy(p + m.dynamic, dynamic.data(), 5 * sizeof(Dyn));
  const u32 hash[2] = {1, static_cast<u32>(symbols.size() + 1)};
  put(m.hash, hash);

  usize name = 1;
  for (usize i = 0; i < symbols.size(); i++) {
    Sym s = {};
    s.st_name = static_cast<u32>(name);
    s.st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC);
    s.st_shndx = symbols[i].shndx;
    s.st_value = symbols[i].value;
    put(m.symtab + (i + 1) * sizeof(Sym), s);
    memcpy(p + m.strtab + name, symbols[i].name.c_str(), symbols[i].name.size() + 1);
    name += symbols[i].name.size() + 1;
  }
  return m;
}
std::vector<Symbol> usual() {
  return {{"__vdso_time", 0x800, 8},
          {std::string(kWanted) + "64", 0x810, 8},
          {std::string(kWanted).substr(0, 10), 0x820, 8},
          {kWanted, 0x830, 8},
          {"__vdso_getcpu", 0x840, 8}};
}

Image real() {
  const uintptr at = getauxval(AT_SYSINFO_EHDR);
  if (at == 0) return {};
  const Ehdr* eh = reinterpret_cast<const Ehdr*>(at);
  const Phdr* ph = reinterpret_cast<const Phdr*>(at + eh->e_phoff);
  for (u32 i = 0; i < eh->e_phnum; i++)
    if (ph[i].p_type == PT_LOAD)
      return Image(reinterpret_cast<u8*>(at), reinterpret_cast<u8*>(at) + ph[i].p_offset + ph[i].p_filesz);
  return {};
}
std::vector<Image> images() {
  std::vector<Image> all = {make(usual()).bytes, make(usual(), false).bytes};
  if (Image r = real(); !r.empty()) all.push_back(r);
  return all;
}

TEST(vdso, finds_the_function) {
  const Fenced at(2 * kPage);
  EXPECT_EQ(at.find(make(usual()).bytes), 0x830);
  EXPECT_EQ(at.find(make(usual(), false).bytes), 0x830) << "without DT_HASH the symbols end where the strings begin";
  EXPECT_EQ(at.find(make(usual(), true, 0x7000000).bytes), -1) << "st_value is an address of the image, too";
  std::vector<Symbol> moved = usual();
  for (Symbol& s : moved) s.value += 0x7000000;
  EXPECT_EQ(at.find(make(moved, true, 0x7000000).bytes), 0x830) << "an image that is linked elsewhere";
}

TEST(vdso, only_that_function) {
  const Fenced at(2 * kPage);
  EXPECT_EQ(at.find(make({}).bytes), -1);
  EXPECT_EQ(at.find(make({{"__vdso_time", 0x800, 8}}).bytes), -1);
  EXPECT_EQ(at.find(make({{std::string(kWanted) + "x", 0x800, 8}}).bytes), -1);
  EXPECT_EQ(at.find(make({{std::string(kWanted).substr(1), 0x800, 8}}).bytes), -1);
  EXPECT_EQ(at.find(make({{kWanted, 0x800, SHN_UNDEF}}).bytes), -1) << "undefined here";
  EXPECT_EQ(at.find(make({{kWanted, 2 * kPage, 8}}).bytes), -1) << "just behind the image";
  EXPECT_EQ(at.find(make({{kWanted, ~uintptr{0}, 8}}).bytes), -1);
  EXPECT_EQ(at.find(make({{kWanted, 2 * kPage - 1, 8}}).bytes), 2 * kPage - 1);
}

TEST(vdso, the_real_one) {
  const Image image = real();
  if (image.empty()) GTEST_SKIP() << "this kernel, or emulator, gives none";
  const Fenced at(image.size());
  const ptrdiff_t copied = at.find(image);
  ASSERT_GT(copied, 0);
  hosted::readable_lo = 0;
  hosted::readable_hi = ~uintptr{0};
  vdso_clock_gettime = nullptr;
  vdso_start(getauxval(AT_SYSINFO_EHDR));
  ASSERT_EQ(reinterpret_cast<uintptr>(vdso_clock_gettime) - getauxval(AT_SYSINFO_EHDR), static_cast<uintptr>(copied));
  linux_abi::Timespec ts = {};
  timespec before, after;
  clock_gettime(CLOCK_MONOTONIC, &before);
  EXPECT_EQ(vdso_clock_gettime(CLOCK_MONOTONIC, &ts), 0);
  clock_gettime(CLOCK_MONOTONIC, &after);
  EXPECT_GE(std::pair(ts.sec, ts.nsec), std::pair(before.tv_sec, before.tv_nsec));
  EXPECT_LE(std::pair(ts.sec, ts.nsec), std::pair(after.tv_sec, after.tv_nsec));
}

TEST(vdso, none_there) {
  vdso_clock_gettime = nullptr;
  hosted::readable_lo = 0;
  hosted::readable_hi = ~uintptr{0};
  vdso_start(0);
  EXPECT_EQ(vdso_clock_gettime, nullptr);
  const Fenced nothing(0);
  EXPECT_EQ(nothing.find({}), -1) << "an address that cannot be read";
  const Fenced at(2 * kPage);
  memset(at.at(), 0, at.size());
  vdso_start(reinterpret_cast<uintptr>(at.at()) + 8);
  EXPECT_EQ(vdso_clock_gettime, nullptr) << "an image begins at a page";
  Image other = make(usual()).bytes;
  other[EI_CLASS] = other[EI_CLASS] == ELFCLASS64 ? ELFCLASS32 : ELFCLASS64;
  EXPECT_EQ(at.find(other), -1) << "of another word size";
}

TEST(vdso, cut_off_at_every_length) {
  for (const Image& image : images()) {
    usize found = 0;
    for (usize n = 0; n <= image.size(); n++) {
      const Fenced at(n);
      for (u8 fill : {u8{0}, u8{0xff}})
        if (at.find(Image(image.begin(), image.begin() + static_cast<ptrdiff_t>(n)), fill) >= 0) found++;
    }
    EXPECT_GT(found, 0u) << "not even the whole image is one";
  }
}

// The kernel reports fewer readable pages than the image claims to have.
TEST(vdso, pages_missing) {
  const Image image = make(usual(), true, 0, 8 * kPage).bytes;
  for (usize pages = 0; pages <= 8; pages++) {
    const Fenced at(pages * kPage);
    EXPECT_EQ(at.find(image), pages == 8 ? 0x830 : -1) << pages;
  }
}

TEST(vdso, bytes_flipped_at_random) {
  std::mt19937 random(1);
  for (const Image& image : images()) {
    const Fenced at(image.size());
    for (u32 round = 0; round < 20000; round++) {
      Image bad = image;
      const u32 flips = 1 + random() % 8;
      for (u32 i = 0; i < flips; i++) {
        // Mostly in the first kilobyte, where the tables are.
        const usize where = random() % (random() % 4 == 0 ? bad.size() : std::min<usize>(bad.size(), 1024));
        bad[where] = static_cast<u8>(random() % 3 == 0 ? 0xff : random() % 3 == 0 ? 0 : random());
      }
      at.find(bad);
    }
  }
}

// Every aligned field of the headers and tables, set to values that are likely to be mishandled.
TEST(vdso, hostile_numbers) {
  for (const Image& image : images()) {
    const usize size = image.size();
    const uintptr numbers[] = {0,
                               1,
                               2,
                               7,
                               8,
                               63,
                               64,
                               255,
                               256,
                               4095,
                               4096,
                               4097,
                               65535,
                               65536,
                               size - 1,
                               size,
                               size + 1,
                               size / 2,
                               ~uintptr{0},
                               ~uintptr{0} - 7,
                               ~uintptr{0} / 2,
                               ~uintptr{0} / 2 + 1,
                               ~uintptr{0} / 24,
                               ~uintptr{0} / 24 + 1,
                               ~uintptr{0} - size,
                               0x7fffffff,
                               0xffffffff,
                               0x55555556,
                               0xaaaaaaab};
    const Fenced at(size);
    for (usize width : {usize{1}, usize{2}, usize{4}, sizeof(void*)})
      for (usize where = 0; where + width <= std::min<usize>(size, 2048); where += width)
        for (uintptr n : numbers) {
          Image bad = image;
          memcpy(&bad[where], &n, width);  // on big-endian hosts its upper bytes, which is just as hostile
          at.find(bad);
        }
  }
}

// The image ends within a table entry.
TEST(vdso, tables_that_straddle_the_end) {
  const Fenced at(2 * kPage);
  const Made good = make(usual());
  for (usize left = sizeof(void*); left < sizeof(Sym); left += sizeof(void*)) {
    Image bad = good.bytes;
    const uintptr where = bad.size() - left;
    memset(&bad[where], DT_STRTAB, left);  // a tag that is searched for; a section that is defined
    Image other = bad;
    reinterpret_cast<Phdr*>(&bad[sizeof(Ehdr)])[1].p_vaddr = where;
    EXPECT_EQ(at.find(bad), -1) << "dynamic, " << left;
    reinterpret_cast<Dyn*>(&other[good.dynamic])[1].d_un.d_val = where;
    EXPECT_EQ(at.find(other), -1) << "symbols, " << left;
  }
  // Two program headers are in the header's page, the third is after it.
  Image many = good.bytes;
  reinterpret_cast<Ehdr*>(many.data())->e_phoff = kPage - 2 * sizeof(Phdr);
  reinterpret_cast<Ehdr*>(many.data())->e_phnum = 3;
  EXPECT_EQ(at.find(many), -1);
}

TEST(vdso, tables_that_lead_outside) {
  const Fenced at(2 * kPage);
  const Made good = make(usual());
  auto with = [&](const std::function<void(u8*)>& change) {
    Image bad = good.bytes;
    change(bad.data());
    return at.find(bad);
  };
  const auto dyn = [&](u8* p, usize i) { return reinterpret_cast<Dyn*>(p + good.dynamic) + i; };
  const auto load = [&](u8* p) { return reinterpret_cast<Phdr*>(p + sizeof(Ehdr)); };
  for (uintptr far : {uintptr{2 * kPage}, uintptr{2 * kPage - 1}, ~uintptr{0}, ~uintptr{0} - 4095, uintptr{1} << 31}) {
    EXPECT_EQ(with([&](u8* p) { dyn(p, 0)->d_un.d_val = far; }), -1) << "strings at " << far;
    EXPECT_EQ(with([&](u8* p) { dyn(p, 1)->d_un.d_val = far; }), -1) << "symbols at " << far;
    with([&](u8* p) { dyn(p, 2)->d_un.d_val = far; });  // without a hash table the function may still be found
    with([&](u8* p) { load(p)->p_offset = far; });
    EXPECT_EQ(with([&](u8* p) { load(p)->p_filesz = far & ~uintptr{1} ? far + 2 : far; }) >= 0 && far > 2 * kPage,
              false);
    EXPECT_EQ(with([&](u8* p) { (load(p) + 1)->p_vaddr = far; }), -1) << "dynamic at " << far;
  }
  const u32 many[2] = {1, 0xffffffff};
  EXPECT_EQ(with([&](u8* p) { memcpy(p + good.hash, many, sizeof(many)); }), 0x830)
      << "more symbols than there is room for";
  EXPECT_EQ(with([&](u8* p) {
              memcpy(p + good.hash, many, sizeof(many));
              (reinterpret_cast<Sym*>(p + good.symtab) + 4)->st_shndx = 0;
            }),
            -1);
}

}  // namespace
}  // namespace rt0
