package main

import (
	"net/http"
	"net/http/pprof"

	"github.com/hquorum/hquorum/shim"
)

// adminHandler answers on the admin address, with Go's profiles only if asked
// for: they show what is in memory, and taking one costs CPU.
func adminHandler(server *shim.Server, profiles bool) http.Handler {
	if !profiles {
		return server.Admin()
	}
	mux := http.NewServeMux()
	mux.Handle("/", server.Admin())
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return mux
}
