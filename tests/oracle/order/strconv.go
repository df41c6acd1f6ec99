// env: GOMAXPROCS=1
// arch: 386
// On 386, an int has 32 bits, as in C++.
package main

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

func kind(err error) string {
	switch {
	case errors.Is(err, strconv.ErrRange):
		return "range"
	case errors.Is(err, strconv.ErrSyntax):
		return "syntax"
	}
	return "-"
}

var numbers = []string{"", "0", "-0", "+0", "1", "-1", "+", "-", "--1", "12345", "0x", "0x1f", "0X1F", "0b101", "0o17", "017", "08", "0_8", "1_000", "_1",
	"1_", "1__0", "0x_1f", "0_x1f", "0b_1", "0o_7", "1e3", " 1", "1 ", "z", "Zz", "7f", "127", "128", "-128", "-129", "255", "256",
	"2147483647", "2147483648", "-2147483648", "-2147483649", "4294967295", "4294967296", "9223372036854775807",
	"9223372036854775808", "-9223372036854775808", "-9223372036854775809", "18446744073709551615", "18446744073709551616",
	"99999999999999999999999", "a\u00e9\x00\"\xff", "\u00ad", "\U0001f600"}

func ints() {
	for _, s := range numbers {
		a, err := strconv.Atoi(s)
		fmt.Println(a, err, kind(err))
		for _, base := range []int{0, 10, 16, 2, 36} {
			for _, bits := range []int{0, 8, 32, 64} {
				i, err := strconv.ParseInt(s, base, bits)
				u, uerr := strconv.ParseUint(s, base, bits)
				fmt.Print(i, " ", kind(err), " ", u, " ", kind(uerr), ", ")
			}
			fmt.Println()
		}
		_, err = strconv.ParseUint(s, 0, 16)
		fmt.Println(err)
		_, err = strconv.ParseInt(s, 7, 63)
		fmt.Println(err)
	}
	for _, x := range []int{-1, 1, 37, 65} {
		_, err := strconv.ParseInt("1", x, 64)
		fmt.Println(err, kind(err))
		_, err = strconv.ParseUint("1", 10, x)
		fmt.Println(err, kind(err))
	}
	long := strings.Repeat("9", 60)
	_, err := strconv.Atoi(long)
	fmt.Println(err, errors.Unwrap(err))
	for _, v := range []int64{0, 1, -1, 35, 36, -37, math.MaxInt64, math.MinInt64, 1234567890123} {
		for base := 2; base <= 36; base += 7 {
			fmt.Print(strconv.FormatInt(v, base), " ", strconv.FormatUint(uint64(v), base), " ")
		}
		fmt.Println(strconv.FormatInt(v, 10))
	}
	func() {
		defer func() { fmt.Println(recover()) }()
		strconv.FormatInt(5, 37)
	}()
	for _, s := range []string{"1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False", "", "tRUE", "yes"} {
		b, err := strconv.ParseBool(s)
		fmt.Println(b, err)
	}
	fmt.Println(strconv.FormatBool(true), strconv.FormatBool(false))
}

var floats = []string{"", "1", "+1", "-1", ".", "1.", ".5", "-.5e1", "1e", "1e+", "1e5", "1E-5", "1x", "1e23", "1.1", "0.1", "100000000000000016777215",
	"100000000000000016777216", "100000000000000016777217", "-0", "1e-20", "625e-3", "1_23.50_0_0e+1_2", "1__2", "_1", "1_", "1e_5", "1e5_",
	"0", "0e0", "0e+01234567890123456789", "1e-350", "-1e-350", "1.7976931348623157e308", "1.7976931348623158e308",
	"1.7976931348623159e308", "-1.7976931348623159e308", "1e308", "2e308", "1e309", "1e310", "1e1000000000", "1e-1000000000", "4.9e-324", "2.4703282292062327e-324",
	"2.4703282292062328e-324", "5e-324", "2e-324", "2.2250738585072012e-308", "2.2250738585072011e-308", "2.225073858507201e-308",
	"4.630813248087435e+307", "22.222222222222222", "1.00000000000000011102230246251565404236316680908203125",
	"1.00000000000000011102230246251565404236316680908203124", "1.00000000000000011102230246251565404236316680908203126",
	"1.000000000000000333066907387546962127089500427246093749", "1.000000000000000333066907387546962127089500427246093750",
	"1090544144181609348671888949248", "1090544144181609348835077142190", "inf", "-Inf", "+INF", "infinity", "-INFINITY", "infi", "nan", "NaN", "+nan", "-nan", "nans",
	"0x1p0", "0x1p", "0x1", "0x", "0x.p1", "0x1.8p1", "0X1.8P-1", "-0x1p3", "0x1p-1074", "0x1p-1075", "0x1.00000000000001p-1075", "0x1p-1076", "0x1p1023",
	"0x1.fffffffffffff8p1023", "0x1.fffffffffffff7p1023", "0x1p1024", "0x1.00000000000008p0", "0x1.000000000000080000001p0", "0x1.00000000000018p0",
	"0x123456789abcdef01234567p-20", "0x0.000001p4", "0x1_2.3_4p+1_0", "0x_1p0", "0x1p_0", "0xep0", "0x.1e5p3", "0x1.fffffep127", "0x1.ffffffp127", "0x1.fffffefp127",
	"3.4028234663852886e38", "3.4028235677973366e38", "3.4028235677973365e38", "1.401298464324817e-45", "7.006492321624085e-46", "7.006492321624086e-46", "1.1754942e-38",
	"1.17549435e-38", "16777217", "16777219", "9007199254740993", "9007199254740995", "1.5 ", " 1.5", "1,5", "é"}

