package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/socctl/socctl/bench/internal/synth"
)

const about = `synth writes SYNTHETIC telemetry: recordings grown into days of a fleet whose
truth is known. It is for volume, cost and budgets. Figures measured on it are
never evidence for tuning rules.

`

// options are the flags.
type options struct {
	source synth.Source
	fleet  synth.Options
	out    string
	truth  string
	stats  string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "synth:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parse(args, stderr)
	if err != nil {
		return err
	}
	if o.stats != "" {
		return repeats(ctx, stdout, o.stats)
	}
	begin := time.Now()
	library, err := synth.Load(ctx, o.source)
	if err != nil {
		return err
	}
	fmt.Fprintf(stderr, "read the recordings in %.1f s: %s\n", time.Since(begin).Seconds(), library.Summary())
	begin = time.Now()
	size, err := o.write(ctx, library)
	if err != nil {
		return err
	}
	took := time.Since(begin).Seconds()
	fmt.Fprintf(stderr, "wrote %d synthetic events, %d MB, in %.1f s: %.0f events/s\n", o.fleet.Events, size/1_000_000, took, float64(o.fleet.Events)/took)
	fmt.Fprintf(stderr, "%s\n%s\n", o.out, o.truth)
	return nil
}

func parse(args []string, stderr io.Writer) (*options, error) {
	o := &options{}
	flags := flag.NewFlagSet("synth", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprint(stderr, about)
		flags.PrintDefaults()
	}
	flags.StringVar(&o.source.Data, "data", os.Getenv("SOCCTL_DATA"), "`folder` of recordings and public rules (default $SOCCTL_DATA)")
	flags.StringVar(&o.source.Rules, "rules", "", "`folder` or archive of rules that tell background from attacks (default: the public rules of -data)")
	flags.IntVar(&o.fleet.Days, "days", 14, "how long the fleet lives")
	flags.IntVar(&o.fleet.Hosts, "hosts", 200, "how many machines it has")
	flags.Uint64Var(&o.fleet.Seed, "seed", 7, "same seed, data and flags, same bytes")
	flags.Int64Var(&o.fleet.Events, "events", 1_000_000, "how many events to write, attacks and noise included")
	flags.IntVar(&o.fleet.Episodes, "episodes", -1, "how many attacks (default two a day)")
	share(flags, &o.fleet.Noise, "noise", synth.DefaultNoise, "share of events that satisfy a rule and one of its exclusions")
	share(flags, &o.fleet.Chatter, "chatter", synth.DefaultChatter, "share of events that only rules of low levels match")
	share(flags, &o.fleet.Software, "software", synth.DefaultSoftware, "share of events of software that is rolled out")
	flags.Func("start", "first day, a `date` such as 2026-03-02 (the default)", func(text string) (err error) {
		o.fleet.Start, err = time.Parse(time.DateOnly, text)
		return err
	})
	flags.StringVar(&o.out, "out", "", "`file` for the events, compressed if its name ends in .zst")
	flags.StringVar(&o.truth, "truth", "", "`file` for the truth (default: beside the events)")
	flags.StringVar(&o.stats, "stats", "", "read a `file` of events instead, and print how often values repeat")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	return o, o.check(flags.NArg())
}

// share defines a flag for a share of all events, kept in millionths.
func share(flags *flag.FlagSet, into *int64, name string, millionths int64, usage string) {
	*into = millionths
	flags.Func(name, fmt.Sprintf("%s, from 0 to 1 (default %g)", usage, float64(millionths)/1e6), func(text string) error {
		var f float64
		if _, err := fmt.Sscan(text, &f); err != nil || f < 0 || f > 1 {
			return errors.New("a share is a number from 0 to 1")
		}
		*into = int64(f*1e6 + 0.5)
		return nil
	})
}

func (o *options) check(more int) error {
	switch {
	case more > 0:
		return errors.New("only flags are known")
	case o.stats != "":
		return nil
	case o.source.Data == "":
		return errors.New("no folder of recordings: name it with -data")
	case o.out == "":
		return errors.New("no file for the events: name it with -out")
	}
	if o.truth == "" {
		o.truth = strings.TrimSuffix(strings.TrimSuffix(o.out, ".zst"), ".ndjson") + ".truth.ndjson"
	}
	if o.fleet.Episodes < 0 {
		o.fleet.Episodes = 2 * o.fleet.Days
	}
	return nil
}

// write writes events and truth, both or neither, and returns the size of the
// events before compression.
func (o *options) write(ctx context.Context, l *synth.Library) (int64, error) {
	var truth *synth.Truth
	var size counter
	err := create(o.out, func(w io.Writer) (err error) {
		truth, err = l.Write(ctx, io.MultiWriter(w, &size), o.fleet)
		return err
	})
	if err != nil {
		return 0, err
	}
	if err := create(o.truth, truth.Write); err != nil {
		return 0, errors.Join(err, os.Remove(o.out))
	}
	return int64(size), nil
}

type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

// create writes a file completely or not at all.
func create(path string, fill func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	err = errors.Join(compressed(path, f, fill), f.Chmod(0o644), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		err = errors.Join(err, os.Remove(f.Name()))
	}
	return err
}

// compressed fills a file. The compressor works beside what fills it; its bytes do
// not depend on how many goroutines it has.
func compressed(path string, f io.Writer, fill func(io.Writer) error) error {
	if !strings.HasSuffix(path, ".zst") {
		return fill(f)
	}
	out := bufio.NewWriterSize(f, 1<<20)
	z, err := zstd.NewWriter(out, zstd.WithEncoderConcurrency(2), zstd.WithEncoderLevel(zstd.SpeedFastest))
	if err != nil {
		return err
	}
	return errors.Join(fill(z), z.Close(), out.Flush())
}
