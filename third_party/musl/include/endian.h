// rt0's own: the byte order alone.
#pragma once
#include <bits/alltypes.h>
