package judge

import (
	"slices"
	"testing"
	"time"

	"github.com/hquorum/hquorum/test/wire"
)

func create(p string) wire.Op {
	return wire.Op{Code: wire.Create, Path: p, Data: []byte(p), ACL: open}
}

func createMode(p string, mode int32) wire.Op {
	op := create(p)
	op.Flags = mode
	return op
}

func set(p, data string) wire.Op {
	return wire.Op{Code: wire.SetData, Path: p, Data: []byte(data), Version: -1}
}

func remove(p string) wire.Op { return wire.Op{Code: wire.Delete, Path: p, Version: -1} }

func get(p string, watch bool) wire.Op {
	return wire.Op{Code: wire.GetData, Path: p, Watch: watch}
}

var (
	closing = wire.Op{Code: wire.CloseSession}
	syncing = wire.Op{Code: wire.Sync, Path: "/"}
	pinging = wire.Op{Code: wire.Ping}
)

// whole is a story in which everything happens that is judged.
func whole() (*story, *Conn, *Conn) {
	s := newStory()
	a, b := s.connect(1), s.connect(2)
	s.do(a, create("/x"))
	s.do(b, get("/x", true))
	s.do(a, wire.Op{Code: wire.AddWatch, Path: "/", Mode: 1})
	s.do(a, set("/x", "1"))
	s.do(b, wire.Op{Code: wire.Exists, Path: "/e", Watch: true})
	s.do(a, createMode("/x/s-", 2))
	s.do(a, createMode("/x/s-", 2))
	s.do(a, createMode("/e", 1))
	s.do(b, wire.Op{Code: wire.Multi, Ops: []wire.Op{set("/x", "2"), create("/y"), {Code: wire.Check, Path: "/x", Version: 2}}})
	s.do(b, wire.Op{Code: wire.Multi, Ops: []wire.Op{set("/x", "3"), create("/y")}})
	s.do(b, wire.Op{Code: wire.GetChildren, Path: "/", Watch: true})
	s.do(b, remove("/none"))
	s.do(b, syncing)
	s.do(b, get("/x", false))
	s.do(a, closing)
	a.Open = false
	s.do(b, pinging)
	return s, a, b
}

func TestGoodStory(t *testing.T) {
	s, _, b := whole()
	if n := len(entries(b, isEvent)); n != 3 {
		t.Errorf("the second client was told %d times", n)
	}
	for _, v := range Check(&s.h) {
		t.Errorf("%s: %s", v.Property, v.Text)
	}
}

