package feedback

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/socctl/socctl/rules"
)

// Signatures say whose signatures count, and who has to sign.
type Signatures struct {
	Keys     []Key
	Required []Kind // of investigators whose verdicts count only if they are signed
}

// Key is a public key with those for whom it may sign.
type Key struct {
	Name   string
	Public ed25519.PublicKey
	Signs  []string // kind:id, or kind:* for all of a kind
}

// mayFor reports whether the key may sign for somebody.
func (k *Key) mayFor(kind Kind, id string) bool {
	return slices.Contains(k.Signs, string(kind)+":"+id) || slices.Contains(k.Signs, string(kind)+":*")
}

// Find returns the key of a public key, nil if there is none.
func (s *Signatures) Find(public ed25519.PublicKey) *Key {
	for i := range s.Keys {
		if s.Keys[i].Public.Equal(public) {
			return &s.Keys[i]
		}
	}
	return nil
}

// signed reports whether signatures are looked at.
func (s *Signatures) signed() bool { return len(s.Keys)+len(s.Required) > 0 }

const signaturePrefix = "ed25519:"

// SignedBytes returns what a signature is over: the sealed record without it, as
// canonical JSON (RFC 8785).
func (v *Verdict) SignedBytes() ([]byte, error) {
	bare := *v
	bare.Sig = ""
	bare.Seal()
	text, err := bare.AppendJSON(nil)
	if err != nil {
		return nil, err
	}
	return canonical(text)
}

// Sign seals the verdict and signs it. name is that of the key in the configuration
// of those who check it.
func (v *Verdict) Sign(name string, key ed25519.PrivateKey) error {
	if name == "" || strings.Contains(name, ":") {
		return fmt.Errorf("the name of a key must not be empty or have a colon: %q", name)
	}
	v.Seal()
	text, err := v.SignedBytes()
	if err != nil {
		return err
	}
	v.Sig = signaturePrefix + name + ":" + base64.StdEncoding.EncodeToString(ed25519.Sign(key, text))
	return nil
}

// Verify returns the key that signed a verdict: nil if it is not signed. The error
// says what is wrong with its signature: then it proves nothing.
func (s *Signatures) Verify(v *Verdict) (*Key, error) {
	if v.Sig == "" {
		return nil, nil
	}
	rest, ok := strings.CutPrefix(v.Sig, signaturePrefix)
	name, encoded, parts := strings.Cut(rest, ":")
	signature, err := base64.StdEncoding.Strict().DecodeString(encoded)
	if !ok || !parts || err != nil || len(signature) != ed25519.SignatureSize {
		return nil, errors.New("it is not of the form ed25519:KEY:BASE64")
	}
	at := slices.IndexFunc(s.Keys, func(k Key) bool { return k.Name == name })
	if at < 0 {
		return nil, fmt.Errorf("no key is called %q", name)
	}
	key := &s.Keys[at]
	text, err := v.SignedBytes()
	switch {
	case err != nil:
		return nil, err
	case !ed25519.Verify(key.Public, text, signature):
		return nil, fmt.Errorf("it is not that of %s over this record: the record was changed, or somebody else signed it", name)
	case !key.mayFor(v.Investigator.Kind, v.Investigator.ID):
		return nil, fmt.Errorf("%s may not sign for %s:%s", name, v.Investigator.Kind, v.Investigator.ID)
	}
	return key, nil
}

// proof is what the signature of a verdict is worth.
type proof struct {
	key  *Key   // that signed it; nil if none is known to have
	fail string // why it proves nothing although it should; "" if all is well
	bad  bool   // there is a signature, and it is wrong
}

// prove looks at the signatures of all verdicts. What has none and needs one, or a
// wrong one, supports nothing, takes nothing back and earns nobody anything; what it
// protects stays protected.
func (f *folding) prove(v *Verdict) proof {
	s := &f.options.Policy.Signatures
	if !s.signed() {
		return proof{}
	}
	key, err := s.Verify(v)
	switch {
	case err != nil:
		return proof{fail: "its signature does not hold: " + err.Error(), bad: true}
	case key == nil && slices.Contains(s.Required, v.Investigator.Kind):
		return proof{fail: "it is not signed"}
	}
	return proof{key: key}
}

// vouched reports whether somebody's review of a verdict is proven, where people have
// to sign: the record must be signed by a key that may sign for the reviewer too.
func (f *folding) vouched(v *Verdict, r Review) bool {
	if !slices.Contains(f.options.Policy.Signatures.Required, r.Kind) {
		return true
	}
	key := f.proofs[v].key
	return key != nil && key.mayFor(r.Kind, r.ID)
}

// unsigned tells of signatures that do not hold, and once for everybody of verdicts
// without one.
func (f *folding) unsigned() {
	without := map[string]int{}
	first := map[string]*Verdict{}
	for _, v := range f.all {
		p := f.proofs[v]
		switch who := string(v.Investigator.Kind) + ":" + v.Investigator.ID; {
		case p.key != nil:
			f.state.Signed++
		case p.bad:
			f.state.Refuted++
			f.problem(v, "verdict/bad-signature", p.fail, "find out who wrote it; it supports nothing, and what it protects stays protected")
			f.state.Problems[len(f.state.Problems)-1].Severity = rules.Error // proven: the record is not what was signed
		case p.fail != "":
			if f.state.Unsigned++; first[who] == nil {
				first[who] = v
			}
			without[who]++
		}
	}
	for who, v := range first {
		f.problem(v, "verdict/unsigned", count(without[who], "verdict", "verdicts")+" of "+who+" must be signed and "+map[bool]string{true: "is", false: "are"}[without[who] == 1]+" not",
			"sign with socctl verdict add --sign; until then they support nothing, and what they protect stays protected")
	}
}
