package telemetry

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/socctl/socctl/evaluator"
	jsonshape "github.com/socctl/socctl/evaluator/shape"
)

// Layout is the structure that records have in common: with the texts of its
// leaves, each of them can be written down and made again.
type Layout struct {
	Number   int    // by which a Layouts knows it
	Skeleton string // a record in JSON whose strings are empty, whose numbers are 0 and whose booleans are false
	Kinds    []jsonshape.Kind
	Names    []string // a name for each leaf: that of the field of the event which it is, or else its path; "" for a leaf without text
}

// Layouts recognises the layouts of records. It is for one goroutine.
type Layouts struct {
	normaliser *Normaliser
	scanner    *jsonshape.Scanner
	unordered  *jsonshape.Unordered
	orders     orderCensus
	structures structures
	decoder    jsonDecoder
	words      words
	json, read []*Layout // by shape
	loose      []*Layout // by unordered shape: that of the record met first
	known      map[string]*Layout
	all        []*Layout

	places  evaluator.Memo[Place]
	tables  map[string]*fieldTable // by what they tell
	told    int                    // bytes that this takes, roughly
	looked  []uint8                // by shape: how often fields were found out
	files   fileNames              // on which it may depend what a record of one layout is
	current evaluator.Record
	source  Record
	layout  *Layout
	order   []int32 // of the leaves of the current record, if it is not that of its layout
	text    []byte
}

// NewLayouts returns what recognises layouts of records that n normalises.
func NewLayouts(n *Normaliser) *Layouts {
	l := &Layouts{normaliser: n, scanner: jsonshape.NewScanner(jsonshape.Options{MaxDepth: maxDepth, MaxNodes: 1 << 18}), unordered: jsonshape.NewUnordered(jsonshape.Options{MaxDepth: maxDepth}), known: map[string]*Layout{}, files: newFileNames(n.plan)}
	l.decoder.words = &l.words
	l.current.Reader = (*layoutReader)(l)
	return l
}

// Take makes a record the current one and returns its layout, nil for a record
// whose layout is too large to be remembered. For a raw record that is not simply
// one it returns ErrNotPlain, see Stream.Reread.
func (l *Layouts) Take(r Record) (*Layout, error) {
	l.source, l.layout, l.order = r, nil, nil
	if r.Raw == nil {
		l.source = r.Rendered()
		l.source.Value = objectOf(l.source.Value)
		return l.take(l.source.Value), nil
	}
	id, leaves, err := l.scanner.Scan(r.Raw)
	if err != nil {
		return nil, ErrNotPlain
	}
	l.current.JSON, l.current.Data, l.current.Leaves = true, r.Raw, leaves
	if id >= 0 && id < len(l.json) && l.json[id] != nil {
		return l.set(l.json[id]), nil
	}
	loose, sorted, order := l.unordered.Recognise(r.Raw)
	disordered := l.orders.disordered(loose)
	l.scanner.Settle(disordered)
	if disordered && loose < len(l.loose) && l.loose[loose] != nil {
		l.current.Leaves, l.order = sorted, order
		return l.set(l.loose[loose]), nil
	}
	v, _, err := l.decoder.decode(r.Raw, true)
	if err != nil {
		return nil, ErrNotPlain
	}
	if hasEnvelopeKey(v) {
		if _, is := unwrap(v, &l.decoder); is {
			return nil, ErrNotPlain
		}
	}
	if v.Kind() != evaluator.Object {
		return nil, ErrNotPlain
	}
	if id < 0 || hasEnvelopeKey(v) {
		l.source.Raw, l.source.Value = nil, v
		return l.take(v), nil
	}
	for id >= len(l.json) {
		l.json = append(l.json, nil)
	}
	l.json[id] = l.learn(v, leaves)
	l.first(loose, order, l.json[id])
	return l.set(l.json[id]), nil
}

// first notes the layout of a record if it is the first of its unordered shape.
func (l *Layouts) first(loose int, order []int32, layout *Layout) {
	if loose < 0 {
		return
	}
	for loose >= len(l.loose) {
		l.loose = append(l.loose, nil)
	}
	for i, leaf := range order {
		if int(leaf) != i {
			return
		}
	}
	if l.loose[loose] == nil {
		l.loose[loose] = layout
	}
}

// Value returns the current record, an object: what is none is the message of one, as in
// its event. It is null for a raw record of which Take returned a layout.
func (l *Layouts) Value() evaluator.Value { return l.source.Value }

