package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"sync"
)

// testMemory keeps outcomes of tests in one file for each repository, so that tests of
// rules that did not change cost nothing the next time. It is never needed: a file that
// is missing, damaged or of another program is as good as an empty one.
type testMemory struct {
	path    string // "" keeps nothing beyond this run
	program string

	mu        sync.Mutex
	old, used map[string]json.RawMessage
}

// maxRemembered is how many outcomes are kept that this run had no use for.
const maxRemembered = 20_000

// rememberedTests is the file.
type rememberedTests struct {
	Program  string                     `json:"program"` // hash of the program: another one may decide otherwise
	Outcomes map[string]json.RawMessage `json:"outcomes"`
}

// newTestMemory reads what is remembered of a repository. folder is the choice of the
// user: "" is the usual place, none is none.
func newTestMemory(folder, repository string) *testMemory {
	m := &testMemory{old: map[string]json.RawMessage{}, used: map[string]json.RawMessage{}}
	if folder == "none" {
		return m
	}
	if folder == "" {
		caches, err := os.UserCacheDir()
		if err != nil {
			return m
		}
		folder = filepath.Join(caches, "socctl")
	}
	program, err := programHash()
	if err != nil {
		return m
	}
	name := sha256.Sum256([]byte(repository))
	m.program, m.path = program, filepath.Join(folder, "tests-"+hex.EncodeToString(name[:8])+".json")
	text, err := os.ReadFile(m.path)
	if err != nil {
		return m
	}
	seal, body, found := bytes.Cut(text, []byte("\n"))
	var file rememberedTests
	if found && string(seal) == sealOf(body) && json.Unmarshal(body, &file) == nil && file.Program == program && file.Outcomes != nil {
		m.old = file.Outcomes
	}
	return m
}

// sealOf is the first line of the file, by which a damaged one is known.
func sealOf(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// Recall implements ruletest.Memory.
func (m *testMemory) Recall(key string) ([]byte, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if text, known := m.used[key]; known {
		return text, true
	}
	text, known := m.old[key]
	if known {
		m.used[key] = text
	}
	return text, known
}

// Remember implements ruletest.Memory.
func (m *testMemory) Remember(key string, outcome []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.used[key] = outcome
}

// save keeps what this run has used, and of the rest what there is room for. That it
// cannot be written is no reason to fail.
func (m *testMemory) save() {
	m.mu.Lock()
	defer m.mu.Unlock()
	fresh := false
	for key := range m.used {
		_, known := m.old[key]
		fresh = fresh || !known
	}
	if m.path == "" || !fresh {
		return
	}
	if len(m.old)+len(m.used) <= maxRemembered {
		for key, text := range m.old {
			if _, used := m.used[key]; !used {
				m.used[key] = text
			}
		}
	}
	body, err := json.Marshal(rememberedTests{m.program, maps.Clone(m.used)})
	if err != nil || os.MkdirAll(filepath.Dir(m.path), 0o755) != nil {
		return
	}
	_ = replaceFile(m.path, append([]byte(sealOf(body)+"\n"), body...))
}
