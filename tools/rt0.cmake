# Builds the rt0 library; program.cmake has what programs need. Nothing here depends on the ISA by name: the differences
# are in arch/isas.txt and arch/<isa>/.

set(RT0_WARNINGS -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wundef -Wvla -Werror)

set(RT0_TARGET_OPTIONS -std=c++20 -Oz ${RT0_CODE_OPTIONS} -fno-exceptions -fno-rtti)
# For the runtime only. Programs are compiled like hosted ones, so that main may end without a return. Static variables
# in functions need no guards in the runtime, which has none with constructors; in programs lib/sync/guard.cc
# initialises each once.
set(RT0_RUNTIME_OPTIONS -ffreestanding -fno-threadsafe-statics)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  list(APPEND RT0_WARNINGS -Wglobal-constructors -Wthread-safety)
else()
  # The first option keeps mem.cc's loops from being compiled into calls of memcpy and memset; the others make code
  # smaller.
  list(APPEND RT0_RUNTIME_OPTIONS -fno-tree-loop-distribute-patterns -fno-tree-ch -fno-tree-loop-im -fno-jump-tables)
endif()

set(RT0_DEV_DEFINES RT0_DCHECK=0 RT0_LOCKRANK=0)
if(RT0_DEV)
  set(RT0_DEV_DEFINES RT0_DCHECK=1 RT0_LOCKRANK=1)
endif()
set(RT0_CHECKED_DEFINES RT0_DCHECK=1 RT0_LOCKRANK=1 RT0_CHECKED=1)
set(RT0_SOURCE_DIR "${RT0_SOURCE_DIR}" CACHE INTERNAL "rt0")

