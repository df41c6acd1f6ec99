// env: GOMAXPROCS=1
package main

// Error comes before String.
type anError struct{}

func (anError) String() string { return "a string" }
func (anError) Error() string  { return "an error" }

func main() { panic(anError{}) }
