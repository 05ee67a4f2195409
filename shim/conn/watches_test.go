package conn_test

import (
	"testing"

	"github.com/hquorum/hquorum/shim"
	"github.com/hquorum/hquorum/shim/conn/conntest"
	"github.com/hquorum/hquorum/shim/proto"
	"github.com/hquorum/hquorum/shim/znode"
)

func expectEvent(t *testing.T, c *conntest.Client, typ znode.EventType, p znode.Path) znode.Zxid {
	t.Helper()
	e, zxid := c.Event()
	if e.Type != typ || e.Path != p {
		t.Errorf("event %d of %s, want %d of %s", e.Type, e.Path, typ, p)
	}
	return zxid
}

// The reply of a client's own write comes behind the events that it causes, and
// another client's event carries the zxid of the write.
func TestEventsBeforeReplies(t *testing.T) {
	run(t, shim.Config{}, func(r *rig) {
		a, b := r.client(), r.client()
		for _, c := range []*conntest.Client{a, b} {
			if f := c.Call(proto.OpExists, proto.ExistsRequest{Path: "/w", Watch: true}.Append); f.Err != proto.NoNode {
				t.Fatalf("exists: %v", f.Err)
			}
			c.Must(proto.OpGetChildren, proto.GetChildrenRequest{Path: "/", Watch: true}.Append, &proto.GetChildrenResponse{})
		}
		a.Send(proto.OpCreate, create("/w", "", 0))
		for _, c := range []*conntest.Client{a, b} {
			expectEvent(t, c, znode.EventCreated, "/w")
			expectEvent(t, c, znode.EventChildrenChanged, "/")
		}
		made := a.Recv()
		if made.Xid < 0 {
			t.Fatalf("no reply: %+v", made)
		}
		// All are used up.
		set(a, "/w", "x")
		// getData and getChildren of nothing leave no watch.
		a.Call(proto.OpGetData, get("/n", true))
		a.Call(proto.OpGetChildren, proto.GetChildrenRequest{Path: "/n", Watch: true}.Append)
		mk(a, "/n")

		a.Must(proto.OpGetData, get("/w", true), &proto.GetDataResponse{})
		b.Must(proto.OpGetData, get("/w", true), &proto.GetDataResponse{})
		b.Must(proto.OpGetChildren, proto.GetChildrenRequest{Path: "/w", Watch: true}.Append, &proto.GetChildrenResponse{})
		a.Send(proto.OpSetData, proto.SetDataRequest{Path: "/w", Version: -1}.Append)
		expectEvent(t, a, znode.EventDataChanged, "/w")
		changed := a.Recv()
		if zxid := expectEvent(t, b, znode.EventDataChanged, "/w"); zxid != changed.Zxid {
			t.Errorf("event at %d of a change at %d", zxid, changed.Zxid)
		}
		del(a, "/w")
		expectEvent(t, b, znode.EventDeleted, "/w")
	})
}

func TestPersistentWatches(t *testing.T) {
	run(t, shim.Config{}, func(r *rig) {
		c, w := r.client(), r.client()
		add := func(p znode.Path, mode proto.AddWatchMode) {
			var answer proto.ErrorResponse
			w.Must(proto.OpAddWatch, proto.AddWatchRequest{Path: p, Mode: mode}.Append, &answer)
		}
		add("/p", proto.AddPersistent)
		add("/r", proto.AddPersistentRecursive)
		mk(c, "/p")
		expectEvent(t, w, znode.EventCreated, "/p")
		mk(c, "/p/x")
		expectEvent(t, w, znode.EventChildrenChanged, "/p")
		set(c, "/p/x", "")
		set(c, "/p", "")
		expectEvent(t, w, znode.EventDataChanged, "/p")
		mk(c, "/r")
		expectEvent(t, w, znode.EventCreated, "/r")
		mk(c, "/r/s")
		expectEvent(t, w, znode.EventCreated, "/r/s")
		mk(c, "/r/s/t")
		expectEvent(t, w, znode.EventCreated, "/r/s/t")
		for kind, want := range map[proto.WatcherType]proto.Code{
			proto.WatcherPersistentRecursive: proto.OK, proto.WatcherPersistent: proto.NoWatcher,
			proto.WatcherData: proto.NoWatcher, proto.WatcherChildren: proto.NoWatcher, proto.WatcherAny: proto.OK,
		} {
			if f := w.Call(proto.OpCheckWatches, proto.CheckWatchesRequest{Path: "/r", Type: kind}.Append); f.Err != want {
				t.Errorf("checkWatches of type %d: %v, want %v", kind, f.Err, want)
			}
		}
		w.Must(proto.OpRemoveWatches, proto.RemoveWatchesRequest{Path: "/r", Type: proto.WatcherPersistentRecursive}.Append, nil)
		del(c, "/r/s/t")
		del(c, "/p/x")
		expectEvent(t, w, znode.EventChildrenChanged, "/p")
	})
}

