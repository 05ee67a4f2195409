package hbasemodel

import (
	"strings"
	"time"

	"github.com/hquorum/hquorum/hbasemodel/payload"
)

// teller makes events of what changed in one cluster.
type teller struct {
	cluster *cluster // as it is now
	at      time.Time
	zxid    int64 // of deletions
	late    bool
	events  []Event
}

// tell tells what became of a znode. old is nil for a new one, now for one that
// is gone.
func (t *teller) tell(old, now *node) {
	if old != nil && now != nil {
		if old.origin.Czxid != now.origin.Czxid { // it was gone in between
			t.tell(old, nil)
			t.tell(nil, now)
			return
		}
		if old.origin.Mzxid == now.origin.Mzxid {
			return
		}
	}
	if now != nil && now.origin.Err != nil && (old == nil || old.origin.Err == nil) {
		t.add(Event{Kind: ZnodeBroken, Name: now.origin.Path, New: now.origin.Problem}, old, now)
	}
	switch either(old, now).kind {
	case payload.KindMaster:
		t.master(old, now)
	case payload.KindRegionServer:
		t.regionServer(old, now)
	case payload.KindMeta:
		t.meta(old, now)
	case payload.KindBackupMaster:
		t.turn(old, now, BackupJoined, BackupLeft, Event{Server: masterServer(either(old, now))})
	case payload.KindDraining:
		t.turn(old, now, DrainStart, DrainStop, Event{Server: either(old, now).server})
	case payload.KindRunning:
		t.turn(old, now, ClusterUp, ClusterDown, Event{})
	case payload.KindClusterID:
		t.clusterID(now)
	case payload.KindTable:
		t.values(old, now, TableState, func(n *node) string { return as[payload.Table](n).State.String() })
	case payload.KindNamespace:
		t.turn(old, now, NamespaceAdded, NamespaceRemoved, Event{Name: either(old, now).name})
	case payload.KindSwitch:
		t.values(old, now, SwitchFlip, func(n *node) string { return as[payload.Switch](n).Summary() })
	case payload.KindMaintenance:
		t.turn(old, now, MaintenanceStart, MaintenanceStop, Event{Name: either(old, now).name})
	case payload.KindPeer, payload.KindPeerState, payload.KindQueue:
		t.replication(old, now)
	case payload.KindProcedure:
		t.turn(old, now, ProcedureStarted, ProcedureEnded, procedureEvent(either(old, now)))
	case payload.KindProcedureAbort:
		if old == nil {
			e := procedureEvent(now)
			e.Kind, e.New = ProcedureAborted, as[payload.ForeignException](now).Summary()
			t.add(e, nil, now)
		}
	}
}

// add completes an event with what its znode says.
func (t *teller) add(e Event, old, now *node) {
	e.Cluster, e.Late = t.cluster.parent, t.late
	if now == nil {
		e.Time, e.Zxid = t.at, t.zxid
	} else {
		e.Time, e.Zxid = dated(old, now)
	}
	e.Origin = either(old, now).origin
	t.events = append(t.events, e)
}

// dated gives when what is told of a znode was done: it was made, if it matters by
// being there, else written.
func dated(old, now *node) (time.Time, int64) {
	switch now.kind {
	case payload.KindTable, payload.KindSwitch, payload.KindPeerState, payload.KindMeta, payload.KindClusterID:
	default:
		if old == nil {
			return now.origin.Ctime, now.origin.Czxid
		}
	}
	return now.origin.Mtime, now.origin.Mzxid
}

// turn tells of a znode that matters by being there.
func (t *teller) turn(old, now *node, came, went EventKind, e Event) {
	switch {
	case old == nil:
		e.Kind = came
	case now == nil:
		e.Kind = went
	default:
		return
	}
	t.add(e, old, now)
}

// values tells of a znode that holds one value. Of a broken one that was told.
func (t *teller) values(old, now *node, kind EventKind, value func(*node) string) {
	if now != nil && now.origin.Err != nil {
		return
	}
	e := Event{Kind: kind, Name: either(old, now).name}
	if old != nil && old.origin.Err == nil {
		e.Old = value(old)
	}
	if now != nil {
		e.New = value(now)
	}
	if e.Old != e.New {
		t.add(e, old, now)
	}
}