func parses() {
	for _, s := range floats {
		for _, bits := range []int{64, 32} {
			v, err := strconv.ParseFloat(s, bits)
			x := math.Float64bits(v)
			if v != v {
				x = 1
			}
			fmt.Print(strconv.FormatUint(x, 16), " ", strconv.FormatFloat(v, 'g', -1, bits), " ", err, " ", kind(err), ", ")
		}
		fmt.Println()
	}
	for _, n := range []int{19, 20, 400, 766, 767, 768, 769, 799, 800, 801, 2000} {
		for _, tail := range []string{"", "1", "5", "0001"} {
			for _, exp := range []string{"", "e-300", "e-1100", "e-2320"} {
				v, err := strconv.ParseFloat("1."+strings.Repeat("0", n)+tail+exp, 64)
				w, werr := strconv.ParseFloat("12345678."+strings.Repeat("9", n)+tail, 64)
				x, xerr := strconv.ParseFloat("0."+strings.Repeat("0", n)+"7"+tail+"e"+strconv.Itoa(n), 64)
				fmt.Print(math.Float64bits(v), kind(err), math.Float64bits(w), kind(werr), math.Float64bits(x), kind(xerr), " ")
			}
		}
		fmt.Println()
	}
	half := "1.00000000000000011102230246251565404236316680908203125"
	for _, zeros := range []int{0, 100, 740, 750, 760, 800, 900} {
		v, _ := strconv.ParseFloat(half+strings.Repeat("0", zeros)+"1", 64)
		fmt.Print(math.Float64bits(v), " ")
	}
	fmt.Println()
}

type random uint64

