# Builds the rt0 library and rt0 programs. Nothing here depends on the ISA by name: the differences are in arch/isas.txt
# and arch/<isa>/.

set(RT0_WARNINGS -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wundef -Wvla -Werror)

# For all target code. Frame pointers everywhere, because tracebacks follow them. No unwind tables, no plt, no builtin
# functions. No fused multiply-add in place of two operations: its results would differ between ISAs.
set(RT0_TARGET_OPTIONS
    -std=c++20 -Oz -g -nostdlib -fno-exceptions -fno-rtti -fno-stack-protector
    -fno-asynchronous-unwind-tables -fno-unwind-tables -fno-omit-frame-pointer -fno-pic -fno-builtin
    -fno-common -ffunction-sections -fdata-sections -ffp-contract=off
    "-ffile-prefix-map=${RT0_SOURCE_DIR}/=" "-fmacro-prefix-map=${RT0_SOURCE_DIR}/=")
# For the runtime only. Programs are compiled like hosted ones, so that main may end without a return. Static variables
# in functions need no guards in the runtime, which has none with constructors; in programs lib/sync/guard.cc
# initialises each once.
set(RT0_RUNTIME_OPTIONS -ffreestanding -fno-threadsafe-statics)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  list(APPEND RT0_WARNINGS -Wglobal-constructors -Wthread-safety)
  # Without this, clang would put the build folder before paths, which are relative already.
  list(APPEND RT0_TARGET_OPTIONS -ffile-compilation-dir=.)
  set(RT0_ASM_OPTIONS -ffile-compilation-dir=.)
else()
  # The first option keeps mem.cc's loops from being compiled into calls of memcpy and memset; the others make code
  # smaller.
  list(APPEND RT0_RUNTIME_OPTIONS -fno-tree-loop-distribute-patterns -fno-tree-ch -fno-tree-loop-im -fno-jump-tables)
endif()
# Lines that begin with "GNU:" or "Clang:" are for that compiler only.
file(STRINGS "${RT0_SOURCE_DIR}/arch/${RT0_ISA}/flags.txt" RT0_ISA_OPTIONS REGEX "^[^#]")
list(TRANSFORM RT0_ISA_OPTIONS REPLACE "^${CMAKE_CXX_COMPILER_ID}: *" "")
list(FILTER RT0_ISA_OPTIONS EXCLUDE REGEX "^[A-Za-z]+:")
set(RT0_ISA_LINK_OPTIONS ${RT0_ISA_OPTIONS})
list(FILTER RT0_ISA_OPTIONS EXCLUDE REGEX "^-(Wl,|fuse-ld=)")

set(RT0_DEV_DEFINES RT0_DCHECK=0 RT0_LOCKRANK=0)
if(RT0_DEV)
  set(RT0_DEV_DEFINES RT0_DCHECK=1 RT0_LOCKRANK=1)
endif()

# The compiler's own arithmetic library: 128-bit numbers, floating point that the CPU lacks, conversions, builtins. It
# is linked last, so rt0's own functions of the same names (base/, arch/) are preferred, and a program contains only
# those functions of it that it calls and rt0 lacks.
set(target_flag "")
if(CMAKE_CXX_COMPILER_TARGET)
  set(target_flag "--target=${CMAKE_CXX_COMPILER_TARGET}")
endif()
execute_process(COMMAND "${CMAKE_CXX_COMPILER}" ${target_flag} ${RT0_ISA_OPTIONS} -print-libgcc-file-name
                OUTPUT_VARIABLE RT0_LIBGCC OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT EXISTS "${RT0_LIBGCC}")
  message(STATUS "rt0: ${CMAKE_CXX_COMPILER} has no libgcc.a: programs can do the arithmetic that the CPU and base/ have")
  set(RT0_LIBGCC "")
endif()
# The compiler's C++ library, for programs that use more of it than its headers: std::map, say. See docs/LIBRARY.md.
execute_process(COMMAND "${CMAKE_CXX_COMPILER}" ${target_flag} ${RT0_ISA_OPTIONS} -print-file-name=libstdc++.a
                OUTPUT_VARIABLE RT0_LIBSTDCXX OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT IS_ABSOLUTE "${RT0_LIBSTDCXX}" OR NOT EXISTS "${RT0_LIBSTDCXX}")
  message(STATUS "rt0: ${CMAKE_CXX_COMPILER} has no libstdc++.a: programs can use what its headers have")
  set(RT0_LIBSTDCXX "")
endif()

# The functions below are called from the directory of a project that uses rt0, where only cached variables are visible.
foreach(name RT0_LIBGCC RT0_LIBSTDCXX RT0_SOURCE_DIR RT0_TARGET_OPTIONS RT0_ASM_OPTIONS RT0_ISA_OPTIONS RT0_ISA_LINK_OPTIONS RT0_DEV_DEFINES)
  set(${name} "${${name}}" CACHE INTERNAL "rt0")
