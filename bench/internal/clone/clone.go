// Package clone makes rules that cost what others cost and look for something
// else, so that a set can be made larger than any that is public.
//
// What it guarantees: a copy loads if its original does. A literal of it is as
// long as that of the original and differs from it in one letter or digit, and
// so from the literals of all other copies; a literal without letters stays, as do
// numbers, networks, references to fields, names, modifiers and conditions. The
// same call gives the same bytes.
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
	for _, s := range r.Detection.Selections {
		changeBlock(s.Body, n)
	}
}

// id returns a UUID that follows from what the original is called.
func id(original string, n int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %s", n, original))
	sum[6], sum[8] = sum[6]&0x0f|0x80, sum[8]&0x3f|0x80 // version 8, which is for such ids
	return fmt.Sprintf("%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}

func changeBlock(b *rules.Block, n int) {
	for _, item := range b.Items {
		changeItem(item, n)
	}
	for _, alternative := range b.Any {
		changeBlock(alternative, n)
	}
}

func changeItem(item *rules.Item, n int) {
	if item.Has("cidr") || item.Has("fieldref") || item.Has("expand") {
		return
	}
	changed := literal
	if item.Has("re") {
		changed = regex
	}
	for i := range item.Values {
		if v := &item.Values[i]; v.Kind == rules.StringScalar {
			v.Text = changed(v.Text, n)
		}
	}
}
