// Stopping the world: no other goroutine runs until it starts again. Go: proc.go stopTheWorldWithSema.
#pragma once

#include "base/check.h"
#include "base/types.h"

namespace rt0 {

// One goroutine at a time may stop the world; other goroutines that call this wait for their turn. Until startTheWorld
// this goroutine must not park.
void stopTheWorld() RT0_SYM("runtime.stopTheWorld");
// Starts it again with n Ps; 0: as many as before.
void startTheWorld(i32 n) RT0_SYM("runtime.startTheWorld");

}  // namespace rt0
