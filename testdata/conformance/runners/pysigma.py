#!/usr/bin/env python3
"""Runs the conformance suite with the condition trees of pySigma.

    go test ./evaluator/reference -run ExportConformance -export cases.ndjson
    python3 pysigma.py cases.ndjson > ../results/pysigma-VERSION.ndjson

pySigma parses rules and never sees an event: how a value compares is left to
its backends. So the tree is pySigma's, and its leaves are compared here as
docs/conformance.md says; what differs is due to parsing, modifiers, conditions
and filters. Correlations have no tree: of them only whether they are accepted
is told.
"""
import importlib.metadata
import ipaddress
import json
import re
import sys

from sigma.collection import SigmaCollection
from sigma.conditions import (ConditionAND, ConditionFieldEqualsValueExpression, ConditionNOT, ConditionOR,
                              ConditionValueExpression)
from sigma.rule import SigmaRule
from sigma import types as t


def lookup(value, path):
    """The literal key first, then a walk along the dots; lists fan out."""
    if isinstance(value, dict):
        if path in value:
            return True, value[path]
        for i, c in enumerate(path):
            if c == "." and path[:i] in value:
                found, inner = lookup(value[path[:i]], path[i + 1:])
                if found:
                    return True, inner
    elif isinstance(value, list):
        leaves = [inner for found, inner in (lookup(item, path) for item in value) if found]
        if leaves:
            return True, leaves
    return False, None


class Number(str):
    """A number with its digits."""


def flatten(value):
    if isinstance(value, list):
        if value and not all(isinstance(v, dict) for v in value):
            return [leaf for item in value for leaf in flatten(item)]
        return value or [value]
    return [value]


def text(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Number):
        return plain(value)
    if isinstance(value, (dict, list)):
        return compact(value)
    return value


