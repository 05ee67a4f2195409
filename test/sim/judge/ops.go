package judge

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hquorum/hquorum/test/wire"
)

// actor is who asks.
type actor struct {
	session int64
	digest  string // "" if the client has proved none
}

func (a actor) may(acl []wire.ACL, perm int32) bool {
	for _, x := range acl {
		if x.Perms&perm != 0 && (x.Scheme == "world" || x.Scheme == "digest" && a.digest != "" && x.ID == a.digest) {
			return true
		}
	}
	return len(acl) == 0
}

// The create modes (class CreateMode).
const (
	modeEphemeral           = 1
	modeSequential          = 2
	modeEphemeralSequential = 3
	modeContainer           = 4
	modeTTL                 = 5
	modeSequentialTTL       = 6
)

// answer is what a request must be answered with.
type answer struct {
	err   wire.Err
	reply wire.Reply
}

// do answers a request as of the draft's state, and changes the draft if it is a
// write that succeeds. Requests are well-formed here: what ZooKeeper says of
// others is not this package's business.
func (d *draft) do(a actor, op wire.Op) answer {
	switch op.Code {
	case wire.Multi:
		return d.multi(a, op)
	case wire.MultiRead:
		return d.multiRead(a, op)
	case wire.CloseSession:
		for _, p := range d.ephemerals(a.session) {
			d.remove(p)
		}
		return answer{}
	case wire.GetEphemerals:
		return answer{reply: wire.Reply{Children: d.ephemerals(a.session)}}
	case wire.Create, wire.Create2, wire.CreateContainer, wire.CreateTTL:
		return d.create(a, op)
	case wire.Exists, wire.GetData, wire.GetChildren, wire.GetChildren2, wire.GetACL, wire.GetAllChildrenNumber:
		return d.read(a, op)
	}
	return d.change(a, op)
}

func fails(err wire.Err) answer { return answer{err: err} }

// change does the writes to a znode that must be there.
func (d *draft) change(a actor, op wire.Op) answer {
	n := d.get(op.Path)
	if op.Code == wire.Delete {
		parent := d.get(parentOf(op.Path))
		switch {
		case parent == nil:
			return fails(wire.NoNode)
		case !a.may(parent.acl, wire.PermDelete):
			return fails(wire.NoAuth)
		}
	}
	switch {
	case n == nil:
		return fails(wire.NoNode)
	case op.Code == wire.SetData && !a.may(n.acl, wire.PermWrite),
		op.Code == wire.SetACL && !a.may(n.acl, wire.PermAdmin),
		op.Code == wire.Check && !a.may(n.acl, wire.PermRead):
		return fails(wire.NoAuth)
	case op.Code == wire.SetACL && op.Version != -1 && op.Version != n.aversion,
		op.Code != wire.SetACL && op.Version != -1 && op.Version != n.version:
		return fails(wire.BadVersion)
	}
	switch op.Code {
	case wire.Delete:
		if len(d.names(op.Path)) > 0 {
			return fails(wire.NotEmpty)
		}
		d.remove(op.Path)
		return answer{}
	case wire.SetData:
		n = d.edit(op.Path)
		n.data, n.mzxid, n.mtime = op.Data, d.zxid, 0
		n.version++
		d.event(wire.EventDataChanged, op.Path, n.acl)
	case wire.SetACL:
		n = d.edit(op.Path)
		n.acl = op.ACL
		n.aversion++
	default:
		return answer{}
	}
	return answer{reply: wire.Reply{Stat: d.stat(op.Path)}}
}

func (d *draft) create(a actor, op wire.Op) answer {
	parentPath, path := parentOf(op.Path), op.Path
	parent := d.get(parentPath)
	switch {
	case parent == nil:
		return fails(wire.NoNode)
	case !a.may(parent.acl, wire.PermCreate):
		return fails(wire.NoAuth)
	}
	if op.Flags == modeSequential || op.Flags == modeEphemeralSequential || op.Flags == modeSequentialTTL {
		path += fmt.Sprintf("%010d", parent.creates)
	}
	switch {
	case d.get(path) != nil:
		return fails(wire.NodeExists)
	case parent.ephemeral():
		return fails(wire.NoChildrenForEphemerals)
	}
	n := &node{data: op.Data, acl: op.ACL, czxid: d.zxid, mzxid: d.zxid, pzxid: d.zxid}
	switch {
	case op.Code == wire.CreateTTL:
		n.owner = -1<<56 | op.TTL
	case op.Code == wire.CreateContainer || op.Flags == modeContainer:
		n.owner = containerOwner
	case op.Flags == modeEphemeral || op.Flags == modeEphemeralSequential:
		n.owner = a.session
	}
	d.set(path, n)
	parent = d.edit(parentPath)
	parent.creates++
	parent.pzxid = d.zxid
	d.event(wire.EventCreated, path, n.acl)
	reply := wire.Reply{Path: path}
	if op.Code != wire.Create {
		reply.Stat = d.stat(path)
	}
	return answer{reply: reply}
}

