package main

import (
	"crypto/sha256"
	"encoding/gob"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/feedback/tuning"
	"github.com/socctl/socctl/rules"
)

// recordings are the folders that are replayed, below the folder of the data.
var recordings = []string{"windows-json", "windows-xml", "evtx/EVTX-ATTACK-SAMPLES", "evtx/EVTX-to-MITRE-Attack", "evtx/DeepBlueCLI", "evtx/parser-corpus"}

// vettedFolder holds recordings of what rules are for.
const vettedFolder = "sigma/regression_data"

// saved is what a collector found, in a file.
type saved struct {
	Events   int
	Alerts   []tuning.Event
	Stripped [][]int
	Whole    [][]int
}

// collect replays the recordings, or reads what an earlier run found in them.
func collect(data, ruleDir, cache string) (*collector, error) {
	set, _ := rules.LoadPaths(ruleDir)
	p, _ := compiler.Compile(set, compiler.Options{})
	c := newCollector(p)
	return c, c.read(data, cache)
}

// read replays the recordings, or reads what an earlier run found in them, and then those
// that come with rules.
func (c *collector) read(data, cache string) error {
	if !c.restore(cache) {
		if err := c.replay(data, below(data, recordings)); err != nil {
			return err
		}
		if err := c.save(cache); err != nil {
			return err
		}
	}
	return c.vet(data, []string{filepath.Join(data, filepath.FromSlash(vettedFolder))})
}

func below(root string, folders []string) []string {
	out := make([]string, len(folders))
	for i, f := range folders {
		out[i] = filepath.Join(root, filepath.FromSlash(f))
	}
	return out
}

func (c *collector) restore(cache string) bool {
	f, err := os.Open(cache)
	if err != nil {
		return false
	}
	defer f.Close()
	var s saved
	if gob.NewDecoder(f).Decode(&s) != nil {
		return false
	}
	c.events = s.Events
	for i := range s.Alerts {
		c.hits = append(c.hits, &hit{&s.Alerts[i], s.Stripped[i], s.Whole[i]})
	}
	return true
}

func (c *collector) save(cache string) error {
	if cache == "" {
		return nil
	}
	s := saved{Events: c.events}
	for _, h := range c.hits {
		s.Alerts, s.Stripped, s.Whole = append(s.Alerts, *h.event), append(s.Stripped, h.stripped), append(s.Whole, h.whole)
	}
	f, err := os.Create(cache)
	if err != nil {
		return err
	}
	if err := gob.NewEncoder(f).Encode(s); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// hashOf returns a hash over the names and contents of all files of a folder.
func hashOf(root string) (string, error) {
	sum := sha256.New()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		content := sha256.New()
		if _, err := io.Copy(content, f); err != nil {
			return err
		}
		fmt.Fprintf(sum, "%s %x\n", filepath.ToSlash(name), content.Sum(nil))
		return nil
	})
	return hex.EncodeToString(sum.Sum(nil))[:16], err
}
