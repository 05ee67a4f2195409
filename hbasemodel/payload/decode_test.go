package payload

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
)

// What is neither in the frame nor behind "PBUF", and what should be.
func TestForms(t *testing.T) {
	const w = "w"
	seal := func(s string) string { return string(SealSalted(w, []byte(s), recordedSalt)) }
	old := ServerName{"h.example", 60000, 1700000000123}
	for _, c := range []struct {
		path, data string
		form       Form
		message    Message
		err        error
		summary    string
	}{
		{"master", "h.example,60000,1700000000123", FormLegacy, Master{Server: old}, nil, "active master h.example,60000,1700000000123, no info port"},
		{"master", "\x00\x00h.example,60000,1700000000123", FormLegacy, Master{Server: old}, nil, "active master h.example,60000,1700000000123, no info port"},
		{"master", seal("h.example:60000"), FormLegacy, Master{Server: ServerName{"h.example", 60000, NoStartCode}}, nil, "active master h.example,60000,-1, no info port"},
		{"master", seal("h.example"), FormUnknown, nil, ErrNoMagic, `payload: "PBUF" is missing (text "h.example")`},
		{"master", seal("h.example:99999"), FormUnknown, nil, ErrNoMagic, `payload: "PBUF" is missing (text "h.example:99999")`},
		{"master", "", FormEmpty, nil, ErrNoPayload, "payload: nothing where HBase writes a payload (empty)"},
		{"master", seal("PBUF"), FormPBUF, nil, ErrMalformed, "Master field 1 at byte 0: required master is missing (PBUF and 0 bytes of protobuf)"},
		{"root-region-server", "h.example,60000,1700000000123", FormLegacy, MetaRegionServer{Server: old, State: RegionOpen, StateAssumed: true}, nil, "-ROOT- on h.example,60000,1700000000123, OPEN"},
		{"hbaseid", seal("11111111-2222-3333-4444-555555555555"), FormLegacy, ClusterID{"11111111-2222-3333-4444-555555555555", nil}, nil, "cluster id 11111111-2222-3333-4444-555555555555"},
		{"hbaseid", seal("\x01\x02"), FormUnknown, nil, ErrNoMagic, `payload: "PBUF" is missing, nor is it text (2 bytes of binary)`},
		{"rs/h,1,2", seal("\x08\x01"), FormUnknown, nil, ErrNoMagic, `payload: "PBUF" is missing (2 bytes of binary)`},
		{"rs/h,1,2", "\xff\x00\x00", FormUnknown, nil, ErrFrame, "payload: broken frame: 3 bytes, its head has 5 (3 bytes)"},
		{"table/t", seal("PBUF\x08\x09"), FormPBUF, Table{State: 9}, nil, "table t 9"},
		{"replication/peers/1", seal("zk:2181:/hbase"), FormLegacy, Peer{ClusterKey: "zk:2181:/hbase"}, nil, "peer 1 to zk:2181:/hbase"},
		{"replication/peers/1/tableCFs", seal("t1:a,b;t2"), FormText, PeerTables{"t1:a,b;t2"}, nil, "tables of the peer: t1:a,b;t2"},
		{"replication/peers/1/tableCFs", seal("\x00"), FormUnknown, nil, ErrMalformed, "payload: malformed (1 byte of binary)"},
		{"replication/rs/h,1,2/1/w", "", FormEmpty, Position{}, nil, "w shipped up to byte 0"},
		{"replication/rs/h,1,2/1/w", seal("\x00\x00\x00\x00\x00\x00\x01\x02"), FormLegacy, Position{Position: 258}, nil, "w shipped up to byte 258"},
		{"replication/rs/h,1,2/1/w", seal("\x00\x01\x02"), FormUnknown, nil, ErrNoMagic, `payload: "PBUF" is missing (3 bytes of binary)`},
		{"recovering-regions/r", seal("PBUF\x08\x07"), FormPBUF, Position{Position: 7}, nil, "region r flushed up to 7"},
		{"rpc-throttle", seal("\xff"), FormRaw, Switch{On: true}, nil, "throttling of RPCs on"},
		{"rpc-throttle", seal("\x00"), FormRaw, Switch{}, nil, "throttling of RPCs off"},
		{"rpc-throttle", seal("\x00\x01"), FormUnknown, nil, ErrMalformed, "payload: malformed: 2 bytes where one byte says on or off (2 bytes of binary)"},
		{"balancer", seal("PBUF"), FormPBUF, Switch{}, nil, "balancer off"},
		{"balancer", seal("PBUF\x08\x01"), FormPBUF, Switch{On: true}, nil, "balancer on"},
		{"tokenauth/keymaster", seal("h,1,2"), FormRaw, KeyMaster{"h,1,2"}, nil, "keys are rolled by h,1,2"},
		{"tokenauth/keymaster", seal("\x01"), FormUnknown, nil, ErrMalformed, "payload: malformed (1 byte of binary)"},
		{"rsgroup", seal("PBUF"), FormPBUF, nil, nil, "groups of region servers"},
		{"flush-table-proc/acquired/t", seal("PBUFcf"), FormPBUF, ProcedureBytes{[]byte("cf")}, nil, `flush of t: "cf"`},
		{"rolllog-proc/reached/p/h,1,2", seal("PBUF\x00\x01"), FormPBUF, ProcedureBytes{[]byte{0, 1}}, nil, "h,1,2 is done: 2 bytes"},
		{"rolllog-proc/reached/p/h,1,2", "", FormEmpty, ProcedureBytes{}, nil, "h,1,2 is done: nothing more to say"},
		{"flush-table-proc/acquired/t/h,1,2", "", FormEmpty, nil, nil, "h,1,2 has joined"},
		{"online-snapshot/abort/s", "", FormEmpty, ForeignException{}, nil, "s aborted no reason given"},
		{"draining/h,1,2", "", FormEmpty, nil, nil, "h,1,2 takes no more regions"},
		{"draining/h,1,2", "surprise", FormText, nil, nil, `h,1,2 takes no more regions, with text "surprise"`},
		{"replication/hfile-refs/1/f", "", FormEmpty, nil, nil, "f is not shipped yet"},
		{"visibility/user_auths", seal("PBUF\x0a\x09\x0a\x03bob\x12\x02\x01\x02"), FormPBUF, Authorizations{[]UserAuthorizations{{"bob", []uint32{1, 2}}}, nil}, nil, "visibility of users: bob [1 2]"},
		{"other", seal("PBUF\x08\x01"), FormPBUF, nil, nil, "PBUF and 2 bytes of protobuf"},
		{"other/deep", "some text", FormText, nil, nil, `text "some text"`},
		{"other", "\x00\x01", FormUnknown, nil, nil, "2 bytes of binary"},
		{"other", "", FormEmpty, nil, nil, "empty"},
		{"rs/a/b", "", FormEmpty, nil, nil, "empty"},
		{"rs/", "", FormEmpty, nil, nil, "empty"},
	} {
		v := Decode(c.path, []byte(c.data))
		if v.Form != c.form || !reflect.DeepEqual(v.Message, c.message) || !errors.Is(v.Err, c.err) {
			t.Errorf("%s %q: %v %+v %v", c.path, c.data, v.Form, v.Message, v.Err)
		}
		if got := v.Summary(); got != c.summary {
			t.Errorf("%s %q:\n%q, want\n%q", c.path, c.data, got, c.summary)
		}
		if got := Decode("/"+c.path, []byte(c.data)).Summary(); got != c.summary {
			t.Errorf("/%s: %q", c.path, got)
		}
	}
	if v := Decode("master", nil); v.Form != FormNull || !errors.Is(v.Err, ErrNoPayload) || v.Body != nil {
		t.Errorf("null master: %+v", v)
	}
	if v := Decode("master-maintenance/hbck-1", nil); v.Form != FormNull || v.Err != nil || v.Summary() != "hbck-1 holds the balancer back" {
		t.Errorf("null hbck: %+v %q", v, v.Summary())
	}
}

