package report

import (
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/hquorum/hquorum/test/bench/server"
)

func point(name server.Name, round int, rate float64, others float64) Point {
	return Point{
		Scenario: "crud", Op: "get", Shape: "1×1", Server: name, Round: round, Rate: rate, Others: others,
		P99: time.Millisecond, CPU: time.Microsecond, Target: Target{Ratio: 2, P99: true, CPU: true, Whole: true},
	}
}

func TestRatiosAreTakenRoundByRound(t *testing.T) {
	rows := Rows([]Point{
		point(server.Hquorum, 0, 300, 0), point(server.ZooKeeper, 0, 100, 0),
		point(server.Hquorum, 1, 30, 0), point(server.ZooKeeper, 1, 20, 0),
		point(server.Hquorum, 2, 50, 0), point(server.ZooKeeper, 2, 20, 0.1),
	})
	if got := rows[0].Ratios(); len(rows) != 1 || !reflect.DeepEqual(got, []float64{1.5, 2.5, 3}) {
		t.Errorf("Ratios = %v of %d rows", got, len(rows))
	}
}

func TestNoisyRoundsAreLeftOutAsAWhole(t *testing.T) {
	rows := Rows([]Point{
		point(server.Hquorum, 0, 300, 0), point(server.ZooKeeper, 0, 100, 0.5),
		point(server.Hquorum, 1, 30, 0), point(server.ZooKeeper, 1, 20, 0),
	})
	if got := rows[0].Ratios(); !reflect.DeepEqual(got, []float64{1.5}) {
		t.Errorf("Ratios = %v, want the one of the quiet round", got)
	}
	rows = Rows([]Point{point(server.Hquorum, 0, 300, 0), point(server.ZooKeeper, 0, 100, 0.5)})
	if got := rows[0].Ratios(); !reflect.DeepEqual(got, []float64{3}) {
		t.Errorf("Ratios = %v, want the noisy one for lack of another", got)
	}
}

func TestWhatTookLessTimeIsFaster(t *testing.T) {
	h, z := point(server.Hquorum, 0, 0, 0), point(server.ZooKeeper, 0, 0, 0)
	h.Took, z.Took = time.Second, 3*time.Second
	if got := median(Rows([]Point{h, z})[0].Ratios()); got < 2.99 || got > 3.01 {
		t.Errorf("ratio = %v, want 3", got)
	}
}

func TestVerdicts(t *testing.T) {
	h, z := point(server.Hquorum, 0, 190, 0), point(server.ZooKeeper, 0, 100, 0)
	h.P99, z.CPU, h.Lost = 2*time.Millisecond, 2*time.Microsecond, 1
	want := []Verdict{{"≥2×", false}, {"p99", false}, {"CPU", true}, {"none lost", false}}
	if got := Rows([]Point{h, z})[0].Verdicts(); !reflect.DeepEqual(got, want) {
		t.Errorf("Verdicts = %v, want %v", got, want)
	}
	h.Rate, h.P99, h.CPU, h.Lost = 200, z.P99, z.CPU, 0
	want = []Verdict{{"≥2×", true}, {"p99", true}, {"CPU", false}, {"none lost", true}}
	if got := Rows([]Point{h, z})[0].Verdicts(); !reflect.DeepEqual(got, want) {
		t.Errorf("Verdicts = %v, want %v", got, want)
	}
}

func TestSavedRunPrintsTheSame(t *testing.T) {
	run := &Run{Setup: []string{"a machine"}, Rounds: 1, Time: time.Second, Points: []Point{
		point(server.Hquorum, 0, 1234567, 0), point(server.ZooKeeper, 0, 100000, 0), point(server.Limit, 0, 2469134, 0),
	}}
	file := filepath.Join(t.TempDir(), "run.json")
	if err := run.Save(file); err != nil {
		t.Fatal(err)
	}
	loaded, err := Load(file)
	if err != nil {
		t.Fatal(err)
	}
	var before, after strings.Builder
	if err := run.Write(&before); err != nil {
		t.Fatal(err)
	}
	if err := loaded.Write(&after); err != nil {
		t.Fatal(err)
	}
	if before.String() != after.String() {
		t.Errorf("printed\n%s\nand after loading\n%s", &before, &after)
	}
	for _, want := range []string{"- a machine", "### crud", "1,234,567/s", "**12.35** (12.35–12.35)", "✓≥2×", "50 %"} {
		if !strings.Contains(before.String(), want) {
			t.Errorf("no %q in\n%s", want, &before)
		}
	}
}
