// Package clone makes rules that cost what others cost and look for something
// else, so that a set can be made larger than any that is public.
//
// What it guarantees: a copy loads if its original does. A literal of it is as
// long as that of the original and differs from it in one letter or digit, and
// so from the literals of all other copies. What stays: literals without letters,
// numbers, networks, references to fields, names, modifiers, conditions, and all
// exclusions of a rule that may match by numbers alone. The same call gives the
// same bytes.
package clone

import (
	"bytes"
	"crypto/sha256"
	"fmt"

	"github.com/socctl/socctl/rules"
)

// Most is how many copies of a rule there are that all differ.
const Most = 9

// File returns the n-th copy, from 1 to Most, of the rules in a file.
func File(name string, text []byte, n int) ([]byte, error) {
	if n < 1 || n > Most {
		return nil, fmt.Errorf("no copy %d: there are 1 to %d", n, Most)
	}
	docs, diags := rules.Parse(name, text)
	if err := diags.Err(); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	for _, d := range docs {
		r, ok := d.(*rules.Rule)
		if !ok {
			continue
		}
		if out.Len() > 0 {
			out.WriteString("---\n")
		}
		change(r, n)
		if err := rules.Print(&out, r); err != nil {
			return nil, err
		}
	}
	return out.Bytes(), nil
}

// change turns a rule into its n-th copy.
func change(r *rules.Rule, n int) {
	r.ID = rules.NewScalar(id(r.ID.Text+r.Title.Text, n))
	r.Title.Text = fmt.Sprintf("%s (%d)", r.Title.Text, n)
	r.Name, r.Related = rules.Scalar{}, nil
	changeDetection(&r.Detection, n)
}

// id returns a UUID that follows from what the original is called.
func id(original string, n int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %s", n, original))
	sum[6], sum[8] = sum[6]&0x0f|0x80, sum[8]&0x3f|0x80 // version 8, which is for such ids
	return fmt.Sprintf("%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}
