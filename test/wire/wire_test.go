package wire

import (
	"bytes"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"reflect"
	"strings"
	"testing"
	"time"
)

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The expected bytes are written by hand from zookeeper.jute.
func TestRequestBytes(t *testing.T) {
	for name, c := range map[string]struct {
		op   Op
		want string
	}{
		"getData":         {Op{Code: GetData, Path: "/a", Watch: true}, "00000002 2f61 01"},
		"null path":       {Op{Code: GetACL, Path: Null}, "ffffffff"},
		"create":          {Op{Code: Create, Path: "/a", Data: []byte{7}, ACL: []ACL{{31, "world", "anyone"}}, Flags: 1}, "00000002 2f61 00000001 07 00000001 0000001f 00000005 776f726c64 00000006 616e796f6e65 00000001"},
		"create, nulls":   {Op{Code: Create2, Path: "/"}, "00000001 2f ffffffff ffffffff 00000000"},
		"createTTL":       {Op{Code: CreateTTL, Path: "/", Data: []byte{}, ACL: []ACL{}, Flags: 5, TTL: 1}, "00000001 2f 00000000 00000000 00000005 0000000000000001"},
		"setData":         {Op{Code: SetData, Path: "/", Version: -1}, "00000001 2f ffffffff ffffffff"},
		"auth":            {Op{Code: Auth, Scheme: "ip", Data: []byte{1}}, "00000000 00000002 6970 00000001 01"},
		"addWatch":        {Op{Code: AddWatch, Path: "/", Mode: 1}, "00000001 2f 00000001"},
		"setWatches":      {Op{Code: SetWatches, Zxid: 9, Lists: [5][]string{{"/"}, {}, nil}}, "0000000000000009 00000001 00000001 2f 00000000 ffffffff"},
		"multi":           {Op{Code: Multi, Ops: []Op{{Code: Check, Path: "/", Version: 2}}}, "0000000d 00 ffffffff 00000001 2f 00000002 ffffffff 01 ffffffff"},
		"ping":            {Op{Code: Ping}, ""},
		"raw":             {Op{Code: Create, Raw: []byte{1, 2}}, "0102"},
		"empty multiRead": {Op{Code: MultiRead}, "ffffffff 01 ffffffff"},
	} {
		if got, want := c.op.Body(), unhex(t, c.want); !bytes.Equal(got, want) {
			t.Errorf("%s: got %x, want %x", name, got, want)
		}
	}
	if got, want := (Op{Code: Exists, Path: "/"}).Frame(3), unhex(t, "0000000e 00000003 00000003 00000001 2f 00"); !bytes.Equal(got, want) {
		t.Errorf("frame: got %x, want %x", got, want)
	}
}

const stat = "0000000000000001 0000000000000002 0000000000000003 0000000000000004 00000005 00000006 00000007 0000000000000008 00000009 0000000a 000000000000000b"

var decodedStat = &Stat{Czxid: 1, Mzxid: 2, Ctime: 3, Mtime: 4, Version: 5, Cversion: 6, Aversion: 7, EphemeralOwner: 8, DataLength: 9, NumChildren: 10, Pzxid: 11}

func TestReplies(t *testing.T) {
	for name, c := range map[string]struct {
		code OpCode
		body string
		want Reply
	}{
		"null data":   {GetData, "ffffffff" + stat, Reply{Stat: decodedStat}},
		"empty data":  {GetData, "00000000" + stat, Reply{Data: []byte{}, Stat: decodedStat}},
		"children":    {GetChildren, "00000001 00000001 61", Reply{Children: []string{"a"}}},
		"acl":         {GetACL, "00000001 0000001f 00000001 61 ffffffff" + stat, Reply{ACL: []ACL{{31, "a", Null}}, Stat: decodedStat}},
		"whoAmI":      {WhoAmI, "00000001 00000001 61 00000001 62", Reply{Infos: []ClientInfo{{"a", "b"}}}},
		"left over":   {Create, "00000001 61 ff", Reply{Path: "a", Rest: []byte{0xff}}},
		"multi":       {Multi, "0000000d 00 00000000 ffffffff 00 ffffff9b ffffff9b ffffffff 01 ffffffff", Reply{Results: []Result{{Code: Check}, {Code: ErrorResult, HeaderErr: NoNode, Err: NoNode}}}},
		"empty multi": {Multi, "ffffffff 01 ffffffff", Reply{Results: []Result{}}},
	} {
		got, err := DecodeReply(c.code, unhex(t, c.body))
		if len(got.Rest) == 0 {
			got.Rest = nil
		}
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %+v, %v, want %+v", name, got, err, c.want)
		}
	}
	for name, body := range map[string]string{"cut": "000000", "too long": "00000009 61", "negative": "fffffff0"} {
		if _, err := DecodeReply(Create, unhex(t, body)); !errors.Is(err, ErrShort) {
			t.Errorf("%s: got %v, want ErrShort", name, err)
		}
	}
}

func TestVolatileSpans(t *testing.T) {
	payload := unhex(t, "00000001 0000000000000009 00000000 00000000"+stat)
	got := Volatile(GetData, payload)
	want := []Span{{4, 12}, {20, 28}, {28, 36}, {36, 44}, {44, 52}, {64, 72}, {80, 88}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	other := bytes.Clone(payload)
	other[11] = 77
	if !EqualBut(payload, other, got) {
		t.Error("payloads that differ in a zxid only must be equal")
	}
	other[3] = 77
	if EqualBut(payload, other, got) {
		t.Error("payloads that differ in the xid must not be equal")
	}
}

func TestConn(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- serveOnce(listener) }()
	c, err := Dial(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.Handshake(ConnectRequest{Timeout: 1000, Password: make([]byte, 16), HasReadOnly: true}.Frame(), time.Minute)
	if err != nil || r.SessionID != 5 || r.Timeout != 1000 || len(r.Password) != 2 || r.HasReadOnly {
		t.Fatalf("got %+v, %v", r, err)
	}
	if _, err := c.Write(Op{Code: Ping}.Frame(XidPing)); err != nil {
		t.Fatal(err)
	}
	f, err := c.Read(time.Minute)
	if err != nil || f.Xid != XidPing || f.Zxid != 3 || f.Err != NoNode || !bytes.Equal(f.Body, []byte{9}) {
		t.Fatalf("got %+v, %v", f, err)
	}
	if _, err := c.Read(time.Minute); !errors.Is(err, io.EOF) {
		t.Fatalf("got %v, want io.EOF", err)
	}
	if err := errors.Join(c.Close(), <-served, listener.Close()); err != nil {
		t.Fatal(err)
	}
}

// serveOnce answers one connect request and one ping with fixed bytes, and closes.
func serveOnce(listener net.Listener) error {
	socket, err := listener.Accept()
	if err != nil {
		return err
	}
	defer func() { _ = socket.Close() }()
	for _, exchange := range []struct {
		read  int
		reply string
	}{
		{4 + 45, "\x00\x00\x00\x16" + "\x00\x00\x00\x00" + "\x00\x00\x03\xe8" + "\x00\x00\x00\x00\x00\x00\x00\x05" + "\x00\x00\x00\x02pw"},
		{4 + 8, "\x00\x00\x00\x11" + "\xff\xff\xff\xfe" + "\x00\x00\x00\x00\x00\x00\x00\x03" + "\xff\xff\xff\x9b" + "\x09"},
	} {
		if _, err := io.ReadFull(socket, make([]byte, exchange.read)); err != nil {
			return err
		}
		if _, err := io.WriteString(socket, exchange.reply); err != nil {
			return err
		}
	}
	return nil
}
