package telemetry

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/rules/logsource"
)

// NormaliserVersion changes whenever the same record can yield other fields or
// views than before with the same table. It belongs into keys of caches.
const NormaliserVersion = 3

// Normaliser turns records into events. It is immutable and safe for
// concurrent use.
type Normaliser struct {
	plan  *plan
	table *logsource.Table
	zone  *time.Location // of times without one
	year  int            // of times without one; 0: from the modification of the source
}

// NormaliserOption changes how NewNormaliser sets up a Normaliser.
type NormaliserOption func(*Normaliser)

// TimeZone says in which zone times are that do not tell theirs; without it,
// and for nil, that is UTC. It does not touch fields that are defined to be in
// UTC, such as UtcTime.
func TimeZone(zone *time.Location) NormaliserOption {
	return func(n *Normaliser) {
		if zone != nil {
			n.zone = zone
		}
	}
}

// Year says of which year times are that do not tell theirs. Without it, and
// for 0, the modification time of the record's source decides: the year is the
// latest in which the time is not more than a day behind it.
func Year(year int) NormaliserOption {
	return func(n *Normaliser) { n.year = year }
}

// NewNormaliser returns a normaliser that routes by table t; nil means the
// built-in table.
func NewNormaliser(t *logsource.Table, options ...NormaliserOption) *Normaliser {
	n := &Normaliser{table: t, zone: time.UTC}
	if t == nil || t == logsource.Default() {
		n.table, n.plan = logsource.Default(), builtinPlan()
	} else {
		n.plan = newPlan(t)
	}
	for _, o := range options {
		o(n)
	}
	return n
}

// What is made of the built-in table, which never changes.
var (
	builtinPlan  = sync.OnceValue(func() *plan { return newPlan(logsource.Default()) })
	builtinViews = sync.OnceValue(func() []byte { return viewsText(logsource.Default()) })
)

// Key returns a hash of everything that decides what a record becomes: two
// normalisers with the same key make the same events.
func (n *Normaliser) Key() string {
	sum := sha256.New()
	fmt.Fprintf(sum, "%d %s %d ", NormaliserVersion, n.zone, n.year)
	_, _ = sum.Write(n.viewsText()) // never fails
	return hex.EncodeToString(sum.Sum(nil))
}

func (n *Normaliser) viewsText() []byte {
	if n.table == logsource.Default() {
		return builtinViews()
	}
	return viewsText(n.table)
}

func viewsText(t *logsource.Table) []byte {
	views, err := json.Marshal(t.Views)
	if err != nil {
		panic("unreachable: views are plain data: " + err.Error())
	}
	return views
}

// objectOf returns a value that is no object as the message of one.
func objectOf(v evaluator.Value) evaluator.Value {
	if v.Kind() == evaluator.Object {
		return v
	}
	return evaluator.ObjectValue(evaluator.Member{Name: "message", Value: v})
}

// Event normalises one record. A record that is no object becomes an event
// whose only field is "message", holding the value. One that was left raw or
// unrendered is read for it, by itself, where a Stream reads many faster; the event of
// raw text that is no object of JSON has that text as its message.
func (n *Normaliser) Event(r Record) *Event {
	r = r.valued()
	e := &Event{normaliser: n, record: r, id: -1}
	e.record.Value = objectOf(r.Value)
	members := e.takeHint(e.record.Value.Members())
	e.shape = shapeOf(members)
	switch e.shape {
	case shapeEvent:
		e.fromEvent(unwrapEvent(members))
	case shapeEventText:
		e.fromEventText(members)
	case shapeWinlog:
		e.fromWinlog(members)
	case shapeFlat:
		e.fromFlat(members)
	default:
		e.fields = members
		joined, ok := auditRecords(members)
		if !ok {
			joined, ok = auditText(members)
		}
		if ok {
			e.fields, e.record.Value = joined, evaluator.ObjectValue(joined...)
		}
	}
	if e.Windows() {
		e.finishWindows()
	}
	e.names = nil
	e.known = e.nameSet()
	return e
}

// finishWindows settles what holds for all shapes of a Windows event.
func (e *Event) finishWindows() {
	if v, ok := e.Field("EventID"); ok {
		if id, ok := integer(v); ok {
			e.id = id
			if v.Kind() != evaluator.Number {
				e.setFront("EventID", evaluator.IntValue(int64(id)))
			}
		}
	}
	if v, ok := e.Field("Computer"); ok {
		e.setBack("ComputerName", v)
	}
	e.settleKeywords()
	e.settleChannel()
	e.settleSysmon()
}

// settleChannel supplies the channel of records that lack it but come from
// Sysmon, as their provider or their shape tells. The channel that routes is
// the System attribute, even if the event's own data has a Channel too.
func (e *Event) settleChannel() {
	if e.channel == "" && e.shape != shapeEvent && e.shape != shapeEventText {
		if v, ok := e.Field("Channel"); ok && v.Kind() == evaluator.String {
			e.channel = v.Text()
		}
	}
	if e.channel != "" {
		return
	}
	provider, named := e.Field("Provider_Name")
	switch {
	case named && strings.EqualFold(provider.Text(), linuxSysmonProvider):
		e.channel = linuxSysmonChannel
	case named && strings.EqualFold(provider.Text(), sysmonProvider), !named && e.isBareSysmon():
		e.channel = sysmonChannel
	default:
		return
	}
	if _, ok := e.Field("Channel"); !ok {
		e.setBack("Channel", evaluator.StringValue(e.channel))
	}
}

func (e *Event) setFront(name string, v evaluator.Value) {
	e.front = append(e.front, evaluator.Member{Name: name, Value: v})
}

// setBack adds a further name for a value unless it is taken.
func (e *Event) setBack(name string, v evaluator.Value) {
	if e.named(name) {
		return
	}
	e.back = append(e.back, evaluator.Member{Name: name, Value: v})
}

// hintNames are the keys under which a record may state its logsource.
var hintNames = [...]string{"logsource", "_logsource"}

func isHintName(name string) bool {
	for _, h := range hintNames {
		if name == h || strings.HasPrefix(name, h) && name[len(h)] == '.' {
			return true
		}
	}
	return false
}

// takeHint removes a stated logsource from the members and remembers it. An
// object under one of the names counts if it states a category, a product or a
// service; its other texts are kept as custom keys.
func (e *Event) takeHint(members []evaluator.Member) []evaluator.Member {
	for i, m := range members {
		if m.Name != hintNames[0] && m.Name != hintNames[1] {
			continue
		}
		hint := make(map[string]string)
		for _, part := range m.Value.Members() {
			if part.Value.Kind() == evaluator.String && part.Name != "definition" {
				hint[part.Name] = strings.ToLower(part.Value.Text())
			}
		}
		if hint["category"]+hint["product"]+hint["service"] == "" {
			continue
		}
		e.hint = hint
		rest := make([]evaluator.Member, 0, len(members)-1)
		return append(append(rest, members[:i]...), members[i+1:]...)
	}
	return members
}
