package storetest

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hquorum/hquorum/shim/store"
)

var lastLease atomic.Int64

// leaseID returns an id that no other test of any run uses.
func leaseID(t *testing.T) store.LeaseID {
	t.Helper()
	return store.LeaseID(time.Now().UnixNano()&^0xfff | lastLease.Add(1)&0xfff)
}

func grant(t *testing.T, s store.Store, ttl time.Duration) store.LeaseID {
	t.Helper()
	id := leaseID(t)
	granted, err := s.Grant(limit(t), id, ttl)
	if err != nil || granted < ttl {
		t.Fatalf("grant %s: %s and %v", ttl, granted, err)
	}
	return id
}

func testGrant(t *testing.T, r *room) {
	for _, ttl := range []time.Duration{time.Millisecond, time.Second, 2500 * time.Millisecond, time.Hour} {
		id := grant(t, r.store, ttl)
		if _, err := r.another(t).Grant(limit(t), id, time.Hour); !errors.Is(err, store.ErrLeaseExists) {
			t.Errorf("granted again: %v, want ErrLeaseExists", err)
		}
		if err := r.store.Revoke(limit(t), id); err != nil {
			t.Error(err)
		}
		if _, err := r.store.Grant(limit(t), id, time.Hour); err != nil {
			t.Errorf("granted after revoke: %v", err)
		}
		if err := r.store.Revoke(limit(t), id); err != nil {
			t.Error(err)
		}
	}
}

func testRevoke(t *testing.T, r *room) {
	a, b := grant(t, r.store, time.Hour), grant(t, r.store, time.Hour)
	first := commit(t, r.store, leased("c", a), leased("a", a), leased("other", b), put("stays", ""))
	all, _ := load(t, r.store)
	if all["a"].Lease != a || all["c"].Lease != a || all["other"].Lease != b || all["stays"].Lease != 0 {
		t.Errorf("loaded %v", all)
	}
	f := follow(t, r.store, first)
	commit(t, r.store, leased("b", a))
	for range 2 { // the second time there is nothing to do
		if err := r.another(t).Revoke(limit(t), a); err != nil {
			t.Fatal(err)
		}
	}
	last := commit(t, r.store, put("z", ""))
	same(t, told(f.reach(last)), fmt.Sprintf("c=leased@%d a=leased@%d other=leased@%d stays=\nb=leased@%d\n-a -b -c\nz=", a, a, b, a))
	holds(t, r.store, map[string]string{"other": "leased", "stays": "", "z": ""})
	empty := grant(t, r.store, time.Hour)
	if err := r.store.Revoke(limit(t), empty); err != nil {
		t.Error(err)
	}
}

func testDeadLease(t *testing.T, r *room) {
	id := leaseID(t)
	first := commit(t, r.store, put("a", "1"))
	if _, err := r.store.Commit(limit(t), store.Txn{Ops: []store.Op{put("a", "2"), leased("b", id), del("a2")}}); !errors.Is(err, store.ErrLeaseGone) {
		t.Errorf("never granted: %v, want ErrLeaseGone", err)
	}
	if _, err := r.store.Grant(limit(t), id, time.Hour); err != nil {
		t.Fatal(err)
	}
	commit(t, r.store, leased("b", id))
	if err := r.store.Revoke(limit(t), id); err != nil {
		t.Fatal(err)
	}
	if _, err := r.store.Commit(limit(t), store.Txn{Compares: []store.Compare{at("a", first)}, Ops: []store.Op{put("a", "2"), leased("b", id)}}); !errors.Is(err, store.ErrLeaseGone) {
		t.Errorf("revoked: %v, want ErrLeaseGone", err)
	}
	// A conflict is found first.
	if _, err := r.store.Commit(limit(t), store.Txn{Compares: []store.Compare{at("a", 0)}, Ops: []store.Op{leased("b", id)}}); !errors.Is(err, store.ErrConflict) {
		t.Errorf("revoked, and a conflict: %v, want ErrConflict", err)
	}
	holds(t, r.store, map[string]string{"a": "1"})
}

func testDetach(t *testing.T, r *room) {
	a, b := grant(t, r.store, time.Hour), grant(t, r.store, time.Hour)
	commit(t, r.store, leased("detached", a), leased("moved", a), leased("deleted", a), leased("kept", a))
	commit(t, r.store, put("detached", ""), leased("moved", b), del("deleted"), leased("kept", a))
	first := commit(t, r.store, put("deleted", "again"))
	f := follow(t, r.store, first+1)
	if err := r.store.Revoke(limit(t), a); err != nil {
		t.Fatal(err)
	}
	if err := r.store.Revoke(limit(t), b); err != nil {
		t.Fatal(err)
	}
	last := commit(t, r.store, put("z", ""))
	same(t, told(f.reach(last)), "-kept\n-moved\nz=")
}

func testRenew(t *testing.T, r *room) {
	var ids, dead []store.LeaseID
	for i := range 200 {
		id := grant(t, r.store, time.Hour)
		ids = append(ids, id)
		if i%50 == 7 {
			dead = append(dead, id)
			if err := r.store.Revoke(limit(t), id); err != nil {
				t.Fatal(err)
			}
		}
	}
	never := leaseID(t)
	ids, dead = append(ids, never), append(dead, never)
	for _, s := range []store.Store{r.store, r.another(t), r.store} {
		gone, err := s.Renew(limit(t), ids)
		if err != nil || len(gone) != len(dead) {
			t.Fatalf("gone %v and %v, want %v", gone, err, dead)
		}
		found := map[store.LeaseID]bool{}
		for _, id := range gone {
			found[id] = true
		}
		for _, id := range dead {
			if !found[id] {
				t.Errorf("%d is not among the gone", id)
			}
		}
	}
	if gone, err := r.store.Renew(limit(t), nil); len(gone) != 0 || err != nil {
		t.Errorf("renewing none: %v and %v", gone, err)
	}
}

// testExpiry: a lease that nobody renews takes its keys along, all at once; one
// that is renewed does not.
func testExpiry(t *testing.T, r *room) {
	kept, left := grant(t, r.store, 2*time.Second), grant(t, r.store, 2*time.Second)
	first := commit(t, r.store, leased("left 2", left), leased("left 1", left), leased("left 3", left), leased("kept", kept))
	f := follow(t, r.store, first)
	for {
		more := f.next()
		if gone, err := r.store.Renew(limit(t), []store.LeaseID{kept}); err != nil || len(gone) != 0 {
			t.Fatalf("renewing: %v and %v", gone, err)
		}
		if len(f.reach(first)) > 1 {
			break
		}
		select {
		case <-more:
		case <-time.After(300 * time.Millisecond):
		}
	}
	same(t, tell(f.until("left 1")), "-left 1 -left 2 -left 3")
	gone, err := r.store.Renew(limit(t), []store.LeaseID{kept, left})
	if err != nil || len(gone) != 1 || gone[0] != left {
		t.Errorf("afterwards: gone %v and %v", gone, err)
	}
	same(t, tell(f.until("kept")), "-kept") // now that nobody renews it
	holds(t, r.store, nil)
}
