// Package admin tells operators and their tools about a server: ZooKeeper's
// four-letter words in the formats that ZooKeeper prints, and a small HTTP
// handler with health, metrics and the same words.
//
// It promises true figures in formats that parsers of ZooKeeper's know. It only
// looks: nothing but the words crst and srst changes anything, and those only
// counters.
//
// It asks for a Source, whose methods may be called at any time and from any
// goroutine. A Words and a Handler are safe for concurrent use.
//
// What differs from ZooKeeper's answers: ruok says imok only while the server
// serves; envi tells of Go instead of Java; the date in the version is written
// as ZooKeeper up to 3.6 did (some parsers insist); mntr and /metrics hold what
// has a meaning here. The words gtmk, stmk and hash have none and do not exist.
//
// The truth is the Administrator's Guide ("ZooKeeper Commands") of ZooKeeper
// 3.9 and the package org.apache.zookeeper.server.command.
package admin
