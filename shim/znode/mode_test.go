package znode

import "testing"

func TestCreateMode(t *testing.T) {
	for _, tt := range []struct {
		mode                              CreateMode
		valid, ephemeral, sequential, ttl bool
	}{
		{0, true, false, false, false},
		{1, true, true, false, false},
		{2, true, false, true, false},
		{3, true, true, true, false},
		{4, true, false, false, false},
		{5, true, false, false, true},
		{6, true, false, true, true},
		{7, false, false, false, false},
		{-1, false, false, false, false},
	} {
		m := tt.mode
		if m.Valid() != tt.valid || m.Ephemeral() != tt.ephemeral || m.Sequential() != tt.sequential || m.TTL() != tt.ttl {
			t.Errorf("mode %d: valid %v, ephemeral %v, sequential %v, TTL %v",
				m, m.Valid(), m.Ephemeral(), m.Sequential(), m.TTL())
		}
	}
	if ModeContainer != 4 {
		t.Errorf("the container mode is %d", ModeContainer)
	}
}

// What goes over the wire or into the store as a number.
func TestNumbers(t *testing.T) {
	if Read != 1 || Write != 2 || Create != 4 || Delete != 8 || Admin != 16 || All != 31 {
		t.Error("permissions differ from ZooDefs.Perms")
	}
	if EventCreated != 1 || EventDeleted != 2 || EventDataChanged != 3 || EventChildrenChanged != 4 {
		t.Error("event types differ from Watcher.Event.EventType")
	}
}
