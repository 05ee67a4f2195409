package zksource

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-zookeeper/zk"

	"github.com/hquorum/hquorum/hbasemodel"
	"github.com/hquorum/hquorum/hbasemodel/root"
	"github.com/hquorum/hquorum/hbasemodel/sourcetest"
)

func TestChangesAreTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		defer r.down()
		c := r.client()
		defer c.Close()
		sourcetest.Create(t, c, "/a", "/a/b", "/other")
		m := &sourcetest.Mirror{Roots: []string{"/a", "/x/late"}}
		stop := r.follow(Options{Roots: m.Roots}, m)
		expect := func(want ...string) {
			t.Helper()
			synctest.Wait()
			got := slices.DeleteFunc(m.Log(), func(s string) bool { return s == "ready" })
			if !slices.Equal(got, want) {
				t.Errorf("told %q, want %q", got, want)
			}
			sourcetest.Same(t, m, c, m.Roots...)
		}
		expect("reset", "put /a", "put /a/b")
		if _, err := c.Set("/a/b", nil, -1); err != nil {
			t.Fatal(err)
		}
		expect("put /a/b")
		sourcetest.Create(t, c, "/other/x", "/ab")
		expect()
		sourcetest.Create(t, c, "/x", "/x/late")
		expect("put /x/late")
		sourcetest.Create(t, c, "/a/c")
		expect("put /a", "put /a/c")
		if err := c.Delete("/a/c", -1); err != nil {
			t.Fatal(err)
		}
		expect("delete /a/c", "put /a")
		for range 2 {
			if err := c.Delete("/x/late", -1); err != nil {
				t.Fatal(err)
			}
			expect("delete /x/late")
			sourcetest.Create(t, c, "/x/late")
			expect("put /x/late")
		}
		if err, times := stop(); !errors.Is(err, context.Canceled) || times != 1 {
			t.Errorf("%v after %d", err, times)
		}
	})
}

// TestDeletionsHaveTheirZxid where the parent shows it.
func TestDeletionsHaveTheirZxid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		defer r.down()
		c := r.client()
		defer c.Close()
		sourcetest.Create(t, c, "/a", "/a/b", "/a/c")
		d := &deletions{}
		stop := r.follow(Options{Roots: []string{"/a"}}, d)
		synctest.Wait()
		if err := c.Delete("/a/b", -1); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		_, stat, err := c.Exists("/a")
		if err != nil {
			t.Fatal(err)
		}
		stop()
		if len(d.zxids) != 1 || d.zxids[0] != stat.Pzxid {
			t.Errorf("deleted at %x, the parent's last at %x", d.zxids, stat.Pzxid)
		}
	})
}

type deletions struct {
	sourcetest.Mirror
	zxids []int64
}

func (d *deletions) Delete(path string, zxid int64) { d.zxids = append(d.zxids, zxid) }

func TestClustersAreFound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		defer r.down()
		c := r.client()
		defer c.Close()
		sourcetest.Create(t, c, "/hbase", "/hbase/hbaseid", "/app", "/app/config")
		m := &sourcetest.Mirror{}
		defer r.follow(Options{}, m)()
		synctest.Wait()
		sourcetest.Same(t, m, c, "/hbase")
		sourcetest.Create(t, c, "/new", "/new/table")
		time.Sleep(2 * tick)
		sourcetest.Same(t, m, c, "/hbase")
		sourcetest.Create(t, c, "/new/rs")
		time.Sleep(2 * tick)
		sourcetest.Same(t, m, c, "/hbase", "/new")
		// Marks that go change nothing; only the root's deletion does.
		for _, p := range []string{"/new/rs", "/new/table"} {
			if err := c.Delete(p, -1); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(2 * tick)
		sourcetest.Same(t, m, c, "/hbase", "/new")
		if err := c.Delete("/new", -1); err != nil {
			t.Fatal(err)
		}
		synctest.Wait() // at once
		sourcetest.Same(t, m, c, "/hbase")
		sourcetest.Create(t, c, "/new", "/new/x")
		time.Sleep(2 * tick)
		sourcetest.Same(t, m, c, "/hbase")
		sourcetest.Create(t, c, "/new/master")
		time.Sleep(2 * tick)
		sourcetest.Same(t, m, c, "/hbase", "/new")
	})
}

// TestRandom compares after each burst of changes, also when the connection was
// cut, or the server was away, in the middle of one.
func TestRandom(t *testing.T) {
	for seed := range uint64(12) {
		synctest.Test(t, func(t *testing.T) {
			rnd := rand.New(rand.NewPCG(seed, 1))
			r := newRig(t)
			defer r.down()
			c, d := r.client(), r.client()
			defer c.Close()
			defer d.Close()
			sourcetest.Create(t, c, "/r", "/r/s")
			roots := [][]string{{"/r"}, {"/r/s", "/r/a"}, {"/"}, nil}[seed%4]
			m := &sourcetest.Mirror{Roots: roots}
			if roots == nil {
				sourcetest.Create(t, c, "/r/running")
				roots = []string{"/r"}
			}
			defer r.follow(Options{Roots: m.Roots}, m)()
			for round := range 12 {
				other := make(chan error, 1)
				rest := rand.New(rand.NewPCG(seed, uint64(round)))
				go func() { other <- sourcetest.Churn(d, rest, "/r", 100) }()
				if err := sourcetest.Churn(c, rnd, "/r", 50); err != nil {
					t.Fatal(err)
				}
				if round%4 == 2 {
					r.cut()
				}
				if err := errors.Join(sourcetest.Churn(c, rnd, "/r", 50), <-other); err != nil {
					t.Fatal(err)
				}
				if round%4 == 2 || len(m.Roots) == 0 {
					time.Sleep(5 * time.Second)
				}
				if round == 7 {
					r.down()
					time.Sleep(time.Second)
					r.up()
					time.Sleep(20 * time.Second)
					if m.Resets() < 2 {
						t.Error("not connected again")
					}
				}
				sourcetest.Same(t, m, c, roots...)
			}
		})
	}
}

