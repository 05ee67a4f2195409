package commit_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/rs/zerolog"

	"github.com/hquorum/hquorum/shim/commit"
	"github.com/hquorum/hquorum/shim/replica"
	"github.com/hquorum/hquorum/shim/store"
	"github.com/hquorum/hquorum/shim/store/mem"
	"github.com/hquorum/hquorum/shim/tree"
	"github.com/hquorum/hquorum/shim/znode"
)

// BenchmarkCommitter brings sets from Submit to Done, with a store that costs
// little; what is measured is gathering, planning, encoding and applying. Figures
// are per write.
func BenchmarkCommitter(b *testing.B) {
	for _, clients := range []int{1, 16, 256} {
		b.Run(fmt.Sprintf("%d under way", clients), func(b *testing.B) {
			server := mem.NewServer(mem.Options{})
			seed(b, server)
			st := server.Open("", nil)
			r := replica.New(zerolog.Nop(), replica.Hooks{})
			if err := r.Load(func(each func(store.KV) error) (store.Revision, error) { return st.Load(b.Context(), each) }); err != nil {
				b.Fatal(err)
			}
			c := commit.New(commit.Options{Store: st, Replica: r, Log: zerolog.Nop()})
			defer c.Close()
			paths := make([]znode.Path, clients)
			for i := range paths {
				paths[i] = znode.Path(fmt.Sprintf("/n%d", i))
				if out := c.Do(b.Context(), session{}.request(create(paths[i]))); out.Err != nil || out.Result.Err != nil {
					b.Fatal(out)
				}
			}
			data := make([]byte, 100)
			var all sync.WaitGroup
			all.Add(b.N)
			free := make(chan int, clients)
			for i := range clients {
				free <- i
			}
			b.ReportAllocs()
			b.ResetTimer()
			for range b.N {
				i := <-free
				w := &commit.Write{Request: session{}.request(tree.SetData{Path: paths[i], Data: data, Version: -1}), Done: func(o commit.Outcome) {
					if o.Err != nil {
						b.Error(o.Err)
					}
					free <- i
					all.Done()
				}}
				if err := c.Submit(context.Background(), w); err != nil {
					b.Fatal(err)
				}
			}
			all.Wait()
		})
	}
}
