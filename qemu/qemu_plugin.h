// QEMU's TCG plugin interface, version 1, as far as witness.cc needs it. Debian ships QEMU 7.2 with plugins but without
// their header, so the names are declared here. <qemu source>/include/qemu/qemu-plugin.h is the original; where this
// file differs from it, this file is wrong.
//
// QEMU resolves these names when it loads the plugin; the qemu-<isa> binary itself exports them. QEMU 7.2 accepts
// plugins of version 0 and 1. QEMU 10 demands version 2 or later, where inline counters of vcpus look different, so a
// plugin built with this header does not load there.
#pragma once

#include <cstddef>
#include <cstdint>

#define QEMU_PLUGIN_EXPORT __attribute__((visibility("default")))

extern "C" {

using qemu_plugin_id_t = uint64_t;
struct qemu_plugin_tb;    // a translated block; valid during the translation callback
struct qemu_plugin_insn;  // one of its instructions; valid as long

// Valid during install only. In user mode the part after system_emulation means nothing.
struct qemu_info_t {
  const char* target_name;  // "x86_64", "aarch64", …
  struct {
    int min, cur;
  } version;
  bool system_emulation;
  struct {
    int smp_vcpus, max_vcpus;
  } system;
};

// What a callback may do with guest registers. Version 1 offers no access at all.
enum qemu_plugin_cb_flags { QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_CB_R_REGS, QEMU_PLUGIN_CB_RW_REGS };

// Defined by the plugin: QEMU looks these two up by name.
QEMU_PLUGIN_EXPORT extern int qemu_plugin_version;
QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t* info, int argc, char** argv);

// Defined by QEMU.
using qemu_plugin_udata_cb_t = void (*)(qemu_plugin_id_t, void* userdata);
using qemu_plugin_vcpu_simple_cb_t = void (*)(qemu_plugin_id_t, unsigned vcpu_index);
using qemu_plugin_vcpu_udata_cb_t = void (*)(unsigned vcpu_index, void* userdata);
using qemu_plugin_vcpu_tb_trans_cb_t = void (*)(qemu_plugin_id_t, qemu_plugin_tb*);
using qemu_plugin_vcpu_syscall_cb_t = void (*)(qemu_plugin_id_t, unsigned vcpu_index, int64_t num, uint64_t a1,
                                               uint64_t a2, uint64_t a3, uint64_t a4, uint64_t a5, uint64_t a6,
                                               uint64_t a7, uint64_t a8);

void qemu_plugin_register_vcpu_init_cb(qemu_plugin_id_t, qemu_plugin_vcpu_simple_cb_t);
void qemu_plugin_register_vcpu_exit_cb(qemu_plugin_id_t, qemu_plugin_vcpu_simple_cb_t);
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t, qemu_plugin_vcpu_tb_trans_cb_t);
void qemu_plugin_register_vcpu_syscall_cb(qemu_plugin_id_t, qemu_plugin_vcpu_syscall_cb_t);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t, qemu_plugin_udata_cb_t, void* userdata);
void qemu_plugin_register_vcpu_insn_exec_cb(qemu_plugin_insn*, qemu_plugin_vcpu_udata_cb_t, qemu_plugin_cb_flags,
                                            void* userdata);

size_t qemu_plugin_tb_n_insns(const qemu_plugin_tb*);
qemu_plugin_insn* qemu_plugin_tb_get_insn(const qemu_plugin_tb*, size_t index);
uint64_t qemu_plugin_insn_vaddr(const qemu_plugin_insn*);

// About the guest program, in user mode. QEMU 7.2 crashes when one is called before the program is loaded, so they must
// not be called during install.
char* qemu_plugin_path_to_binary(void);  // the caller must free() it
uint64_t qemu_plugin_start_code(void);   // the address of its lowest executable segment

}  // extern "C"
