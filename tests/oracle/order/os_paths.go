// env: GOMAXPROCS=1 PATH=/tmp/rt0_os_paths/1:/tmp/rt0_os_paths/2:/tmp/rt0_os_paths/no:/tmp/rt0_os_paths/3:/usr/bin:/bin
package main

import (
	"fmt"
	"os"
	"os/exec"
)

const dir = "/tmp/rt0_os_paths"

func main() {
	for _, d := range []string{"/1/dir", "/2", "/3"} {
		fmt.Println(os.MkdirAll(dir+d, 0755))
	}
	for _, f := range []string{"/1/both", "/3/both", "/2/text", "/3/text", "/2/dir", "/3/dir", "/3/last"} {
		fmt.Println(os.WriteFile(dir+f, nil, 0755))
	}
	fmt.Println(os.WriteFile(dir+"/1/text", nil, 0644))
	for _, name := range []string{"both", "text", "dir", "last", "none"} {
		p, err := exec.LookPath(name)
		fmt.Println(p, err)
	}
}
