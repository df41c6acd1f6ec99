// Makes names that a Go programmer expects: runtime.Chan.send, main.main, main.main.func1. A name that has Go's form
// already (it has a dot, as assembly labels have) stays. A C++ name loses parameters, template arguments and
// qualifiers; rt0:: becomes the package runtime, but for the namespaces in it that are packages in Go, such as
// rt0::sync; everything else becomes the package main. A C or assembly name stays as it is.
#pragma once

#include "mkpclntab/common.h"

namespace mkpclntab {

// Drops what GCC and clang append to the name of a piece or a copy of a function: foo.cold, foo.part.0, foo.isra.0.
string strip_clone(string s);

// The qualified name inside a demangled C++ name, as its components; lambdas are "{lambda(…)#n}" or "$_n". Empty if
// this parser cannot parse it.
vector<string> split_demangled(string_view s);

// Go's name of the C++ entity `path`, in which lambdas have been replaced by func<n>. The global operators new and
// delete are part of the language, so they belong to runtime.
string go_name(const vector<string>& path);

// A closure in a closure has its number alone: main.main.func1.func2 becomes main.main.func1.2.
string number_closures(string_view name);

// Go's name of an ELF symbol or a DW_AT_linkage_name. Lambdas have the numbers of the mangled name, which are not Go's;
// so this is for code without DWARF, and dwarf_names.h for the rest. A name that cannot be parsed is returned
// unchanged.
string name_of_symbol(const string& raw);

bool mentions_lambda(const string& mangled);

}  // namespace mkpclntab
