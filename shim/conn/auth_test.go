package conn_test

import (
	"slices"
	"testing"

	"github.com/hquorum/hquorum/shim"
	"github.com/hquorum/hquorum/shim/proto"
	"github.com/hquorum/hquorum/shim/znode"
)

func digest(user string) func([]byte) []byte {
	return proto.AuthPacket{Scheme: "digest", Auth: []byte(user)}.Append
}

func TestPermissions(t *testing.T) {
	// "super:x"
	run(t, shim.Config{SuperDigest: "super:eXJov8znpQ4dl1Mi6FnyKh1mSgw="}, func(r *rig) {
		owner, other := r.client(), r.client()
		if f := owner.Call(proto.OpAuth, digest("u:p")); f.Err != proto.OK || f.Zxid != 0 || len(f.Body) > 0 {
			t.Fatalf("auth: %+v", f)
		}
		acl := []znode.ACL{
			{Perms: znode.All, ID: znode.ID{Scheme: "auth"}},
			{Perms: znode.Read, ID: znode.ID{Scheme: "ip", ID: "10.0.0.0/8"}},
		}
		owner.Must(proto.OpCreate, proto.CreateRequest{Path: "/s", Data: []byte("x"), ACL: acl}.Append, &proto.CreateResponse{})
		owner.Must(proto.OpGetData, get("/s", false), &proto.GetDataResponse{})
		for name, test := range map[string]struct {
			op   proto.OpCode
			body func([]byte) []byte
		}{
			"getData":              {proto.OpGetData, get("/s", true)},
			"exists":               {proto.OpExists, proto.ExistsRequest{Path: "/s", Watch: true}.Append},
			"getChildren":          {proto.OpGetChildren, proto.GetChildrenRequest{Path: "/s"}.Append},
			"getChildren2":         {proto.OpGetChildren2, proto.GetChildrenRequest{Path: "/s"}.Append},
			"getAllChildrenNumber": {proto.OpGetAllChildrenNumber, proto.GetACLRequest{Path: "/s"}.Append},
			"getACL":               {proto.OpGetACL, proto.GetACLRequest{Path: "/s"}.Append},
			"setData":              {proto.OpSetData, proto.SetDataRequest{Path: "/s", Version: -1}.Append},
			"setACL":               {proto.OpSetACL, proto.SetACLRequest{Path: "/s", ACL: znode.OpenACL, Version: -1}.Append},
			"create":               {proto.OpCreate, create("/s/x", "", 0)},
		} {
			if f := other.Call(test.op, test.body); f.Err != proto.NoAuth {
				t.Errorf("%s: %v", name, f.Err)
			}
		}
		// The watch that exists was refused is not there.
		set(owner, "/s", "y")
		other.Must(proto.OpAuth, digest("super:x"), nil)
		other.Must(proto.OpGetData, get("/s", false), &proto.GetDataResponse{})
	})
}

func TestGetACLMasksDigests(t *testing.T) {
	run(t, shim.Config{}, func(r *rig) {
		owner, other := r.client(), r.client()
		owner.Must(proto.OpAuth, digest("u:p"), nil)
		acl := []znode.ACL{{Perms: znode.Admin | znode.Write, ID: znode.ID{Scheme: "auth"}}, {Perms: znode.Read, ID: znode.Anyone}}
		owner.Must(proto.OpCreate, proto.CreateRequest{Path: "/s", ACL: acl}.Append, &proto.CreateResponse{})
		var mine, theirs proto.GetACLResponse
		owner.Must(proto.OpGetACL, proto.GetACLRequest{Path: "/s"}.Append, &mine)
		other.Must(proto.OpGetACL, proto.GetACLRequest{Path: "/s"}.Append, &theirs)
		if mine.ACL[0].ID.ID == "u:x" || len(mine.ACL) != 2 {
			t.Errorf("the owner sees %v", mine.ACL)
		}
		if theirs.ACL[0].ID != (znode.ID{Scheme: "digest", ID: "u:x"}) || len(theirs.ACL) != 2 {
			t.Errorf("another sees %v", theirs.ACL)
		}
	})
}

func TestWhoAmI(t *testing.T) {
	run(t, shim.Config{}, func(r *rig) {
		c := r.client()
		c.Must(proto.OpAuth, digest("u:p"), nil)
		var who proto.WhoAmIResponse
		c.Must(proto.OpWhoAmI, nil, &who)
		if want := []znode.ID{{Scheme: "ip", ID: "127.0.0.1"}, {Scheme: "digest", ID: "u"}}; !slices.Equal(who.Clients, want) {
			t.Errorf("clients %v", who.Clients)
		}
	})
}

func TestAuthRefused(t *testing.T) {
	run(t, shim.Config{}, func(r *rig) {
		c := r.client()
		if f := c.Call(proto.OpAuth, proto.AuthPacket{Scheme: "kerberos"}.Append); f.Err != proto.AuthFailed || f.Zxid != 0 {
			t.Errorf("auth: %+v", f)
		}
		c.Closed()
	})
}
