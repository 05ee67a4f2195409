package tree

import "github.com/hquorum/hquorum/shim/znode"

func (p *plan) setData(d SetData, stat *znode.Stat) error {
	s, err := p.existing(d.Path)
	switch {
	case err != nil:
		return err
	case !p.allows(s.node.ACL, znode.Write):
		return ErrNoAuth
	case !matches(s.node.Version, d.Version):
		return ErrBadVersion
	}
	p.lookupCounter(s) // for the Stat
	p.changeNode(s)
	s.node.Data = d.Data
	s.node.Version++
	s.node.Mtime = p.Now
	s.node.Mzxid = p.zxid
	p.event(znode.EventDataChanged, s)
	*stat = s.node.Stat()
	return nil
}

func (p *plan) setACL(a SetACL, stat *znode.Stat) error {
	if err := p.checkPath(a.Path); err != nil {
		return err
	}
	acl, err := p.fix(a.ACL)
	if err != nil {
		return err
	}
	s, err := p.existing(a.Path)
	switch {
	case err != nil:
		return err
	case !p.allows(s.node.ACL, znode.Admin):
		return ErrNoAuth
	case !matches(s.node.Aversion, a.Version):
		return ErrBadVersion
	}
	p.lookupCounter(s) // for the Stat
	p.changeNode(s)
	s.node.ACL = acl
	s.node.Aversion++
	*stat = s.node.Stat()
	return nil
}

func (p *plan) check(c Check) error {
	s, err := p.existing(c.Path)
	switch {
	case err != nil:
		return err
	case !p.allows(s.node.ACL, znode.Read):
		return ErrNoAuth
	case !matches(s.node.Version, c.Version):
		return ErrBadVersion
	}
	return nil
}

// checkPath returns what is wrong with the session or else the path.
func (p *plan) checkPath(path znode.Path) error {
	switch {
	case p.sessionErr != nil:
		return p.sessionErr
	case path.Validate() != nil:
		return ErrBadArguments
	}
	return nil
}

// existing returns the slot of a znode that there is.
func (p *plan) existing(path znode.Path) (*slot, error) {
	if err := p.checkPath(path); err != nil {
		return nil, err
	}
	s := p.lookup(path)
	if !s.exists {
		return nil, ErrNoNode
	}
	return s, nil
}

// repairCounter writes the counter as it is known here, which is right where
// the stored one is not.
func (p *plan) repairCounter(r RepairCounter) {
	s := p.lookup(r.Path)
	if !s.exists || !s.counter {
		return
	}
	p.lookupCounter(s)
	p.changeCounter(s)
	if pzxid := s.node.Pzxid; !pzxid.Pending() && pzxid < r.Pzxid {
		s.node.Pzxid = r.Pzxid
	}
}
