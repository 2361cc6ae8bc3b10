package record

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/socctl/socctl/compiler"
)

// memory is a file of the cache: what some rules have found in files of a recording. It only
// grows, by what is known of one file at a time, so that of one that somebody was writing
// when he was killed only the end is missed. Nobody but who has begun it writes to it.
//
// It consists of entries: what one is about, its length, and its sealed content.
type memory struct {
	path  string
	file  *os.File
	rules []ruleKey        // in ascending order
	about entry            // that tells them
	files map[fileID]entry // of which it is known
	size  int64            // without an end that is torn off
	torn  bool
}

// fileID is a file of a recording, by the beginning of its hash. Zero stands for none: the
// entry is about the rules.
type fileID [16]byte

func idOf(f File) (id fileID) {
	_, _ = hex.Decode(id[:], []byte(f.SHA256[:min(len(f.SHA256), 2*len(id))]))
	return id
}

// entry is where the sealed content of an entry is.
type entry struct {
	at   int64
	size int
}

// entryHead is how long the head of an entry is.
const entryHead = len(fileID{}) + 4

// openMemory opens one for reading; nil if it is none.
func openMemory(path string, s *sealer) *memory {
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	m := &memory{path: path, file: f, files: map[fileID]entry{}}
	if err := m.look(s); err != nil {
		m.close()
		return nil
	}
	return m
}

// look finds the entries of a file, as many as are whole.
func (m *memory) look(s *sealer) error {
	info, err := m.file.Stat()
	if err != nil {
		return err
	}
	var head [entryHead]byte
	for n := 0; m.size+int64(entryHead) <= info.Size(); n++ {
		if _, err := m.file.ReadAt(head[:], m.size); err != nil {
			return err
		}
		id, size := fileID(head[:len(fileID{})]), binary.LittleEndian.Uint32(head[len(fileID{}):])
		p := entry{m.size + int64(entryHead), int(size)}
		if size > math.MaxInt32 || p.at+int64(size) > info.Size() {
			break
		}
		if n > 0 {
			m.files[id] = p
		} else if m.about, m.rules = p, keysIn(m.content(p, s)); id != (fileID{}) {
			return errDamaged
		}
		m.size = p.at + int64(p.size)
	}
	if m.torn = m.size < info.Size(); m.rules == nil {
		return errDamaged
	}
	return nil
}

// content reads an entry; nil if it is not whole.
func (m *memory) content(p entry, s *sealer) []byte {
	sealed := make([]byte, p.size)
	if _, err := m.file.ReadAt(sealed, p.at); err != nil {
		return nil
	}
	return s.open(sealed)
}

// of returns what is known of a file; nil if nothing is.
func (m *memory) of(id fileID, s *sealer) *findings {
	p, known := m.files[id]
	if !known {
		return nil
	}
	return decoded(m.content(p, s))
}

// beginMemory begins one in a folder.
func beginMemory(path string, about []ruleKey, s *sealer) (*memory, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return nil, err
	}
	m := &memory{path: path, file: f}
	sealed, err := s.seal(nil, textOf(about))
	if err == nil {
		err = m.add(fileID{}, sealed)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close(), os.Remove(path))
	}
	return m, nil
}

// add appends an entry.
func (m *memory) add(id fileID, sealed []byte) error {
	if len(sealed) > math.MaxInt32 {
		return errors.New("too much to remember")
	}
	text := binary.LittleEndian.AppendUint32(slices.Clone(id[:]), uint32(len(sealed)))
	n, err := m.file.WriteAt(append(text, sealed...), m.size)
	if err != nil {
		return errors.Join(err, m.file.Truncate(m.size))
	}
	m.size += int64(n)
	return nil
}

// forget writes the memory anew without files that are gone, or removes it if it would be
// about none. It is closed then.
func (m *memory) forget(gone func(fileID) bool) error {
	var keep []fileID
	for id := range m.files {
		if !gone(id) {
			keep = append(keep, id)
		}
	}
	text, err := m.only(keep)
	switch m.close(); { // some systems do not replace a file that is open
	case err != nil:
		return err
	case len(keep) == 0:
		return os.Remove(m.path)
	case len(keep) == len(m.files) && !m.torn:
		return nil
	}
	return replaceAnd(m.path, text, func(*os.File) error { return nil })
}

// only returns what the memory would be if it was about some files only.
func (m *memory) only(keep []fileID) ([]byte, error) {
	slices.SortFunc(keep, func(a, b fileID) int { return cmp.Compare(m.files[a].at, m.files[b].at) })
	text, err := m.raw(nil, m.about)
	for _, id := range keep {
		if err == nil {
			text, err = m.raw(text, m.files[id])
		}
	}
	return text, err
}

// raw appends an entry as it is, with its head.
func (m *memory) raw(to []byte, p entry) ([]byte, error) {
	n := len(to)
	to = append(to, make([]byte, entryHead+p.size)...)
	_, err := m.file.ReadAt(to[n:], p.at-int64(entryHead))
	return to, err
}

func (m *memory) close() { _ = m.file.Close() }

// ruleKey is a rule, by the beginning of its hash, which is of all that decides what it
// matches, filters and values of placeholders included.
type ruleKey [12]byte

func keyOf(r *compiler.Rule) (key ruleKey) {
	sum, err := hex.DecodeString(strings.TrimPrefix(r.Hash, "sha256:"))
	if err != nil || len(sum) < len(key) {
		full := sha256.Sum256([]byte(r.Hash))
		sum = full[:]
	}
	copy(key[:], sum)
	return key
}

func sortedKeys(keys []ruleKey) []ruleKey {
	slices.SortFunc(keys, compareKeys)
	return slices.Compact(keys)
}

func compareKeys(a, b ruleKey) int { return bytes.Compare(a[:], b[:]) }

// textOf writes keys down.
func textOf(keys []ruleKey) (text []byte) {
	for _, key := range keys {
		text = append(text, key[:]...)
	}
	return text
}

// keysIn reads keys; nil if there are none.
func keysIn(text []byte) (keys []ruleKey) {
	for ; len(text) >= len(ruleKey{}); text = text[len(ruleKey{}):] {
		keys = append(keys, ruleKey(text))
	}
	return keys
}
