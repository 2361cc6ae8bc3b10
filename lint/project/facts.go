package project

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/socctl/socctl/attack"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/config"
)

// FactsError says which facts that a configuration names cannot be used.
type FactsError struct {
	Span rules.Span // in the configuration
	Err  error
}

// Error names the place.
func (e *FactsError) Error() string { return fmt.Sprintf("%s: %v", e.Span, e.Err) }

// Unwrap returns what is wrong, without the place.
func (e *FactsError) Unwrap() error { return e.Err }

// Facts returns the ATT&CK facts of a configuration: those of the file that it
// names, else of the release that it names, else of the newest. The error is a
// *FactsError.
func Facts(cfg *config.Config) (*attack.Facts, error) {
	if path := cfg.Attack.Facts; path.Present() {
		facts, err := ReadFacts(cfg.Resolve(path.Text))
		if err != nil {
			return nil, &FactsError{path.Span, err}
		}
		return facts, nil
	}
	facts, err := attack.Load(cfg.Attack.Version.Text)
	if err != nil {
		return nil, &FactsError{cfg.Attack.Version.Span, err}
	}
	return facts, nil
}

// ReadFacts reads a file of facts. The error names it.
func ReadFacts(path string) (*attack.Facts, error) {
	file, err := os.Open(path)
	if err != nil {
		if inner := (*fs.PathError)(nil); errors.As(err, &inner) {
			err = inner.Err
		}
		return nil, fmt.Errorf("the facts %s cannot be read: %w", path, err)
	}
	defer file.Close()
	facts, err := attack.Read(file)
	if err != nil {
		return nil, fmt.Errorf("the facts %s: %w", path, err)
	}
	return facts, nil
}
