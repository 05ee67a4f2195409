package crash

import (
	"testing"
	"time"

	"github.com/go-zookeeper/zk"

	"github.com/hquorum/hquorum/test/peer"
)

// TestDrainKeepsSessions ends the server with SIGTERM and starts it again: the
// client's session, its ephemeral and its watch go on as if nothing had
// happened.
func TestDrainKeepsSessions(t *testing.T) {
	quorum, err := peer.StartHquorum(t.Context(), peer.HquorumOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := quorum.Stop(); err != nil {
			t.Error(err)
		}
	}()
	client, other := connect(t, quorum.Addr()), connect(t, quorum.Addr())
	if _, err := client.Create("/alive", nil, zk.FlagEphemeral, zk.WorldACL(zk.PermAll)); err != nil {
		t.Fatal(err)
	}
	session := client.SessionID()
	_, _, changed, err := other.GetW("/alive")
	if err != nil {
		t.Fatal(err)
	}

	if err := quorum.Terminate(20 * time.Second); err != nil {
		t.Fatalf("SIGTERM: %v", err)
	}
	if err := quorum.Restart(); err != nil {
		t.Fatal(err)
	}

	if _, err := client.Set("/alive", []byte("x"), -1); err != nil {
		t.Fatal(err)
	}
	ok, stat, err := client.Exists("/alive")
	if err != nil || !ok || stat.EphemeralOwner != session || client.SessionID() != session {
		t.Errorf("session %#x is now %#x; /alive: %v, %+v, %v", session, client.SessionID(), ok, stat, err)
	}
	if event := <-changed; event.Type != zk.EventNodeDataChanged {
		t.Errorf("the watch says %v", event)
	}
}
