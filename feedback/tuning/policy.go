package tuning

// Policy says what an exclusion must be like. The zero value allows everything;
// Default is meant to be used.
type Policy struct {
	Name string

	MinAlerts  int // distinct events that a clause must remove while it is learnt
	MinSources int // recordings or sensors that they come from
	MinHosts   int
	MinDays    int
	MinFields  int // fields that a clause must name

	MaxClauses  int // that are learnt, in each direction
	MaxLiterals int // in one clause
	Beam        int // clauses that are kept at each depth
	Exact       int // with at most so many literals the search is exact

	// PoolShare is the largest share of the pool, the events on which other rules of
	// the logsource fire, that a clause may cover.
	PoolShare float64
	// FreeField demands a field that the rule itself says nothing about.
	FreeField bool
	// Strict lets no value save on a field that the rule asks for, however hard it is
	// to come by: whoever sets off the rule may well have it.
	Strict bool
	// OpenShare is the largest share of the pool that what saves, the comparisons with
	// fields that the rule leaves open, may cover without the rest of the clause: the
	// pool shows what attackers have in those fields. 0 is any.
	OpenShare float64
	// OpenKnown demands that every protected event is kept by a comparison that saves,
	// not by one with what the rule asks for.
	OpenKnown bool
	// Unproven is the least that an attacker must need to hide in a clause where no attack
	// is known, so that what it hides of attacks cannot be measured: see MinScore.
	Unproven float64
	// Either is how many attacks, clusters of protected events, must be known for one of
	// two things to do: that a clause is rare in the pool (PoolShare, MinLift) and names a
	// field that the rule leaves open, or that something in it saves (FreeField, OpenKnown). With fewer, something has to save;
	// with none, or if Either is 0, both are demanded.
	Either int
	// Scarce is how many protected events make a rule known well. With fewer, a clause
	// needs ScarceCalibration clusters that were not learnt from.
	Scarce, ScarceCalibration int
	// Firm lets no account save: attackers have the one that they took over.
	Firm bool
	// Plain lets nothing save that a program says of itself: attackers describe theirs as
	// they like.
	Plain bool
	// MinScore is the least that an attacker must need to hide in a clause, see
	// package compiler/trust.
	MinScore float64
	// Generalise lets a clause be replaced by a more general one if that loses no
	// protected event of those that were not learnt from either.
	Generalise bool
	// Rounds is how often what is known is shared out anew, each time in halves that
	// both teach and test; 0 for once, with a half that teaches and one that tests.
	Rounds int

	// Large is how many events a rule may have for several rounds: with more, one
	// shares out enough. 0 is any number.
	Large int

	// Calibration is how many events that were not learnt from must be removed, and
	// none of them protected.
	Calibration int
	// Weak is the same for clauses that an attacker satisfies at will, whose score is
	// below 1.
	Weak int
	// MinShare is the least share of the removable events of the rule that a clause
	// must add to what the clauses before it cover.
	MinShare float64
	// MinLift is how many times commoner a clause must be among removable events than
	// in the pool.
	MinLift float64
	// Untested proposes what no unseen event speaks for; for experiments.
	Untested bool
	// Without is the id of a guard that is left out, Harden of one that rejects what
	// fails it; for experiments.
	Without, Harden string
	// Weights of the objective.
	ScoreWeight, LengthWeight, PoolWeight float64
}

// Default returns the policy that proposals are made under.
func Default() Policy {
	return Policy{Name: "default", MinAlerts: 1, MinSources: 1, MinHosts: 1, MinDays: 1, MinFields: 1, MaxClauses: 32, MaxLiterals: 4, Beam: 32, Exact: 200,
		Unproven: 3, Either: 8, PoolShare: 0.02, OpenShare: 0.2, OpenKnown: true, FreeField: true, Strict: true, Firm: true, Plain: true, Generalise: true, Rounds: 3, Large: 20_000, MinShare: 0.01, MinLift: 5, Calibration: 1, Weak: 1, ScoreWeight: 0.1, LengthWeight: 0.3, PoolWeight: 20}
}

// enough reports whether what speaks for a clause is enough where so many attacks are
// known.
func (p *Policy) enough(rare, saved bool, attacks int) bool {
	switch {
	case p.both(attacks):
		return rare && saved
	case attacks < p.Either:
		return saved
	}
	return rare || saved
}

// both reports whether a clause has to be rare in the pool and to be saved.
func (p *Policy) both(attacks int) bool { return p.Either == 0 || attacks == 0 }

// Prototype returns the policy that research measured: 0.5 % of the pool, two
// fields, five events in calibration, and as much removed as possible.
func Prototype() Policy {
	return Policy{Name: "prototype", MinAlerts: 2, MinSources: 2, MinFields: 2, MaxClauses: 5, MaxLiterals: 4, Beam: 32, PoolShare: 0.005, Calibration: 5}
}
