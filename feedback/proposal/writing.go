package proposal

import (
	"crypto/sha1"
	"encoding/hex"
	"strings"

	"github.com/socctl/socctl/feedback/tuning"
)

// Scalar returns a text as a scalar of YAML, in quotes. What cannot be seen is
// escaped.
func Scalar(text string) string { return quoted(text) }

// UUID returns the id that a text has in a namespace, which is an id itself: always
// the same (RFC 9562, version 5).
func UUID(namespace, text string) string {
	space, _ := hex.DecodeString(strings.ReplaceAll(namespace, "-", ""))
	sum := sha1.Sum(append(space, text...))
	sum[6], sum[8] = sum[6]&0x0f|0x50, sum[8]&0x3f|0x80
	h := hex.EncodeToString(sum[:16])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// Selection returns a clause as the items of a selection, with so many blanks in front
// of each. Comparisons of the same kind with one field must all hold.
func Selection(clause tuning.Clause, indent int) string {
	var b strings.Builder
	lead := strings.Repeat(" ", indent)
	for _, line := range selectionLines(clause) {
		b.WriteString(lead + indented(line, "    ") + "\n")
	}
	return b.String()
}
