package proto

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/hquorum/hquorum/shim/jute"
	"github.com/hquorum/hquorum/shim/znode"
)

// record is what every record is, in both directions.
type record interface {
	Append(dst []byte) []byte
	Decode(c *jute.Cursor)
}

// sample is a record, its bytes by zookeeper.jute (one word a field), and a
// fresh record to decode them into.
type sample struct {
	name  string
	value record
	bytes string
	fresh func() record
}

func (s sample) encoded(t testing.TB) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(s.bytes), ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func fresh[T any, P interface {
	*T
	record
}]() record {
	return P(new(T))
}

const statBytes = " 0000000000000102 0000000000000304 0000000000000506 0000000000000708 00000009 0000000a 0000000b" +
	" 0000000000000c0d 0000000e 0000000f 0000000000001011 "

var (
	stat = znode.Stat{
		Czxid: 0x0102, Mzxid: 0x0304, Ctime: 0x0506, Mtime: 0x0708, Version: 9, Cversion: 10, Aversion: 11,
		EphemeralOwner: 0x0c0d, DataLength: 14, NumChildren: 15, Pzxid: 0x1011,
	}
	acl = []znode.ACL{{Perms: znode.All, ID: znode.Anyone}, {Perms: znode.Read, ID: znode.ID{Scheme: "ip", ID: "::1"}}}
)

const aclBytes = " 00000002 0000001f 00000005 776f726c64 00000006 616e796f6e65 00000001 00000002 6970 00000003 3a3a31 "