// What a client missed comes at once, before the reply and with zxid −1; the
// other watches are armed.
func TestSetWatches(t *testing.T) {
	run(t, shim.Config{}, func(r *rig) {
		c := r.client()
		for _, p := range []znode.Path{"/same", "/changed", "/gone", "/parent", "/quiet"} {
			mk(c, p)
		}
		seen := c.Call(proto.OpExists, proto.ExistsRequest{Path: "/"}.Append).Zxid
		set(c, "/changed", "x")
		del(c, "/gone")
		mk(c, "/parent/child")
		mk(c, "/born")

		w := r.client()
		request := proto.SetWatches2{
			SetWatches: proto.SetWatches{
				RelativeZxid: seen,
				Data:         []znode.Path{"/same", "/changed", "/gone"},
				Exist:        []znode.Path{"/born", "/unborn"},
				Child:        []znode.Path{"/parent", "/quiet", "/gone"},
			},
			Persistent:          []znode.Path{"/persistent"},
			PersistentRecursive: []znode.Path{"/recursive"},
		}
		w.Write(conntest.Request(proto.XidSetWatches, proto.OpSetWatches2, request.Append))
		for _, want := range []proto.WatcherEvent{
			{Type: znode.EventDataChanged, Path: "/changed"}, {Type: znode.EventDeleted, Path: "/gone"},
			{Type: znode.EventCreated, Path: "/born"},
			{Type: znode.EventChildrenChanged, Path: "/parent"}, {Type: znode.EventDeleted, Path: "/gone"},
		} {
			if zxid := expectEvent(t, w, want.Type, want.Path); zxid != -1 {
				t.Errorf("zxid %d of a missed event", zxid)
			}
		}
		if f := w.Recv(); f.Xid != proto.XidSetWatches || f.Err != proto.OK || len(f.Body) > 0 {
			t.Fatalf("reply %+v", f)
		}
		set(c, "/same", "")
		mk(c, "/unborn")
		mk(c, "/quiet/x")
		mk(c, "/persistent")
		mk(c, "/recursive")
		mk(c, "/recursive/x")
		expectEvent(t, w, znode.EventDataChanged, "/same")
		expectEvent(t, w, znode.EventCreated, "/unborn")
		expectEvent(t, w, znode.EventChildrenChanged, "/quiet")
		expectEvent(t, w, znode.EventCreated, "/persistent")
		expectEvent(t, w, znode.EventCreated, "/recursive")
		expectEvent(t, w, znode.EventCreated, "/recursive/x")
	})
}

// Who may not read a znode does not hear of it.
func TestEventsAskForPermission(t *testing.T) {
	run(t, shim.Config{}, func(r *rig) {
		c, w := r.client(), r.client()
		w.Must(proto.OpAddWatch, proto.AddWatchRequest{Path: "/", Mode: proto.AddPersistentRecursive}.Append, &proto.ErrorResponse{})
		c.Must(proto.OpAuth, proto.AuthPacket{Scheme: "digest", Auth: []byte("u:p")}.Append, nil)
		mine := []znode.ACL{{Perms: znode.All, ID: znode.ID{Scheme: "auth"}}}
		c.Must(proto.OpCreate, proto.CreateRequest{Path: "/secret", ACL: mine}.Append, &proto.CreateResponse{})
		set(c, "/secret", "x")
		mk(c, "/open")
		expectEvent(t, w, znode.EventCreated, "/open")
	})
}
