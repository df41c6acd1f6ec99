// env: GOMAXPROCS=1
package main

import (
	"fmt"
	"math"
	"math/rand/v2"
)

func draw(what string, n int, f func() float64) {
	var sum uint64
	least, most, outside := 0.0, 0.0, 0
	for i := range n {
		x := f()
		if i < 20 {
			fmt.Println(what, x)
		}
		if x > 3.4426 || x < -3.4426 {
			if outside < 30 {
				fmt.Println(what, "tail", x)
			}
			outside++
		}
		least, most = min(least, x), max(most, x)
		sum = sum*31 + math.Float64bits(x)
	}
	fmt.Println(what, sum, least, most, outside)
}

func main() {
	for _, r := range []*rand.Rand{rand.New(rand.NewPCG(1, 2)),
		rand.New(rand.NewChaCha8([32]byte([]byte("chacha8: 32-byte seed for a test"))))} {
		draw("normal", 100000, r.NormFloat64)
		draw("exponential", 100000, r.ExpFloat64)
	}
	sum, big := 0.0, 0
	for range 10000 {
		sum += rand.NormFloat64()
		if rand.ExpFloat64() > 1 {
			big++
		}
	}
	fmt.Println(math.Abs(sum) < 1000, big > 3000 && big < 4400)
}
