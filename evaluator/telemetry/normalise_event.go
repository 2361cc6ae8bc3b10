package telemetry

import (
	"slices"
	"strings"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry/eventxml"
)

// unwrapEvent returns the members of the Event object if there is one around
// System and the data.
func unwrapEvent(members []evaluator.Member) []evaluator.Member {
	for _, m := range members {
		if m.Name != "Event" {
			continue
		}
		if _, ok := m.Value.Member("System"); ok {
			return m.Value.Members()
		}
	}
	return members
}

// fromEvent reads the shape of the event schema. The fields of the data stand
// behind those of System, so they win where both have a name (event 104 tells
// in its own Channel which log was cleared) — except the identity of the event.
func (e *Event) fromEvent(members []evaluator.Member) {
	e.fields = make([]evaluator.Member, 0, countFields(members))
	for i := range members {
		if members[i].Name == "System" {
			e.addSystem(members[i].Value)
		}
	}
	system := len(e.fields)
	for i := range members {
		m := &members[i]
		switch {
		case m.Name == "System" || isAttribute(m.Name):
		case m.Name == "EventData":
			e.addData(m.Value)
		case m.Name == "UserData":
			e.addUserData(m.Value)
		case m.Name == "RenderingInfo":
			e.addRendering(m.Value)
		default:
			e.addField(m.Name, m.Value)
		}
	}
	e.protectIdentity(system)
}

// fromEventText reads an event that a syslog collector carries as XML text.
func (e *Event) fromEventText(members []evaluator.Member) {
	for _, m := range members {
		if m.Name != "SyslogMessage" {
			continue
		}
		if root, ok := eventxml.Element(m.Value.Text()); ok {
			e.fromEvent(root.Members())
			return
		}
	}
	e.shape = shapeOther
	e.fields = members
}

// identity are the attributes of System that identify an event.
var identity = [...]string{"EventID", "Computer", "Provider_Name", "Provider_Guid"}

// protectIdentity puts the identifying attributes of System in front where the
// data behind them uses one of their names.
func (e *Event) protectIdentity(system int) {
	var settled [len(identity)]bool
	for i := system; i < len(e.fields); i++ {
		name := e.fields[i].Name
		n := slices.Index(identity[:], name)
		if n < 0 || settled[n] {
			continue
		}
		settled[n] = true
		if v, ok := member(e.fields[:system], name); ok {
			e.setFront(name, v)
		}
	}
}

// countFields estimates the number of fields, so that they fit without growing.
func countFields(members []evaluator.Member) int {
	n := 12
	for i := range members {
		n += len(members[i].Value.Members()) + 1
	}
	return n
}

func (e *Event) addField(name string, v evaluator.Value) {
	e.fields = append(e.fields, evaluator.Member{Name: name, Value: v})
	if strings.IndexByte(name, ' ') >= 0 {
		e.setBack(strings.ReplaceAll(name, " ", ""), v)
		e.setBack(strings.ReplaceAll(name, " ", "_"), v)
	}
}

// addSystem flattens System: element texts under their name, attributes as
// Element_Attribute.
func (e *Event) addSystem(system evaluator.Value) {
	for _, m := range system.Members() {
		switch m.Value.Kind() {
		case evaluator.Null:
		case evaluator.Object:
			e.addElement(m.Name, m.Value)
		default:
			if !isAttribute(m.Name) {
				e.addField(m.Name, m.Value)
			}
			if m.Name == "Channel" && m.Value.Kind() == evaluator.String {
				e.channel = m.Value.Text()
			}
		}
	}
}

// addElement adds an element that has attributes, and perhaps a text.
func (e *Event) addElement(name string, element evaluator.Value) {
	for _, m := range element.Members() {
		switch {
		case m.Name == "#attributes":
			e.addElement(name, m.Value)
		case m.Name == "#text" || m.Name == "Value":
			e.addField(name, m.Value)
			if name == "Channel" {
				e.channel = m.Value.Text()
			}
		case m.Value.IsNull() || isNamespace(m.Name):
		default:
			e.addField(attributeName(name, m.Name), m.Value)
		}
	}
}

// attributeNames holds the names of the usual attributes of System elements, so
// that they are not put together for every event.
var attributeNames = func() map[[2]string]string {
	names := map[[2]string]string{}
	for element, attributes := range map[string][]string{
		"Provider":    {"Name", "Guid", "EventSourceName"},
		"EventID":     {"Qualifiers"},
		"TimeCreated": {"SystemTime"},
		"Execution":   {"ProcessID", "ThreadID"},
		"Security":    {"UserID"},
		"Correlation": {"ActivityID", "RelatedActivityID"},
	} {
		for _, attribute := range attributes {
			names[[2]string{element, attribute}] = element + "_" + attribute
		}
	}
	return names
}()

func attributeName(element, attribute string) string {
	attribute = strings.TrimLeft(attribute, "@-")
	if name, ok := attributeNames[[2]string{element, attribute}]; ok {
		return name
	}
	return element + "_" + attribute
}

func (e *Event) addRendering(info evaluator.Value) {
	if message, ok := info.Member("Message"); ok {
		e.addField("Message", plainText(message))
	}
}

// isAttribute reports whether a converter uses the name for XML attributes.
func isAttribute(name string) bool {
	return name == "#attributes" || name == "xmlns" ||
		name != "" && (name[0] == '@' || name[0] == '-')
}

func isNamespace(name string) bool {
	name = strings.TrimLeft(name, "@-")
	return name == "xmlns" || strings.HasPrefix(name, "xmlns:")
}

// plainText unwraps the {"#text": …} that converters write for an element with
// attributes; any other value stays.
func plainText(v evaluator.Value) evaluator.Value {
	if v.Kind() != evaluator.Object {
		return v
	}
	if text, ok := v.Member("#text"); ok {
		return text
	}
	return v
}
