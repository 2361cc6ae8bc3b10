package textlog

import "strings"

// stamp returns the length of the time that s starts with, 0 if there is none.
// It knows what syslog daemons and network devices write:
//
//	Oct 11 22:14:15          RFC 3164; the day may have one digit, a blank or a zero in front
//	Oct 11 2023 22:14:15     with a year, as Cisco ASA and Huawei write it
//	Oct 11 22:14:15 2023
//	2023 Oct 11 22:14:15     NX-OS
//	*Oct 11 22:14:15.123 UTC IOS; the sign says that the clock is not synchronised
//	2023-10-11T22:14:15.123456+02:00
func stamp(s string) int {
	n := 0
	if s != "" && (s[0] == '*' || s[0] == '.') {
		n = 1
	}
	if len(s) > n && isDigit(s[n]) {
		if year := yearAhead(s[n:]); year > 0 {
			if rest := monthDayTime(s[n+year:]); rest > 0 {
				return n + year + rest + zoneAhead(s[n+year+rest:])
			}
		}
		return isoStamp(s)
	}
	rest := monthDayTime(s[n:])
	if rest == 0 {
		return 0
	}
	n += rest
	if at := strings.TrimPrefix(s[n:], " "); len(at) < len(s[n:]) && yearAhead(at) > 0 {
		return n + 1 + len("2023")
	}
	return n + zoneAhead(s[n:])
}

// monthDayTime reads "Oct 11 22:14:15", with a year in the middle if there is
// one, and with a fraction.
func monthDayTime(s string) int {
	if len(s) < len("Oct 1 22:14:15") || !isMonth(s[:3]) || s[3] != ' ' {
		return 0
	}
	n := 4
	if s[n] == ' ' {
		n++
	}
	day := digits(s[n:min(n+3, len(s))])
	if day == 0 || day > 2 || n+day >= len(s) || s[n+day] != ' ' {
		return 0
	}
	n += day + 1
	n += yearAhead(s[n:])
	time := clockTime(s[n:])
	if time == 0 {
		return 0
	}
	return n + time
}

// yearAhead returns the length of "2023 ", 0 if s does not start so.
func yearAhead(s string) int {
	if len(s) > 4 && s[4] == ' ' && (s[:2] == "20" || s[:2] == "19") && digits(s[:4]) == 4 {
		return 5
	}
	return 0
}

// clockTime reads hh:mm:ss with or without a fraction.
func clockTime(s string) int {
	const size = len("22:14:15")
	if len(s) < size || s[2] != ':' || s[5] != ':' ||
		digits(s[:2]) != 2 || digits(s[3:5]) != 2 || digits(s[6:8]) != 2 {
		return 0
	}
	if len(s) > size+1 && s[size] == '.' && isDigit(s[size+1]) {
		return size + 1 + digits(s[size+1:min(size+13, len(s))])
	}
	return size
}

// zoneAhead returns the length of " CEST" if a colon ends it: names of hosts
// and zones look alike.
func zoneAhead(s string) int {
	if len(s) < 3 || s[0] != ' ' {
		return 0
	}
	n := 1
	for n < len(s) && n <= 5 && s[n] >= 'A' && s[n] <= 'Z' {
		n++
	}
	name := s[1:n]
	known := name == "UTC" || name == "MSK" || name == "Z" || len(name) >= 3 && len(name) <= 4 && name[len(name)-1] == 'T'
	if !known || n == len(s) || s[n] != ':' {
		return 0
	}
	return n
}

// isoStamp reads a date and a time with T or a blank between them, and the
// zone if there is one.
func isoStamp(s string) int {
	const date = len("2023-10-11")
	if len(s) < date+9 || s[4] != '-' || s[7] != '-' || s[date] != 'T' && s[date] != ' ' ||
		digits(s[:4]) != 4 || digits(s[5:7]) != 2 || digits(s[8:10]) != 2 {
		return 0
	}
	time := clockTime(s[date+1:])
	if time == 0 {
		return 0
	}
	n := date + 1 + time
	if n < len(s) && s[n] == ',' { // fractions in some locales
		n += 1 + digits(s[n+1:min(n+10, len(s))])
	}
	return n + offsetAhead(s[n:])
}

// offsetAhead reads Z, +02:00 or +0200.
func offsetAhead(s string) int {
	switch {
	case s == "":
		return 0
	case s[0] == 'Z':
		return 1
	case s[0] != '+' && s[0] != '-':
		return 0
	case len(s) >= 6 && s[3] == ':' && digits(s[1:3]) == 2 && digits(s[4:6]) == 2:
		return 6
	case len(s) >= 5 && digits(s[1:5]) == 4:
		return 5
	}
	return 0
}

func isMonth(s string) bool {
	switch s {
	case "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec":
		return true
	}
	return false
}
