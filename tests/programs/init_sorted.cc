// Init tasks whose order is neither the file's nor alphabetical: each after the tasks it needs, otherwise by name.
#include <rt0/rt0.h>

#define SAY(name) [] { rt0::println(#name); }

extern rt0::InitTask rt0_init_banana, rt0_init_date, rt0_init_fig, rt0_init_a1, rt0_init_a2, rt0_init_a3, rt0_init_a4,
    rt0_init_a5, rt0_init_a6, rt0_init_a7, rt0_init_a8;

RT0_INIT(zebra, SAY(zebra));
RT0_INIT(apple, SAY(apple), &rt0_init_date);                     // not first, though its name is
RT0_INIT(cherry, SAY(cherry), &rt0_init_banana, &rt0_init_fig);  // two needs, one later by name
RT0_INIT(fig, SAY(fig));
RT0_INIT(banana, SAY(banana));
RT0_INIT(date, SAY(date), &rt0_init_banana);
RT0_INIT(app, SAY(app));  // a prefix of apple: shorter comes first
RT0_INIT(elderberry, SAY(elderberry));
RT0_INIT(a8, SAY(a8), &rt0_init_a7);  // a chain against the order of names; a0 has as many needs as possible
RT0_INIT(a7, SAY(a7));
RT0_INIT(a6, SAY(a6), &rt0_init_a8);
RT0_INIT(a5, SAY(a5), &rt0_init_a6);
RT0_INIT(a4, SAY(a4), &rt0_init_a5);
RT0_INIT(a3, SAY(a3), &rt0_init_a4);
RT0_INIT(a2, SAY(a2), &rt0_init_a3);
RT0_INIT(a1, SAY(a1), &rt0_init_a2);
RT0_INIT(a0, SAY(a0), &rt0_init_a1, &rt0_init_a2, &rt0_init_a3, &rt0_init_a4, &rt0_init_a5, &rt0_init_a6, &rt0_init_a7,
         &rt0_init_a8);

int main() { rt0::println("main"); }
