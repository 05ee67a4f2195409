package tree

// mark is a point to which a batch can go back.
type mark struct {
	compares, nodes, counters, moved, events int
	changers, firstChanger                   int
	hadMeta                                  bool
}

func (b *Batch) mark() mark {
	b.journal = b.journal[:0]
	clear(b.undo)
	b.undo = b.undo[:0]
	b.undoSession = b.undoSession[:0]
	return mark{
		compares: len(b.compares), nodes: len(b.nodes), counters: len(b.counters),
		moved: len(b.moved), events: len(b.events),
		changers: b.changers, firstChanger: b.firstChanger,
		hadMeta: b.meta != nil,
	}
}

// changed reports whether the request since m changed anything that is still
// there.
func (b *Batch) changed(m mark) bool {
	return len(b.undo) > 0 || len(b.undoSession) > 0 || m.hadMeta != (b.meta != nil)
}

// settle brings the accounts up to date with what the request under way has
// changed.
func (b *Batch) settle() {
	for i := range b.undo {
		s := b.undo[i].slot
		c := s.price()
		b.puts += c.ops - s.cost.ops
		b.bytes += c.bytes - s.cost.bytes
		b.repeats += c.repeats - s.cost.repeats
		s.cost = c
	}
	for i := range b.undoSession {
		s := b.undoSession[i].slot
		c := s.price()
		b.puts += c.ops - s.cost.ops
		b.bytes += c.bytes - s.cost.bytes
		s.cost = c
	}
}

// rollback takes back the changes since m, not the compares.
func (b *Batch) rollback(m mark) {
	for i := len(b.undo) - 1; i >= 0; i-- {
		b.undo[i].slot.state = b.undo[i].state
	}
	for i := len(b.undoSession) - 1; i >= 0; i-- {
		b.undoSession[i].slot.sessionState = b.undoSession[i].sessionState
	}
	b.settle()
	b.undo = b.undo[:0]
	b.undoSession = b.undoSession[:0]
	b.nodes = b.nodes[:m.nodes]
	b.counters = b.counters[:m.counters]
	b.moved = b.moved[:m.moved]
	for _, e := range b.events[m.events:] {
		b.journalBytes -= e.Size()
	}
	b.events = b.events[:m.events]
	b.changers, b.firstChanger = m.changers, m.firstChanger
	if !m.hadMeta && b.meta != nil {
		b.chargeMeta(-1)
		b.meta = nil
	}
}

// forget takes back the compares since m.
func (b *Batch) forget(m mark) {
	for i := m.compares; i < len(b.compares); i++ {
		*b.compared[i] = false
		b.bytes -= len(b.compares[i].Key)
	}
	b.compares = b.compares[:m.compares]
	b.compared = b.compared[:m.compares]
}
