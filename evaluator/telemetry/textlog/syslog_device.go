package textlog

import (
	"strings"

	"github.com/socctl/socctl/evaluator"
)

// device is what network devices put into the text of their messages.
type device struct {
	facility  string // of Cisco: %FACILITY-SEVERITY-MNEMONIC
	module    string // of Huawei and H3C: %%01MODULE/SEVERITY/MNEMONIC
	severity  string // a digit
	mnemonic  string
	sequence  string
	timestamp string // of the device, behind the collector's
}

// readDevice reads the header of a message of a network device. What stands
// before the mnemonic differs between makers, releases and collectors: times,
// a sequence number, the host, the process, in any order, with or without
// colons. False means that there is no mnemonic near the start.
func (h *header) readDevice(s string) bool {
	const window = 256 // bytes in which the mnemonic must start
	for at := 0; ; at++ {
		next := strings.IndexByte(s[min(at, len(s)):min(len(s), window)], '%')
		if next < 0 {
			return false
		}
		at += next
		if at > 0 && s[at-1] != ' ' && s[at-1] != ':' {
			continue
		}
		if d, ok := mnemonicAt(s[at:]); ok {
			h.device, h.message = d, s[at:]
			h.beforeMnemonic(s[:at])
			return true
		}
	}
}

func mnemonicAt(s string) (device, bool) {
	if strings.HasPrefix(s, "%%") {
		return huaweiMnemonic(s[2:])
	}
	return ciscoMnemonic(s[1:])
}

// ciscoMnemonic reads FACILITY-SEVERITY-MNEMONIC with a colon behind, in which
// the facility may have dashes: IP-TCP-3-BADAUTH, SEC_LOGIN-5-LOGIN_SUCCESS.
func ciscoMnemonic(s string) (device, bool) {
	n, severity := 0, 0
	for n < len(s) && n < 96 && (s[n] >= 'A' && s[n] <= 'Z' || isDigit(s[n]) || s[n] == '_' || s[n] == '-') {
		if n >= 2 && s[n] == '-' && s[n-1]-'0' <= 7 && s[n-2] == '-' {
			severity = n - 1
		}
		n++
	}
	colon := strings.HasPrefix(s[n:], ":") || strings.HasPrefix(s[n:], " :")
	if !colon || severity < 2 || severity+2 >= n {
		return device{}, false
	}
	return device{facility: s[:severity-1], severity: s[severity : severity+1], mnemonic: s[severity+2 : n]}, true
}

// huaweiMnemonic reads 01BGP/3/BGP_AUTH_FAILED with (l) or a colon behind.
func huaweiMnemonic(s string) (device, bool) {
	module, rest, ok := strings.Cut(s[:min(len(s), 96)], "/")
	if !ok || len(module) < 3 || digits(module) < 2 || len(rest) < 3 || rest[0]-'0' > 7 || rest[1] != '/' {
		return device{}, false
	}
	n := 2
	for n < len(rest) && (isLetter(rest[n]) || isDigit(rest[n]) || rest[n] == '_') {
		n++
	}
	if n == 2 || n == len(rest) || rest[n] != '(' && rest[n] != ':' && rest[n] != '[' {
		return device{}, false
	}
	return device{module: module[2:], severity: rest[:1], mnemonic: rest[2:n]}, true
}

// beforeMnemonic takes apart what stands in front of the mnemonic.
func (h *header) beforeMnemonic(s string) {
	for {
		s = strings.TrimLeft(s, " :")
		if s == "" {
			return
		}
		if n := stamp(s); n > 0 {
			if h.timestamp == "" {
				h.timestamp = s[:n]
			} else {
				h.device.timestamp = s[:n]
			}
			s = s[n:]
			continue
		}
		word, rest := cutWord(s)
		if node, behind, ok := strings.Cut(s, ":"); ok && strings.Contains(node, "/CPU") && stamp(behind) > 0 {
			word, rest = node, behind // IOS XR: RP/0/RP0/CPU0:Oct 11 …
		}
		h.deviceWord(strings.TrimRight(word, ":"))
		s = rest
	}
}

func (h *header) deviceWord(word string) {
	switch program, pid, bracket := strings.Cut(word, "["); {
	case word == "":
	case digits(word) == len(word):
		h.device.sequence = word
	case bracket && strings.HasSuffix(pid, "]"):
		h.program, h.pid = program, strings.TrimSuffix(pid, "]")
	case h.host == "":
		h.host = word
	case h.program == "":
		h.program = word
	}
}

// appendTo adds the device's own members.
func (d *device) appendTo(members []evaluator.Member) []evaluator.Member {
	members = appendText(members, "facility", d.facility)
	members = appendText(members, "module", d.module)
	members = append(members, text("severity", severities[d.severity[0]-'0']), text("mnemonic", d.mnemonic))
	members = appendText(members, "sequence", d.sequence)
	return appendText(members, "device_timestamp", d.timestamp)
}
