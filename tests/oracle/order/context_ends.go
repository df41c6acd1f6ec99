// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
package main

import (
	"context"
	"errors"
	"time"
)

type keyType struct{}

func deadline(c context.Context) time.Time {
	d, _ := c.Deadline()
	return d
}

func has(c context.Context) bool {
	_, ok := c.Deadline()
	return ok
}

func text(err error) string {
	if err == nil {
		return "<nil>"
	}
	return err.Error()
}

func main() {
	a, cancelA := context.WithTimeout(context.Background(), time.Hour)
	value := context.WithValue(a, keyType{}, "one")
	println("behind a value", has(value))
	free := context.WithoutCancel(value)
	println("without", has(free), free.Done() == nil, free.Value(keyType{}).(string))
	b, cancelB := context.WithCancel(free)
	c, cancelC := context.WithTimeout(free, 2*time.Hour)
	println("below", has(b), has(c), deadline(c).After(deadline(a)))
	cancelA()
	println("ended", text(a.Err()), text(b.Err()), text(c.Err()))
	<-a.Done()
	late, cancelLate := context.WithCancel(value)
	<-late.Done()
	println("late", text(late.Err()), text(context.Cause(late)))
	cancelB()
	<-b.Done()
	println("b", text(b.Err()), text(c.Err()))
	cancelC()
	cancelLate()
	d, cancelD := context.WithCancelCause(context.Background())
	e, cancelE := context.WithCancelCause(d)
	cancelE(errors.New("of the child"))
	cancelD(errors.New("of the parent"))
	println(text(context.Cause(d)), text(context.Cause(e)))
	f, cancelF := context.WithTimeoutCause(d, time.Hour, errors.New("slow"))
	println(text(f.Err()), text(context.Cause(f)))
	cancelF()
}
