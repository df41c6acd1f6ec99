// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// Context: deadlines.
package main

import (
	"context"
	"errors"
	"time"
)

func text(err error) string {
	if err == nil {
		return "<nil>"
	}
	return err.Error()
}

func main() {
	a, cancelA := context.WithTimeout(context.Background(), 20*time.Millisecond)
	b, cancelB := context.WithTimeout(a, time.Hour)
	da, _ := a.Deadline()
	db, ok := b.Deadline()
	println(da.Equal(db), ok)
	select {
	case <-b.Done():
		println("early")
	default:
		println("not yet", text(b.Err()))
	}
	<-b.Done()
	println(text(a.Err()), text(b.Err()), text(context.Cause(b)))
	cancelB()
	cancelA()
	c, cancelC := context.WithTimeoutCause(context.Background(), 10*time.Millisecond, errors.New("slow"))
	<-c.Done()
	println(text(c.Err()), text(context.Cause(c)))
	cancelC()
	d, cancelD := context.WithTimeout(context.Background(), time.Hour)
	cancelD()
	<-d.Done()
	println(text(d.Err()), text(context.Cause(d)))
	e, cancelE := context.WithTimeout(context.Background(), -1)
	println(text(e.Err()))
	cancelE()
}
