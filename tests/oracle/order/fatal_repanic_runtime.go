// env: GOMAXPROCS=1
package main

func main() {
	defer func() { panic(recover()) }()
	var p *int
	*p = 1
}
