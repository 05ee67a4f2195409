// Command hquorum is a quorum for HBase: a server of ZooKeeper's protocol on
// top of etcd.
package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
)

func main() {
	if err := root().Execute(); err != nil {
		// One line, whatever the error is made of.
		fmt.Fprintln(os.Stderr, "hquorum: "+strings.Join(strings.Fields(err.Error()), " "))
		os.Exit(1)
	}
}

func root() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "hquorum",
		Short: "A quorum for HBase that keeps its data in etcd",
		Long: `hquorum speaks ZooKeeper's protocol on top of etcd, so that an unmodified HBase
and its clients use it as their quorum.`,
		Example: `  hquorum serve                                  # port 2181, data in ./hquorum-data
  hquorum serve --zoo-cfg /etc/zookeeper/zoo.cfg # with the settings of a ZooKeeper
  hquorum completion bash                        # shell completion`,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	cmd.AddCommand(serveCommand(), versionCommand())
	return cmd
}
