// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
package main

import (
	"fmt"
	"io"
	"os"
	"time"
)

func show(what string, err error) { println(what, fmt.Sprint(err)) }

func main() {
	r, w, err := os.Pipe()
	show("pipe", err)
	println(r.Name(), w.Name())
	done := make(chan bool)
	buf := make([]byte, 10)
	go func() {
		n, err := r.Read(buf)
		println(string(buf[:n]))
		show("read", err)
		done <- true
	}()
	time.Sleep(10 * time.Millisecond)
	w.Write([]byte("abc"))
	<-done
	r.SetReadDeadline(time.Now().Add(10 * time.Millisecond))
	_, err = r.Read(buf)
	show("deadline", err)
	r.SetReadDeadline(time.Time{})

	go func() {
		n, err := w.Write(make([]byte, 1<<20))
		println(n)
		show("write", err)
		w.Close()
		done <- true
	}()
	total, piece := 0, make([]byte, 70000)
	for err = nil; err == nil; {
		var n int
		n, err = r.Read(piece)
		total += n
	}
	<-done
	println(err == io.EOF)
	println(total)
	_, err = r.Read(buf)
	show("eof again", err)
	show("close", r.Close())
	_, err = r.Read(buf)
	show("closed", err)

	r, w, _ = os.Pipe()
	r.Close()
	_, err = w.Write([]byte("x"))
	show("epipe", err)
	w.Close()

	r, w, _ = os.Pipe()
	go func() {
		_, err := r.Read(buf)
		show("woken", err)
		done <- true
	}()
	time.Sleep(10 * time.Millisecond)
	r.Close()
	<-done
	w.Close()

	r, w, _ = os.Pipe()
	go func() {
		n, err := w.Write(make([]byte, 100000))
		println(n)
		show("woken", err)
		done <- true
	}()
	time.Sleep(10 * time.Millisecond)
	w.Close()
	<-done
	w.SetWriteDeadline(time.Now())
	_, err = w.Write(buf)
	show("write", err)
	_, err = r.Seek(0, io.SeekStart)
	show("seek", err)
}
