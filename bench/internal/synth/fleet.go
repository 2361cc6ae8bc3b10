package synth

import (
	"fmt"
	"strings"
)

// role is what a machine is for.
type role uint8

const (
	workstation role = iota
	developer
	server
	controller // of the domain
	cloud      // no machine: the accounts of a cloud
	roles
)

func (r role) String() string {
	return [...]string{"workstation", "developer", "server", "domain controller", "cloud"}[r]
}

// roleOf guesses the role of a recorded machine from its name.
func roleOf(name string) role {
	switch {
	case strings.HasSuffix(strings.TrimRight(name, "0123456789"), "dc") || strings.Contains(name, "-dc-"):
		return controller
	case strings.HasPrefix(name, "file") || strings.HasPrefix(name, "mxs") || strings.HasPrefix(name, "wec") || strings.Contains(name, "srv"):
		return server
	}
	return workstation
}

// The domain that all machines of a fleet are in. Nobody can own it (RFC 2606),
// and it tells on every event of a machine what the event is.
const (
	domainDNS   = "fleet.synthetic.example"
	domainShort = "FLEET"
)

// host is a machine of the fleet.
type host struct {
	name    [styles]string
	fqdn    string
	role    role
	owner   int32 // user who works at it
	class   int   // see rhythm
	seed    uint64
	low     [2]byte  // the end of its address
	records []uint32 // how many events of each channel it wrote
}

type user struct {
	name  [styles]string
	rid   uint64
	shift int // see rhythm
}

// fleet is who and what there is.
type fleet struct {
	hosts   []host
	users   []user
	byRole  [roles][]int32
	domain  string // its SID, with the dash behind it
	classes [][]int32
}

// A style is how a name is written.
type style uint8

const (
	asIs style = iota
	upper
	lower
	styles
)

func styled(name string) [styles]string {
	return [styles]string{name, strings.ToUpper(name), strings.ToLower(name)}
}

// newFleet returns a fleet, and if asked to one account in a cloud for every hundred
// machines.
func newFleet(hosts int, seed uint64, clouds bool) *fleet {
	d := newDice(seed, hashText("fleet"))
	f := &fleet{domain: fmt.Sprintf("S-1-5-21-%d-%d-%d-", d.Uint32(), d.Uint32(), d.Uint32())}
	f.addUsers(d, max(8, hosts))
	f.classes = make([][]int32, classes)
	for i := range hosts {
		f.addHost(roleFor(i), i, seed)
	}
	for i := range (hosts + 99) / 100 {
		if !clouds {
			break
		}
		f.addHost(cloud, hosts+i, seed)
	}
	return f
}

// roleFor deals roles in the proportions of an office: of 20 machines one is a
// domain controller, three are servers and two belong to developers. Few machines
// have all roles too.
func roleFor(i int) role {
	switch i % 20 {
	case 0:
		if i%100 == 0 {
			return controller
		}
		return server
	case 2, 11:
		return server
	case 3, 13:
		return developer
	}
	return workstation
}

func (f *fleet) addUsers(d dice, n int) {
	seen := map[string]bool{}
	for len(f.users) < n {
		name := d.surname()
		if seen[name] && len(seen) < 1<<15 {
			continue
		}
		if seen[name] {
			name = fmt.Sprint(name[:4], len(f.users))
		}
		seen[name] = true
		f.users = append(f.users, user{styled(name), 1100 + uint64(len(f.users)), d.IntN(shifts)})
	}
}

// surname is made of syllables, and short enough to need no second name on a disk.
func (d dice) surname() string {
	const begin, middle, end = "b d f g h j k l m n p r s t v w", "a e i o u", "ber del fen gor hal ker lin mar ner rup sen tal vik wen"
	pick := func(from string) string {
		list := strings.Fields(from)
		return list[d.IntN(len(list))]
	}
	return pick("a b c d e f g h j k l m n p r s t") + pick(begin) + pick(middle) + pick(end) + pick("a e i o u")
}

func (f *fleet) addHost(r role, i int, seed uint64) {
	prefix := [...]string{"WKS", "DEV", "SRV", "DOM", "CLOUD"}[r]
	name := fmt.Sprintf("%s%05d", prefix, i+1)
	owner := int32(i % len(f.users))
	h := host{name: styled(name), fqdn: name + "." + domainDNS, role: r, owner: owner, seed: mix(mix(seed, hashText("host")), uint64(i)),
		low: [2]byte{byte(i / 250), byte(1 + i%250)}, records: make([]uint32, maxChannels)}
	for c := range h.records {
		h.records[c] = uint32(mix(h.seed, uint64(c)) % 1_000_000)
	}
	if r == cloud {
		h.fqdn = "account " + string(appendDigits(nil, account(&h, 0), 12))
	}
	h.class = classOf(r, f.users[owner].shift)
	at := int32(len(f.hosts))
	f.hosts = append(f.hosts, h)
	f.byRole[r] = append(f.byRole[r], at)
	f.classes[h.class] = append(f.classes[h.class], at)
}

// ofRole returns the machines of a role, or of one that is like it.
func (f *fleet) ofRole(r role) []int32 {
	for _, like := range [...]role{r, workstation, server, controller, developer} {
		if len(f.byRole[like]) > 0 {
			return f.byRole[like]
		}
	}
	return f.byRole[cloud]
}
