package solver

// Work is counted in steps of automata and in letters that predicates read, and not
// in time, so that answers are the same on every machine. One search through automata
// is bounded, but a question about many expressions asks for many, and a rule asks many
// questions: without a bound on all of them together one rule would take hours. When a
// question has spent its share, the answer is unknown, unless a proof or a text was
// found before. A Solver that has spent lifeEffort goes on with small shares.
//
// The hardest of the public rules takes 150,000 for all its questions.
const (
	questionEffort = 4_000_000
	lifeEffort     = 20_000_000
	tiredEffort    = 50_000
)

// begin gives a question its share.
func (s *Solver) begin() {
	s.limit = s.spent + max(tiredEffort, min(questionEffort, lifeEffort-s.spent))
}

// left is what the question may still spend.
func (s *Solver) left() int {
	if s.stopped() {
		return 0
	}
	return s.limit - s.spent
}

func (s *Solver) stopped() bool { return s.options.Stop != nil && s.options.Stop() }
