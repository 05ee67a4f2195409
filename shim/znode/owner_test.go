package znode

import (
	"math"
	"testing"
)

func TestOwnerKind(t *testing.T) {
	for _, tt := range []struct {
		owner Owner
		want  OwnerKind
	}{
		{0, Persistent},
		{1, Ephemeral},
		{0x7effffffffffffff, Ephemeral},
		{math.MinInt64 + 1, Ephemeral},
		{math.MinInt64, Container},
		{ContainerOwner, Container},
		{-0x0100000000000000 + 1, TTL},
		{-1, TTL},
		{-0x0100000000000000 - 1, Ephemeral},
	} {
		if got := tt.owner.Kind(); got != tt.want {
			t.Errorf("%#x: kind %d, want %d", uint64(tt.owner), got, tt.want)
		}
	}
	if o := Owner(0x1234); o.Session() != 0x1234 {
		t.Errorf("session %#x", o.Session())
	}
}

func TestTTLOwner(t *testing.T) {
	for _, tt := range []struct {
		ttl  int64
		want uint64 // 0: refused
	}{
		{1, 0xff00000000000001},
		{60_000, 0xff0000000000ea60},
		{MaxTTL, 0xff0000ffffffffff},
		{MaxTTL + 1, 0},
		{math.MaxInt64, 0},
		{0, 0},
		{-1, 0},
	} {
		o, ok := TTLOwner(tt.ttl)
		if uint64(o) != tt.want || ok != (tt.want != 0) {
			t.Errorf("TTL %d: %#x, %v", tt.ttl, uint64(o), ok)
			continue
		}
		if ok && (o.Kind() != TTL || o.TTL() != tt.ttl) {
			t.Errorf("TTL %d: kind %d, TTL %d", tt.ttl, o.Kind(), o.TTL())
		}
	}
}
