// Three init tasks that need each other in a circle, one that needs a task of the circle, and one that needs none.
#include <rt0/rt0.h>

extern rt0::InitTask rt0_init_one, rt0_init_two, rt0_init_three;

RT0_INIT(before, [] { rt0::println("before"); });
RT0_INIT(hanger, [] { rt0::println("hanger"); }, &rt0_init_two);
RT0_INIT(one, [] { rt0::println("one"); }, &rt0_init_before, &rt0_init_two);
RT0_INIT(two, [] { rt0::println("two"); }, &rt0_init_three);
RT0_INIT(three, [] { rt0::println("three"); }, &rt0_init_one);

int main() { rt0::println("main"); }
