// env: GOMAXPROCS=1 PATH=/tmp/rt0_os_dirs/empty:/tmp/rt0_os_dirs/bin/:/usr/bin:/bin TMPDIR=/tmp/rt0_os_dirs
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

const dir = "/tmp/rt0_os_dirs"

func show(list []os.DirEntry, err error) {
	for _, e := range list {
		fmt.Print(e.Name(), " ", e.IsDir(), " ", e.Type().IsRegular(), " ", e.Type()&os.ModeSymlink != 0, ", ")
	}
	fmt.Println(len(list), err)
}

func temps() {
	for _, p := range []string{"x", "x*.txt", "*", ""} {
		f, err := os.CreateTemp("", p)
		name := f.Name()
		star := strings.LastIndex(p+"*", "*")
		if i := strings.LastIndex(p, "*"); i >= 0 {
			star = i
		}
		st, _ := f.Stat()
		rest := ""
		if star < len(p) {
			rest = p[star+1:]
		}
		fmt.Println(err, strings.HasPrefix(name, dir+"/"+p[:star]), strings.HasSuffix(name, rest), st.Mode().Perm() == 0600)
		f.WriteString("x")
		f.Close()
		fmt.Println(os.Remove(name))
	}
	d, err := os.MkdirTemp(dir, "d*")
	st, _ := os.Stat(d)
	fmt.Println(err, st.IsDir(), st.Mode().Perm() == 0700, os.Remove(d))
	_, err = os.MkdirTemp("/nope", "x*")
	fmt.Println(err)
	_, err = os.MkdirTemp("", "a/x*")
	fmt.Println(err)
	_, err = os.CreateTemp("", "a/x*")
	fmt.Println(err)
	fmt.Println(os.TempDir())
}

func paths() {
	os.WriteFile(dir+"/bin/prog", nil, 0755)
	os.WriteFile(dir+"/bin/text", nil, 0644)
	for _, x := range []string{"prog", "text", "nope", dir + "/bin/prog", dir + "/bin/text", dir + "/bin", dir + "/nope", "", ".", "..", "a/b"} {
		p, err := exec.LookPath(x)
		fmt.Println(p, err, errors.Is(err, exec.ErrNotFound), errors.Is(err, exec.ErrDot))
	}
	os.Chdir(dir)
	fmt.Println(exec.LookPath("bin/prog"))
}

func main() {
	os.RemoveAll(dir)
	fmt.Println(os.MkdirAll(dir+"/a/b//c/", 0755), os.MkdirAll(dir+"/a/b", 0755), os.MkdirAll(dir+"/bin/.", 0755))
	for _, n := range []string{"b.txt", "a.txt", "B", "\u00e9", "a", "aa/..", "c"} {
		os.WriteFile(dir+"/a/b/"+n, []byte("text"), 0644)
	}
	for i := range 300 {
		os.WriteFile(fmt.Sprint(dir, "/a/b/c/", i), nil, 0644)
	}
	show(os.ReadDir(dir + "/a/b"))
	show(os.ReadDir(dir + "/a"))
	l, err := os.ReadDir(dir + "/a/b/c")
	fmt.Println(len(l), err, l[0].Name(), l[1].Name(), l[2].Name(), l[99].Name(), l[299].Name())
	st, err := l[5].Info()
	fmt.Println(st.Size(), st.IsDir(), err)
	os.Remove(dir + "/a/b/c/0")
	_, err = l[0].Info()
	fmt.Println(err)
	_, err = os.ReadDir(dir + "/a/b/a")
	fmt.Println(err)
	_, err = os.ReadDir(dir + "/nope")
	fmt.Println(err)
	f, _ := os.Open(dir + "/a/b/a")
	show(f.ReadDir(-1))
	show(f.ReadDir(1))
	f.Close()
	show(f.ReadDir(1))
	f, _ = os.Open(dir + "/a/b/c")
	n := 0
	for {
		l, err := f.ReadDir(100)
		n += len(l)
		if err != nil {
			fmt.Println(n, len(l), err, err == io.EOF)
			break
		}
	}
	show(f.ReadDir(0))
	show(f.ReadDir(1))
	f.Close()
	fmt.Println(os.MkdirAll(dir+"/a/b/a", 0755))
	fmt.Println(os.MkdirAll(dir+"/a/b/a/x/y", 0755))
	fmt.Println(os.MkdirAll("", 0755))
	temps()
	paths()
	fmt.Println(os.RemoveAll(dir+"/a/."), os.RemoveAll("/nope/x"), os.RemoveAll(dir+"/a/b/a/x"), os.RemoveAll(""))
	fmt.Println(os.RemoveAll(dir+"/a/b/a"), os.RemoveAll(dir))
	_, err = os.Stat(dir)
	fmt.Println(err)
}
