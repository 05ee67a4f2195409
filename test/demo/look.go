package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
)

// whereToLook writes two small scripts into the demo's directory and prints what a curious person can do now.
func (d *demo) whereToLook(ctx context.Context) error {
	client, err := d.cluster.DriverCommand(ctx)
	if err != nil {
		return err
	}
	clientScript, err := d.script("client", client)
	if err != nil {
		return err
	}
	znodes, err := d.script("zkcli", d.cluster.Java(64, "org.apache.zookeeper.ZooKeeperMain", "-server", d.quorum))
	if err != nil {
		return err
	}
	host, port, err := net.SplitHostPort(d.quorum)
	if err != nil {
		return err
	}
	var text strings.Builder
	line := func(what, how string) { fmt.Fprintf(&text, "  %-28s %s\n", what, how) }
	text.WriteString("\nWhere to look\n")
	line("the quorum", d.quorum+"  (hbase.zookeeper.quorum="+d.quorum+", zookeeper.znode.parent="+d.parent+")")
	line("its health", "echo srvr | nc "+host+" "+port)
	line("its clients", "echo stat | nc "+host+" "+port)
	line("HBase's znodes", znodes+" ls "+d.parent)
	if d.server != nil {
		line("hquorum's admin address", "http://"+d.server.AdminAddr()+"/")
		line("hquorum's log", d.server.LogFile)
		line("hquorum's data", d.server.DataDir()+"  (embedded etcd, no client port; to see the keys")
		line("", "with etcdctl, run hquorum with --etcd-endpoints, see docs/keyspace.md)")
	}
	text.WriteString("\nTry it yourself, with HBase's Java client\n")
	for _, example := range []string{"create mine cf", "put mine row1 cf:a hello", "get mine row1 cf:a", "scan mine", "status", "drop mine"} {
		fmt.Fprintf(&text, "  %s %s\n", clientScript, example)
	}
	text.WriteString("\nBreak it: kill -9 one of these and read the logs, or run \"client status\"\n")
	if d.server != nil {
		line("hquorum", fmt.Sprintf("pid %d", d.server.Pid()))
	}
	for _, server := range d.cluster.Servers {
		line(string(server.Role), fmt.Sprintf("pid %d, log %s", server.Pid(), server.LogFile))
	}
	_, err = fmt.Fprint(d.out, text.String())
	return err
}

// script writes an executable that runs command with further arguments, and returns its path.
func (d *demo) script(name string, command []string) (string, error) {
	quoted := make([]string, len(command))
	for i, word := range command {
		quoted[i] = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
	}
	path := filepath.Join(d.dir, name)
	text := "#!/bin/sh\nexec " + strings.Join(quoted, " ") + ` "$@" 2>>'` + path + ".log'\n"
	return path, os.WriteFile(path, []byte(text), 0o755)
}
