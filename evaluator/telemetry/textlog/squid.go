package textlog

import (
	"errors"
	"strings"

	"github.com/socctl/socctl/evaluator"
)

// Access logs of Squid in its native format:
//
//	TIME ELAPSED CLIENT RESULT/STATUS BYTES METHOD URL USER HIERARCHY/PEER TYPE
//
// https://wiki.squid-cache.org/Features/LogFormat

func newSquid(*Options) parser { return single{claimsSquid, readSquid} }

// claimsSquid wants seconds with milliseconds, a duration, an address and a
// result with a status.
func claimsSquid(line string) bool {
	if !isDigit(line[0]) {
		return false
	}
	time, rest := cutWord(line)
	seconds, fraction, ok := strings.Cut(time, ".")
	if !ok || len(seconds) < 9 || digits(seconds) != len(seconds) || digits(fraction) != len(fraction) {
		return false
	}
	elapsed, rest := cutWord(rest)
	client, rest := cutWord(rest)
	result, _ := cutWord(rest)
	code, status, ok := strings.Cut(result, "/")
	return ok && client != "" && digits(strings.TrimPrefix(elapsed, "-")) > 0 && len(status) == 3 && digits(status) == 3 &&
		strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == "" && code != ""
}

func readSquid(line string) ([]evaluator.Member, error) {
	if !claimsSquid(line) {
		return nil, errors.New("no line of Squid: found no TIME ELAPSED CLIENT RESULT/STATUS")
	}
	words := strings.Fields(line)
	members := make([]evaluator.Member, 0, 16)
	members = append(members, text(dataset, "squid.access"))
	for i, name := range [...]string{"timestamp", "time-taken", "c-ip", "result", "sc-bytes", "cs-method", "c-uri", "cs-username", "peer", "rs(Content-Type)"} {
		switch {
		case i >= len(words):
		case name == "result":
			code, status, _ := strings.Cut(words[i], "/")
			members = appendNumber(append(members, text("result", code)), "sc-status", status)
		case name == "c-uri":
			members = appendProxied(members, words[i])
		case name == "time-taken" || name == "sc-bytes":
			members = appendNumber(members, name, words[i])
		default:
			members = appendText(members, name, words[i])
		}
	}
	return members, nil
}

// appendProxied adds the URL that a proxy was asked for, and its host; the
// request of CONNECT has no more than that.
func appendProxied(members []evaluator.Member, url string) []evaluator.Member {
	members = appendText(members, "c-uri", url)
	host := url
	if _, rest, ok := strings.Cut(url, "://"); ok {
		host = rest
	}
	if i := strings.IndexAny(host, "/?"); i >= 0 {
		host = host[:i]
	}
	if i := strings.LastIndexByte(host, ':'); i > 0 && digits(host[i+1:]) == len(host)-i-1 {
		host = host[:i]
	}
	return appendText(members, "r-dns", host)
}
