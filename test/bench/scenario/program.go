package scenario

import (
	"context"
	"fmt"
	"time"

	"github.com/hquorum/hquorum/test/bench/load"
	"github.com/hquorum/hquorum/test/bench/report"
	"github.com/hquorum/hquorum/test/bench/server"
)

// count sends a template with the numbers from next to end, and is over then.
type count struct {
	load.Sender
	template  *load.Template
	next, end int
}

func (p *count) Next(dst []byte, xid int32) ([]byte, time.Duration) {
	if p.next >= p.end {
		return dst, load.Done
	}
	p.next++
	return p.template.Append(dst, xid, p.next-1), load.Now
}

// pick sends templates with random numbers below size, for ever: other once in
// every times, if there is another.
type pick struct {
	load.Sender
	template, other *load.Template
	every           uint64
	size            uint64
	random          random
}

func (p *pick) Next(dst []byte, xid int32) ([]byte, time.Duration) {
	r := p.random.next()
	t := p.template
	if p.other != nil && (r>>40)%p.every == 0 {
		t = p.other
	}
	return t.Append(dst, xid, int(r>>8%p.size)), load.Now
}

// random is a xorshift generator: cheap, and the same numbers in every run.
type random uint64

func seeded(i int) random { return random(uint64(i+1) * 0x9e3779b97f4a7c15) }

func (r *random) next() uint64 {
	x := *r
	x ^= x << 13
	x ^= x >> 7
	x ^= x << 17
	*r = x
	return uint64(x)
}

// create makes the znodes of a template with the numbers below size.
func (b *Bench) create(ctx context.Context, s *server.Server, template *load.Template, size int) error {
	point, err := b.bulk(ctx, s, report.Point{}, shape{min(8, size), 32}, template, size)
	if err == nil && point.Failed+point.Lost > 0 {
		err = fmt.Errorf("%d requests failed, %d sessions were lost", point.Failed, point.Lost)
	}
	return err
}
