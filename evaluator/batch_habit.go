package evaluator

// In most fields the texts of one file are those of many others, so that it pays to remember
// what they satisfy. Where they hardly ever are, as in times, ports and the names of temporary
// files, and long texts as scripts and rendered messages, to look one up and to remember it
// takes as long as to match it, and makes others be forgotten. So texts are only looked up in
// fields of which that was worth it lately.

// longText is how many bytes a text has that counts as long.
const longText = 512

// Texts of a field are looked up for a while; if fewer than a part was found, the next ones
// are not. To match a text with many predicates takes ten times as long as to look it up, or
// more, so that few need to be found.
var (
	longTrial  = lookTrial{1 << 7, 1 << 12, 2}
	shortTrial = lookTrial{1 << 11, 1 << 14, 4}

	longDearTrial  = lookTrial{1 << 7, 1 << 10, 12}
	shortDearTrial = lookTrial{1 << 11, 1 << 13, 10}
)

// How many predicates look at a field of which texts take long to match, and of one of which
// short texts are matched sooner than they are looked up.
const (
	dearPredicates  = 1 << 6
	cheapPredicates = 1 << 3
)

type lookTrial struct {
	length, blind int // in texts
	least         int // of so many one must be found
}

// textHabit is how texts of a field repeat.
type textHabit struct{ asked, found, blind int }

// looks reports whether the next text is to be looked up.
func (h *textHabit) looks(t *lookTrial) bool {
	if h.blind > 0 {
		h.blind--
		return false
	}
	if h.asked == t.length {
		blind := t.least*h.found < h.asked
		if h.asked, h.found = 0, 0; blind {
			h.blind = t.blind
			return false
		}
	}
	h.asked++
	return true
}

// textHabits are those of the texts of a field.
type textHabits struct{ short, long textHabit }

// classOfOne returns the class of a text as a value of a field.
func (m *batchMatcher) classOfOne(field int32, kind Kind, text string) uint32 {
	if len(m.tables.fields[field].atoms) == 0 {
		return 0
	}
	if m.habits == nil {
		m.habits = make([]textHabits, len(m.tables.fields))
	}
	h, t := m.habitOf(field, len(text))
	looked := h != nil && h.looks(t)
	var first, other uint64
	if looked {
		first, other = m.texts.key(field, uint32(kindOf(kind)), text)
		if class, known := m.texts.get(first, other); known {
			h.found++
			return class
		}
	}
	m.atoms = m.tables.matcher(field).Match(m.atoms[:0], kindOf(kind), text, &m.scratch)
	class := m.classes.of(m.atoms)
	if looked {
		m.texts.put(first, other, class)
	}
	return class
}

// habitOf returns how texts of a field and a length repeat, and how that is found out; nil if
// they are not worth to be looked up in any case.
func (m *batchMatcher) habitOf(field int32, length int) (*textHabit, *lookTrial) {
	h, predicates := &m.habits[field], len(m.tables.fields[field].atoms)
	switch long, dear := length >= longText, predicates >= dearPredicates; {
	case long && dear:
		return &h.long, &longDearTrial
	case long:
		return &h.long, &longTrial
	case dear:
		return &h.short, &shortDearTrial
	case predicates <= cheapPredicates:
		return nil, nil
	}
	return &h.short, &shortTrial
}