def compact(value):
    if isinstance(value, dict):
        return "{" + ",".join(json.dumps(k, ensure_ascii=False) + ":" + compact(v) for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(compact(v) for v in value) + "]"
    return plain(value) if isinstance(value, Number) else json.dumps(value, ensure_ascii=False)


def plain(number):
    n = float(number) if re.search(r"[.eE]", number) else int(number)
    return str(int(n)) if n == int(n) else repr(n)


class Folded:
    """A pattern without letter case, by simple folding; that of re is wider."""

    def __init__(self, expression):
        self.folded = re.compile(expression, re.S | re.I)
        self.dotless = "ı" in expression or "İ" in expression

    def fullmatch(self, value):
        return not self.odd(value) and self.folded.fullmatch(value)

    def search(self, value):
        return not self.odd(value) and self.folded.search(value)

    def odd(self, value):
        return not self.dotless and ("ı" in value or "İ" in value)


def pattern(string, cased=False):
    out = ""
    for part in string.s:
        if part == t.SpecialChars.WILDCARD_MULTI:
            out += ".*"
        elif part == t.SpecialChars.WILDCARD_SINGLE:
            out += "."
        else:
            out += re.escape(str(part))
    return re.compile(out, re.S | (0 if cased else re.I)) if cased else Folded(out)


def number(value):
    if isinstance(value, Number) or isinstance(value, str) and re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", value):
        return float(value) if re.search(r"[.eE]", value) else int(value)
    return None


COMPARE = {"LT": lambda a, b: a < b, "LTE": lambda a, b: a <= b, "GT": lambda a, b: a > b, "GTE": lambda a, b: a >= b}
FLAGS = {"IGNORECASE": re.I, "MULTILINE": re.M, "DOTALL": re.S}


def holds(v, value, event):
    """Whether one value of an event is what a leaf asks for."""
    if isinstance(v, t.SigmaNull):
        return value is None
    if value is None:
        return False
    if isinstance(v, t.SigmaExpansion):
        return any(holds(x, value, event) for x in v.values)
    if isinstance(v, t.SigmaString):
        return bool(pattern(v, isinstance(v, t.SigmaCasedString)).fullmatch(text(value)))
    if isinstance(v, t.SigmaNumber):
        n = number(value)
        return n is not None and n == v.number
    if isinstance(v, t.SigmaBool):
        return value is v.boolean or isinstance(value, str) and value.lower() == str(v.boolean).lower()
    if isinstance(v, t.SigmaRegularExpression):
        flags = sum(FLAGS[flag.name] for flag in v.flags)
        return bool(re.search(plain_text(v.regexp).replace("\\z", "\\Z"), text(value), flags))
    if isinstance(v, t.SigmaCIDRExpression):
        try:
            address = ipaddress.ip_address(value.split("%")[0])
            if address.version == 4 and v.network.version == 6:
                return ipaddress.ip_address(f"::ffff:{address}") in v.network
            return address in v.network or (getattr(address, "ipv4_mapped", None) or address) in v.network
        except ValueError:
            return False
    if isinstance(v, t.SigmaCompareExpression):
        n = number(value)
        return n is not None and COMPARE[v.op.name](n, v.number.number)
    if isinstance(v, t.SigmaFieldReference):
        found, other = lookup(event, v.field)
        if not found or other is None:
            return False
        mine = text(value).lower()
        return any(mine.startswith(o) if v.starts_with and not v.ends_with else mine.endswith(o) if v.ends_with and not v.starts_with else
                   o in mine if v.starts_with else mine == o for o in (text(x).lower() for x in flatten(other) if x is not None))
    raise NotImplementedError(type(v).__name__)


def plain_text(regexp):
    return regexp if isinstance(regexp, str) else str(regexp)


def scalars(value):
    if isinstance(value, dict):
        for inner in value.values():
            yield from scalars(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from scalars(inner)
    elif value is not None:
        yield value


def keyword(v, event):
    if isinstance(v, t.SigmaExpansion):
        return any(keyword(x, event) for x in v.values)
    if isinstance(v, t.SigmaNumber):
        v = t.SigmaString(str(v.number))
    if isinstance(v, t.SigmaString):
        return any(pattern(v, isinstance(v, t.SigmaCasedString)).search(text(s)) for s in scalars(event))
    return any(holds(v, s, event) for s in scalars(event))


def match(node, event):
    if isinstance(node, ConditionAND):
        return all(match(arg, event) for arg in node.args)
    if isinstance(node, ConditionOR):
        return any(match(arg, event) for arg in node.args)
    if isinstance(node, ConditionNOT):
        return not match(node.args[0], event)
    if isinstance(node, ConditionValueExpression):
        return keyword(node.value, event)
    if isinstance(node, ConditionFieldEqualsValueExpression):
        found, value = lookup(event, node.field)
        if isinstance(node.value, t.SigmaExists):
            return found == bool(getattr(node.value.exists, 'boolean', node.value.exists))
        if isinstance(node.value, t.SigmaNull):
            return not found or any(v is None for v in flatten(value))
        return found and any(holds(node.value, v, event) for v in flatten(value))
    raise NotImplementedError(type(node).__name__)


def beyond(node):
    """What of a tree the runner cannot compare as the decisions say, or None."""
    if hasattr(node, "args") and not isinstance(node, (ConditionFieldEqualsValueExpression, ConditionValueExpression)):
        return next(filter(None, map(beyond, node.args)), None)
    value = node.value
    if isinstance(value, t.SigmaTimestampPart) or isinstance(value, t.SigmaCompareExpression) and isinstance(value.number, t.SigmaTimestampPart):
        return "parts of times"
    if isinstance(node, ConditionValueExpression) and isinstance(value, t.SigmaString) and t.SpecialChars.WILDCARD_MULTI in (value.s[:1] + value.s[-1:]):
        return "keywords with wildcards at their ends: whether they come from a modifier is not in the tree"
    return None


def run(case):
    if case.get("logsource") or case.get("placeholders"):
        return "not run", "logsources and placeholder values are given to pySigma by a pipeline"
    try:
        collection = SigmaCollection.from_yaml(case["documents"])
        rules = [r for r in collection.rules if isinstance(r, SigmaRule)]
        for r in rules:
            for condition in r.detection.parsed_condition:
                condition.parsed
    except Exception as e:  # whatever it raises is a refusal
        return "refused", f"{type(e).__name__}: {e}"[:200]
    if "match" not in case:
        return "accepted", ""
    try:
        rules = [r for r in collection.rules if isinstance(r, SigmaRule)]
        rule = next((r for r in rules if r.name == "a"), rules[0] if len(rules) == 1 else None)
        if rule is None:
            return "not run", "no single rule"
        trees = [c.parsed for c in rule.detection.parsed_condition]
        reason = next(filter(None, map(beyond, trees)), None)
        if reason:
            return "not run", "the runner does not compare " + reason
        return ("match" if any(match(tree, case["event"]) for tree in trees) else "no match"), ""
    except NotImplementedError as e:
        return "not run", f"the runner compares no {e}"
    except Exception as e:
        return "refused", f"{type(e).__name__}: {e}"[:200]


def main():
    print(json.dumps({"engine": "pySigma", "version": importlib.metadata.version("pySigma")}))
    with open(sys.argv[1], encoding="utf-8") as cases:
        for line in cases:
            case = json.loads(line, parse_int=Number, parse_float=Number)
            outcome, note = run(case)
            print(json.dumps({"name": case["name"], "outcome": outcome, **({"note": note} if note else {})}))


if __name__ == "__main__":
    main()
