package commit

import (
	"sync"

	"github.com/hquorum/hquorum/shim/tree"
	"github.com/hquorum/hquorum/shim/znode"
)

// cut holds the sessions that had a write which was not answered, with the
// highest epoch that such a write had. The zero value is empty.
type cut struct {
	mu     sync.Mutex
	epochs map[znode.SessionID]int64
}

// add cuts the session of r, if it has one.
func (c *cut) add(r tree.Request) {
	if r.Session == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.epochs == nil {
		c.epochs = map[znode.SessionID]int64{}
	}
	c.epochs[r.Session] = max(c.epochs[r.Session], r.Epoch)
}

// refuses reports whether r must not be done. The process's own requests may:
// moving a session, and ending it.
func (c *cut) refuses(r tree.Request) bool {
	if r.Internal {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	epoch, is := c.epochs[r.Session]
	return is && r.Epoch <= epoch
}

func (c *cut) has(id znode.SessionID) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, is := c.epochs[id]
	return is
}

// mend forgets the session that op has moved or ended.
func (c *cut) mend(op tree.Op) {
	var id znode.SessionID
	switch op := op.(type) {
	case tree.MoveSession:
		id = op.ID
	case tree.CloseSession:
		id = op.ID
	default:
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.epochs, id)
}

// keep forgets the sessions that are no more.
func (c *cut) keep(exists func(znode.SessionID) bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for id := range c.epochs {
		if !exists(id) {
			delete(c.epochs, id)
		}
	}
}

func (c *cut) empty() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.epochs) == 0
}