// Order returns the skeleton of the current record if its members come in another
// order than those of its layout, else "".
func (l *Layouts) Order() (string, error) {
	if l.order == nil {
		return "", nil
	}
	v, _, err := l.decoder.decode(l.source.Raw, true)
	if err != nil {
		return "", err
	}
	return string(skeletonOf(v).AppendJSON(nil)), nil
}

func (l *Layouts) take(v evaluator.Value) *Layout {
	id := l.structures.take(v)
	l.current.JSON, l.current.Data, l.current.Leaves = false, l.structures.data, l.structures.leaves
	if id < 0 {
		return nil
	}
	for id >= len(l.read) {
		l.read = append(l.read, nil)
	}
	if l.read[id] == nil {
		l.read[id] = l.learn(v, l.structures.leaves)
	}
	return l.set(l.read[id])
}

func (l *Layouts) set(layout *Layout) *Layout {
	l.layout, l.current.Shape = layout, layout.Number
	return layout
}

// learn makes the layout of a record, or finds it.
func (l *Layouts) learn(v evaluator.Value, leaves []jsonshape.Leaf) *Layout {
	skeleton := string(skeletonOf(v).AppendJSON(nil))
	if known := l.known[skeleton]; known != nil {
		return known
	}
	layout := &Layout{Number: len(l.all), Skeleton: skeleton, Names: l.names(v, len(leaves))}
	for _, leaf := range leaves {
		layout.Kinds = append(layout.Kinds, leaf.Kind)
	}
	l.known[skeleton] = layout
	l.all = append(l.all, layout)
	return layout
}

// Text returns the text of a leaf of the current record, valid until the next call.
func (l *Layouts) Text(leaf int) []byte {
	x := &l.current.Leaves[leaf]
	if x.Escaped {
		l.text = jsonshape.AppendText(l.text[:0], l.current.Data, *x)
		return l.text
	}
	return l.current.Data[x.Start:x.End]
}

// Event returns the event of the current record.
func (l *Layouts) Event() (*Event, error) { return (*layoutReader)(l).make(nil) }

// Place is where a record belongs.
type Place struct {
	Views    []string // of its event, each once, in their order
	Route    string   // logsources of its event, see Route
	TimeName string   // field that tells the time; "" if none does, or several leaves decide
	timeLeaf int      // which leaf it is
	Fields   *Fields  // of its event; nil if nothing is known
	other    *otherOrder
}

// Place returns where the current record belongs, and its time; zero if it tells
// none.
func (l *Layouts) Place() (Place, time.Time, error) {
	shape := l.current.Shape
	defer func() { l.current.Shape = shape }()
	if l.layout == nil {
		l.current.Shape = jsonshape.Unknown
	} else {
		l.current.Shape = l.files.shape(l.source.Source, shape)
	}
	p, err := l.places.Of(&l.current, l.placeOf)
	if err == nil && l.order != nil {
		p.Fields, err = l.inThisOrder(&p)
	}
	if err != nil {
		return p, time.Time{}, err
	}
	if p.TimeName != "" {
		if t, ok := l.timeOf(p); ok {
			return p, t, nil
		}
	}
	e, err := l.Event()
	if err != nil {
		return p, time.Time{}, err
	}
	t, _, _ := e.Time()
	return p, t, nil
}

// timeOf reads the time of the current record where its layout says that it is.
func (l *Layouts) timeOf(p Place) (time.Time, bool) {
	v := leafValue(l.layout.Kinds[p.timeLeaf], string(l.Text(p.timeLeaf)))
	e := Event{normaliser: l.normaliser, record: Record{Modified: l.source.Modified}, fields: []evaluator.Member{{Name: p.TimeName, Value: v}}}
	t, _, ok := e.timeOf(p.TimeName)
	return t, ok
}

func (l *Layouts) placeOf(routed evaluator.Routed, t *evaluator.Trace) Place {
	e := routed.(*Event)
	p := Place{}
	for _, v := range e.Views() {
		if len(p.Views) == 0 || p.Views[len(p.Views)-1] != v.Name {
			p.Views = append(p.Views, v.Name)
		}
	}
	p.Route = routeOf(e)
	if t == nil {
		return p
	}
	name, leaves := evaluator.Fork(t, func() string {
		_, note, ok := e.Time()
		if name, _, _ := strings.Cut(note, " ("); ok {
			return name
		}
		return ""
	})
	if v, ok := e.Field(name); ok && len(leaves) == 1 && !utcNote(name) {
		if leaf, ok := t.Leaf(v); ok && leaf == leaves[0] {
			p.TimeName, p.timeLeaf = name, leaf
		}
	}
	p.Fields, p.other = l.fieldsOf(e, t), &otherOrder{read: t.Reads()}
	return p
}

