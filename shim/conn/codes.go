package conn

import (
	"errors"

	"github.com/hquorum/hquorum/shim/proto"
	"github.com/hquorum/hquorum/shim/tree"
)

// codes is ZooKeeper's code for each error of a request.
var codes = []struct {
	err  error
	code proto.Code
}{
	{tree.ErrNoNode, proto.NoNode},
	{tree.ErrNodeExists, proto.NodeExists},
	{tree.ErrNotEmpty, proto.NotEmpty},
	{tree.ErrNoAuth, proto.NoAuth},
	{tree.ErrBadVersion, proto.BadVersion},
	{tree.ErrBadArguments, proto.BadArguments},
	{tree.ErrInvalidACL, proto.InvalidACL},
	{tree.ErrNoChildrenForEphemerals, proto.NoChildrenForEphemerals},
	{tree.ErrSessionExpired, proto.SessionExpired},
	{tree.ErrSessionMoved, proto.SessionMoved},
	{tree.ErrRuntimeInconsistency, proto.RuntimeInconsistency},
	{tree.ErrUnimplemented, proto.Unimplemented},
	// ZooKeeper has no such limit. A client must not try that again, and a
	// SYSTEMERROR makes HBase's servers abort.
	{tree.ErrTooLarge, proto.BadArguments},
	// No request of a client ends with it.
	{tree.ErrSessionExists, proto.SystemError},
}

func codeOf(err error) proto.Code {
	if err == nil {
		return proto.OK
	}
	for _, c := range codes {
		if errors.Is(err, c.err) {
			return c.code
		}
	}
	return proto.SystemError
}
