// Of Go's package os/exec: where a program is. os::start_process starts it.
//
//   auto [path, err] = exec::look_path("git");
//   if (err) fmt::println(err);              // exec: "git": executable file not found in $PATH
#pragma once

#include "rt0/error.h"
#include "rt0/text.h"

namespace rt0::exec {

inline constexpr errors::Err err_dot = errors::Err::dot;
inline constexpr errors::Err err_not_found = errors::Err::not_found;

// The path of an executable file: `file` itself if it has a slash, else the first one of that name in the folders of
// $PATH; err_not_found if there is none. A file that was found through a relative folder of $PATH is returned with the
// error err_dot: somebody else may have put it into the working directory, in order that it is started by mistake. A
// file counts as executable if it has an x among its permissions, whoever may use it. Go: exec.LookPath.
errors::Result<builtin::String> look_path(StrArg file);

}  // namespace rt0::exec
