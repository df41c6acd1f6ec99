// Boots on an initial stack that it makes itself: argc, argv, environment and auxiliary vector as the scenario on the
// real command line says. Then prints what main received, and which of the data the runtime accepted.
// tests/cases/forged_test.py has the scenarios.
//
// forge() runs before the runtime, on the kernel's stack, and uses nothing of the runtime except raw system calls.
// After the forged image comes an inaccessible page, so that reading beyond the image is a fault.
//
//   argc=N         the count; argv=N: the number of strings ("arg0" …), default: as many as argc says
//   env=N          variables "E0=0" …; long=N: one more, LONG, of N bytes; set=NAME=VALUE: one more
//   page=N         AT_PAGESZ; -1: none, default: the kernel's      random=none|good|unmapped|behind|inside|end|low
//   secure=N       AT_SECURE                                       null=no: the vector has no AT_NULL at its end
//   tail=pairs|garbage: 100 more pairs, or 200 random words, at the end of the vector (before AT_NULL, if it has one)
//   vdso=none|real|unmapped|odd or a fault of make_vdso()          fuzz=N: first tries N mutated vDSO images
#include "arch/arch.h"
#include "kernel_iface/env.h"
#include "kernel_iface/linux/linux.h"
#include "kernel_iface/linux/uapi.h"

#include <rt0/internal.h>

#include "words.h"

using namespace rt0;