var samples = []sample{
	{"RequestHeader", &RequestHeader{7, OpGetData}, "00000007 00000004", fresh[RequestHeader]},
	{"RequestHeader/ping", &RequestHeader{XidPing, OpPing}, "fffffffe 0000000b", fresh[RequestHeader]},
	{"RequestHeader/closeSession", &RequestHeader{8, OpCloseSession}, "00000008 fffffff5", fresh[RequestHeader]},
	{"ReplyHeader", &ReplyHeader{7, 0x100000002, NoNode}, "00000007 0000000100000002 ffffff9b", fresh[ReplyHeader]},
	{"ReplyHeader/event", &ReplyHeader{XidWatcherEvent, 3, OK}, "ffffffff 0000000000000003 00000000", fresh[ReplyHeader]},

	{"ConnectRequest", &ConnectRequest{0, 0x10, 30000, 0x0102030405060708, make([]byte, 16), true, true},
		"00000000 0000000000000010 00007530 0102030405060708 00000010 00000000000000000000000000000000 01", fresh[ConnectRequest]},
	{"ConnectRequest/old", &ConnectRequest{Timeout: 90000, Password: []byte{}},
		"00000000 0000000000000000 00015f90 0000000000000000 00000000", fresh[ConnectRequest]},
	{"ConnectRequest/null password", &ConnectRequest{HasReadOnly: true},
		"00000000 0000000000000000 00000000 0000000000000000 ffffffff 00", fresh[ConnectRequest]},
	{"ConnectResponse", &ConnectResponse{0, 30000, 0x0102030405060708, []byte{1, 2}, false, true},
		"00000000 00007530 0102030405060708 00000002 0102 00", fresh[ConnectResponse]},
	{"ConnectResponse/old", &ConnectResponse{Password: make([]byte, 16)},
		"00000000 00000000 0000000000000000 00000010 00000000000000000000000000000000", fresh[ConnectResponse]},

	{"CreateRequest", &CreateRequest{"/a", []byte("hi"), acl, znode.ModeEphemeralSequential},
		"00000002 2f61 00000002 6869" + aclBytes + "00000003", fresh[CreateRequest]},
	{"CreateRequest/nulls", &CreateRequest{Path: "/a"}, "00000002 2f61 ffffffff ffffffff 00000000", fresh[CreateRequest]},
	{"CreateRequest/empties", &CreateRequest{Path: "/a", Data: []byte{}, ACL: []znode.ACL{}},
		"00000002 2f61 00000000 00000000 00000000", fresh[CreateRequest]},
	{"CreateTTLRequest", &CreateTTLRequest{CreateRequest{"/a", nil, acl, znode.ModePersistentTTL}, 60000},
		"00000002 2f61 ffffffff" + aclBytes + "00000005 000000000000ea60", fresh[CreateTTLRequest]},
	{"CreateResponse", &CreateResponse{"/a0000000001"}, "0000000c 2f6130303030303030303031", fresh[CreateResponse]},
	{"Create2Response", &Create2Response{"/a", stat}, "00000002 2f61" + statBytes, fresh[Create2Response]},
	{"DeleteRequest", &DeleteRequest{"/a", -1}, "00000002 2f61 ffffffff", fresh[DeleteRequest]},
	{"DeleteContainerRequest", &DeleteContainerRequest{"/a"}, "00000002 2f61", fresh[DeleteContainerRequest]},
	{"ExistsRequest", &ExistsRequest{"/a", true}, "00000002 2f61 01", fresh[ExistsRequest]},
	{"StatResponse", &StatResponse{stat}, statBytes, fresh[StatResponse]},
	{"GetDataRequest", &GetDataRequest{"/a", false}, "00000002 2f61 00", fresh[GetDataRequest]},
	{"GetDataResponse", &GetDataResponse{[]byte("hi"), stat}, "00000002 6869" + statBytes, fresh[GetDataResponse]},
	{"GetDataResponse/null", &GetDataResponse{nil, stat}, "ffffffff" + statBytes, fresh[GetDataResponse]},
	{"GetDataResponse/empty", &GetDataResponse{[]byte{}, stat}, "00000000" + statBytes, fresh[GetDataResponse]},
	{"SetDataRequest", &SetDataRequest{"/a", []byte("hi"), 3}, "00000002 2f61 00000002 6869 00000003", fresh[SetDataRequest]},
	{"GetChildrenRequest", &GetChildrenRequest{"/", true}, "00000001 2f 01", fresh[GetChildrenRequest]},
	{"GetChildrenResponse", &GetChildrenResponse{[]string{"b", "é"}}, "00000002 00000001 62 00000002 c3a9", fresh[GetChildrenResponse]},
	{"GetChildrenResponse/none", &GetChildrenResponse{[]string{}}, "00000000", fresh[GetChildrenResponse]},
	{"GetChildren2Response", &GetChildren2Response{[]string{"b"}, stat}, "00000001 00000001 62" + statBytes, fresh[GetChildren2Response]},
	{"GetAllChildrenNumberRequest", &GetAllChildrenNumberRequest{"/a"}, "00000002 2f61", fresh[GetAllChildrenNumberRequest]},
	{"GetAllChildrenNumberResponse", &GetAllChildrenNumberResponse{258}, "00000102", fresh[GetAllChildrenNumberResponse]},
	{"GetEphemeralsRequest", &GetEphemeralsRequest{"/a"}, "00000002 2f61", fresh[GetEphemeralsRequest]},
	{"GetEphemeralsResponse", &GetEphemeralsResponse{[]znode.Path{"/a", "/b"}}, "00000002 00000002 2f61 00000002 2f62", fresh[GetEphemeralsResponse]},
	{"GetACLRequest", &GetACLRequest{"/a"}, "00000002 2f61", fresh[GetACLRequest]},
	{"GetACLResponse", &GetACLResponse{acl, stat}, aclBytes + statBytes, fresh[GetACLResponse]},
	{"SetACLRequest", &SetACLRequest{"/a", acl, -1}, "00000002 2f61" + aclBytes + "ffffffff", fresh[SetACLRequest]},
	{"CheckVersionRequest", &CheckVersionRequest{"/a", 4}, "00000002 2f61 00000004", fresh[CheckVersionRequest]},
	{"SyncRequest", &SyncRequest{"/a"}, "00000002 2f61", fresh[SyncRequest]},
	{"SyncResponse", &SyncResponse{"/a"}, "00000002 2f61", fresh[SyncResponse]},

	{"SetWatches", &SetWatches{9, []znode.Path{"/d"}, nil, []znode.Path{}},
		"0000000000000009 00000001 00000002 2f64 ffffffff 00000000", fresh[SetWatches]},
	{"SetWatches2", &SetWatches2{SetWatches{9, []znode.Path{"/d"}, []znode.Path{"/e"}, []znode.Path{"/c"}}, []znode.Path{"/p"}, []znode.Path{"/r", "/s"}},
		"0000000000000009 00000001 00000002 2f64 00000001 00000002 2f65 00000001 00000002 2f63" +
			" 00000001 00000002 2f70 00000002 00000002 2f72 00000002 2f73", fresh[SetWatches2]},
	{"AddWatchRequest", &AddWatchRequest{"/a", AddPersistentRecursive}, "00000002 2f61 00000001", fresh[AddWatchRequest]},
	{"CheckWatchesRequest", &CheckWatchesRequest{"/a", WatcherData}, "00000002 2f61 00000002", fresh[CheckWatchesRequest]},
	{"RemoveWatchesRequest", &RemoveWatchesRequest{"/a", WatcherAny}, "00000002 2f61 00000003", fresh[RemoveWatchesRequest]},
	{"WatcherEvent", &WatcherEvent{znode.EventDeleted, StateSyncConnected, "/a"}, "00000002 00000003 00000002 2f61", fresh[WatcherEvent]},
	{"AuthPacket", &AuthPacket{0, "digest", []byte("u:p")}, "00000000 00000006 646967657374 00000003 753a70", fresh[AuthPacket]},
	{"WhoAmIResponse", &WhoAmIResponse{[]znode.ID{{Scheme: "ip", ID: "::1"}}}, "00000001 00000002 6970 00000003 3a3a31", fresh[WhoAmIResponse]},
	{"ErrorResponse", &ErrorResponse{NoAuth}, "ffffff9a", fresh[ErrorResponse]},
	{"MultiHeader", &MultiHeader{OpCheck, false, -1}, "0000000d 00 ffffffff", fresh[MultiHeader]},

	{"MultiRequest/none", &MultiRequest{}, "ffffffff 01 ffffffff", fresh[MultiRequest]},
	{"MultiRequest/writes", &MultiRequest{[]MultiOp{
		{OpCreate, CreateRequest{"/a", []byte("hi"), acl, znode.ModePersistent}},
		{OpCreate2, CreateRequest{"/a", nil, acl, znode.ModeEphemeral}},
		{OpCreateContainer, CreateRequest{"/a", nil, acl, znode.ModeContainer}},
		{OpCreateTTL, CreateTTLRequest{CreateRequest{"/a", nil, acl, znode.ModePersistentTTL}, 60000}},
		{OpDelete, DeleteRequest{"/a", 1}},
		{OpSetData, SetDataRequest{"/a", []byte("hi"), 2}},
		{OpCheck, CheckVersionRequest{"/a", 3}},
	}}, "00000001 00 ffffffff 00000002 2f61 00000002 6869" + aclBytes + "00000000" +
		" 0000000f 00 ffffffff 00000002 2f61 ffffffff" + aclBytes + "00000001" +
		" 00000013 00 ffffffff 00000002 2f61 ffffffff" + aclBytes + "00000004" +
		" 00000015 00 ffffffff 00000002 2f61 ffffffff" + aclBytes + "00000005 000000000000ea60" +
		" 00000002 00 ffffffff 00000002 2f61 00000001" +
		" 00000005 00 ffffffff 00000002 2f61 00000002 6869 00000002" +
		" 0000000d 00 ffffffff 00000002 2f61 00000003" +
		" ffffffff 01 ffffffff", fresh[MultiRequest]},
	{"MultiRequest/reads", &MultiRequest{[]MultiOp{
		{OpGetChildren, GetChildrenRequest{Path: "/a"}},
		{OpGetData, GetDataRequest{Path: "/b"}},
	}}, "00000008 00 ffffffff 00000002 2f61 00 00000004 00 ffffffff 00000002 2f62 00 ffffffff 01 ffffffff", fresh[MultiRequest]},
	{"MultiResponse/none", &MultiResponse{}, "ffffffff 01 ffffffff", fresh[MultiResponse]},
	{"MultiResponse", &MultiResponse{[]MultiResult{
		{Type: OpCreate, Path: "/a"},
		{Type: OpCreate2, Path: "/b", Stat: stat},
		{Type: OpDelete},
		{Type: OpSetData, Stat: stat},
		{Type: OpCheck},
		{Type: OpGetChildren, Children: []string{"c"}},
		{Type: OpGetData, Data: []byte("hi"), Stat: stat},
		{Type: OpError, Err: NoNode},
	}}, "00000001 00 00000000 00000002 2f61" +
		" 0000000f 00 00000000 00000002 2f62" + statBytes +
		" 00000002 00 00000000" +
		" 00000005 00 00000000" + statBytes +
		" 0000000d 00 00000000" +
		" 00000008 00 00000000 00000001 00000001 63" +
		" 00000004 00 00000000 00000002 6869" + statBytes +
		" ffffffff 00 ffffff9b ffffff9b" +
		" ffffffff 01 ffffffff", fresh[MultiResponse]},
	{"MultiResponse/failed", &MultiResponse{[]MultiResult{
		{Type: OpError, Err: OK}, {Type: OpError, Err: BadVersion}, {Type: OpError, Err: RuntimeInconsistency},
	}}, "ffffffff 00 00000000 00000000 ffffffff 00 ffffff99 ffffff99 ffffffff 00 fffffffe fffffffe ffffffff 01 ffffffff",
		fresh[MultiResponse]},
}
