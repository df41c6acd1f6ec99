// env: GOMAXPROCS=1
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// Gives a text in pieces of n bytes, then an error.
type source struct {
	text string
	n    int
	end  error
}

func (s *source) Read(p []byte) (int, error) {
	if s.text == "" {
		return 0, s.end
	}
	n := copy(p, s.text[:min(s.n, len(s.text))])
	s.text = s.text[n:]
	return n, nil
}

// Takes at most `room` bytes, then fails; a silent one then returns no error.
type sink struct {
	text   string
	room   int
	calls  int
	silent bool
}

var errFull = errors.New("the sink is full")

func (s *sink) Write(p []byte) (int, error) {
	s.calls++
	n := min(len(p), s.room)
	s.text += string(p[:n])
	s.room -= n
	if n < len(p) && !s.silent {
		return n, errFull
	}
	return n, nil
}

var errBroken = errors.New("the source is broken")

type empty struct{}

func (empty) Read(p []byte) (int, error) { return 0, nil }

func reader() {
	r := bufio.NewReaderSize(&source{"one\ntwo three\r\n\nlast \u00e9\u20ac\U0001f600\xff line", 5, io.EOF}, 16)
	fmt.Println(r.Size(), r.Buffered())
	b, err := r.Peek(7)
	fmt.Println(string(b[:3]), len(b), err, r.Buffered())
	b, err = r.Peek(17)
	fmt.Println(len(b), err, err == bufio.ErrBufferFull)
	_, err = r.Peek(-1)
	fmt.Println(err)
	c, err := r.ReadByte()
	fmt.Println(c, err)
	fmt.Println(r.UnreadByte(), r.UnreadByte())
	s, err := r.ReadString('\n')
	fmt.Println(len(s), err)
	n, err := r.Discard(4)
	fmt.Println(n, err)
	_, err = r.Discard(-4)
	fmt.Println(err)
	for range 2 {
		line, prefix, err := r.ReadLine()
		fmt.Println(string(line), len(line), prefix, err)
	}
	b, err = r.ReadSlice(' ')
	fmt.Println(string(b), err)
	for range 5 {
		c, size, err := r.ReadRune()
		fmt.Println(c, size, err)
	}
	fmt.Println(r.UnreadRune(), r.UnreadRune())
	small := make([]byte, 3)
	for range 4 {
		n, err = r.Read(small)
		fmt.Println(n, err)
	}
	s, err = r.ReadString('\n')
	fmt.Println(s, err)
	n, err = r.Discard(1)
	fmt.Println(n, err)
	ch, size, err := r.ReadRune()
	fmt.Println(ch, size, err)
}

func longLines() {
	text := strings.Repeat("0123456789", 4) + "\n" + "0123456789abcde\r\n" + "tail"
	r := bufio.NewReaderSize(&source{text, 100, errBroken}, 16)
	for {
		line, prefix, err := r.ReadLine()
		fmt.Println(string(line), prefix, err)
		if err != nil {
			break
		}
	}
	r.Reset(&source{text, 100, errBroken})
	b, err := r.ReadSlice('\n')
	fmt.Println(string(b), err)
	s, err := r.ReadString('\n')
	fmt.Println(len(s), err)
	s, err = r.ReadString('x')
	fmt.Println(len(s), err)
	large := make([]byte, 64)
	r.Reset(&source{text, 100, io.EOF})
	n, err := r.Read(large)
	fmt.Println(n, err, r.Buffered())
	fmt.Println(r.UnreadByte())
	n, err = r.Read(large)
	fmt.Println(n, string(large[:n]), err)
	n, err = r.Read(large)
	fmt.Println(n, err)
	n, err = r.Read(nil)
	fmt.Println(n, err)
	r.Reset(empty{})
	_, err = r.ReadByte()
	fmt.Println(err, err == io.ErrNoProgress)
	b, err = r.Peek(0)
	fmt.Println(len(b), err)
}

