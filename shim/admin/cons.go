package admin

import (
	"fmt"
	"strings"

	"github.com/hquorum/hquorum/shim/conn"
)

func (w *Words) cons() string {
	var b strings.Builder
	for _, c := range w.source.Connections() {
		b.WriteString(describe(c, false) + "\n")
	}
	b.WriteString("\n")
	return b.String()
}

// describe prints a connection (ServerCnxn.dumpConnectionInfo). The number in
// brackets is what the server waits for: 1 for requests, 0 for nothing.
func describe(c conn.Info, brief bool) string {
	var b strings.Builder
	interest := 0
	if c.Session != 0 {
		interest = 1
	}
	fmt.Fprintf(&b, " %s[%d](queued=%d,recved=%d,sent=%d", c.Remote, interest, c.Queued, c.Received, c.Sent)
	if !brief && c.Session != 0 {
		fmt.Fprintf(&b, ",sid=0x%x,lop=%s,est=%d,to=%d", int64(c.Session), c.LastOp, c.Established.UnixMilli(), c.Timeout.Milliseconds())
		if c.LastXid >= 0 {
			fmt.Fprintf(&b, ",lcxid=0x%x", c.LastXid)
		}
		last := int64(0)
		if !c.LastResponse.IsZero() {
			last = c.LastResponse.UnixMilli()
		}
		fmt.Fprintf(&b, ",lzxid=0x%x,lresp=%d,llat=%d,minlat=%d,avglat=%d,maxlat=%d", uint64(c.LastZxid), last,
			c.LastLatency.Milliseconds(), c.Latency.Min.Milliseconds(), c.Latency.Avg().Milliseconds(), c.Latency.Max.Milliseconds())
	}
	b.WriteString(")")
	return b.String()
}
