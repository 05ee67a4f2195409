package admin

import (
	"io"
	"net/http"
	"strings"
)

// Handler answers over HTTP:
//
//	GET  /healthz          200 as long as the process lives
//	GET  /readyz           200 while clients are served, else 503 and why not
//	GET  /metrics          Prometheus
//	GET  /commands/        the words there are
//	GET  /commands/<word>  the word's text, whatever the whitelist says
//	POST /commands/crst, /commands/srst
//
// It asks nobody who they are: it belongs on a loopback address or behind
// something that does.
func Handler(w *Words) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(rw http.ResponseWriter, _ *http.Request) { text(rw, http.StatusOK, "ok\n") })
	mux.HandleFunc("GET /readyz", func(rw http.ResponseWriter, _ *http.Request) {
		if err := w.source.Serving(); err != nil {
			text(rw, http.StatusServiceUnavailable, "not serving: "+err.Error()+"\n")
			return
		}
		text(rw, http.StatusOK, "ok\n")
	})
	mux.Handle("GET /metrics", metricsHandler(w))
	mux.HandleFunc("GET /commands/{$}", func(rw http.ResponseWriter, _ *http.Request) {
		text(rw, http.StatusOK, strings.Join(w.All(), "\n")+"\n")
	})
	for _, word := range w.All() {
		method := http.MethodGet
		if word == "crst" || word == "srst" {
			method = http.MethodPost
		}
		mux.HandleFunc(method+" /commands/"+word, func(rw http.ResponseWriter, _ *http.Request) {
			text(rw, http.StatusOK, w.say(word))
		})
	}
	return mux
}

func text(rw http.ResponseWriter, status int, body string) {
	rw.Header().Set("Content-Type", "text/plain; charset=utf-8")
	rw.WriteHeader(status)
	_, _ = io.WriteString(rw, body) // the client may be gone
}
