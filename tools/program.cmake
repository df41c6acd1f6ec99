# What a project needs to build rt0 programs: rt0_add_executable(). Used in rt0's own build, by add_subdirectory and
# FetchContent, and, installed, by find_package(rt0). Nothing here depends on an ISA by name.
#
# Before including it, set RT0_SHARE_DIR: the folder that has arch/ and tools/ (the sources, or <prefix>/share/rt0).
include("${CMAKE_CURRENT_LIST_DIR}/isas.cmake")

# The ISA that programs are built for: RT0_ISA if it is set, otherwise the one whose compiler CMake has found. The
# compiler must be that ISA's.
function(rt0_choose_isa)
  set(target_flag "")
  if(CMAKE_CXX_COMPILER_TARGET)
    set(target_flag "--target=${CMAKE_CXX_COMPILER_TARGET}")
  endif()
  execute_process(COMMAND "${CMAKE_CXX_COMPILER}" ${target_flag} -dumpmachine OUTPUT_VARIABLE machine
                  OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  string(REGEX MATCH "^[^-]+" compiles_for "${machine}")
  rt0_isas(isas)
  if(NOT RT0_ISA)
    foreach(isa IN LISTS isas)
      rt0_isa_row("${isa}" row)
      if(row_triple MATCHES "^${compiles_for}-")
        set(RT0_ISA "${isa}")
        break()
      endif()
    endforeach()
  endif()
  if(NOT RT0_ISA)
    list(GET isas 0 RT0_ISA)
  endif()
  set(RT0_ISA "${RT0_ISA}" CACHE STRING "ISA: a folder of arch/")
  rt0_isa_row("${RT0_ISA}" row)
  string(REGEX MATCH "^[^-]+" wanted "${row_triple}")
  # A compiler for x86_64 compiles for 386, too, if the C library's headers for that are installed (gcc-multilib).
  set(fails 1)
  if(compiles_for STREQUAL wanted)
    set(fails 0)
  elseif(compiles_for STREQUAL row_native)
    execute_process(COMMAND "${CMAKE_CXX_COMPILER}" ${target_flag} -m32 -x c++ -fsyntax-only -include stdint.h /dev/null
                    RESULT_VARIABLE fails OUTPUT_QUIET ERROR_QUIET)
  endif()
  if(NOT fails EQUAL 0)
    message(FATAL_ERROR "rt0: RT0_ISA=${RT0_ISA}, but ${CMAKE_CXX_COMPILER} compiles for ${machine}: "
            "configure with -DRT0_ISA=${RT0_ISA} -DCMAKE_TOOLCHAIN_FILE=${RT0_SHARE_DIR}/tools/toolchain.cmake")
  endif()
  set(RT0_ISA "${RT0_ISA}" PARENT_SCOPE)
endfunction()

# Reads what the ISA and the compiler ask for: RT0_ISA_OPTIONS, RT0_ISA_LINK_OPTIONS, RT0_PROBES, RT0_LIBGCC,
# RT0_LIBSTDCXX, RT0_LIBGCC_EH. Makes of it the options of all target code and of programs: RT0_CODE_OPTIONS,
# RT0_ASM_OPTIONS, RT0_PROGRAM_OPTIONS. All of these are cached, because rt0_add_executable() is called from other
# directories, where only such variables are visible.
function(rt0_read_isa)
  # Lines that begin with "GNU:" or "Clang:" are for that compiler only.
  file(STRINGS "${RT0_SHARE_DIR}/arch/${RT0_ISA}/flags.txt" options REGEX "^[^#]")
  list(TRANSFORM options REPLACE "^${CMAKE_CXX_COMPILER_ID}: *" "")
  list(FILTER options EXCLUDE REGEX "^[A-Za-z]+:")
  set(RT0_ISA_LINK_OPTIONS ${options})
  list(FILTER options EXCLUDE REGEX "^-(Wl,|fuse-ld=)")
  set(RT0_ISA_OPTIONS ${options})
  set(target_flag "")
  if(CMAKE_CXX_COMPILER_TARGET)
    set(target_flag "--target=${CMAKE_CXX_COMPILER_TARGET}")
  endif()
  # The flags that make a frame larger than the guard page touch each of its pages, so that it cannot step over the
  # guard. Not every ISA has them in clang, which then must not warn of an unused option.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    set(RT0_PROBES --start-no-unused-arguments -fstack-clash-protection --end-no-unused-arguments)
  else()
    set(RT0_PROBES -fstack-clash-protection --param=stack-clash-protection-guard-size=12)
  endif()
  # The compiler's own arithmetic library: 128 bits, floating point that the CPU lacks, conversions, builtins. It is
  # linked last, so that rt0's own functions of these names (base/, arch/) are preferred, and a program gets only
  # functions that it calls and rt0 lacks.
  execute_process(COMMAND "${CMAKE_CXX_COMPILER}" ${target_flag} ${RT0_ISA_OPTIONS} -print-libgcc-file-name
                  OUTPUT_VARIABLE RT0_LIBGCC OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(NOT EXISTS "${RT0_LIBGCC}")
    message(STATUS
      "rt0: ${CMAKE_CXX_COMPILER} has no libgcc.a: programs can do the arithmetic that the CPU and base/ have")
    set(RT0_LIBGCC "")
  endif()
  # The compiler's C++ library, for programs that use more of it than its headers: std::map, say. See docs/LIBRARY.md.
  execute_process(COMMAND "${CMAKE_CXX_COMPILER}" ${target_flag} ${RT0_ISA_OPTIONS} -print-file-name=libstdc++.a
                  OUTPUT_VARIABLE RT0_LIBSTDCXX OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(NOT IS_ABSOLUTE "${RT0_LIBSTDCXX}" OR NOT EXISTS "${RT0_LIBSTDCXX}")
    message(STATUS "rt0: ${CMAKE_CXX_COMPILER} has no libstdc++.a: programs can use what its headers have")
    set(RT0_LIBSTDCXX "")
  endif()
  # The compiler's unwinder, for programs with exceptions.
  execute_process(COMMAND "${CMAKE_CXX_COMPILER}" ${target_flag} ${RT0_ISA_OPTIONS} -print-file-name=libgcc_eh.a
                  OUTPUT_VARIABLE RT0_LIBGCC_EH OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(NOT IS_ABSOLUTE "${RT0_LIBGCC_EH}" OR NOT EXISTS "${RT0_LIBGCC_EH}")
    set(RT0_LIBGCC_EH "")
  endif()
  # For all target code. Frame pointers everywhere, because tracebacks follow them. No unwind tables, no
  # position-independent code, no builtin functions. No fused multiply-add in place of two operations: its results would
  # differ between ISAs.
  set(RT0_CODE_OPTIONS
    -g -nostdlib -fno-stack-protector -fno-asynchronous-unwind-tables -fno-unwind-tables -fno-omit-frame-pointer
    -fno-pic
    -fno-builtin -fno-common -ffunction-sections -fdata-sections -ffp-contract=off
    "-ffile-prefix-map=${RT0_SHARE_DIR}/=" "-fmacro-prefix-map=${RT0_SHARE_DIR}/=")
  set(RT0_ASM_OPTIONS "")
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    # Without this, clang would put the build folder before paths, which are relative already.
    list(APPEND RT0_CODE_OPTIONS -ffile-compilation-dir=.)
    set(RT0_ASM_OPTIONS -ffile-compilation-dir=.)
  endif()
  # For programs. Dialects with GNU extensions have a macro `unix`, which is a name in rt0/time.h. As in Go, a call at a
  # function's end is an ordinary call: a tail call would leave the function out of tracebacks. The use of a null
  # pointer is a fault at run time, which panics, so the compiler must not assume that it never happens. Division by
  # zero panics, also on ISAs whose division does not trap: see runtime/panic/ubsan.cc.
  set(RT0_PROGRAM_OPTIONS -Uunix -fno-optimize-sibling-calls -fno-delete-null-pointer-checks ${RT0_PROBES}
    -fsanitize=integer-divide-by-zero -fno-sanitize-recover=integer-divide-by-zero)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Of equal functions, or equal ends of code, GCC would keep one: tracebacks would name the wrong function or line.
    list(APPEND RT0_PROGRAM_OPTIONS -fno-ipa-icf -fno-crossjumping -fno-tree-tail-merge)
  endif()
  foreach(name RT0_SHARE_DIR RT0_ISA_OPTIONS RT0_ISA_LINK_OPTIONS RT0_PROBES RT0_LIBGCC RT0_LIBSTDCXX RT0_LIBGCC_EH
    RT0_CODE_OPTIONS RT0_ASM_OPTIONS
          RT0_PROGRAM_OPTIONS)
    set(${name} "${${name}}" CACHE INTERNAL "rt0")
  endforeach()
endfunction()

# The options that code needs to run in an rt0 program, by language.
function(rt0_program_options out)
  set(compiled "$<$<COMPILE_LANGUAGE:C,CXX>:${RT0_CODE_OPTIONS};${RT0_PROGRAM_OPTIONS}>"
    "$<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions;-fno-rtti>"
      "$<$<COMPILE_LANGUAGE:C,CXX,ASM>:${RT0_ISA_OPTIONS}>"
      "$<$<COMPILE_LANGUAGE:ASM>:-g;${RT0_ASM_OPTIONS};-ffile-prefix-map=${RT0_SHARE_DIR}/=>")
  set(${out} "${compiled}" PARENT_SCOPE)
endfunction()

# The options of every link of a program.
function(rt0_link_options out)
  rt0_isa_row("${RT0_ISA}" row)
  set(no_pie -no-pie)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    set(no_pie "")  # clang needs only -static and warns of -no-pie
  endif()
  set(${out} -nostdlib -static ${no_pie} -Wl,--gc-sections -Wl,--build-id=none -Wl,-z,noexecstack
      "-Wl,-T,${RT0_SHARE_DIR}/arch/rt0.ld" "-Wl,--defsym=RT0_BASE=0x400000" "-Wl,-e,_rt0_${row_go}_linux"
      "-Wl,--defsym=main.main=main" ${RT0_ISA_LINK_OPTIONS} PARENT_SCOPE)
endfunction()

# Places in traces and tracebacks are told from the project's folder on, so that they are the same on every machine; in
# generated files, from the build folder on. Of several maps that fit, the last one counts, so the folder that lies in
# another one comes later, and rt0's own, with the other options, comes last. RT0_OF_ISAS is the build folder of the
# project for whose trace tests this build is made: the two share what FetchContent has brought there.
function(rt0_prefix_maps out)
  set(folders "${CMAKE_SOURCE_DIR}" ${RT0_OF_ISAS} "${CMAKE_BINARY_DIR}")
  string(FIND "${CMAKE_SOURCE_DIR}/" "${CMAKE_BINARY_DIR}/" inside)
  if(inside EQUAL 0)
    list(REVERSE folders)
  endif()
  list(TRANSFORM folders REPLACE "(.+)" "-ffile-prefix-map=\\1/=")
  set(${out} "${folders}" PARENT_SCOPE)
endfunction()

# rt0::rt0: what a library of the user's links to be part of an rt0 program; it compiles as programs do. In place of it
# rt0::exceptions, if exceptions pass through the library.
function(rt0_add_interface include)
  rt0_program_options(options)
  rt0_prefix_maps(maps)
  rt0_exceptions_options(compile link)
  foreach(name rt0 exceptions)
    add_library(rt0::${name} INTERFACE IMPORTED GLOBAL)
    target_compile_options(rt0::${name} INTERFACE "${maps}")
    target_compile_options(rt0::${name} INTERFACE "${options}")
    target_compile_features(rt0::${name} INTERFACE cxx_std_20)
    target_include_directories(rt0::${name} INTERFACE "${include}" "${include}/rt0/toolchain")
    set_target_properties(rt0::${name} PROPERTIES IMPORTED_NO_SYSTEM ON)
  endforeach()
  target_compile_options(rt0::exceptions INTERFACE "$<$<COMPILE_LANGUAGE:CXX>:${compile}>")
endfunction()

# rt0_exceptions_options(<compile> <link>): the further options of a program with exceptions. The linker script with the
# tables comes before rt0.ld.
function(rt0_exceptions_options out_compile out_link)
  # Instructions that may fault count as throwing, so that a panic at one of them runs the destructors of its function.
  # For a division by zero see has_entry in runtime/cxx/unwind_panic.cc.
  set(compiled -fexceptions -frtti -fasynchronous-unwind-tables -fnon-call-exceptions
    -fsanitize-recover=integer-divide-by-zero)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    list(APPEND compiled -fno-reorder-blocks -fno-reorder-blocks-and-partition
      -fno-isolate-erroneous-paths-dereference)
  endif()
  set(${out_compile} "${compiled}" PARENT_SCOPE)
  # The linker calls the toolchain's personality routine and std::terminate through rt0's, which are there, too.
  set(${out_link} "-Wl,-T,${RT0_SHARE_DIR}/arch/exceptions.ld" -Wl,--eh-frame-hdr -Wl,--wrap=__gxx_personality_v0
    -Wl,--wrap=_ZSt9terminatev PARENT_SCOPE)
endfunction()

# Links a program with this runtime: the target of librt0.a or another form of it. rt0-link puts the libraries last.
# Further arguments: options that come first.
function(rt0_link_runtime name runtime)
  rt0_link_options(links)
  set_property(TARGET ${name} PROPERTY LINK_OPTIONS ${ARGN} "${links}" "--rt0-tls=$<TARGET_FILE:rt0_tls>"
    "--rt0-lib=$<TARGET_FILE:${runtime}>" "--rt0-lib=$<TARGET_FILE:rt0_musl>" "--rt0-lib=${RT0_LIBSTDCXX}")
  if(runtime MATCHES "_exceptions$")
    set_property(TARGET ${name} APPEND PROPERTY LINK_OPTIONS "--rt0-lib=${RT0_LIBGCC_EH}")
    set_property(TARGET ${name} APPEND PROPERTY LINK_DEPENDS "${RT0_SHARE_DIR}/arch/exceptions.ld")
  endif()
  set_property(TARGET ${name} APPEND PROPERTY LINK_OPTIONS "--rt0-lib=${RT0_LIBGCC}")
  set_property(TARGET ${name} APPEND PROPERTY LINK_DEPENDS "$<TARGET_FILE:${runtime}>" "$<TARGET_FILE:rt0_tls>"
    "$<TARGET_FILE:rt0_musl>" "${RT0_SHARE_DIR}/arch/rt0.ld" "${RT0_SHARE_DIR}/tools/rt0-link" "${RT0_MKPCLNTAB}")
  add_dependencies(${name} ${runtime} rt0_tls rt0_musl)
endfunction()

# rt0_add_executable(hello [CHECKED] [EXCEPTIONS] hello.cc …): a static program, entered at _rt0_<isa>_linux, in bin/ of
# the build folder, or where CMAKE_RUNTIME_OUTPUT_DIRECTORY says. It is an ordinary executable target: target_sources,
# target_link_libraries, target_compile_options and the like work on it. Its link is done by rt0-link. CHECKED: with the
# checks of docs/CHECKED.md. EXCEPTIONS: with exceptions and RTTI, see docs/LIBRARY.md.
function(rt0_add_executable name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "CHECKED;EXCEPTIONS;RACE" "" "")
  if(arg_RACE)
    message(FATAL_ERROR "rt0_add_executable(${name} RACE …): RACE is not there yet: leave the word out")
  endif()
  if(arg_EXCEPTIONS AND NOT (RT0_LIBSTDCXX AND RT0_LIBGCC_EH))
    message(FATAL_ERROR "rt0_add_executable(${name} EXCEPTIONS …): ${CMAKE_CXX_COMPILER} has no libstdc++.a or no "
      "libgcc_eh.a, which exceptions need: use GCC, or leave the word out")
  endif()
  if(NOT CMAKE_GENERATOR MATCHES "Ninja|Makefiles")
    message(FATAL_ERROR
      "rt0: programs are linked twice, which works with -G Ninja, \"Ninja Multi-Config\" or \"Unix Makefiles\" only")
  endif()
  add_executable(${name} ${arg_UNPARSED_ARGUMENTS})
  rt0_prefix_maps(maps)
  target_compile_options(${name} PRIVATE "${maps}")
  # These come before the options that the project adds later, which so have the last word. The same options that come
  # with rt0::rt0 are then left out by CMake.
  rt0_program_options(options)
  target_compile_options(${name} PRIVATE "${options}")
  # Without a build type programs are compiled for size. Release is -O2, unless the project or the user has set flags
  # for it.
  if(CMAKE_CXX_FLAGS_RELEASE STREQUAL "-O3 -DNDEBUG")
    target_compile_options(${name} PRIVATE $<$<AND:$<CONFIG:Release>,$<COMPILE_LANGUAGE:C,CXX>>:-O2>)
  endif()
  target_compile_options(${name} PRIVATE $<$<AND:$<STREQUAL:$<CONFIG>,>,$<COMPILE_LANGUAGE:C,CXX>>:-Oz>)
  target_link_libraries(${name} PRIVATE rt0::rt0)
  set(runtime rt0)
  set(first "")
  if(arg_CHECKED)
    set(runtime rt0_checked)
  endif()
  if(arg_EXCEPTIONS)
    string(APPEND runtime _exceptions)
    rt0_exceptions_options(compile first)
    target_compile_options(${name} PRIVATE "$<$<COMPILE_LANGUAGE:CXX>:${compile}>")
  endif()
  rt0_link_runtime(${name} ${runtime} ${first})
  if(NOT CMAKE_RUNTIME_OUTPUT_DIRECTORY)
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
  endif()
  if(NOT DEFINED CMAKE_CXX_EXTENSIONS)
    set_target_properties(${name} PROPERTIES CXX_EXTENSIONS OFF)
  endif()
  set_target_properties(${name} PROPERTIES LINKER_LANGUAGE CXX CXX_LINKER_LAUNCHER
    "${RT0_SHARE_DIR}/tools/rt0-link;${RT0_MKPCLNTAB}"
    POSITION_INDEPENDENT_CODE OFF INTERPROCEDURAL_OPTIMIZATION OFF)
endfunction()
