package diff

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/hquorum/hquorum/test/wire"
)

// render turns what came in for one client in one step into lines.
func (r *run) render(c *client, list []arrival) []string {
	lines := make([]string, len(list))
	for i, a := range list {
		lines[i] = c.name + " < " + r.arrival(c, a)
	}
	sortEndings(r.names, list, lines)
	return lines
}

// sortEndings puts events that follow each other and stem from the end of one session in a fixed order: ZooKeeper
// deletes a session's ephemerals in the order of a Java hash set.
func sortEndings(n *names, list []arrival, lines []string) {
	for from := 0; from < len(list); {
		to := from + 1
		if a := list[from]; a.event != nil && n.ending[a.frame.Zxid] {
			for to < len(list) && list[to].event != nil && list[to].frame.Zxid == a.frame.Zxid {
				to++
			}
			slices.Sort(lines[from:to])
		}
		from = to
	}
}

func (r *run) arrival(c *client, a arrival) string {
	switch {
	case a.ended != "":
		return a.ended
	case a.event != nil:
		text := fmt.Sprintf("event type=%d state=%d %s z=%s", a.event.Type, a.event.State, r.path(a.event.Path), r.names.zxid(a.frame.Zxid))
		if a.frame.Err != 0 {
			text += " err=" + a.frame.Err.String()
		}
		return text
	case a.request == nil:
		return fmt.Sprintf("UNEXPECTED FRAME xid=%d err=%s body=%x", a.frame.Xid, a.frame.Err, clip(string(a.frame.Body)))
	}
	code := a.request.op.Code
	text := fmt.Sprintf("#%d.%d %s %s z=%s", a.request.step, a.request.at, code, a.frame.Err, r.headerZxid(c, a))
	if a.early {
		text = "OUT OF ORDER " + text
	}
	if a.frame.Err != wire.OK {
		// Where one part of a multi cannot be done, ZooKeeper sends the results that it had behind the error.
		if len(a.frame.Body) > 0 && code != wire.Multi && code != wire.MultiRead {
			text += fmt.Sprintf(" body=%x", clip(string(a.frame.Body)))
		}
		return text
	}
	reply, err := wire.DecodeReply(code, a.frame.Body)
	if err != nil {
		return text + fmt.Sprintf(" UNREADABLE body=%x", clip(string(a.frame.Body)))
	}
	return text + r.reply(code, a.request.op, reply)
}

// headerZxid renders the zxid of a reply's header: by name for a write that changed something. For anything else
// only its place counts, for ZooKeeper gives failed writes a zxid too: not before anything that was answered before.
func (r *run) headerZxid(c *client, a arrival) string {
	z := a.frame.Zxid
	if z <= 0 {
		return r.names.zxid(z)
	}
	fell := z < c.seen
	seen := c.seen
	c.seen = max(c.seen, z)
	if changes(a) {
		text := r.names.zxid(z)
		if fell {
			text += fmt.Sprintf(" FELL by %d", seen-z)
		}
		return text
	}
	if fell {
		return fmt.Sprintf("FELL by %d", seen-z)
	}
	if z < r.names.upTo(a.request.step-1) {
		return "OLDER THAN WHAT WAS ANSWERED IN AN EARLIER STEP"
	}
	for _, s := range stats(a) {
		if z < max(s.Czxid, s.Mzxid, s.Pzxid) {
			return "OLDER THAN ITS BODY"
		}
	}
	return "ok"
}

func stats(a arrival) (list []*wire.Stat) {
	if a.frame.Err != wire.OK {
		return nil
	}
	reply, err := wire.DecodeReply(a.request.op.Code, a.frame.Body)
	if err != nil {
		return nil
	}
	add := func(s *wire.Stat) {
		if s != nil {
			list = append(list, s)
		}
	}
	add(reply.Stat)
	for _, result := range reply.Results {
		add(result.Reply.Stat)
	}
	return list
}

// reply renders the body of a successful reply.
func (r *run) reply(code wire.OpCode, op wire.Op, reply wire.Reply) (text string) {
	add := func(format string, args ...any) { text += " " + fmt.Sprintf(format, args...) }
	path := op.Path
	switch code {
	case wire.Create, wire.Sync:
		add("%s", r.path(reply.Path))
	case wire.Create2, wire.CreateContainer, wire.CreateTTL:
		add("%s", r.path(reply.Path))
		path = reply.Path
	case wire.GetData, wire.Reconfig, wire.SASL:
		add("data=%s", quoteData(reply.Data))
	case wire.GetChildren, wire.GetChildren2:
		for i := range reply.Children {
			reply.Children[i] = r.names.sequence(path, reply.Children[i])
		}
		add("children=%s", sorted(reply.Children))
	case wire.GetEphemerals:
		for i := range reply.Children {
			reply.Children[i] = r.path(reply.Children[i])
		}
		add("ephemerals=%s", sorted(reply.Children))
	case wire.GetACL:
		add("acl=%s", describeACL(sortDigests(reply.ACL)))
	case wire.GetAllChildrenNumber, wire.AddWatch:
		add("%d", reply.Number)
	case wire.WhoAmI:
		slices.SortFunc(reply.Infos, func(a, b wire.ClientInfo) int {
			return cmp.Or(strings.Compare(a.Scheme, b.Scheme), strings.Compare(a.User, b.User))
		})
		add("%v", reply.Infos)
	case wire.Multi, wire.MultiRead:
		for i, result := range reply.Results {
			add("[%s header=%s", result.Code, result.HeaderErr)
			if result.Code == wire.ErrorResult {
				add("%s]", result.Err)
				continue
			}
			var sub wire.Op
			if i < len(op.Ops) {
				sub = op.Ops[i]
			}
			text += r.reply(result.Code, sub, result.Reply) + "]"
		}
	}
	if reply.Stat != nil {
		add("%s", r.names.stat(path, reply.Stat))
	}
	if len(reply.Rest) > 0 {
		add("FOLLOWED BY %x", clip(string(reply.Rest)))
	}
	return text
}

// path renders a path of this server as the template that it came from.
func (r *run) path(p string) string {
	if p == wire.Null {
		return "null"
	}
	if r.base != "" && (p == r.base || strings.HasPrefix(p, r.base+"/")) {
		p = "~" + p[len(r.base):]
	}
	if slash := strings.LastIndexByte(p, '/'); slash >= 0 && r.base == "" {
		p = p[:slash+1] + r.names.sequence(cmp.Or(p[:slash], "/"), p[slash+1:])
	}
	return fmt.Sprintf("%q", clip(p))
}

func sorted(list []string) string {
	slices.Sort(list)
	for i, s := range list {
		list[i] = quote(s)
	}
	return "[" + strings.Join(list, " ") + "]"
}

// sortDigests sorts neighbouring digest entries of equal permissions: where a client has several identities,
// ZooKeeper expands the auth scheme in the order of a Java hash set.
func sortDigests(list []wire.ACL) []wire.ACL {
	for from := 0; from < len(list); {
		to := from + 1
		for to < len(list) && list[from].Scheme == "digest" && list[to].Scheme == "digest" && list[to].Perms == list[from].Perms {
			to++
		}
		slices.SortFunc(list[from:to], func(a, b wire.ACL) int { return strings.Compare(a.ID, b.ID) })
		from = to
	}
	return list
}
