// A function without tables for the unwinder, in a program that has them: no frame can be unwound through it.
void call_bare(void (*f)(void*), void* arg) {
  f(arg);
  __asm__ volatile("");  // no tail call
}