func (t *teller) master(old, now *node) {
	past := t.cluster.past
	if now == nil {
		t.add(Event{Kind: MasterLost, Server: masterServer(old)}, old, nil)
		return
	}
	server := masterServer(now)
	if old != nil && masterServer(old) == server {
		return
	}
	t.add(Event{Kind: MasterElected, Server: server, Old: past.master.String(), New: server.String()}, old, now)
	if server != (payload.ServerName{}) {
		past.master = server
	}
}

func (t *teller) clusterID(now *node) {
	id := as[payload.ClusterID](now).ID
	past := t.cluster.past
	if id == "" {
		return
	}
	if past.id != "" && past.id != id {
		t.add(Event{Kind: ClusterIDChanged, Old: past.id, New: id}, nil, now)
	}
	past.id = id
}

func (t *teller) regionServer(old, now *node) {
	switch {
	case now == nil:
		t.add(Event{Kind: RegionServerOffline, Server: old.server, Name: old.name}, old, nil)
	case old == nil:
		e := Event{Kind: RegionServerOnline, Server: now.server, Name: now.name}
		if now.server != (payload.ServerName{}) {
			alive := t.cluster.counts[payload.KindRegionServer]
			if before, ok := t.cluster.past.restarted(now.server, alive); ok {
				e.Kind, e.Old, e.New = RegionServerRestarted, before.String(), now.server.String()
			}
		}
		t.add(e, nil, now)
	}
}

func (t *teller) meta(old, now *node) {
	n := either(old, now)
	replica, err := replicaOf(n.name)
	if err != nil {
		return
	}
	was, is := as[payload.MetaRegionServer](old), as[payload.MetaRegionServer](now)
	e := Event{Kind: MetaState, Replica: replica, Server: is.Server}
	switch {
	case now == nil:
		e.Kind, e.Server = MetaLost, was.Server
		t.add(e, old, nil)
		return
	case now.origin.Err != nil, old != nil && old.origin.Err == nil && was.Server == is.Server && was.State == is.State:
		return
	}
	if old != nil && old.origin.Err == nil {
		e.Old = was.State.String()
	}
	e.New = is.State.String()
	switch is.State {
	case payload.RegionOpen:
		past := t.cluster.past
		e.Kind, e.Old, e.New = MetaMoved, past.meta[replica].String(), is.Server.String()
		past.meta[replica] = is.Server
	case payload.RegionOpening, payload.RegionPendingOpen:
		e.Kind = MetaOpening
	}
	t.add(e, old, now)
}

func (t *teller) replication(old, now *node) {
	n := either(old, now)
	switch n.kind {
	case payload.KindPeer:
		t.turn(old, now, PeerAdded, PeerRemoved, Event{Name: n.name})
	case payload.KindPeerState:
		e := Event{Kind: PeerState, Name: base(above(n.rel))}
		if old != nil && old.origin.Err == nil {
			e.Old = as[payload.ReplicationState](old).State.String()
		}
		if now == nil || now.origin.Err != nil { // the peer is told to be gone, or broken
			return
		}
		if e.New = as[payload.ReplicationState](now).State.String(); e.Old != e.New {
			t.add(e, old, now)
		}
	case payload.KindQueue:
		id, err := payload.ParseQueue(n.name)
		if old != nil || err != nil || len(id.Dead) == 0 {
			return
		}
		e := Event{Kind: QueueClaimed, Name: n.name, Old: id.Dead[len(id.Dead)-1].String(), New: n.name}
		e.Server, _ = payload.ParseServerName(base(above(n.rel))) // the zero value where it is none
		t.add(e, nil, now)
	}
}

func procedureEvent(n *node) Event {
	head, _, _ := strings.Cut(n.rel, "/")
	return Event{Name: string(procedureKinds[head]) + " " + n.name}
}

func either(old, now *node) *node {
	if now != nil {
		return now
	}
	return old
}
