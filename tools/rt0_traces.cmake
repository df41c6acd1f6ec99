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

# rt0_add_trace_test(NAME <program> SIM <RT0_SIM's keys> GOLDEN <file> [PROGRAM <program>] [ARGS …] [ISAS …]): a test
# trace.<name> that runs the program on the simulated kernel and compares its trace with the golden file, which lies in
# the source folder. The target rt0_write_traces writes all golden files anew. PROGRAM is for a second test of one
# program.
#
# A build tree is for one ISA. For each other one of ISAS, a test builds the project anew in rt0-isas/<isa> of the build
# folder, and trace.<name>.<isa> runs the program from there, under QEMU where need be.
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
  rt0_find_trace_tool()
  get_filename_component(golden "${arg_GOLDEN}" ABSOLUTE BASE_DIR "${CMAKE_CURRENT_SOURCE_DIR}")
  set(write "cmake --build ${CMAKE_BINARY_DIR} --target rt0_write_traces")
  set(script "${RT0_SHARE_DIR}/tools/trace_test.sh")

  rt0_isa_row("${RT0_ISA}" row)
  add_test(NAME trace.${arg_NAME}
    COMMAND "${script}" check "${row_native}" "${row_qemu}" "${RT0_TRACE_TOOL}" $<TARGET_FILE:${arg_PROGRAM}>
    "${arg_SIM}" "${golden}"
            "${write}" ${arg_ARGS})
  add_custom_target(rt0_write_trace_${arg_NAME}
    COMMAND "${script}" write "${row_native}" "${row_qemu}" "${RT0_TRACE_TOOL}" $<TARGET_FILE:${arg_PROGRAM}>
    "${arg_SIM}" "${golden}"
            "${write}" ${arg_ARGS}
    DEPENDS ${arg_PROGRAM} COMMENT "" VERBATIM)
  if(NOT TARGET rt0_write_traces)
    add_custom_target(rt0_write_traces)
  endif()
  add_dependencies(rt0_write_traces rt0_write_trace_${arg_NAME})

  if(RT0_OF_ISAS)  # this is a tree that such a test has made
    return()
  endif()
  foreach(isa IN LISTS arg_ISAS)
    if(isa STREQUAL RT0_ISA)
      continue()
    endif()
    rt0_isa_row("${isa}" other)
    set(tree "${CMAKE_BINARY_DIR}/rt0-isas/${isa}")
    if(NOT TEST trace.build.${arg_PROGRAM}.${isa})
      add_test(NAME trace.configure.${arg_PROGRAM}.${isa}
        COMMAND "${CMAKE_COMMAND}" -G "${CMAKE_GENERATOR}" -S "${CMAKE_SOURCE_DIR}" -B "${tree}" -Wno-dev
        "-DRT0_ISA=${isa}"
                "-DCMAKE_TOOLCHAIN_FILE=${RT0_SHARE_DIR}/tools/toolchain.cmake" "-DRT0_MKPCLNTAB=${RT0_MKPCLNTAB}"
                "-DRT0_TRACE_TOOL=${RT0_TRACE_TOOL}" -DRT0_OF_ISAS=ON)
      add_test(NAME trace.build.${arg_PROGRAM}.${isa}
        COMMAND "${CMAKE_COMMAND}" --build "${tree}" --target ${arg_PROGRAM})
      set_tests_properties(trace.configure.${arg_PROGRAM}.${isa} PROPERTIES FIXTURES_SETUP
        rt0_configured_${arg_PROGRAM}_${isa}
                           RESOURCE_LOCK rt0_tree_${isa})
      set_tests_properties(trace.build.${arg_PROGRAM}.${isa} PROPERTIES FIXTURES_REQUIRED
        rt0_configured_${arg_PROGRAM}_${isa}
                           FIXTURES_SETUP rt0_built_${arg_PROGRAM}_${isa} RESOURCE_LOCK rt0_tree_${isa})
    endif()
    add_test(NAME trace.${arg_NAME}.${isa}
      COMMAND "${script}" check "${other_native}" "${other_qemu}" "${RT0_TRACE_TOOL}" "${tree}/bin/${arg_PROGRAM}"
      "${arg_SIM}" "${golden}"
              "${write}" ${arg_ARGS})
    set_tests_properties(trace.${arg_NAME}.${isa} PROPERTIES FIXTURES_REQUIRED rt0_built_${arg_PROGRAM}_${isa})
  endforeach()
endfunction()
