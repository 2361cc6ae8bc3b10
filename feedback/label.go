package feedback

import (
	"slices"
	"time"
)

// Label is what is known of one event as an alert of one rule.
type Label struct {
	Event        string // fingerprint
	Class        Class
	Outcome      Outcome // that decided
	Contested    bool
	Investigator string    // who decided, see Investigator.String
	Session      string    // of the investigator
	By           []string  // all whose opinion is of the same class, kind:id, sorted
	Time         time.Time // of the verdict that decided
	Weight       float64   // 0 to 1, see AlertState
	Reviewed     bool      // by a person
	Verdicts     []string  // uids of all that count, sorted

	RuleHash  string    // of the rule as it was judged; "" if that is not known
	Alert     string    // key of the alert that decided
	Rule      string    // whose alert that is: another rule's if the event is protected by way of it
	Host      string    // "" if not known
	User      string    // "" if not known
	Context   string    // root cause, "" if not known
	EventTime time.Time // zero if not known
}

// RuleLabels are the labels of one rule.
type RuleLabels struct {
	// Events are the events of the rule's own alerts, by fingerprint. That of an
	// alert of several events is the label of each.
	Events map[string]Label

	// Unplaced counts, by class, alerts of the rule whose verdicts name no event.
	// Protected ones among them mean that there are attacks that no test on events
	// can see.
	Unplaced map[Class]int

	state *State
	rule  string
}

// Alerts returns the alerts of the rule, by rule hash and key.
func (l RuleLabels) Alerts() []*AlertState {
	if l.state == nil {
		return nil
	}
	return l.state.byRule[l.rule]
}

// Labels returns what is known of the alerts of a rule, by its id, or by its title
// if it has none. Verdicts on other versions of the rule are among them: whoever
// uses them must see whether the rule still matches the event. An event of several
// alerts has the safest label: protected before unknown where a person doubts,
// before supporting.
func (s *State) Labels(rule string) RuleLabels {
	out := RuleLabels{Events: map[string]Label{}, Unplaced: map[Class]int{}, state: s, rule: rule}
	for _, a := range s.byRule[rule] {
		if len(a.Alert.EventFP) == 0 {
			out.Unplaced[a.Class]++
		}
		for _, event := range a.Alert.EventFP {
			label := a.label(event)
			if known, ok := out.Events[event]; ok {
				label = safest(known, label)
			}
			out.Events[event] = label
		}
	}
	for event, label := range out.Events {
		if by := s.protected[event]; by != nil && label.Class != Protected {
			out.Events[event] = by.label(event)
		}
	}
	return out
}

// Of returns the label of an event that the rule matches. An event that an alert
// of any other rule protects is protected for this one too. The zero class means
// that nothing is known.
func (l RuleLabels) Of(event string) Label {
	if label, ok := l.Events[event]; ok {
		return label
	}
	if l.state != nil {
		if by := l.state.protected[event]; by != nil {
			return by.label(event)
		}
	}
	return Label{Event: event, Outcome: Undetermined}
}

// safest returns which of two labels of an event holds, with the verdicts of both.
// A supporting one yields to an unknown one that has opinions, unless nobody's
// word in that had weight.
func safest(a, b Label) Label {
	out, other := a, b
	switch {
	case a.Class == Protected && b.Class == Protected:
	case b.Class == Protected, a.Class != Protected && b.Class == Supporting && b.Weight > a.Weight && !doubts(a):
		out, other = b, a
	case a.Class == Supporting && doubts(b):
		out, other = b, a
	}
	out.Verdicts = slices.Concat(out.Verdicts, other.Verdicts)
	slices.Sort(out.Verdicts)
	out.Verdicts = slices.Compact(out.Verdicts)
	out.Reviewed = a.Reviewed || b.Reviewed
	out.Contested = out.Class == Protected && (a.Contested || b.Contested || a.Class == Supporting || b.Class == Supporting)
	return out
}

// doubts reports whether a person has said something else than supporting.
func doubts(l Label) bool { return l.Class == Unknown && l.Reviewed }

// label returns the label of the alert for one of its events.
func (a *AlertState) label(event string) Label {
	out := Label{Event: event, Class: a.Class, Outcome: a.Outcome, Contested: a.Contested, Weight: a.Weight, Reviewed: a.Reviewed,
		RuleHash: a.Alert.RuleHash, Alert: a.Key, Rule: a.Alert.RuleID, Context: a.Alert.ContextFP, Time: a.Last}
	for _, o := range a.Opinions {
		out.Verdicts = append(out.Verdicts, o.UID)
		if o.Verdict.Class() == a.Class {
			out.By = append(out.By, string(o.Investigator.Kind)+":"+o.Investigator.ID)
		}
		if o.Verdict == a.Outcome {
			out.Investigator, out.Session, out.Time = o.Investigator.String(), o.Investigator.Session, o.Time
		}
	}
	slices.Sort(out.Verdicts)
	slices.Sort(out.By)
	out.By = slices.Compact(out.By)
	if a.Alert.EventTime != nil {
		out.EventTime = *a.Alert.EventTime
	}
	if e := a.Alert.Entities; e != nil {
		out.Host, out.User = e.Host, e.User
	}
	return out
}