// A secret leaves no trace in what is handed on, wherever it is under tokenauth.
func TestSecret(t *testing.T) {
	const secret = "s3cr3t-k3y"
	for _, path := range []string{"tokenauth/keys/7", "tokenauth/keys/7/x", "tokenauth/other"} {
		for _, data := range [][]byte{Seal("master:1", []byte(secret)), []byte(secret), append([]byte("PBUF"), secret...)} {
			v := Decode(path, data)
			m, ok := v.Message.(Secret)
			if v.Kind != KindTokenKey || v.Form != FormWritable || !ok || m.Length < len(secret) || v.Body != nil || v.Err != nil {
				t.Errorf("%s: %+v", path, v)
			}
			if strings.Contains(v.Summary(), secret) {
				t.Errorf("%s: %s", path, v.Summary())
			}
		}
		if v := Decode(path, []byte("\xff\x00s3cr3t-k3y")); v.Body != nil || strings.Contains(v.Summary(), secret) {
			t.Errorf("broken frame at %s: %+v %s", path, v, v.Summary())
		}
	}
}

func TestUnknownFields(t *testing.T) {
	const extra = "\xfa\x01\x02hi" + "\xf8\x01\x07" + "\xf3\x01\x08\x01\xf4\x01" // bytes 31, varint 31, group 30
	base := RegionServerInfo{InfoPort: 16030, Version: &VersionInfo{Version: "9", URL: "u", Revision: "r", User: "m", Date: "d", Checksum: "c"}}
	base.Unknown, base.Version.Unknown = []byte(extra), []byte(extra)
	for _, m := range []Encodable{
		base,
		Master{Server: ServerName{"a", 1, 2}, InfoPort: 3, Unknown: []byte(extra)},
		Master{Server: ServerName{"a", 1, NoStartCode}, InfoPort: -1, RPCVersion: 7},
		MetaRegionServer{Server: ServerName{"a", 1, 2}, State: 99, Unknown: []byte(extra)},
		MetaRegionServer{Server: ServerName{"a", 1, 2}, State: -5},
		MetaRegionServer{Server: ServerName{"a", 1, 2}, State: RegionOpen, StateAssumed: true},
		ClusterUp{StartDate: "x", Unknown: []byte(extra)},
		ClusterID{ID: "x", Unknown: []byte(extra)},
		Table{State: 77, Unknown: []byte(extra)},
		Namespace{Name: "n", Configuration: []Pair{{"a", "b", []byte(extra)}}, Unknown: []byte(extra)},
		ReplicationState{State: PeerDisabled, Unknown: []byte(extra)},
		Position{Position: -1, Unknown: []byte(extra)},
		Switch{On: true, Unknown: []byte(extra)},
	} {
		path := map[string]string{
			"RegionServerInfo": "rs/a,1,2", "Master": "master", "MetaRegionServer": "meta-region-server", "ClusterUp": "running",
			"ClusterID": "hbaseid", "Table": "table/t", "Namespace": "namespace/n", "ReplicationState": "replication/peers/1/peer-state",
			"Position": "replication/rs/a,1,2/1/w", "Switch": "balancer",
		}[reflect.TypeOf(m).Name()]
		v := Decode(path, Encode("master:16000", m))
		if v.Err != nil || !v.Framed || v.Writer != "master:16000" || !reflect.DeepEqual(v.Message, m) {
			t.Errorf("%T: %+v came back as %+v: %v", m, m, v.Message, v.Err)
		}
	}
}

