// Command gohbase creates the table myTable2, looks its region up, puts "Hello
// Word" into row "15" and gets it back, with github.com/tsuna/gohbase against
// an HBase whose quorum is hquorum.
//
//	go run . -quorum 127.0.0.1:2181
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"time"

	"github.com/tsuna/gohbase"
	"github.com/tsuna/gohbase/hrpc"
)

const (
	table  = "myTable2"
	family = "cf1"
	column = "a"
	row    = "15"
)

func main() {
	quorum := flag.String("quorum", "127.0.0.1:2181", "host:port of hquorum, several separated by commas")
	timeout := flag.Duration("timeout", 30*time.Second, "how long the whole example may take")
	flag.Parse()
	ctx, cancel := context.WithTimeout(context.Background(), *timeout)
	defer cancel()
	if err := run(ctx, *quorum); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, quorum string) (err error) {
	// The admin client asks the quorum for the active master.
	admin := gohbase.NewAdminClient(quorum)
	families := map[string]map[string]string{family: nil}
	if err := admin.CreateTable(hrpc.NewCreateTable(ctx, []byte(table), families)); err != nil {
		return fmt.Errorf("create %s: %w", table, err)
	}
	fmt.Println("created", table)
	defer func() { err = errors.Join(err, drop(ctx, admin)) }()

	// The client asks it for the place of hbase:meta, and hbase:meta for the
	// region of the row.
	client := gohbase.NewClient(quorum)
	defer client.Close()
	if err := client.CacheRegions([]byte(table)); err != nil {
		return fmt.Errorf("look up the regions of %s: %w", table, err)
	}
	state, err := gohbase.DebugState(client)
	if err != nil {
		return err
	}
	fmt.Printf("regions: %s\n", state)

	put, err := hrpc.NewPutStr(ctx, table, row, map[string]map[string][]byte{family: {column: []byte("Hello Word")}})
	if err != nil {
		return err
	}
	if _, err := client.Put(put); err != nil {
		return fmt.Errorf("put row %s: %w", row, err)
	}
	get, err := hrpc.NewGetStr(ctx, table, row, hrpc.Families(map[string][]string{family: {column}}))
	if err != nil {
		return err
	}
	result, err := client.Get(get)
	if err != nil {
		return fmt.Errorf("get row %s: %w", row, err)
	}
	if len(result.Cells) != 1 {
		return fmt.Errorf("row %s has %d cells, not one", row, len(result.Cells))
	}
	fmt.Printf("row %s %s:%s = %q\n", row, family, column, result.Cells[0].Value)
	return nil
}

func drop(ctx context.Context, admin gohbase.AdminClient) error {
	if err := admin.DisableTable(hrpc.NewDisableTable(ctx, []byte(table))); err != nil {
		return fmt.Errorf("disable %s: %w", table, err)
	}
	if err := admin.DeleteTable(hrpc.NewDeleteTable(ctx, []byte(table))); err != nil {
		return fmt.Errorf("delete %s: %w", table, err)
	}
	fmt.Println("dropped", table)
	return nil
}
