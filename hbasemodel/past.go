package hbasemodel

import (
	"strings"

	"github.com/hquorum/hquorum/hbasemodel/payload"
)

// past is what events need to know of what is gone. Views never ask it.
type past struct {
	master payload.ServerName
	id     string
	meta   map[int]payload.ServerName // where replicas were open last
	// servers is the latest incarnation seen at an address.
	servers map[string]payload.ServerName
}

// mostGone bounds how many addresses are remembered beyond those in use.
const mostGone = 4096

func newPast() *past {
	return &past{meta: map[int]payload.ServerName{}, servers: map[string]payload.ServerName{}}
}

// restarted notes a server that came and gives the incarnation before, if there
// was one.
func (p *past) restarted(s payload.ServerName, alive int) (before payload.ServerName, ok bool) {
	address := strings.ToLower(s.Address())
	before, ok = p.servers[address]
	if ok && before.StartCode >= s.StartCode {
		return payload.ServerName{}, false
	}
	p.servers[address] = s
	for forgotten := range p.servers {
		if len(p.servers) <= alive+mostGone {
			break
		}
		if forgotten != address {
			delete(p.servers, forgotten)
		}
	}
	return before, ok
}
