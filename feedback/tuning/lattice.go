package tuning

import (
	"net/netip"
	"regexp"
	"strings"
	"sync"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/trust"
	"github.com/socctl/socctl/rules/logsource"
)

// lattice generalises values: from what a field held, comparisons that say less
// and less, as far as a person would write them. How depends on what the field is.
// It is safe for concurrent use.
type lattice struct {
	table   *logsource.Table
	source  logsource.Logsource
	allowed map[string]bool

	grading sync.Mutex
	judge   *trust.Judge

	lock  sync.Mutex
	kinds map[string]logsource.Kind // "" for fields that no clause may name
	known map[[2]string][]*Literal  // of a field and a value
}

func newLattice(t *logsource.Table, source logsource.Logsource, further []string) *lattice {
	x := &lattice{table: t, source: source, allowed: map[string]bool{}, judge: trust.New(t), kinds: map[string]logsource.Kind{}, known: map[[2]string][]*Literal{}}
	names, _ := t.FieldNames(source)
	for _, n := range append(names, further...) {
		x.allowed[n] = true
	}
	return x
}

// forbidden are fields that say when or where an event was recorded, which one it
// is, or how it was routed: excluding by them excludes by accident.
var forbidden = regexp.MustCompile(`(?i)(time|date|guid|processid|threadid|\bpid|recordid|recordnumber|logonid|sessionid|activityid|correlationid|^(message|channel|eventid|provider|provider_name|providerguid|computer|hostname|host|keywords|opcode|opcodevalue|task|level|severity|severityvalue|version|category|eventtype|source|sourcename|sourcemodulename|tags|rulename|eventreceivedtime|calltrace|scriptblockid|messagenumber|messagetotal|hashes|md5|sha1|sha256|imphash|hash|sourceport|ipport|clientport|userdata|data|@.*|accountname|accounttype|domain|security_userid|userid|qfe_.*|esm.*|port|tokenelevationtype|sourceishostname|.*isipv6|sequencenumber|[a-z]*processtoken.*|engineversion|runspaceid|pipelineid|connectiondata)$)`)

// forbids reports whether no clause may name a field. Of Okta the type of an event is what
// happened.
func (x *lattice) forbids(field string) bool {
	happened := x.source.Product == "okta" && strings.EqualFold(field, "eventType")
	return !happened && forbidden.MatchString(field)
}

// kind returns what a field is made of; "" if no clause may name it.
func (x *lattice) kind(field string) logsource.Kind {
	x.lock.Lock()
	defer x.lock.Unlock()
	k, known := x.kinds[field]
	if known {
		return k
	}
	if x.allowed[field] && !x.forbids(field) {
		k = logsource.LabelKind
		if d := x.table.DomainOf(x.source, field); d != nil {
			k = d.Kind
		}
		if k == logsource.HostKind || k == logsource.HashKind {
			k = ""
		}
	}
	x.kinds[field] = k
	return k
}

// of returns the literals that generalise a value of a field.
func (x *lattice) of(field, value string) []*Literal {
	kind := x.kind(field)
	x.lock.Lock()
	defer x.lock.Unlock()
	key := [2]string{field, value}
	out, known := x.known[key]
	if !known {
		out = x.generalised(kind, field, value)
		x.known[key] = out
	}
	return out
}

func (x *lattice) generalised(kind logsource.Kind, field, value string) []*Literal {
	if value == "" || len(value) > 4000 {
		return nil
	}
	var out []*Literal
	add := func(anchor compiler.Anchor, text string) {
		if len(text) < 3 && anchor != compiler.Whole {
			return
		}
		out = append(out, x.bare(field, anchor, text))
	}
	switch kind {
	case "":
		return nil
	case logsource.PathKind:
		paths(value, add)
	case logsource.CommandKind:
		commands(value, add)
	case logsource.RegistryKind:
		registry(value, add)
	case logsource.AddressKind:
		out = x.addresses(field, value)
	case logsource.AccountKind:
		add(compiler.Whole, value)
		if at := strings.LastIndexByte(value, '\\'); at > 0 {
			add(compiler.AtEnd, value[at:])
		}
		if strings.HasSuffix(value, "$") { // an account of a machine
			out = append(out, x.bare(field, compiler.AtEnd, "$"))
		}
	default:
		if strings.ContainsAny(value, "\r\n") {
			records(value, add)
			return out
		}
		if !variable(value) && len(value) <= 200 {
			add(compiler.Whole, value)
		}
		if strings.ContainsAny(value, `\/`) {
			paths(value, add)
		}
	}
	return out
}

// bare returns a literal without a score.
func (x *lattice) bare(field string, anchor compiler.Anchor, text string) *Literal {
	l := NewLiteral(field, anchor, text)
	l.Account = x.kinds[field] == logsource.AccountKind
	return l
}

func (x *lattice) literal(field string, anchor compiler.Anchor, text string) *Literal {
	l := x.bare(field, anchor, text)
	x.grade(l)
	return l
}

// grade gives scores to literals. Of the many that values lead to, few are looked at.
func (x *lattice) grade(literals ...*Literal) {
	x.grading.Lock()
	defer x.grading.Unlock()
	for _, l := range literals {
		if !l.graded {
			l.Score, l.graded = x.judge.Grade(x.source, &l.predicate).Score, true
		}
	}
}

// variable reports whether a text is one that hardly occurs a second time: a GUID,
// a number, a version, a SID, a time.
func variable(text string) bool { return mayVary(text) && variables.MatchString(text) }

