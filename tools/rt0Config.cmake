# find_package(rt0): rt0_add_executable(), rt0_add_trace_test() and rt0::rt0 from an installed rt0, for the ISA that
# RT0_ISA names, or, without it, the one that the project's compiler compiles for.
get_filename_component(rt0_prefix "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
set(RT0_SHARE_DIR "${rt0_prefix}/share/rt0")
include("${RT0_SHARE_DIR}/tools/program.cmake")
include("${RT0_SHARE_DIR}/tools/rt0_traces.cmake")
rt0_choose_isa()
if(NOT EXISTS "${rt0_prefix}/lib/rt0/${RT0_ISA}/librt0.a")
  set(rt0_FOUND FALSE)
  set(rt0_NOT_FOUND_MESSAGE
    "rt0 in ${rt0_prefix} is not there for RT0_ISA=${RT0_ISA}: install it with make install ISA=${RT0_ISA}")
  return()
endif()
rt0_read_isa()
set(RT0_MKPCLNTAB "${rt0_prefix}/lib/rt0/mkpclntab" CACHE INTERNAL "rt0")
if(NOT TARGET rt0::rt0)
  foreach(rt0_library rt0 rt0_tls rt0_musl rt0_checked rt0_exceptions rt0_checked_exceptions)
    add_library(${rt0_library} STATIC IMPORTED GLOBAL)
    set_target_properties(${rt0_library} PROPERTIES IMPORTED_LOCATION
      "${rt0_prefix}/lib/rt0/${RT0_ISA}/lib${rt0_library}.a")
  endforeach()
  rt0_add_interface("${rt0_prefix}/include")
endif()
