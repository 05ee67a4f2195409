package replica

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/hquorum/hquorum/shim/znode"
)

func TestListingAgainstModel(t *testing.T) {
	for seed := range uint64(20) {
		rnd := rand.New(rand.NewPCG(seed, 3))
		var l listing[string]
		model := map[string]bool{}
		type kept struct{ names, copy []string }
		var all []kept
		for step := range 600 {
			name := fmt.Sprintf("%03d", rnd.IntN(200))
			switch n := rnd.IntN(10); {
			case n < 5:
				if got := l.insert(name); got == model[name] {
					t.Fatalf("seed %d step %d: insert(%s) = %v", seed, step, name, got)
				}
				model[name] = true
			case n < 8:
				if got := l.remove(name); got != model[name] {
					t.Fatalf("seed %d step %d: remove(%s) = %v", seed, step, name, got)
				}
				delete(model, name)
			default:
				names := l.share()
				all = append(all, kept{names, slices.Clone(names)})
			}
			if len(l.names) != len(model) || !slices.IsSorted(l.names) {
				t.Fatalf("seed %d step %d: %d names of %d, or not sorted", seed, step, len(l.names), len(model))
			}
			for name := range model {
				if _, found := slices.BinarySearch(l.names, name); !found {
					t.Fatalf("seed %d step %d: %s is missing", seed, step, name)
				}
			}
		}
		for _, k := range all {
			if !slices.Equal(k.names, k.copy) {
				t.Fatalf("seed %d: a shared listing was modified", seed)
			}
		}
	}
}

func TestListingGivesRoomBack(t *testing.T) {
	var l listing[string]
	for i := range 10_000 {
		l.insert(fmt.Sprintf("%05d", i))
	}
	for i := range 9_999 {
		l.remove(fmt.Sprintf("%05d", i))
	}
	if cap(l.names) > 100 {
		t.Errorf("room for %d names is kept for one", cap(l.names))
	}
	if l.remove("09999"); l.names != nil || l.share() != nil {
		t.Error("an empty listing holds something")
	}
}

func TestACLsAreGivenBack(t *testing.T) {
	a := acls{known: map[string]*sharedACL{}}
	list := func(who string) []znode.ACL {
		return []znode.ACL{{Perms: 1, ID: znode.ID{Scheme: "ip", ID: who}}}
	}
	x, y, z := a.acquire(list("x")), a.acquire(list("x")), a.acquire(list("z"))
	if x != y || x == z || len(a.known) != 2 {
		t.Fatalf("%d ACLs known", len(a.known))
	}
	if a.acquire(nil) != nil || a.acquire(znode.OpenACL) != nil {
		t.Error("an ACL that needs no copy got one")
	}
	for _, s := range []*sharedACL{x, nil, y, z} {
		a.release(s)
	}
	if len(a.known) != 0 {
		t.Errorf("%d ACLs are left", len(a.known))
	}
}