namespace {

constexpr uintptr kUnmapped = 0x10000;  // below every program's load address
constexpr usize kGranule = 64 * 1024;   // the largest page size of any ISA
constexpr usize kVdsoBytes = kGranule;  // one granule; a faulty image may claim more

struct Scenario {
  const char* get(const char* key) const {
    for (int i = 1; i < argc; i++)
      if (const char* v = value_of(argv[i], key); v != nullptr) return v;
    return nullptr;
  }
  bool is(const char* key, const char* what) const {
    const char* v = get(key);
    return v != nullptr && same(v, what);
  }
  long num(const char* key, long otherwise) const {
    const char* v = get(key);
    return v != nullptr ? number(v) : otherwise;
  }
  int argc;
  char** argv;
};

constinit long fuzz_found = -1;    // mutated images in which a function was found
constinit bool fuzz_base = false;  // and whether one was found in the valid image

u8* map_with_guard(usize n) {
  const SysResult r = linux_kernel.mem_map(nullptr, n + 2 * kGranule);
  const uintptr p = align_up(r.value, kGranule);
  (void)linux_kernel.mem_protect(reinterpret_cast<void*>(p + n), kGranule, Prot::none);
  return reinterpret_cast<u8*>(p);
}

struct Random {
  u64 state;
  u64 next() {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state * 0x2545f4914f6cdd1d;
  }
};

// --- A vDSO image ----------------------------------------------------------------------------------------------------
// Its parts: header, two segments, dynamic table, hash table, symbols, strings.

struct Ehdr {
  u8 ident[16];
  u16 type, machine;
  u32 version;
  uintptr entry, phoff, shoff;
  u32 flags;
  u16 ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};
struct Phdr64 {
  u32 type, flags;
  uintptr offset, vaddr, paddr, filesz, memsz, align;
};
struct Phdr32 {
  u32 type;
  uintptr offset, vaddr, paddr, filesz, memsz;
  u32 flags;
  uintptr align;
};
struct Sym64 {
  u32 name;
  u8 info, other;
  u16 shndx;
  uintptr value, size;
};
struct Sym32 {
  u32 name;
  uintptr value, size;
  u8 info, other;
  u16 shndx;
};
template <bool wide>
struct Pick {
  using Phdr = Phdr64;
  using Sym = Sym64;
};
template <>
struct Pick<false> {
  using Phdr = Phdr32;
  using Sym = Sym32;
};
struct Dyn {
  uintptr tag, val;
};
struct Vdso {
  Ehdr eh;
  alignas(8) Pick<sizeof(void*) == 8>::Phdr load, dynamic;
  alignas(8) Dyn dyn[4];
  u32 hash[4];
  alignas(8) Pick<sizeof(void*) == 8>::Sym syms[2];
  char strings[128];
};

// Makes a valid image, or one with the fault of this name. A valid one has the right function name only if `named`: the
// runtime would call a function that it finds.
void make_vdso(Vdso* v, const char* fault, bool named) {
  *v = {};
  const u8 ident[16] = {0x7f, 'E', 'L', 'F', sizeof(void*) == 8 ? 2 : 1, Isa::kBigEndian ? 2 : 1, 1};
  for (usize i = 0; i < 16; i++) v->eh.ident[i] = ident[i];
  auto at = [v](const void* field) {
    return static_cast<uintptr>(static_cast<const u8*>(field) - reinterpret_cast<u8*>(v));
  };
  v->eh.type = 3;
  v->eh.version = 1;
  v->eh.phoff = at(&v->load);
  v->eh.ehsize = sizeof(Ehdr);
  v->eh.phentsize = sizeof(v->load);
  v->eh.phnum = 2;
  v->load.type = 1;
  v->load.filesz = v->load.memsz = kVdsoBytes;
  v->dynamic.type = 2;
  v->dynamic.vaddr = v->dynamic.offset = at(v->dyn);
  v->dynamic.filesz = v->dynamic.memsz = sizeof(v->dyn);
  v->dyn[0] = {4, at(v->hash)};
  v->dyn[1] = {5, at(v->strings)};
  v->dyn[2] = {6, at(v->syms)};
  v->hash[0] = 1;
  v->hash[1] = 2;
  v->syms[1].name = 1;
  v->syms[1].info = 0x12;
  v->syms[1].shndx = 1;
  v->syms[1].value = 0x800;
  char* name = v->strings + 1;
  const char* want = linux_abi::kVdsoClockGettime;
  for (; *want != '\0'; want++) *name++ = *want;
  if (!named) name[-1] = '?';

  constexpr uintptr kHuge = ~uintptr{0} - 7;
  struct Fault {
    const char* name;
    void (*make)(Vdso* v);
  };
  static constexpr Fault kFaults[] = {
      {"good", [](Vdso*) {}},
      {"garbage",
       [](Vdso* d) {
         for (usize i = 0; i < kVdsoBytes; i++) reinterpret_cast<u8*>(d)[i] = static_cast<u8>(0xa5 + i * 7);
       }},
      {"magic",
       [](Vdso* d) {
         for (usize i = 4; i < kVdsoBytes; i++) reinterpret_cast<u8*>(d)[i] = 0xff;
       }},
      {"empty", [](Vdso* d) { *d = {}; }},
      {"class", [](Vdso* d) { d->eh.ident[4] ^= 3; }},
      {"truncated", [](Vdso* d) { d->load.filesz = 4 * kVdsoBytes; }},
      {"phoff", [](Vdso* d) { d->eh.phoff = kHuge; }},
      {"phoff-edge", [](Vdso* d) { d->eh.phoff = 4096 - 8; }},
      {"phnum", [](Vdso* d) { d->eh.phnum = 0xffff; }},
      {"phentsize", [](Vdso* d) { d->eh.phentsize = 0xffff; }},
      {"offset", [](Vdso* d) { d->load.offset = kHuge; }},
      {"vaddr", [](Vdso* d) { d->load.vaddr = kHuge; }},
      {"filesz", [](Vdso* d) { d->load.filesz = kHuge; }},
      {"filesz-wraps",
       [](Vdso* d) {
         d->load.offset = 4096;
         d->load.filesz = ~uintptr{0} - 4095;
       }},
      {"dynamic", [](Vdso* d) { d->dynamic.vaddr = kHuge; }},
      {"dynamic-odd", [](Vdso* d) { d->dynamic.vaddr += 1; }},
      {"dynamic-end", [](Vdso* d) { d->dynamic.vaddr = kVdsoBytes - 8; }},
      {"hash", [](Vdso* d) { d->dyn[0].val = kHuge; }},
      {"hash-end", [](Vdso* d) { d->dyn[0].val = kVdsoBytes - 4; }},
      {"symbols-many", [](Vdso* d) { d->hash[1] = 0xffffffff; }},
      {"strtab", [](Vdso* d) { d->dyn[1].val = kHuge; }},
      {"strtab-end", [](Vdso* d) { d->dyn[1].val = kVdsoBytes - 1; }},
      {"symtab", [](Vdso* d) { d->dyn[2].val = kHuge; }},
      {"symtab-end", [](Vdso* d) { d->dyn[2].val = kVdsoBytes - 8; }},
      {"name", [](Vdso* d) { d->syms[1].name = 0xffffffff; }},
      {"name-end",
       [](Vdso* d) {  // the table's last bytes are the first ones of the right name
         d->syms[1].name =
             static_cast<u32>(kVdsoBytes - 3 - (reinterpret_cast<u8*>(d->strings) - reinterpret_cast<u8*>(d)));
         for (usize i = 0; i < 3; i++) reinterpret_cast<char*>(d)[kVdsoBytes - 3 + i] = linux_abi::kVdsoClockGettime[i];
       }},
      {"value",
       [](Vdso* d) {
         for (usize i = 0; i < 30; i++) d->strings[i] = i == 0 ? '\0' : linux_abi::kVdsoClockGettime[i - 1];
         d->syms[1].value = kHuge;
       }},
  };
  for (const Fault& f : kFaults)
    if (same(f.name, fault)) return f.make(v);
  linux_kernel.exit(97);
}

void fuzz_vdso(long rounds) {
  u8* image = map_with_guard(kVdsoBytes);
  Vdso* v = reinterpret_cast<Vdso*>(image);
  make_vdso(v, "good", true);
  const Vdso good = *v;
  vdso_start(reinterpret_cast<uintptr>(v));
  fuzz_base = vdso_clock_gettime != nullptr;
  fuzz_found = 0;
  Random r{0x9e3779b97f4a7c15};
  constexpr u64 kValues[] = {
      0,       1,       2,          7,       8,          0xff,       0x7fff,     0xffff,
      0xfff,   0x1000,  0xffff0,    0x10000, 0x7fffffff, 0x80000000, 0xffffffff, 0x7fffffffffffffff,
      ~u64{0}, ~u64{7}, ~u64{0xfff}};
  for (long i = 0; i < rounds; i++) {
    vdso_clock_gettime = nullptr;
    *v = good;
    for (u64 n = 1 + r.next() % 6; n > 0; n--) {
      const usize width = usize{1} << r.next() % 4;
      const usize off = align_down(static_cast<usize>(r.next() % sizeof(Vdso)), width);
      u64 value = r.next() % 2 == 0 ? kValues[r.next() % countof(kValues)] : r.next() >> r.next() % 64;
      if (r.next() % 4 == 0) value = kVdsoBytes - r.next() % 32;
      for (usize b = 0; b < width && off + b < sizeof(Vdso); b++) image[off + b] = static_cast<u8>(value >> b * 8);
    }
    vdso_start(reinterpret_cast<uintptr>(v));
    fuzz_found += vdso_clock_gettime != nullptr;
  }
  vdso_clock_gettime = nullptr;
}

// --- The forged stack ------------------------------------------------------------------------------------------------
// The vectors (argc, argv, environment, auxiliary vector), and the strings that they point to.

struct Image {
  uintptr* word;  // the next word of the vectors
  char* str;      // the next string