// Unknown fields of a nested server survive a rewrite, as a second occurrence
// of the field that protobuf merges into the first.
func TestUnknownNested(t *testing.T) {
	body := "PBUF" + "\x0a\x08\x0a\x01a\x10\x01\x18\x02\x48" + "\x05" // length 8 cuts field 9 off: broken
	if _, _, err := DecodeMaster([]byte(body)); !errors.Is(err, ErrMalformed) {
		t.Fatal(err)
	}
	body = "PBUF" + "\x0a\x09\x0a\x01a\x10\x01\x18\x02\x48\x05" + "\x10\x00\x18\x03"
	m, _, err := DecodeMaster([]byte(body))
	if err != nil || m.Server != (ServerName{"a", 1, 2}) || string(m.Unknown) != "\x0a\x02\x48\x05" {
		t.Fatalf("%+v %v", m, err)
	}
	again, _, err := DecodeMaster(m.AppendBody(nil))
	if err != nil || !reflect.DeepEqual(again, m) {
		t.Fatalf("%+v %v", again, err)
	}
}

// A known number with another wire type is an unknown field.
func TestWrongWireType(t *testing.T) {
	table, _, err := DecodeTable([]byte("PBUF\x0a\x01x\x08\x01"))
	if err != nil || table.State != TableDisabled || string(table.Unknown) != "\x0a\x01x" {
		t.Fatalf("%+v %v", table, err)
	}
	if _, _, err = DecodeTable([]byte("PBUF\x0a\x01x")); !errors.Is(err, ErrMalformed) {
		t.Fatal(err)
	}
}

