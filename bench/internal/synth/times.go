package synth

import "time"

// stamp is a time as it stands in a text: 2006-01-02, a T or a space, 15:04:05,
// and maybe a point and digits.
type stamp struct {
	at         time.Time // as if it were UTC
	length     int
	separator  byte
	fraction   byte // what begins it, 0 if there is none
	digits     int  // of the fraction
	stated     bool // with a Z behind it
	resolution time.Duration
}

// readStamp reads the time that begins at i.
func readStamp(text []byte, i int) (s stamp, ok bool) {
	const shape = "dddd-dd-dd.dd:dd:dd"
	if len(text)-i < len(shape) {
		return s, false
	}
	t := text[i:]
	for k := range len(shape) {
		switch shape[k] {
		case 'd':
			ok = isDigit(t[k])
		case '.':
			ok = t[k] == 'T' || t[k] == ' '
		default:
			ok = t[k] == shape[k]
		}
		if !ok {
			return s, false
		}
	}
	s = stamp{separator: t[10], length: len(shape), resolution: time.Second}
	s.at = time.Date(number(t[:4]), time.Month(number(t[5:7])), number(t[8:10]), number(t[11:13]), number(t[14:16]), number(t[17:19]), 0, time.UTC)
	s.readFraction(t)
	s.stated = s.length < len(t) && t[s.length] == 'Z'
	// What is no day of a calendar would come back as another text.
	return s, s.at.Year() >= 1900 && s.at.Day() == number(t[8:10])
}

func (s *stamp) readFraction(t []byte) {
	n := s.length
	if n+1 >= len(t) || t[n] != '.' && t[n] != ',' && t[n] != ':' || !isDigit(t[n+1]) {
		return
	}
	unit := time.Second
	var sum time.Duration
	k := n + 1
	for ; k < len(t) && isDigit(t[k]) && k-n <= 9; k++ {
		unit /= 10
		sum += unit * time.Duration(t[k]-'0')
	}
	s.fraction, s.digits, s.length, s.resolution, s.at = t[n], k-n-1, k, unit, s.at.Add(sum)
}

func number(digits []byte) (n int) {
	for _, c := range digits {
		n = 10*n + int(c-'0')
	}
	return n
}

// clock writes times. It remembers the last day, which is that of most.
type clock struct {
	day  int64
	date [10]byte
}

const (
	second = int64(time.Second)
	dayLen = 24 * 3600 * second
)

// append writes the time t, in nanoseconds since 1970, in the form of a slot.
func (c *clock) append(dst []byte, t int64, s *slot) []byte {
	day := t / dayLen
	if t%dayLen < 0 {
		day--
	}
	if day != c.day || c.date[0] == 0 {
		c.day = day
		copy(c.date[:], time.Unix(0, day*dayLen).UTC().Format("2006-01-02"))
	}
	dst = append(dst, c.date[:]...)
	rest := t - day*dayLen
	of := int(rest / second)
	dst = append(dst, s.separator)
	dst = append(appendTwo(dst, of/3600), ':')
	dst = append(appendTwo(dst, of/60%60), ':')
	dst = appendTwo(dst, of%60)
	if s.fraction != 0 {
		dst = append(dst, s.fraction)
		unit := second
		for fraction := rest % second; unit > s.resolution; {
			unit /= 10
			dst = append(dst, '0'+byte(fraction/unit%10))
		}
	}
	return dst
}

func appendTwo(dst []byte, n int) []byte { return append(dst, '0'+byte(n/10), '0'+byte(n%10)) }
