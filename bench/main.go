// Command bench measures socctl against other engines, side by side: the same
// events, the same rules, one session. It writes docs/performance.md.
//
//	go run ./bench                          all lanes and engines, as a page on standard output
//	go run ./bench -out docs/performance.md the page in its place
//	go run ./bench -lanes fleet -engines socctl,library -format json
//	go run ./bench -parts growth,cores      what more rules cost, and what more cores gain
//	go run ./bench -compare main            this tree against a revision; exit 1 if it is slower
//
// The parts of a run are engines, side by side on all lanes; growth, which has
// four and ten times the rules evaluated, on the lanes fleet and recordings unless
// others are named; cores, which gives the command line more workers; and recorded,
// which replays recorded telemetry of more and more events, and with more rules.
//
// Engines that are programs are taken from the PATH, or from where -bin says.
// Other engines in Go are in bench/peers, a module of its own that is built when
// it is needed: nobody who imports socctl has them in the module graph. Every
// engine is measured in a process of its own.
//
// What is generated or built is kept below the user's cache folder, or -work.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/socctl/socctl/bench/internal/agree"
	"github.com/socctl/socctl/bench/internal/lanes"
	"github.com/socctl/socctl/bench/internal/page"
	"github.com/socctl/socctl/bench/internal/worker"
)

// options are the flags.
type options struct {
	lanes, engines []string
	parts          []string
	events, few    int
	runs           int
	rules, data    string
	work           string
	out, format    string
	bins           map[string]string
	strict         bool
	from           []string
	replay         []string

	compare   string
	measure   string
	threshold float64
}

