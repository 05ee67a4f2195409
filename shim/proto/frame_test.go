package proto

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/hquorum/hquorum/shim/jute"
)

func TestFrames(t *testing.T) {
	var out []byte
	for _, body := range []string{"first", "", "third"} {
		var mark int
		out, mark = BeginFrame(out)
		out = EndFrame(append(out, body...), mark)
	}
	if want := "\x00\x00\x00\x05first\x00\x00\x00\x00\x00\x00\x00\x05third"; string(out) != want {
		t.Fatalf("got %q, want %q", out, want)
	}
	r := iotest.OneByteReader(bytes.NewReader(out))
	for _, want := range []string{"first", "", "third"} {
		if got, err := ReadFrame(r, 5); err != nil || string(got) != want {
			t.Errorf("%q, %v, want %q", got, err, want)
		}
	}
	if _, err := ReadFrame(r, 5); err != io.EOF {
		t.Errorf("at the end: %v", err)
	}
}

func TestReadFrameFails(t *testing.T) {
	for _, tt := range []struct {
		name, input string
		want        error
	}{
		{"nothing", "", io.EOF},
		{"half a header", "\x00\x00", io.ErrUnexpectedEOF},
		{"no body", "\x00\x00\x00\x02", io.ErrUnexpectedEOF},
		{"half a body", "\x00\x00\x00\x02a", io.ErrUnexpectedEOF},
		{"longer than allowed", "\x00\x00\x00\x09123456789", jute.ErrTooLong},
		{"longest", "\x7f\xff\xff\xff", jute.ErrTooLong},
		{"negative", "\xff\xff\xff\xff", jute.ErrNegative},
		{"least", "\x80\x00\x00\x00", jute.ErrNegative},
		{"a four-letter word", "ruok", jute.ErrTooLong},
	} {
		if got, err := ReadFrame(strings.NewReader(tt.input), 8); !errors.Is(err, tt.want) || got != nil {
			t.Errorf("%s: %q, %v, want %v", tt.name, got, err, tt.want)
		}
	}
}

func TestFrameLength(t *testing.T) {
	for _, n := range []int{0, 1, DefaultMaxFrame} {
		header := [FrameHeader]byte(jute.AppendInt(nil, int32(n)))
		if got, err := FrameLength(header, DefaultMaxFrame); got != n || err != nil {
			t.Errorf("%d: %d, %v", n, got, err)
		}
	}
	header := [FrameHeader]byte(jute.AppendInt(nil, DefaultMaxFrame+1))
	if _, err := FrameLength(header, DefaultMaxFrame); !errors.Is(err, jute.ErrTooLong) {
		t.Errorf("one too many: %v", err)
	}
}
