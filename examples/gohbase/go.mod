// A module of its own: nothing else here depends on gohbase.
module github.com/hquorum/hquorum/examples/gohbase

go 1.26.0

require github.com/tsuna/gohbase v0.0.0-20260613001017-cfe2cb9e6df3
