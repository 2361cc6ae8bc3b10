package synth

import "fmt"

// Summary says in one line what was learned.
func (l *Library) Summary() string {
	templates, bytes := 0, 0
	seen := map[*template]bool{}
	for r := range l.pools {
		for _, k := range l.pools[r].kinds {
			for _, run := range k.runs {
				for i := range run {
					if t := &run[i]; !seen[t] {
						seen[t] = true
						templates++
						bytes += len(t.text)
					}
				}
			}
		}
	}
	return fmt.Sprintf("%d templates of background in %d MB, %d attacks, %d rules with noise, %d kinds of chatter, %d products; %d events left out as they would not behave as their originals",
		templates, bytes/1_000_000, len(l.episodes), len(l.noise), len(l.chatter), len(l.software), l.dropped)
}