// TestNothingAnswers: without a server there is an error after some seconds, and
// attempts are rare.
func TestNothingAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.down()
		m := &sourcetest.Mirror{}
		if err := r.source(Options{}).Follow(t.Context(), m); !errors.Is(err, ErrUnreachable) {
			t.Error(err)
		}
		before := r.dialled()
		stop := r.follow(Options{}, m)
		time.Sleep(10 * time.Minute)
		_, times := stop()
		if n := r.dialled() - before; n > 600 || times < 30 || times > 60 {
			t.Errorf("%d connections and %d times in 10 minutes", n, times)
		}
		if m.Resets() != 0 {
			t.Error("something was told")
		}
	})
}

// TestSilentServer: one that takes connections and says nothing holds nobody.
func TestSilentServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dial := func(context.Context, string, string) (net.Conn, error) {
			client, _ := net.Pipe()
			return client, nil
		}
		source, err := New(Options{Servers: []string{"127.0.0.1"}, Dial: dial})
		if err != nil {
			t.Fatal(err)
		}
		if err := source.Follow(t.Context(), &sourcetest.Mirror{}); !errors.Is(err, ErrUnreachable) {
			t.Error(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		start := time.Now()
		if err := source.Follow(ctx, &sourcetest.Mirror{}); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("ended after %v", took)
		}
	})
}

func TestAuth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		defer r.down()
		c := r.client()
		defer c.Close()
		if err := c.AddAuth("digest", []byte("u:p")); err != nil {
			t.Fatal(err)
		}
		sourcetest.Create(t, c, "/a")
		for _, p := range []string{"/a/secret", "/a/secret/below"} {
			if _, err := c.Create(p, []byte("x"), 0, zk.DigestACL(zk.PermAll, "u", "p")); err != nil {
				t.Fatal(err)
			}
		}
		m := &sourcetest.Mirror{Roots: []string{"/a"}}
		stop := r.follow(Options{Roots: m.Roots}, m)
		synctest.Wait()
		if tree, ready := m.Tree(); len(tree) != 1 || !ready {
			t.Errorf("without credentials: %v, ready %v", tree, ready)
		}
		// It is asked again.
		if _, err := c.SetACL("/a/secret", zk.WorldACL(zk.PermAll), -1); err != nil {
			t.Fatal(err)
		}
		sourcetest.Create(t, c, "/a/sibling")
		synctest.Wait()
		if tree, ready := m.Tree(); len(tree) != 3 || tree["/a/secret"].Data == nil || !ready {
			t.Errorf("after a sibling came: %v, ready %v", tree, ready)
		}
		stop()
		m = &sourcetest.Mirror{Roots: []string{"/a"}}
		stop = r.follow(Options{Roots: m.Roots, Auth: []Auth{{"digest", []byte("u:p")}}}, m)
		sourcetest.Same(t, m, c, "/a")
		stop()
		if err := r.source(Options{Roots: []string{"/a/secret/below"}}).Follow(t.Context(), m); !errors.Is(err, zk.ErrNoAuth) {
			t.Errorf("a root that may not be read: %v", err)
		}
		bad := r.source(Options{Auth: []Auth{{"nonesuch", nil}}})
		if err := bad.Follow(t.Context(), m); err == nil {
			t.Error("an unknown scheme is no error")
		}
	})
}

// TestOverTCP follows a server behind a socket, as everybody will.
func TestOverTCP(t *testing.T) {
	r := newRig(t)
	defer r.down()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- r.server.Serve(listener) }()
	c := r.client()
	defer c.Close()
	sourcetest.Create(t, c, "/hbase", "/hbase/master")
	source, err := New(Options{Servers: []string{listener.Addr().String()}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	m := &sourcetest.Mirror{}
	ended := make(chan error, 1)
	go func() { ended <- source.Follow(ctx, m) }()
	if err := sourcetest.Churn(c, rand.New(rand.NewPCG(1, 1)), "/hbase", 200); err != nil {
		t.Fatal(err)
	}
	want := map[string]hbasemodel.Znode{}
	if err := sourcetest.Walk(c, "/hbase", want); err != nil {
		t.Fatal(err)
	}
	if err := m.Until(ctx, func(tree map[string]hbasemodel.Znode) string { return sourcetest.Differences(tree, want) }); err != nil {
		t.Error(err)
	}
	if faults := m.Faults(); faults != nil {
		t.Error(faults)
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for name, o := range map[string]Options{
		"no servers":       {},
		"negative timeout": {Servers: []string{"a"}, SessionTimeout: -1},
	} {
		if _, err := New(o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := New(Options{Servers: []string{"a"}, Roots: []string{"hbase"}}); !errors.Is(err, root.ErrPath) {
		t.Error(err)
	}
}
