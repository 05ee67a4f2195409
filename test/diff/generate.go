package diff

import (
	"math/rand/v2"

	"github.com/hquorum/hquorum/test/wire"
)

// Generate makes a random program of about so many operations; the same seed gives the same program. With root it
// also touches "/" and "/zookeeper", so that it needs the servers for itself.
func Generate(seed int64, operations int, root bool) Program {
	g := &generator{
		Rand: rand.New(rand.NewPCG(uint64(seed), 0x9e3779b97f4a7c15)), root: root,
		program: Program{Name: "random", Root: root},
	}
	for _, c := range cast {
		g.join(c.name)
	}
	g.plant()
	for g.count < operations {
		g.next()
	}
	return g.program
}

// cast are the clients of a random program and the credentials that they add when they connect.
var cast = []struct{ name, scheme, auth string }{
	{name: "ann"},
	{name: "bob"},
	{name: "cat", scheme: "digest", auth: "cat:purr"},
	{name: "dan", scheme: "digest", auth: "dan:bark"},
	{name: "sue", scheme: "digest", auth: SuperUser + ":" + SuperPassword},
}

type generator struct {
	*rand.Rand
	root    bool
	program Program
	count   int
}

func (g *generator) step(s Step) {
	s.ID = len(g.program.Steps) + 1
	g.count += max(1, len(s.Ops))
	g.program.Steps = append(g.program.Steps, s)
}

func (g *generator) send(client string, ops ...wire.Op) { g.step(Step{Client: client, Ops: ops}) }

// chance is true in percent of a hundred cases.
func (g *generator) chance(percent int) bool { return g.IntN(100) < percent }

func pick[T any](g *generator, list []T) T { return list[g.IntN(len(list))] }

// join opens a new session for the client and gives it its credentials.
func (g *generator) join(client string) {
	g.step(Step{Client: client, Connect: &Connect{
		Timeout: 30000, NoReadOnly: g.chance(10), ReadOnly: g.chance(10), Zxid: pick(g, []int{ZxidSeen, ZxidZero}),
	}})
	g.authenticate(client)
}

func (g *generator) authenticate(client string) {
	for _, c := range cast {
		if c.name == client && c.scheme != "" {
			g.send(client, wire.Op{Code: wire.Auth, Scheme: c.scheme, Data: []byte(c.auth)})
		}
	}
}

// plant makes most of the znodes that the others hang from.
func (g *generator) plant() {
	for _, path := range []string{"~/a", "~/a/b", "~/a/b/c", "~/b", "~/c", "~/e", "~/t"} {
		if g.chance(85) {
			op := wire.Op{Code: wire.Create2, Path: path, Data: g.data(), ACL: open}
			if path == "~/e" && g.chance(50) {
				op.Flags = ephemeral
			}
			g.send(pick(g, cast).name, op)
		}
	}
}

// next adds one or a few steps of one client.
func (g *generator) next() {
	client := pick(g, cast).name
	switch n := g.IntN(1000); {
	case n < 12:
		g.leave(client)
	case n < 30:
		g.reconnect(client)
	case n < 33:
		g.send(client, wire.Op{Code: wire.Auth, Scheme: "digest", Data: []byte(pick(g, []string{"eve:1", "cat:purr", "dan:wrong"}))})
	case n < 38:
		g.misbehave(client)
	case n < 70:
		g.damaged(client)
	case n < 130:
		g.send(client, g.odd())
	case n < 430:
		g.burst(client)
	default:
		g.send(client, g.operation())
	}
}

// burst sends several requests at once: only such as ZooKeeper answers the same way however far it is with the ones
// before (see NOTES.md).
func (g *generator) burst(client string) {
	ops := make([]wire.Op, 2+g.IntN(12))
	for i := range ops {
		for ops[i] = g.operation(); ops[i].Code == wire.SetACL && i < len(ops)-1; ops[i] = g.operation() {
		}
	}
	g.send(client, ops...)
}

