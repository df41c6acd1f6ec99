// Prints the values that the environment led to. tests/oracle/env_values.txt has its output for each value of each
// variable, written by `make oracle`; tests/programs/envprobe.cc is the same program.
package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

func main() {
	percent := debug.SetGCPercent(100)
	limit := debug.SetMemoryLimit(-1)
	fmt.Println("GOMAXPROCS", runtime.GOMAXPROCS(0), "NumCPU", runtime.NumCPU(), "GOGC", percent, "GOMEMLIMIT", limit)
}
