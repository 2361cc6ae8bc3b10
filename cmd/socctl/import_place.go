package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// migrationPlace knows the files that are imported and where they lie, seen from the
// folder that is written to.
type migrationPlace struct {
	files []string
	below map[string]string // path within the folder that was named, by file
	out   string            // absolute
}

// newMigrationPlace lists the files of YAML below what was named. Hidden folders are
// left out, hidden files are not: configurations are often hidden.
func newMigrationPlace(out string, paths []string) (*migrationPlace, error) {
	p := &migrationPlace{below: map[string]string{}}
	var err error
	if p.out, err = filepath.Abs(out); err != nil {
		return nil, err
	}
	for _, named := range paths {
		info, err := os.Stat(named)
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			p.add(named, filepath.Base(named))
			continue
		}
		err = filepath.WalkDir(named, func(name string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir() && name != named && strings.HasPrefix(d.Name(), "."):
				return fs.SkipDir
			case d.IsDir() || !mayBeImported(d.Name()):
				return nil
			}
			within, err := filepath.Rel(named, name)
			p.add(name, within)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return p, nil
}

func mayBeImported(base string) bool {
	return slices.Contains([]string{".yml", ".yaml"}, filepath.Ext(base)) && base != ".socctl.yml" || base == ".rsigmarc"
}

func (p *migrationPlace) add(name, within string) {
	key := filepath.ToSlash(name)
	if _, twice := p.below[key]; !twice {
		p.files = append(p.files, name)
		p.below[key] = filepath.ToSlash(within)
	}
}

// within is the path of a file below the folder that was named.
func (p *migrationPlace) within(name string) string { return p.below[name] }

// relative is a path as it is seen from the folder that is written to.
func (p *migrationPlace) relative(name string) string {
	abs, err := filepath.Abs(filepath.FromSlash(name))
	if err != nil {
		return name
	}
	rel, err := filepath.Rel(p.out, abs)
	if err != nil {
		return name
	}
	return filepath.ToSlash(rel)
}
