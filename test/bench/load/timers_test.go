package load

import (
	"testing"
	"time"
)

func TestTimersComeInOrderAndNotBefore(t *testing.T) {
	var timers timers
	for i := range 100 {
		timers.push(timer{due: time.Duration(i * 37 % 100), conn: &conn{id: int32(i * 37 % 100)}})
	}
	if got := timers.until(-5); got != 5 {
		t.Errorf("until = %v, want 5", got)
	}
	for now := range time.Duration(100) {
		if c := timers.pop(now); c == nil || c.id != int32(now) {
			t.Fatalf("pop(%d) = %v", now, c)
		}
		if c := timers.pop(now); c != nil {
			t.Fatalf("pop(%d) = %d, which is not due", now, c.id)
		}
	}
	if got := timers.until(0); got != -1 {
		t.Errorf("until = %v of no timers, want -1", got)
	}
}
