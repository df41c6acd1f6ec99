// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// Context: cancel reaches the whole tree, parents first; only the first call counts; values and causes.
package main

import (
	"context"
	"errors"
	"runtime"
	"sync"
)

type key int

func text(err error) string {
	if err == nil {
		return "<nil>"
	}
	return err.Error()
}

func main() {
	root := context.Background()
	println(root.Done() == nil, text(root.Err()))
	a, cancelA := context.WithCancelCause(root)
	b, cancelB := context.WithCancel(context.WithValue(a, key(1), "one"))
	c, cancelC := context.WithCancel(context.WithValue(b, key(2), "two"))
	println(c.Value(key(1)).(string), c.Value(key(2)).(string), c.Value(key(3)) == nil, a.Value(key(1)) == nil)
	var wg sync.WaitGroup
	for i, x := range []context.Context{a, b, c} {
		wg.Add(1)
		go func() {
			<-x.Done()
			println("done", i, text(x.Err()), text(context.Cause(x)))
			wg.Done()
		}()
	}
	runtime.Gosched()
	cancelC()
	println("c", text(a.Err()), text(b.Err()), text(c.Err()))
	runtime.Gosched()
	cancelA(errors.New("enough"))
	cancelA(errors.New("too late"))
	println("a", text(a.Err()), text(b.Err()), text(c.Err()))
	cancelB()
	wg.Wait()
	println(text(context.Cause(a)), text(context.Cause(b)), text(context.Cause(c)))
	d, cancelD := context.WithCancel(b)
	println("late child", text(d.Err()), text(context.Cause(d)))
	cancelD()
	e := context.WithoutCancel(b)
	println("without", text(e.Err()), e.Done() == nil, e.Value(key(1)).(string), text(context.Cause(e)))
	_, ok := d.Deadline()
	println(ok)
}