func main() {
	if len(os.Args) == 3 && os.Args[1] == "worker" {
		exit(work(os.Args[2]))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

func exit(err error) {
	if err == nil || errors.Is(err, flag.ErrHelp) {
		os.Exit(0)
	}
	fmt.Fprintln(os.Stderr, "bench:", err)
	os.Exit(1)
}

// work does one job and writes the report: it is what the benchmark runs itself for.
func work(text string) error {
	var job worker.Job
	if err := json.Unmarshal([]byte(text), &job); err != nil {
		return err
	}
	do := worker.RunFloor
	switch job.Engine {
	case "library":
		do = worker.Socctl
	case "loading":
		do = worker.Load
	case "output":
		do = worker.Output
	}
	r, err := do(job)
	if err != nil {
		return err
	}
	return r.Write(os.Stdout)
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parse(args, stderr)
	if err != nil {
		return err
	}
	s, err := newShop(o, stderr)
	if err != nil {
		return err
	}
	if o.compare != "" {
		return s.compareWith(ctx, stdout)
	}
	result, err := s.result(ctx, args)
	if result != nil && !result.Empty() {
		err = errors.Join(err, write(o, result, stdout))
	}
	if err != nil {
		return err
	}
	if n := len(page.Unexplained(result)); n > 0 && o.strict {
		return fmt.Errorf("%d differences of matches are unexplained", n)
	}
	return nil
}

// result measures, or reads what was measured before and explains differences
// with the table of reasons of today.
func (s *shop) result(ctx context.Context, args []string) (*page.Result, error) {
	if len(s.from) == 0 {
		r, err := s.measure(ctx)
		if r != nil {
			r.Command = "go run ./bench " + strings.Join(args, " ")
		}
		return r, err
	}
	var all []*page.Result
	for _, path := range s.from {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		r := &page.Result{}
		if err := json.Unmarshal(text, r); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		all = append(all, r)
	}
	r := page.Merge(all...)
	r.Command += "\n$ go run ./bench " + strings.Join(args, " ")
	for _, l := range r.Lanes {
		for _, row := range l.Rows {
			for i, d := range row.Differences {
				row.Differences[i].Reason = agree.Again(row.Engine, d, string(s.texts[d.Rule]))
			}
		}
	}
	return r, nil
}

func parse(args []string, stderr io.Writer) (*options, error) {
	o := &options{bins: map[string]string{}}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	list := func(into *[]string, name, usage string) {
		flags.Func(name, usage, func(text string) error {
			*into = append(*into, strings.Split(text, ",")...)
			return nil
		})
	}
	list(&o.lanes, "lanes", "`names` of lanes, separated by commas (default all): "+strings.Join(laneNames(), ", "))
	list(&o.engines, "engines", "`names` of engines, separated by commas (default all but those that are slower modes of others): "+strings.Join(engineNames(), ", "))
	list(&o.parts, "parts", "`names` of what to measure, separated by commas: engines, growth, cores and recorded (default all)")
	flags.IntVar(&o.events, "events", 20_000, "events of a lane at most; lanes whose events take little time have two to four times as many")
	flags.IntVar(&o.few, "few", 600, "events for engines that are too slow for a whole lane, unless these take less than a quarter of a second; a sixth of them for those that try every rule")
	flags.IntVar(&o.runs, "runs", 3, "how often everything is measured")
	flags.StringVar(&o.rules, "rules", "", "folder of rules (default: the public rules of -data)")
	flags.StringVar(&o.data, "data", os.Getenv("SOCCTL_DATA"), "folder of recordings and public rules (default: $SOCCTL_DATA, or shared/data beside the repository)")
	flags.StringVar(&o.work, "work", "", "folder for what is generated and built (default: in the user's cache folder)")
	flags.StringVar(&o.out, "out", "", "`file` to write (default: standard output)")
	flags.StringVar(&o.format, "format", "table", "table, json, or svg: a picture of the part recorded")
	list(&o.from, "from", "render `files` of -format json instead of measuring; later ones add engines to the first")
	list(&o.replay, "replay", "`files`, such as those of bench/synth, that the part recorded records and replays whole, instead of lanes if none are named")
	flags.BoolVar(&o.strict, "strict", false, "fail if a difference of matches is unexplained")
	flags.StringVar(&o.compare, "compare", "", "compare this tree with a `revision` of it instead")
	flags.StringVar(&o.measure, "measure", "auto", "with -compare: cpu, instructions, or auto: instructions where they can be counted")
	flags.Float64Var(&o.threshold, "threshold", 1.10, "with -compare: how many times the work of the revision is too much")
	flags.Func("bin", "where a program is, as `name=path`", func(text string) error {
		name, path, ok := strings.Cut(text, "=")
		if !ok {
			return errors.New("write it as name=path")
		}
		o.bins[name] = path
		return nil
	})
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	return o, o.check(flags.NArg())
}

// check completes the options, or says what is wrong with them.
func (o *options) check(more int) error {
	if more > 0 {
		return errors.New("only flags are known")
	}
	if !slices.Contains([]string{"table", "json", "svg"}, o.format) {
		return fmt.Errorf("unknown format %q: there are table, json and svg", o.format)
	}
	if o.runs < 1 || o.events < 1 || o.few < 1 {
		return errors.New("-runs, -events and -few are at least 1")
	}
	if !slices.Contains([]string{"auto", "cpu", "instructions"}, o.measure) {
		return fmt.Errorf("unknown measure %q: there are auto, cpu and instructions", o.measure)
	}
	var known []string
	for _, p := range parts() {
		known = append(known, p.name)
	}
	if err := among(o.parts, known, "part"); err != nil {
		return err
	}
	if err := among(o.lanes, laneNames(), "lane"); err != nil {
		return err
	}
	return among(o.engines, engineNames(), "engine")
}

func laneNames() (names []string) {
	for _, l := range lanes.All() {
		names = append(names, l.Name)
	}
	return names
}

func engineNames() (names []string) {
	for _, e := range engines() {
		names = append(names, e.name)
	}
	return names
}

func among(names, known []string, what string) error {
	for _, name := range names {
		if !slices.Contains(known, name) {
			return fmt.Errorf("no %s %q: there are %s", what, name, strings.Join(known, ", "))
		}
	}
	return nil
}

func write(o *options, r *page.Result, stdout io.Writer) error {
	w := stdout
	if o.out != "" {
		f, err := os.Create(filepath.Clean(o.out))
		if err != nil {
			return err
		}
		defer f.Close()
		w = f
	}
	out := bufio.NewWriter(w)
	if o.format == "json" {
		enc := json.NewEncoder(out)
		enc.SetIndent("", "  ")
		if err := enc.Encode(r); err != nil {
			return err
		}
		return out.Flush()
	}
	if o.format == "svg" {
		picture, err := page.Plot(r)
		if err != nil {
			return err
		}
		_, _ = out.WriteString(picture)
		return out.Flush()
	}
	if err := page.Render(out, r); err != nil {
		return err
	}
	return out.Flush()
}
