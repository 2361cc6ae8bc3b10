package synth

// leaf is a scalar of a JSON text: where it stands, and under which name. The
// items of a list have the name of the list.
type leaf struct {
	name       []byte // as it stands in the text
	begin, end int    // without quotes
	text       bool   // a string
}

// leaves calls each for every scalar of a text that is known to be JSON.
func leaves(json []byte, each func(leaf)) {
	var name []byte
	for i := 0; i < len(json); {
		switch c := json[i]; {
		case c == '"':
			end := stringEnd(json, i+1)
			next := skipBlank(json, end+1)
			if next < len(json) && json[next] == ':' {
				name, i = json[i+1:end], next+1
				continue
			}
			each(leaf{name, i + 1, end, true})
			i = end + 1
		case c == '-' || isAlnum(c):
			end := i + 1
			for end < len(json) && (isAlnum(json[end]) || json[end] == '.' || json[end] == '-' || json[end] == '+') {
				end++
			}
			each(leaf{name, i, end, false})
			i = end
		default:
			i++
		}
	}
}

// stringEnd returns where the closing quote of a string stands whose content
// begins at i.
func stringEnd(json []byte, i int) int {
	for i < len(json) && json[i] != '"' {
		if json[i] == '\\' {
			i++
		}
		i++
	}
	return min(i, len(json))
}

func skipBlank(json []byte, i int) int {
	for i < len(json) && (json[i] == ' ' || json[i] == '\t' || json[i] == '\r' || json[i] == '\n') {
		i++
	}
	return i
}

// escape returns the length of the escape sequence that begins at i, 0 if none
// does.
func escape(json []byte, i int) int {
	switch {
	case json[i] != '\\':
		return 0
	case i+1 < len(json) && json[i+1] == 'u':
		return 6
	}
	return 2
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isHex(c byte) bool { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }

func isAlnum(c byte) bool { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'z' }

// isWord reports whether c may stand within the name of a host or a user.
func isWord(c byte) bool { return isAlnum(c) || c == '-' || c == '_' || c == '.' || c == '~' }