// remove deletes a znode that may be deleted.
func (d *draft) remove(p string) {
	acl := d.get(p).acl
	d.set(p, nil)
	parent := d.edit(parentOf(p))
	parent.pzxid = d.zxid
	d.event(wire.EventDeleted, p, acl)
}

func (d *draft) event(typ int32, p string, acl []wire.ACL) {
	e := Event{Zxid: d.zxid, Type: typ, Path: p, acl: acl}
	if parent := d.get(parentOf(p)); parent != nil {
		e.parentACL = parent.acl
	}
	d.events = append(d.events, e)
}

// ephemerals returns the paths of a session's, sorted.
func (d *draft) ephemerals(session int64) []string {
	var paths []string
	for _, p := range d.paths() {
		if n := d.get(p); n != nil && n.owner == session {
			paths = append(paths, p)
		}
	}
	for p, n := range d.changed {
		if n != nil && n.owner == session && !slices.Contains(paths, p) {
			paths = append(paths, p)
		}
	}
	slices.Sort(paths)
	return paths
}

func (d *draft) read(a actor, op wire.Op) answer {
	n := d.get(op.Path)
	perm := wire.PermRead
	if op.Code == wire.GetACL {
		perm |= wire.PermAdmin
	}
	switch {
	case n == nil:
		return fails(wire.NoNode)
	case !a.may(n.acl, perm):
		return fails(wire.NoAuth)
	}
	r := wire.Reply{Stat: d.stat(op.Path)}
	switch op.Code {
	case wire.GetData:
		r.Data = n.data
	case wire.GetChildren:
		r.Children, r.Stat = d.names(op.Path), nil
	case wire.GetChildren2:
		r.Children = d.names(op.Path)
	case wire.GetACL:
		r.ACL = slices.Clone(n.acl)
		for i := range r.ACL {
			if user, _, ok := strings.Cut(r.ACL[i].ID, ":"); ok && !a.may(n.acl, wire.PermAdmin) {
				r.ACL[i].ID = user + ":x"
			}
		}
	case wire.GetAllChildrenNumber:
		r.Stat = nil
		for _, p := range d.paths() {
			if p != op.Path && (op.Path == "/" || strings.HasPrefix(p, op.Path+"/")) {
				r.Number++
			}
		}
	}
	return answer{reply: r}
}

// multi is answered with OK and results whatever happens.
func (d *draft) multi(a actor, op wire.Op) answer {
	trial := d.state.draft(d.zxid)
	var out wire.Reply
	failed := -1
	for i, sub := range op.Ops {
		if failed >= 0 {
			out.Results = append(out.Results, wire.Result{Code: wire.ErrorResult, Err: wire.RuntimeInconsistency})
			continue
		}
		if sub.Code == wire.Create && sub.Flags == modeContainer {
			sub.Code = wire.CreateContainer
		}
		x := trial.do(a, sub)
		if x.err != wire.OK {
			failed = i
			out.Results = append(out.Results, wire.Result{Code: wire.ErrorResult, Err: x.err})
			continue
		}
		code := sub.Code
		if code == wire.CreateContainer || code == wire.CreateTTL {
			code = wire.Create2
		}
		out.Results = append(out.Results, wire.Result{Code: code, Reply: x.reply})
	}
	if failed < 0 {
		d.changed, d.order, d.events = trial.changed, trial.order, trial.events
		return answer{reply: out}
	}
	for i := range failed {
		out.Results[i] = wire.Result{Code: wire.ErrorResult}
	}
	return answer{reply: out}
}

func (d *draft) multiRead(a actor, op wire.Op) answer {
	var out wire.Reply
	for _, sub := range op.Ops {
		x := d.read(a, sub)
		if x.err != wire.OK {
			out.Results = append(out.Results, wire.Result{Code: wire.ErrorResult, Err: x.err})
			continue
		}
		out.Results = append(out.Results, wire.Result{Code: sub.Code, Reply: x.reply})
	}
	return answer{reply: out}
}

// succeeded reports whether a write that was answered so has been done.
func succeeded(op wire.Op, x answer) bool {
	if op.Code != wire.Multi {
		return x.err == wire.OK
	}
	return x.err == wire.OK && !slices.ContainsFunc(x.reply.Results, func(r wire.Result) bool { return r.Code == wire.ErrorResult })
}
