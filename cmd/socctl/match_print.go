package main

import "github.com/socctl/socctl/evaluator/telemetry"

// printing is fingerprints for which lines have room, until those of two events are made
// together: that takes little longer than to make one.
type printing struct {
	forms   [2][]byte // canonical, of the events
	places  [2][]int  // where in the text of lines their fingerprints are to stand
	waiting int       // events
}

// begin adds an event about which there will be lines behind a text.
func (p *printing) begin(text []byte, canonical string) {
	if p.waiting == len(p.forms) {
		p.settle(text)
	}
	p.forms[p.waiting] = append(p.forms[p.waiting], canonical...)
	p.waiting++
}

// leave says where there is room for the fingerprint of the latest event.
func (p *printing) leave(place int) {
	latest := &p.places[p.waiting-1]
	*latest = append(*latest, place)
}

// settle writes the fingerprints into a text.
func (p *printing) settle(text []byte) {
	if p.waiting == 0 {
		return
	}
	of := telemetry.Fingerprints(&p.forms)
	for i := range of {
		for _, place := range p.places[i] {
			*(*[telemetry.FingerprintSize]byte)(text[place:]) = of[i]
		}
		p.forms[i], p.places[i] = p.forms[i][:0], p.places[i][:0]
	}
	p.waiting = 0
}
