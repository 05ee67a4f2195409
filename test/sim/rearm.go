package sim

import (
	"maps"
	"slices"

	"github.com/hquorum/hquorum/test/wire"
)

// watches are what a client would register again.
type watches struct{ data, exist, child, persistent, recursive map[string]bool }

func newWatches() watches {
	return watches{map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}}
}

func (w *watches) answered(op wire.Op, err wire.Err) {
	there := err == wire.OK
	switch op.Code {
	case wire.GetData:
		if op.Watch && there {
			w.data[op.Path] = true
		}
	case wire.Exists:
		switch {
		case op.Watch && there:
			w.data[op.Path] = true
		case op.Watch && err == wire.NoNode:
			w.exist[op.Path] = true
		}
	case wire.GetChildren, wire.GetChildren2:
		if op.Watch && there {
			w.child[op.Path] = true
		}
	case wire.AddWatch:
		if there && op.Mode == 0 {
			w.persistent[op.Path] = true
		} else if there {
			w.recursive[op.Path] = true
		}
	case wire.RemoveWatches:
		if !there {
			return
		}
		for typ, sets := range map[int32][]map[string]bool{
			1: {w.child}, 2: {w.data, w.exist}, 3: {w.data, w.exist, w.child, w.persistent, w.recursive}, 4: {w.persistent}, 5: {w.recursive},
		} {
			for _, set := range sets {
				if typ == op.Mode {
					delete(set, op.Path)
				}
			}
		}
	}
}

func (w *watches) fired(e wire.Event) {
	switch e.Type {
	case wire.EventCreated, wire.EventDataChanged:
		delete(w.data, e.Path)
		delete(w.exist, e.Path)
	case wire.EventDeleted:
		delete(w.data, e.Path)
		delete(w.exist, e.Path)
		delete(w.child, e.Path)
	case wire.EventChildrenChanged:
		delete(w.child, e.Path)
	}
}

// rearm returns the request that registers everything again.
func (w *watches) rearm(zxid int64) (op wire.Op, any bool) {
	op = wire.Op{Code: wire.SetWatches2, Zxid: zxid}
	for i, set := range []map[string]bool{w.data, w.exist, w.child, w.persistent, w.recursive} {
		op.Lists[i] = slices.AppendSeq([]string{}, maps.Keys(set))
		slices.Sort(op.Lists[i])
		any = any || len(set) > 0
	}
	if len(w.persistent)+len(w.recursive) == 0 {
		op.Code = wire.SetWatches
	}
	return op, any
}
