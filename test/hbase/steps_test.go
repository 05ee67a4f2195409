package hbase

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/hquorum/hquorum/test/peer"
)

var createTable = step{"create table", func(s *scenario) error {
	return s.client.Create(s.ctx, table, family)
}}

var putGetScan = step{"put, get, scan", func(s *scenario) error {
	if err := s.client.Put(s.ctx, table, "row00000", column, "value0"); err != nil {
		return err
	}
	if value, err := s.client.Get(s.ctx, table, "row00000", column); err != nil || value != "value0" {
		return fmt.Errorf("get = %q, %w", value, err)
	}
	if err := s.client.Fill(s.ctx, table, column, rows); err != nil {
		return err
	}
	return s.readable()
}}

var splitRegion = step{"split", func(s *scenario) error {
	if err := s.client.Split(s.ctx, table, "row00050"); err != nil {
		return err
	}
	if err := s.online(2); err != nil {
		return err
	}
	return s.readable()
}}

var disableAndEnable = step{"disable, enable", func(s *scenario) error {
	if err := s.client.Disable(s.ctx, table); err != nil {
		return err
	}
	if enabled, err := s.client.IsEnabled(s.ctx, table); err != nil || enabled {
		return fmt.Errorf("after disable: enabled = %v, %w", enabled, err)
	}
	if err := s.client.Enable(s.ctx, table); err != nil {
		return err
	}
	if enabled, err := s.client.IsEnabled(s.ctx, table); err != nil || !enabled {
		return fmt.Errorf("after enable: enabled = %v, %w", enabled, err)
	}
	return s.readable()
}}

var takeSnapshot = step{"snapshot", func(s *scenario) error {
	if err := s.client.Snapshot(s.ctx, "snap", table); err != nil {
		return err
	}
	if names, err := s.client.Snapshots(s.ctx); err != nil || !slices.Equal(names, []string{"snap"}) {
		return fmt.Errorf("snapshots = %q, %w", names, err)
	}
	return s.client.DeleteSnapshot(s.ctx, "snap")
}}

var replicationPeer = step{"replication peer", func(s *scenario) error {
	if err := s.client.AddPeer(s.ctx, "dr", s.quorum.Addr()+":/hbase-dr"); err != nil {
		return err
	}
	if ids, err := s.client.Peers(s.ctx); err != nil || !slices.Equal(ids, []string{"dr"}) {
		return fmt.Errorf("peers = %q, %w", ids, err)
	}
	if err := s.client.RemovePeer(s.ctx, "dr"); err != nil {
		return err
	}
	if ids, err := s.client.Peers(s.ctx); err != nil || len(ids) != 0 {
		return fmt.Errorf("peers after removal = %q, %w", ids, err)
	}
	return nil
}}

var killRegionServer = step{"region server kill -9", func(s *scenario) error {
	before, err := s.client.Status(s.ctx)
	if err != nil {
		return err
	}
	regions, err := s.client.Regions(s.ctx, table)
	if err != nil {
		return err
	}
	victim, err := s.cluster.ByName(regions[0].Server)
	if err != nil {
		return err
	}
	if err := victim.Kill(); err != nil {
		return err
	}
	killed := time.Now()
	if err := s.cluster.AwaitStatus(s.ctx, spare, "one region server fewer", func(status peer.Status) bool {
		return len(status.RegionServers) == len(before.RegionServers)-1
	}); err != nil {
		return err
	}
	s.log("the master noticed after %.1f s", time.Since(killed).Seconds())
	if err := s.online(2); err != nil {
		return err
	}
	if err := s.readable(); err != nil {
		return err
	}
	s.log("all regions serve again after %.1f s", time.Since(killed).Seconds())
	if _, err := s.cluster.Start(peer.RegionServer); err != nil {
		return err
	}
	return s.cluster.AwaitStatus(s.ctx, spare, "the new region server", func(status peer.Status) bool {
		return len(status.RegionServers) == len(before.RegionServers)
	})
}}

var killActiveMaster = step{"active master kill -9", func(s *scenario) error {
	before, err := s.client.Status(s.ctx)
	if err != nil {
		return err
	}
	victim, err := s.cluster.ByName(before.Active)
	if err != nil {
		return err
	}
	if err := victim.Kill(); err != nil {
		return err
	}
	killed := time.Now()
	if err := s.cluster.AwaitStatus(s.ctx, spare, "the backup as active master", func(status peer.Status) bool {
		return slices.Contains(before.Backups, status.Active) && len(status.RegionServers) == len(before.RegionServers)
	}); err != nil {
		return err
	}
	if err := s.client.Create(s.ctx, "served-by-backup", family); err != nil {
		return err
	}
	s.log("the backup serves after %.1f s", time.Since(killed).Seconds())
	if err := s.client.Drop(s.ctx, "served-by-backup"); err != nil {
		return err
	}
	if err := s.readable(); err != nil {
		return err
	}
	if _, err := s.cluster.Start(peer.Master); err != nil {
		return err
	}
	return s.cluster.AwaitStatus(s.ctx, spare, "a new backup", func(status peer.Status) bool {
		return len(status.Backups) == len(before.Backups)
	})
}}

// killQuorumUnderLoad takes the quorum away for three seconds while rows are being put. The same processes must be
// there afterwards, also when a session timeout has passed since, and no acknowledged row may be missing.
var killQuorumUnderLoad = step{"quorum kill -9 under load", func(s *scenario) error {
	alive := s.cluster.Alive()
	if err := s.client.StartLoad(s.ctx, table, column); err != nil {
		return err
	}
	if err := s.ackedBeyond(100); err != nil {
		return err
	}
	if err := s.quorum.Kill(); err != nil {
		return err
	}
	time.Sleep(3 * time.Second) // the outage
	if err := s.quorum.Restart(); err != nil {
		return err
	}
	restarted := time.Now()
	load, err := s.client.Load(s.ctx)
	if err != nil {
		return err
	}
	if err := s.ackedBeyond(load.Acked + 500); err != nil {
		return err
	}
	if err := s.client.Create(s.ctx, "after-outage", family); err != nil {
		return err
	}
	s.log("a table was created %.1f s after the quorum's return", time.Since(restarted).Seconds())
	if err := s.client.Drop(s.ctx, "after-outage"); err != nil {
		return err
	}
	time.Sleep(time.Until(restarted.Add(session + 3*time.Second))) // who lost its session knows by now
	if load, err = s.client.StopLoad(s.ctx); err != nil {
		return err
	}
	s.log("%d rows acknowledged, %d failed, longest gap %d ms", load.Acked, load.Failed, load.LongestGapMS)
	var problems []error
	for _, server := range alive {
		if !server.Alive() {
			problems = append(problems, fmt.Errorf("%s did not survive the quorum's restart: %s", server.Name, server.Death()))
		}
	}
	lost, err := s.client.Verify(s.ctx, table, column)
	if len(lost) > 0 {
		err = fmt.Errorf("%d acknowledged rows are lost, the first is %s", len(lost), lost[0])
	}
	return errors.Join(append(problems, err)...)
}}

func (s *scenario) ackedBeyond(count int) error {
	return s.await(spare, fmt.Sprintf("%d acknowledged rows", count), func(ctx context.Context) (bool, error) {
		load, err := s.client.Load(ctx)
		return load.Acked > count, err
	})
}

var dropTable = step{"drop table", func(s *scenario) error { return s.client.Drop(s.ctx, table) }}

var shutDown = step{"orderly shutdown", func(s *scenario) error {
	return s.cluster.Shutdown(s.ctx, spare)
}}
