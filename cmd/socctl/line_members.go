package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/socctl/socctl/rules"
)

// lineMember is a member of the lines that eval prints.
type lineMember uint8

const (
	memberRuleID lineMember = iota
	memberRuleTitle
	memberLevel
	memberTags
	memberSource
	memberRecord
	memberTime
	memberView
	memberFingerprint
	memberRuleHash
	memberSuppressedBy
	memberCorrelation
	memberGroup
	memberValue
	memberContributors
	memberMore
	memberDropped

	memberCount
)

// lineMemberNames are the names of members, and what they say.
var lineMemberNames = [memberCount]struct{ name, about string }{
	memberRuleID:       {"rule_id", "id of the rule"},
	memberRuleTitle:    {"rule_title", "title of the rule"},
	memberLevel:        {"level", "level of the rule"},
	memberTags:         {"tags", "tags of the rule, which whole lines leave out"},
	memberSource:       {"source", "recording in which the event stands"},
	memberRecord:       {"record", "number of the event in its recording"},
	memberTime:         {"time", "when the event happened"},
	memberView:         {"view", "as what the event matched"},
	memberFingerprint:  {"event_fingerprint", "hash of what the event says"},
	memberRuleHash:     {"rule_hash", "hash of what the rule means"},
	memberSuppressedBy: {"suppressed_by", "filters, with --suppressed"},
	memberCorrelation:  {"correlation", "type of a correlation, of its alerts"},
	memberGroup:        {"group", "group of an alert"},
	memberValue:        {"value", "value of an alert's window"},
	memberContributors: {"contributors", "matches that an alert is made of"},
	memberMore:         {"more_contributors", "how many more there are"},
	memberDropped:      {"dropped", "matches that the limit of a window has dropped"},
}

// wholeLine is the members of lines of matches unless others are asked for.
var wholeLine = []lineMember{memberRuleID, memberRuleTitle, memberLevel, memberSource, memberRecord, memberTime, memberView, memberFingerprint, memberRuleHash, memberSuppressedBy}

func (m lineMember) name() string { return lineMemberNames[m].name }

// lineMemberList lists the names of all members.
func lineMemberList() []string {
	var names []string
	for _, m := range lineMemberNames {
		names = append(names, m.name)
	}
	return names
}

// parseMembers reads the flag --members.
func parseMembers(names []string) ([]lineMember, error) {
	known := lineMemberList()
	if len(names) == 0 {
		return nil, usageError("--members takes names of members: %s", strings.Join(known, ", "))
	}
	var out []lineMember
	for _, name := range names {
		name = strings.TrimSpace(name)
		n := slices.Index(known, name)
		if n < 0 {
			text := "lines have no member %q"
			if near := rules.Nearest(name, known); near != "" {
				text += ": did you mean " + near + "?"
			}
			return nil, usageError(text+" There are %s", name, strings.Join(known, ", "))
		}
		if slices.Contains(out, lineMember(n)) {
			return nil, usageError("--members names %s twice", name)
		}
		out = append(out, lineMember(n))
	}
	return out, nil
}

// completeMembers completes the name behind the last comma of --members, without those
// that stand before it.
func completeMembers(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	before, prefix := "", typed
	if comma := strings.LastIndexByte(typed, ','); comma >= 0 {
		before, prefix = typed[:comma+1], typed[comma+1:]
	}
	taken := strings.Split(before, ",")
	var out []string
	for _, m := range lineMemberNames {
		if strings.HasPrefix(m.name, prefix) && !slices.Contains(taken, m.name) {
			out = append(out, before+m.name+"\t"+m.about)
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace | cobra.ShellCompDirectiveKeepOrder
}
