package synth

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/socctl/socctl/bench/internal/rulefiles"
	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/telemetry"
)

// Source says where templates come from.
type Source struct {
	Data  string // folder of recordings
	Rules string // folder or archive of rules; "" for the public ones of the data
	// Only are the beginnings of names of recordings; empty for all. It makes tests
	// quick.
	Only []string
}

// Library is what was learned from recordings. It depends on the data and the
// rules alone, and many fleets can be grown from it.
type Library struct {
	Program *compiler.Program

	pools    [roles]pool // background by role
	noise    []noise
	episodes []attack
	chatter  []chatter
	software []release
	jobs     []template
	channels map[string]uint64
	dropped  int // templates that did not behave as their originals
}

// Load reads recordings. What cannot be read is passed over: some recordings end
// early.
func Load(ctx context.Context, s Source) (*Library, error) {
	if s.Rules == "" {
		s.Rules = filepath.Join(s.Data, filepath.FromSlash(rulefiles.Public))
	}
	program, err := Rules(s.Rules)
	if err != nil {
		return nil, err
	}
	files, err := s.files()
	if err != nil {
		return nil, err
	}
	l := newLoader(program, s.Data)
	for _, file := range files {
		if err := l.read(ctx, file); err != nil {
			return nil, err
		}
	}
	return l.finish()
}

// files are the recordings: those of machines, and of clouds those that are in one
// form. The background cut out of the former is left out, as it repeats them.
func (s Source) files() (out []string, err error) {
	for _, pattern := range []string{"windows-json/*.ndjson.zst", "cloud/aws/invictus-ir/*.json", "cloud/aws/stratus-red-team/*.json"} {
		files, err := filepath.Glob(filepath.Join(s.Data, filepath.FromSlash(pattern)))
		if err != nil {
			return nil, err
		}
		slices.Sort(files)
		out = append(out, files...)
	}
	if len(s.Only) > 0 {
		out = slices.DeleteFunc(out, func(file string) bool {
			return !slices.ContainsFunc(s.Only, func(begin string) bool { return strings.HasPrefix(filepath.Base(file), begin) })
		})
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("no recordings windows-json/*.ndjson.zst or cloud/aws/*/*.json below %s", s.Data)
	}
	return out, nil
}

// loader is one run of Load.
type loader struct {
	library    *Library
	judge      *judge
	recordings []*recording
	background reservoir
	chatty     map[int32]int // lines of chatter by rule
	table      fieldTable
	facts      facts
	techniques map[string][]string
	root       string
}

// recording is one file.
type recording struct {
	source     string // below the root, with slashes
	techniques []string
	profile    *profile
	found      []found
	kept       map[int32]int // of found, by rule
	cutters    map[int16]*cutter
}

func newLoader(program *compiler.Program, root string) *loader {
	return &loader{library: &Library{Program: program, channels: map[string]uint64{}}, judge: newJudge(program),
		background: reservoir{kinds: map[kindKey]*kind{}}, chatty: map[int32]int{}, table: fieldTable{}, techniques: techniques(root), root: root}
}

func (l *loader) read(ctx context.Context, file string) error {
	source, err := filepath.Rel(l.root, file)
	if err != nil {
		return err
	}
	source = filepath.ToSlash(source)
	r := &recording{source: source, techniques: l.techniques[source], profile: newProfile(), kept: map[int32]int{}, cutters: map[int16]*cutter{}}
	l.recordings = append(l.recordings, r)
	for record, err := range telemetry.Read(ctx, []string{file}, telemetry.ReadOptions{Raw: true}) {
		if err == nil {
			l.record(r, record)
		}
	}
	return ctx.Err()
}

func (l *loader) record(r *recording, record telemetry.Record) {
	matched, err := l.judge.match(record)
	if errors.Is(err, telemetry.ErrNotPlain) {
		for inner, err := range l.judge.stream.Reread(record) {
			if err == nil {
				l.record(r, inner)
			}
		}
		return
	}
	if err != nil {
		return
	}
	line := record.Raw
	if line == nil {
		line = record.Value.AppendJSON(nil)
	}
	l.line(r, line, matched)
	record.Release()
}

// line takes an event into the background if no rule matches it, else into what was
// found.
func (l *loader) line(r *recording, line []byte, matched []int32) {
	l.facts.read(line, l.table)
	host := r.profile.learn(&l.facts)
	of := cloud
	if host >= 0 {
		of = r.profile.hosts[host].role
	} else if !strings.HasPrefix(r.source, "cloud/") {
		return // of no machine
	}
	if len(line) > maxLine {
		return
	}
	if len(matched) > 0 {
		l.keep(r, line, host, matched)
		return
	}
	k := l.background.kind(&l.facts, of)
	if !l.background.wants(k, int32(len(l.recordings)-1)) {
		return
	}
	if at, ok := l.judge.time(); ok {
		l.library.channel(k.channel)
		l.background.add(k, sampled{slices.Clone(line), at.UnixNano(), host})
	}
}

// maxChannels is how many channels number their records apart.
const maxChannels = 48

func (l *Library) channel(name string) {
	if _, ok := l.channels[name]; !ok && len(l.channels) < maxChannels-1 {
		l.channels[name] = uint64(len(l.channels) + 1)
	}
}

func (l *loader) cutter(r *recording, anchor int16) *cutter {
	c := r.cutters[anchor]
	if c == nil {
		c = newCutter(r.profile, anchor, l.library.channels)
		r.cutters[anchor] = c
	}
	return c
}

func (l *loader) finish() (*Library, error) {
	kinds := l.background.sorted()
	l.fillPools(kinds)
	if len(l.library.pools[workstation].kinds) == 0 {
		return nil, errors.New("the recordings hold no event of a workstation that could be background")
	}
	l.fillEpisodes()
	l.fillChatter()
	m := newMaker(l, kinds)
	m.makeSoftware()
	m.makeNoise()
	return l.library, nil
}
