// Package model runs what hbasemodel looks at a quorum with against real ones: package zksource follows Apache
// ZooKeeper and hquorum, and package shimsource hquorum in this process, while clients change znodes at random,
// connections are cut and servers are killed. At quiet points what was told must be what a fresh walk reads.
//
// Short runs (-short) skip everything, because JVMs and downloads are slow.
package model