func TestErrorsSayWhere(t *testing.T) {
	for _, c := range []struct{ path, body, text string }{
		{"master", "PBUF\x0a\x03\x0a\x05a", "Master field 1 at byte 0: ServerName field 1 at byte 0: unexpected EOF"},
		{"master", "PBUF\x10\x00\x0a\x07\x0a\x01a\x10\x80\x80\x04", "Master field 1 at byte 2: ServerName field 2 at byte 3: port 65536"},
		{"master", "PBUF\x0a\x02\x10\x01", "Master field 1 at byte 0: ServerName field 1 at byte 2: required host_name is missing"},
		{"master", "PBUF\x00", "Master at byte 0: invalid field number"},
		{"table/t", "PBUF\x08", "Table field 1 at byte 0: unexpected EOF"},
		{"table/t", "PBUF\x08\x00\x07", "Table at byte 2: invalid field number"},
		{"table/t", "PBUF\x08\x00\x0f", "Table field 1 at byte 2: cannot parse reserved wire type"},
		{"rs/a,1,2", "PBUF\x12\x03\x0a\x01x", "RegionServerInfo field 2 at byte 0: VersionInfo field 2 at byte 3: required url is missing"},
		{"region-in-transition/r", "PBUF\x18\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "RegionTransition field 3 at byte 0: 18446744073709551615 is more than a long holds"},
		{"namespace/n", "\x12\x03\x0a\x01k", "NamespaceDescriptor field 2 at byte 0: NameStringPair field 2 at byte 3: required value is missing"},
	} {
		v := Decode(c.path, []byte(c.body))
		var wire *WireError
		if !errors.As(v.Err, &wire) || !errors.Is(v.Err, ErrMalformed) || v.Message != nil {
			t.Errorf("%s %q: %+v", c.path, c.body, v)
			continue
		}
		if got := v.Err.Error(); got != c.text {
			t.Errorf("%s %q:\n%s, want\n%s", c.path, c.body, got, c.text)
		}
	}
}

func TestClusterUp(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 678, time.FixedZone("X", 3600))
	up := NewClusterUp(at)
	if up.StartDate != "Fri Jan 02 02:04:05 UTC 2026" {
		t.Error(up.StartDate)
	}
	if got, ok := up.Started(); !ok || !got.Equal(at.Truncate(time.Second)) {
		t.Error(got, ok)
	}
	for _, date := range []string{"Fri Jan 02 02:04:05 CST 2026", "", "yesterday"} {
		if got, ok := (ClusterUp{StartDate: date}).Started(); ok {
			t.Error(date, got)
		}
	}
}

func TestSummaryIsOneLine(t *testing.T) {
	nasty := "a\x1b[31m\nb\u202e\xff" + strings.Repeat("ö", 1000)
	for _, v := range []Value{
		Decode("hbaseid", Encode("w", ClusterID{ID: nasty})),
		Decode("master", Encode("w", Master{Server: ServerName{Host: nasty}})),
		Decode("draining/"+nasty, nil),
		Decode("unknown", []byte(strings.Repeat("öß\n", 1000))),
		Decode("draining/x", []byte(strings.Repeat("öß\n", 1000))),
	} {
		if s := v.Summary(); !isPrintable(s) || len(s) > 8*lineCap {
			t.Errorf("%d bytes: %q", len(s), s)
		}
	}
}

func TestEnumNames(t *testing.T) {
	for _, c := range []struct {
		enum interface {
			String() string
			MarshalText() ([]byte, error)
		}
		want string
	}{
		{RegionAbnormallyClosed, "ABNORMALLY_CLOSED"},
		{RegionState(16), "16"},
		{RegionState(-1), "-1"},
		{TableEnabling, "ENABLING"},
		{PeerDisabled, "DISABLED"},
		{SyncStandby, "STANDBY"},
		{SplitErr, "ERR"},
		{RecoveryReplay, "LOG_REPLAY"},
		{SnapshotSkipFlush, "SKIPFLUSH"},
		{RegionMergeRequested, "RS_ZK_REQUEST_REGION_MERGE"},
		{RegionClosingSet, "M_ZK_REGION_CLOSING"},
		{EventType(12), "12"},
		{GrantTable, "Table"},
		{GrantScope(0), "0"},
		{ActionAdmin, "ADMIN"},
		{FormLegacy, "legacy"},
		{Form(99), "99"},
		{TableName{"ns", "t"}, "ns:t"},
	} {
		text, err := c.enum.MarshalText()
		if c.enum.String() != c.want || string(text) != c.want || err != nil {
			t.Errorf("%s %s, want %s", c.enum, text, c.want)
		}
	}
}