// TestPlanted shows that each kind of violation is found, and called what it is.
func TestPlanted(t *testing.T) {
	reply := func(c *Conn, n int) *Entry { return &c.Log[entries(c, isReply)[n]] }
	event := func(c *Conn, n int) *Entry { return &c.Log[entries(c, isEvent)[n]] }
	for name, c := range map[string]struct {
		want string
		make func() *story
	}{
		"an acknowledged write is lost": {"P1", func() *story {
			s := newStory()
			s.do(s.connect(1), create("/x"))
			s.h.Changes = s.h.Changes[:2]
			return s
		}},
		"a refused write was done": {"P1", func() *story {
			s, a, _ := whole()
			reply(a, 2).Frame.Err, reply(a, 2).Frame.Body = wire.BadVersion, nil
			return s
		}},
		"somebody writes": {"P1", func() *story {
			s, _, _ := whole()
			s.change(KV{Key: "z/x/s-0000000000", Delete: true})
			return s
		}},
		"a write is stored wrongly": {"P1", func() *story {
			s, _, _ := whole()
			e := &s.h.Changes[4].Events[0]
			e.Value = append(slices.Clone(e.Value), '!')
			return s
		}},
		"an unanswered write is done twice": {"P1", func() *story {
			s := newStory()
			a := s.connect(1)
			s.do(a, create("/x"))
			s.send(a, createMode("/x/s-", 2))
			for range 2 {
				d := s.tree.at(first(s.rev + 1)).draft(first(s.rev + 1))
				d.do(actor{session: 1}, createMode("/x/s-", 2))
				s.commit(d, create(""), 1)
			}
			return s
		}},
		"a write takes effect before it was asked for": {"P2", func() *story {
			s := newStory()
			a, b := s.connect(1), s.connect(2)
			s.do(a, create("/x"))
			s.do(b, create("/y"))
			x, y := &a.Log[2], &b.Log[len(b.Log)-2] // the requests
			y.Seq, x.Seq = x.Seq, b.Log[len(b.Log)-1].Seq+1
			a.Log[3].Seq = x.Seq + 1
			return s
		}},
		"an error that was never true": {"P2", func() *story {
			s, _, b := whole()
			n := entries(b, func(e Entry) bool { return e.Kind == Sent && e.Op.Path == "/none" })[0]
			b.Log[n].Op.Path = "/x/s-0000000000"
			return s
		}},
		"replies change places": {"P4", func() *story {
			s, a, _ := whole()
			x, y := reply(a, 0), reply(a, 1)
			x.Frame, y.Frame = y.Frame, x.Frame
			return s
		}},
		"a reply to nothing": {"P4", func() *story {
			s, _, b := whole()
			s.add(b, Entry{Kind: Got, Frame: wire.Frame{Xid: 99}})
			return s
		}},
		"a write overtakes one before it": {"P4", func() *story {
			s := newStory()
			a := s.connect(1)
			s.send(a, create("/never"))
			s.send(a, create("/x"))
			d := s.tree.at(first(s.rev + 1)).draft(first(s.rev + 1))
			d.do(actor{session: 1}, create("/x"))
			s.commit(d, create("/x"), 1)
			return s
		}},
		"a zxid falls": {"P5", func() *story {
			s, _, b := whole()
			reply(b, 8).Frame.Zxid = first(4)
			return s
		}},
		"a zxid falls on another connection": {"P5", func() *story {
			s := newStory()
			a := s.connect(1)
			s.do(a, create("/x"))
			b := s.connect(1)
			s.do(b, pinging)
			b.Log[len(b.Log)-1].Frame.Zxid = first(2)
			return s
		}},
		"a read of another state": {"P6", func() *story {
			s, _, b := whole()
			body := slices.Clone(reply(b, 7).Frame.Body)
			body[4] = '7'
			reply(b, 7).Frame.Body = body
			return s
		}},
		"a Stat is wrong": {"P6", func() *story {
			s, a, _ := whole()
			body := slices.Clone(reply(a, 2).Frame.Body)
			body[35]++ // the version
			reply(a, 2).Frame.Body = body
			return s
		}},
		"sync does not catch up": {"P7", func() *story {
			s, _, b := whole()
			reply(b, 6).Frame.Zxid = first(5)
			return s
		}},
		"half a multi": {"P9", func() *story {
			s, _, _ := whole()
			c := &s.h.Changes[len(s.h.Changes)-2]
			c.Events = c.Events[:1]
			return s
		}},
		"a failed multi is said to have succeeded": {"P9", func() *story {
			s, _, b := whole()
			reply(b, 3).Frame.Body = reply(b, 2).Frame.Body
			return s
		}},
		"an event is missed": {"P11", func() *story {
			s, _, b := whole()
			n := entries(b, isEvent)[0]
			b.Log = slices.Delete(b.Log, n, n+1)
			return s
		}},
		"an event is missed at the end": {"P10", func() *story {
			s, _, b := whole()
			s.do(b, get("/x", true))
			c := s.connect(3)
			s.do(c, set("/x", "9"))
			b.Log = b.Log[:len(b.Log)-1]
			s.add(b, Entry{Kind: Got, Frame: event(c2(s), 0).Frame})
			return s
		}},
		"an event comes twice": {"P10", func() *story {
			s, _, b := whole()
			s.add(b, *event(b, 0))
			return s
		}},
		"an event of what is not watched": {"P10", func() *story {
			s, _, b := whole()
			s.tell(b, Event{Zxid: first(s.rev), Type: wire.EventDeleted, Path: "/never"})
			return s
		}},
		"an event behind the reply that shows it": {"P11", func() *story {
			s, a, _ := whole()
			n := entries(a, isEvent)[0]
			a.Log[n].Frame, a.Log[n+1].Frame = a.Log[n+1].Frame, a.Log[n].Frame
			return s
		}},
		"setWatches forgets something": {"P12", func() *story {
			s := newStory()
			a := s.connect(1)
			s.do(a, create("/x"))
			b := s.connect(2)
			s.do(b, wire.Op{Code: wire.SetWatches, Zxid: first(2), Lists: [5][]string{{"/x"}, {}, {}}})
			n := entries(b, isEvent)[0]
			b.Log = slices.Delete(b.Log, n, n+1)
			return s
		}},
		"setWatches makes something up": {"P12", func() *story {
			s := newStory()
			b := s.connect(2)
			s.tell(b, Event{Zxid: noZxid, Type: wire.EventDeleted, Path: "/x"})
			s.do(b, wire.Op{Code: wire.SetWatches, Zxid: first(2), Lists: [5][]string{{}, {}, {}}})
			return s
		}},
		"an ephemeral outlives its session": {"P13", func() *story {
			s := newStory()
			a := s.connect(1)
			s.do(a, createMode("/e", 1))
			s.silence(6 * time.Second)
			s.change(KV{Key: "s/0000000000000001", Delete: true})
			return s
		}},
		"an ephemeral without a lease": {"P13", func() *story {
			s := newStory()
			s.do(s.connect(1), createMode("/e", 1))
			s.h.Changes[2].Events[0].Lease = 0
			return s
		}},
		"a session comes back": {"P13", func() *story {
			s := newStory()
			s.do(s.connect(1), closing)
			s.session(1)
			return s
		}},
		"a session ends early": {"P14", func() *story {
			s := newStory()
			a := s.connect(1)
			s.do(a, pinging)
			s.silence(4 * time.Second)
			s.do(a, pinging)
			s.silence(4 * time.Second)
			s.change(KV{Key: "s/0000000000000001", Delete: true})
			return s
		}},
		"a session lives on": {"P14", func() *story {
			s := newStory()
			s.do(s.connect(1), pinging)
			b := s.connect(2)
			for range 8 {
				s.silence(time.Second)
				s.do(b, pinging)
			}
			return s
		}},
		"a session is said to have expired": {"P14", func() *story {
			s, _, b := whole()
			reply(b, 5).Frame.Err = wire.SessionExpired
			return s
		}},
		"a sequence number is given twice": {"P15", func() *story {
			s := newStory()
			a := s.connect(1)
			s.do(a, createMode("/s-", 2))
			for i, kv := range s.h.Changes[2].Events {
				if kv.Key == "c/" {
					s.h.Changes[2].Events[i].Value = []byte{1, 0, 4, 128, 128, 3}
				}
			}
			return s
		}},
	} {
		t.Run(name, func(t *testing.T) {
			s := c.make()
			found := Check(&s.h)
			if len(found) == 0 {
				t.Fatal("not found")
			}
			for _, v := range found {
				if v.Property == c.want {
					return
				}
			}
			t.Errorf("it is called %s: %s", found[0].Property, found[0].Text)
		})
	}
}

// c2 is the connection of the second client.
func c2(s *story) *Conn { return s.h.Conns[1] }
