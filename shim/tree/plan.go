package tree

import (
	"strings"

	"github.com/hquorum/hquorum/shim/record"
	"github.com/hquorum/hquorum/shim/znode"
)

// plan is one request on its way into a batch.
type plan struct {
	*Batch
	Request
	zxid   znode.Zxid
	before mark // the batch before the request
	// sessionErr is what is wrong with the request's session. It is not always
	// the first thing to be wrong.
	sessionErr error
}

func (p *plan) run() Result {
	if !p.Internal {
		p.sessionErr = p.checkSession(p.Request.Session)
	}
	if m, ok := p.Op.(Multi); ok {
		return p.multi(m)
	}
	return p.apply(p.Op)
}

// apply plans one op. It changes the batch only if the op succeeds.
func (p *plan) apply(op Op) Result {
	result := Result{Op: op}
	switch op := op.(type) {
	case Create:
		result.Path = op.Path
		p.create(op, &result)
	case Delete:
		result.Path = op.Path
		result.Err = p.delete(op)
	case DeleteContainer:
		result.Path = op.Path
		result.Err = p.deleteContainer(op)
	case SetData:
		result.Path = op.Path
		result.Err = p.setData(op, &result.Stat)
	case SetACL:
		result.Path = op.Path
		result.Err = p.setACL(op, &result.Stat)
	case Check:
		result.Path = op.Path
		result.Err = p.check(op)
	case CloseSession:
		result.Err = p.closeSession(op)
	default:
		p.internal(op, &result)
	}
	return result
}

// internal plans the ops that clients cannot ask for.
func (p *plan) internal(op Op, result *Result) {
	if !p.Internal {
		result.Err = ErrUnimplemented
		return
	}
	switch op := op.(type) {
	case OpenSession:
		result.Err = p.openSession(op)
	case MoveSession:
		result.Epoch, result.Err = p.moveSession(op)
	case PutMeta:
		p.putMeta(op)
	case RepairCounter:
		p.repairCounter(op)
	default:
		result.Err = ErrUnimplemented
	}
}

func (p *plan) allows(acl []znode.ACL, perms znode.Perms) bool {
	return p.Internal || p.Identity.Allow(acl, perms)
}

func (p *plan) fix(acl []znode.ACL) ([]znode.ACL, error) {
	if p.Internal {
		return acl, nil
	}
	fixed, err := p.Identity.Fix(acl)
	if err != nil {
		return nil, ErrInvalidACL
	}
	return fixed, nil
}

// event notes what happened to the znode of s, whose ACL is still the one that
// counts.
func (p *plan) event(t znode.EventType, s *slot) {
	e := event{record.Entry{Pos: p.len, Type: t, Path: s.path, ACL: s.node.ACL}, s}
	p.journalBytes += e.Size()
	p.events = append(p.events, e)
}

// parentOf returns the path of what would be p's parent if p were valid; ok is
// false without any. The root's name is empty there.
func parentOf(p znode.Path) (parent znode.Path, ok bool) {
	slash := strings.LastIndexByte(string(p), '/')
	if slash < 0 || strings.IndexByte(string(p), 0) >= 0 {
		return "", false
	}
	if slash == 0 {
		return znode.Root, true
	}
	return p[:slash], true
}

// matches reports whether a znode's version is the expected one; -1 is any.
func matches(version, expected int32) bool { return expected == -1 || expected == version }
