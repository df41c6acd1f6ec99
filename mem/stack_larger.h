#pragma once

namespace rt0 {

// From this call on, a larger free stack is cut up when the kernel has no address space for a smaller one.
void stack_cut_larger();

}  // namespace rt0
