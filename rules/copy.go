package rules

// Copy returns a document that shares everything with d but what linking fills
// in, so that it can be part of another set.
func Copy(d Document) Document {
	switch d := d.(type) {
	case *Rule:
		c := *d
		c.Filters = nil
		return &c
	case *Correlation:
		c := *d
		c.Inputs = nil
		return &c
	case *Filter:
		c := *d
		return &c
	}
	return d
}
