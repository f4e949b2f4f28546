// Reads a page of metrics with Prometheus' own Go library, and writes what it has understood as a page again.
package main

import (
	"fmt"
	"os"

	"github.com/prometheus/common/expfmt"
)

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func main() {
	var parser expfmt.TextParser
	families, err := parser.TextToMetricFamilies(os.Stdin)
	if err != nil {
		fail(err)
	}
	for _, family := range families {
		if _, err := expfmt.MetricFamilyToText(os.Stdout, family); err != nil {
			fail(err)
		}
	}
}