  void put(uintptr v) { *word++ = v; }
  void pair(uintptr key, uintptr value) {
    put(key);
    put(value);
  }
  void text(const char* s) {
    while (*s != '\0') *str++ = *s++;
  }
  void num(long n) {
    char digits[20];
    usize k = 0;
    do digits[k++] = static_cast<char>('0' + n % 10);
    while ((n /= 10) != 0);
    while (k > 0) *str++ = digits[--k];
  }
  // Ends the string that began at `from`, and appends its address to a vector.
  void end(char* from) {
    *str++ = '\0';
    put(reinterpret_cast<uintptr>(from));
  }
};

uintptr vdso_of(const Scenario& s, uintptr kernels) {
  const char* what = s.get("vdso");
  if (what == nullptr || same(what, "none")) return 0;
  if (same(what, "real")) return kernels;
  if (same(what, "unmapped")) return kUnmapped;
  if (same(what, "odd")) return reinterpret_cast<uintptr>(&fuzz_found) | 1;
  Vdso* v = reinterpret_cast<Vdso*>(map_with_guard(kVdsoBytes));
  make_vdso(v, what, false);
  return reinterpret_cast<uintptr>(v);
}

uintptr random_of(const Scenario& s, uintptr auxv_at, uintptr good, uintptr strings_end) {
  if (s.is("random", "good")) return good;
  if (s.is("random", "unmapped")) return kUnmapped;
  if (s.is("random", "behind")) return strings_end - 15;  // the last of the 16 bytes is in the inaccessible page
  if (s.is("random", "end")) return ~uintptr{0};
  if (s.is("random", "inside")) return auxv_at;
  if (s.is("random", "low")) return 1;
  return 0;
}

// Builds the image with the vectors at `base` and the strings at `strings`; returns the ends of both.
Image build(const Scenario& s, const Auxv& kernels, uintptr base, uintptr strings, uintptr strings_end, uintptr vdso) {
  Image at{reinterpret_cast<uintptr*>(base), reinterpret_cast<char*>(strings)};
  const long argc = s.num("argc", 1);
  at.put(static_cast<uintptr>(argc));
  for (long i = 0; i < s.num("argv", argc); i++) {
    char* from = at.str;
    at.text("arg");
    at.num(i);
    at.end(from);
  }
  at.put(0);
  for (long i = 0; i < s.num("env", 0); i++) {
    char* from = at.str;
    at.text("E");
    at.num(i);
    at.text("=");
    at.num(i);
    at.end(from);
  }
  if (const long n = s.num("long", 0); n > 0) {
    char* from = at.str;
    at.text("LONG=");
    for (long i = 0; i < n; i++) *at.str++ = static_cast<char>('a' + i % 26);
    at.end(from);
  }
  if (const char* set = s.get("set"); set != nullptr) {
    char* from = at.str;
    at.text(set);
    at.end(from);
  }
  at.put(0);

  const uintptr auxv_at = reinterpret_cast<uintptr>(at.word);
  if (const long page = s.num("page", static_cast<long>(kernels.page_size)); page != -1)
    at.pair(uapi::AT_PAGESZ, static_cast<uintptr>(page));
  at.pair(uapi::AT_HWCAP, kernels.hwcap);
  at.pair(uapi::AT_HWCAP2, kernels.hwcap2);
  if (vdso != 0) at.pair(uapi::AT_SYSINFO_EHDR, vdso);
  if (s.get("secure") != nullptr) at.pair(uapi::AT_SECURE, static_cast<uintptr>(s.num("secure", 0)));
  uintptr* random_value = nullptr;
  if (s.get("random") != nullptr) {
    at.pair(uapi::AT_RANDOM, 0);
    random_value = at.word - 1;
  }
  Random r{12345};
  if (s.is("tail", "pairs"))
    for (uintptr i = 0; i < 100; i++) at.pair(i % 2 == 0 ? uapi::AT_HWCAP : 1000 + i, 0);
  if (s.is("tail", "garbage"))
    for (uintptr i = 0; i < 200; i++) at.put(static_cast<uintptr>(r.next()) | 64);
  if (!s.is("null", "no")) at.pair(uapi::AT_NULL, 0);
  const uintptr random_at = reinterpret_cast<uintptr>(at.word);
  if (s.is("random", "good"))
    for (uintptr i = 0; i < 16; i += sizeof(uintptr)) at.put(static_cast<uintptr>(0x0123456789abcdef));
  if (random_value != nullptr) *random_value = random_of(s, auxv_at, random_at, strings_end);
  return at;
}

}  // namespace

