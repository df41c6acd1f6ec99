#include "complex_impl.h"

double (cimag)(double complex z)
{
	return cimag(z);
}
