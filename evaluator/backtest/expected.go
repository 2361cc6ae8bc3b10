package backtest

// Expected returns how many alerts a day are to be expected of which so many were
// counted on the days of a ground; nil if the ground has no day.
func (g *Ground) Expected(daily map[Day]int) *Rate {
	t := tally{days: daily}
	return t.rate(g)
}

// Keeps says whether a rate keeps to a budget. What has no rate is undecided.
func Keeps(r *Rate, perDay float64) State {
	if r == nil {
		return Undecided
	}
	return verify([]Budget{{AllRules, perDay}}, AllRules, r).State
}

// DaysFor returns on how many days without an alert a budget is kept, with
// Confidence.
func DaysFor(perDay float64) float64 {
	_, upper := garwood(0, Confidence)
	return upper / perDay
}
