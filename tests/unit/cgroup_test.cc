// kernel_iface/linux/cgroup.cc: where the cgroup is found, and how its quota is read. Each case runs in its own
// process, because cgroup.cc searches only once per process.
#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <string>

#include "kernel_iface/linux/linux.h"

namespace rt0 {
namespace {

// The files that exist, and the most that one read returns.
std::map<std::string, std::string> files;
size_t at_most = 100000;
std::map<i32, std::pair<std::string, size_t>> open_files;

SysResult open_file(const char* path, bool) {
  const auto f = files.find(path);
  if (f == files.end()) return {0, Errno::noent};
  const i32 fd = static_cast<i32>(open_files.size()) + 3;
  open_files[fd] = {f->second, 0};
  return {static_cast<uintptr>(fd), Errno::ok};
}
SysResult read_file(i32 fd, void* p, usize n) {
  auto& [text, at] = open_files.at(fd);
  const size_t got = std::min({n, at_most, text.size() - at});
  memcpy(p, text.data() + at, got);
  at += got;
  return {got, Errno::ok};
}

// cpu_limit() in a process that sees these files.
u32 limit(std::map<std::string, std::string> all, size_t most = 100000) {
  int ends[2];
  if (pipe(ends) != 0) return 999;
  const pid_t child = fork();
  if (child == 0) {
    files = std::move(all);
    at_most = most;
    const u32 n = cpu_limit();
    _exit(write(ends[1], &n, sizeof(n)) == sizeof(n) && cpu_limit() == n ? 0 : 1);  // the second call must not search
  }
  u32 n = 999;
  close(ends[1]);
  if (read(ends[0], &n, sizeof(n)) != sizeof(n)) n = 998;
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  return status == 0 ? n : 997;
}

const std::string kOthers =
    "22 28 0:21 / /proc rw,nosuid shared:12 - proc proc rw\n"
    "23 28 0:22 / /sys rw - sysfs sysfs rw\n";
const std::string kUnified =
    "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:9 master:1 - cgroup2 cgroup2 rw,nsdelegate\n";

u32 unified(const std::string& cpu_max) {
  return limit({{"/proc/self/cgroup", "0::/a/b\n"},
                {"/proc/self/mountinfo", kOthers + kUnified},
                {"/sys/fs/cgroup/a/b/cpu.max", cpu_max}});
}

TEST(Cgroup, Quota) {
  EXPECT_EQ(unified("max 100000\n"), 0u);
  EXPECT_EQ(unified("100000 100000\n"), 1u);
  EXPECT_EQ(unified("100001 100000\n"), 2u);
  EXPECT_EQ(unified("250000 100000\n"), 3u);
  EXPECT_EQ(unified("1 1000000\n"), 1u);
  EXPECT_EQ(unified("9223372036854775807 1\n"), 1u << 20);
}

TEST(Cgroup, WhatIsNoQuota) {
  for (const char* text : {"", "\n", "x 100000\n", "100000\n", "100000 \n", "100000 0\n", "-1 100000\n", "0 100000\n",
                           "99999999999999999999 100000\n"})
    EXPECT_EQ(unified(text), 0u) << text;
}

TEST(Cgroup, FilesThatAreNotThere) {
  EXPECT_EQ(limit({}), 0u);
  EXPECT_EQ(limit({{"/proc/self/cgroup", "0::/a\n"}}), 0u);
  EXPECT_EQ(limit({{"/proc/self/cgroup", "0::/a\n"}, {"/proc/self/mountinfo", kOthers}}), 0u);
  EXPECT_EQ(limit({{"/proc/self/cgroup", "0::/a\n"}, {"/proc/self/mountinfo", kOthers + kUnified}}), 0u);
}

TEST(Cgroup, FirstVersion) {
  const std::string mounts = kOthers + "32 31 0:29 / /sys/fs/cgroup/cpuacct rw - cgroup cgroup rw,cpuacct\n" +
                             "33 31 0:30 / /sys/fs/cgroup/cpu,x rw - cgroup cgroup rw,x,cpu\n" + kUnified;
  const std::string memberships = "3:cpuset:/no\n2:cpuacct,cpu:/jobs/one\n0::/other\n";
  std::map<std::string, std::string> all = {{"/proc/self/cgroup", memberships},
                                            {"/proc/self/mountinfo", mounts},
                                            {"/sys/fs/cgroup/cpu,x/jobs/one/cpu.cfs_quota_us", "350000\n"},
                                            {"/sys/fs/cgroup/cpu,x/jobs/one/cpu.cfs_period_us", "100000\n"}};
  EXPECT_EQ(limit(all), 4u);
  all["/sys/fs/cgroup/cpu,x/jobs/one/cpu.cfs_quota_us"] = "-1\n";
  EXPECT_EQ(limit(all), 0u);
}

// The mount's root is above the cgroup or equal to it; a longer name with the same beginning is another cgroup; escapes
// are decoded.
TEST(Cgroup, Roots) {
  auto with = [](const std::string& cgroup, const std::string& mount, const std::string& file) {
    return limit({{"/proc/self/cgroup", "0::" + cgroup + "\n"},
                  {"/proc/self/mountinfo", kOthers + "30 23 0:26 " + mount + " rw - cgroup2 none rw\n"},
                  {file, "300000 100000\n"}});
  };
  EXPECT_EQ(with("/", "/ /cg", "/cg/cpu.max"), 3u);
  EXPECT_EQ(with("/pod/c", "/pod /cg", "/cg/c/cpu.max"), 3u);
  EXPECT_EQ(with("/pod/c", "/pod/c /cg", "/cg/cpu.max"), 3u);
  EXPECT_EQ(with("/pods/c", "/pod /cg", "/cg/s/c/cpu.max"), 0u);
  EXPECT_EQ(with("/pods/c", "/pod /cg", "/cgs/c/cpu.max"), 0u);
  EXPECT_EQ(with("/../x", "/ /cg", "/cg/../x/cpu.max"), 0u);
  EXPECT_EQ(with("/../x", "/.. /cg", "/cg/x/cpu.max"), 3u);
  EXPECT_EQ(with("/a b", "/ /c\\040g", "/c g/a b/cpu.max"), 3u);
  EXPECT_EQ(with("/a", "/ /c\\134g", "/c\\g/a/cpu.max"), 3u);
}

TEST(Cgroup, ReadsOfAnySize) {
  const std::string long_line = "40 1 0:3 / /" + std::string(20000, 'x') + " rw - overlay o rw\n";
  for (size_t most : {size_t{1}, size_t{7}, size_t{64}, size_t{100000}})
    EXPECT_EQ(limit({{"/proc/self/cgroup", "1:name=systemd:/x\n0::/a\n"},
                     {"/proc/self/mountinfo", kOthers + long_line + kUnified},
                     {"/sys/fs/cgroup/a/cpu.max", "200000 100000\n"}},
                    most),
              2u)
        << most;
}

}  // namespace

constexpr Kernel kernel_of_files() {
  Kernel k{};
  k.read = read_file;
  k.open = open_file;
  k.close = [](i32) { return SysResult{}; };
  return k;
}
constinit const Kernel linux_kernel = kernel_of_files();

}  // namespace rt0
