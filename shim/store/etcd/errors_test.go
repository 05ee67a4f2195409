package etcd

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/hquorum/hquorum/shim/store"
)

func TestClassify(t *testing.T) {
	unsure := errors.New("unsure")
	for _, c := range []struct{ err, want error }{
		{nil, nil},
		// Checked, or found when applying: nothing happened.
		{rpctypes.ErrGRPCNoSpace, store.ErrNoSpace},
		{rpctypes.ErrNoSpace, store.ErrNoSpace},
		{rpctypes.ErrGRPCTooManyOps, store.ErrTooLarge},
		{rpctypes.ErrGRPCRequestTooLarge, store.ErrTooLarge},
		{status.Error(codes.ResourceExhausted, "trying to send message larger than max (3 vs. 2)"), store.ErrTooLarge},
		{status.Error(codes.ResourceExhausted, "grpc: received message larger than max (3 vs. 2)"), store.ErrTooLarge},
		{rpctypes.ErrGRPCLeaseNotFound, store.ErrLeaseGone},
		{rpctypes.ErrGRPCLeaseExist, store.ErrLeaseExists},
		{rpctypes.ErrGRPCDuplicateKey, store.ErrInvalid},
		{rpctypes.ErrGRPCCompacted, store.ErrCompacted},
		{rpctypes.ErrGRPCRequestTooManyRequests, store.ErrUnavailable},
		{rpctypes.ErrGRPCNotSupportedForLearner, store.ErrUnavailable},
		{rpctypes.ErrGRPCPermissionDenied, store.ErrUnavailable},
		{rpctypes.ErrGRPCInvalidAuthToken, store.ErrUnavailable},
		{rpctypes.ErrGRPCCorrupt, store.ErrUnavailable},
		// Never left this process.
		{status.Error(codes.Unavailable, `connection error: desc = "transport: Error while dialing: dial tcp 127.0.0.1:1: connect: connection refused"`), store.ErrUnavailable},
		{status.Error(codes.Unavailable, `last connection error: connection error: desc = "transport: Error while dialing"`), store.ErrUnavailable},
		{status.Error(codes.Unavailable, "there is no connection available"), store.ErrUnavailable},
		// May have happened.
		{status.Error(codes.Unavailable, "error reading from server: EOF"), unsure},
		{status.Error(codes.Unavailable, "transport is closing"), unsure},
		{status.Error(codes.Unavailable, "error reading from server: read tcp 127.0.0.1:1->127.0.0.1:2: read: connection reset by peer"), unsure},
		{rpctypes.ErrGRPCTimeout, unsure},
		{rpctypes.ErrGRPCTimeoutDueToLeaderFail, unsure},
		{rpctypes.ErrGRPCTimeoutDueToConnectionLost, unsure},
		{rpctypes.ErrGRPCStopped, unsure},
		{rpctypes.ErrGRPCLeaderChanged, unsure},
		{rpctypes.ErrGRPCNoLeader, unsure},
		{status.Error(codes.Unknown, "raft: stopped"), unsure},
		{status.Error(codes.Unknown, "not a primary lessor"), unsure},
		{context.DeadlineExceeded, unsure},
		{context.Canceled, unsure},
		{status.FromContextError(context.DeadlineExceeded).Err(), unsure},
		{fmt.Errorf("etcd cluster 1 answered instead of 2"), unsure},
	} {
		got := classify(c.err, unsure)
		if !errors.Is(got, c.want) || c.want == nil && got != nil {
			t.Errorf("%v: %v, want %v", c.err, got, c.want)
		}
		if c.want != unsure && errors.Is(got, unsure) {
			t.Errorf("%v: %v is unsure, too", c.err, got)
		}
	}
}
