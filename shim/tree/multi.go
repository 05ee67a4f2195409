package tree

import "github.com/hquorum/hquorum/shim/znode"

// multi plans all ops or none.
func (p *plan) multi(m Multi) Result {
	result := Result{Op: m, Multi: make([]Result, len(m.Ops))}
	for i, op := range m.Ops {
		r := &result.Multi[i]
		if result.Err != nil {
			*r = Result{Op: op, Err: ErrRuntimeInconsistency}
			continue
		}
		switch c := op.(type) {
		case Create:
			*r = p.apply(kindInMulti(c))
		case Delete, SetData, Check:
			*r = p.apply(op)
		default:
			*r = Result{Op: op, Err: ErrUnimplemented}
		}
		if r.Err != nil {
			result.Err = r.Err
			p.rollback(p.before)
			for j := range i {
				result.Multi[j] = Result{Op: result.Multi[j].Op}
			}
		}
	}
	return result
}

// kindInMulti returns c as ZooKeeper takes it within a multi (class Op), where
// a mode that has an op code of its own wins over the op code sent, and a
// createTTL without a TTL mode is a plain create.
func kindInMulti(c Create) Create {
	switch {
	case c.Mode.TTL():
		return c
	case c.Mode == znode.ModeContainer:
		c.Kind = KindContainer
	case c.Kind == KindTTL:
		c.Kind = KindCreate
	}
	return c
}
