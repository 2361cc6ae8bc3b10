package lsp

import (
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
)

var drive = regexp.MustCompile(`^/[A-Za-z]:`)

// pathOf returns the absolute path of a file, with forward slashes, and the URI
// itself for what is no file, such as a text that was never saved.
func pathOf(uri string) string {
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "file" {
		return uri
	}
	p := u.Path
	if drive.MatchString(p) {
		p = strings.ToUpper(p[1:2]) + p[2:]
	}
	return filepath.ToSlash(filepath.Clean(filepath.FromSlash(p)))
}

// isFile reports whether a path of pathOf is one.
func isFile(p string) bool { return filepath.IsAbs(filepath.FromSlash(p)) }

// uriOf returns the URI of a path.
func uriOf(p string) string {
	if !isFile(p) {
		return p
	}
	if !strings.HasPrefix(p, "/") {
		p = "/" + p
	}
	return (&url.URL{Scheme: "file", Path: p}).String()
}

// inside reports whether a path is a folder or lies below it.
func inside(p, folder string) bool {
	folder = strings.TrimSuffix(folder, "/")
	return p == folder || strings.HasPrefix(p, folder+"/")
}
