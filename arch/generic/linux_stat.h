// The layouts of the struct that fstatat fills, for kernels without statx (before Linux 4.11) and for filters that
// forbid it. An ISA's linux_abi.h says which one is its OldStat.
#pragma once

#include "base/types.h"

namespace rt0::linux_abi {

// The layout on ISAs of the asm-generic table.
struct GenericStat {
  u64 dev, ino;
  u32 mode, nlink, uid, gid;
  u64 rdev, pad;
  i64 size;
  i32 blksize, pad2;
  i64 blocks, atime, atime_ns, mtime, mtime_ns, ctime, ctime_ns;
  u32 unused[2];
};
static_assert(sizeof(GenericStat) == 128);

// stat64 of 32-bit ISAs. A u64 is aligned as the compiler does it, which is to 4 bytes on 386: hence two sizes.
struct Stat64 {
  u64 dev;
  u32 pad, short_ino, mode, nlink, uid, gid;
  u64 rdev;
  u32 pad2;
  i64 size;
  u32 blksize;
  u64 blocks;
  u32 atime, atime_ns, mtime, mtime_ns, ctime, ctime_ns;
  u64 ino;
};

}  // namespace rt0::linux_abi
