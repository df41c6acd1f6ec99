# CMake toolchain file for one ISA: -DRT0_ISA=<folder in arch/> [-DRT0_COMPILER=gcc|clang]. All it knows comes from
# arch/isas.txt. Without RT0_ISA the host's own compiler is used, for host tools and tests.
include("${CMAKE_CURRENT_LIST_DIR}/isas.cmake")

set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES RT0_ISA RT0_COMPILER)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)

if(NOT RT0_ISA)
  set(RT0_ISA "amd64" CACHE STRING "ISA: a folder of arch/")
endif()
if(NOT RT0_COMPILER)
  set(RT0_COMPILER "gcc" CACHE STRING "gcc or clang")
endif()

rt0_isa_row("${RT0_ISA}" row)
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR "${RT0_ISA}")
if(RT0_COMPILER STREQUAL "clang")
  find_program(RT0_CLANG NAMES clang++-19 clang++ REQUIRED)
  set(CMAKE_CXX_COMPILER "${RT0_CLANG}")
  set(CMAKE_ASM_COMPILER "${RT0_CLANG}")
  set(CMAKE_CXX_COMPILER_TARGET "${row_clang}")
  set(CMAKE_ASM_COMPILER_TARGET "${row_clang}")
elseif(RT0_COMPILER STREQUAL "gcc")
  set(CMAKE_CXX_COMPILER "${row_triple}-g++")
  set(CMAKE_ASM_COMPILER "${row_triple}-g++")
else()
  message(FATAL_ERROR "RT0_COMPILER=${RT0_COMPILER}: must be gcc or clang")
endif()
