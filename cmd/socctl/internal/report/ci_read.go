package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"strings"
	"unicode/utf8"
)

// Limits of a result that is read to be rendered: of the file in bytes, of a list in
// members, of a text in characters. A run of socctl keeps within them.
const (
	maxCIFile = 64 << 20
	maxCIList = 20_000
	maxCIText = 20_000
)

// ReadCI reads what `socctl ci -f json` has written, and returns the page of it. The
// file may come from anybody: a member that a result does not have, one that is there
// twice, a kind of value that it cannot be, a file, list or text that is too long, and
// anything behind the document are errors. The documents of the parts are not looked
// into; nothing of them is rendered.
func ReadCI(r io.Reader) (*CIPage, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxCIFile+1))
	switch {
	case err != nil:
		return nil, err
	case len(text) > maxCIFile:
		return nil, fmt.Errorf("a result of socctl ci has at most %d MiB", maxCIFile>>20)
	case !utf8.Valid(text):
		return nil, errors.New("a result of socctl ci is UTF-8, and this is not")
	}
	var record struct {
		Schema   string          `json:"schema"`
		Verdict  string          `json:"verdict"`
		Base     string          `json:"base"`
		Blockers json.RawMessage `json:"blockers"`
		Page     json.RawMessage `json:"page"`
		Diff     json.RawMessage `json:"diff"`
		Lint     json.RawMessage `json:"lint"`
		Tests    json.RawMessage `json:"tests"`
		Backtest json.RawMessage `json:"backtest"`
		Coverage json.RawMessage `json:"coverage"`
	}
	if err := strictly(text, &record); err != nil {
		return nil, fmt.Errorf("no result of socctl ci: %w", err)
	}
	if record.Schema != ciSchema {
		return nil, fmt.Errorf("the schema is %q, and %s is what can be rendered: use the same version of socctl", Shorten(record.Schema, 60), ciSchema)
	}
	if len(record.Page) == 0 || string(record.Page) == "null" {
		return nil, errors.New("the result has no page: it is of an older socctl")
	}
	page := &CIPage{}
	if err := strictly(record.Page, page); err != nil {
		return nil, fmt.Errorf("the page of the result: %w", err)
	}
	if err := bounded(reflect.ValueOf(page).Elem(), "page"); err != nil {
		return nil, err
	}
	page.Pass = len(page.Blockers) == 0
	return page, nil
}

// strictly decodes one document, and nothing else.
func strictly(text []byte, to any) error {
	if name, twice := duplicate(text); twice {
		return fmt.Errorf("the member %q is there twice", Shorten(name, 60))
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(to); err != nil {
		return err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the document")
	}
	return nil
}

// duplicate returns the first member of the outermost object that is there twice:
// programs differ in which of the two they take.
func duplicate(text []byte) (string, bool) {
	dec := json.NewDecoder(bytes.NewReader(text))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return "", false
	}
	seen := map[string]bool{}
	for dec.More() {
		t, err := dec.Token()
		name, isName := t.(string)
		if err != nil || !isName {
			return "", false
		}
		if seen[name] {
			return name, true
		}
		seen[name] = true
		var skip json.RawMessage
		if dec.Decode(&skip) != nil {
			return "", false
		}
	}
	return "", false
}

// clip cuts texts and lists so that ReadCI takes them.
func clip(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			clip(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			clip(v.Field(i))
		}
	case reflect.Slice:
		if v.Len() > maxCIList {
			v.Set(v.Slice(0, maxCIList))
		}
		for i := range v.Len() {
			clip(v.Index(i))
		}
	case reflect.String:
		v.SetString(strings.ToValidUTF8(Shorten(v.String(), maxCIText), "\ufffd"))
	}
}

// bounded checks the lengths of all texts and lists, and that numbers are usual ones.
func bounded(v reflect.Value, name string) error {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			return bounded(v.Elem(), name)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if err := bounded(v.Field(i), name+"."+v.Type().Field(i).Name); err != nil {
				return err
			}
		}
	case reflect.Slice:
		if v.Len() > maxCIList {
			return fmt.Errorf("%s has %d members, more than %d", name, v.Len(), maxCIList)
		}
		for i := range v.Len() {
			if err := bounded(v.Index(i), name); err != nil {
				return err
			}
		}
	case reflect.String:
		if n := utf8.RuneCountInString(v.String()); n > maxCIText {
			return fmt.Errorf("%s has %d characters, more than %d", name, n, maxCIText)
		}
	case reflect.Float64:
		if math.Abs(v.Float()) > 1e12 {
			return fmt.Errorf("%s is %g, which is no number of alerts", name, v.Float())
		}
	case reflect.Int:
		if v.Int() < 0 || v.Int() > 1e12 {
			return fmt.Errorf("%s is %d, which is no number of anything", name, v.Int())
		}
	}
	return nil
}