func scan(text string, piece int, end error, split bufio.SplitFunc, max int) {
	s := bufio.NewScanner(&source{text, piece, end})
	if split != nil {
		s.Split(split)
	}
	if max > 0 {
		s.Buffer(nil, max)
	}
	n := 0
	for s.Scan() {
		if n++; n < 12 {
			fmt.Print("<", s.Text(), ">")
		}
	}
	fmt.Println(n, len(s.Text()), s.Err(), errors.Is(s.Err(), bufio.ErrTooLong))
}

func custom(advance int, token []byte, err error) bufio.SplitFunc {
	calls := 0
	return func(data []byte, atEOF bool) (int, []byte, error) {
		if calls++; calls > 2 {
			return advance, token, err
		}
		return bufio.ScanWords(data, atEOF)
	}
}

func scanners() {
	const lines = "a\nbb\r\n\n\r\nccc\r\nend"
	for piece := range 4 {
		scan(lines, piece+1, io.EOF, nil, 0)
		scan("  one two\t\u00a0three\u2003four\u2028five\u3000\n six ", piece+1, io.EOF, bufio.ScanWords, 0)
		scan("a\u00e9\u20ac\U0001f600\xff\xe2\x82z\xc0\xaf\xed\xa0\x80\xf4\x90", piece+1, io.EOF, bufio.ScanRunes, 0)
	}
	scan("bytes", 2, io.EOF, bufio.ScanBytes, 0)
	scan("", 2, io.EOF, nil, 0)
	scan("\n", 2, io.EOF, nil, 0)
	scan("x\n", 2, errBroken, nil, 0)
	scan("x\ny", 2, errBroken, nil, 0)
	long := strings.Repeat("x", 100)
	for _, max := range []int{99, 100, 101, 102, 200} {
		scan(long+"\ny\n", 7, io.EOF, nil, max)
		scan(long, 7, io.EOF, nil, max)
	}
	huge := strings.Repeat("y", bufio.MaxScanTokenSize-1)
	s := bufio.NewScanner(strings.NewReader(huge + "\nz"))
	fmt.Println(s.Scan(), len(s.Text()), s.Scan(), s.Text(), s.Scan(), s.Err())
	s = bufio.NewScanner(strings.NewReader("y" + huge + "\nz"))
	fmt.Println(s.Scan(), len(s.Text()), s.Err())
	for i := range 8 {
		var f bufio.SplitFunc
		switch i {
		case 0:
			f = custom(-1, nil, nil)
		case 1:
			f = custom(100, nil, nil)
		case 2:
			f = custom(1, []byte("t"), bufio.ErrFinalToken)
		case 3:
			f = custom(1, nil, bufio.ErrFinalToken)
		case 4:
			f = custom(1, []byte{}, bufio.ErrFinalToken)
		case 5:
			f = custom(1, []byte("t"), errBroken)
		case 6:
			f = custom(1, []byte{}, nil)
		case 7:
			f = custom(1, nil, nil)
		}
		scan("one two three four", 100, io.EOF, f, 0)
	}
	scan("x", 1, nil, nil, 0)
	func() {
		defer func() { fmt.Println(recover()) }()
		s := bufio.NewScanner(&source{"", 1, io.EOF})
		s.Split(func([]byte, bool) (int, []byte, error) { return 0, []byte{}, nil })
		for s.Scan() {
		}
	}()
	func() {
		defer func() { fmt.Println(recover()) }()
		s := bufio.NewScanner(&source{"x", 1, io.EOF})
		s.Scan()
		s.Split(bufio.ScanWords)
	}()
	func() {
		defer func() { fmt.Println(recover()) }()
		s := bufio.NewScanner(&source{"x", 1, io.EOF})
		s.Scan()
		s.Buffer(nil, 1)
	}()
}