endforeach()

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
  execute_process(COMMAND "${CMAKE_COMMAND}" -S "${RT0_SOURCE_DIR}/tools" -B "${dir}" OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND "${CMAKE_COMMAND}" --build "${dir}" OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
  set(RT0_MKPCLNTAB "${dir}/bin/mkpclntab" CACHE FILEPATH "the table maker" FORCE)
endfunction()

function(rt0_target_options target)
  target_compile_options(${target} PRIVATE
    $<$<COMPILE_LANGUAGE:CXX>:${RT0_TARGET_OPTIONS}> ${RT0_ISA_OPTIONS}
    $<$<COMPILE_LANGUAGE:ASM>:-g> $<$<COMPILE_LANGUAGE:ASM>:${RT0_ASM_OPTIONS}> $<$<COMPILE_LANGUAGE:ASM>:-ffile-prefix-map=${RT0_SOURCE_DIR}/=>)
  target_compile_definitions(${target} PRIVATE ${RT0_DEV_DEFINES})
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
            -Wno-invalid-offsetof "-I${RT0_SOURCE_DIR}" "-I${RT0_SOURCE_DIR}/include" "-I${RT0_SOURCE_DIR}/arch/${RT0_ISA}"
            -g0 -S "${src}" -o "${gen}/asm_offsets.s" -MD -MF "${gen}/asm_offsets.d" -MT "${gen}/go_asm.h"
    COMMAND "${CMAKE_COMMAND}" "-DIN=${gen}/asm_offsets.s" "-DOUT=${gen}/go_asm.h"
            "-DDEF=${RT0_SOURCE_DIR}/runtime/boot/asm_offsets.def" -P "${RT0_SOURCE_DIR}/tools/go_asm.cmake"
    DEPENDS "${src}" "${RT0_SOURCE_DIR}/tools/go_asm.cmake" "${RT0_SOURCE_DIR}/runtime/boot/asm_offsets.def"
    DEPFILE "${gen}/asm_offsets.d"
    COMMENT "go_asm.h" VERBATIM)
  add_custom_target(rt0_go_asm DEPENDS "${gen}/go_asm.h")
endfunction()

# The flags that make a frame larger than the guard page touch each of its pages, so that it cannot step over the guard.
function(rt0_probes out)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    set(${out} --start-no-unused-arguments -fstack-clash-protection --end-no-unused-arguments PARENT_SCOPE)  # not every ISA has it
  else()
    set(${out} -fstack-clash-protection --param=stack-clash-protection-guard-size=12 PARENT_SCOPE)
  endif()
endfunction()

# rt0_sources(<var> mem/malloc …): the absolute paths of these source files. A missing file is an error; otherwise its
# options would be lost silently.
function(rt0_sources out)
  set(paths "")
  foreach(name IN LISTS ARGN)
    if(NOT EXISTS "${RT0_SOURCE_DIR}/${name}.cc")
      message(FATAL_ERROR "tools/rt0.cmake names ${name}.cc, which does not exist: name the file that has taken its place")
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
  # What a project that takes in rt0 asks for its own code.
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
  if(RT0_SIM_KERNEL)
    list(FILTER sources EXCLUDE REGEX "kernel_iface/no_sim\\.cc$")
  else()
    list(FILTER sources EXCLUDE REGEX "kernel_iface/sim/")
  endif()
  add_library(rt0 STATIC ${sources})
  add_dependencies(rt0 rt0_go_asm)
  rt0_target_options(rt0)
  target_compile_options(rt0 PRIVATE $<$<COMPILE_LANGUAGE:CXX>:${RT0_RUNTIME_OPTIONS}>
                         $<$<COMPILE_LANGUAGE:CXX>:${RT0_WARNINGS}> $<$<COMPILE_LANGUAGE:CXX>:-Wno-invalid-offsetof>)
  # Code that runs a million times a second is compiled for speed, everything else for size.
  rt0_sources(hot sched/lock sched/runq sched/park sched/proc sched/newproc sched/syscall lib/chan/chan lib/chan/select lib/sync/sema lib/sync/mutex
              lib/time/timer lib/io/netpoll)
  set_source_files_properties(${hot} TARGET_DIRECTORY rt0 PROPERTIES
                              COMPILE_OPTIONS "-O2;$<$<CXX_COMPILER_ID:GNU>:-falign-functions=4;-falign-jumps=1;-falign-loops=1>")
  rt0_sources(heap mem/malloc)
  set_source_files_properties(${heap} TARGET_DIRECTORY rt0 PROPERTIES COMPILE_OPTIONS "-O2;$<$<CXX_COMPILER_ID:GNU>:-falign-functions=1;-falign-jumps=1;-falign-loops=1>")
  # lib/io's functions have paths and names on goroutine stacks, so their frames are as large as a page; no others in
  # rt0 are.
  rt0_probes(probes)
  file(GLOB io "${RT0_SOURCE_DIR}/lib/io/*.cc")
  set_source_files_properties(${io} TARGET_DIRECTORY rt0 PROPERTIES COMPILE_OPTIONS "${probes}")
  target_compile_definitions(rt0 PRIVATE RT0_RUNTIME)  # see include/rt0/sync.h
  target_include_directories(rt0 PRIVATE "${RT0_SOURCE_DIR}" "${RT0_SOURCE_DIR}/arch/${RT0_ISA}" "${CMAKE_BINARY_DIR}/gen")
  target_include_directories(rt0 PUBLIC "${RT0_SOURCE_DIR}/include")
  rt0_add_musl()
