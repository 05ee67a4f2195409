package session

import (
	"container/heap"
	"time"
)

// queue orders the owned sessions by when they are looked at next, which is
// never later than their deadline: touching a session does not move it.
type queue []*owned

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].due < q[j].due }
func (q queue) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].index, q[j].index = i, j
}

// Push implements heap.Interface.
func (q *queue) Push(x any) {
	o := x.(*owned)
	o.index = len(*q)
	*q = append(*q, o)
}

// Pop implements heap.Interface.
func (q *queue) Pop() any {
	last := len(*q) - 1
	o := (*q)[last]
	(*q)[last] = nil
	*q = (*q)[:last]
	return o
}

// look sets when o is looked at next. m.mu is held.
func (m *Manager) look(o *owned, due time.Duration) {
	o.due = due
	heap.Fix(&m.queue, o.index)
	if o.index == 0 {
		m.rouse()
	}
}

// rouse makes expireAll look at the queue again.
func (m *Manager) rouse() {
	select {
	case m.wake <- struct{}{}:
	default: // it will
	}
}
