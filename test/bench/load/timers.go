package load

import "time"

// timer is a connection that wants to go on at a time.
type timer struct {
	due  time.Duration
	conn *conn
}

// timers is a binary heap, the earliest on top.
type timers []timer

// until is the time from now to the earliest timer, -1 if there is none.
func (t timers) until(now time.Duration) time.Duration {
	if len(t) == 0 {
		return -1
	}
	return max(0, t[0].due-now)
}

func (t *timers) push(x timer) {
	h := append(*t, x)
	for i := len(h) - 1; i > 0; {
		parent := (i - 1) / 2
		if h[parent].due <= h[i].due {
			break
		}
		h[i], h[parent] = h[parent], h[i]
		i = parent
	}
	*t = h
}

// pop takes the earliest timer if it is due, and returns nil if not.
func (t *timers) pop(now time.Duration) *conn {
	h := *t
	if len(h) == 0 || h[0].due > now {
		return nil
	}
	top := h[0].conn
	last := len(h) - 1
	h[0] = h[last]
	h = h[:last]
	for i := 0; ; {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(h); child++ {
			if h[child].due < h[least].due {
				least = child
			}
		}
		if least == i {
			break
		}
		h[i], h[least] = h[least], h[i]
		i = least
	}
	*t = h
	return top
}
