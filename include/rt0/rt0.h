// rt0's public API: what a program includes.
//
//   #include <rt0/rt0.h>
//
//   int main(int argc, char** argv) {
//     rt0::go([] { rt0::println("hello from a goroutine"); });
//     rt0::gosched();
//   }
#pragma once

#include "rt0/error.h"
#include "rt0/go.h"
#include "rt0/init.h"
#include "rt0/net.h"
#include "rt0/os.h"
#include "rt0/panic.h"
#include "rt0/print.h"
#include "rt0/runtime.h"
#include "rt0/time.h"