// Called by forge_entry (tests/arch/<isa>/forge.S) with the kernel's initial stack; returns the forged one.
extern "C" uintptr forge(uintptr* stack) {
  const Scenario s{static_cast<int>(stack[0]), reinterpret_cast<char**>(stack + 1)};
  uintptr* at = stack + 1 + s.argc + 1;
  while (*at != 0) at++;
  Auxv kernels{};
  for (at++; at[0] != uapi::AT_NULL; at += 2) {
    if (at[0] == uapi::AT_PAGESZ) kernels.page_size = at[1];
    if (at[0] == uapi::AT_HWCAP) kernels.hwcap = at[1];
    if (at[0] == uapi::AT_HWCAP2) kernels.hwcap2 = at[1];
    if (at[0] == uapi::AT_SYSINFO_EHDR) kernels.vdso = at[1];
  }
  if (const long rounds = s.num("fuzz", 0); rounds > 0) fuzz_vdso(rounds);

  constexpr usize kBytes = 32 * kGranule, kVectors = 8 * kGranule;
  u8* memory = map_with_guard(kBytes);
  const uintptr end = reinterpret_cast<uintptr>(memory) + kBytes;
  // Built twice: the first time to learn the sizes, so that the second time the strings end at the guard. The vectors
  // lie far below the strings; but directly below them if the auxiliary vector has no end, so that a reader that goes
  // on runs into a string.
  const uintptr vdso = vdso_of(s, kernels.vdso);
  const uintptr scratch = end - kBytes / 2;
  const Image length = build(s, kernels, scratch - kVectors, scratch, 0, vdso);
  const uintptr strings = end - (reinterpret_cast<uintptr>(length.str) - scratch);
  const usize room = s.is("null", "no") ? reinterpret_cast<uintptr>(length.word) - (scratch - kVectors) : kVectors;
  const uintptr base = align_down(strings - room, Isa::kStackAlign);
  for (u8* p = memory; p < memory + kBytes; p++) *p = 0x5a;
  (void)build(s, kernels, base, strings, end, vdso);
  return base;
}

namespace {

// FNV-1a over strings, each with its NUL.
u64 sum(const Args& strings) {
  u64 h = 0xcbf29ce484222325;
  for (const char* s : strings) {
    do h = (h ^ static_cast<u8>(*s)) * 0x100000001b3;
    while (*s++ != '\0');
  }
  return h;
}

}  // namespace

int main(int argc, char** argv) {
  const Args a = args_of_program(), e = environ_of_program();
  if (argc != static_cast<int>(a.len) || argv != a.ptr) println("main and args_of_program disagree");
  if (argv[argc] != nullptr) println("argv has no end");
  println("argc", argc, "sum", sum(a));
  println("env", e.len, "sum", sum(e));
  println("page", auxv.page_size, "random", auxv.random != nullptr, "secure", auxv.secure, "vdso",
          vdso_clock_gettime != nullptr);
  if (fuzz_found >= 0) println("fuzz", fuzz_base, fuzz_found);
  bool done = false;
  go([&done] {
    println("goroutine", kernel->nanotime() > 0);
    __atomic_store_n(&done, true, __ATOMIC_RELEASE);
  });
  while (!__atomic_load_n(&done, __ATOMIC_ACQUIRE)) gosched();
}
