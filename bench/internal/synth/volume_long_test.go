//go:build long

package synth

import (
	"bytes"
	"context"
	"testing"

	"github.com/socctl/socctl/evaluator/corpus"
)

// A fleet of all recordings keeps all promises too.
func TestVolume(t *testing.T) {
	if testing.Short() {
		t.Skip("all recordings and 300,000 events take a while")
	}
	l, err := Load(context.Background(), Source{Data: corpus.Path(t, "")})
	if err != nil {
		t.Fatal(err)
	}
	t.Log(l.Summary())
	o := Options{Days: 14, Hosts: 300, Seed: 3, Events: 300_000, Episodes: 120, Noise: DefaultNoise, Chatter: 10 * DefaultChatter, Software: DefaultSoftware}
	events, truth := written(t, l, o)
	if n := bytes.Count(events, []byte{'\n'}); int64(n) != o.Events {
		t.Errorf("%d events", n)
	}
	checkOrder(t, events)
	checkMatches(t, l, events, truth)
}
