package diff

import (
	"encoding/binary"
	"slices"
	"strings"

	"github.com/hquorum/hquorum/test/wire"
)

// samples has one request of every kind that can be damaged without harm to ZooKeeper (see NOTES.md).
func samples() []wire.Op {
	nothing := []string{}
	return []wire.Op{
		create("~/a", "data"), create2("~/a", "data"), createContainer("~/a"), del("~/a", -1), exists("~/a"), get("~/a"), set("~/a", "x",
			-1), getACL("~/a"), setACL("~/a", -1, world(31)), children("~/a"),
		syncAt("~/a"), children2("~/a"), multi(create("~/a", "x"), check("~/a", 0)), checkWatches("~/a", anyType), removeWatches("~/a",
			anyType), multiRead(get("~/a"), children("~/a")), rearm(nothing, nothing, nothing),
		rearm2(nothing, nothing, nothing, nothing, nothing), ephemerals("~"), count("~/a"), addWatch("~/a", persistentWatch), {Code: wire.WhoAmI},
	}
}

func wireStories() []story {
	var cuts, pads, lengths, empty []Step
	for _, op := range samples() {
		for cut := 1; cut <= 40; cut++ {
			cuts = append(cuts, damage("ann", op, Damage{Cut: cut, At: -1})...)
		}
		cuts = append(cuts, each("ann", exists("~/a"), del("~/a", -1))...)
		pads = append(pads, damage("ann", op, Damage{Pad: 1, At: -1})...)
		pads = append(pads, damage("ann", op, Damage{Pad: 1000, At: -1})...)
		for _, n := range []int32{-1, -2, -1 << 31, 1<<31 - 1, 1 << 20, 1<<20 - 1, 1<<24 - 1, 1000} {
			if op.Code != wire.GetEphemerals && op.Code != wire.WhoAmI {
				lengths = append(lengths, damage("ann", op, Damage{At: 0, Int: n})...)
			}
		}
		op.Raw = []byte{}
		empty = append(empty, do("ann", op)...)
	}
	var unknown []Step
	for _, code := range []wire.OpCode{0, 10, 13, 23, 99, 108, 109, 1000, -1, -2, 1 << 30} {
		unknown = append(unknown, steps(join("ann"), do("ann", wire.Op{Code: code, Raw: []byte{}}), resume("ann"), do("ann", create("~/e",
			"", ephemeral), wire.Op{Code: wire.Ping}), leave("ann"), resume("ann"))...)
	}
	frame := func(n int32, payload ...byte) []byte {
		return append(binary.BigEndian.AppendUint32(nil, uint32(n)), payload...)
	}
	var frames []Step
	for _, f := range [][]byte{frame(-1), frame(-1 << 31), frame(1<<31 - 1), frame(1 << 20), frame(0), frame(1, 0), frame(4, 1, 2, 3, 4), frame(7, 0, 0, 0, 1, 0, 0, 0)} {
		frames = append(frames, steps(raw("ann", f...), resume("ann"), do("ann", exists("~")))...)
	}
	hello := wire.ConnectRequest{Timeout: 30000, Password: make([]byte, 16), HasReadOnly: true}
	var greetings []Step
	for _, b := range [][]byte{
		frame(0), frame(-1), frame(1 << 20), frame(1<<31 - 1), frame(10, make([]byte, 10)...), frame(28, make([]byte, 28)...), frame(27,
			make([]byte, 27)...), frame(100, slices.Repeat([]byte{0xff}, 100)...), frame(60, append(hello.Frame()[4:], make([]byte, 15)...)...),
		wire.ConnectRequest{Timeout: 30000, HasReadOnly: true}.Frame(), wire.ConnectRequest{Timeout: 30000, Password: []byte{},
			HasReadOnly: true}.Frame(), wire.ConnectRequest{Timeout: 30000, Password: make([]byte, 5)}.Frame(),
		wire.ConnectRequest{Timeout: 30000, Password: make([]byte, 100), HasReadOnly: true}.Frame(), wire.ConnectRequest{Timeout: 30000,
			SessionID: -1, Password: make([]byte, 16), HasReadOnly: true}.Frame(), wire.ConnectRequest{Timeout: 30000, LastZxidSeen: -1,
			Password: make([]byte, 16), HasReadOnly: true}.Frame(),
		wire.ConnectRequest{Timeout: 30000, SessionID: 5, Password: nil, HasReadOnly: true}.Frame(),
	} {
		greetings = append(greetings, connect("ann", Connect{Bytes: b})...)
	}
	const most = 1048575 // jute.maxbuffer as ZooKeeper's server has it by default
	exact := func(size int) []Step {
		overhead := len(create("/12345678", "").Body()) + 8
		return do("ann", wire.Op{Code: wire.Create, Path: "~/big", Data: []byte(strings.Repeat("x", size-overhead-64)), ACL: open})
	}
	return []story{
		{name: "requests cut short", steps: steps(join("ann"), cuts)},
		{name: "requests with something behind them", steps: steps(join("ann"), pads)},
		{name: "requests with impossible lengths", steps: steps(join("ann"), lengths)},
		{name: "requests without a body", steps: steps(join("ann"), empty)},
		{name: "opcodes that nobody knows", steps: unknown},
		{name: "frames that cannot be", steps: steps(join("ann"), frames)},
		{name: "connect requests that cannot be", steps: greetings},
		{name: "auth packets that cannot be", steps: steps(
			join("ann"), damage("ann", wire.Op{Code: wire.Auth, Scheme: "digest", Data: []byte("a:b")}, Damage{Cut: 2, At: -1}),
			resume("ann"), do("ann", wire.Op{Code: wire.Auth, Raw: []byte{}}), resume("ann"),
			damage("ann", wire.Op{Code: wire.Auth, Scheme: "digest", Data: []byte("a:b")}, Damage{At: 4, Int: -5}),
		)},
		{name: "the largest frame", steps: steps(
			join("ann"), exact(most), each("ann", exists("~/big"), del("~/big", -1)),
			[]Step{{Client: "ann", Raw: append(frame(most, 0, 0, 0, 77, 0, 0, 0, 3), append(binary.BigEndian.AppendUint32(nil, 1), append([]byte("x"), make([]byte, most-8-5)...)...)...)}},
			[]Step{{Client: "ann", Raw: append(frame(most+1, 0, 0, 0, 78, 0, 0, 0, 3), make([]byte, 100)...)}}, resume("ann"),
			do("ann", exists("~")),
		)},
		{name: "replies keep their xids", steps: steps(
			join("ann"),
			[]Step{{Client: "ann", Raw: slices.Concat(syncAt("/").Frame(7), syncAt("/").Frame(7), exists("/none").Frame(-100), exists("/none").Frame(-1<<31), wire.Op{Code: wire.WhoAmI}.Frame(1<<31-1), exists("/none").Frame(0))}},
		)},
	}
}
