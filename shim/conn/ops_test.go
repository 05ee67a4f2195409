package conn_test

import (
	"reflect"
	"slices"
	"testing"

	"github.com/hquorum/hquorum/shim"
	"github.com/hquorum/hquorum/shim/conn/conntest"
	"github.com/hquorum/hquorum/shim/jute"
	"github.com/hquorum/hquorum/shim/proto"
	"github.com/hquorum/hquorum/shim/znode"
)

func TestCreateReadChangeDelete(t *testing.T) {
	run(t, shim.Config{}, func(r *rig) {
		c := r.client()
		var created proto.CreateResponse
		f := c.Must(proto.OpCreate, create("/a", "one", znode.ModePersistent), &created)
		if created.Path != "/a" || f.Zxid == 0 {
			t.Fatalf("created %q at %d", created.Path, f.Zxid)
		}
		var data proto.GetDataResponse
		read := c.Must(proto.OpGetData, get("/a", false), &data)
		want := znode.Stat{
			Czxid: f.Zxid, Mzxid: f.Zxid, Pzxid: f.Zxid, Ctime: data.Stat.Ctime, Mtime: data.Stat.Ctime, DataLength: 3,
		}
		if string(data.Data) != "one" || data.Stat != want || read.Zxid != f.Zxid {
			t.Errorf("data %q, stat %+v, want %+v", data.Data, data.Stat, want)
		}
		if s := set(c, "/a", "three"); s.Version != 1 || s.Mzxid <= s.Czxid || s.DataLength != 5 {
			t.Errorf("stat after setData: %+v", s)
		}
		var exists proto.StatResponse
		c.Must(proto.OpExists, proto.ExistsRequest{Path: "/a"}.Append, &exists)
		if exists.Stat.Version != 1 {
			t.Errorf("exists: %+v", exists.Stat)
		}
		del(c, "/a")
		if f := c.Call(proto.OpExists, proto.ExistsRequest{Path: "/a"}.Append); f.Err != proto.NoNode || len(f.Body) != 0 {
			t.Errorf("exists of a deleted znode: %v with %d bytes", f.Err, len(f.Body))
		}
	})
}

func TestNullAndEmptyDataDiffer(t *testing.T) {
	run(t, shim.Config{}, func(r *rig) {
		c := r.client()
		for p, data := range map[znode.Path][]byte{"/null": nil, "/empty": {}} {
			c.Must(proto.OpCreate, proto.CreateRequest{Path: p, Data: data, ACL: znode.OpenACL}.Append, &proto.CreateResponse{})
			var got proto.GetDataResponse
			c.Must(proto.OpGetData, get(p, false), &got)
			if (got.Data == nil) != (data == nil) || len(got.Data) > 0 {
				t.Errorf("%s: %#v", p, got.Data)
			}
		}
	})
}

func TestChildren(t *testing.T) {
	run(t, shim.Config{}, func(r *rig) {
		c := r.client()
		for _, p := range []znode.Path{"/p", "/p/b", "/p/a", "/p/a/x"} {
			mk(c, p)
		}
		var one proto.GetChildrenResponse
		c.Must(proto.OpGetChildren, proto.GetChildrenRequest{Path: "/p"}.Append, &one)
		var two proto.GetChildren2Response
		c.Must(proto.OpGetChildren2, proto.GetChildrenRequest{Path: "/p"}.Append, &two)
		slices.Sort(one.Children)
		slices.Sort(two.Children)
		if want := []string{"a", "b"}; !slices.Equal(one.Children, want) || !slices.Equal(two.Children, want) {
			t.Errorf("children %q and %q", one.Children, two.Children)
		}
		if two.Stat.NumChildren != 2 || two.Stat.Cversion != 2 {
			t.Errorf("stat %+v", two.Stat)
		}
		for p, want := range map[znode.Path]int32{"/p": 3, "/p/a": 1, "/p/b": 0, "/": 7, "": 8} {
			var n proto.GetAllChildrenNumberResponse
			c.Must(proto.OpGetAllChildrenNumber, proto.GetAllChildrenNumberRequest{Path: p}.Append, &n)
			if n.Total != want {
				t.Errorf("%q has %d descendants, want %d", p, n.Total, want)
			}
		}
		var root proto.GetChildrenResponse
		c.Must(proto.OpGetChildren, proto.GetChildrenRequest{}.Append, &root)
		if slices.Sort(root.Children); !slices.Equal(root.Children, []string{"p", "zookeeper"}) {
			t.Errorf(`children of "": %q`, root.Children)
		}
	})
}

