package adequacy

import (
	"path"
	"strings"
)

// trick is a way to start the same program so that its event looks different.
type trick struct {
	name    string
	cost    Cost
	windows bool // only there
	// apply returns the new texts of fields, given those of the event; "" is a field that
	// the event does not have.
	apply func(field func(string) string) map[string]string
}

// tricks lists all of them. Carets are only seen where cmd.exe itself is told the
// command: a program that it starts never gets them.
var tricks = []trick{
	{"other letter case", Spelling, true, commandLine(swapCase)},
	{"quotes within words", Spelling, true, commandLine(eachWord(quotesInside))},
	{"program in quotes", Spelling, true, commandLine(quotedProgram)},
	{"program without extension", Spelling, true, commandLine(withoutExtension)},
	{"two spaces for one", Spelling, true, commandLine(func(s string) string { return strings.ReplaceAll(s, " ", "  ") })},
	{"slash for dash", Spelling, true, commandLine(eachWord(switches("-", "/")))},
	{"dash for slash", Spelling, true, commandLine(eachWord(switches("/", "-")))},
	{"en dash for dash", Spelling, true, commandLine(eachWord(switches("-", "–")))},
	{"slashes in paths", Spelling, true, commandLine(func(s string) string { return strings.ReplaceAll(s, `\`, "/") })},
	{"dots in paths", Spelling, true, commandLine(func(s string) string { return strings.ReplaceAll(s, `\`, `\.\`) })},
	{"carets", Spelling, true, carets},
	{"last switch first", Spelling, false, commandLine(lastSwitchFirst)},
	{"abbreviated parameters of PowerShell", Spelling, true, abbreviated},
	{"renamed program", Copying, false, renamed},
	{"renamed program without its original name", Patching, true, patched},
	{"other parent", Coding, true, otherParent},
}

// commandLine makes a trick of a change of the command line.
func commandLine(change func(string) string) func(func(string) string) map[string]string {
	return func(field func(string) string) map[string]string {
		return map[string]string{"CommandLine": change(field("CommandLine"))}
	}
}

func swapCase(s string) string {
	upper := strings.ToUpper(s)
	if upper == s {
		return strings.ToLower(s)
	}
	return upper
}

// program splits a command line behind its program.
func program(s string) (first, rest string) {
	if quoted, ok := strings.CutPrefix(s, `"`); ok {
		if inside, rest, closed := strings.Cut(quoted, `"`); closed {
			return `"` + inside + `"`, rest
		}
	}
	at := strings.IndexByte(s, ' ')
	if at < 0 {
		return s, ""
	}
	return s[:at], s[at:]
}

// eachWord changes the words behind the program, but for those that hold quotes.
func eachWord(change func(string) string) func(string) string {
	return func(s string) string {
		first, rest := program(s)
		words := strings.Split(rest, " ")
		for i, w := range words {
			if !strings.Contains(w, `"`) && strings.Count(strings.Join(words[:i], " "), `"`)%2 == 0 {
				words[i] = change(w)
			}
		}
		return first + strings.Join(words, " ")
	}
}

// quotesInside puts an empty pair of quotes into a word, which programs do not get.
func quotesInside(w string) string {
	runes := []rune(w)
	if len(runes) < 3 {
		return w
	}
	at := (len(runes) + 1) / 2
	return string(runes[:at]) + `""` + string(runes[at:])
}

func quotedProgram(s string) string {
	first, rest := program(s)
	if strings.HasPrefix(first, `"`) || first == "" {
		return s
	}
	return `"` + first + `"` + rest
}

func withoutExtension(s string) string {
	first, rest := program(s)
	bare := strings.Trim(first, `"`)
	if len(bare) < 5 || !strings.EqualFold(bare[len(bare)-4:], ".exe") {
		return s
	}
	return strings.Replace(first, bare, bare[:len(bare)-4], 1) + rest
}

// switches changes the sign before a switch.
func switches(from, to string) func(string) string {
	return func(w string) string {
		name, ok := strings.CutPrefix(w, from)
		if !ok || name == "" || strings.HasPrefix(name, from) || from == "/" && strings.Contains(name, "/") {
			return w
		}
		return to + name
	}
}

// lastSwitchFirst moves a switch at the end to the front; most programs do not mind.
func lastSwitchFirst(s string) string {
	first, rest := program(s)
	words := strings.Fields(rest)
	if len(words) < 2 || strings.Contains(rest, `"`) {
		return s
	}
	last := words[len(words)-1]
	if !strings.HasPrefix(last, "-") && !strings.HasPrefix(last, "/") || strings.Count(last, "/") > 1 {
		return s
	}
	return first + " " + last + " " + strings.Join(words[:len(words)-1], " ")
}

// carets puts a caret into every word of what cmd.exe is told to run.
func carets(field func(string) string) map[string]string {
	if !strings.EqualFold(baseName(field("Image")), "cmd.exe") {
		return nil
	}
	return commandLine(eachWord(func(w string) string {
		if len(w) < 3 || w[0] == '/' || w[1] >= 0x80 {
			return w
		}
		return w[:1] + "^" + w[1:]
	}))(field)
}

// short are abbreviations that PowerShell takes for parameters of its own.
var short = map[string]string{"-encodedcommand": "-e", "-enc": "-e", "-noprofile": "-nop", "-nop": "-noprof", "-executionpolicy": "-ep",
	"-windowstyle": "-w", "-command": "-c", "-noninteractive": "-noni", "-file": "-f"}

func abbreviated(field func(string) string) map[string]string {
	if name := strings.ToLower(baseName(field("Image"))); name != "powershell.exe" && name != "pwsh.exe" {
		return nil
	}
	return commandLine(eachWord(func(w string) string {
		if to, known := short[strings.ToLower(w)]; known {
			return to
		}
		return w
	}))(field)
}

func baseName(image string) string { return path.Base(strings.ReplaceAll(image, `\`, "/")) }

// anotherName is what a program is renamed to.
const anotherName = "update"

// renamed is a copy of the program under another name in the same folder.
func renamed(field func(string) string) map[string]string {
	image := field("Image")
	old := baseName(image)
	if image == "" || old == "" {
		return nil
	}
	ext := path.Ext(old)
	out := map[string]string{"Image": strings.TrimSuffix(image, old) + anotherName + ext}
	if first, rest := program(field("CommandLine")); first != "" {
		bare := strings.Trim(first, `"`)
		name := baseName(bare)
		out["CommandLine"] = strings.Replace(first, bare, strings.TrimSuffix(bare, name)+anotherName+path.Ext(name), 1) + rest
	}
	return out
}

// versionFields are those that come from the version resource of a file.
var versionFields = []string{"OriginalFileName", "Product", "Description", "Company", "InternalName"}

// patched is renamed for a file whose version resource was changed too.
func patched(field func(string) string) map[string]string {
	out := renamed(field)
	if out != nil {
		for _, name := range versionFields {
			out[name] = anotherName
		}
	}
	return out
}

// otherParent is a parent that the attacker chose when starting the program.
func otherParent(field func(string) string) map[string]string {
	if field("ParentImage") == "" && field("ParentCommandLine") == "" {
		return nil
	}
	return map[string]string{"ParentImage": `C:\Windows\explorer.exe`, "ParentCommandLine": `C:\Windows\Explorer.EXE`}
}