endfunction()

# The library rt0_musl: mathematics and the functions of a C library that need nothing of the runtime, for programs that use
# the C++ library. third_party/musl/README.md says what it is. The flags keep results the same on every ISA.
function(rt0_add_musl)
  file(GLOB sources CONFIGURE_DEPENDS "${RT0_SOURCE_DIR}/third_party/musl/*/*.c")
  add_library(rt0_musl STATIC ${sources})
  # CXX compiles C, too, so that no other language need be enabled.
  set_source_files_properties(${sources} TARGET_DIRECTORY rt0_musl PROPERTIES LANGUAGE CXX)
  set(options ${RT0_TARGET_OPTIONS})
  list(REMOVE_ITEM options -std=c++20 -Oz -fno-exceptions -fno-rtti)
  set(musl "${RT0_SOURCE_DIR}/third_party/musl/include")
  target_compile_options(rt0_musl PRIVATE -x c -std=c99 -O2 ${options} ${RT0_ISA_OPTIONS} -ffreestanding -fno-math-errno
    -U__FP_FAST_FMA -U__FP_FAST_FMAF -w -Werror=implicit-function-declaration $<$<CXX_COMPILER_ID:GNU>:-fexcess-precision=standard> -frounding-math
    -include "${musl}/features.h" "-I${musl}")
endfunction()

# rt0_add_executable(hello hello.cc …): a static program, entered at _rt0_<isa>_linux, in bin/ of the build folder.
# Linked twice: the PC-line table is made from the first link and is part of the second. mkpclntab --verify checks that
# it is right for the second, too.
function(rt0_add_executable name)
  set(objects ${name}_objects)
  add_library(${objects} OBJECT ${ARGN})
  rt0_target_options(${objects})
  # Places in traces and tracebacks are told from the project's folder on, so that they are the same on every machine. Of two
  # maps that fit, the later one counts: rt0's own.
  target_compile_options(${objects} BEFORE PRIVATE "-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=")
  # As in Go, a call at a function's end is an ordinary call: a tail call would leave the function out of tracebacks.
  target_compile_options(${objects} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-fno-optimize-sibling-calls>)
  # The use of a null pointer is a fault at run time, which panics. The compiler must not assume that it never happens.
  target_compile_options(${objects} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-fno-delete-null-pointer-checks>)
  rt0_probes(probes)
  target_compile_options(${objects} PRIVATE "$<$<COMPILE_LANGUAGE:CXX>:${probes}>")
  # Division by zero panics, also on ISAs whose division does not trap: see runtime/panic/ubsan.cc.
  target_compile_options(${objects} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-fsanitize=integer-divide-by-zero>
                         $<$<COMPILE_LANGUAGE:CXX>:-fno-sanitize-recover=integer-divide-by-zero>)
  target_include_directories(${objects} PRIVATE "${RT0_SOURCE_DIR}/include")
  add_dependencies(${objects} rt0_go_asm)

  rt0_isa_row("${RT0_ISA}" row)
  set(script "${RT0_SOURCE_DIR}/arch/rt0.ld")
  set(no_pie -no-pie)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    set(no_pie "")  # clang needs only -static and warns of -no-pie
  endif()
  set(link_options -nostdlib -static ${no_pie} -Wl,--gc-sections -Wl,--build-id=none -Wl,-z,noexecstack
      "-Wl,-T,${script}" "-Wl,--defsym=RT0_BASE=0x400000" "-Wl,-e,_rt0_${row_go}_linux" "-Wl,--defsym=main.main=main"
      ${RT0_ISA_LINK_OPTIONS})
  set(pclntab "${CMAKE_CURRENT_BINARY_DIR}/${name}_pclntab.S")

  add_executable(${name}_pass1 $<TARGET_OBJECTS:${objects}>)
  set_target_properties(${name}_pass1 PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}/pass1")
  add_custom_command(OUTPUT "${pclntab}"
    COMMAND "${RT0_MKPCLNTAB}" --elf $<TARGET_FILE:${name}_pass1> --out "${pclntab}" --name "${name}"
    DEPENDS ${name}_pass1 "${RT0_MKPCLNTAB}" COMMENT "pclntab of ${name}" VERBATIM)

  add_executable(${name} $<TARGET_OBJECTS:${objects}> "${pclntab}")
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
  add_custom_command(TARGET ${name} POST_BUILD
    COMMAND "${RT0_MKPCLNTAB}" --elf $<TARGET_FILE:${name}> --verify VERBATIM)
  foreach(exe ${name}_pass1 ${name})
    target_link_libraries(${exe} PRIVATE -Wl,--start-group rt0 rt0_musl ${RT0_LIBSTDCXX} ${RT0_LIBGCC} -Wl,--end-group)
    target_link_options(${exe} PRIVATE ${link_options})
    set_target_properties(${exe} PROPERTIES LINK_DEPENDS "${script}" LINKER_LANGUAGE CXX)
  endforeach()
endfunction()
