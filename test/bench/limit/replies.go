package limit

import (
	"bytes"
	"fmt"

	"github.com/hquorum/hquorum/shim/jute"
	"github.com/hquorum/hquorum/shim/proto"
	"github.com/hquorum/hquorum/shim/znode"
)

var (
	stat      = proto.AppendStat(nil, znode.Stat{NumChildren: 1}) // exists shows it to who waits for a child
	dataReply = append(jute.AppendBuffer(nil, make([]byte, 100)), stat...)
	// value is as long as a znode's record with 100 bytes of data.
	value         = bytes.Repeat([]byte{'v'}, 180)
	childrenReply = hundredNames()
)

func hundredNames() []byte {
	names := make([]string, 100)
	for i := range names {
		names[i] = fmt.Sprintf("%010d", i)
	}
	return proto.GetChildrenResponse{Children: names}.Append(nil)
}

func appendGreeting(out []byte) []byte {
	out, mark := proto.BeginFrame(out)
	out = proto.ConnectResponse{Timeout: 30_000, SessionID: 1, Password: make([]byte, 16), HasReadOnly: true}.Append(out)
	return proto.EndFrame(out, mark)
}