func writers() {
	k := &sink{room: 1000}
	w := bufio.NewWriterSize(k, 8)
	show := func(n int, err error) { fmt.Println(n, err, w.Buffered(), w.Available(), k.calls, k.text) }
	show(w.Write([]byte("abc")))
	show(w.WriteString("defgh"))
	show(0, w.WriteByte('i'))
	show(w.WriteRune('\u20ac'))
	show(w.WriteRune('j'))
	show(w.WriteRune('\u20ac'))
	show(w.WriteRune(-1))
	show(w.Write([]byte("0123456789abcdefgh")))
	show(0, w.Flush())
	show(w.Write([]byte("0123456789abcdefgh")))
	show(0, w.Flush())
	fmt.Println(w.Size())
	for room := range 12 {
		k = &sink{room: room}
		w.Reset(k)
		show(w.WriteString("01234"))
		show(w.WriteString("56789"))
		show(0, w.WriteByte('x'))
		show(0, w.Flush())
		show(w.WriteRune('\u20ac'))
		fmt.Println(errors.Is(w.Flush(), errFull))
	}
	k = &sink{room: 3}
	w.Reset(k)
	show(w.WriteString("0123456789"))
	w = bufio.NewWriterSize(k, 2)
	k.room = 100
	n, err := w.WriteRune('\U0001f600')
	fmt.Println(n, err, w.Buffered(), w.Available(), k.calls, len(k.text))
	fmt.Println(bufio.NewWriterSize(k, 0).Size())
	k = &sink{room: 3, silent: true}
	w = bufio.NewWriterSize(k, 8)
	show(w.WriteString("01234"))
	show(0, w.Flush())
	show(w.WriteString("5"))
	fmt.Println(w.Flush() == io.ErrShortWrite)
}

func files() {
	r, w, _ := os.Pipe()
	out := bufio.NewWriter(w)
	for i := range 1000 {
		fmt.Fprintln(out, "line", i)
	}
	go func() {
		out.Flush()
		w.Close()
	}()
	lines, bytes := 0, 0
	s := bufio.NewScanner(r)
	for s.Scan() {
		lines++
		bytes += len(s.Text())
	}
	fmt.Println(lines, bytes, s.Err())
	r.Close()
	s = bufio.NewScanner(r)
	fmt.Println(s.Scan(), s.Err())
	fmt.Fprintln(out, "more")
	fmt.Println(out.Flush())
	_, err := out.WriteString("again")
	fmt.Println(err)
}

func both() {
	var out strings.Builder
	rw := bufio.NewReadWriter(bufio.NewReaderSize(strings.NewReader("a€line one\nline two\nrest"), 16), bufio.NewWriterSize(&out, 16))
	b, err := rw.ReadByte()
	fmt.Println(b, err, rw.UnreadByte())
	p, err := rw.Peek(4)
	fmt.Println(string(p), err)
	n, err := rw.Discard(1)
	fmt.Println(n, err)
	r, size, err := rw.ReadRune()
	fmt.Println(r, size, err, rw.UnreadRune())
	rw.ReadRune()
	line, prefix, err := rw.ReadLine()
	fmt.Println(string(line), prefix, err)
	slice, err := rw.ReadSlice('\n')
	fmt.Printf("%q %v\n", slice, err)
	n, err = rw.WriteString("one ")
	fmt.Println(n, err, rw.WriteByte('2'), rw.Available(), rw.Writer.Buffered(), rw.Reader.Buffered())
	n, err = rw.WriteRune('€')
	fmt.Println(n, err, out.Len())
	n, err = rw.Write([]byte(" and more than fits"))
	fmt.Println(n, err, out.Len(), rw.Flush(), out.String())
	text, err := rw.ReadString('x')
	fmt.Println(text, err)
	n, err = rw.Read(make([]byte, 5))
	fmt.Println(n, err)
}

func main() {
	reader()
	longLines()
	scanners()
	writers()
	files()
	both()
}
