package textlog

import (
	"fmt"
	"slices"
	"strings"

	"github.com/socctl/socctl/evaluator"
)

// Format is one way in which programs write lines of text.
type Format struct {
	Name  string // what users type, for example "syslog"
	Title string // for people
	new   func(*Options) parser
	asked bool // only read if the user asks for it: its lines cannot be told from others
	inner bool // cannot be asked for: as a format of a whole source it is another reader's
}

// parser reads the lines of one format in one source. It may keep what earlier
// lines said: a header, or the parts of an event that is not complete yet.
type parser interface {
	// claims reports whether a line looks like this format. It is cheap, and it
	// changes nothing.
	claims(line string) bool
	// line reads a line that it claims, or any line if the user chose the format.
	// It emits none (a header, a comment, a part), one or several records. An
	// error means that the line is not understood; nothing of it is emitted.
	line(line string, emit emitter) error
	// flush emits what was waiting for further lines.
	flush(emit emitter)
}

type emitter func(evaluator.Value)

// formats in the order in which they are tried on a line: those that can be
// told for certain come first.
var formats = []Format{
	{Name: "json", Title: "JSON objects between lines of other formats", new: newObjects, inner: true},
	{Name: "zeek", Title: "tables of Zeek", new: newZeek},
	{Name: "auditd", Title: "logs of the Linux audit daemon", new: newAuditd},
	{Name: "cef", Title: "ArcSight Common Event Format", new: newCEF},
	{Name: "leef", Title: "QRadar Log Event Extended Format", new: newLEEF},
	{Name: "w3c", Title: "W3C extended logs: IIS, Exchange, proxies", new: newW3C},
	{Name: "access", Title: "access logs of Apache, nginx and others: common, combined", new: newAccess},
	{Name: "apache-error", Title: "error logs of Apache", new: newApacheError},
	{Name: "nginx-error", Title: "error logs of nginx", new: newNginxError},
	{Name: "squid", Title: "access logs of Squid in its own format", new: newSquid},
	{Name: "paloalto", Title: "logs of Palo Alto firewalls", new: newPaloAlto},
	{Name: "daemon", Title: "log files of vsftpd and ClamAV", new: newDaemon},
	{Name: "syslog", Title: "syslog, with or without a format inside: RFC 3164, RFC 5424, Cisco, Huawei", new: newSyslog},
	{Name: "keyvalue", Title: "key=value pairs: FortiGate, logfmt", new: newKeyValue},
	{Name: "csv", Title: "tables with a header: CSV, TSV", new: newCSV},
	{Name: "lines", Title: "any text, one event a line", new: newPlain, asked: true},
}

// Formats returns the formats in the order in which they are tried on a line.
// The last ones are only read on request.
func Formats() []Format {
	return slices.DeleteFunc(slices.Clone(formats), func(f Format) bool { return f.inner })
}

// Find returns the format of that name; the error names those that there are.
func Find(name string) (*Format, error) {
	var names []string
	for _, f := range Formats() {
		if f.Name == name {
			return &f, nil
		}
		names = append(names, f.Name)
	}
	return nil, fmt.Errorf("unknown format %q: there are %s", name, strings.Join(names, ", "))
}
