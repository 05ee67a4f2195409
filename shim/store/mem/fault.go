package mem

import (
	"context"
	"fmt"
	"time"

	"github.com/hquorum/hquorum/shim/store"
)

// Method names what a Hook is asked about.
type Method int

// The methods of a Store that can fail. Emit is the delivery of one Change by a
// Watch.
const (
	Commit Method = iota
	Load
	Sync
	Grant
	Renew
	Revoke
	Emit
)

// Call is what a Hook is asked about.
type Call struct {
	Method Method
	Txn    store.Txn      // of a Commit
	Rev    store.Revision // of an Emit
}

// Outcome is how a call ends.
type Outcome int

// The outcomes. Only of a Commit with Ops is the loss of an answer ErrUnknown,
// otherwise it is ErrUnavailable. An Emit that is not Answered breaks the stream
// before the Change is delivered.
const (
	Answered    Outcome = iota
	Unavailable         // refused at once: ErrUnavailable, nothing happens
	LostRequest         // the answer is lost and nothing happened
	LostAnswer          // the answer is lost and it happened
	Late                // the answer is lost and it happens Fault.Delay later
)

// Fault is what goes wrong with a call. Before and After hold the call before it
// takes effect and before it is answered: unequal ones reorder concurrent calls.
// A Commit whose context ends during Before takes effect nonetheless, at the
// time it would have.
type Fault struct {
	Before, After time.Duration
	Outcome       Outcome
	Delay         time.Duration
}

// Hook decides what happens to a call. It may block.
type Hook func(Call) Fault

func (c *Store) fault(call Call) Fault {
	if c.hook == nil {
		return Fault{}
	}
	return c.hook(call)
}

// do runs act, under the server's lock, as the fault that the hook picks for
// call says.
func (c *Store) do(ctx context.Context, call Call, act func() error) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%w: %w", store.ErrUnavailable, err)
	}
	f, lost := c.fault(call), store.ErrUnavailable
	if len(call.Txn.Ops) > 0 {
		lost = store.ErrUnknown
	}
	asked := c.server.now()
	if err := sleep(ctx, f.Before); err != nil {
		c.later(call.Txn, asked.Add(f.Before))
		return fmt.Errorf("%w: %w", lost, err)
	}
	switch f.Outcome {
	case Unavailable:
		return fmt.Errorf("%w: refused", store.ErrUnavailable)
	case Late:
		c.later(call.Txn, c.server.now().Add(f.Delay))
	}
	var err error
	if f.Outcome == Answered || f.Outcome == LostAnswer {
		err = c.locked(act)
	}
	if ended := sleep(ctx, f.After); ended != nil {
		return fmt.Errorf("%w: %w", lost, ended)
	}
	if f.Outcome != Answered {
		return fmt.Errorf("%w: no answer", lost)
	}
	return err
}

// later lets a lost transaction take effect at due.
func (c *Store) later(txn store.Txn, due time.Time) {
	if len(txn.Ops) == 0 {
		return
	}
	s := c.server
	s.mu.Lock()
	defer s.mu.Unlock()
	s.late = append(s.late, lateTxn{due: due, prefix: c.prefix, txn: txn.Clone()})
	s.due(due)
}

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
