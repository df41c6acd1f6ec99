// What of libcds does not compile on an ISA that it does not know: then CMakeLists.txt leaves cxx_libcds out.
#pragma once

#include <cds/algo/int_algo.h>
