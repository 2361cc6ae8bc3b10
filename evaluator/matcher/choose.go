package matcher

import (
	"cmp"
	"slices"
)

// commonplace is text of which much is in the values of most fields.
const commonplace = `C:\WINDOWS\SYSTEM32\ C:\PROGRAM FILES (X86)\ C:\USERS\ADMINISTRATOR\APPDATA\LOCAL\TEMP\ \APPDATA\ROAMING\MICROSOFT\ ` +
	`WINDOWSPOWERSHELL\V1.0\POWERSHELL.EXE CMD.EXE" /C  -COMMAND SVCHOST.EXE .DLL HTTPS://WWW. .COM/ ` +
	`HKLM\SOFTWARE\MICROSOFT\WINDOWS NT\CURRENTVERSION\ HKLM\SYSTEM\CURRENTCONTROLSET\SERVICES\ NT AUTHORITY\SYSTEM ` +
	`SHA1= MD5= SHA256= IMPHASH= NEW-OBJECT SYSTEM. MICROSOFT. PARAM( [STRING] FUNCTION  $NULL`

// place is where a literal has its gram.
type place struct {
	gram uint64
	back int // bytes before it
	item trieEntry
}

// choose finds the rarest gram of every literal, none of which is shorter, and
// returns them in the order of grams.
func choose(items []trieEntry, length int) []place {
	total := len(commonplace)
	for _, it := range items {
		total += len(it.text)
	}
	gram := func(text string, i int) uint64 { return head(text[i : i+length]) }
	seen := newTable(total)
	count := func(text string, by int32) {
		for i := 0; i+length <= len(text); i++ {
			s := seen.find(gram(text, i), 0)
			if s.value == absent {
				*s = slot{gram(text, i), 0, 0}
			}
			s.value += by
		}
	}
	for _, it := range items {
		count(it.text, 1)
	}
	count(commonplace, int32(len(items)))
	places := make([]place, 0, len(items))
	for _, it := range items {
		best, least := place{item: it}, int32(0)
		for i := 0; i+length <= len(it.text); i++ {
			if n := seen.get(gram(it.text, i), 0); i == 0 || n < least {
				best.gram, best.back, least = gram(it.text, i), i, n
			}
		}
		places = append(places, best)
	}
	slices.SortStableFunc(places, func(a, b place) int { return cmp.Compare(a.gram, b.gram) })
	return places
}
