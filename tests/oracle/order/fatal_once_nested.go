// env: GOMAXPROCS=1
package main

import "sync"

func main() {
	var o sync.Once
	o.Do(func() {
		o.Do(func() { println("never") })
	})
}
