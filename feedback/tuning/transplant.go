package tuning

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/socctl/socctl/compiler"
)

// An attacker who sets off a rule keeps to what the rule asks for and does the rest
// as attackers usually do. A clause that still matches then saves nothing: it hides
// what the rule is for. So at least one of its literals must save: name a field that
// the rule leaves open and a value that attackers do not usually have there, or pin
// something down that only administrators decide about.

// saves reports whether a literal tells alerts from what an attacker would do.
func (r *Rule) saves(p *Policy, l *Literal) bool {
	switch p.Without {
	case "G4":
		return !usual(l) && !r.restates(l)
	case "G5":
		return !r.constrains(l.Field)
	}
	if p.Firm && l.Account || p.Plain && slices.Contains(described, l.Field) {
		return false
	}
	if !p.Strict && l.Score >= savingScore {
		return !usual(l)
	}
	return !r.constrains(l.Field) && !usual(l) && !r.restates(l)
}

// described are the fields that a program fills itself.
var described = []string{"OriginalFileName", "Description", "Product", "Company", "FileVersion"}

// saving returns the literals of a clause that save.
func (r *Rule) saving(p *Policy, c Clause) Clause {
	var out Clause
	for _, l := range c {
		if r.saves(p, l) {
			out = append(out, l)
		}
	}
	return out
}

// savingScore is a score from which on a literal saves even on a field that the rule
// asks for.
const savingScore = 2

// usual reports whether a literal matches what attackers usually have in a field.
func usual(l *Literal) bool {
	for _, v := range usually[l.Field] {
		if l.accepts(v, compiler.Fold(v)) {
			return true
		}
	}
	return false
}

// programs are started from, and started as, by whoever has a shell.
var programs = []string{`C:\Windows\System32\cmd.exe`, `C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe`, `C:\Windows\explorer.exe`,
	`C:\Windows\System32\wbem\WmiPrvSE.exe`, `C:\Windows\System32\rundll32.exe`, `C:\Windows\System32\wsmprovhost.exe`}

var people = []string{`CORP\alice`, `NT AUTHORITY\SYSTEM`}

var levels = []string{"Medium", "High", "System", "S-1-16-8192", "S-1-16-12288", "S-1-16-16384"}

// usually is what attackers have in fields, as far as they have a choice and rules
// do not say otherwise.
var usually = map[string][]string{
	"ParentImage":               programs,
	"ParentProcessName":         programs,
	"Image":                     programs,
	"SourceImage":               programs,
	"NewProcessName":            programs,
	"ProcessName":               programs,
	"ParentCommandLine":         {`C:\Windows\System32\cmd.exe`, `"C:\Windows\System32\cmd.exe"`, `cmd.exe`, `powershell.exe`, `C:\Windows\Explorer.EXE`, `C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe`},
	"CurrentDirectory":          {`C:\Windows\System32\`, `C:\Users\alice\`, `C:\Users\alice\Downloads\`, `C:\Users\alice\Desktop\`, `C:\`},
	"User":                      people,
	"ParentUser":                people,
	"SourceUser":                people,
	"SubjectUserName":           {"alice", "SYSTEM"},
	"IntegrityLevel":            levels,
	"MandatoryLabel":            levels,
	"Signed":                    {"false"},
	"SignatureStatus":           {"Unavailable", "Expired"},
	"Initiated":                 {"true"},
	"Protocol":                  {"tcp", "6"},
	"DestinationPort":           {"443", "80", "445", "3389", "5985", "135"},
	"DestPort":                  {"443", "80", "445", "3389", "5985", "135"},
	"DestinationIp":             {"203.0.113.7", "10.0.0.5"},
	"SourceIp":                  {"10.0.0.5"},
	"GrantedAccess":             {"0x1010", "0x1410", "0x1fffff", "0x143a", "0x1438"},
	"TerminalSessionId":         {"0", "1", "2"},
	"LogonType":                 {"2", "3", "10"},
	"Company":                   {"Microsoft Corporation"},
	"Product":                   {"Microsoft® Windows® Operating System"},
	"TokenElevationType":        {"%%1936", "%%1937"},
	"ObjectServer":              {"Security"},
	"SubjectUserSid":            {"S-1-5-18"},
	"PrivilegeList":             {"-"},
	"EventType":                 {"SetValue", "CreateKey"},
	"AuthenticationPackageName": {"NTLM", "Negotiate", "Kerberos"},
}

// identity are the fields that come with a program. A rule that asks for one of them
// asks for a program, and so for all of them.
var identity = []string{"Image", "OriginalFileName", "Description", "Product", "Company", "NewProcessName", "CommandLine", "ProcessCommandLine"}

// restates reports whether a literal says of a program that the rule asks for what
// is true of it wherever it runs.
func (r *Rule) restates(l *Literal) bool {
	if !slices.Contains(identity, l.Field) {
		return false
	}
	text := compiler.Fold(l.Value)
	for _, w := range r.Wanted {
		if stem := stemOf(w); len(stem) >= 3 && strings.Contains(text, stem) && named.MatchString(text) {
			return true
		}
	}
	return false
}

// named is a program, perhaps with a path, and nothing more.
var named = regexp.MustCompile(`^["']?[^"' ]*["']?$`)

// stemOf returns the name of a program that a rule asks for, without folder and
// extension.
func stemOf(wanted string) string {
	name := path.Base(strings.ReplaceAll(strings.Trim(compiler.Fold(wanted), "* "), `\`, "/"))
	return strings.TrimSuffix(name, path.Ext(name))
}
