// Finds clock_gettime in the vDSO: a small ELF image which the kernel maps into every process, so that reading the
// clock needs no system call. QEMU 7.2 maps none; then vdso_clock_gettime stays null.
//
// The image's address comes from outside (AT_SYSINFO_EHDR) and may be wrong, so every table is checked before it is
// followed. If a check fails, rt0 works without the vDSO. Layout: ELF gABI; names: vdso(7). Go: vdso_linux.go.
#include "kernel_iface/linux/linux.h"

namespace rt0 {

using ClockGettime = i32 (*)(i32 clock, linux_abi::Timespec* ts);
constinit ClockGettime vdso_clock_gettime = nullptr;

namespace {

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
  u64 offset, vaddr, paddr, filesz, memsz, align;
};
struct Phdr32 {
  u32 type, offset, vaddr, paddr, filesz, memsz, flags, align;
};
struct Sym64 {
  u32 name;
  u8 info, other;
  u16 shndx;
  u64 value, size;
};
struct Sym32 {
  u32 name, value, size;
  u8 info, other;
  u16 shndx;
};
struct Dyn {
  uintptr tag, val;
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
using Phdr = Pick<kPtrSize == 8>::Phdr;
using Sym = Pick<kPtrSize == 8>::Sym;

constexpr u32 PT_LOAD = 1, PT_DYNAMIC = 2;
constexpr uintptr DT_NULL = 0, DT_STRTAB = 5, DT_SYMTAB = 6;
constexpr usize kMaxImage = 64 * 1024;  // an upper bound: vDSOs have two to four pages
constexpr usize kPage = 4096;           // the smallest on any ISA
constexpr u32 kMaxSyms = 256;

struct Image {
  uintptr base = 0;  // of the mapping
  uintptr bias = 0;  // address = vaddr + bias
  usize size = 0;    // bytes mapped

  template <class T>
  const T* at(uintptr vaddr, usize count = 1) const {
    const uintptr off = vaddr + bias - base;
    if (off >= size || off % alignof(T) != 0 || count > (size - off) / sizeof(T)) return nullptr;
    return reinterpret_cast<const T*>(base + off);
  }
};

bool name_is(const Image& img, uintptr name, const char* want) {
  for (;; name++, want++) {
    const char* c = img.at<char>(name);
    if (c == nullptr || *c != *want) return false;
    if (*c == '\0') return true;
  }
}

// The image that begins with the header at `ehdr`, whose page is readable. Its size is 0 if the header is not as
// expected. dynamic: the address of the image's dynamic section.
Image open_image(uintptr ehdr, uintptr* dynamic) {
  const Ehdr* eh = reinterpret_cast<const Ehdr*>(ehdr);
  constexpr u8 kMagic[] = {0x7f, 'E', 'L', 'F', kPtrSize == 8 ? 2 : 1};
  for (usize i = 0; i < countof(kMagic); i++)
    if (eh->ident[i] != kMagic[i]) return {};
  if (eh->phoff % alignof(Phdr) != 0 || eh->phoff > kPage || eh->phnum > (kPage - eh->phoff) / sizeof(Phdr)) return {};
  Image img = {.base = ehdr};
  const Phdr* ph = reinterpret_cast<const Phdr*>(ehdr + eh->phoff);
  for (u32 i = 0; i < eh->phnum; i++) {
    if (ph[i].type == PT_DYNAMIC) *dynamic = ph[i].vaddr;
    if (ph[i].type != PT_LOAD || img.size != 0) continue;
    img.bias = ehdr + ph[i].offset - ph[i].vaddr;
    img.size = ph[i].offset + ph[i].filesz;
  }
  if (img.size > kMaxImage) return {};
  for (usize off = kPage; off < img.size; off += kPage)
    if (!page_readable(ehdr + off)) return {};
  return img;
}

}  // namespace

void vdso_start(uintptr ehdr) {
  if (ehdr == 0 || ehdr % kPage != 0 || !page_readable(ehdr)) return;
  uintptr dynamic = 0;
  const Image img = open_image(ehdr, &dynamic);
  uintptr strtab = 0, symtab = 0;
  for (const Dyn* d; (d = img.at<Dyn>(dynamic)) != nullptr && d->tag != DT_NULL; dynamic += sizeof(Dyn)) {
    if (d->tag == DT_STRTAB) strtab = d->val;
    if (d->tag == DT_SYMTAB) symtab = d->val;
  }
  // Only the hash table says how many symbols there are, and newer kernels leave it out. So this reads on while entries
  // lie inside the image. In all vDSOs the strings follow the symbols; read as symbols, none of them has the name that
  // is searched for.
  const Sym* s;
  for (u32 i = 0; i < kMaxSyms && (s = img.at<Sym>(symtab + i * sizeof(Sym))) != nullptr; i++) {
    if (s->shndx == 0 || img.at<u8>(s->value) == nullptr ||
        !name_is(img, strtab + s->name, linux_abi::kVdsoClockGettime))
      continue;
    vdso_clock_gettime = reinterpret_cast<ClockGettime>(s->value + img.bias);
    return;
  }
}

}  // namespace rt0
