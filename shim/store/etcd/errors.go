package etcd

import (
	"errors"
	"fmt"
	"strings"

	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/hquorum/hquorum/shim/store"
)

var (
	errBusy     = rpctypes.ErrTooManyRequests
	errApplying = rpctypes.Error(rpctypes.ErrGRPCTimeoutWaitAppliedIndex)
	learner     = rpctypes.Error(rpctypes.ErrGRPCNotSupportedForLearner)
)

// refusals are the answers that etcd gives without having changed anything:
// from checking the request before it is proposed, or from applying it. What is
// not here, timeouts and "raft: stopped" among it, may have happened.
var refusals = []struct{ etcd, store error }{
	{rpctypes.ErrNoSpace, store.ErrNoSpace},
	{rpctypes.ErrTooManyOps, store.ErrTooLarge},
	{rpctypes.ErrRequestTooLarge, store.ErrTooLarge},
	{rpctypes.ErrLeaseNotFound, store.ErrLeaseGone},
	{rpctypes.ErrLeaseExist, store.ErrLeaseExists},
	{rpctypes.ErrDuplicateKey, store.ErrInvalid},
	{rpctypes.ErrEmptyKey, store.ErrInvalid},
	{rpctypes.ErrCompacted, store.ErrCompacted},
	{errBusy, store.ErrUnavailable},
	{learner, store.ErrUnavailable},
	{rpctypes.ErrCorrupt, store.ErrUnavailable},
	{rpctypes.ErrUserEmpty, store.ErrUnavailable},
	{rpctypes.ErrPermissionDenied, store.ErrUnavailable},
	{rpctypes.ErrInvalidAuthToken, store.ErrUnavailable},
	{rpctypes.ErrAuthOldRevision, store.ErrUnavailable},
}

// classify returns err as an error of store; unsure is what to call an err that
// leaves open whether the request took effect.
func classify(err, unsure error) error {
	if err == nil {
		return nil
	}
	err = fromGRPC(err)
	for _, r := range refusals {
		if errors.Is(err, r.etcd) {
			return fmt.Errorf("%w: %w", r.store, err)
		}
	}
	switch {
	case tooLong(err):
		return fmt.Errorf("%w: %w", store.ErrTooLarge, err)
	case neverSent(err):
		return fmt.Errorf("%w: %w", store.ErrUnavailable, err)
	}
	return fmt.Errorf("%w: %w", unsure, err)
}

// fromGRPC turns a status into the error of rpctypes that it carries, if any.
func fromGRPC(err error) error {
	if err == nil {
		return nil
	}
	return rpctypes.Error(err)
}

// tooLong: gRPC refused the message by its length, on either side.
func tooLong(err error) bool {
	st, ok := status.FromError(err)
	return ok && st.Code() == codes.ResourceExhausted && strings.Contains(st.Message(), "message larger than max")
}

// neverSent: there was no connection to send the request on. gRPC has no code
// of its own for that; "connection error" is what it reports of an attempt to
// connect, while a connection that ends under a request is "error reading from
// server" or "transport is closing".
func neverSent(err error) bool {
	st, ok := status.FromError(err)
	if !ok || st.Code() != codes.Unavailable {
		return false
	}
	message := strings.TrimPrefix(st.Message(), "last connection error: ")
	return strings.HasPrefix(message, "connection error: ") ||
		message == "there is no address available" || message == "there is no connection available"
}
