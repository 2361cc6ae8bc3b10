package evaluator

// Long texts, such as scripts and rendered messages, hardly ever repeat from file to file,
// and to look one up takes about as long as to match it line by line. So they are looked up
// only in fields of which that was worth it lately.

// longText is how many bytes a text has that counts as long.
const longText = 512

// Long texts of a field are looked up for a while; if fewer than half were found, the next
// ones are not.
const (
	longTrial = 1 << 7
	longBlind = 1 << 12
)

// longHabit is how long texts of a field repeat.
type longHabit struct{ asked, found, blind int }

// looks reports whether the next text is to be looked up.
func (h *longHabit) looks() bool {
	if h.blind > 0 {
		h.blind--
		return false
	}
	if h.asked == longTrial {
		blind := 2*h.found < h.asked
		if h.asked, h.found = 0, 0; blind {
			h.blind = longBlind
			return false
		}
	}
	h.asked++
	return true
}

// classOfLong returns the class of a long text.
func (m *batchMatcher) classOfLong(field int32, kind Kind, text string) uint32 {
	if len(m.tables.fields[field].atoms) == 0 {
		return 0
	}
	if m.long == nil {
		m.long = make([]longHabit, len(m.tables.fields))
	}
	h := &m.long[field]
	looked := h.looks()
	var first, other uint64
	if looked {
		first, other = m.cache.key(field, uint32(kindOf(kind)), text)
		if class, known := m.cache.get(first, other); known {
			h.found++
			return class
		}
	}
	m.atoms = m.tables.matcher(field).Match(m.atoms[:0], kindOf(kind), text, &m.scratch)
	class := m.classes.of(m.atoms)
	if looked {
		m.cache.put(first, other, class)
	}
	return class
}
