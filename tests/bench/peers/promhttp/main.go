// promhttp with the series of a JSON file, as an exporter in Go would have them.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"runtime"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

type series struct {
	Labels       prometheus.Labels
	Value        float64
	Observations []float64
}

type family struct {
	Name, Type, Help string
	Bounds           []float64
	Series           []series
}

func read(path string) ([]family, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var families []family
	return families, json.Unmarshal(text, &families)
}

func labelNames(labels prometheus.Labels) []string {
	var names []string
	for name := range labels {
		names = append(names, name)
	}
	return names
}

func register(registry *prometheus.Registry, f family) error {
	names := labelNames(f.Series[0].Labels)
	switch f.Type {
	case "gauge":
		gauge := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: f.Name, Help: f.Help}, names)
		for _, s := range f.Series {
			gauge.With(s.Labels).Set(s.Value)
		}
		return registry.Register(gauge)
	case "counter":
		counter := prometheus.NewCounterVec(prometheus.CounterOpts{Name: f.Name, Help: f.Help}, names)
		for _, s := range f.Series {
			counter.With(s.Labels).Add(s.Value)
		}
		return registry.Register(counter)
	case "histogram":
		histogram := prometheus.NewHistogramVec(
			prometheus.HistogramOpts{Name: f.Name, Help: f.Help, Buckets: f.Bounds}, names)
		for _, s := range f.Series {
			observer := histogram.With(s.Labels)
			for _, value := range s.Observations {
				observer.Observe(value)
			}
		}
		return registry.Register(histogram)
	}
	return fmt.Errorf("%s is a %s", f.Name, f.Type)
}

func main() {
	runtime.GOMAXPROCS(1)
	families, err := read(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	registry := prometheus.NewRegistry()
	for _, f := range families {
		if err := register(registry, f); err != nil {
			log.Fatal(err)
		}
	}
	// Without InstrumentMetricHandler, which counts every scrape.
	http.Handle("/metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{EnableOpenMetrics: true}))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	log.Printf("listening on %s", listener.Addr())
	log.Fatal(http.Serve(listener, nil))
}
