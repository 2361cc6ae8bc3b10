package feedback

import (
	"fmt"

	"github.com/socctl/socctl/feedback/internal/jsontree"
)

// verdict reads the members of a record.
func (d *decoder) verdict(root *jsontree.Value, v *Verdict) {
	d.object(root, "a verdict", fields{
		"schema": oneOf(d, &v.Schema, VerdictSchema), "uid": d.hash(&v.UID), "time": d.time(&v.Time),
		"alert":        func(x *jsontree.Value) { d.alert(x, &v.Alert) },
		"verdict":      oneOf(d, &v.Verdict, Outcomes()...),
		"confidence":   func(x *jsontree.Value) { d.confidence(x, v) },
		"scope":        oneOf(d, &v.Scope, ScopeAlert, ScopeIncident),
		"investigator": func(x *jsontree.Value) { d.investigator(x, &v.Investigator) },
		"reviewed_by": d.list(0, func(x *jsontree.Value) {
			v.ReviewedBy = append(v.ReviewedBy, Review{})
			d.review(x, &v.ReviewedBy[len(v.ReviewedBy)-1])
		}),
		"reason": func(x *jsontree.Value) {
			v.Reason = &Reason{}
			d.object(x, "a reason", fields{"code": d.str(&v.Reason.Code), "text": d.str(&v.Reason.Text)})
		},
		"evidence": d.list(0, func(x *jsontree.Value) {
			v.Evidence = append(v.Evidence, Evidence{})
			e := &v.Evidence[len(v.Evidence)-1]
			d.object(x, "an item of evidence", fields{"type": d.name(&e.Type), "fp": d.hash(&e.FP), "ref": d.str(&e.Ref)}, "type")
		}),
		"supersedes": d.hash(&v.Supersedes), "expires": d.optionalTime(&v.Expires), "sig": d.str(&v.Sig), "ext": d.raw(&v.Ext),
	}, "schema", "time", "alert", "verdict", "investigator")
}

func (d *decoder) alert(x *jsontree.Value, a *Alert) {
	d.object(x, "an alert", fields{
		"rule_id": d.name(&a.RuleID), "rule_hash": d.hash(&a.RuleHash),
		"event_fp": d.list(1, func(x *jsontree.Value) {
			var fp string
			d.hash(&fp)(x)
			a.EventFP = append(a.EventFP, fp)
		}),
		"alert_uid": d.name(&a.AlertUID), "incident": d.str(&a.Incident), "context_fp": d.str(&a.ContextFP), "event_time": d.optionalTime(&a.EventTime),
		"entities": func(x *jsontree.Value) {
			a.Entities = &Entities{}
			d.object(x, "entities", fields{"host": d.str(&a.Entities.Host), "user": d.str(&a.Entities.User)})
		},
	}, "rule_id")
	if d.bad == nil && len(a.EventFP) == 0 && a.AlertUID == "" {
		d.fail(x.At, "verdict/missing-field", "an alert has neither event_fp nor alert_uid", "name its events by the fingerprints that eval prints, or the alert by the id that its product gave it")
	}
}

func (d *decoder) investigator(x *jsontree.Value, i *Investigator) {
	d.object(x, "an investigator", fields{"kind": oneOf(d, &i.Kind, Human, Agent), "id": d.name(&i.ID), "version": d.str(&i.Version), "session": d.str(&i.Session)}, "kind", "id")
}

func (d *decoder) review(x *jsontree.Value, r *Review) {
	d.object(x, "a review", fields{"kind": oneOf(d, &r.Kind, Human, Agent), "id": d.name(&r.ID), "time": d.time(&r.Time)}, "kind", "id", "time")
}

func (d *decoder) confidence(x *jsontree.Value, v *Verdict) {
	if x.Kind != jsontree.Number || x.Number < 0 || x.Number > 1 {
		d.fail(x.At, "verdict/unknown-value", fmt.Sprintf("the confidence %.40q is no number from 0 to 1", x.Text), "")
	}
	v.Confidence = &x.Number
}

// identity seals the record, and compares the uid that it states, if any, with
// the one that follows from what it says.
func (d *decoder) identity(root *jsontree.Value, v *Verdict) {
	stated := v.UID
	if v.Seal(); stated != "" && stated != v.UID {
		d.fail(root.Member("uid").At, "verdict/uid-mismatch", "the uid is not that of what the record says: it was changed, or made otherwise",
			"leave the uid out, or record a change of mind as a verdict of its own")
	}
}

// Check returns what is wrong with a verdict, nil if it can be stored. It says
// the same as reading the verdict back would.
func (v *Verdict) Check() error {
	text, err := v.AppendJSON(nil)
	if err == nil {
		_, err = DecodeRecord(text)
	}
	return err
}
