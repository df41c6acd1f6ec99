// env: GOMAXPROCS=1
package main

import (
	"fmt"
	"math"
)

func main() {
	m := map[int]int{}
	fmt.Println(len(m), m[5])
	for i := range 1000 {
		m[i*7919] = i
	}
	v, ok := m[7919*3]
	fmt.Println(len(m), v, ok)
	_, ok = m[3]
	fmt.Println(ok)
	// Each entry once, in several orders.
	firsts := map[int]bool{}
	for range 200 {
		sum, n := 0, 0
		for k, v := range m {
			if n == 0 {
				firsts[k] = true
			}
			sum += v
			n++
		}
		if sum != 499500 || n != 1000 {
			fmt.Println("wrong", sum, n)
		}
	}
	fmt.Println(len(firsts) > 20, len(firsts) <= 200)
	// Entries that are removed before their turn do not come; others come once, also when the map grows meanwhile.
	seen := map[int]int{}
	for k, v := range m {
		seen[k]++
		if v%2 == 0 {
			delete(m, (v+1)*7919)
		} else {
			delete(m, (v-1)*7919)
		}
	}
	fmt.Println(len(m), len(seen))
	old := len(m)
	clear(seen)
	for k := range m {
		seen[k]++
		if k >= 0 {
			for i := range 5 {
				m[-k*5-i-1] = k
			}
		}
	}
	originals, twice := 0, 0
	for k, n := range seen {
		if k >= 0 {
			originals++
		}
		if n > 1 {
			twice++
		}
	}
	fmt.Println(originals == old, twice, len(m) == 6*old)
	// Each entry is removed when its turn comes.
	n := 0
	for k := range m {
		delete(m, k)
		n++
	}
	fmt.Println(n == 6*old, len(m))
	for k := range m {
		fmt.Println("left", k)
	}
	for i := range 10 {
		m[i] = i
	}
	n = 0
	for range m {
		clear(m)
		m[100+n] = 1
		if n++; n > 5 {
			break
		}
	}
	fmt.Println(n > 0, len(m))
	s := map[string]int{}
	for _, w := range []string{"a", "b", "a", "", "a", "b", ""} {
		s[w]++
	}
	fmt.Println(len(s), s["a"], s["b"], s[""], s["c"], len(s))
	f := map[float64]int{}
	f[0] = 1
	f[math.Copysign(0, -1)]++
	f[math.NaN()] = 1
	f[math.NaN()] = 1
	f[-1.5] = 7
	_, ok = f[math.NaN()]
	fmt.Println(len(f), f[0], f[-1.5], ok)
	delete(f, math.NaN())
	fmt.Println(len(f))
	clear(f)
	fmt.Println(len(f))
}
