#pragma once

namespace rt0 {

// From here on a larger free stack is cut up when the kernel has no address space for a smaller one.
void stack_cut_larger();

}  // namespace rt0
