package conn

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/hquorum/hquorum/shim/proto"
)

// Writes that are answered together are counted together, each with its time.
// Until they are the connection is busy: its session is not silent.
func TestAnswersAreToldTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := toNobody(t)
		start := time.Now()
		for i, after := range []time.Duration{0, 0, 3, 5} {
			time.Sleep(time.Until(start.Add(after * time.Millisecond)))
			c.stats.answered(proto.RequestHeader{Xid: proto.Xid(i), Type: proto.OpSetData}, 7, time.Now())
		}
		time.Sleep(5 * time.Millisecond)
		if !c.Busy() {
			t.Error("not busy before they are told")
		}
		c.tell()
		if c.Busy() {
			t.Error("still busy")
		}
		const ms = time.Millisecond
		want := Latency{Count: 4, Sum: (10 + 10 + 7 + 5) * ms, Min: 5 * ms, Max: 10 * ms}
		if got := c.hub.Stats(); got.Writes != want || got.Sent != 4 {
			t.Errorf("%+v", got)
		}
		info := c.Info()
		if info.Latency != want || info.LastXid != 3 || info.LastOp != "SETD" || info.LastZxid != 7 || info.LastLatency != 5*ms {
			t.Errorf("%+v", info)
		}
		c.tell()
		if got := c.hub.Stats(); got.Writes != want {
			t.Errorf("told twice: %+v", got)
		}
	})
}
