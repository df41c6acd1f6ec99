# Golden traces in a project that uses rt0: rt0_add_trace_test(), and the target rt0_write_traces. docs/TRACES.md is the
# manual.

# rt0-trace runs on the host. It is built when a project has its first trace test, beside mkpclntab.
function(rt0_find_trace_tool)
  if(RT0_TRACE_TOOL)
    return()
  endif()
  get_filename_component(dir "${RT0_MKPCLNTAB}" DIRECTORY)
  if(EXISTS "${RT0_SHARE_DIR}/../../bin/rt0-trace")  # in an installed rt0
    set(dir "${RT0_SHARE_DIR}/../../bin")
  elseif(NOT EXISTS "${dir}/rt0-trace" AND NOT EXISTS "${RT0_SHARE_DIR}/tools/CMakeLists.txt")
    message(FATAL_ERROR
      "rt0_add_trace_test needs rt0-trace, which this rt0 was installed without: install it again with make install, "
            "where the Debian packages libcli11-dev and nlohmann-json3-dev are there")
  elseif(NOT EXISTS "${dir}/rt0-trace")
    set(tree "${CMAKE_BINARY_DIR}/rt0-host-tools")
    message(STATUS "rt0: building rt0-trace in ${tree}")
    execute_process(COMMAND "${CMAKE_COMMAND}" -S "${RT0_SHARE_DIR}/tools" -B "${tree}" -DRT0_WITH_TRACE=ON OUTPUT_QUIET
      COMMAND_ERROR_IS_FATAL ANY)
    execute_process(COMMAND "${CMAKE_COMMAND}" --build "${tree}" OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
    set(dir "${tree}/bin")
  endif()
  if(NOT EXISTS "${dir}/rt0-trace")
    message(FATAL_ERROR
      "rt0_add_trace_test needs rt0-trace, which needs the Debian packages libcli11-dev and nlohmann-json3-dev")
  endif()
  set(RT0_TRACE_TOOL "${dir}/rt0-trace" CACHE FILEPATH "rt0-trace" FORCE)
endfunction()

# rt0_isas_words(<var> <value>): the value of a variable with flags, without the words that only one ISA's compiler
# knows: those that begin with -m.
function(rt0_isas_words out value)
  string(REGEX REPLACE "(^| )-m[^ ]*" "" value "${value}")
  set(${out} "${value}" PARENT_SCOPE)
endfunction()

# Writes rt0-isas/cache.cmake, with which the builds for other ISAs begin, so that they build the same program: the
# cache variables of this build. Left out is what belongs to this compiler, this ISA and this build folder, and what
# CMake keeps for itself or has found. Called at the end of the project's CMakeLists.txt, when all variables are there.
function(rt0_write_isas_cache)
  set(text "# What the builds for other ISAs take over: tools/rt0_traces.cmake of rt0 writes this file.\n")
  string(APPEND text "# ${CMAKE_GENERATOR}\n")
  get_cmake_property(names CACHE_VARIABLES)
  foreach(name IN LISTS names)
    get_property(value CACHE "${name}" PROPERTY VALUE)
    get_property(type CACHE "${name}" PROPERTY TYPE)
    get_property(help CACHE "${name}" PROPERTY HELPSTRING)
    string(FIND "${value}/" "${CMAKE_BINARY_DIR}/" here)
    if(NOT name MATCHES "^(rt0_DIR|CMAKE_MAKE_PROGRAM)$")
      if(type MATCHES "^(INTERNAL|STATIC)$" OR value MATCHES "NOTFOUND$" OR here GREATER -1
         OR help MATCHES "^Path to a (file|library|program)\\.$" OR name STREQUAL "FETCHCONTENT_BASE_DIR"
         OR name MATCHES "^RT0_(ISA|COMPILER|GXX|CLANG|CLANG_C|HOST|OF_ISAS|MKPCLNTAB|TRACE_TOOL)$"
         OR name MATCHES "^CMAKE_(TOOLCHAIN_FILE|SYSROOT|STAGING_PREFIX|FIND_ROOT_PATH|CROSSCOMPILING|SYSTEM_)"
         OR name MATCHES "^CMAKE_(AR|ADDR2LINE|DLLTOOL|LINKER|NM|OBJCOPY|OBJDUMP|RANLIB|READELF|STRIP|TAPI)$"
         OR (name MATCHES "^CMAKE_[A-Z]+_COMPILER(_|$)" AND NOT name MATCHES "_LAUNCHER$"))
        continue()
      endif()
      if(CMAKE_LIBRARY_ARCHITECTURE AND "${value}/" MATCHES "/${CMAKE_LIBRARY_ARCHITECTURE}/")
        continue()
      endif()
    endif()
    if(name MATCHES "^CMAKE_[A-Z_]*FLAGS(_|$)")
      rt0_isas_words(value "${value}")
    endif()
    # A line break after the opening bracket is not part of the value.
    string(APPEND text "set(${name} [=====[\n${value}]=====] CACHE ${type} [=====[\n${help}]=====] FORCE)\n")
  endforeach()
  # What FetchContent has brought here is not brought again: it could be another version by now.
  file(GLOB fetched LIST_DIRECTORIES ON "${FETCHCONTENT_BASE_DIR}/*-src")
  foreach(folder IN LISTS fetched)
    string(REGEX REPLACE ".*/(.*)-src$" "\\1" name "${folder}")
    string(TOUPPER "FETCHCONTENT_SOURCE_DIR_${name}" name)
    if(NOT ${name})
      string(APPEND text "set(${name} [=====[\n${folder}]=====] CACHE PATH \"\" FORCE)\n")
    endif()
  endforeach()
  set(before "")
  set(file "${CMAKE_BINARY_DIR}/rt0-isas/cache.cmake")
  if(EXISTS "${file}")
    file(READ "${file}" before)
  endif()
  if(NOT text STREQUAL before)
    # The builds begin anew, so that a variable that is gone here is gone there. Objects are kept.
    file(GLOB trees "${CMAKE_BINARY_DIR}/rt0-isas/*/CMakeCache.txt")
    foreach(tree IN LISTS trees)
      file(REMOVE "${tree}")
    endforeach()
    file(WRITE "${file}" "${text}")
  endif()
endfunction()

# rt0_add_trace_test(NAME <program> SIM <RT0_SIM's keys> GOLDEN <file> [PROGRAM <program>] [ARGS …] [ISAS …]): a test
# trace.<name> that runs the program on the simulated kernel and compares its trace with the golden file, which lies in
# the source folder. The target rt0_write_traces writes all golden files anew. PROGRAM is for a second test of one
# program.
#
# A build tree is for one ISA. For each other one of ISAS, a test builds the project anew in rt0-isas/<isa> of the build
# folder, with the cache variables of this build, and trace.<name>.<isa> runs the program from there, under QEMU where
# need be.
function(rt0_add_trace_test)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME;PROGRAM;SIM;GOLDEN" "ARGS;ISAS")
  set(me "rt0_add_trace_test(NAME ${arg_NAME} …)")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "${me}: ${arg_UNPARSED_ARGUMENTS}: known are NAME, PROGRAM, SIM, GOLDEN, ARGS and ISAS")
  endif()
  foreach(key NAME SIM GOLDEN)
    if(NOT arg_${key})
      message(FATAL_ERROR "${me}: ${key} is missing")
    endif()
  endforeach()
  if(NOT arg_PROGRAM)
    set(arg_PROGRAM "${arg_NAME}")
  endif()
  if(NOT TARGET ${arg_PROGRAM})
    message(FATAL_ERROR "${me}: there is no program ${arg_PROGRAM}: rt0_add_executable(${arg_PROGRAM} …) comes first")
  endif()
  if(TARGET rt0_write_trace_${arg_NAME})
    message(FATAL_ERROR "${me}: there is a trace test of this name already: NAME names the test, PROGRAM its program")
  endif()
  rt0_find_trace_tool()
  get_filename_component(golden "${arg_GOLDEN}" ABSOLUTE BASE_DIR "${CMAKE_CURRENT_SOURCE_DIR}")
  set(script "${RT0_SHARE_DIR}/tools/trace_test.sh")
  set(config "")
  set(config_words "")
  get_property(multi GLOBAL PROPERTY GENERATOR_IS_MULTI_CONFIG)
  if(multi)
    set(config " --config $<CONFIG>")
    set(config_words --config $<CONFIG>)
  endif()
  set(write "cmake --build '${CMAKE_BINARY_DIR}'${config} --target rt0_write_traces")
  # The words after ARGS as CMake code, each in brackets, because a list of CMake loses empty words. A line break after
  # the opening bracket is not part of the word.
  set(arguments "")
  set(key "")
  set(i 0)
  while(i LESS ARGC)
    if("${ARGV${i}}" MATCHES "^(NAME|PROGRAM|SIM|GOLDEN|ARGS|ISAS)$")
      set(key "${ARGV${i}}")
    elseif(key STREQUAL "ARGS")
      string(APPEND arguments " [=====[\n${ARGV${i}}]=====]")
    endif()
    math(EXPR i "${i} + 1")
  endwhile()

  rt0_isa_row("${RT0_ISA}" row)
  cmake_language(EVAL CODE "
    add_test(NAME trace.\${arg_NAME}
      COMMAND \"\${script}\" check \"\${row_native}\" \"\${row_qemu}\" \"\${RT0_TRACE_TOOL}\"
        $<TARGET_FILE:\${arg_PROGRAM}> \"\${arg_SIM}\" \"\${golden}\" \"\${write}\" ${arguments})
    add_custom_target(rt0_write_trace_\${arg_NAME}
      COMMAND \"\${script}\" write \"\${row_native}\" \"\${row_qemu}\" \"\${RT0_TRACE_TOOL}\"
        $<TARGET_FILE:\${arg_PROGRAM}> \"\${arg_SIM}\" \"\${golden}\" \"\${write}\" ${arguments}
      DEPENDS \${arg_PROGRAM} COMMENT \"\" VERBATIM)")
  if(NOT TARGET rt0_write_traces)
    add_custom_target(rt0_write_traces)
  endif()
  add_dependencies(rt0_write_traces rt0_write_trace_${arg_NAME})

  # Other builds ask this one where its program is, which depends on the project and on the configuration.
  get_property(told GLOBAL PROPERTY rt0_told_${arg_PROGRAM})
  if(NOT told)
    set_property(GLOBAL PROPERTY rt0_told_${arg_PROGRAM} ON)
    file(GENERATE OUTPUT "${CMAKE_BINARY_DIR}/rt0-programs/${arg_PROGRAM}@$<CONFIG>"
      CONTENT "$<TARGET_FILE:${arg_PROGRAM}>\n")
  endif()
  if(RT0_OF_ISAS)  # this is a tree that such a test has made
    return()
  endif()
  foreach(isa IN LISTS arg_ISAS)
    if(isa STREQUAL RT0_ISA)
      continue()
    endif()
    rt0_isa_row("${isa}" other)
    set(tree "${CMAKE_BINARY_DIR}/rt0-isas/${isa}")
    get_property(cached GLOBAL PROPERTY rt0_isas_cached)
    if(NOT cached)
      set_property(GLOBAL PROPERTY rt0_isas_cached ON)
      cmake_language(DEFER DIRECTORY "${CMAKE_SOURCE_DIR}" CALL rt0_write_isas_cache)
    endif()
    # A test of the same program in another folder of the project may have added them.
    get_property(added GLOBAL PROPERTY rt0_isas_${arg_PROGRAM}_${isa})
    if(NOT added)
      set_property(GLOBAL PROPERTY rt0_isas_${arg_PROGRAM}_${isa} ON)
      add_test(NAME trace.configure.${arg_PROGRAM}.${isa}
        COMMAND "${script}" configure "${other_triple}-g++" "${other_package}"
          "${CMAKE_COMMAND}" -G "${CMAKE_GENERATOR}" -S "${CMAKE_SOURCE_DIR}" -B "${tree}" -Wno-dev
          -C "${CMAKE_BINARY_DIR}/rt0-isas/cache.cmake" "-DRT0_ISA=${isa}"
          "-DCMAKE_TOOLCHAIN_FILE=${RT0_SHARE_DIR}/tools/toolchain.cmake" "-DRT0_MKPCLNTAB=${RT0_MKPCLNTAB}"
          "-DRT0_TRACE_TOOL=${RT0_TRACE_TOOL}" "-DRT0_OF_ISAS=${CMAKE_BINARY_DIR}")
      add_test(NAME trace.build.${arg_PROGRAM}.${isa}
        COMMAND "${CMAKE_COMMAND}" --build "${tree}" ${config_words} --target ${arg_PROGRAM})
      set_tests_properties(trace.configure.${arg_PROGRAM}.${isa} PROPERTIES FIXTURES_SETUP
        rt0_configured_${arg_PROGRAM}_${isa}
                           RESOURCE_LOCK rt0_tree_${isa})
      set_tests_properties(trace.build.${arg_PROGRAM}.${isa} PROPERTIES FIXTURES_REQUIRED
        rt0_configured_${arg_PROGRAM}_${isa}
                           FIXTURES_SETUP rt0_built_${arg_PROGRAM}_${isa} RESOURCE_LOCK rt0_tree_${isa})
    endif()
    cmake_language(EVAL CODE "
      add_test(NAME trace.\${arg_NAME}.\${isa}
        COMMAND \"\${script}\" check \"\${other_native}\" \"\${other_qemu}\" \"\${RT0_TRACE_TOOL}\"
          \"@\${tree}/rt0-programs/\${arg_PROGRAM}@$<CONFIG>\" \"\${arg_SIM}\" \"\${golden}\" \"\${write}\"
          ${arguments})")
    set_tests_properties(trace.${arg_NAME}.${isa} PROPERTIES FIXTURES_REQUIRED rt0_built_${arg_PROGRAM}_${isa})
  endforeach()
endfunction()
