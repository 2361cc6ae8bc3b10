package trust

import (
	"fmt"
	"strings"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/rules/logsource"
)

// Grade is what an attacker needs to satisfy one comparison.
type Grade struct {
	Field string
	Class logsource.Trust // who decides about the field; Unknown if the table says nothing of it
	Score float64         // 0 to MaxScore

	// How says what to do, as an imperative without the field's value being
	// assumed: "name the program x.exe and run it from any folder".
	How string

	// Basename is the file name that alone decides, "" if more does.
	Basename string

	// Path is the path that the comparison pins down from its first character, in
	// lower case, "" if it does not.
	Path string
}

// Grade grades a comparison in a rule of a logsource.
func (j *Judge) Grade(rule logsource.Logsource, p *compiler.Predicate) Grade {
	key := gradeKey{rule, p.String()}
	g, known := j.grades[key]
	if !known {
		f := j.field(rule, p.Field)
		g = j.grade(rule, &f, p)
		g.Field, g.Class = p.Field, f.Trust
		j.grades[key] = g
	}
	return g
}

func (j *Judge) grade(rule logsource.Logsource, f *field, p *compiler.Predicate) Grade {
	switch {
	case p.Field == "":
		return Grade{How: "have any field of the event hold " + text(p)}
	case p.Op == compiler.OpNull, p.Op == compiler.OpExists, isEmpty(p), f.domain != nil && f.domain.Name == "port" && isZero(p):
		return Grade{Score: 1, How: "be recorded " + presence(p)}
	case isAny(p):
		return Grade{How: "be recorded with " + p.Field + ", whatever it is"}
	case p.Op == compiler.OpFieldRef:
		return Grade{Score: scoreOf(f), How: fmt.Sprintf("have %s agree with %s", f.Name, p.Ref)}
	}
	switch kindOf(f) {
	case logsource.PathKind:
		return j.path(f, p)
	case logsource.RegistryKind:
		return registry(f, p)
	case logsource.AccountKind:
		return account(f, p)
	case logsource.AddressKind:
		return address(f, p, logons(rule))
	case logsource.HostKind:
		return host(f, p)
	case logsource.HashKind:
		return hash(f, p)
	case logsource.CommandKind:
		return Grade{How: fmt.Sprintf("have %s %s, which is typed", f.Name, compared(p))}
	}
	return Grade{Score: scoreOf(f), How: label(f, p)}
}

func kindOf(f *field) logsource.Kind {
	if f.domain == nil {
		return logsource.LabelKind
	}
	return f.domain.Kind
}

// scoreOf is the score of any comparison with a field for which its kind knows
// nothing better.
func scoreOf(f *field) float64 {
	switch {
	case f.Trust == logsource.AttackerSet:
		return 0
	case f.Trust == logsource.SystemSet && kindOf(f) == logsource.LabelKind:
		return 1.5
	}
	return 1
}

func label(f *field, p *compiler.Predicate) string {
	switch f.Trust {
	case logsource.AttackerSet:
		return fmt.Sprintf("have %s %s, which the attacker chooses", f.Name, compared(p))
	case logsource.SystemSet:
		return fmt.Sprintf("act such that the system reports %s as %s", f.Name, text(p))
	}
	return fmt.Sprintf("have %s %s", f.Name, compared(p))
}

// registry grades keys: everybody may write to a hive of his own, and a path
// that is not anchored at its hive may lie there.
func registry(f *field, p *compiler.Predicate) Grade {
	head, _, anchored := headOf(p)
	if anchored && strings.HasPrefix(head, `hklm\`) {
		return Grade{Score: 0.5, How: fmt.Sprintf("write to a key where %s %s, with administrator rights", f.Name, verbs(p))}
	}
	return Grade{How: fmt.Sprintf("write to a key of one's own where %s %s", f.Name, verbs(p))}
}

func account(f *field, p *compiler.Predicate) Grade {
	g := Grade{Score: 1, How: fmt.Sprintf("act under an account where %s %s", f.Name, verbs(p))}
	lit := strings.ToLower(strings.Join(literals(p), " "))
	if strings.Contains(lit, "system") || strings.Contains(lit, "authori") || strings.Contains(lit, "autori") {
		g.How = fmt.Sprintf("act as SYSTEM or a service account, as after an escalation (%s %s)", f.Name, verbs(p))
	}
	return g
}

// logons reports whether the addresses of a logsource are those from which somebody
// logs on: who comes from the machine itself has a foothold there already.
func logons(rule logsource.Logsource) bool {
	return rule.Product == "windows" && rule.Service == "security"
}

func address(f *field, p *compiler.Predicate, logons bool) Grade {
	where := "is in " + p.Prefix.String()
	if p.Op != compiler.OpCIDR {
		where = verbs(p)
	}
	g := Grade{Score: 1, How: fmt.Sprintf("come from a machine where %s %s", f.Name, where)}
	addr := p.Prefix.Addr()
	lit := strings.Join(literals(p), "")
	switch local := lit == "::1" || strings.HasPrefix(lit, "127.") || p.Op == compiler.OpCIDR && addr.IsLoopback(); {
	case local && logons:
		g.Score, g.How = 0.5, fmt.Sprintf("log on from the machine itself, as through a tunnel that ends there (%s %s)", f.Name, where)
	case local && f.Trust != logsource.AttackerSet:
		g.Score, g.How = 0, fmt.Sprintf("act from the machine itself (%s %s)", f.Name, where)
	case f.Trust == logsource.AttackerSet:
		g.Score, g.How = 0.5, fmt.Sprintf("use a relay or server where %s %s", f.Name, where)
	case p.Op == compiler.OpCIDR && addr.IsPrivate():
		g.Score, g.How = 0.5, fmt.Sprintf("come from any machine inside (%s %s)", f.Name, where)
	}
	return g
}

// host grades names of machines: whoever has a domain names what is below it.
func host(f *field, p *compiler.Predicate) Grade {
	head, whole, anchored := headOf(p)
	if anchored && whole && strings.Contains(head, ".") || strings.HasPrefix(tailOf(p), ".") && strings.Count(tailOf(p), ".") > 1 {
		return Grade{Score: 0.5, How: fmt.Sprintf("use a service where %s %s, or the name itself", f.Name, verbs(p))}
	}
	return Grade{How: fmt.Sprintf("register a name where %s %s", f.Name, verbs(p))}
}

// hash grades hashes: that of content cannot be met, that of imports can.
func hash(f *field, p *compiler.Predicate) Grade {
	lit := strings.ToLower(strings.Join(literals(p), ","))
	digits := 0
	for _, c := range lit[strings.LastIndex(lit, "=")+1:] {
		if c >= '0' && c <= '9' || c >= 'a' && c <= 'f' {
			digits++
		}
	}
	how := fmt.Sprintf("have a file with %s %s", f.Name, text(p))
	switch {
	case strings.Contains(lit, "imphash"):
		return Grade{How: "link a program to the imports that give the hash " + text(p)}
	case digits == 64:
		return Grade{Score: MaxScore, How: how}
	case digits == 32 || digits == 40:
		return Grade{Score: 2, How: how}
	}
	return Grade{How: how}
}
