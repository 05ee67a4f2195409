package etcd_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/hquorum/hquorum/shim/store"
)

func limit(t *testing.T, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	t.Cleanup(cancel)
	return ctx
}

func puts(key, value string) store.Txn {
	return store.Txn{Ops: []store.Op{{Key: store.Key(key), Value: []byte(value)}}}
}

func contents(t *testing.T, s store.Store) map[store.Key]string {
	t.Helper()
	all := map[store.Key]string{}
	if _, err := s.Load(limit(t, time.Minute), func(kv store.KV) error {
		all[kv.Key] = string(kv.Value)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

// TestFrozen: an etcd that does not answer leaves the outcome open, and what was
// sent takes effect when it thaws.
func TestFrozen(t *testing.T) {
	t.Parallel()
	e := start(t)
	s := open(t, external(t, e).Conn, "/frozen/")
	defer s.Close()
	if _, err := s.Commit(limit(t, time.Minute), puts("before", "")); err != nil {
		t.Fatal(err)
	}
	if err := e.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	_, unknown := s.Commit(limit(t, 300*time.Millisecond), puts("during", ""))
	_, check := s.Commit(limit(t, 300*time.Millisecond), store.Txn{Compares: []store.Compare{{Key: "x"}}})
	_, sync := s.Sync(limit(t, 300*time.Millisecond))
	_, renew := s.Renew(limit(t, 300*time.Millisecond), []store.LeaseID{1})
	if err := e.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	if !errors.Is(unknown, store.ErrUnknown) {
		t.Errorf("commit: %v, want ErrUnknown", unknown)
	}
	for name, err := range map[string]error{"check": check, "sync": sync, "renew": renew} {
		if !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("%s: %v, want ErrUnavailable", name, err)
		}
	}
	if _, err := s.Commit(limit(t, time.Minute), puts("after", "")); err != nil {
		t.Fatal(err)
	}
	if gone, err := s.Renew(limit(t, time.Minute), []store.LeaseID{1}); err != nil || len(gone) != 1 {
		t.Errorf("renew: gone %v and %v", gone, err)
	}
	all := contents(t, s)
	_, before := all["before"]
	_, after := all["after"]
	if !before || !after {
		t.Errorf("lost what was acknowledged: %v", all)
	}
}

// TestKilled: of what writers were told when etcd was killed under them, a
// success stays, a refusal left nothing, and only "unknown" can be either. A
// running Watch tells of exactly what stayed.
func TestKilled(t *testing.T) {
	t.Parallel()
	e := start(t)
	conn := external(t, e).Conn
	s := open(t, conn, "/killed/")
	defer s.Close()
	if _, err := s.Grant(limit(t, time.Minute), 4711, time.Hour); err != nil {
		t.Fatal(err)
	}
	first, err := s.Commit(limit(t, time.Minute), puts("first", ""))
	if err != nil {
		t.Fatal(err)
	}
	watching, end := context.WithCancel(context.Background())
	seen, ended := map[store.Key]bool{}, make(chan struct{})
	last := make(chan struct{})
	go func() {
		defer close(ended)
		err := s.Watch(watching, first+1, func(c store.Change) error {
			for _, event := range c.Events {
				seen[event.Key] = true
				if event.Key == "last" {
					close(last)
				}
			}
			return nil
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("the watch ended with %v", err)
		}
	}()

	const writers = 8
	outcomes := make([]map[store.Key]error, writers)
	acknowledged := make(chan struct{}, 1<<16)
	down := make(chan struct{})
	var all sync.WaitGroup
	for w := range writers {
		outcomes[w] = map[store.Key]error{}
		all.Go(func() {
			for n := 0; ; n++ {
				key := store.Key(fmt.Sprintf("%d/%d", w, n))
				_, err := s.Commit(context.Background(), puts(string(key), "x"))
				outcomes[w][key] = err
				if err == nil {
					acknowledged <- struct{}{}
					continue
				}
				select {
				case <-down:
					if errors.Is(err, store.ErrUnavailable) {
						return
					}
				default:
				}
			}
		})
	}
	for range 200 {
		<-acknowledged
	}
	if err := e.Kill(); err != nil {
		t.Fatal(err)
	}
	close(down)
	all.Wait()
	if _, err := s.Renew(limit(t, time.Second), []store.LeaseID{4711}); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("renew while down: %v, want ErrUnavailable", err)
	}
	if err := e.Restart(); err != nil {
		t.Fatal(err)
	}
	for {
		_, err := s.Commit(limit(t, time.Minute), puts("last", ""))
		if err == nil {
			break
		}
		if !errors.Is(err, store.ErrUnavailable) {
			t.Fatal(err)
		}
		time.Sleep(50 * time.Millisecond)
	}
	stayed := contents(t, s)
	counts := map[string]int{}
	for _, writer := range outcomes {
		for key, err := range writer {
			_, applied := stayed[key]
			switch {
			case err == nil:
				counts["acknowledged"]++
				if !applied {
					t.Errorf("%s was acknowledged and is lost", key)
				}
			case errors.Is(err, store.ErrUnavailable):
				counts["refused"]++
				if applied {
					t.Errorf("%s was refused (%v) and applied", key, err)
				}
			case errors.Is(err, store.ErrUnknown):
				counts["unknown"]++
			default:
				t.Errorf("%s: %v", key, err)
			}
		}
	}
	t.Log(counts)
	<-last
	end()
	<-ended
	if len(seen) != len(stayed)-1 {
		t.Errorf("the watch told of %d keys, there are %d", len(seen), len(stayed)-1)
	}
	if gone, err := s.Renew(limit(t, time.Minute), []store.LeaseID{4711}); err != nil || len(gone) != 0 {
		t.Errorf("renew after the restart: gone %v and %v", gone, err)
	}
}

func TestNoSpace(t *testing.T) {
	t.Parallel()
	s := open(t, external(t, start(t, "--quota-backend-bytes=16777216")).Conn, "/full/")
	defer s.Close()
	large := strings.Repeat("x", 1<<20)
	var err error
	for n := 0; err == nil && n < 64; n++ {
		_, err = s.Commit(limit(t, time.Minute), puts("large", large))
	}
	if !errors.Is(err, store.ErrNoSpace) {
		t.Fatalf("%v, want ErrNoSpace", err)
	}
	if _, err := s.Grant(limit(t, time.Minute), 1, time.Hour); !errors.Is(err, store.ErrNoSpace) {
		t.Errorf("grant: %v, want ErrNoSpace", err)
	}
	if _, err := s.Commit(limit(t, time.Minute), store.Txn{Ops: []store.Op{{Key: "large", Delete: true}}}); err != nil {
		t.Errorf("delete: %v", err)
	}
	if _, err := s.Sync(limit(t, time.Minute)); err != nil {
		t.Errorf("sync: %v", err)
	}
}

// TestReplaced: answers of another cluster than the one that was found at the
// start are not believed.
func TestReplaced(t *testing.T) {
	t.Parallel()
	conn := embedded(t).Conn
	conn.ClusterID++
	s := open(t, conn, "/replaced/")
	defer s.Close()
	ctx := limit(t, time.Minute)
	if _, err := s.Sync(ctx); !errors.Is(err, store.ErrUnavailable) || !strings.Contains(err.Error(), "replaced") {
		t.Errorf("sync: %v", err)
	}
	if _, err := s.Load(ctx, nil); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("load: %v", err)
	}
	if _, err := s.Commit(ctx, puts("k", "")); !errors.Is(err, store.ErrUnknown) {
		t.Errorf("commit: %v", err)
	}
	if err := s.Watch(ctx, 1, nil); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("watch: %v", err)
	}
}
