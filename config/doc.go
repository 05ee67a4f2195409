// Package config is what `hquorum serve` is told: the options with their
// defaults, and the places they come from.
//
// A value is taken from the first of these that has it: the command line, the
// environment (HQUORUM_DATA_DIR for --data-dir, and so on), the YAML file of
// --config, the zoo.cfg of --zoo-cfg, the default. Every option has the same
// name in each of them, except in zoo.cfg, where ZooKeeper's names are
// understood.
//
// Values are checked before anything is opened or changed; each error is one
// line that says where the bad value stands and what is wanted.
package config
