package admin

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/hquorum/hquorum/shim/conn"
)

// collector shows the figures to Prometheus, under the names that ZooKeeper's
// PrometheusMetricsProvider uses.
type collector struct{ words *Words }

// Describe implements prometheus.Collector; it tells nothing, which makes the
// collector an unchecked one.
func (c collector) Describe(chan<- *prometheus.Desc) {}

// Collect implements prometheus.Collector.
func (c collector) Collect(out chan<- prometheus.Metric) {
	for _, m := range c.words.metrics() {
		kind := prometheus.GaugeValue
		if m.counter {
			kind = prometheus.CounterValue
		}
		out <- prometheus.MustNewConstMetric(prometheus.NewDesc(m.name, m.help, nil, nil), kind, m.value)
	}
	traffic := c.words.source.Figures().Traffic
	for _, l := range []struct {
		name string
		conn.Latency
	}{{"readlatency", traffic.Reads}, {"updatelatency", traffic.Writes}} {
		desc := prometheus.NewDesc(l.name, "Time from request to reply, milliseconds.", nil, nil)
		out <- prometheus.MustNewConstSummary(desc, uint64(l.Count), float64(l.Sum.Microseconds())/1000, nil)
	}
}

func metricsHandler(w *Words) http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collector{w}, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
}
