package backend

import (
	"errors"
	"testing"

	"github.com/rs/zerolog"
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
)

func putTxn(value []byte, lease int64) *pb.TxnRequest {
	put := &pb.PutRequest{Key: []byte("k"), Value: value, Lease: lease}
	return &pb.TxnRequest{Success: []*pb.RequestOp{{Request: &pb.RequestOp_RequestPut{RequestPut: put}}}}
}

// TestDirect: transactions fail by the names that they have over the network.
func TestDirect(t *testing.T) {
	b := embedded(t, EmbeddedConfig{Dir: t.TempDir(), Quota: 64 * mib, UnsafeNoSync: true, Log: zerolog.Nop()})
	defer b.Close()
	for name, c := range map[string]struct {
		txn  *pb.TxnRequest
		want error
	}{
		"good":      {putTxn([]byte("v"), 0), nil},
		"no lease":  {putTxn(nil, 77), rpctypes.ErrLeaseNotFound},
		"too large": {putTxn(make([]byte, embeddedBytes), 0), rpctypes.ErrRequestTooLarge},
	} {
		resp, err := b.KV.Txn(t.Context(), c.txn)
		if got := rpctypes.Error(err); !errors.Is(got, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if err == nil && (resp.Header.ClusterId != b.ClusterID || resp.Header.Revision < 2) {
			t.Errorf("%s: %v of cluster %x", name, resp.Header, b.ClusterID)
		}
	}
	var err error
	for n := 0; err == nil && n < 64; n++ {
		_, err = b.KV.Txn(t.Context(), putTxn(make([]byte, 8*mib), 0))
	}
	if !errors.Is(rpctypes.Error(err), rpctypes.ErrNoSpace) {
		t.Errorf("at the quota: %v", err)
	}
	alarms, err := b.Client.AlarmList(t.Context())
	if err != nil || len(alarms.Alarms) != 1 {
		t.Errorf("at the quota: alarms %v, %v", alarms, err)
	}
}
