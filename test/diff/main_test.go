package diff

import (
	"context"
	"flag"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/hquorum/hquorum/test/peer"
)

var (
	flagSUT     = flag.String("sut", string(peer.KindFromEnv(peer.KindHquorum)), "server under test: hquorum, etcd (hquorum on an etcd process) or zookeeper (must always agree)")
	flagSeed    = flag.Int64("seed", 1, "seed of the first random program")
	flagOps     = flag.Int("ops", 200_000, "operations of a random run")
	flagWorkers = flag.Int("workers", 4, "random programs at a time")
	flagRecord  = flag.Bool("record", false, "write the golden captures anew, from real ZooKeeper")
	flagSurvey  = flag.Bool("survey", false, "random runs go on after a difference and list every kind with its seeds, unshrunk")
	flagShow    = flag.Bool("show", false, "print what real ZooKeeper answers in every story")
	flagKnown   = flag.Bool("known", false, "show the known differences too, as failures")
)

// server is what the tests need of a running server.
type server interface {
	Addr() string
	Stop() error
	LogTail(lines int) string
}

// settings are what both servers of a pair are started with.
type settings struct {
	tick time.Duration // the shortest session is two
	max  time.Duration // the longest session
	reap time.Duration // how often containers and TTL znodes are looked at
}

// calm servers expire no session and reap no znode while a test runs; quick ones do both soon.
var (
	calm  = settings{tick: 2 * time.Second, max: 40 * time.Second, reap: 24 * time.Hour}
	quick = settings{tick: 200 * time.Millisecond, max: time.Minute, reap: 300 * time.Millisecond}
)

// pair is real ZooKeeper and the server under test.
type pair struct{ oracle, test server }

var pairs = struct {
	sync.Mutex
	of map[settings]pair
}{of: map[settings]pair{}}

func TestMain(m *testing.M) {
	flag.Parse()
	code := m.Run()
	for _, p := range pairs.of {
		for _, s := range []server{p.oracle, p.test} {
			if err := s.Stop(); err != nil {
				fmt.Fprintln(os.Stderr, "stopping a server:", err)
				code = max(code, 1)
			}
		}
	}
	os.Exit(code)
}

// servers gives the pair with these settings, started when first asked for.
func servers(t *testing.T, with settings) pair {
	t.Helper()
	pairs.Lock()
	defer pairs.Unlock()
	if p, ok := pairs.of[with]; ok {
		return p
	}
	oracle := start(t, string(peer.KindZooKeeper), with)
	p := pair{oracle: oracle, test: start(t, *flagSUT, with)}
	pairs.of[with] = p
	return p
}

func start(t *testing.T, kind string, with settings) server {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	s, err := startKind(ctx, kind, with, t.Logf)
	if err != nil {
		t.Fatalf("starting %s: %v", kind, err)
	}
	return s
}

func startKind(ctx context.Context, kind string, with settings, logf func(string, ...any)) (server, error) {
	say := peer.Progress(func(line string) { logf("%s", line) })
	super := digest(SuperUser, SuperPassword)
	if kind == string(peer.KindZooKeeper) {
		return peer.StartZooKeeper(ctx, peer.ZooKeeperOptions{
			TickTime: with.tick, MaxSessionTimeout: with.max, SuperDigest: super, ContainerCheckInterval: with.reap, Progress: say,
		})
	}
	text := fmt.Sprintf("tickTime=%d\nminSessionTimeout=%d\nmaxSessionTimeout=%d\nmaxClientCnxns=0\nextendedTypesEnabled=true\n"+
		"znode.container.checkIntervalMs=%d\nDigestAuthenticationProvider.superDigest=%s\n",
		with.tick.Milliseconds(), 2*with.tick.Milliseconds(), with.max.Milliseconds(), with.reap.Milliseconds(), super)
	options := peer.HquorumOptions{ZooCfg: text, Progress: say}
	if kind == string(peer.KindHquorum) {
		return peer.StartHquorum(ctx, options)
	}
	if kind != string(peer.KindEtcd) {
		return nil, fmt.Errorf("unknown -sut %q: want hquorum, etcd or zookeeper", kind)
	}
	etcd, err := peer.StartEtcd(ctx, peer.EtcdOptions{Progress: say})
	if err != nil {
		return nil, err
	}
	options.EtcdEndpoints = []string{etcd.Endpoint()}
	s, err := peer.StartHquorum(ctx, options)
	if err != nil {
		_ = etcd.Kill() // the start's error says more
		return nil, err
	}
	return overEtcd{Hquorum: s, etcd: etcd}, nil
}

type overEtcd struct {
	*peer.Hquorum
	etcd *peer.Etcd
}

func (o overEtcd) Stop() error {
	err := o.Hquorum.Stop()
	if etcdErr := o.etcd.Stop(); err == nil {
		err = etcdErr
	}
	return err
}
