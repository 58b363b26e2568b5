package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"strings"
)

// Costs are what one submission takes of each part, measured elsewhere in this
// module, and what the parts have.
type Costs struct {
	ReviewCPU     float64 // seconds of a worker's core
	WorkerCores   float64
	PostgresCPU   float64 // seconds of a database core
	PostgresCores float64
	Documents     float64 // written once and read once each
	S3PerSecond   float64 // writes of one gateway
	NATSPerSecond float64 // messages, acknowledged, of a cluster of three that syncs always
	CoreHour      float64 // price of a core for an hour, in whatever currency
}

// Measured are the costs on two cores of a virtual machine: a review of a
// photographed document, the pipeline's share in Postgres, a gateway that does not
// fsync.
var Measured = Costs{
	ReviewCPU: 1.2, WorkerCores: 2, PostgresCPU: 0.001, PostgresCores: 4, Documents: 1.5,
	S3PerSecond: 970, NATSPerSecond: 10_000, CoreHour: 0.04,
}

const perDay = 10_000_000

// arrivals is the day's curve: quiet at night, three peaks in office hours, in
// shares of the mean.
func arrivals(hour float64) float64 {
	return max(0.1, 1+0.9*math.Sin((hour-8)/24*2*math.Pi)+0.4*math.Sin((hour-2)/8*2*math.Pi))
}

// Day is what a day looks like with so many workers.
type Day struct {
	Workers    int
	Done       float64 // of the day's submissions by midnight
	LongestMin float64 // the longest wait, in minutes
	Busiest    string
	Load       float64 // of the busiest part at the peak, 1 is all it has
	PerMillion float64 // price of the cores, for a million done
}

func simulation(context.Context, options) (string, error) {
	var b strings.Builder
	simulate(&b, Measured)
	return b.String(), nil
}

// simulate follows a day minute by minute for each number of workers.
func simulate(w io.Writer, c Costs) {
	fmt.Fprintf(w, "| workers | done of %d a day | longest wait | busiest part, its load at the peak | price a million |\n|---|---|---|---|---|\n", perDay)
	for _, n := range []int{1, 2, 5, 10, 20, 50, 100, 150, 200} {
		d := c.day(n)
		fmt.Fprintf(w, "| %d | %.0f %% | %s | %s, %.0f %% | %.2f |\n", n, 100*d.Done/perDay, wait(d.LongestMin), d.Busiest, 100*d.Load, d.PerMillion)
	}
}

func wait(minutes float64) string {
	switch {
	case math.IsInf(minutes, 1):
		return "grows day by day"
	case minutes < 1:
		return "under a minute"
	}
	return fmt.Sprintf("%.0f min", minutes)
}

// resource is something that may saturate, with what it can do a second.
type resource struct {
	name string
	rate float64
}

func (c Costs) parts(workers int) []resource {
	return []resource{
		{"workers", float64(workers) * c.WorkerCores / c.ReviewCPU},
		{"Postgres", c.PostgresCores / c.PostgresCPU},
		{"S3", c.S3PerSecond / c.Documents},
		{"NATS", c.NATSPerSecond / 2}, // each message is written and removed
	}
}

func (c Costs) day(workers int) Day {
	d := Day{Workers: workers}
	parts := c.parts(workers)
	narrowest := parts[0]
	for _, p := range parts {
		if p.rate < narrowest.rate {
			narrowest = p
		}
	}
	mean, sum := float64(perDay)/86400, 0.0
	for m := range 1440 {
		sum += arrivals(float64(m) / 60)
	}
	var queue, peak float64
	for m := range 1440 {
		rate := mean * arrivals(float64(m)/60) * 1440 / sum
		peak = max(peak, rate)
		queue += rate * 60
		out := min(queue, narrowest.rate*60)
		queue, d.Done = queue-out, d.Done+out
		d.LongestMin = max(d.LongestMin, queue/narrowest.rate/60)
	}
	if narrowest.rate < mean {
		d.LongestMin = math.Inf(1)
	}
	d.Busiest, d.Load = narrowest.name, peak/narrowest.rate
	cores := float64(workers)*c.WorkerCores + c.PostgresCores
	d.PerMillion = cores * 24 * c.CoreHour / (d.Done / 1e6)
	return d
}
