package trust

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/rules/logsource"
)

// path grades a comparison with the path of a file. Only one that pins the path
// down from its first character says where the file lies: everybody can make
// folders of any name in his own.
func (j *Judge) path(f *field, p *compiler.Predicate) Grade {
	head, whole, anchored := headOf(p)
	if p.Op == compiler.OpText && !anchored {
		// A colon before a backslash stands behind a drive and nowhere else.
		if lit := literals(p); len(lit) > 0 && drive.MatchString(lit[0]) {
			head, anchored = lit[0], true
			if head[0] == ':' {
				head = "?" + head
			}
			whole = len(lit) == 1 && tailOf(p) == lit[0]
		}
	}
	if !anchored || head == "" || head == "?" {
		return loose(f, p)
	}
	return j.pinned(f, p, head, whole)
}

var drive = regexp.MustCompile(`^[a-z]?:\\`)

// loose grades what does not say where a file lies.
func loose(f *field, p *compiler.Predicate) Grade {
	who := subject(f)
	tail := tailOf(p)
	name := strings.TrimLeft(tail, `\/`)
	switch {
	case len(literals(p)) > 1:
		return Grade{How: fmt.Sprintf("give %s a path in a folder of one's own that looks like %s", who, text(p))}
	case tail == "":
		return Grade{How: fmt.Sprintf("have the path of %s %s, in a folder of one's own", who, compared(p))}
	case strings.LastIndex(tail, ".") == 0:
		return Grade{How: fmt.Sprintf("give %s the extension %s", who, quote(tail))}
	case !strings.ContainsAny(name, `\/`):
		return Grade{Basename: name, How: fmt.Sprintf("name %s %s and use it from any folder", who, quote(tail))}
	}
	return Grade{How: fmt.Sprintf("put %s into folders of one's own such that its path ends in %s", who, quote(tail))}
}

// subject names the file of a path in a sentence.
func subject(f *field) string {
	switch f.Role {
	case logsource.ProgramRole:
		return "the program"
	case logsource.ParentRole:
		return "the program that starts it"
	case logsource.TargetRole:
		return "the target program"
	case logsource.LibraryRole:
		return "the library"
	case logsource.FileRole:
		return "the file"
	case logsource.FolderRole:
		return "the working folder"
	}
	return "the file in " + f.Name
}

var volume = regexp.MustCompile(`^\\device\\harddiskvolume\d*\\`)

// usualParents start what people and services run, so that a process has one of
// them as its parent without anything being done for it.
var usualParents = []string{"cmd.exe", "powershell.exe", "explorer.exe", "services.exe", "svchost.exe", "wmiprvse.exe"}

// pinned grades a path whose beginning is known.
func (j *Judge) pinned(f *field, p *compiler.Predicate, head string, whole bool) Grade {
	head = strings.ReplaceAll(head, "/", slash(head))
	at, anyDrive := head, false
	if rest, found := strings.CutPrefix(head, "?:"); found {
		at, anyDrive = "c:"+rest, true
	}
	if found := volume.FindString(at); found != "" {
		at, anyDrive = `c:\`+at[len(found):], true
	}
	g := Grade{Path: at}
	if f.Role == logsource.TargetRole {
		g.Score, g.How = 0.5, fmt.Sprintf("attack a program whose path %s", verbs(p))
		return g
	}
	if whole && f.domain != nil && slices.ContainsFunc(f.domain.Also, func(v string) bool { return strings.EqualFold(v, at) }) {
		return Grade{Score: 1, How: fmt.Sprintf("act through %s, as access to files over the network does", quote(at))}
	}
	place, known := j.placeOf(at)
	file := at[strings.LastIndexAny(at, `\/`)+1:]
	switch {
	case strings.HasPrefix(at, `\\`) && len(strings.Trim(at, `\.?`)) > 0:
		g.Score, g.How = 1, fmt.Sprintf("put %s on a server where its path %s", subject(f), verbs(p))
	case !known || place.Score == 0:
		g.How = fmt.Sprintf("put %s where its path %s, which every user may", subject(f), verbs(p))
	case whole && f.Role == logsource.ParentRole && slices.Contains(usualParents, file):
		g.How = fmt.Sprintf("be started by %s, as most programs are", quote(at))
	case whole && j.table.DualUse(file):
		g.Score, g.How = 0.5, fmt.Sprintf("use %s itself, as attackers are known to", quote(at))
	case whole:
		g.Score, g.How = 2.5, fmt.Sprintf("get code into %s, or replace it, which needs administrator rights", quote(at))
	default:
		g.Score, g.How = place.Score, fmt.Sprintf("have %s where its path %s, which needs %s", subject(f), verbs(p), place.Needs)
	}
	if anyDrive && g.Score > 1 {
		g.Score = 1
		g.How += ", or a disk image of one's own with that folder, mounted as another drive"
	}
	return g
}

// verbs is compared, about a third person.
func verbs(p *compiler.Predicate) string {
	switch words := compared(p); {
	case strings.HasPrefix(words, "be "):
		return "is " + words[3:]
	default:
		verb, rest, _ := strings.Cut(words, " ")
		if verb == "match" {
			verb = "matche"
		}
		return verb + "s " + rest
	}
}

func slash(path string) string {
	if strings.HasPrefix(path, "/") {
		return "/"
	}
	return `\`
}

// placeOf returns the place in which everything lies whose path begins with head.
func (j *Judge) placeOf(head string) (best logsource.Place, known bool) {
	separator := slash(head)
	names := strings.Split(head, separator)
	names = names[:len(names)-1] // the last is a file, or not complete
	literal, deep := -1, -1
	for _, p := range j.table.Places {
		wanted := strings.Split(strings.TrimSuffix(p.Path, separator), separator)
		if !strings.HasSuffix(p.Path, separator) || len(wanted) > len(names) {
			continue
		}
		n, fits := 0, true
		for i, w := range wanted {
			if w != "*" {
				n++
			}
			fits = fits && (w == names[i] || w == "*" && names[i] != "")
		}
		if fits && (n > literal || n == literal && len(wanted) > deep) {
			best, known, literal, deep = p, true, n, len(wanted)
		}
	}
	return best, known
}
