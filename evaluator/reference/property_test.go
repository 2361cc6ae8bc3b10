package reference_test

import (
	"encoding/base64"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/evaluator/reference"
)

// TestPatternsAgainstRegexp matches random texts with random patterns and with
// the regular expressions that mean the same.
func TestPatternsAgainstRegexp(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	matches := 0
	for range 20_000 {
		pattern, text := random(r, `aAbkK\\*?é`+"\u212a\n", 8), random(r, `aAbk\*?É`+"\n", 8)
		cased := r.IntN(2) == 0
		want := asRegexp(pattern, cased).MatchString(text)
		if got := reference.MatchPattern(pattern, text, cased); got != want {
			t.Fatalf("%q on %q, cased %v: got %v, want %v", pattern, text, cased, got, want)
		}
		if want {
			matches++
		}
	}
	if matches < 200 {
		t.Errorf("only %d of the pairs match", matches)
	}
}

func random(r *rand.Rand, alphabet string, most int) string {
	var b strings.Builder
	for range r.IntN(most + 1) {
		b.WriteRune([]rune(alphabet)[r.IntN(len([]rune(alphabet)))])
	}
	return b.String()
}

var sigmaToken = regexp.MustCompile(`(?s)\\[\\*?]|.`)

// asRegexp translates a Sigma string token by token.
func asRegexp(pattern string, cased bool) *regexp.Regexp {
	body := sigmaToken.ReplaceAllStringFunc(pattern, func(token string) string {
		switch {
		case token == "*":
			return ".*"
		case token == "?":
			return "."
		case len(token) == 2 && token[0] == '\\':
			return regexp.QuoteMeta(token[1:])
		}
		return regexp.QuoteMeta(token)
	})
	if cased {
		return regexp.MustCompile(`(?s)\A` + body + `\z`)
	}
	return regexp.MustCompile(`(?is)\A` + body + `\z`)
}

// TestBase64OffsetsInContext encodes random bytes before and behind a value:
// exactly the variant for that offset must be found, whatever stands around.
func TestBase64OffsetsInContext(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	for range 2_000 {
		value := random(r, "abcé😀\x00", 6) + "xy" // long enough for three variants
		before, behind := random(r, "pqrstü", 6), random(r, "pqrstü", 6)
		encoded := base64.StdEncoding.EncodeToString([]byte(before + value + behind))
		variants := reference.Base64Offsets(value)
		at := 8 * len(before) / 6
		if len(before)%3 != 0 {
			at++
		}
		want := variants[len(before)%3]
		if got := encoded[at:min(at+len(want), len(encoded))]; got != want {
			t.Fatalf("%q in %q: got %q at %d, want %q", value, before+value+behind, got, at, want)
		}
	}
}

// TestBase64OffsetsTrim compares with the published rule: drop 0, 2 or 3
// characters of the start and, by the number of bytes, 0, 3 or 2 of the end.
func TestBase64OffsetsTrim(t *testing.T) {
	t.Parallel()
	for _, value := range []string{"a", "ab", "abc", "foob", "é", "日本", "http://", "IEX(New-Object"} {
		var want []string
		for i := range 3 {
			encoded := base64.StdEncoding.EncodeToString([]byte(strings.Repeat(" ", i) + value))
			from, to := []int{0, 2, 3}[i], len(encoded)-[]int{0, 3, 2}[(len(value)+i)%3]
			if from < to {
				want = append(want, encoded[from:to])
			}
		}
		if diff := cmp.Diff(want, reference.Base64Offsets(value)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", value, diff)
		}
	}
}
