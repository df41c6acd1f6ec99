// env: GOMAXPROCS=1 A=1 B=two EMPTY= C=x=y
package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
)

func look(keys ...string) {
	for _, k := range keys {
		v, ok := os.LookupEnv(k)
		fmt.Printf("%s=%s %t\n", k, v, ok)
	}
}

func all() {
	fmt.Println(strings.Join(os.Environ(), " "))
}

func expand(texts ...string) {
	for _, t := range texts {
		fmt.Printf("%s -> %s\n", t, os.ExpandEnv(t))
		fmt.Println(os.Expand(t, func(name string) string { return "<" + name + ">" }))
	}
}

func main() {
	look("A", "B", "EMPTY", "C", "C=x", "NONE", "", "=")
	fmt.Println(os.Setenv("", "x"), os.Setenv("A=B", "x"), os.Setenv("A\x00", "x"), os.Setenv("A", "x\x00y"))
	fmt.Println(os.Setenv("NEW", "n"), os.Setenv("B", ""), os.Setenv("C", "=="), os.Setenv("A", "changed"))
	look("NEW", "A", "B", "C", "EMPTY")
	fmt.Println(os.Unsetenv("RT0_SIM"), len(os.Environ()))
	os.Clearenv()
	for _, e := range []string{"A=changed", "B=", "EMPTY=", "C===", "NEW=n"} {
		os.Setenv(e[:strings.Index(e, "=")], e[strings.Index(e, "=")+1:])
	}
	all()
	fmt.Println(os.Unsetenv("NONE"), os.Unsetenv("EMPTY"), os.Unsetenv("EMPTY"), os.Unsetenv(""))
	look("EMPTY", "A")
	all()
	os.Setenv("EMPTY", "back")
	all()
	before := os.Environ()
	for i := range 100 {
		os.Setenv(fmt.Sprint("V", i), strings.Repeat("v", i))
	}
	look("V0", "V1", "V99")
	for i := range 99 {
		os.Unsetenv(fmt.Sprint("V", i))
	}
	fmt.Println(len(before))
	all()
	expand("", "$", "a$", "$A", "${A}", "$A$B${C}", "$AB", "${A}B", "$$", "$1x", "$12", "${1}", "${12}", "${", "${}", "${A", "x${}y",
		"$-", "${*}", "$ ", "a$ b", "$A-$C.$NEW/$NONE.", "äöü$A", "$ä", "100%$", "${A B}", "$_x")
	os.Setenv("TMPDIR", "/somewhere")
	fmt.Println(os.TempDir())
	os.Setenv("PATH", "/nowhere")
	_, err := exec.LookPath("sh")
	fmt.Println(err)
	done := make(chan bool)
	for g := range 4 {
		go func() {
			for i := range 100 {
				os.Setenv(fmt.Sprint("G", g), fmt.Sprint(i))
				os.Getenv("A")
				os.Environ()
			}
			done <- true
		}()
	}
	for range 4 {
		<-done
	}
	look("G0", "G1", "G2", "G3")
	os.Clearenv()
	look("A", "G0")
	fmt.Println(len(os.Environ()), os.TempDir())
	os.Setenv("A", "last")
	all()
}
