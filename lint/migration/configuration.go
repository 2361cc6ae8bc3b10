package migration

import (
	"slices"

	"gopkg.in/yaml.v3"
)

// configuration is what is to stand in .socctl.yml.
type configuration struct {
	rules, pipelines, recordings []string
	failLevel                    string
	checks                       []setting
	excluded                     []string // patterns of paths in which nothing is checked
	ignores                      []ignore
}

type setting struct {
	check, level string
	options      map[string]*yaml.Node
}

type ignore struct {
	rule, reason string
	checks       []string
}

// set gives a check a level; a later one wins, as it does where it was written.
func (c *configuration) set(check, level string) {
	s := c.setting(check)
	s.level = level
}

func (c *configuration) setAll(checks []string, level string) {
	for _, check := range checks {
		c.set(check, level)
	}
}

func (c *configuration) option(check, name string, value *yaml.Node) {
	s := c.setting(check)
	if s.options == nil {
		s.options = map[string]*yaml.Node{}
	}
	s.options[name] = value
}

func (c *configuration) setting(check string) *setting {
	if i := slices.IndexFunc(c.checks, func(s setting) bool { return s.check == check }); i >= 0 {
		return &c.checks[i]
	}
	c.checks = append(c.checks, setting{check: check})
	return &c.checks[len(c.checks)-1]
}

// ignore leaves out findings of checks in a rule. Checks of one rule with one reason
// share an entry.
func (c *configuration) ignore(rule, reason string, checks []string) {
	i := slices.IndexFunc(c.ignores, func(i ignore) bool { return i.rule == rule && i.reason == reason })
	if i < 0 {
		c.ignores = append(c.ignores, ignore{rule: rule, reason: reason})
		i = len(c.ignores) - 1
	}
	for _, check := range checks {
		if !slices.Contains(c.ignores[i].checks, check) {
			c.ignores[i].checks = append(c.ignores[i].checks, check)
		}
	}
}

// text is the file, nil if there is nothing to write.
func (c *configuration) text() []byte {
	lint := mapOf("fail-level", some(c.failLevel), "checks", c.checkNodes(), "paths", c.pathNodes(), "ignore", c.ignoreNodes())
	all := mapOf("rules", someList(c.rules), "telemetry", orNil(mapOf("recordings", someList(c.recordings))), "pipelines", someList(c.pipelines), "lint", orNil(lint))
	if len(all.Content) == 0 {
		return nil
	}
	return document("Made by socctl import; look at the reasons of what is ignored.", all)
}

func some(text string) *yaml.Node {
	if text == "" {
		return nil
	}
	return textNode(text)
}

func someList(texts []string) *yaml.Node {
	if len(texts) == 0 {
		return nil
	}
	return textList(texts)
}

func orNil(n *yaml.Node) *yaml.Node {
	if len(n.Content) == 0 {
		return nil
	}
	return n
}

func (c *configuration) checkNodes() *yaml.Node {
	out := mapOf()
	for _, s := range c.checks {
		value := levelNode(s.level)
		if len(s.options) > 0 {
			value = inline(mapOf("level", value))
			for _, name := range sorted(s.options) {
				value.Content = append(value.Content, textNode(name), s.options[name])
			}
		}
		if value != nil {
			out.Content = append(out.Content, textNode(s.check), value)
		}
	}
	return orNil(out)
}

// levelNode is a level; off stands without quotes, as people write it.
func levelNode(level string) *yaml.Node {
	if level == "" {
		return nil
	}
	return plainNode(level)
}

func (c *configuration) pathNodes() *yaml.Node {
	out := mapOf()
	for _, glob := range c.excluded {
		off := inline(mapOf())
		for _, group := range groups() {
			off.Content = append(off.Content, textNode(group), levelNode("off"))
		}
		out.Content = append(out.Content, textNode(glob), off)
	}
	return orNil(out)
}

func (c *configuration) ignoreNodes() *yaml.Node {
	out := listNode()
	for _, i := range c.ignores {
		out.Content = append(out.Content, mapOf("rule", textNode(i.rule), "checks", textList(i.checks), "reason", textNode(i.reason)))
	}
	return orNil(out)
}
