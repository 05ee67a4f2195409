package znode

import "testing"

func TestZxidResolve(t *testing.T) {
	for _, tt := range []struct {
		zxid     Zxid
		base     Zxid
		revision int64
		want     Zxid
	}{
		{PendingZxid(0), 0, 1, 0x1000},
		{PendingZxid(5), 0, 1, 0x1005},
		{PendingZxid(MaxPosition), 0, 1, 0x1fff},
		{PendingZxid(1), 0x100000000, 0x10, 0x100010001},
		{0, 7, 9, 0},
		{0x1234, 7, 9, 0x1234},
	} {
		if got := tt.zxid.Resolve(tt.base, tt.revision); got != tt.want {
			t.Errorf("%d with base %#x at %d: %#x, want %#x", tt.zxid, tt.base, tt.revision, got, tt.want)
		}
	}
}

func TestZxidPending(t *testing.T) {
	for _, pos := range []int{0, 1, MaxPosition} {
		if !PendingZxid(pos).Pending() {
			t.Errorf("position %d is not pending", pos)
		}
	}
	if Zxid(0).Pending() || Zxid(1).Pending() {
		t.Error("a final zxid is pending")
	}
}

// Zxids of one revision lie above every zxid of the one before and below every
// one of the next.
func TestZxidsRise(t *testing.T) {
	const base = 42
	last := LastZxid(base, 6)
	for _, pos := range []int{0, 1, 2, MaxPosition} {
		z := PendingZxid(pos).Resolve(base, 7)
		if z <= last {
			t.Errorf("position %d: %#x after %#x", pos, z, last)
		}
		last = z
	}
	if last != LastZxid(base, 7) {
		t.Errorf("the last zxid is %#x, not %#x", LastZxid(base, 7), last)
	}
}