func (r *random) next() uint64 {
	*r += 0x9e3779b97f4a7c15
	z := uint64(*r)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

type sum uint64

func (s *sum) add(t string) {
	for i := range len(t) {
		*s = (*s ^ sum(t[i])) * 0x100000001b3
	}
	*s = (*s ^ 10) * 0x100000001b3
}

func formats() {
	values := []float64{0, math.Copysign(0, -1), 1, -1, 12345678, 0.5, 0.1, 0.25, 2.5, 3.5, 9.5, 99.5, 999999.5, 1e5, 1e6, 1e20, 1e21, 1e22, 1e23, 123456.7,
		0.000123456, 0.0000123456, math.Pi, 100, 5e-324, math.MaxFloat64, math.SmallestNonzeroFloat32, math.MaxFloat32, 0.045, 1.005,
		8.41e21, 9.9999999999999995e22, math.Inf(1), math.Inf(-1), math.NaN(), 1.0 / 3, 2.0 / 3, 0.00001, 1048576, 33909, 2.2250738585072014e-308}
	for _, v := range values {
		for _, f := range []byte("eEfgGbxXq") {
			for _, prec := range []int{-1, 0, 1, 2, 5, 17, 20} {
				fmt.Print(strconv.FormatFloat(v, f, prec, 64), " ")
			}
			fmt.Println(strconv.FormatFloat(v, f, -1, 32), strconv.FormatFloat(v, f, 6, 32))
		}
	}
	fmt.Println(strconv.FormatFloat(5e-324, 'f', 1080, 64))
	fmt.Println(strconv.FormatFloat(math.MaxFloat64, 'f', 3, 64))
	fmt.Println(strconv.FormatFloat(2.2250738585072011e-308, 'e', 800, 64))
	fmt.Println(strconv.FormatFloat(math.Pi, 'g', 300, 64), strconv.FormatFloat(math.Pi, 'x', 20, 64))
	var r random = 42
	for range 8 {
		var s sum = 0xcbf29ce484222325
		for range 5 {
			bits := r.next()
			v := math.Float64frombits(bits)
			w := float64(math.Float32frombits(uint32(bits)))
			small := float64(int32(bits>>8)) / 1000
			for _, f := range []byte("efgbx") {
				for _, prec := range []int{-1, 0, 1, 3, 8, 16, 17, 18, 19, 25, 40} {
					for _, x := range []float64{v, w, small} {
						s.add(strconv.FormatFloat(x, f, prec, 64))
						s.add(strconv.FormatFloat(x, f, prec, 32))
					}
				}
			}
			for prec := range 22 {
				for _, x := range []float64{v, w, small} {
					back, err := strconv.ParseFloat(strconv.FormatFloat(x, 'e', prec, 64), 64)
					if back != back {
						back = 0
					}
					s.add(strconv.FormatUint(math.Float64bits(back), 10) + kind(err))
					back, err = strconv.ParseFloat(strconv.FormatFloat(x, 'g', prec, 64), 32)
					if back != back {
						back = 0
					}
					s.add(strconv.FormatUint(math.Float64bits(back), 10) + kind(err))
				}
			}
		}
		fmt.Println(uint64(s))
	}
	func() {
		defer func() { fmt.Println(recover()) }()
		strconv.FormatFloat(5, 'g', -1, 16)
	}()
}

func quotes() {
	texts := []string{"", "hello", "\"q\"", "'s'", "`b`", "\\", "\a\b\f\n\r\t\v", "\x00\x1f\x7f", "é€\U0001f600", "\u00a0\u00ad\u200b\u3000\ufeff\ufffd", "\xff\xc0\xaf\xed\xa0\x80",
		"\U000e0001\U0010ffff", "tab\tonly"}
	for _, s := range texts {
		fmt.Println(strconv.Quote(s), strconv.QuoteToASCII(s), strconv.CanBackquote(s))
		t, err := strconv.Unquote(strconv.Quote(s))
		fmt.Println(t == s, err)
		t, err = strconv.Unquote(strconv.QuoteToASCII(s))
		fmt.Println(t == s, err)
	}
	for _, r := range []rune{'a', '\'', '"', '\\', '\n', 0, 0x7f, 0xe9, 0xad, 0x20ac, 0x1f600, 0x10ffff, 0x110000, -1, 0xd800} {
		fmt.Println(strconv.QuoteRune(r), strconv.QuoteRuneToASCII(r))
	}
	for _, s := range []string{"", "\"", "\"\"", "''", "'a'", "'ab'", "'\\''", "'\"'", "\"'\"", "\"\\'\"", "'\\\"'", "``", "`a\\n\r\nb`", "`a`b`", "\"a\"b\"", "\"a\nb\"", "\"\\n\"", "\"\\x41\\101\\u00e9\\U0001F600\"",
		"\"\\400\"", "\"\\18\"", "\"\\x4\"", "\"\\xg0\"", "\"\\ud800\"", "\"\\U00110000\"", "\"\\q\"", "\"\\", "\"\\\"", "'é'", "'\xff'", "\"\xff\"", "'\\xff'", "\"\\xff\"", "'\\u00e9'", "abc", "\"a'", "\"\\377\\000\""} {
		t, err := strconv.Unquote(s)
		fmt.Println(strconv.Quote(t), err, kind(err))
	}
	for _, s := range []string{"abc", "\\n!", "'x", "\"x", "é!", "", "\\", "\\'x", "\\\"x", "\\x41B"} {
		for _, q := range []byte{0, '\'', '"'} {
			v, multibyte, tail, err := strconv.UnquoteChar(s, q)
			fmt.Print(v, " ", multibyte, " ", tail, " ", err, ", ")
		}
		fmt.Println()
	}
	n := 0
	var s sum = 0xcbf29ce484222325
	for r := rune(0); r < 0x110000; r += 1 + r/0x3000 {
		if strconv.IsPrint(r) {
			n++
			s.add(strconv.Itoa(int(r)))
		}
	}
	fmt.Println(n, uint64(s))
	b := strconv.AppendInt([]byte("<"), -5, 2)
	b = strconv.AppendUint(append(b, ' '), 255, 16)
	b = strconv.AppendFloat(append(b, ' '), 1.5, 'e', 2, 64)
	b = strconv.AppendBool(append(b, ' '), true)
	b = strconv.AppendQuote(append(b, ' '), "q\n")
	b = strconv.AppendQuoteToASCII(append(b, ' '), "é")
	b = strconv.AppendQuoteRune(append(b, ' '), 'é')
	fmt.Println(string(b))
}

func main() {
	ints()
	parses()
	formats()
	quotes()
}
