package telemetry

import (
	"encoding/base64"
	"regexp"

	"github.com/socctl/socctl/evaluator"
)

// envelope is a form in which a service delivers records inside an object.
type envelope struct {
	key    string // member that the object has if it is this envelope
	beside string // another one; "" for none
	open   func(v evaluator.Value, d *jsonDecoder) ([]evaluator.Value, bool)
}

// envelopes are tried on objects that have their key. What is no envelope in
// full stays what it is: a record.
var envelopes = []envelope{
	{"Records", "", listAlone("Records")}, // CloudTrail
	{"records", "", listAlone("records")}, // Azure diagnostic settings
	{"items", "kind", openItems},          // Kubernetes and Google lists
	{"detail", "detail-type", openEventBridge},
	{"logEvents", "messageType", openCloudWatch},
	{"hits", "", openSearchHits},
	{"_source", "_index", openSearchHit},
	{"result", "preview", openSplunk},
	{"AuditData", "", openAuditData},
	{"message", "subscription", openPubSub},
}

// maxEnvelopeMembers is more than any envelope has; larger objects are records.
const maxEnvelopeMembers = 12

// unwrap returns the records in an envelope; false for a record.
func unwrap(v evaluator.Value, d *jsonDecoder) ([]evaluator.Value, bool) {
	members := v.Members()
	if len(members) > maxEnvelopeMembers {
		return nil, false
	}
	for i := range members {
		for _, e := range envelopes {
			if members[i].Name == e.key {
				if contents, ok := e.open(v, d); ok {
					return contents, true
				}
			}
		}
	}
	return nil, false
}

// insideEnvelope goes on behind the start of an envelope that is nothing but a list, as if its
// records stood in an array by themselves. So of a file that was cut off, or is too large to be
// one value, everything is read that is whole. It returns false for other values.
func (s *jsonStream) insideEnvelope() bool {
	if s.place != outside {
		return false
	}
	start := torn.FindIndex(s.rest()[:min(s.end-s.at, maxTorn)])
	if start == nil {
		return false
	}
	s.consume(start[1])
	s.place, s.torn = arrayStart, true
	return true
}

// torn is how an envelope starts that is nothing but a list.
var torn = regexp.MustCompile(`^\{[ \t\r\n]*"[Rr]ecords"[ \t\r\n]*:[ \t\r\n]*\[`)

// maxTorn is more bytes than such a start has.
const maxTorn = 256

func isText(v evaluator.Value, name, want string) bool {
	m, ok := v.Member(name)
	return ok && m.Kind() == evaluator.String && (want == "" || m.Text() == want)
}

func listAlone(name string) func(evaluator.Value, *jsonDecoder) ([]evaluator.Value, bool) {
	return func(v evaluator.Value, _ *jsonDecoder) ([]evaluator.Value, bool) {
		list, _ := v.Member(name)
		return list.Items(), len(v.Members()) == 1 && list.Kind() == evaluator.List
	}
}

// openItems opens {"kind": "EventList", "items": […]} of the Kubernetes audit
// webhook and {"kind": "admin#reports#activities", "items": […]} of Google Workspace.
func openItems(v evaluator.Value, _ *jsonDecoder) ([]evaluator.Value, bool) {
	items, _ := v.Member("items")
	known := isText(v, "kind", "EventList") || isText(v, "kind", "admin#reports#activities") || isText(v, "kind", "reports#activities")
	return items.Items(), known && items.Kind() == evaluator.List
}

// openEventBridge opens the event around an API call that CloudTrail recorded.
func openEventBridge(v evaluator.Value, _ *jsonDecoder) ([]evaluator.Value, bool) {
	kind, _ := v.Member("detail-type")
	detail, _ := v.Member("detail")
	if detail.Kind() != evaluator.Object || !hasSuffix(kind.Text(), " via CloudTrail") {
		return nil, false
	}
	return []evaluator.Value{detail}, true
}

func hasSuffix(s, suffix string) bool {
	return len(s) >= len(suffix) && s[len(s)-len(suffix):] == suffix
}

// openCloudWatch opens a delivery of a CloudWatch Logs subscription. A message
// that is a JSON object is the record; another stays text.
func openCloudWatch(v evaluator.Value, d *jsonDecoder) ([]evaluator.Value, bool) {
	events, _ := v.Member("logEvents")
	if events.Kind() != evaluator.List || !isText(v, "messageType", "") {
		return nil, false
	}
	out := make([]evaluator.Value, 0, len(events.Items()))
	for _, e := range events.Items() {
		message, _ := e.Member("message")
		if inner, ok := d.nested(message); ok {
			out = append(out, inner)
		} else {
			out = append(out, e)
		}
	}
	return out, true
}

// openSearchHits opens a response of Elasticsearch or OpenSearch.
func openSearchHits(v evaluator.Value, d *jsonDecoder) ([]evaluator.Value, bool) {
	outer, _ := v.Member("hits")
	list, _ := outer.Member("hits")
	if list.Kind() != evaluator.List {
		return nil, false
	}
	out := make([]evaluator.Value, 0, len(list.Items()))
	for _, hit := range list.Items() {
		if source, ok := openSearchHit(hit, d); ok {
			hit = source[0]
		}
		out = append(out, hit)
	}
	return out, true
}

func openSearchHit(v evaluator.Value, _ *jsonDecoder) ([]evaluator.Value, bool) {
	source, _ := v.Member("_source")
	return []evaluator.Value{source}, source.Kind() == evaluator.Object && isText(v, "_index", "")
}

// openSplunk opens a line of an export of Splunk. The event itself is the
// record if it is JSON.
func openSplunk(v evaluator.Value, d *jsonDecoder) ([]evaluator.Value, bool) {
	result, _ := v.Member("result")
	if _, export := v.Member("preview"); !export || result.Kind() != evaluator.Object {
		return nil, false
	}
	raw, _ := result.Member("_raw")
	if inner, ok := d.nested(raw); ok {
		return []evaluator.Value{inner}, true
	}
	return []evaluator.Value{result}, true
}

// openAuditData opens a row of a search in the unified audit log of Microsoft
// 365, in which the record is JSON as text.
func openAuditData(v evaluator.Value, d *jsonDecoder) ([]evaluator.Value, bool) {
	data, _ := v.Member("AuditData")
	inner, ok := d.nested(data)
	return []evaluator.Value{inner}, ok
}

// openPubSub opens a message that Google Pub/Sub pushes.
func openPubSub(v evaluator.Value, d *jsonDecoder) ([]evaluator.Value, bool) {
	message, _ := v.Member("message")
	data, _ := message.Member("data")
	if !isText(v, "subscription", "") || data.Kind() != evaluator.String {
		return nil, false
	}
	text, err := base64.StdEncoding.DecodeString(data.Text())
	if err != nil {
		return nil, false
	}
	inner, ok := d.nested(evaluator.StringValue(string(text)))
	return []evaluator.Value{inner}, ok
}

// nested decodes a text that is one JSON object, with a decoder of its own:
// the stream's one is in the middle of its work.
func (d *jsonDecoder) nested(v evaluator.Value) (evaluator.Value, bool) {
	if v.Kind() != evaluator.String {
		return v, false
	}
	inner := jsonDecoder{words: d.words}
	return inner.whole(v.Text())
}
