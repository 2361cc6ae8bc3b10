package policy

import (
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// removed are built-ins that checks do not get, besides those whose result
// depends on more than their arguments. Some reach out of the process, and some
// make much out of nothing.
var removed = []string{"json.match_schema", "json.verify_schema", // their references lead to files
	"http.send", "opa.runtime", "rego.parse_module", "rego.metadata.chain", "rego.metadata.rule",
	"trace", "numbers.range", "numbers.range_step", "bits.lsh", "strings.render_template", "graphql.", "net.lookup_ip_addr", "io.jwt.", "crypto.x509.",
	"providers.aws.", "time.now_ns", "rand.intn", "uuid.rfc4122"}

// allowed are the capabilities of checks; their tests may print besides.
func allowed(tests bool) *ast.Capabilities {
	c := ast.CapabilitiesForThisVersion()
	c.AllowNet = []string{}
	c.Builtins = slices.DeleteFunc(c.Builtins, func(b *ast.Builtin) bool {
		if b.Name == "print" || b.Name == "internal.print" {
			return !tests
		}
		return b.Nondeterministic || isRemoved(b.Name)
	})
	return c
}

func isRemoved(name string) bool {
	return slices.ContainsFunc(removed, func(r string) bool { return name == r || strings.HasSuffix(r, ".") && strings.HasPrefix(name, r) })
}

// forbidden reports whether OPA has a built-in that checks do not get.
func forbidden(name string) bool {
	name, _, _ = strings.Cut(name, " ")
	return slices.ContainsFunc(ast.CapabilitiesForThisVersion().Builtins, func(b *ast.Builtin) bool { return b.Name == name }) &&
		!slices.ContainsFunc(allowed(false).Builtins, func(b *ast.Builtin) bool { return b.Name == name })
}
