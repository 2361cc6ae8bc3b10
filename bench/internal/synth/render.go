package synth

import "strconv"

// scene is who acts when, and so what belongs into the slots of a template.
type scene struct {
	at      int64  // in nanoseconds since 1970
	host    int32  // that acts
	cast    uint64 // decides who else takes part
	session uint64 // decides which process and logon ids there are
	once    uint64 // different for every event
}

// renderer writes events of a fleet.
type renderer struct {
	fleet    *fleet
	clock    clock
	versions func(product int, host int32, at int64) string
}

// machine returns the machine that stands for a recorded one.
func (r *renderer) machine(s *scene, ord int16, of role) int32 {
	if ord == anchored {
		return s.host
	}
	peers := r.fleet.ofRole(of)
	i := mix(s.cast, uint64(ord)) % uint64(len(peers))
	if peers[i] == s.host {
		i = (i + 1) % uint64(len(peers))
	}
	return peers[i]
}

func (r *renderer) user(s *scene, ord int16) *user {
	i := mix(s.cast+0x75736572, uint64(ord)) % uint64(len(r.fleet.users))
	if int32(i) == r.fleet.hosts[s.host].owner { // somebody else
		i = (i + 1) % uint64(len(r.fleet.users))
	}
	return &r.fleet.users[i]
}

func (r *renderer) owner(s *scene) *user { return &r.fleet.users[r.fleet.hosts[s.host].owner] }

// line appends an event and the end of its line.
func (r *renderer) line(dst []byte, t *template, s *scene) []byte {
	from := uint32(0)
	for i := range t.slots {
		slot := &t.slots[i]
		dst = append(dst, t.text[from:slot.at]...)
		dst = r.fill(dst, slot, s)
		from = slot.at
	}
	dst = append(dst, t.text[from:]...)
	return append(dst, '\n')
}

func (r *renderer) fill(dst []byte, slot *slot, s *scene) []byte {
	switch slot.kind {
	case timeSlot:
		return r.clock.append(dst, s.at+int64(slot.value), slot)
	case processSlot:
		return strconv.AppendUint(dst, process(s, slot), 10)
	case hexProcessSlot:
		return strconv.AppendUint(append(dst, '0', 'x'), process(s, slot), 16)
	case portSlot:
		return strconv.AppendUint(dst, 49152+mix(s.once, slot.value)%16384, 10)
	case logonSlot:
		return appendHex(append(dst, '0', 'x'), mix(s.session, slot.value)>>40|1<<16, 0, slot.style)
	case processKeySlot:
		seed := r.fleet.hosts[r.machine(s, slot.ord, slot.role)].seed
		return appendKey(dst, mix(s.session, slot.value), mix(seed, 1), true, slot.style)
	case keySlot:
		return appendKey(dst, mix(s.session, slot.value), mix(slot.value, s.session), false, slot.style)
	case onceSlot:
		return appendKey(dst, mix(s.once, slot.value), mix(slot.value, s.once), false, slot.style)
	}
	return r.fillName(dst, slot, s)
}

func (r *renderer) fillName(dst []byte, slot *slot, s *scene) []byte {
	f := r.fleet
	switch slot.kind {
	case hostSlot:
		return append(dst, f.hosts[r.machine(s, slot.ord, slot.role)].name[slot.style]...)
	case fqdnSlot:
		return append(dst, f.hosts[r.machine(s, slot.ord, slot.role)].fqdn...)
	case domainSlot:
		return append(dst, domainNames[slot.style]...)
	case dnsSlot:
		return append(dst, dnsNames[slot.style]...)
	case userSlot:
		return append(dst, r.user(s, slot.ord).name[slot.style]...)
	case ownerSlot:
		return append(dst, r.owner(s).name[slot.style]...)
	case sidSlot:
		return strconv.AppendUint(append(dst, f.domain...), r.user(s, slot.ord).rid, 10)
	case ownerSIDSlot:
		return strconv.AppendUint(append(dst, f.domain...), r.owner(s).rid, 10)
	case domainSIDSlot:
		return append(dst, f.domain...)
	case ridSlot: // the number of a user: there are as many
		return strconv.AppendUint(append(dst, f.domain...), 1100+mix(s.cast, slot.value)%uint64(len(f.users)), 10)
	case addressSlot:
		return r.address(dst, slot, s)
	case recordSlot:
		h := &f.hosts[r.machine(s, slot.ord, slot.role)]
		h.records[slot.value]++
		return strconv.AppendUint(dst, uint64(h.records[slot.value]), 10)
	case accountSlot:
		return appendDigits(dst, account(&f.hosts[s.host], uint64(slot.ord)), 12)
	case numberSlot, hexNumberSlot:
		return r.number(dst, slot, s)
	case versionSlot:
		return append(dst, r.versions(int(slot.ord), s.host, s.at)...)
	}
	return dst
}