# mkpclntab runs on the host. In a cross build, and in a project that includes rt0, it is configured and built
# separately.
function(rt0_find_mkpclntab)
  if(RT0_MKPCLNTAB)
    return()
  endif()
  if(EXISTS "${RT0_SOURCE_DIR}/build/host/bin/mkpclntab")  # `make host` has built it
    set(RT0_MKPCLNTAB "${RT0_SOURCE_DIR}/build/host/bin/mkpclntab" CACHE FILEPATH "the table maker" FORCE)
    return()
  endif()
  set(dir "${CMAKE_BINARY_DIR}/rt0-host-tools")
  message(STATUS "rt0: building host tools in ${dir}")
  execute_process(COMMAND "${CMAKE_COMMAND}" -S "${RT0_SOURCE_DIR}/tools" -B "${dir}" OUTPUT_QUIET
    COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND "${CMAKE_COMMAND}" --build "${dir}" OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
  set(RT0_MKPCLNTAB "${dir}/bin/mkpclntab" CACHE FILEPATH "the table maker" FORCE)
endfunction()

# rt0_target_options(<library> <definitions>…)
function(rt0_target_options target)
  target_compile_options(${target} PRIVATE
    $<$<COMPILE_LANGUAGE:CXX>:${RT0_TARGET_OPTIONS}> ${RT0_ISA_OPTIONS}
    $<$<COMPILE_LANGUAGE:ASM>:-g> $<$<COMPILE_LANGUAGE:ASM>:${RT0_ASM_OPTIONS}>
    $<$<COMPILE_LANGUAGE:ASM>:-ffile-prefix-map=${RT0_SOURCE_DIR}/=>)
  target_compile_definitions(${target} PRIVATE ${ARGN})
endfunction()

# go_asm.h holds C++ offsets for assembly: a source is compiled to assembly and its values read back. See
# runtime/boot/asm_offsets.cc.
function(rt0_add_go_asm)
  set(gen "${CMAKE_BINARY_DIR}/gen")
  file(MAKE_DIRECTORY "${gen}")
  set(target_flag "")
  if(CMAKE_CXX_COMPILER_TARGET)
    set(target_flag "--target=${CMAKE_CXX_COMPILER_TARGET}")
  endif()
  set(src "${RT0_SOURCE_DIR}/runtime/boot/asm_offsets.cc")
  add_custom_command(
    OUTPUT "${gen}/go_asm.h"
    COMMAND "${CMAKE_CXX_COMPILER}" ${target_flag} ${RT0_TARGET_OPTIONS} ${RT0_RUNTIME_OPTIONS} ${RT0_ISA_OPTIONS}
            -Wno-invalid-offsetof "-I${RT0_SOURCE_DIR}" "-I${RT0_SOURCE_DIR}/include"
            "-I${RT0_SOURCE_DIR}/arch/${RT0_ISA}"
            -g0 -S "${src}" -o "${gen}/asm_offsets.s" -MD -MF "${gen}/asm_offsets.d" -MT "${gen}/go_asm.h"
    COMMAND "${CMAKE_COMMAND}" "-DIN=${gen}/asm_offsets.s" "-DOUT=${gen}/go_asm.h"
            "-DDEF=${RT0_SOURCE_DIR}/runtime/boot/asm_offsets.def" -P "${RT0_SOURCE_DIR}/tools/go_asm.cmake"
    DEPENDS "${src}" "${RT0_SOURCE_DIR}/tools/go_asm.cmake" "${RT0_SOURCE_DIR}/runtime/boot/asm_offsets.def"
    DEPFILE "${gen}/asm_offsets.d"
    COMMENT "go_asm.h" VERBATIM)
  add_custom_target(rt0_go_asm DEPENDS "${gen}/go_asm.h")
endfunction()

# rt0_sources(<var> mem/malloc …): the absolute paths of these source files. A missing file is an error; otherwise its
# options would be lost silently.
function(rt0_sources out)
  set(paths "")
  foreach(name IN LISTS ARGN)
    if(NOT EXISTS "${RT0_SOURCE_DIR}/${name}.cc")
      message(FATAL_ERROR
        "tools/rt0.cmake names ${name}.cc, which does not exist: name the file that has taken its place")
    endif()
    list(APPEND paths "${RT0_SOURCE_DIR}/${name}.cc")
  endforeach()
  set(${out} "${paths}" PARENT_SCOPE)
endfunction()

# The rooms of the library, from rooms.txt, without the ISAs' folders: RT0_ISA chooses among those.
function(rt0_rooms out)
  file(STRINGS "${RT0_SOURCE_DIR}/rooms.txt" rows REGEX "^room ")
  set(names "")
  foreach(row IN LISTS rows)
    string(REGEX MATCH "^room *\\| *([^ |]+)" _ "${row}")
    set(name "${CMAKE_MATCH_1}")
    if(NOT name MATCHES "^arch|^include/")
      list(APPEND names "${name}")
    endif()
  endforeach()
  set(${out} "${names}" PARENT_SCOPE)
endfunction()

# The library rt0, which every program is linked with.
function(rt0_add_runtime)
  # A project that includes rt0 may have set these for its own code; they must not change how rt0 is compiled.
  unset(CMAKE_CXX_STANDARD)
  set(CMAKE_POSITION_INDEPENDENT_CODE OFF)
  set(CMAKE_INTERPROCEDURAL_OPTIMIZATION OFF)
  rt0_find_mkpclntab()
  rt0_add_go_asm()
  file(GLOB sources CONFIGURE_DEPENDS "${RT0_SOURCE_DIR}/arch/*.S" "${RT0_SOURCE_DIR}/arch/${RT0_ISA}/*.cc"
       "${RT0_SOURCE_DIR}/arch/${RT0_ISA}/*.S")
  rt0_rooms(rooms)
  foreach(room IN LISTS rooms)
    file(GLOB of_room CONFIGURE_DEPENDS "${RT0_SOURCE_DIR}/${room}/*.cc")
    list(APPEND sources ${of_room})
  endforeach()
  list(FILTER sources EXCLUDE REGEX "asm_offsets\\.cc$")
  set(exceptions "${RT0_SOURCE_DIR}/runtime/cxx/exceptions.cc" "${RT0_SOURCE_DIR}/runtime/cxx/exidx.cc"
    "${RT0_SOURCE_DIR}/runtime/cxx/unwind_panic.cc")
  list(REMOVE_ITEM sources ${exceptions})
  # What is compiled with the headers of the C++ library: for a toolchain that has one.
  rt0_sources(with_library runtime/cxx/iostream runtime/cxx/fstream runtime/cxx/stat)
  if(NOT RT0_LIBSTDCXX)
    list(REMOVE_ITEM sources ${with_library})
  endif()
  if(RT0_SIM_KERNEL)
    list(FILTER sources EXCLUDE REGEX "kernel_iface/no_sim\\.cc$")
  else()
    list(FILTER sources EXCLUDE REGEX "kernel_iface/sim/")
  endif()
  # rt0_checked: for programs that are CHECKED. Built only if there is one.
  add_library(rt0 STATIC ${sources})
  rt0_target_options(rt0 ${RT0_DEV_DEFINES})
  add_library(rt0_checked STATIC EXCLUDE_FROM_ALL ${sources})
  rt0_target_options(rt0_checked ${RT0_CHECKED_DEFINES})
  # For programs with exceptions, built only if there is one: all sources but three are compiled anew, with tables for
  # the unwinder.
  set(common ${sources})
  list(FILTER common EXCLUDE REGEX "runtime/cxx/(no_exceptions|refused_exceptions|throw)\\.cc$")
  foreach(library rt0 rt0_checked)
    add_library(${library}_exceptions STATIC EXCLUDE_FROM_ALL ${common} ${exceptions})
    set_source_files_properties(${exceptions} "${RT0_SOURCE_DIR}/runtime/cxx/call_once.cc"
      TARGET_DIRECTORY ${library}_exceptions PROPERTIES COMPILE_OPTIONS "-fexceptions;-frtti")
  endforeach()
  rt0_target_options(rt0_exceptions ${RT0_DEV_DEFINES} RT0_EXCEPTIONS)
  rt0_target_options(rt0_checked_exceptions ${RT0_CHECKED_DEFINES} RT0_EXCEPTIONS)
  # For programs with thread_local variables: what must move the thread pointer.
  rt0_sources(tls sched/proc sched/park sched/newproc sched/tls_room)
  if(RT0_SIM_KERNEL)
    list(APPEND tls "${RT0_SOURCE_DIR}/kernel_iface/sim/thread.cc")
  endif()
  add_library(rt0_tls STATIC ${tls})
  rt0_target_options(rt0_tls ${RT0_DEV_DEFINES} RT0_TLS)
  foreach(library rt0 rt0_checked rt0_exceptions rt0_checked_exceptions rt0_tls)
    add_dependencies(${library} rt0_go_asm)
    target_compile_options(${library} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:${RT0_RUNTIME_OPTIONS}>
                           $<$<COMPILE_LANGUAGE:CXX>:${RT0_WARNINGS}> $<$<COMPILE_LANGUAGE:CXX>:-Wno-invalid-offsetof>)
    if(library MATCHES "_(exceptions|tls)$")
      target_compile_options(${library} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-fasynchronous-unwind-tables>)
    endif()
    target_compile_definitions(${library} PRIVATE RT0_RUNTIME)  # see include/rt0/sync.h
    target_include_directories(${library} PRIVATE "${RT0_SOURCE_DIR}" "${RT0_SOURCE_DIR}/arch/${RT0_ISA}"
      "${CMAKE_BINARY_DIR}/gen")
    target_include_directories(${library} PUBLIC "${RT0_SOURCE_DIR}/include")
  endforeach()
  # Code that runs a million times a second is compiled for speed, everything else for size.
  rt0_sources(hot sched/lock sched/runq sched/park sched/proc sched/newproc sched/syscall lib/chan/chan lib/chan/select
    lib/sync/sema lib/sync/mutex
              lib/time/timer lib/io/netpoll)
  set_source_files_properties(${hot} TARGET_DIRECTORY rt0 rt0_tls PROPERTIES
                              COMPILE_OPTIONS
                              "-O2;$<$<CXX_COMPILER_ID:GNU>:-falign-functions=4;-falign-jumps=1;-falign-loops=1>")
  rt0_sources(heap mem/malloc)
  set_source_files_properties(${heap} TARGET_DIRECTORY rt0 PROPERTIES COMPILE_OPTIONS
    "-O2;$<$<CXX_COMPILER_ID:GNU>:-falign-functions=1;-falign-jumps=1;-falign-loops=1>")
  # The functions of lib/io, lib/text, lib/bufio and lib/time/parse*.cc have paths, names and errors on goroutine
  # stacks, so their frames may be as large as a page; no others in rt0 are.
  file(GLOB io "${RT0_SOURCE_DIR}/lib/io/*.cc" "${RT0_SOURCE_DIR}/lib/text/*.cc" "${RT0_SOURCE_DIR}/lib/bufio/*.cc"
       "${RT0_SOURCE_DIR}/lib/time/parse*.cc")
  set_source_files_properties(${io} TARGET_DIRECTORY rt0 PROPERTIES COMPILE_OPTIONS "${RT0_PROBES}")
  set_property(SOURCE ${with_library} TARGET_DIRECTORY rt0 PROPERTY COMPILE_OPTIONS
    "$<IF:$<CXX_COMPILER_ID:Clang>,-fhosted,-fno-freestanding>" -Uunix -fexceptions -frtti -funwind-tables
    ${RT0_PROBES})
  rt0_add_musl()
  rt0_add_interface("${RT0_SOURCE_DIR}/include")
endfunction()

# The library rt0_musl: mathematics and the functions of a C library that need nothing of the runtime, for programs that
# use the C++ library. third_party/musl/README.md says what it is. The flags keep results the same on every ISA.
function(rt0_add_musl)
  file(GLOB sources CONFIGURE_DEPENDS "${RT0_SOURCE_DIR}/third_party/musl/*/*.c")
  add_library(rt0_musl STATIC ${sources})
  # CXX compiles C, too, so that no other language need be enabled.
  set_source_files_properties(${sources} TARGET_DIRECTORY rt0_musl PROPERTIES LANGUAGE CXX)
  set(musl "${RT0_SOURCE_DIR}/third_party/musl/include")
  target_compile_options(rt0_musl PRIVATE -x c -std=c99 -O2 ${RT0_CODE_OPTIONS} ${RT0_ISA_OPTIONS} -ffreestanding
    -fno-math-errno
    -U__FP_FAST_FMA -U__FP_FAST_FMAF -Werror=implicit-function-declaration -frounding-math
    $<IF:$<CXX_COMPILER_ID:GNU>,-fexcess-precision=standard,-w>  # with -w, GCC would not see the error above
    -include "${musl}/features.h" -isystem "${musl}")
  # These call functions of the program. Through their frames a panic is unwound, in a program with exceptions.
  set_source_files_properties("${RT0_SOURCE_DIR}/third_party/musl/stdlib/qsort.c"
    "${RT0_SOURCE_DIR}/third_party/musl/stdlib/qsort_nr.c" "${RT0_SOURCE_DIR}/third_party/musl/stdlib/bsearch.c"
    TARGET_DIRECTORY rt0_musl PROPERTIES COMPILE_OPTIONS -fasynchronous-unwind-tables)
endfunction()

# The explorer's part that runs inside the explored program: see tools/rt0-explore/inside/inside.h. It is linked by
# itself, to an address far above a program's, and rt0-explore adds it to a copy of the program.
function(rt0_add_explorer)
  file(GLOB sources CONFIGURE_DEPENDS "${RT0_SOURCE_DIR}/tools/rt0-explore/inside/*.cc")
  add_executable(explore ${sources})
  add_dependencies(explore rt0_go_asm)
  rt0_target_options(explore ${RT0_DEV_DEFINES})
  target_compile_options(explore PRIVATE ${RT0_RUNTIME_OPTIONS} ${RT0_WARNINGS} -Wno-invalid-offsetof -O2
                         $<$<CXX_COMPILER_ID:GNU>:-fno-stack-clash-protection>)
  target_compile_definitions(explore PRIVATE RT0_RUNTIME)
  target_include_directories(explore PRIVATE "${RT0_SOURCE_DIR}" "${RT0_SOURCE_DIR}/include"
    "${RT0_SOURCE_DIR}/arch/${RT0_ISA}" "${CMAKE_BINARY_DIR}/gen")
  rt0_link_options(links)
  list(FILTER links EXCLUDE REGEX "rt0[.]ld|RT0_BASE|_linux$|main[.]main|gc-sections")
  target_link_options(explore PRIVATE ${links} -Wl,-T,${RT0_SOURCE_DIR}/tools/rt0-explore/inside/inside.ld)
  target_link_libraries(explore PRIVATE rt0 ${RT0_LIBGCC})
  set_target_properties(explore PROPERTIES LINK_DEPENDS "${RT0_SOURCE_DIR}/tools/rt0-explore/inside/inside.ld"
                        RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}")
endfunction()

# What `cmake --install` puts into a prefix, for this ISA; other ISAs may be installed into the same prefix. The folders
# beside each other in share/rt0 are those of the sources, so that program.cmake and toolchain.cmake are the same files.
function(rt0_install)
  include(GNUInstallDirs)
  include(CMakePackageConfigHelpers)
  install(DIRECTORY "${RT0_SOURCE_DIR}/include/rt0" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
  install(TARGETS rt0 rt0_tls rt0_musl ARCHIVE DESTINATION "lib/rt0/${RT0_ISA}")
  install(TARGETS rt0_checked rt0_exceptions rt0_checked_exceptions ARCHIVE DESTINATION "lib/rt0/${RT0_ISA}"
    OPTIONAL)  # if they have been built: make install does
  install(FILES "${RT0_SOURCE_DIR}/arch/isas.txt" "${RT0_SOURCE_DIR}/arch/rt0.ld"
    "${RT0_SOURCE_DIR}/arch/exceptions.ld" DESTINATION share/rt0/arch)
  install(FILES "${RT0_SOURCE_DIR}/arch/${RT0_ISA}/flags.txt" DESTINATION "share/rt0/arch/${RT0_ISA}")
  install(FILES "${RT0_SOURCE_DIR}/tools/isas.cmake" "${RT0_SOURCE_DIR}/tools/program.cmake"
    "${RT0_SOURCE_DIR}/tools/toolchain.cmake"
          "${RT0_SOURCE_DIR}/tools/rt0_traces.cmake" DESTINATION share/rt0/tools)
  install(PROGRAMS "${RT0_SOURCE_DIR}/tools/trace_test.sh" DESTINATION share/rt0/tools)
  get_filename_component(host_bin "${RT0_MKPCLNTAB}" DIRECTORY)
  install(PROGRAMS "${host_bin}/rt0-trace" "${host_bin}/rt0-explore" DESTINATION bin OPTIONAL)
  if(TARGET explore)
    install(FILES "$<TARGET_FILE:explore>" DESTINATION "share/rt0/arch/${RT0_ISA}" OPTIONAL)
  endif()
  install(PROGRAMS "${RT0_SOURCE_DIR}/tools/rt0-link" DESTINATION share/rt0/tools)
  install(PROGRAMS "${RT0_MKPCLNTAB}" DESTINATION lib/rt0)
  install(FILES "${RT0_SOURCE_DIR}/LICENSE" DESTINATION share/doc/rt0)
  install(FILES "${RT0_SOURCE_DIR}/third_party/musl/COPYRIGHT" DESTINATION share/doc/rt0 RENAME COPYRIGHT.musl)
  install(PROGRAMS "${RT0_SOURCE_DIR}/tools/rt0-c++" DESTINATION bin)
  install(FILES "${RT0_SOURCE_DIR}/docs/man/rt0-c++.1" "${RT0_SOURCE_DIR}/docs/man/rt0-trace.1"
    "${RT0_SOURCE_DIR}/docs/man/rt0-explore.1" DESTINATION
    share/man/man1)
  install(FILES "${RT0_SOURCE_DIR}/tools/rt0Config.cmake" DESTINATION lib/cmake/rt0)
  write_basic_package_version_file("${CMAKE_BINARY_DIR}/rt0ConfigVersion.cmake" VERSION "${PROJECT_VERSION}"
                                   COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
  install(FILES "${CMAKE_BINARY_DIR}/rt0ConfigVersion.cmake" DESTINATION lib/cmake/rt0)
  # pkg-config's file for this ISA, for build systems other than CMake: they link through ${rt0_link}.
  list(JOIN RT0_CODE_OPTIONS " " code)
  string(REGEX REPLACE "-f(file|macro)-prefix-map=[^ ]*" "" code "${code}")
  list(JOIN RT0_PROGRAM_OPTIONS " " program)
  list(JOIN RT0_ISA_OPTIONS " " isa)
  # options.txt has the same options for rt0-c++, which calls GCC.
  file(WRITE "${CMAKE_BINARY_DIR}/options.txt" "${code} ${program}\n")
  rt0_link_options(links)
  list(JOIN links " " links)
  string(REPLACE "${RT0_SHARE_DIR}/arch/rt0.ld" "\${prefix}/share/rt0/arch/rt0.ld" links "${links}")
  configure_file("${RT0_SOURCE_DIR}/tools/rt0.pc.in" "${CMAKE_BINARY_DIR}/rt0-${RT0_ISA}.pc" @ONLY)
  install(FILES "${CMAKE_BINARY_DIR}/rt0-${RT0_ISA}.pc" DESTINATION lib/pkgconfig)
  install(FILES "${CMAKE_BINARY_DIR}/options.txt" DESTINATION "share/rt0/arch/${RT0_ISA}")
endfunction()