// mayVary is fast, and true of all that variables matches: that has a digit, many
// hexadecimal digits and hyphens in a row, or ends as a temporary file.
func mayVary(text string) bool {
	run := 0
	for i := range len(text) {
		switch c := text[i] | 0x20; {
		case c >= '0' && c <= '9':
			return true
		case c >= 'a' && c <= 'f', text[i] == '-':
			if run++; run >= 16 {
				return true
			}
		default:
			run = 0
		}
	}
	return len(text) >= 4 && strings.EqualFold(text[len(text)-4:], ".tmp")
}

var variables = regexp.MustCompile(`(?i)[0-9a-f]{8}-[0-9a-f]{4}-|\d+\.\d+\.\d+|S-1-5-21-|^\{?[0-9a-f-]{16,}\}?$|\d{4}-\d\d-\d\d|[0-9a-f]{16,}|\.tmp$|^\d{5,}$|~\d`)

// paths generalises a path: itself, folders that it is in, how it ends, and where
// it is within a profile. Parts that vary are in none of them.
func paths(value string, add func(compiler.Anchor, string)) {
	sep := byte('\\')
	if !strings.Contains(value, `\`) {
		sep = '/'
	}
	if !variable(value) && !profile.MatchString(value) {
		add(compiler.Whole, value)
	}
	var cuts []int // behind separators
	for i := 0; i < len(value); i++ {
		if value[i] == sep {
			cuts = append(cuts, i)
		}
	}
	for n, at := range cuts { // folders, from the third part on
		if prefix := value[:at+1]; n >= 2 && !variable(prefix) && !profile.MatchString(prefix) {
			add(compiler.AtStart, prefix)
		}
	}
	for n := 1; n <= 3 && n <= len(cuts); n++ {
		if suffix := value[cuts[len(cuts)-n]:]; !variable(suffix) && !profile.MatchString(suffix) {
			add(compiler.AtEnd, suffix)
		}
	}
	if at := profile.FindStringIndex(value); at != nil {
		rest := value[at[1]-1:]
		if !variable(rest) {
			add(compiler.AtEnd, rest)
		}
		for i := 1; i < len(rest); i++ {
			if rest[i] == sep && strings.Count(rest[:i+1], string(sep)) >= 4 && !variable(rest[:i+1]) {
				add(compiler.Anywhere, rest[:i+1])
			}
		}
	}
}

// mayHaveProfile is fast, and true of all lower case texts that profile matches.
func mayHaveProfile(text string) bool {
	return strings.Contains(text, "users") || strings.Contains(text, "home") || strings.Contains(text, "documents and settings")
}

// profile is the part of a path that names a user.
var profile = regexp.MustCompile(`(?i)[\\/](users|home|documents and settings)[\\/][^\\/]+[\\/]`)

// commands generalises a command line: itself and its tokens.
func commands(value string, add func(compiler.Anchor, string)) {
	if !variable(value) && !profile.MatchString(value) && len(value) <= 200 {
		add(compiler.Whole, value)
	}
	seen := map[string]bool{}
	for _, token := range strings.FieldsFunc(value, func(r rune) bool { return r == ' ' || r == '"' || r == '\'' || r == ',' || r == ';' }) {
		if len(token) < 6 || len(token) > 120 || variable(token) || profile.MatchString(token) || seen[strings.ToLower(token)] {
			continue
		}
		seen[strings.ToLower(token)] = true
		if len(seen) > 12 {
			return
		}
		add(compiler.Anywhere, token)
	}
}

// registry generalises a registry path, without the user that a hive belongs to.
func registry(value string, add func(compiler.Anchor, string)) {
	if at := userHive.FindStringIndex(value); at != nil {
		rest := value[at[1]-1:]
		if !variable(rest) {
			add(compiler.AtEnd, rest)
		}
		infix(rest, add)
		return
	}
	paths(value, add)
}

var userHive = regexp.MustCompile(`(?i)\\?(hku|hkey_users|registry\\user)\\(s-1-[0-9-]+|\.default)(_classes)?\\`)

// infix adds what a text begins with, to be found anywhere.
func infix(rest string, add func(compiler.Anchor, string)) {
	parts := 0
	for i := 1; i < len(rest); i++ {
		if rest[i] == '\\' {
			if parts++; parts >= 2 && !variable(rest[:i+1]) {
				add(compiler.Anywhere, rest[:i+1])
			}
		}
	}
}

// records generalises a text of several lines, each a name with a value: the lines,
// and of those that hold a command the program.
func records(value string, add func(compiler.Anchor, string)) {
	for _, line := range strings.FieldsFunc(value, func(r rune) bool { return r == '\r' || r == '\n' }) {
		line = strings.TrimSpace(line)
		at := strings.IndexAny(line, "=:")
		if at <= 0 || len(line) > 400 || forbidden.MatchString(strings.ReplaceAll(strings.TrimSpace(line[:at]), " ", "")) {
			continue
		}
		text := strings.TrimSpace(line[at+1:])
		if !variable(text) && !profile.MatchString(text) && len(line) <= 200 {
			add(compiler.Anywhere, line)
		}
		program, _, _ := strings.Cut(text, " ")
		if len(program) > 5 && !variable(program) && !profile.MatchString(program) {
			add(compiler.Anywhere, line[at:at+1]+" "+program)
		}
	}
}

// addresses generalises an address: itself and the private networks.
func (x *lattice) addresses(field, value string) []*Literal {
	addr, err := netip.ParseAddr(value)
	if err != nil {
		return nil
	}
	out := []*Literal{x.bare(field, compiler.Whole, value)}
	for _, network := range private {
		if network.Contains(addr) {
			l := &Literal{Field: field, CIDR: true, Value: network.String(), predicate: compiler.Predicate{Field: field, Op: compiler.OpCIDR, Prefix: network}}
			out = append(out, l)
		}
	}
	return out
}

var private = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"),
	netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("169.254.0.0/16"), netip.MustParsePrefix("fe80::/10"), netip.MustParsePrefix("::1/128")}
