package tree

import (
	"strconv"

	"github.com/hquorum/hquorum/shim/record"
	"github.com/hquorum/hquorum/shim/znode"
)

func (p *plan) create(c Create, result *Result) {
	owner, err := p.ownerFor(c)
	if err == nil {
		err = p.sessionErr
	}
	if err != nil {
		result.Err = err
		return
	}
	parentPath, ok := parentOf(c.Path)
	if !ok {
		result.Err = ErrBadArguments
		return
	}
	acl, err := p.fix(c.ACL)
	if err != nil {
		result.Err = err
		return
	}
	parent := p.lookup(parentPath)
	switch {
	case !parent.exists:
		result.Err = ErrNoNode
		return
	case !p.allows(parent.node.ACL, znode.Create):
		result.Err = ErrNoAuth
		return
	}
	path := c.Path
	if c.Mode.Sequential() {
		p.lookupCounter(parent)
		path = sequential(path, parent.node.Creates)
	}
	result.Path = path
	if path.Validate() != nil {
		result.Err = ErrBadArguments
		return
	}
	s := p.lookup(path)
	switch {
	case s.exists:
		result.Err = ErrNodeExists
		return
	case parent.node.Owner.Kind() == znode.Ephemeral:
		result.Err = ErrNoChildrenForEphemerals
		return
	}
	p.lookupCounter(parent)
	p.addChild(parent)
	p.changeNode(s)
	s.exists, s.counter = true, false
	s.node = Node{
		Node: record.Node{
			Data: c.Data, ACL: acl,
			Czxid: p.zxid, Mzxid: p.zxid,
			Ctime: p.Now, Mtime: p.Now,
			Owner: owner,
		},
		Pzxid: p.zxid,
	}
	if owner.Kind() == znode.Ephemeral {
		p.sessions[owner.Session()].noteEphemeral(s.path)
	}
	p.event(znode.EventCreated, s)
	result.Stat = s.node.Stat()
}

// ownerFor returns the owner that the znode gets. The op code counts more than
// the mode: a container is made by KindContainer alone, so a plain create with
// ModeContainer makes a persistent znode.
func (p *plan) ownerFor(c Create) (znode.Owner, error) {
	switch {
	case !c.Mode.Valid():
		return 0, ErrBadArguments
	case c.Mode.TTL() && !p.ExtendedTypes:
		return 0, ErrUnimplemented
	case c.Mode.TTL() != (c.Kind == KindTTL):
		return 0, ErrBadArguments
	case c.Kind == KindTTL:
		owner, ok := znode.TTLOwner(c.TTL)
		if !ok {
			return 0, ErrBadArguments
		}
		return owner, nil
	case c.Kind == KindContainer:
		return znode.ContainerOwner, nil
	case !c.Mode.Ephemeral():
		return 0, nil
	case p.Internal: // has no session that could own it
		return 0, ErrBadArguments
	}
	return znode.Owner(p.Request.Session), nil
}

// addChild counts a new child of s.
func (p *plan) addChild(s *slot) {
	p.changeCounter(s)
	s.counter = true
	s.node.Creates++
	s.node.Children++
	s.node.Pzxid = p.zxid
}

// sequential appends n to p as Java's %010d does.
func sequential(p znode.Path, n int32) znode.Path {
	const width = 10
	buf := make([]byte, 0, len(p)+width+1)
	buf = append(buf, p...)
	digits := int64(n)
	pad := width
	if n < 0 {
		buf = append(buf, '-')
		digits = -digits
		pad--
	}
	var scratch [width]byte
	number := strconv.AppendInt(scratch[:0], digits, 10)
	for range pad - len(number) {
		buf = append(buf, '0')
	}
	return znode.Path(append(buf, number...))
}