func TestCreateModes(t *testing.T) {
	run(t, shim.Config{}, func(r *rig) {
		c := r.client()
		mk(c, "/q")
		names := map[znode.CreateMode]znode.Path{
			znode.ModePersistentSequential: "/q/n0000000000", znode.ModeEphemeralSequential: "/q/n0000000001",
			znode.ModeEphemeral: "/q/n", znode.ModePersistent: "/q/m",
		}
		for _, mode := range []znode.CreateMode{znode.ModePersistentSequential, znode.ModeEphemeralSequential, znode.ModeEphemeral} {
			var made proto.Create2Response
			c.Must(proto.OpCreate2, create("/q/n", "", mode), &made)
			if made.Path != names[mode] {
				t.Errorf("mode %d made %q, want %q", mode, made.Path, names[mode])
			}
			if owner := made.Stat.EphemeralOwner; mode.Ephemeral() != (owner == znode.Owner(c.Session.SessionID)) {
				t.Errorf("mode %d has owner %x", mode, owner)
			}
		}
		var made proto.Create2Response
		c.Must(proto.OpCreateContainer, create("/q/c", "", znode.ModeContainer), &made)
		ttl := proto.CreateTTLRequest{TTL: 1000}
		ttl.Path, ttl.ACL, ttl.Mode = "/q/t", znode.OpenACL, znode.ModePersistentTTL
		c.Must(proto.OpCreateTTL, ttl.Append, &made)
		if f := c.Call(proto.OpCreate, create("/q/bad", "", 9)); f.Err != proto.BadArguments {
			t.Errorf("mode 9: %v", f.Err)
		}
		c.Must(proto.OpDeleteContainer, proto.DeleteContainerRequest{Path: "/q/c"}.Append, nil)
		var owned proto.GetEphemeralsResponse
		c.Must(proto.OpGetEphemerals, proto.GetEphemeralsRequest{Prefix: "/q/n0"}.Append, &owned)
		if !slices.Equal(owned.Ephemerals, []znode.Path{"/q/n0000000001"}) {
			t.Errorf("ephemerals under /q/n0: %q", owned.Ephemerals)
		}
		for _, prefix := range []znode.Path{"/", "", " \t", " / "} {
			c.Must(proto.OpGetEphemerals, proto.GetEphemeralsRequest{Prefix: prefix}.Append, &owned)
			if len(owned.Ephemerals) != 2 {
				t.Errorf("ephemerals with prefix %q: %q", prefix, owned.Ephemerals)
			}
		}
	})
}

