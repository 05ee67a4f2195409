// Package watch holds who watches what and tells them what happens.
//
// It promises ZooKeeper's rules. A data watch and a child watch fire once and
// are gone, also if the watcher may not read the znode and is not told. A
// persistent watch is a data and a child watch that stay. A recursive one stays
// too and sees what happens to its znode and to all below, but no change of
// children: their creation and deletion say it. A watcher hears of one event
// once, however many of its watches match. Whoever is told of a deletion by a
// data watch is not told again by a child watch, which is used up all the same.
//
// It asks: a Watcher is comparable by identity (a pointer); its methods do not
// block and do not call the Manager; RemoveAll is called after the last watch
// of a Watcher was added, or it is never forgotten. A watch is added under the
// same lock under which the znode was looked at (replica.View), and Fire is
// called under the lock of the change, so that no event is missed or invented.
//
// Everything is safe for concurrent use. Watchers are told without a lock on the
// watches: a Notify of the Fire under way may still come after RemoveAll.
//
// An event is encoded once, and only if somebody hears it. Without recursive
// watches the parents of a path are not looked at. Nothing is kept for a watcher
// without watches or a path without watchers.
//
// The truth is ZooKeeper 3.9: the Programmer's Guide ("ZooKeeper Watches"), and
// the classes WatchManager, WatchStats and DataTree. One thing differs:
// ZooKeeper's reports go on counting a connection whose data watches have all
// fired, ours do not.
package watch