// leave closes the client's session and opens another.
func (g *generator) leave(client string) {
	if g.chance(30) {
		g.send(client, g.read(), g.create(), wire.Op{Code: wire.CloseSession})
	} else {
		g.send(client, wire.Op{Code: wire.CloseSession})
	}
	if g.chance(20) {
		g.step(Step{Client: client, Connect: &Connect{Session: Resume, Timeout: 30000, Zxid: ZxidSeen}})
	}
	g.join(client)
}

// reconnect takes the client's session to a new connection, with or without dropping the old one first, while
// others may act in between.
func (g *generator) reconnect(client string) {
	since := len(g.program.Steps)
	if g.chance(70) {
		g.step(Step{Client: client, Drop: true})
		for range g.IntN(6) {
			g.send(pick(g, cast).name, g.operation())
		}
		if g.chance(15) {
			g.step(Step{Client: client, Connect: &Connect{Session: WrongPassword, Timeout: 30000, Zxid: ZxidSeen}})
		}
		if g.chance(10) {
			g.step(Step{Client: client, Connect: &Connect{Session: UnknownID, Timeout: 30000, Zxid: ZxidSeen}})
		}
	}
	g.step(Step{Client: client, Connect: &Connect{Session: Resume, Timeout: 30000, NoReadOnly: g.chance(10), Zxid: pick(g, []int{ZxidSeen, ZxidZero})}})
	g.authenticate(client)
	if g.chance(80) {
		g.send(client, g.catchUp(since))
	}
}

// catchUp re-arms watches as a client does after a reconnect, relative to a step some way back.
func (g *generator) catchUp(since int) wire.Op {
	op := wire.Op{Code: pick(g, []wire.OpCode{wire.SetWatches, wire.SetWatches2}), Zxid: int64(max(0, since-g.IntN(20)))}
	if g.chance(10) {
		op.Zxid = pick(g, []int64{ZxidZero, ZxidFuture, ZxidSeen})
	}
	lists := 3
	if op.Code == wire.SetWatches2 {
		lists = 5
	}
	for i := range lists {
		op.Lists[i] = []string{}
		for range g.IntN(5) {
			op.Lists[i] = append(op.Lists[i], g.path())
		}
	}
	return op
}

// misbehave does what makes ZooKeeper close the connection, and comes back.
func (g *generator) misbehave(client string) {
	switch g.IntN(4) {
	case 0:
		g.send(client, wire.Op{Code: pick(g, []wire.OpCode{0, 10, 13, 23, 99, 108, -2, 1000}), Raw: []byte{}})
	case 1:
		g.send(client, wire.Op{Code: wire.Auth, Scheme: pick(g, []string{"nope", "", "sasl", "world", "auth"}), Data: []byte("x")})
	case 2:
		g.step(Step{Client: client, Raw: pick(g, [][]byte{{0xff, 0xff, 0xff, 0xff}, {0x7f, 0xff, 0xff, 0xff}, {0, 0, 0, 0}, {0, 0, 0, 4, 1, 2, 3, 4}})})
	case 3:
		g.step(Step{Client: client, Ops: []wire.Op{{Code: wire.Auth, Scheme: "digest", Data: []byte("x:y")}}, Damage: &Damage{Cut: 1 + g.IntN(8), At: -1}})
	}
	g.step(Step{Client: client, Connect: &Connect{Session: Resume, Timeout: 30000, Zxid: ZxidSeen}})
	g.authenticate(client)
}

// damaged sends a request whose body is cut, padded, or names a length that cannot be.
func (g *generator) damaged(client string) {
	op := g.operation()
	if op.Code == wire.CreateTTL || op.Code == wire.Multi {
		op = g.read() // damage could make a request of it that stops ZooKeeper: see NOTES.md
	}
	d := &Damage{At: -1}
	switch g.IntN(3) {
	case 0:
		d.Cut = 1 + g.IntN(12)
	case 1:
		d.Pad = 1 + g.IntN(12)
	case 2:
		d.At, d.Int = 0, pick(g, []int32{-1, -2, -1 << 31, 1<<31 - 1, 1 << 20, 100})
	}
	if d.At == 0 && (op.Code == wire.GetEphemerals || op.Code == wire.SetWatches || op.Code == wire.SetWatches2) {
		d.At = -1
	}
	g.step(Step{Client: client, Ops: []wire.Op{op}, Damage: d})
}
