package synth

import (
	"bytes"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// cutter makes templates of the lines of one recording.
type cutter struct {
	profile   *profile
	table     fieldTable
	addresses map[string]int16 // whose they are
	channels  map[string]uint64
	anchor    int16 // recorded machine that acts
	owner     int16 // recorded user of that machine

	line []byte
	base time.Time       // of the line
	keys map[string]bool // lower-case GUIDs and logon ids of the line that are replaced wherever they stand
	out  template
	from int             // up to where the line is in out
	zone time.Duration   // of the times that the event itself tells
	vary map[string]bool // words of the line that differ from machine to machine; nil if none do
}

func newCutter(p *profile, anchor int16, channels map[string]uint64) *cutter {
	return &cutter{profile: p, table: fieldTable{}, addresses: p.addressOwners(), channels: channels, anchor: anchor, owner: p.owner(anchor), keys: map[string]bool{}}
}

// cut makes a template of a line whose event happened at base. It returns false
// if that time does not stand in the line.
func (c *cutter) cut(line []byte, base time.Time, host int16) (template, bool) {
	c.line, c.base, c.from, c.zone = line, base, 0, 0
	c.out = template{host: c.machine(host)}
	c.collect()
	channel := c.channel()
	leaves(line, func(l leaf) { c.leaf(l, channel) })
	c.copyTo(len(line))
	return c.out, c.out.resolution > 0
}

// collect finds keys that occur elsewhere too, such as in a message.
func (c *cutter) collect() {
	clear(c.keys)
	clear(c.vary)
	leaves(c.line, func(l leaf) {
		v := c.line[l.begin:l.end]
		switch c.table.of(l.name) {
		case keyField:
			if g := bytes.Trim(v, "{}"); isGUID(g) && !bytes.HasPrefix(g, []byte("00000000-0000-0000-0000-0000")) {
				c.keys[strings.ToLower(string(g))] = true
			}
		case logonField:
			// Those of services are the same everywhere.
			if n, ok := hexNumber(v); ok && n > 0xffff {
				c.keys[strings.ToLower(string(v))] = true
			}
		case utcField:
			c.zone = c.zoneOf(l)
		case variedField:
			c.collectVaried(v)
		}
	})
}

// zoneOf returns how far a time is off, in whole half hours: machines of recordings
// were in zones, and some of them wrote local times as if they were UTC.
func (c *cutter) zoneOf(l leaf) time.Duration {
	s, ok := readStamp(c.line[:l.end], l.begin)
	if !ok {
		return 0
	}
	off := s.at.Sub(c.base)
	zone := off.Round(30 * time.Minute)
	if zone.Abs() > 26*time.Hour || (off-zone).Abs() > 5*time.Minute {
		return 0
	}
	return zone
}

func (c *cutter) channel() uint64 {
	name := ""
	leaves(c.line, func(l leaf) {
		if c.table.of(l.name) == channelField {
			name = strings.ToLower(string(c.line[l.begin:l.end]))
		}
	})
	if id, ok := c.channels[name]; ok {
		return id
	}
	return 0
}

func (c *cutter) copyTo(end int) {
	c.out.text = append(c.out.text, c.line[c.from:end]...)
	c.from = end
}

// replace cuts out the bytes from begin to end.
func (c *cutter) replace(begin, end int, s slot) {
	c.copyTo(begin)
	c.from = end
	s.at = uint32(len(c.out.text))
	c.out.slots = append(c.out.slots, s)
}

func (c *cutter) leaf(l leaf, channel uint64) {
	v := c.line[l.begin:l.end]
	switch f := c.table.of(l.name); f {
	case recordField:
		if _, err := strconv.ParseUint(string(v), 10, 64); err == nil {
			s := c.out.host
			s.kind, s.value = recordSlot, channel
			c.replace(l.begin, l.end, s)
			return
		}
	case processField, threadField:
		if s, ok := processID(v); ok {
			c.replace(l.begin, l.end, s)
			return
		}
	case portField:
		if s, ok := freePort(v); ok {
			c.replace(l.begin, l.end, s)
			return
		}
	case onceField:
		if isGUID(v) {
			c.replace(l.begin, l.end, slot{kind: onceSlot, value: hashText(v), style: styleOf(v)})
			return
		}
	case idField:
		if isGUID(v) { // of CloudTrail
			c.replace(l.begin, l.end, slot{kind: onceSlot, value: hashText(v), style: styleOf(v)})
		}
		return
	case hostField:
		if c.hostOf(l) {
			return
		}
	}
	if l.text {
		c.text(l)
	}
}

// hostOf replaces the name of the machine that the event is of, by a full one
// whatever it was: a machine of the fleet has one name.
func (c *cutter) hostOf(l leaf) bool {
	short, _, _ := bytes.Cut(c.line[l.begin:l.end], []byte{'.'})
	n, ok := c.profile.names[strings.ToLower(string(short))]
	if ok = ok && n.kind == hostName; ok {
		s := c.machine(n.ord)
		s.kind = fqdnSlot
		c.replace(l.begin, l.end, s)
	}
	return ok
}

// machine is a slot about a recorded machine.
func (c *cutter) machine(ord int16) slot {
	if ord == c.anchor || ord < 0 {
		return slot{ord: anchored}
	}
	return slot{ord: ord, role: c.profile.hosts[ord].role}
}

// text replaces what stands within a string.
func (c *cutter) text(l leaf) {
	boundary := true
	for i := l.begin; i < l.end; {
		if n := escape(c.line, i); n > 0 {
			i, boundary = i+n, true
			continue
		}
		if !isWord(c.line[i]) {
			i, boundary = i+1, true
			continue
		}
		if boundary {
			if n := c.word(l, i); n > 0 {
				i, boundary = i+n, false
				continue
			}
		}
		i, boundary = i+1, !isAlnum(c.line[i])
	}
}

// word replaces what stands at a boundary, and returns its length; 0 if it stays.
func (c *cutter) word(l leaf, i int) int {
	rest := c.line[i:l.end]
	if isDigit(rest[0]) {
		if n := c.time(l, i); n > 0 {
			return n
		}
		if n := c.address(i, rest); n > 0 {
			return n
		}
	}
	if len(rest) >= 36 && isGUID(rest[:36]) {
		if c.vary[string(rest[:36])] {
			c.replace(i, i+36, slot{kind: keySlot, value: hashText(rest[:36]), style: styleOf(rest[:36])})
		} else if c.keys[strings.ToLower(string(rest[:36]))] {
			c.replace(i, i+36, c.key(rest[:36]))
		}
		return 36
	}
	if n := c.sid(i, rest); n > 0 {
		return n
	}
	if n := c.labelled(l, i, rest); n > 0 {
		return n
	}
	if n := c.varied(i, rest); n > 0 {
		return n
	}
	return c.name(i, rest)
}

func (c *cutter) time(l leaf, i int) int {
	s, ok := readStamp(c.line[:l.end], i)
	if !ok {
		return 0
	}
	off := s.at.Sub(c.base)
	if c.table.of(l.name) == arrivalField {
		off -= c.zoneOf(l)
	} else {
		off -= c.zone
	}
	if off < 0 && -off < s.resolution {
		off = 0 // the same moment, told with fewer digits
	}
	if off == 0 && l.begin == i {
		c.resolve(int64(s.resolution))
	}
	c.replace(i, i+s.length, slot{kind: timeSlot, separator: s.separator, fraction: s.fraction, resolution: int64(s.resolution), value: uint64(off)})
	return s.length
}

// resolve notes how exactly a field tells the time of the event. Which field readers
// take is not known here: if the time has a fraction it is one that can tell it, else
// it may be the coarsest.
func (c *cutter) resolve(to int64) {
	now := &c.out.resolution
	if *now == 0 || (to < *now) == (c.base.Nanosecond() != 0) {
		*now = to
	}
}

// address replaces private addresses; others are the same for everybody.
func (c *cutter) address(i int, rest []byte) int {
	n := 0
	for n < len(rest) && (isDigit(rest[n]) || rest[n] == '.') {
		n++
	}
	text := bytes.TrimRight(rest[:n], ".")
	network, value, ok := privateAddress(text)
	if !ok || i > 0 && (c.line[i-1] == '=' || c.line[i-1] == '.') { // Version=10.0.0.0
		return 0
	}
	s := slot{ord: int16(value & 0x3fff)} // of somebody who wrote no event
	if host, ok := c.addresses[string(text)]; ok {
		s = c.machine(host)
	}
	s.kind, s.value = addressSlot, uint64(network)
	c.replace(i, i+len(text), s)
	return len(text)
}

// privateAddress returns the first two numbers of an address, and all of it.
func privateAddress(text []byte) (network uint16, value uint32, ok bool) {
	if len(text) < 8 || len(text) > 15 {
		return 0, 0, false
	}
	a, err := netip.ParseAddr(string(text))
	if err != nil || !a.Is4() || !a.IsPrivate() {
		return 0, 0, false
	}
	b := a.As4()
	return uint16(b[0])<<8 | uint16(b[1]), uint32(b[2])<<8 | uint32(b[3]), true
}

func (c *cutter) key(guid []byte) slot {
	s := slot{kind: keySlot, value: hashText(strings.ToLower(string(guid))), style: styleOf(guid)}
	if c.ofSysmon(guid) {
		host := c.out.host
		s.kind, s.ord, s.role = processKeySlot, host.ord, host.role
	}
	return s
}

// ofSysmon reports whether a GUID is one that Sysmon gives to a process: behind the
// number of the machine it has the seconds at which the process began, lower half
// first.
func (c *cutter) ofSysmon(guid []byte) bool {
	low, err := strconv.ParseUint(string(guid[9:13]), 16, 16)
	high, err2 := strconv.ParseUint(string(guid[14:18]), 16, 16)
	began := time.Unix(int64(high<<16|low), 0)
	return err == nil && err2 == nil && c.base.Sub(began).Abs() < 400*24*time.Hour
}

func (c *cutter) sid(i int, rest []byte) int {
	const prefix = "s-1-5-21-"
	if len(rest) < len(prefix) || !bytes.EqualFold(rest[:len(prefix)], []byte(prefix)) {
		return 0
	}
	n, dashes := len(prefix), 0
	for n < len(rest) && (isDigit(rest[n]) || rest[n] == '-' && dashes < 3) {
		if rest[n] == '-' {
			dashes++
		}
		n++
	}
	if dashes < 3 {
		return 0
	}
	last := bytes.LastIndexByte(rest[:n], '-') + 1
	if rid, err := strconv.ParseUint(string(rest[last:n]), 10, 32); err != nil || rid < 1000 {
		// Administrators and groups have the same number in every domain.
		c.replace(i, i+last, slot{kind: domainSIDSlot})
		return n
	}
	s := slot{kind: ridSlot, value: hashText(rest[:n])}
	if user, ok := c.profile.sids[strings.ToLower(string(rest[:n]))]; ok {
		s = slot{kind: sidSlot, ord: user}
		if user == c.owner {
			s.kind = ownerSIDSlot
		}
	}
	c.replace(i, i+n, s)
	return n
}

// name replaces the longest name that begins at i.
func (c *cutter) name(i int, rest []byte) int {
	n := 0
	for n < len(rest) && isWord(rest[n]) {
		n++
	}
	for ; n >= 3; n = bytes.LastIndexAny(rest[:n], "-_.~") {
		found, ok := c.profile.names[strings.ToLower(string(rest[:n]))]
		if !ok || found.ord < 0 {
			continue
		}
		return c.named(i, n, found)
	}
	return 0
}

func (c *cutter) named(i, n int, found name) int {
	text := c.line[i : i+n]
	s := slot{ord: found.ord, style: styleOf(text)}
	switch found.kind {
	case hostName:
		s = c.machine(found.ord)
		s.kind, s.style = hostSlot, styleOf(text)
	case userName:
		s.kind = userSlot
		if found.ord == c.owner {
			s.kind = ownerSlot
		}
	case domainName:
		s.kind = domainSlot
		suffix := c.profile.suffix[strings.ToLower(string(text))]
		if end := i + n + len(suffix); suffix != "" && end <= len(c.line) && bytes.EqualFold(c.line[i+n:end], []byte(suffix)) {
			s.kind = dnsSlot
			n += len(suffix)
		}
	case accountName:
		s.kind = accountSlot
	case versionName:
		s.kind = versionSlot
	}
	c.replace(i, i+n, s)
	return n
}

// styleOf tells how a name was written.
func styleOf(text []byte) style {
	switch {
	case !bytes.ContainsFunc(text, func(r rune) bool { return 'a' <= r && r <= 'z' }):
		return upper
	case !bytes.ContainsFunc(text, func(r rune) bool { return 'A' <= r && r <= 'Z' }):
		return lower
	}
	return asIs
}
