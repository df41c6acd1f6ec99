// env: GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 GOGC=off
// errors.New, fmt.Errorf, Is, As, Join, Unwrap
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"time"
)

type parseError struct{ line, col int }

func (e parseError) Error() string { return fmt.Sprintf("line %d, column %d", e.line, e.col) }

var notFound = errors.New("not found")
var alsoNotFound = errors.New("not found")

type Level int

func (Level) String() string { return "level!" }

type Code int

func (Code) Error() string { return "code!" }

type Flag bool

func (Flag) String() string { return "flag!" }

type Name string

func (Name) String() string { return "name!" }

type Small uint8
type Plain int64

func named(v any) {
	fmt.Println(fmt.Errorf("%d|%v|%x|%t|%w", v, v, v, v, v))
	fmt.Println(fmt.Errorf("%s", v))
}

func chain(err error) {
	for ; err != nil; err = errors.Unwrap(err) {
		fmt.Println(" ", err)
	}
	fmt.Println("  end")
}

func main() {
	fmt.Println(notFound, notFound == notFound, notFound == alsoNotFound, errors.Is(notFound, alsoNotFound))
	user := fmt.Errorf("user %d: %w", 7, notFound)
	fmt.Println(user, user == notFound, errors.Is(user, notFound), errors.Is(user, alsoNotFound), errors.Is(user, user))
	page := fmt.Errorf("page %q: %w", "a\"b\n", user)
	chain(page)
	fmt.Println(errors.Is(page, notFound), errors.Is(page, user), errors.Is(user, page), errors.Is(page, nil), errors.Is(nil, page))

	_, err := os.Open("/nowhere/at/all")
	chain(err)
	conf := fmt.Errorf("config: %w", err)
	chain(conf)
	fmt.Println(errors.Is(conf, syscall.ENOENT), errors.Is(conf, syscall.EISDIR), errors.Is(conf, os.ErrNotExist))
	var pe *os.PathError
	fmt.Println(errors.As(conf, &pe), pe.Op, pe.Err)
	fmt.Println(errors.As(page, &pe))
	fmt.Println(errors.Is(fmt.Errorf("read: %w", io.EOF), io.EOF), errors.Is(user, io.EOF))

	var e parseError
	typed := fmt.Errorf("file %s: %w", "x.conf", parseError{3, 14})
	fmt.Println(typed, errors.As(typed, &e), e.line, e.col, errors.Is(typed, parseError{3, 14}), errors.Is(typed, parseError{3, 15}))
	chain(fmt.Errorf("again: %w", typed))
	fmt.Println(errors.As(user, &e))

	both := errors.Join(notFound, nil, typed, err)
	fmt.Println(both)
	fmt.Println(errors.Is(both, notFound), errors.Is(both, alsoNotFound), errors.Is(both, syscall.ENOENT), errors.As(both, &e), errors.Unwrap(both) == nil)
	fmt.Println(errors.Join() == nil, errors.Join(nil, nil) == nil, errors.Unwrap(errors.Join(notFound)) == nil)
	two := fmt.Errorf("%w and %w", user, conf)
	fmt.Println(two, errors.Is(two, notFound), errors.Is(two, syscall.ENOENT), errors.Unwrap(two) == nil)
	chain(fmt.Errorf("outer: %w", both))

	deep := error(notFound)
	for i := 0; i < 40; i++ {
		deep = fmt.Errorf("%d %w", i%10, deep)
	}
	fmt.Println(deep, errors.Is(deep, notFound), errors.Is(deep, alsoNotFound))

	// Formats that do not fit their arguments.
	format := "%d %s %q %x %t|%w|%v|%v %v"
	fmt.Println(fmt.Errorf("%d %s %q %x %x %t %v %v %%", -5, "text", "a\tb", 255, "hi", true, 1.5, user))
	fmt.Println(fmt.Errorf(format, "hi", 5, false, true, 7, 8, false, nil))
	fmt.Println(fmt.Errorf(format))
	format = "%w %v %s"
	fmt.Println(fmt.Errorf(format, nil, nil, nil))
	format = "x"
	fmt.Println(fmt.Errorf(format, 1, "two", nil))
	format = "%z %!"
	fmt.Println(fmt.Errorf(format, 1))
	format = "%d%"
	fmt.Println(fmt.Errorf(format, 1))
	fmt.Println(fmt.Errorf("%T %T", 1, "s"), errors.Unwrap(fmt.Errorf("%v", user)) == nil)
	named(1500 * time.Millisecond)
	named(-1500 * time.Millisecond)
	named(Level(-7))
	named(Code(9))
	named(Flag(true))
	named(Name("n"))
	named(Small(200))
	named(Plain(-3))
	fmt.Println(fmt.Errorf("%d %d %d", time.Millisecond, Level(8), Plain(-3)))
}
