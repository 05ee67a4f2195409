package admin

import (
	"fmt"
	"strings"

	"github.com/hquorum/hquorum/shim/znode"
)

func (w *Words) wchs() string {
	s := w.source.Watches().Summary()
	return fmt.Sprintf("%d connections watching %d paths\nTotal watches:%d\n", s.Connections, s.Paths, s.Watches)
}

func (w *Words) wchc() string {
	var b strings.Builder
	w.source.Watches().BySession(func(id znode.SessionID, paths []znode.Path) {
		fmt.Fprintf(&b, "0x%x\n", int64(id))
		for _, p := range paths {
			fmt.Fprintf(&b, "\t%s\n", p)
		}
	})
	return b.String() + "\n"
}

func (w *Words) wchp() string {
	var b strings.Builder
	w.source.Watches().ByPath(func(p znode.Path, sessions []znode.SessionID) {
		fmt.Fprintf(&b, "%s\n", p)
		for _, id := range sessions {
			fmt.Fprintf(&b, "\t0x%x\n", int64(id))
		}
	})
	return b.String() + "\n"
}
