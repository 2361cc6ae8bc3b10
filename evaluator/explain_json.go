package evaluator

import "encoding/json"

// MarshalJSON writes the explanation in its stable form: the rule by rule_id,
// rule_title and rule_hash; matched, view and no_view; and root, the tree. Of where
// a part stands there is line and column.
func (x *Explanation) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		RuleID  string `json:"rule_id"`
		Title   string `json:"rule_title"`
		Hash    string `json:"rule_hash"`
		Matched bool   `json:"matched"`
		View    string `json:"view,omitempty"`
		NoView  bool   `json:"no_view,omitempty"`
		Root    *Node  `json:"root"`
	}{x.Rule.ID, x.Rule.Title, x.Rule.Hash, x.Matched, x.View, x.NoView, x.Root})
}

// MarshalJSON writes the node as it stands in an Explanation.
func (n *Node) MarshalJSON() ([]byte, error) {
	return json.Marshal(n.plain())
}

// plainNode is the stable JSON form of a node.
type plainNode struct {
	Kind    NodeKind    `json:"kind"`
	Label   string      `json:"label"`
	Matched bool        `json:"matched"`
	Line    int         `json:"line,omitempty"`
	Column  int         `json:"column,omitempty"`
	Reason  string      `json:"reason,omitempty"`
	Actual  *Value      `json:"actual,omitempty"`
	Args    []plainNode `json:"args,omitempty"`
}

// plain makes the whole tree at once: a node that marshals its own is read again by
// each above it.
func (n *Node) plain() plainNode {
	out := plainNode{Kind: n.Kind, Label: n.Label, Matched: n.Matched, Reason: n.Reason, Actual: n.Actual,
		Line: n.Span.Start.Line, Column: n.Span.Start.Column}
	for _, arg := range n.Args {
		out.Args = append(out.Args, arg.plain())
	}
	return out
}
