package lsp

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/socctl/socctl/attack"
	"github.com/socctl/socctl/compiler/pipeline"
	"github.com/socctl/socctl/rules/config"
)

// schemaNode is what completion needs of the schema of the configuration.
type schemaNode struct {
	Description string                `json:"description"`
	Properties  map[string]schemaNode `json:"properties"`
}

// schema returns the node of the configuration's schema below some keys.
func schema(path []string) schemaNode {
	var n schemaNode
	if json.Unmarshal(config.Schema(), &n) != nil {
		return schemaNode{}
	}
	for _, key := range path {
		n = n.Properties[key]
	}
	return n
}

// configuration offers what may stand in .socctl.yml.
func (c *completer) configuration() {
	if len(c.path) > 0 && c.path[0] == "lint" {
		c.lintSection(c.path[1:])
		return
	}
	switch {
	case c.inKey && !c.inItem:
		properties := schema(c.path).Properties
		for _, name := range slices.Sorted(maps.Keys(properties)) {
			c.add(kindProperty, properties[name].Description, name)
		}
	case c.key == "version" && slices.Equal(c.path, []string{"attack"}):
		c.add(kindEnum, "release of ATT&CK", attack.Releases()...)
	case c.key == "pipelines", len(c.path) > 0 && c.path[0] == "pipelines":
		c.add(kindModule, "built-in pipeline", pipeline.BuiltinNames()...)
	case c.key == "allow-missing-recordings":
		c.add(kindEnum, "", "true", "false")
	}
}

// lintSection offers what may stand in the section lint:, below the keys path.
func (c *completer) lintSection(path []string) {
	switch {
	case len(path) == 0 && c.inKey:
		c.keys("fail-level", "checks", "paths", "ignore", "rego", "baseline")
	case len(path) == 0 && c.key == "fail-level":
		c.add(kindEnum, "", "error", "warning", "info")
	case len(path) == 0:
	case path[0] == "ignore":
		c.ignoreEntry(path[1:])
	case path[0] == "checks":
		c.setting(path[1:])
	case path[0] == "paths" && len(path) > 1:
		c.setting(path[2:])
	}
}

// setting offers checks, and what may be set of one.
func (c *completer) setting(path []string) {
	switch {
	case len(path) == 0 && c.inKey:
		c.checks(true)
	case len(path) == 0, c.key == "level" && len(path) == 1:
		c.add(kindEnum, "", "error", "warning", "info", "off")
	case len(path) == 1 && c.inKey:
		c.keys("level", "when")
		if check := c.setup.known.Find(path[0]); check != nil {
			for _, o := range check.Options {
				c.add(kindProperty, o.Doc, o.Name)
			}
		}
	}
}

func (c *completer) ignoreEntry(path []string) {
	switch {
	case c.key == "checks", len(path) == 1 && path[0] == "checks":
		c.checks(false)
	case c.key == "rule":
		c.references(false)
	case c.inKey:
		c.keys("rule", "checks", "reason", "until")
	}
}
