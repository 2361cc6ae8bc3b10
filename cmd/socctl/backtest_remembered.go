package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/socctl/socctl/cmd/socctl/internal/report"
	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/evaluator/backtest/recorded"
	"github.com/socctl/socctl/evaluator/record"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/config"
)

// rememberedRun is a run of a backtest as it is kept beside a recording, so that a run
// over the same rules and recordings need not even read the rules.
type rememberedRun struct {
	Result   *backtest.Result `json:"result"`
	Rejected int              `json:"rejected"`
	Code     int              `json:"code"`     // that the rules themselves make the exit code
	Problems []string         `json:"problems"` // of rules, as they are shown: without colours, and with
}

// problemStyles are those of rememberedRun.Problems.
var problemStyles = [...]report.Style{report.StyleFor(nil, "never"), report.StyleFor(nil, "always")}

// runKey identifies all that the result of a backtest depends on.
type runKey struct {
	folder string // that keeps the run; "" if none does
	paths  []string
	fixed  string // hash of all but the rules
}

// runKey returns the key of a run. Only runs over recorded telemetry alone are kept, and
// only those whose rules are all that there is to read: a comparison reads a
// repository, and pipelines may read anything.
func (c *cli) runKey(cfg *config.Config, o *backtestOptions, recordings *recorded.Replayer, options *backtest.Options) runKey {
	stream := recordings.Stream
	if o.base != "" || len(o.pipelines)+len(cfg.Pipelines)+len(cfg.Taxonomies) > 0 || len(recordings.Folders)+len(recordings.Baseline) == 0 || len(stream.Recordings)+len(stream.Baseline) > 0 {
		return runKey{}
	}
	paths, err := c.pathsOfRules(cfg, o.rules)
	if err != nil {
		return runKey{}
	}
	sum := sha256.New()
	program, err := programHash()
	if err != nil {
		return runKey{}
	}
	of := []any{program, cfg.PlaceholderValues(), stream.Normaliser.Key(), stream.Anyway, options, recordings.Folders, recordings.Baseline}
	if err := json.NewEncoder(sum).Encode(of); err != nil {
		return runKey{}
	}
	folders := slices.Concat(recordings.Folders, recordings.Baseline)
	for _, folder := range folders {
		manifest, err := os.ReadFile(filepath.Join(folder, record.ManifestName))
		if err != nil {
			return runKey{}
		}
		fmt.Fprintf(sum, "%d %x ", len(manifest), sha256.Sum256(manifest))
	}
	return runKey{folders[0], slices.Clone(paths), hex.EncodeToString(sum.Sum(nil))}
}

// of returns the key with the rules as they are now; "" if the run is not to be kept.
func (k *runKey) of() string {
	if k.folder == "" {
		return ""
	}
	hash, err := rules.HashPaths(k.paths...)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256([]byte(k.fixed + hash))
	return hex.EncodeToString(sum[:])
}

// recall returns a run that is remembered; nil if none is.
func (k *runKey) recall(key string) *rememberedRun {
	text := []byte(nil)
	if key != "" {
		text = record.Recall(k.folder, key)
	}
	run := &rememberedRun{}
	if text == nil || json.Unmarshal(text, run) != nil || run.Result == nil || len(run.Problems) != len(problemStyles) {
		return nil
	}
	return run
}

// remember keeps a run, unless it is partial, or the rules have changed while it was
// going on.
func (k *runKey) remember(key string, result *backtest.Result, head *loadedRules) {
	if key == "" || result.Partial || result.Summary.Problems > 0 || head.exitCode() == exitUnreadable || k.of() != key {
		return
	}
	run := rememberedRun{result, head.rejected(), head.exitCode(), nil}
	for _, style := range problemStyles {
		var b bytes.Buffer
		report.Diagnostics(&b, style, errorsOf(head.diags))
		run.Problems = append(run.Problems, b.String())
	}
	if text, err := json.Marshal(run); err == nil {
		record.Remember(k.folder, key, text)
	}
}

// programHash returns a hash of this program: another one may find something else.
var programHash = sync.OnceValues(func() (string, error) {
	path, err := os.Executable()
	if err != nil {
		return "", err
	}
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
})
