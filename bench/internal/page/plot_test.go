package page

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

func TestPlot(t *testing.T) {
	just := func(s float64) Spread { return Spread{s, s, s} }
	r := &Result{Recorded: []RecordedLane{{Name: "fleet & <co>", Rows: []RecordedRow{
		{Events: 1000, Rules: 3000, Stream: just(0.4), Replay: just(0.1)},
		{Events: 2000, Rules: 10, Stream: just(0.7), Replay: just(0.01)},
		{Events: 2000, Rules: 3000, Stream: just(0.8), Replay: just(0.2)},
	}}}}
	picture, err := Plot(r)
	if err != nil {
		t.Fatal(err)
	}
	for d := xml.NewDecoder(strings.NewReader(picture)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err, picture)
		}
	}
	for text, n := range map[string]int{"<polyline": 4, "<circle": 8, "fleet &amp; &lt;co&gt;: by events, 3,000 rules": 1, "by rules, 2,000 events": 1, ">1 s<": 2} {
		if got := strings.Count(picture, text); got != n {
			t.Errorf("%d times %q, want %d", got, text, n)
		}
	}
	// The greatest time of the first diagram is 0.8 of 1 s, and stands at the right end.
	if !strings.Contains(picture, `cx="404.0" cy="77.6"`) {
		t.Error("a point does not stand where it should:", picture)
	}
	if _, err := Plot(&Result{}); err == nil {
		t.Error("a picture of nothing")
	}
}
