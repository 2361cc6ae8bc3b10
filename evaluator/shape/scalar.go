package shape

// scalar finds the end of a number, or of true or false.
func scalar(data []byte, at int, kind Kind) (stop int, err error) {
	if kind == Number {
		stop, ok := numberEnd(data, at)
		if !ok {
			return 0, unexpected(data, stop, "a digit")
		}
		return stop, nil
	}
	if stop = boolEnd(data, at); stop >= 0 {
		return stop, nil
	}
	want := "true"
	if data[at] == 'f' {
		want = "false"
	}
	return word(data, at, want)
}

// boolEnd returns the end of the true or false at an offset, or -1.
func boolEnd(data []byte, at int) int {
	if at+4 <= len(data) && string(data[at:at+4]) == "true" {
		return at + 4
	}
	if at+5 <= len(data) && string(data[at:at+5]) == "false" {
		return at + 5
	}
	return -1
}

// word reads a literal.
func word(data []byte, at int, want string) (stop int, err error) {
	for i := range len(want) {
		if at+i >= len(data) || data[at+i] != want[i] {
			return 0, unexpected(data, at+i, want)
		}
	}
	return at + len(want), nil
}

// numberEnd returns the end of the number at an offset, or the offset at which
// a digit is missing.
func numberEnd(data []byte, at int) (stop int, ok bool) {
	i := at
	if i < len(data) && data[i] == '-' {
		i++
	}
	if i < len(data) && data[i] == '0' {
		i++
	} else if i, ok = digits(data, i); !ok {
		return i, false
	}
	if i < len(data) && data[i] == '.' {
		if i, ok = digits(data, i+1); !ok {
			return i, false
		}
	}
	if i < len(data) && data[i]|0x20 == 'e' {
		i++
		if i < len(data) && (data[i] == '+' || data[i] == '-') {
			i++
		}
		if i, ok = digits(data, i); !ok {
			return i, false
		}
	}
	return i, true
}

func digits(data []byte, at int) (stop int, ok bool) {
	i := at
	for i < len(data) && data[i]-'0' <= 9 {
		i++
	}
	return i, i > at
}

// skipSpace returns the offset of the first byte from at on that is no space.
func skipSpace(data []byte, at int) int {
	for at < len(data) && (data[at] == ' ' || data[at] == '\n' || data[at] == '\r' || data[at] == '\t') {
		at++
	}
	return at
}
