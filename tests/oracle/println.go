// What Go's print and println write: recorded in tests/expected/println.err by `make oracle`.
// tests/programs/println.cc is the same program.
package main

import "math"

func main() {
	println()
	println("")
	println("", "")
	println("text")
	print()
	print("a", "b", 1, 2, true, "\n")
	println("a", "b", 1, 2, true)

	println(int8(0), int8(127), int8(-128))
	println(int16(32767), int16(-32768))
	println(int32(2147483647), int32(-2147483648))
	println(int64(9223372036854775807), int64(-9223372036854775808))
	println(uint8(255), uint16(65535), uint32(4294967295), uint64(18446744073709551615))
	println(0, -1, 9, 10, -10, 99, 100, 12345678901)
	println('a', byte('z'))
	println(true, false)

	zero := 0.0
	println(zero, math.Copysign(0, -1), 1.0, -1.0, 1.5, 0.1, 100.0, 1e100, -1e-100)
	println(math.MaxFloat64, math.SmallestNonzeroFloat64, 2.2250738585072014e-308)
	println(math.Inf(1), math.Inf(-1), math.NaN())
	println(9.9999995, 9.99999949, 0.99999995, 1234567.0, 12345675.0, 1e21, 123456789012345678.0)
	println(float32(0.1), float32(3.4028234663852886e38), float32(1e-45))
	println(3.141592653589793, 2.718281828459045, 1e-5, 5e-324, 1e308)

	var p *int
	println(p, nil == p)

	println("nul\x00in\x00side", "\x00")
	println("bytes \x01\x7f\x80\xff tab\t quote\" back\\ percent%d")
	println("non-ASCII: \u00e4\u20ac\U0001f600")
	long := ""
	for i := 0; i < 100; i++ {
		long += "0123456789"
	}
	println(long)
	println(long[:255])
	println(long[:256])
	println(long[:257])
	print(long[:511], long[:513], "\n")
	print("no newline at the end")
}
