package evtx

// collect merges members of the same name into one with a list.
func collect(in []node) []node {
	find := finder(len(in))
	n := 0
	for n < len(in) && find(in[:n], in[n].name) == n {
		n++
	}
	if n == len(in) {
		return in // nearly always
	}
	find = finder(len(in))
	out := make([]node, 0, len(in))
	for _, n := range in {
		i := find(out, n.name)
		if i == len(out) {
			out = append(out, n)
			continue
		}
		out[i] = node{form: formList, name: n.name, parts: append(itemsOf(out[i]), itemsOf(n)...)}
	}
	return out
}

// finder returns a function that finds the index of a name among members, or
// their number; with many members it remembers where names are.
func finder(n int) func([]node, string) int {
	if n <= 48 {
		return func(members []node, name string) int {
			for i := range members {
				if members[i].name == name {
					return i
				}
			}
			return len(members)
		}
	}
	seen := make(map[string]int, n)
	return func(members []node, name string) int {
		if i, ok := seen[name]; ok {
			return i
		}
		seen[name] = len(members)
		return len(members)
	}
}

// itemsOf returns what a member contributes to the list of its name.
func itemsOf(n node) []node {
	switch {
	case n.form == formList:
		return n.parts
	case n.form == formNull && n.name == "Data":
		return []node{fixedText("")}
	}
	return []node{n}
}
