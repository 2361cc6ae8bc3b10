package main

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/socctl/socctl/cmd/socctl/internal/report"
)

// checkFormats sees to it that what a program is to read stands alone. texts are
// those of the formats that may follow each other.
func checkFormats(command string, formats, known, texts []string) error {
	written := map[string]string{} // format by file, "" for standard output
	for _, format := range formats {
		name, path, toFile := strings.Cut(format, "=")
		if !slices.Contains(known, name) || toFile && path == "" {
			return usageError("unknown format %q: %s knows %s", format, command, strings.Join(known, ", "))
		}
		other, taken := written[path]
		switch {
		case taken && toFile:
			return usageError("%s and %s cannot both be written to %s", other, name, path)
		case taken && !(slices.Contains(texts, name) && slices.Contains(texts, other)):
			return usageError("%s and %s cannot both go to standard output: write one to a file, as in -f %s=FILE", other, name, name)
		}
		written[path] = name
	}
	return nil
}

// write writes a result in every format, to standard output or to the file behind =.
// One file that cannot be written does not keep the rest from being told.
func (c *cli) write(formats []string, one func(w io.Writer, s report.Style, format string) error) error {
	var failed error
	for _, format := range formats {
		name, path, toFile := strings.Cut(format, "=")
		if !toFile {
			if err := one(c.stdout, c.out(), name); !outputFailed(c.stdout) {
				failed = errors.Join(failed, err)
			}
			continue
		}
		var b bytes.Buffer
		if err := one(&b, report.Style{}, name); err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		failed = errors.Join(failed, replaceFile(path, b.Bytes()))
	}
	if failed != nil {
		return &exitError{exitUnreadable, failed}
	}
	return nil
}