// Each request is answered by its error, without a body, and by nothing else.
func TestErrors(t *testing.T) {
	run(t, shim.Config{}, func(r *rig) {
		c := r.client()
		mk(c, "/a")
		mk(c, "/a/b")
		c.Must(proto.OpCreate, create("/e", "", znode.ModeEphemeral), &proto.CreateResponse{})
		null := func(dst []byte) []byte { return jute.AppendBool(jute.AppendBuffer(dst, nil), false) }
		for _, test := range []struct {
			name string
			op   proto.OpCode
			body func([]byte) []byte
			want proto.Code
		}{
			{"getData of nothing", proto.OpGetData, get("/x", true), proto.NoNode},
			{"getData without a slash", proto.OpGetData, get("a", true), proto.NoNode},
			{"getChildren of nothing", proto.OpGetChildren, proto.GetChildrenRequest{Path: "/x"}.Append, proto.NoNode},
			{"getChildren2 of nothing", proto.OpGetChildren2, proto.GetChildrenRequest{Path: "/x"}.Append, proto.NoNode},
			{"getACL of nothing", proto.OpGetACL, proto.GetACLRequest{Path: "/x"}.Append, proto.NoNode},
			{"getAllChildrenNumber of nothing", proto.OpGetAllChildrenNumber, proto.GetACLRequest{Path: "/x"}.Append, proto.NoNode},
			{"exists with NUL", proto.OpExists, proto.ExistsRequest{Path: "/x\x00"}.Append, proto.BadArguments},
			{"create of what is there", proto.OpCreate, create("/a", "", 0), proto.NodeExists},
			{"create under nothing", proto.OpCreate, create("/x/y", "", 0), proto.NoNode},
			{"create under an ephemeral", proto.OpCreate, create("/e/y", "", 0), proto.NoChildrenForEphemerals},
			{"create at a bad path", proto.OpCreate, create("/a/.", "", 0), proto.BadArguments},
			{"create without ACL", proto.OpCreate, proto.CreateRequest{Path: "/y"}.Append, proto.InvalidACL},
			{"delete of nothing", proto.OpDelete, proto.DeleteRequest{Path: "/x", Version: -1}.Append, proto.NoNode},
			{"delete of a parent", proto.OpDelete, proto.DeleteRequest{Path: "/a", Version: -1}.Append, proto.NotEmpty},
			{"delete of a version", proto.OpDelete, proto.DeleteRequest{Path: "/a/b", Version: 7}.Append, proto.BadVersion},
			{"setData of a version", proto.OpSetData, proto.SetDataRequest{Path: "/a", Version: 7}.Append, proto.BadVersion},
			{"setACL of a version", proto.OpSetACL, proto.SetACLRequest{Path: "/a", ACL: znode.OpenACL, Version: 7}.Append, proto.BadVersion},
			{"checkWatches", proto.OpCheckWatches, proto.CheckWatchesRequest{Path: "/a", Type: proto.WatcherAny}.Append, proto.NoWatcher},
			{"checkWatches of no type", proto.OpCheckWatches, proto.CheckWatchesRequest{Path: "/a", Type: 9}.Append, proto.MarshallingError},
			{"removeWatches", proto.OpRemoveWatches, proto.RemoveWatchesRequest{Path: "/a", Type: proto.WatcherData}.Append, proto.NoWatcher},
			{"removeWatches of no type", proto.OpRemoveWatches, proto.RemoveWatchesRequest{Path: "/a"}.Append, proto.MarshallingError},
			{"addWatch of no mode", proto.OpAddWatch, proto.AddWatchRequest{Path: "/a", Mode: 2}.Append, proto.MarshallingError},
			{"getData of null", proto.OpGetData, null, proto.MarshallingError},
			{"exists of null", proto.OpExists, null, proto.MarshallingError},
			{"delete of null", proto.OpDelete, func(dst []byte) []byte { return jute.AppendInt(jute.AppendBuffer(dst, nil), -1) }, proto.MarshallingError},
			{"setData of null", proto.OpSetData, func(dst []byte) []byte {
				return jute.AppendInt(jute.AppendBuffer(jute.AppendBuffer(dst, nil), nil), -1)
			}, proto.BadArguments},
			{"checkWatches of null", proto.OpCheckWatches, func(dst []byte) []byte { return jute.AppendInt(jute.AppendBuffer(dst, nil), 1) }, proto.NoWatcher},
			{"setWatches of null", proto.OpSetWatches, proto.SetWatches{}.Append, proto.MarshallingError},
			{"reconfig", proto.OpReconfig, nil, proto.Unimplemented},
			{"sasl", proto.OpSASL, null, proto.Unimplemented},
		} {
			if f := c.Call(test.op, test.body); f.Err != test.want || len(f.Body) > 0 {
				t.Errorf("%s: %v with a body of %d bytes, want %v", test.name, f.Err, len(f.Body), test.want)
			}
		}
	})
}

func TestSyncEchoesThePath(t *testing.T) {
	run(t, shim.Config{}, func(r *rig) {
		c := r.client()
		var answer proto.SyncResponse
		c.Must(proto.OpSync, proto.SyncRequest{Path: "/not there"}.Append, &answer)
		if answer.Path != "/not there" {
			t.Errorf("path %q", answer.Path)
		}
		null := func(dst []byte) []byte { return jute.AppendBuffer(dst, nil) }
		if f := c.Call(proto.OpSync, null); f.Err != proto.OK || string(f.Body) != string(null(nil)) {
			t.Errorf("null path: %+v", f)
		}
	})
}

