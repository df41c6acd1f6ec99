// Prints lib/text/isprint.def: lengths of ranges of characters from U+0000 on, by turns not printable and printable.
// Each length is in groups of seven bits, the lowest first; the highest bit of a byte says that another byte follows.
package main

import (
	"fmt"
	"strconv"
)

func main() {
	fmt.Println("// Made by tests/oracle/isprint.go with Go 1.26.")
	printable, begin, column := false, 0, 0
	put := func(n int) {
		for {
			b := n & 0x7f
			if n >>= 7; n != 0 {
				b |= 0x80
			}
			if column == 24 {
				fmt.Println()
				column = 0
			}
			column++
			fmt.Printf("%d,", b)
			if n == 0 {
				return
			}
		}
	}
	for r := 0; r <= 0x10ffff; r++ {
		if strconv.IsPrint(rune(r)) != printable {
			put(r - begin)
			begin, printable = r, !printable
		}
	}
	put(0x110000 - begin)
	fmt.Println()
}
