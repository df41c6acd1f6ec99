// env: GOMAXPROCS=1
package main

import (
	"errors"
	"fmt"
	"math"
	"time"
)

type pair struct {
	a int
	b string
}
type named int

func (n named) String() string { return fmt.Sprintf("named %d", int(n)) }

func main() {
	fmt.Println(1.5, 1234567.0, 123456.0, 1e20, 1e21, 0.0001, 0.00001, 1e6, 5e-324, math.MaxFloat64, -0.25)
	fmt.Println(float32(0.1), float32(16777216), math.Inf(1), math.Inf(-1), math.NaN(), math.Copysign(0, -1), 100000.0)
	fmt.Println(true, 'a', uint8(255), int8(-128), uint64(math.MaxUint64), "text", "")
	fmt.Println(1500*time.Millisecond, time.Duration(0), 42*time.Nanosecond, -90*time.Minute, 26*time.Hour, 3*time.Microsecond)
	fmt.Println(time.Unix(951827696, 5000000).UTC(), time.Unix(-1, 0).UTC(), time.Time{}, time.Saturday)
	fmt.Println(errors.New("an error"), []error{errors.New("one"), nil})
	fmt.Println([]int{1, -2, 3}, []string{"a", "", "b c"}, [][]int{{1}, {}, {2, 3}}, []float64{0.5, 1e6}, []bool{true, false})
	fmt.Println([3]int{1, 2, 3}, [2][2]string{{"a", "b"}, {"c", "d"}}, []byte{1, 255}, []time.Duration{1, 2e9})
	fmt.Println(map[string]int{"b": 2, "a": 1, "c": 3}, map[int][]string{3: {"c"}, -1: nil}, map[string]map[int]bool{"x": {1: true}})
	fmt.Println(pair{1, "x"}, []pair{{1, "x"}, {2, "y"}}, map[int]pair{7: {7, "z"}}, named(3), []named{1, 2})
	fmt.Println(complex(1, 2.5), complex(-1, -0.5), complex(0, math.Inf(1)))
}