// utcNote reports whether the name of a field for times is also a note on one.
func utcNote(name string) bool { return name == "" || name == "time" }

// layoutReader reads the current record of a Layouts.
type layoutReader Layouts

// AppendText implements evaluator.RecordReader.
func (r *layoutReader) AppendText(dst []byte, leaf, most int) []byte {
	return jsonshape.AppendStart(dst, r.current.Data, r.current.Leaves[leaf], most)
}

// Event implements evaluator.RecordReader.
func (r *layoutReader) Event(t *evaluator.Trace) (evaluator.Routed, error) { return r.make(t) }

func (r *layoutReader) make(t *evaluator.Trace) (*Event, error) {
	of := r.source
	if of.Raw != nil {
		v, _, err := r.decoder.decode(of.Raw, true)
		if err != nil {
			return nil, fmt.Errorf("the record is no JSON: %w", err)
		}
		of.Value, of.Raw = v, nil
	}
	if t != nil {
		if r.order != nil {
			t.Number(r.order)
		}
		of.Value = t.Value(of.Value)
	}
	return r.normaliser.Event(of), nil
}

// names finds a name for each leaf.
func (l *Layouts) names(v evaluator.Value, leaves int) []string {
	n := namer{names: make([]string, leaves), taken: map[string]bool{}}
	trace := evaluator.NewTrace()
	event := l.normaliser.Event(Record{Source: l.source.Source, Value: trace.Value(v)})
	for _, m := range event.Members() {
		if leaf, ok := trace.Leaf(m.Value); ok && n.names[leaf] == "" && m.Name != "" && !n.taken[m.Name] {
			n.names[leaf], n.taken[m.Name] = m.Name, true
		}
	}
	n.walk(v, "")
	return n.names
}

type namer struct {
	names []string
	taken map[string]bool
	next  int
}

func (n *namer) walk(v evaluator.Value, path string) {
	switch {
	case v.Kind() == evaluator.List && len(v.Items()) > 0:
		for i, item := range v.Items() {
			n.walk(item, path+"["+strconv.Itoa(i)+"]")
		}
		return
	case v.Kind() == evaluator.Object && len(v.Members()) > 0:
		for _, m := range v.Members() {
			at := m.Name
			if path != "" {
				at = path + "." + m.Name
			}
			n.walk(m.Value, at)
		}
		return
	}
	if k := leafKind(v.Kind()); k <= jsonshape.Bool && v.Kind() != evaluator.List && v.Kind() != evaluator.Object && n.names[n.next] == "" {
		name := path
		for i := 2; name == "" || n.taken[name]; i++ {
			name = path + "#" + strconv.Itoa(i)
		}
		n.names[n.next], n.taken[name] = name, true
	}
	n.next++
}

// skeletonOf returns a value with its texts left out.
func skeletonOf(v evaluator.Value) evaluator.Value {
	switch v.Kind() {
	case evaluator.List:
		items := make([]evaluator.Value, len(v.Items()))
		for i, item := range v.Items() {
			items[i] = skeletonOf(item)
		}
		return evaluator.ListValue(items...)
	case evaluator.Object:
		members := make([]evaluator.Member, len(v.Members()))
		for i, m := range v.Members() {
			members[i] = evaluator.Member{Name: m.Name, Value: skeletonOf(m.Value)}
		}
		return evaluator.ObjectValue(members...)
	case evaluator.String:
		return evaluator.StringValue("")
	case evaluator.Number:
		return evaluator.IntValue(0)
	case evaluator.Bool:
		return evaluator.BoolValue(false)
	}
	return evaluator.Value{}
}

func leafValue(k jsonshape.Kind, text string) evaluator.Value {
	switch k {
	case jsonshape.Number:
		return evaluator.NumberValue(text)
	case jsonshape.Bool:
		return evaluator.BoolValue(text == "true")
	}
	return evaluator.StringValue(text)
}
