package synth

import (
	"bytes"
	"slices"
	"strings"
)

// nameKind is what a name of a recording names.
type nameKind uint8

const (
	hostName nameKind = iota
	userName
	domainName  // the first label of a domain
	accountName // of a cloud
	versionName // stands where a version of our own software belongs
)

type name struct {
	kind nameKind
	ord  int16
}

// profile is who and what occurs in a recording: the names that are replaced
// wherever they stand.
type profile struct {
	names    map[string]name // lower case
	hosts    []recordedHost
	users    int16
	suffix   map[string]string // of domains by their first label, as ".local"
	sids     map[string]int16  // user by lower-case SID
	accounts int16
}

// recordedHost is a machine that wrote events of a recording.
type recordedHost struct {
	role      role
	users     map[int16]int  // how many of its events name a user
	addresses map[string]int // how many of its events come from an address
}

func newProfile() *profile {
	p := &profile{names: map[string]name{}, suffix: map[string]string{}, sids: map[string]int16{}}
	for i := range products {
		p.names[strings.ToLower(products[i].mark)] = name{versionName, int16(i)}
	}
	return p
}

// maxNames bounds what is learned of one recording.
const maxNames = 4096

// builtin are accounts that are on every machine: they stay.
var builtin = []string{"", "-", "system", "administrator", "administrators", "guest", "guests", "defaultaccount", "wdagutilityaccount", "krbtgt",
	"public", "default", "all", "users", "everyone", "defaultuser0", "anonymous", "root", "none", "null", "unknown", "n/a", "admin", "local"}

// facts are what an event says about who it is of.
type facts struct {
	host             []byte
	channel          []byte
	id               []byte
	users, sids      [][]byte
	domains, sources [][]byte
	accounts         [][]byte
}

func (f *facts) reset() {
	*f = facts{users: f.users[:0], sids: f.sids[:0], domains: f.domains[:0], sources: f.sources[:0], accounts: f.accounts[:0]}
}

// read takes the facts out of a line.
func (f *facts) read(line []byte, table fieldTable) {
	f.reset()
	leaves(line, func(l leaf) {
		v := line[l.begin:l.end]
		switch table.of(l.name) {
		case hostField:
			// The agent of Elastic names its own machine as well.
			if l.text && (f.host == nil || string(l.name) == "computer_name") {
				f.host = v
			}
		case channelField:
			f.channel = v
		case idField:
			if f.id == nil && !isGUID(v) {
				f.id = v
			}
		case userField:
			f.users = append(f.users, v)
		case sidField:
			f.sids = append(f.sids, v)
		case domainField:
			f.domains = append(f.domains, v)
		case addressField:
			f.sources = append(f.sources, v)
		case accountField:
			f.accounts = append(f.accounts, v)
		}
	})
}

// learn adds an event's names. It returns the host, -1 if it names none.
func (p *profile) learn(f *facts) int16 {
	host := p.learnHost(f.host)
	for _, d := range f.domains {
		p.learnDomain(d)
	}
	for _, a := range f.accounts {
		if len(a) == 12 && isDigit(a[0]) {
			p.add(string(a), accountName, &p.accounts)
		}
	}
	last := int16(-1)
	for _, u := range f.users {
		if user := p.learnUser(u); user >= 0 {
			last = user
			if host >= 0 {
				p.hosts[host].users[user]++
			}
		}
	}
	if len(f.users) == 1 && len(f.sids) == 1 && last >= 0 && len(p.sids) < maxNames {
		p.sids[strings.ToLower(string(f.sids[0]))] = last
	}
	if host >= 0 {
		for _, a := range f.sources {
			if _, _, ok := privateAddress(a); ok && len(p.hosts[host].addresses) < maxNames {
				p.hosts[host].addresses[string(a)]++
			}
		}
	}
	return host
}

func (p *profile) learnHost(fqdn []byte) int16 {
	if len(fqdn) < 3 {
		return -1
	}
	short, domain, _ := bytes.Cut(fqdn, []byte{'.'})
	key := strings.ToLower(string(short))
	if n, ok := p.names[key]; ok && n.kind == hostName {
		return n.ord
	}
	if len(p.names) >= maxNames {
		return -1
	}
	p.names[key] = name{hostName, int16(len(p.hosts))}
	p.hosts = append(p.hosts, recordedHost{role: roleOf(key), users: map[int16]int{}, addresses: map[string]int{}})
	if len(domain) > 0 {
		p.learnDomain(domain)
	}
	return int16(len(p.hosts) - 1)
}

func (p *profile) learnDomain(domain []byte) {
	key := strings.ToLower(string(domain))
	if len(key) < 3 || strings.ContainsAny(key, ` \`) || key == "builtin" || key == "workgroup" {
		return
	}
	label, rest, dotted := strings.Cut(key, ".")
	if _, taken := p.names[label]; !taken && len(p.names) < maxNames {
		p.names[label] = name{kind: domainName}
	}
	if dotted && p.names[label].kind == domainName {
		p.suffix[label] = "." + rest
	}
}

// learnUser returns -1 for accounts that stay as they are.
func (p *profile) learnUser(account []byte) int16 {
	if i := bytes.LastIndexByte(account, '\\'); i >= 0 {
		account = account[i+1:]
	}
	account, _, _ = bytes.Cut(account, []byte{'@'})
	key := strings.ToLower(string(account))
	if n, ok := p.names[key]; ok {
		if n.kind == userName {
			return n.ord
		}
		return -1
	}
	if !isPerson(key) {
		return -1
	}
	user := p.add(key, userName, &p.users)
	if short, ok := shortName(key); ok {
		p.names[short] = name{userName, user}
	}
	return user
}

func isPerson(key string) bool {
	for i := range len(key) {
		if !isWord(key[i]) {
			return false
		}
	}
	return len(key) >= 3 && !slices.Contains(builtin, key) && !strings.HasPrefix(key, "dwm-") && !strings.HasPrefix(key, "umfd-") &&
		!strings.HasPrefix(key, "healthmailbox") && !strings.HasPrefix(key, "s-1-") && strings.ContainsFunc(key, func(r rune) bool { return 'a' <= r && r <= 'z' })
}

// shortName returns the name that old programs see of a profile's folder.
func shortName(key string) (string, bool) {
	stem, ext, dotted := strings.Cut(key, ".")
	if len(stem) <= 8 && !dotted {
		return "", false
	}
	short := stem[:min(6, len(stem))] + "~1"
	if dotted {
		short += "." + ext[:min(3, len(ext))]
	}
	return short, true
}

func (p *profile) add(key string, kind nameKind, count *int16) int16 {
	if n, ok := p.names[key]; ok || len(p.names) >= maxNames {
		if n.kind == kind && ok {
			return n.ord
		}
		return -1
	}
	p.names[key] = name{kind, *count}
	*count++
	return *count - 1
}

// owner returns the user that most events of a host name, -1 if none does.
func (p *profile) owner(host int16) int16 {
	if host < 0 {
		return -1
	}
	owner, most := int16(-1), 0
	for user := range p.users {
		if n := p.hosts[host].users[user]; n > most {
			owner, most = user, n
		}
	}
	return owner
}

// addresses returns the host that events from an address are of most often.
func (p *profile) addressOwners() map[string]int16 {
	out, most := map[string]int16{}, map[string]int{}
	for host := range p.hosts {
		for a, n := range p.hosts[host].addresses {
			if n > most[a] {
				out[a], most[a] = int16(host), n
			}
		}
	}
	return out
}
