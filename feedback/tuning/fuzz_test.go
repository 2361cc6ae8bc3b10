package tuning

import (
	"strings"
	"testing"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/trust"
	"github.com/socctl/socctl/rules/logsource"
)

// FuzzLattice: whatever a field holds, every comparison that is made of it holds on it,
// says something, and has a score; and what is only there to be fast changes nothing.
func FuzzLattice(f *testing.F) {
	for _, v := range []string{veeam, `C:\Users\eve\AppData\Local\Temp\x.tmp`, `vssadmin delete shadows "/for=C:"`, `HKU\S-1-5-21-1-2-3-1001\Software\Run\x`, "10.0.0.5", `CORP\svc$`,
		"a=b\r\nHost Application = powershell.exe -enc AAAA\n", "", "\\", "//", "0123456789abcdef", "\xff\xfe", "K\u212a", `\\?\C:\x~1\`, "deadbeefdeadbeef"} {
		f.Add(v)
	}
	fields := []string{"Image", "CommandLine", "TargetObject", "DestinationIp", "User", "Payload", "Company"}
	f.Fuzz(func(t *testing.T, value string) {
		if got, want := mayVary(value) && variables.MatchString(value), variables.MatchString(value); got != want {
			t.Errorf("variable(%q) is %v", value, got)
		}
		if lower := strings.ToLower(value); profile.MatchString(lower) && !mayHaveProfile(lower) {
			t.Errorf("a profile in %q is overlooked", lower)
		}
		x := &lattice{table: logsource.Default(), source: processes, allowed: map[string]bool{}, judge: trust.New(logsource.Default()), kinds: map[string]logsource.Kind{}, known: map[[2]string][]*Literal{}}
		kinds := []logsource.Kind{logsource.PathKind, logsource.CommandKind, logsource.RegistryKind, logsource.AddressKind, logsource.AccountKind, logsource.LabelKind}
		for i, kind := range kinds {
			for _, l := range x.generalised(kind, fields[i], value) {
				if !l.accepts(value, compiler.Fold(value)) {
					t.Errorf("%v does not hold on %q, which it was made of", l, value)
				}
				if x.grade(l); l.Value == "" || l.Score < 0 || l.Score > 3 {
					t.Errorf("%v of %q: score %v", l, value, l.Score)
				}
			}
		}
		generic(value)
	})
}

// FuzzEdit: what an edit says that a field can be made to hold satisfies the clause.
func FuzzEdit(f *testing.F) {
	f.Add(`C:\Temp\x.exe`, `C:\Users\Public\`, `\svc.exe`)
	f.Add(`cmd /c`, `--backup`, ``)
	f.Add(``, `\`, `/`)
	f.Fuzz(func(t *testing.T, value, start, end string) {
		var literals []*Literal
		for anchor, text := range map[compiler.Anchor]string{compiler.AtStart: start, compiler.AtEnd: end} {
			if text != "" {
				literals = append(literals, NewLiteral("Image", anchor, text))
			}
		}
		edit, ok := editOf("Image", value, literals)
		for _, l := range literals {
			if ok && !l.accepts(edit.Value, compiler.Fold(edit.Value)) {
				t.Errorf("%q does not satisfy %v", edit.Value, l)
			}
		}
	})
}
