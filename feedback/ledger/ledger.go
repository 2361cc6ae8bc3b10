package ledger

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/socctl/socctl/feedback"
	"github.com/socctl/socctl/rules"
)

// Ledger adds verdicts to files. It is safe for concurrent use.
type Ledger struct {
	path string
	now  func() time.Time
	skew time.Duration

	mutex sync.Mutex
	known map[string]bool // uids
	read  map[string]mark // how far files are known
	// foreign are files that hold something, and no verdict.
	foreign map[string]bool
}

// mark is how far a file was read, and what it was then.
type mark struct {
	size int64
	info os.FileInfo
}

// Options say how verdicts are added. The zero value is ready to use.
type Options struct {
	// Now tells the time; nil means time.Now. A verdict whose time is further ahead
	// than Skew is refused; zero means that of the default policy.
	Now  func() time.Time
	Skew time.Duration
}

// Open returns the ledger at a path, which need not be there yet: a file if it
// ends in Extension or .jsonl, else a folder. Nothing is read or written before
// the first Add.
func Open(path string, o Options) *Ledger {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Skew == 0 {
		o.Skew = feedback.DefaultPolicy().ClockSkew
	}
	return &Ledger{path: path, now: o.Now, skew: o.Skew, known: map[string]bool{}, read: map[string]mark{}, foreign: map[string]bool{}}
}

// Receipt says what became of verdicts. Those that it names are on the disk.
type Receipt struct {
	Stored    []string // uids, in the order in which they were given
	Known     []string // uids of verdicts that were there already
	Recovered []Torn   // half lines that were removed
}

// Torn is half a line that an interrupted writer left behind.
type Torn struct {
	File string
	Line []byte
}

// Add seals verdicts and stores those that are not there yet. When it returns
// without an error, all of them are on the disk. If any is invalid or from the
// future nothing is stored, and the error tells of each. It waits for other
// writers until ctx is done. To add again what may have been stored does no harm.
func (l *Ledger) Add(ctx context.Context, verdicts ...feedback.Verdict) (*Receipt, error) {
	sealed, err := l.sealed(verdicts)
	if err != nil {
		return nil, err
	}
	l.mutex.Lock()
	defer l.mutex.Unlock()
	unlock, err := l.lock(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	if err := l.refresh(); err != nil {
		return nil, err
	}
	receipt := &Receipt{}
	lines := map[string][]byte{} // by file
	var files []string
	added := map[string]bool{}
	for i := range sealed {
		v := &sealed[i]
		if l.known[v.UID] || added[v.UID] {
			receipt.Known = append(receipt.Known, v.UID)
			continue
		}
		added[v.UID] = true
		receipt.Stored = append(receipt.Stored, v.UID)
		name := l.fileOf(v)
		if !slices.Contains(files, name) {
			files = append(files, name)
		}
		line, err := v.AppendJSON(lines[name])
		if err != nil {
			return nil, err
		}
		lines[name] = append(line, '\n')
	}
	slices.Sort(files)
	for _, name := range files {
		if l.foreign[name] {
			return nil, fmt.Errorf("%s holds other things than verdicts, and stays as it is: name a folder, or a file of verdicts", name)
		}
	}
	for _, name := range files {
		torn, err := appendLines(name, lines[name])
		if err != nil {
			return nil, err
		}
		if torn != nil {
			receipt.Recovered = append(receipt.Recovered, Torn{name, torn})
		}
	}
	return receipt, nil
}

// sealed returns the verdicts as they are stored, or what is wrong with them.
func (l *Ledger) sealed(verdicts []feedback.Verdict) ([]feedback.Verdict, error) {
	out := slices.Clone(verdicts)
	latest := l.now().Add(l.skew)
	var bad error
	for i := range out {
		v := &out[i]
		v.Seal()
		err := v.Check()
		if err == nil && v.Time.After(latest) {
			err = fmt.Errorf("its time %s is in the future: correct the clock", v.Time.Format(time.RFC3339))
		}
		if err != nil {
			bad = errors.Join(bad, fmt.Errorf("verdict %d: %w", i+1, err))
		}
	}
	return out, bad
}

// fileOf returns the file that a verdict belongs to: by the month of its time, so
// that it does not depend on when it is stored.
func (l *Ledger) fileOf(v *feedback.Verdict) string {
	if isFile(l.path) {
		return l.path
	}
	return filepath.Join(l.path, v.Time.Format("2006-01")+Extension)
}

// refresh learns what other writers have added. If a file did not simply grow, as
// when another revision is checked out, everything is read anew: what is not there
// any longer must not count as stored.
func (l *Ledger) refresh() error {
	files, err := filesOf(l.path)
	if err != nil {
		return err
	}
	if !l.grown(files) {
		l.known, l.read, l.foreign = map[string]bool{}, map[string]mark{}, map[string]bool{}
	}
	for _, name := range files {
		if err := l.learn(name); err != nil {
			return err
		}
	}
	return nil
}

// grown reports whether all files that were read are there, and have at most got
// longer.
func (l *Ledger) grown(files []string) bool {
	for name, known := range l.read {
		info, err := os.Stat(name)
		if err != nil || !slices.Contains(files, name) || !os.SameFile(info, known.info) || info.Size() < known.size ||
			info.Size() == known.info.Size() && !info.ModTime().Equal(known.info.ModTime()) {
			return false
		}
	}
	return true
}

// learn reads what a file has behind what is known of it.
func (l *Ledger) learn(name string) error {
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	known := l.read[name]
	if info.Size() == known.size {
		return nil
	}
	data, err := readFrom(name, known.size)
	if err != nil {
		return err
	}
	verdicts, torn, _ := feedback.Decode(rules.NewFile(name, data))
	for i := range verdicts {
		l.known[verdicts[i].UID] = true
	}
	whole := data[:len(data)-torn]
	if known.size == 0 || len(verdicts) > 0 {
		half := bytes.TrimSpace(data[len(whole):])
		l.foreign[name] = len(verdicts) == 0 && (len(bytes.TrimSpace(whole)) > 0 || len(half) > 0 && half[0] != '{')
	}
	l.read[name] = mark{known.size + int64(len(whole)), info}
	return nil
}
