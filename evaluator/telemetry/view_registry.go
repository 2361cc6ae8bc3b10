package telemetry

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/rules/logsource"
)

// registryPath joins key and value name, and abbreviates the root as users do.
func (v *viewEvent) registryPath(s *logsource.Source) (evaluator.Value, bool) {
	key, ok := v.sourceField(s, s.From[0])
	if !ok {
		return key, false
	}
	text := registryKey(key.Text())
	for _, name := range s.From[1:] {
		if value, ok := v.sourceField(s, name); ok {
			text += `\` + value.Text()
		}
	}
	return evaluator.StringValue(text), true
}

func registryKey(key string) string {
	for _, root := range [...]struct{ kernel, short string }{
		{`\REGISTRY\MACHINE`, "HKLM"}, {`\REGISTRY\USER`, "HKU"}, {"HKEY_LOCAL_MACHINE", "HKLM"}, {"HKEY_USERS", "HKU"}, {"HKLM", "HKLM"},
	} {
		n := len(root.kernel)
		if len(key) >= n && strings.EqualFold(key[:n], root.kernel) && (len(key) == n || key[n] == '\\') {
			return currentControlSet(root.short + key[n:])
		}
	}
	return key
}

func currentControlSet(key string) string {
	const prefix = `HKLM\SYSTEM\ControlSet00`
	n := len(prefix)
	if len(key) > n && strings.EqualFold(key[:n], prefix) && (len(key) == n+1 || key[n+1] == '\\') {
		return `HKLM\System\CurrentControlSet` + key[n+1:]
	}
	return key
}

// registryData writes data as Sysmon does, by the type ids of audit events.
func (v *viewEvent) registryData(s *logsource.Source) (evaluator.Value, bool) {
	value, ok := v.sourceField(s, s.From[0])
	if !ok || len(s.From) < 2 {
		return value, ok
	}
	kind, _ := v.origin(s.From[1])
	text := value.Text()
	switch kind.Text() {
	case "%%1875": // REG_BINARY
		text = "Binary Data"
	case "%%1876": // REG_DWORD
		if n, err := strconv.ParseUint(decimal(text), 10, 32); err == nil {
			text = fmt.Sprintf("DWORD (0x%08x)", n)
		}
	case "%%1883": // REG_QWORD
		if n, err := strconv.ParseUint(decimal(text), 10, 64); err == nil {
			text = fmt.Sprintf("QWORD (0x%08x-0x%08x)", n>>32, n&0xffffffff)
		}
	}
	return evaluator.StringValue(text), true
}
