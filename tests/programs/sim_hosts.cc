// Dials each host that the arguments name. On the simulated machine there is localhost only.
#include <rt0/rt0.h>

using namespace rt0;

int main(int argc, char** argv) {
  for (int i = 1; i < argc; i++) println(argv[i], net::dial("tcp", net::join_host_port(argv[i], "1")).err.Error());
}
