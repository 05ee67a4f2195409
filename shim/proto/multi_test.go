package proto

import (
	"errors"
	"reflect"
	"testing"

	"github.com/hquorum/hquorum/shim/jute"
	"github.com/hquorum/hquorum/shim/znode"
)

func decodeMulti(b []byte) (MultiRequest, error) {
	c := jute.NewCursor(b)
	var r MultiRequest
	r.Decode(&c)
	return r, c.Err()
}

// The operation of a create in a multi follows from its mode, as class Op has it.
func TestMultiRequestNormalizes(t *testing.T) {
	create := func(m znode.CreateMode) CreateRequest {
		return CreateRequest{Path: "/a", ACL: znode.OpenACL, Mode: m}
	}
	ttl := func(m znode.CreateMode) CreateTTLRequest { return CreateTTLRequest{create(m), 1000} }
	for _, tt := range []struct {
		name     string
		in, want MultiOp
	}{
		{"create", MultiOp{OpCreate, create(znode.ModeEphemeral)}, MultiOp{OpCreate, create(znode.ModeEphemeral)}},
		{"create of a container", MultiOp{OpCreate, create(znode.ModeContainer)}, MultiOp{OpCreateContainer, create(znode.ModeContainer)}},
		{"create2 of a container", MultiOp{OpCreate2, create(znode.ModeContainer)}, MultiOp{OpCreateContainer, create(znode.ModeContainer)}},
		{"createContainer of another mode", MultiOp{OpCreateContainer, create(znode.ModePersistent)}, MultiOp{OpCreateContainer, create(znode.ModePersistent)}},
		{"createTTL", MultiOp{OpCreateTTL, ttl(znode.ModePersistentSequentialTTL)}, MultiOp{OpCreateTTL, ttl(znode.ModePersistentSequentialTTL)}},
		{"createTTL of another mode", MultiOp{OpCreateTTL, ttl(znode.ModePersistent)}, MultiOp{OpCreate, create(znode.ModePersistent)}},
		{"createTTL of a container", MultiOp{OpCreateTTL, ttl(znode.ModeContainer)}, MultiOp{OpCreateContainer, create(znode.ModeContainer)}},
		{"createTTL of an unknown mode", MultiOp{OpCreateTTL, ttl(99)}, MultiOp{OpCreate, create(99)}},
		{"getData with a watch", MultiOp{OpGetData, GetDataRequest{"/a", true}}, MultiOp{OpGetData, GetDataRequest{"/a", false}}},
		{"getChildren with a watch", MultiOp{OpGetChildren, GetChildrenRequest{"/a", true}}, MultiOp{OpGetChildren, GetChildrenRequest{"/a", false}}},
	} {
		got, err := decodeMulti(MultiRequest{[]MultiOp{tt.in}}.Append(nil))
		if err != nil || !reflect.DeepEqual(got.Ops, []MultiOp{tt.want}) {
			t.Errorf("%s: %v\ngot  %+v\nwant %+v", tt.name, err, got.Ops, tt.want)
		}
	}
}

func TestMultiRequestRefused(t *testing.T) {
	create := func(op OpCode, m znode.CreateMode, acl []znode.ACL) []MultiOp {
		return []MultiOp{{op, CreateRequest{Path: "/a", ACL: acl, Mode: m}}}
	}
	read, write := MultiOp{OpGetData, GetDataRequest{Path: "/a"}}, MultiOp{OpDelete, DeleteRequest{Path: "/a"}}
	for name, ops := range map[string][]MultiOp{
		"create of an unknown mode":   create(OpCreate, 7, znode.OpenACL),
		"create2 of a negative mode":  create(OpCreate2, -1, znode.OpenACL),
		"create of a TTL mode":        create(OpCreate, znode.ModePersistentTTL, znode.OpenACL),
		"create with a null ACL":      create(OpCreate, znode.ModePersistent, nil),
		"container with a null ACL":   create(OpCreateContainer, znode.ModeContainer, nil),
		"unknown operation":           {{OpSync, DeleteRequest{Path: "/a"}}},
		"error without end":           {{OpError, DeleteRequest{Path: "/a"}}},
		"exists, which is no multi's": {{OpExists, GetDataRequest{Path: "/a"}}},
		"a read after a write":        {write, read},
		"a write after reads":         {read, read, write},
	} {
		if got, err := decodeMulti(MultiRequest{ops}.Append(nil)); !errors.Is(err, ErrMulti) {
			t.Errorf("%s: %v, %+v", name, err, got)
		}
	}
}

func TestMultiRequestReads(t *testing.T) {
	for _, tt := range []struct {
		ops       []MultiOp
		reads, ok bool
	}{
		{nil, false, false},
		{[]MultiOp{{OpCheck, CheckVersionRequest{}}}, false, true},
		{[]MultiOp{{OpGetData, GetDataRequest{}}}, true, true},
		{[]MultiOp{{OpGetChildren, GetChildrenRequest{}}}, true, true},
	} {
		if reads, ok := (MultiRequest{tt.ops}).Reads(); reads != tt.reads || ok != tt.ok {
			t.Errorf("%v: %v, %v", tt.ops, reads, ok)
		}
	}
}

// A header with Done ends the list, whatever else it says.
func TestMultiEnd(t *testing.T) {
	end := MultiHeader{Type: OpCreate, Done: true}.Append(nil)
	if r, err := decodeMulti(end); err != nil || len(r.Ops) != 0 {
		t.Errorf("request: %v, %v", r, err)
	}
	c := jute.NewCursor(end)
	var r MultiResponse
	if r.Decode(&c); !c.Done() || len(r.Results) != 0 {
		t.Errorf("response: %v, %v", r, c.Err())
	}
}

func TestMultiResponseTypes(t *testing.T) {
	for _, tt := range []struct{ in, want MultiResult }{
		{MultiResult{Type: OpCreateContainer, Path: "/a", Stat: stat}, MultiResult{Type: OpCreate2, Path: "/a", Stat: stat}},
		{MultiResult{Type: OpCreateTTL, Path: "/a", Stat: stat}, MultiResult{Type: OpCreate2, Path: "/a", Stat: stat}},
		{MultiResult{Type: OpGetChildren}, MultiResult{Type: OpGetChildren, Children: []string{}}},
		{MultiResult{Type: OpSync, Err: MarshallingError}, MultiResult{Type: OpError, Err: MarshallingError}},
	} {
		c := jute.NewCursor(MultiResponse{[]MultiResult{tt.in}}.Append(nil))
		var got MultiResponse
		if got.Decode(&c); !c.Done() || !reflect.DeepEqual(got.Results, []MultiResult{tt.want}) {
			t.Errorf("%v: %v\ngot  %+v\nwant %+v", tt.in.Type, c.Err(), got.Results, tt.want)
		}
	}
	c := jute.NewCursor(MultiHeader{Type: OpSync}.Append(nil))
	var got MultiResponse
	if got.Decode(&c); !errors.Is(c.Err(), ErrMulti) {
		t.Errorf("a result of sync: %v", c.Err())
	}
}
