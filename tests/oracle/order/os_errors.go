// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

const (
	dir = "/tmp/rt0_os_errors"
	a   = dir + "/a"
	b   = dir + "/b"
)

func show(what string, err error) { println(what, fmt.Sprint(err)) }

// Returns only the error of a call that has another result, too.
func of[T any](_ T, err error) error { return err }

func opening() *os.File {
	err := of(os.Open("/nope"))
	show("open", err)
	println(os.IsNotExist(err))
	show("notdir", of(os.Open("/etc/passwd/x")))
	show("long", of(os.Open(strings.Repeat("n", 300))))
	println(of(os.Open("a\x00b")) != nil)
	show("mkdir", os.Mkdir(dir, 0755))
	show("mkdir", os.Mkdir(dir, 0755))
	f, err := os.Create(a)
	show("create", err)
	show("rmdir", os.Remove(dir))
	return f
}

func places(f *os.File) {
	buf := make([]byte, 20)
	n, err := f.Write([]byte("hello world"))
	println(n)
	show("write", err)
	n, err = f.Read(buf)
	println(n, err == io.EOF)
	show("read", err)
	at, _ := f.Seek(6, io.SeekStart)
	println(at)
	n, err = f.Read(buf)
	println(string(buf[:n]))
	show("read", err)
	n, err = f.ReadAt(buf, 8)
	println(n)
	show("readat", err)
	show("readat", of(f.ReadAt(buf, -1)))
	show("writeat", of(f.WriteAt([]byte("W"), 6)))
	show("writeat", of(f.WriteAt([]byte("W"), -1)))
	show("seek", of(f.Seek(-1, io.SeekStart)))
	show("truncate", f.Truncate(7))
	st, _ := f.Stat()
	println(st.Size(), st.IsDir(), st.Mode().IsRegular())
	show("deadline", f.SetDeadline(time.Now()))
	show("sync", f.Sync())
}

func closed(f *os.File) {
	buf := make([]byte, 20)
	show("close", f.Close())
	show("close", f.Close())
	show("read", of(f.Read(buf)))
	show("write", of(f.Write(buf)))
	show("stat", of(f.Stat()))
	show("seek", of(f.Seek(0, io.SeekStart)))
	show("sync", f.Sync())
	show("deadline", f.SetDeadline(time.Now()))
}

func modes() {
	buf := make([]byte, 20)
	content, err := os.ReadFile(a)
	println(string(content))
	show("readfile", err)
	show("readfile", of(os.ReadFile(dir)))
	err = of(os.OpenFile(a, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0644))
	show("excl", err)
	println(os.IsExist(err))
	g, _ := os.OpenFile(a, os.O_WRONLY|os.O_APPEND, 0644)
	g.Write([]byte("more"))
	show("writeat", of(g.WriteAt([]byte("x"), 0)))
	show("read", of(g.Read(buf)))
	g.Close()
	r, _ := os.Open(a)
	show("write", of(r.Write(buf)))
}

func names() {
	show("rename", os.Rename(a, b))
	show("rename", os.Rename(a, b))
	show("rename", os.Rename(b, dir))
	show("remove", os.Remove(a))
	show("writefile", os.WriteFile(b+"/x", nil, 0644))
	show("remove", os.Remove(b))
	show("chdir", os.Chdir(b))
	show("stat", of(os.Stat(b)))
	show("lstat", of(os.Lstat(b)))
	show("remove", os.Remove(dir))
}

func main() {
	os.RemoveAll(dir)
	f := opening()
	places(f)
	closed(f)
	modes()
	names()
	var nothing *os.File
	show("nil", of(nothing.Read(make([]byte, 20))))
}
