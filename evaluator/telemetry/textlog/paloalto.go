package textlog

import (
	"errors"
	"strings"

	"github.com/socctl/socctl/evaluator"
)

// Logs of Palo Alto firewalls: columns between commas without a header, whose
// meaning depends on the fourth, the type. Names are those of the vendor's
// "Syslog Field Descriptions" for PAN-OS; columns behind the named ones are
// kept under their number.

func newPaloAlto(*Options) parser { return single{claimsPaloAlto, readPaloAlto} }

// paloAltoHead are the columns of every type.
const paloAltoHead = "future_use1 receive_time serial type subtype future_use2 time_generated"

// paloAltoSession are the columns that traffic and threats share.
const paloAltoSession = ` src_ip dst_ip nat_src nat_dst rule src_user dst_user app vsys from to inbound_if outbound_if log_action
	future_use3 session_id repeat_count src_port dst_port nat_src_port nat_dst_port flags proto action`

var paloAltoFields = map[string][]string{
	"TRAFFIC": strings.Fields(paloAltoHead + paloAltoSession + ` bytes bytes_sent bytes_received packets start elapsed category`),
	"THREAT":  strings.Fields(paloAltoHead + paloAltoSession + ` misc threat_id category severity direction`),
	"CONFIG":  strings.Fields(paloAltoHead + ` host vsys command admin client result path before_change_detail after_change_detail`),
	"SYSTEM":  strings.Fields(paloAltoHead + ` vsys event_id object future_use3 future_use4 module severity message`),
	"GLOBALPROTECT": strings.Fields(paloAltoHead + ` vsys event_id stage auth_method tunnel_type src_user src_region machine_name public_ip
		public_ipv6 private_ip private_ipv6 host_id serial_number client_version client_os client_os_version repeat_count reason
		error description status`),
}

func claimsPaloAlto(line string) bool {
	_, kind := paloAltoType(line)
	return kind != ""
}

// paloAltoType reads the columns up to the type. The third one, the serial
// number, and the second, a time, tell the format.
func paloAltoType(line string) (time, kind string) {
	first, rest, ok := strings.Cut(line, ",")
	if !ok || len(first) > 64 {
		return "", ""
	}
	time, rest, _ = strings.Cut(rest, ",")
	_, rest, _ = strings.Cut(rest, ",")
	kind, _, ok = strings.Cut(rest, ",")
	if !ok || len(time) != len("2023/10/11 14:32:52") || time[4] != '/' || time[13] != ':' || paloAltoFields[kind] == nil {
		return "", ""
	}
	return time, kind
}

func readPaloAlto(line string) ([]evaluator.Member, error) {
	_, kind := paloAltoType(line)
	if kind == "" {
		return nil, errors.New("no log of a Palo Alto firewall: found no time, serial number and known type in columns 2 to 4")
	}
	fields := paloAltoFields[kind]
	values := splitDelimited(line, ',')
	members := make([]evaluator.Member, 0, len(fields)+3)
	members = append(members, text(dataset, "panw.panos"))
	for i, value := range values {
		switch {
		case i >= len(fields):
			members = appendText(members, columnName(i), value)
		case fields[i] == "time_generated":
			members = appendText(members, "timestamp", value)
		case strings.HasSuffix(fields[i], "_port"):
			members = appendNumber(members, fields[i], value)
		case !strings.HasPrefix(fields[i], "future_use"):
			members = appendText(members, fields[i], value)
		}
	}
	return members, nil
}