func TestPing(t *testing.T) {
	run(t, shim.Config{}, func(r *rig) {
		c := r.client()
		c.Write(conntest.Request(proto.XidPing, proto.OpPing, nil))
		if f := c.Recv(); f.Xid != proto.XidPing || f.Err != proto.OK || len(f.Body) > 0 || f.Zxid == 0 {
			t.Errorf("ping: %+v", f)
		}
	})
}

func TestMulti(t *testing.T) {
	run(t, shim.Config{}, func(r *rig) {
		c := r.client()
		mk(c, "/m")
		good := proto.MultiRequest{Ops: []proto.MultiOp{
			{Type: proto.OpCheck, Request: proto.CheckVersionRequest{Path: "/m", Version: 0}},
			{Type: proto.OpCreate, Request: proto.CreateRequest{Path: "/m/a", ACL: znode.OpenACL}},
			{Type: proto.OpCreate2, Request: proto.CreateRequest{Path: "/m/b", ACL: znode.OpenACL}},
			{Type: proto.OpSetData, Request: proto.SetDataRequest{Path: "/m", Data: []byte("x"), Version: 0}},
			{Type: proto.OpDelete, Request: proto.DeleteRequest{Path: "/m/a", Version: 0}},
		}}
		var reply proto.MultiResponse
		f := c.Must(proto.OpMulti, good.Append, &reply)
		types := []proto.OpCode{proto.OpCheck, proto.OpCreate, proto.OpCreate2, proto.OpSetData, proto.OpDelete}
		for i, result := range reply.Results {
			if result.Type != types[i] {
				t.Errorf("result %d is of %v", i, result.Type)
			}
		}
		if len(reply.Results) != len(types) || reply.Results[1].Path != "/m/a" || reply.Results[2].Stat.Czxid != f.Zxid || reply.Results[3].Stat.Mzxid != f.Zxid {
			t.Errorf("results %+v at zxid %d", reply.Results, f.Zxid)
		}

		bad := proto.MultiRequest{Ops: []proto.MultiOp{
			{Type: proto.OpCreate, Request: proto.CreateRequest{Path: "/m/c", ACL: znode.OpenACL}},
			{Type: proto.OpCheck, Request: proto.CheckVersionRequest{Path: "/m", Version: 0}},
			{Type: proto.OpDelete, Request: proto.DeleteRequest{Path: "/m/b", Version: -1}},
		}}
		c.Must(proto.OpMulti, bad.Append, &reply)
		want := []proto.MultiResult{
			{Type: proto.OpError}, {Type: proto.OpError, Err: proto.BadVersion}, {Type: proto.OpError, Err: proto.RuntimeInconsistency},
		}
		if !reflect.DeepEqual(reply.Results, want) {
			t.Errorf("results %+v", reply.Results)
		}
		if f := c.Call(proto.OpExists, proto.ExistsRequest{Path: "/m/c"}.Append); f.Err != proto.NoNode {
			t.Errorf("a failed multi left something: %v", f.Err)
		}

		c.Must(proto.OpMulti, proto.MultiRequest{}.Append, &reply)
		if len(reply.Results) != 0 {
			t.Errorf("an empty multi has results: %+v", reply.Results)
		}
		reads := proto.MultiRequest{Ops: []proto.MultiOp{
			{Type: proto.OpGetData, Request: proto.GetDataRequest{Path: "/m"}},
			{Type: proto.OpGetChildren, Request: proto.GetChildrenRequest{Path: "/m"}},
			{Type: proto.OpGetData, Request: proto.GetDataRequest{Path: "/none"}},
		}}
		if f := c.Call(proto.OpMulti, reads.Append); f.Err != proto.MarshallingError {
			t.Errorf("reads in a multi: %v", f.Err)
		}
		c.Must(proto.OpMultiRead, reads.Append, &reply)
		got := reply.Results
		if len(got) != 3 || string(got[0].Data) != "x" || !slices.Equal(got[1].Children, []string{"b"}) || got[2].Err != proto.NoNode {
			t.Errorf("multiRead: %+v", got)
		}
		if f := c.Call(proto.OpMultiRead, bad.Append); f.Err != proto.MarshallingError || string(f.Body) != string(proto.MultiResponse{}.Append(nil)) {
			t.Errorf("writes in a multiRead: %+v", f)
		}
	})
}
