package payload

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

func TestOpen(t *testing.T) {
	salt := "saltsalt"
	for _, c := range []struct {
		name, data string
		framed     bool
		writer     string
		salt, body string
		fails      bool
	}{
		{name: "full", data: "\xff\x00\x00\x00\x10master:1" + salt + "PBUFx", framed: true, writer: "master:1", salt: salt, body: "PBUFx"},
		{name: "raw", data: "PBUFx", body: "PBUFx"},
		{name: "text", data: "localhost:1", body: "localhost:1"},
		{name: "empty", data: "", body: ""},
		{name: "salt only", data: "\xff\x00\x00\x00\x08" + salt + "x", framed: true, salt: salt, body: "x"},
		{name: "id without salt", data: "\xff\x00\x00\x00\x03abcx", framed: true, writer: "abc", body: "x"},
		{name: "no id", data: "\xff\x00\x00\x00\x00x", framed: true, body: "x"},
		{name: "no body", data: "\xff\x00\x00\x00\x01a", framed: true, writer: "a", body: ""},
		{name: "head only", data: "\xff", fails: true},
		{name: "short length", data: "\xff\x00\x00\x00", fails: true},
		{name: "id too long", data: "\xff\x00\x00\x00\x04abc", fails: true},
		{name: "negative", data: "\xff\x80\x00\x00\x00abc", fails: true},
		{name: "-1", data: "\xff\xff\xff\xff\xffabc", fails: true},
		{name: "huge", data: "\xff\x7f\xff\xff\xffabc", fails: true},
	} {
		f, err := Open([]byte(c.data))
		if c.fails {
			if !errors.Is(err, ErrFrame) {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		if err != nil || f.Framed != c.framed || f.Writer != c.writer || string(f.Salt) != c.salt || f.Body == nil || string(f.Body) != c.body {
			t.Errorf("%s: %+v %v", c.name, f, err)
		}
	}
	if f, err := Open(nil); err != nil || f.Body != nil || f.Framed {
		t.Errorf("null: %+v %v", f, err)
	}
}

func TestSeal(t *testing.T) {
	a, b := Seal("master:1", []byte("PBUF")), Seal("master:1", []byte("PBUF"))
	if bytes.Equal(a, b) {
		t.Error("two frames with one salt")
	}
	f, err := Open(a)
	if err != nil || !f.Framed || f.Writer != "master:1" || len(f.Salt) != SaltSize || string(f.Body) != "PBUF" {
		t.Errorf("%+v %v", f, err)
	}
	if Seal("w", nil) != nil {
		t.Error("null data were framed")
	}
	if e := Seal("w", []byte{}); e == nil || len(e) != 0 {
		t.Errorf("empty data became %v", e)
	}
	want := "\xff\x00\x00\x00\x09w\x01\x02\x03\x04\x05\x06\x07\xffx"
	if got := SealSalted("w", []byte("x"), recordedSalt); string(got) != want {
		t.Errorf("%q", got)
	}
	f, err = Open(Seal(strings.Repeat("w", 70000), []byte("x")))
	if err != nil || len(f.Writer)+len(f.Salt) != 65000 || string(f.Body) != "x" {
		t.Errorf("long writer: %d bytes, body %q, %v", len(f.Writer), f.Body, err)
	}
}
