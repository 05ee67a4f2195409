package conn_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"

	"github.com/hquorum/hquorum/shim"
	"github.com/hquorum/hquorum/shim/conn/conntest"
	"github.com/hquorum/hquorum/shim/jute"
	"github.com/hquorum/hquorum/shim/proto"
	"github.com/hquorum/hquorum/shim/znode"
)

// Requests sent at once are answered in their order, each read sees the writes
// before it, and zxids never fall.
func TestPipelining(t *testing.T) {
	run(t, shim.Config{}, func(r *rig) {
		c := r.client()
		mk(c, "/p")
		var sent bytes.Buffer
		const n = 2000
		value := 0
		want := make([]int, n) // what a read must show, -1 for a write
		for i := range n {
			xid := proto.Xid(1000 + i)
			want[i] = -1
			switch rand.IntN(4) {
			case 0:
				value++
				data := []byte(strconv.Itoa(value))
				sent.Write(conntest.Request(xid, proto.OpSetData, proto.SetDataRequest{Path: "/p", Data: data, Version: int32(value - 1)}.Append))
			default:
				want[i] = value
				sent.Write(conntest.Request(xid, proto.OpGetData, get("/p", false)))
			}
		}
		c.Write(sent.Bytes())
		var last znode.Zxid
		for i := range n {
			f := c.Recv()
			if f.Xid != proto.Xid(1000+i) || f.Err != proto.OK || f.Zxid < last {
				t.Fatalf("reply %d: %+v after zxid %d", i, f.ReplyHeader, last)
			}
			last = f.Zxid
			if want[i] < 0 {
				continue
			}
			var data proto.GetDataResponse
			f.Decode(t, &data)
			if want[i] > 0 && string(data.Data) != strconv.Itoa(want[i]) || data.Stat.Version != int32(want[i]) {
				t.Fatalf("reply %d: data %q of version %d, want %d", i, data.Data, data.Stat.Version, want[i])
			}
		}
	})
}

// While clients write and watch the same znodes, no client sees a change before
// the event that it was promised.
func TestNoReplyOvertakesAnEvent(t *testing.T) {
	run(t, shim.Config{}, func(r *rig) {
		setup := r.client()
		mk(setup, "/v")
		const clients, rounds = 6, 150
		var wg sync.WaitGroup
		for i := range clients {
			c := r.client()
			wg.Go(func() {
				if err := watchAndWrite(c, rounds, i%2 == 0); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	})
}

// watchAndWrite reads /v with a watch all the time: as long as the watch has not
// fired a read must show the version that armed it.
func watchAndWrite(c *conntest.Client, rounds int, writes bool) error {
	armed, version := false, int32(0)
	pending := 0
	kinds := map[proto.Xid]proto.OpCode{}
	for range rounds {
		if writes {
			kinds[c.Send(proto.OpSetData, proto.SetDataRequest{Path: "/v", Version: -1}.Append)] = proto.OpSetData
			pending++
		}
		kinds[c.Send(proto.OpGetData, get("/v", true))] = proto.OpGetData
		kinds[c.Send(proto.OpGetData, get("/v", true))] = proto.OpGetData
		for pending += 2; pending > 0; {
			f := c.Recv()
			if f.Xid == proto.XidWatcherEvent {
				armed = false
				continue
			}
			pending--
			if kinds[f.Xid] != proto.OpGetData {
				continue
			}
			var data proto.GetDataResponse
			cur := jute.NewCursor(f.Body)
			if data.Decode(&cur); cur.Err() != nil {
				return cur.Err()
			}
			if armed && data.Stat.Version != version {
				return fmt.Errorf("a read shows version %d before the event after version %d", data.Stat.Version, version)
			}
			armed, version = true, data.Stat.Version
		}
	}
	return nil
}
