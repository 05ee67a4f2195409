package admin

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/hquorum/hquorum/shim/conn"
)

// metric is one figure under the name that ZooKeeper gives it (without zk_), or
// that starts with hquorum_.
type metric struct {
	name    string
	help    string
	value   float64
	counter bool
	decimal bool // printed with decimals, as Java prints a double
}

// metrics returns the figures that both mntr and /metrics tell.
func (w *Words) metrics() []metric {
	f := w.source.Figures()
	all := f.Traffic.All()
	files, most := descriptors()
	gauge := func(name, help string, v float64) metric { return metric{name: name, help: help, value: v} }
	count := func(name, help string, v float64) metric {
		return metric{name: name, help: help, value: v, counter: true}
	}
	average := gauge("avg_latency", "Mean time from request to reply, milliseconds.", rounded(all.Avg()))
	average.decimal = true
	list := []metric{
		average,
		gauge("max_latency", "Longest time from request to reply, milliseconds.", float64(all.Max.Milliseconds())),
		gauge("min_latency", "Shortest time from request to reply, milliseconds.", float64(all.Min.Milliseconds())),
		count("packets_received", "Frames received from clients.", float64(f.Traffic.Received)),
		count("packets_sent", "Frames sent to clients.", float64(f.Traffic.Sent)),
		gauge("num_alive_connections", "Client connections.", float64(f.Connections)),
		gauge("outstanding_requests", "Requests that wait for the store.", float64(f.Outstanding)),
		gauge("uptime", "Time since the start, milliseconds.", float64(f.Uptime.Milliseconds())),
		gauge("znode_count", "Znodes, the root counted twice as in ZooKeeper.", float64(f.Nodes)),
		gauge("watch_count", "Watches.", float64(w.source.Watches().Count())),
		gauge("ephemerals_count", "Ephemeral znodes.", float64(f.Ephemerals)),
		gauge("approximate_data_size", "Bytes of all paths and data.", float64(f.DataSize)),
		gauge("global_sessions", "Sessions.", float64(f.Sessions)),
		gauge("local_sessions", "Always 0.", 0),
		count("connection_rejected", "Connections refused for a limit.", float64(f.Traffic.Rejected)),
		count("auth_failed_count", "Credentials refused.", float64(f.Traffic.AuthFailed)),
		gauge("hquorum_serving", "1 while clients are served.", serving(w.source.Serving())),
		count("hquorum_commit_batches", "Transactions committed to the store.", float64(f.Commits.Batches)),
		count("hquorum_commit_writes", "Writes in those transactions.", float64(f.Commits.Writes)),
		count("hquorum_commit_conflicts", "Batches planned again because another shim wrote.", float64(f.Commits.Conflicts)),
		count("hquorum_commit_unknown", "Batches whose outcome the store did not tell.", float64(f.Commits.Unknown)),
		count("hquorum_commit_failed", "Writes that ended without an answer.", float64(f.Commits.Failed)),
	}
	if most > 0 {
		list = append(list,
			gauge("open_file_descriptor_count", "Open files and sockets.", float64(files)),
			gauge("max_file_descriptor_count", "Limit of open files and sockets.", float64(most)))
	}
	return list
}

func (w *Words) mntr() string {
	var b strings.Builder
	fmt.Fprintf(&b, "zk_version\t%s\nzk_server_state\tstandalone\n", w.version())
	for _, m := range w.metrics() {
		value := strconv.FormatFloat(m.value, 'f', -1, 64)
		if m.decimal {
			value = decimal(m.value)
		}
		fmt.Fprintf(&b, "zk_%s\t%s\n", m.name, value)
	}
	f := w.source.Figures()
	printLatency(&b, "readlatency", f.Traffic.Reads)
	printLatency(&b, "updatelatency", f.Traffic.Writes)
	return b.String()
}

func printLatency(b *strings.Builder, name string, l conn.Latency) {
	fmt.Fprintf(b, "zk_avg_%s\t%s\n", name, average(l))
	fmt.Fprintf(b, "zk_min_%s\t%d\nzk_max_%s\t%d\n", name, l.Min.Milliseconds(), name, l.Max.Milliseconds())
	fmt.Fprintf(b, "zk_cnt_%s\t%d\nzk_sum_%s\t%d\n", name, l.Count, name, l.Sum.Milliseconds())
}

func serving(err error) float64 {
	if err != nil {
		return 0
	}
	return 1
}
