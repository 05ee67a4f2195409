package payload

import (
	"encoding/json"
	"errors"
	"reflect"
	"testing"
	"time"
)

func TestParseServerName(t *testing.T) {
	for _, c := range []struct {
		text    string
		want    ServerName
		address string
		escaped string
	}{
		{"a,16020,1700", ServerName{"a", 16020, 1700}, "a:16020", "a%2C16020%2C1700"},
		{"ip-10-0-0-1.ec2.internal,1,1795257560091", ServerName{"ip-10-0-0-1.ec2.internal", 1, 1795257560091}, "ip-10-0-0-1.ec2.internal:1", "ip-10-0-0-1.ec2.internal%2C1%2C1795257560091"},
		{"under_score,65535,0", ServerName{"under_score", 65535, 0}, "under_score:65535", "under_score%2C65535%2C0"},
		{"10.1.2.3,0,9", ServerName{"10.1.2.3", 0, 9}, "10.1.2.3:0", "10.1.2.3%2C0%2C9"},
		{"fe80::1,16020,1", ServerName{"fe80::1", 16020, 1}, "[fe80::1]:16020", "fe80%3A%3A1%2C16020%2C1"},
		{"0:0:0:0:0:0:0:1%eth0,16020,1", ServerName{"0:0:0:0:0:0:0:1%eth0", 16020, 1}, "[0:0:0:0:0:0:0:1%eth0]:16020", "0%3A0%3A0%3A0%3A0%3A0%3A0%3A1%25eth0%2C16020%2C1"},
		{"[::1],16020,1", ServerName{"[::1]", 16020, 1}, "[::1]:16020", "%5B%3A%3A1%5D%2C16020%2C1"},
	} {
		got, err := ParseServerName(c.text)
		if err != nil || got != c.want || got.String() != c.text || got.Address() != c.address || got.Escaped() != c.escaped {
			t.Errorf("%s: %+v %q %q %q %v", c.text, got, got, got.Address(), got.Escaped(), err)
		}
		if got, err = ParseEscapedServerName(c.escaped); err != nil || got != c.want {
			t.Errorf("%s: %+v %v", c.escaped, got, err)
		}
	}
	for _, bad := range []string{
		"", "a", "a,1", "a,1,", ",1,2", "a,,2", "a,1,2,3", "a,65536,2", "a,-1,2", "a,+1,2", "a,1,-1", "a,1, 2", " a,1,2",
		"a,01,2", "a,1,02", "a,1,9223372036854775808", "a/b,1,2", "a\x00,1,2", "a:b,1,2", "[::1,1,2", "::1],1,2", "ä,1,2", "a,1,2\n",
	} {
		if s, err := ParseServerName(bad); !errors.Is(err, ErrServerName) {
			t.Errorf("%q: %+v %v", bad, s, err)
		}
	}
	if _, err := ParseEscapedServerName("a%2"); !errors.Is(err, ErrServerName) {
		t.Error(err)
	}
}

func TestServerName(t *testing.T) {
	s := ServerName{"A.example", 1, 1795257560091}
	if got := s.StartTime().UTC(); !got.Equal(time.Date(2026, 11, 21, 10, 39, 20, 91e6, time.UTC)) {
		t.Error(got)
	}
	if !(ServerName{"h", 1, NoStartCode}).StartTime().IsZero() || !(ServerName{}).StartTime().IsZero() {
		t.Error("a start time out of nothing")
	}
	if !s.SameAddress(ServerName{"a.EXAMPLE", 1, 7}) || s.SameAddress(ServerName{"A.example", 2, s.StartCode}) {
		t.Error("SameAddress")
	}
	if (ServerName{}).String() != "" {
		t.Error("no server has a name")
	}
	b, err := json.Marshal(Master{Server: s})
	if want := `{"Server":"A.example,1,1795257560091","RPCVersion":0,"InfoPort":0,"Unknown":null}`; err != nil || string(b) != want {
		t.Errorf("%s %v", b, err)
	}
}

func TestParseQueue(t *testing.T) {
	for _, c := range []struct {
		name string
		want Queue
	}{
		{"1", Queue{Peer: "1"}},
		{"peer_a", Queue{Peer: "peer_a"}},
		{"1-a,16020,17", Queue{"1", []ServerName{{"a", 16020, 17}}}},
		{"2-ip-10-46-221-101.ec2.internal,52170,1364333181125", Queue{"2", []ServerName{{"ip-10-46-221-101.ec2.internal", 52170, 1364333181125}}}},
		{"2-a-b,1,2-c-d,3,4-e,5,6", Queue{"2", []ServerName{{"a-b", 1, 2}, {"c-d", 3, 4}, {"e", 5, 6}}}},
		{"2-", Queue{Peer: "2"}},
	} {
		if got, err := ParseQueue(c.name); err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v %v", c.name, got, err)
		}
	}
	for _, bad := range []string{"1-a", "1-a,2", "1-a,2,3-b", "1--a,2,x"} {
		if q, err := ParseQueue(bad); !errors.Is(err, ErrServerName) || q.Peer != "1" {
			t.Errorf("%s: %+v %v", bad, q, err)
		}
	}
}

func TestParseWAL(t *testing.T) {
	s := ServerName{"h.example", 31183, 1795257560091}
	for _, c := range []struct {
		name string
		want WAL
	}{
		{"h.example%2C31183%2C1795257560091.1795257565597", WAL{s, "", 1795257565597, ""}},
		{"h.example%2C31183%2C1795257560091.meta.1795257565597.meta", WAL{s, "meta", 1795257565597, "meta"}},
		{"h.example%2C31183%2C1795257560091.regiongroup-0.1795257565597", WAL{s, "regiongroup-0", 1795257565597, ""}},
		{"h.example,31183,1795257560091.1795257565597.syncrep", WAL{s, "", 1795257565597, "syncrep"}},
	} {
		if got, err := ParseWAL(c.name); err != nil || got != c.want {
			t.Errorf("%s: %+v %v", c.name, got, err)
		}
	}
	for _, bad := range []string{"", ".", "a", "a.1", "a,1.2", "a%2C1%2C2", "a%2C1%2C2.x.y", "%zz.1"} {
		if w, err := ParseWAL(bad); !errors.Is(err, ErrMalformed) {
			t.Errorf("%q: %+v %v", bad, w, err)
		}
	}
}

func TestSplitTaskWAL(t *testing.T) {
	wal, ok := SplitTaskWAL("WALs%2Fa%252C1%252C2-splitting%2Fa%252C1%252C2.3")
	if !ok || wal != "WALs/a%2C1%2C2-splitting/a%2C1%2C2.3" {
		t.Error(wal, ok)
	}
	for _, name := range []string{"RESCAN0000000001", "a%"} {
		if _, ok := SplitTaskWAL(name); ok {
			t.Error(name)
		}
	}
}
