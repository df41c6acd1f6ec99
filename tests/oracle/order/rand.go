// env: GOMAXPROCS=1
package main

import (
	"fmt"
	"math/rand/v2"
	"strconv"
)

func numbers(r *rand.Rand) {
	for i := range 40 {
		fmt.Println(r.Uint64(), r.Uint32(), r.Int64(), r.Int32(), r.IntN(i+1), r.Int32N(1000000007), r.Int64N(1<<62+1), r.Uint32N(1<<31+1), r.Uint64N(1<<63+1),
			strconv.FormatFloat(r.Float64(), 'g', -1, 64), strconv.FormatFloat(float64(r.Float32()), 'g', -1, 32))
	}
	fmt.Println(r.Perm(20))
	s := []int{1, 2, 3, 4, 5}
	r.Shuffle(5, func(i, j int) { s[i], s[j] = s[j], s[i] })
	fmt.Println(s)
}

func panics(f func()) {
	defer func() { fmt.Println(recover()) }()
	f()
}

func main() {
	numbers(rand.New(rand.NewPCG(1, 2)))
	numbers(rand.New(rand.NewPCG(0, 1<<64-1)))
	c := rand.NewChaCha8([32]byte([]byte("chacha8: 32-byte seed for a test")))
	numbers(rand.New(c))
	var sum uint64
	for range 100000 {
		sum = sum*31 + c.Uint64()
	}
	fmt.Println(sum)
	b := make([]byte, 40)
	for n := range 20 {
		c.Read(b[:n])
		fmt.Println(b[:n])
	}
	p := rand.NewPCG(3, 4)
	for range 100000 {
		sum = sum*31 + p.Uint64()
	}
	fmt.Println(sum)
	r := rand.New(p)
	panics(func() { r.IntN(0) })
	panics(func() { r.Int64N(-1) })
	panics(func() { r.Int32N(0) })
	panics(func() { r.Uint32N(0) })
	panics(func() { r.Uint64N(0) })
	panics(func() { r.Shuffle(-1, nil) })
	same, below := 0, 0
	for range 1000 {
		if rand.Uint64() == rand.Uint64() {
			same++
		}
		if rand.IntN(10) < 10 && rand.Float64() < 1 {
			below++
		}
	}
	fmt.Println(same, below)
}
