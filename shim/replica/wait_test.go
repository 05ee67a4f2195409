package replica_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/hquorum/hquorum/shim/record"
	"github.com/hquorum/hquorum/shim/store"
	"github.com/hquorum/hquorum/shim/znode"
)

func TestWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, base)
		p := loaded(t, w)
		ctx, cancel := context.WithCancel(t.Context())
		if err := p.Wait(ctx, w.rev); err != nil {
			t.Errorf("Wait for what is there: %v", err)
		}
		var mu sync.Mutex
		ended := map[string]error{}
		wait := func(name string, f func() error) {
			go func() {
				err := f()
				mu.Lock()
				defer mu.Unlock()
				ended[name] = err
			}()
		}
		wait("3", func() error { return p.Wait(t.Context(), 3) })
		wait("4", func() error { return p.Wait(t.Context(), 4) })
		wait("given up", func() error { return p.Wait(ctx, 3) })
		wait("zxid 3", func() error { return p.WaitZxid(t.Context(), znode.LastZxid(base, 3)) })
		wait("zxid 9", func() error { return p.WaitZxid(t.Context(), znode.LastZxid(base, 9)) })
		expect := func(names ...string) {
			t.Helper()
			synctest.Wait()
			mu.Lock()
			defer mu.Unlock()
			for _, n := range names {
				if _, ok := ended[n]; !ok {
					t.Errorf("%q still waits", n)
				}
			}
			if len(ended) != len(names) {
				t.Errorf("ended: %v, want %q", ended, names)
			}
		}
		expect()
		cancel()
		expect("given up")
		p.Apply(w.write(), nil) // revision 2
		expect("given up")
		p.Apply(w.write(), nil)
		expect("given up", "3", "zxid 3")
		p.Apply(store.Change{Revision: 5}, nil)
		expect("given up", "3", "zxid 3", "4")

		// A raised base, by a reload here, fulfils a wait for a zxid as well.
		w.rev = 5
		w.write(put(record.MetaKey, record.Meta{Base: base + 1<<20}.Append(nil)))
		if err := p.Load(w.load); err != nil {
			t.Fatal(err)
		}
		expect("given up", "3", "zxid 3", "4", "zxid 9")
		for n, err := range ended {
			if (n == "given up") != errors.Is(err, context.Canceled) || n != "given up" && err != nil {
				t.Errorf("%q: %v", n, err)
			}
		}
		if err := p.WaitZxid(ctx, p.Zxid()); err != nil {
			t.Errorf("WaitZxid for the last zxid: %v", err)
		}
	})
}
