package proto

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/hquorum/hquorum/shim/jute"
	"github.com/hquorum/hquorum/shim/znode"
)

func TestRecordsEncode(t *testing.T) {
	for _, s := range samples {
		if got, want := s.value.Append(nil), s.encoded(t); !bytes.Equal(got, want) {
			t.Errorf("%s:\ngot  %x\nwant %x", s.name, got, want)
		}
		if got, want := s.value.Append([]byte("before")), append([]byte("before"), s.encoded(t)...); !bytes.Equal(got, want) {
			t.Errorf("%s: does not append: %x", s.name, got)
		}
	}
}

func TestRecordsDecode(t *testing.T) {
	for _, s := range samples {
		c := jute.NewCursor(s.encoded(t))
		got := s.fresh()
		got.Decode(&c)
		if !c.Done() || !reflect.DeepEqual(got, s.value) {
			t.Errorf("%s: %v, %d bytes left\ngot  %+v\nwant %+v", s.name, c.Err(), len(c.Rest()), got, s.value)
		}
	}
}

// Decoding fills in every field, whatever was there before.
func TestRecordsDecodeIntoUsed(t *testing.T) {
	for _, s := range samples {
		for _, used := range samples {
			if reflect.TypeOf(used.value) != reflect.TypeOf(s.value) {
				continue
			}
			got := s.fresh()
			for _, b := range [][]byte{used.encoded(t), s.encoded(t)} {
				c := jute.NewCursor(b)
				got.Decode(&c)
			}
			if !reflect.DeepEqual(got, s.value) {
				t.Errorf("%s after %s:\ngot  %+v\nwant %+v", s.name, used.name, got, s.value)
			}
		}
	}
}

func TestRecordsIgnoreWhatFollows(t *testing.T) {
	for _, s := range samples {
		if strings.HasSuffix(s.name, "/old") {
			continue // what follows is its readOnly
		}
		c := jute.NewCursor(append(s.encoded(t), "after"...))
		got := s.fresh()
		got.Decode(&c)
		if c.Err() != nil || string(c.Rest()) != "after" || !reflect.DeepEqual(got, s.value) {
			t.Errorf("%s: %v, rest %q, %+v", s.name, c.Err(), c.Rest(), got)
		}
	}
}

// Every record needs all its bytes, but for the readOnly of the handshake.
func TestRecordsCutShort(t *testing.T) {
	for _, s := range samples {
		b := s.encoded(t)
		for n := range b {
			c := jute.NewCursor(b[:n])
			s.fresh().Decode(&c)
			optional := n == len(b)-1 && strings.HasPrefix(s.name, "Connect") && !strings.HasSuffix(s.name, "/old")
			if optional != (c.Err() == nil) || !optional && !errors.Is(c.Err(), jute.ErrShort) {
				t.Errorf("%s cut to %d of %d bytes: %v", s.name, n, len(b), c.Err())
			}
		}
	}
}

func TestRecordsMalformed(t *testing.T) {
	for _, tt := range []struct {
		name   string
		record record
		bytes  string
		want   error
	}{
		{"path of length -2", new(ExistsRequest), "\xff\xff\xff\xfe\x00", jute.ErrNegative},
		{"path of 2 GiB", new(GetDataRequest), "\x7f\xff\xff\xff/a\x00", jute.ErrShort},
		{"data of length -2", new(SetDataRequest), "\x00\x00\x00\x01/\xff\xff\xff\xfe\x00\x00\x00\x00", jute.ErrNegative},
		{"ACL count without room", new(CreateRequest), "\x00\x00\x00\x01/\xff\xff\xff\xff\x00\x00\x00\x02" + strings.Repeat("\x00", 16), jute.ErrShort},
		{"ACL with a bad scheme", new(SetACLRequest), "\x00\x00\x00\x01/\x00\x00\x00\x01\x00\x00\x00\x1f\xff\xff\xff\x00\x00\x00\x00\x00\x00\x00\x00\x00", jute.ErrNegative},
		{"2 Gi watches", new(SetWatches), strings.Repeat("\x00", 8) + "\x7f\xff\xff\xff" + strings.Repeat("\x00", 64), jute.ErrShort},
		{"password of length -3", new(ConnectRequest), strings.Repeat("\x00", 24) + "\xff\xff\xff\xfd", jute.ErrNegative},
		{"2 Gi clients", new(WhoAmIResponse), "\x7f\xff\xff\xff" + strings.Repeat("\x00", 64), jute.ErrShort},
	} {
		c := jute.NewCursor([]byte(tt.bytes))
		tt.record.Decode(&c)
		if !errors.Is(c.Err(), tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, c.Err(), tt.want)
		}
	}
}

// What ZooKeeper takes although no client of ours writes it.
func TestRecordsLenient(t *testing.T) {
	for _, tt := range []struct {
		name  string
		fresh record
		bytes string
		want  record
	}{
		{"any non-zero byte is true", new(ExistsRequest), "\x00\x00\x00\x01/\x7f", &ExistsRequest{"/", true}},
		{"null path", new(SyncRequest), "\xff\xff\xff\xff", &SyncRequest{}},
		{"path that is not UTF-8", new(SyncRequest), "\x00\x00\x00\x02/\xff", &SyncRequest{"/\ufffd"}},
		{"negative count of ACLs", new(CreateRequest), "\x00\x00\x00\x01/\xff\xff\xff\xff\xff\xff\xff\xfe\x00\x00\x00\x00",
			&CreateRequest{Path: "/", ACL: []znode.ACL{}}},
		{"unknown create mode", new(CreateRequest), "\x00\x00\x00\x01/\xff\xff\xff\xff\xff\xff\xff\xff\x00\x00\x00\x63",
			&CreateRequest{Path: "/", Mode: 99}},
		{"unknown opcode", new(RequestHeader), "\x00\x00\x00\x01\x00\x00\x00\x63", &RequestHeader{1, 99}},
	} {
		c := jute.NewCursor([]byte(tt.bytes))
		tt.fresh.Decode(&c)
		if !c.Done() || !reflect.DeepEqual(tt.fresh, tt.want) {
			t.Errorf("%s: %v\ngot  %+v\nwant %+v", tt.name, c.Err(), tt.fresh, tt.want)
		}
	}
}

func TestResponsesNeverHoldNullVectors(t *testing.T) {
	for name, r := range map[string]record{
		"getChildren":   &GetChildrenResponse{},
		"getChildren2":  &GetChildren2Response{},
		"getEphemerals": &GetEphemeralsResponse{},
		"getACL":        &GetACLResponse{},
		"whoAmI":        &WhoAmIResponse{},
	} {
		if b := r.Append(nil); !bytes.HasPrefix(b, []byte{0, 0, 0, 0}) {
			t.Errorf("%s: %x", name, b)
		}
	}
}