// number is one that differs from machine to machine, and half of them from day to
// day as well.
func (r *renderer) number(dst []byte, slot *slot, s *scene) []byte {
	seed := s.session
	if slot.value&1 == 0 {
		seed = r.fleet.hosts[s.host].seed
	}
	n := mix(seed, slot.value)
	if slot.kind == numberSlot {
		return appendDigits(dst, n, int(slot.ord))
	}
	for left := int(slot.ord); left > 0; left -= 8 {
		dst = appendHex(dst, n&0xffffffff>>(4*max(0, 8-left)), min(8, left), slot.style)
		n = mix(n, 1)
	}
	return dst
}

// account is the number of a cloud's account. The first belongs to the one whose
// events they are.
func account(h *host, ord uint64) uint64 { return mix(h.seed, ord) % 1_000_000 }

// Short names and the domain are written as styles ask; DNS names are lower case
// unless they are shouted.
var (
	domainNames = [styles]string{domainShort, domainShort, "fleet"}
	dnsNames    = [styles]string{domainDNS, "FLEET.SYNTHETIC.EXAMPLE", domainDNS}
)

// process returns a process id: a multiple of four, as Windows has it.
func process(s *scene, slot *slot) uint64 { return 4 * (250 + mix(s.session, slot.value)%4000) }

// address stays in the private network that the recorded one was in.
func (r *renderer) address(dst []byte, slot *slot, s *scene) []byte {
	h := &r.fleet.hosts[r.machine(s, slot.ord, slot.role)]
	first, second := byte(slot.value>>8), byte(slot.value)
	dst = append(strconv.AppendUint(dst, uint64(first), 10), '.')
	dst = append(strconv.AppendUint(dst, uint64(second), 10), '.')
	dst = append(strconv.AppendUint(dst, uint64(h.low[0]), 10), '.')
	return strconv.AppendUint(dst, uint64(h.low[1]), 10)
}

const digitsLower, digitsUpper = "0123456789abcdef", "0123456789ABCDEF"

// appendHex writes at least width digits.
func appendHex(dst []byte, n uint64, width int, s style) []byte {
	digits := digitsLower
	if s == upper {
		digits = digitsUpper
	}
	var buf [16]byte
	i := len(buf)
	for n > 0 || len(buf)-i < width {
		i--
		buf[i] = digits[n&15]
		n >>= 4
	}
	return append(dst, buf[i:]...)
}

func appendDigits(dst []byte, n uint64, width int) []byte {
	var buf [20]byte
	for i := range width {
		buf[width-1-i] = '0' + byte(n%10)
		n /= 10
	}
	return append(dst, buf[:width]...)
}

// appendKey writes a GUID of two numbers. One of Sysmon begins with a number of the
// machine and has zeros in the middle; the time in it is none.
func appendKey(dst []byte, a, b uint64, sysmon bool, s style) []byte {
	third := a >> 32 & 0xffff
	if sysmon {
		third = 0
	}
	dst = append(appendHex(dst, b>>32, 8, s), '-')
	dst = append(appendHex(dst, a&0xffff, 4, s), '-')
	dst = append(appendHex(dst, a>>16&0xffff, 4, s), '-')
	dst = append(appendHex(dst, third, 4, s), '-')
	if sysmon {
		return appendHex(dst, a>>16, 12, s)
	}
	return appendHex(dst, b&0xffffffff<<16|a>>48, 12, s)
}
