// rt0's public API: what a program includes.
//
//   #include <rt0/rt0.h>
//
//   int main(int argc, char** argv) {
//     rt0::go([] { rt0::println("hello from a goroutine"); });
//     rt0::gosched();
//   }
#pragma once

#include "rt0/any.h"
#include "rt0/atomic.h"
#include "rt0/atomic_value.h"
#include "rt0/bufio.h"
#include "rt0/chan.h"
#include "rt0/context.h"
#include "rt0/date.h"
#include "rt0/errgroup.h"
#include "rt0/error.h"
#include "rt0/errors.h"
#include "rt0/exec.h"
#include "rt0/gc.h"
#include "rt0/go.h"
#include "rt0/gomap.h"
#include "rt0/init.h"
#include "rt0/map.h"
#include "rt0/net.h"
#include "rt0/os.h"
#include "rt0/panic.h"
#include "rt0/pool.h"
#include "rt0/print.h"
#include "rt0/println.h"
#include "rt0/rand.h"
#include "rt0/runtime.h"
#include "rt0/select.h"
#include "rt0/semaphore.h"
#include "rt0/signal.h"
#include "rt0/strconv.h"
#include "rt0/sync.h"
#include "rt0/text.h"
#include "rt0/time.h"
