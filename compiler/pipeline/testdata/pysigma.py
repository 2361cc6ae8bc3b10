"""Writes into pysigma.txtar what pySigma makes of its cases.

    pip install pysigma==2.0.1
    python3 pysigma.py pysigma.txtar

A case is NAME/pipeline.yml and NAME/rule.yml. Of it this script makes
NAME/after.yml, the rule as pySigma leaves it, written as one selection for
every comparison of the final tree, or NAME/error.txt with the kind of error.
"""

import sys

import yaml
from sigma.collection import SigmaCollection
from sigma.conditions import (ConditionAND, ConditionFieldEqualsValueExpression,
                              ConditionNOT, ConditionOR, ConditionValueExpression)
from sigma.exceptions import SigmaError
from sigma.processing.pipeline import ProcessingPipeline
from sigma.types import (SigmaBool, SigmaCasedString, SigmaCIDRExpression, SigmaCompareExpression,
                         SigmaExists, SigmaExpansion, SigmaFieldReference, SigmaNull, SigmaNumber,
                         SigmaRegularExpression, SigmaRegularExpressionFlag, SigmaString)


def written(value):
    """Returns modifiers and plain value."""
    if isinstance(value, SigmaString):
        mods = ["cased"] if isinstance(value, SigmaCasedString) else []
        return mods, value.to_plain(escape_backslash=True)
    if isinstance(value, SigmaNumber):
        return [], value.number
    if isinstance(value, SigmaBool):
        return [], value.boolean
    if isinstance(value, SigmaNull):
        return [], None
    if isinstance(value, SigmaRegularExpression):
        flags = {SigmaRegularExpressionFlag.IGNORECASE: "i", SigmaRegularExpressionFlag.MULTILINE: "m",
                 SigmaRegularExpressionFlag.DOTALL: "s"}
        return ["re"] + sorted(flags[f] for f in value.flags), str(value.regexp)
    if isinstance(value, SigmaCIDRExpression):
        return ["cidr"], value.cidr
    if isinstance(value, SigmaCompareExpression):
        return [value.op.name.lower()], value.number.number
    if isinstance(value, SigmaFieldReference):
        mods = ["fieldref"]
        if value.starts_with and value.ends_with:
            mods.append("contains")
        elif value.starts_with:
            mods.append("startswith")
        elif value.ends_with:
            mods.append("endswith")
        return mods, value.field
    if isinstance(value, SigmaExists):
        return ["exists"], value.exists
    raise SystemExit(f"cannot write {value!r}")


class Writer:
    def __init__(self):
        self.selections = {}

    def tree(self, cond):
        if cond is None:
            raise SigmaError("nothing is left")
        if isinstance(cond, ConditionNOT):
            return f"(not {self.tree(cond.args[0])})"
        if isinstance(cond, (ConditionAND, ConditionOR)):
            word = " and " if isinstance(cond, ConditionAND) else " or "
            return "(" + word.join(self.tree(a) for a in cond.args) + ")"
        if isinstance(cond, ConditionFieldEqualsValueExpression) and isinstance(cond.value, SigmaExpansion):
            parts = [self.leaf(cond.field, v) for v in cond.value.values]
            return "(" + " or ".join(parts) + ")"
        if isinstance(cond, ConditionFieldEqualsValueExpression):
            return self.leaf(cond.field, cond.value)
        assert isinstance(cond, ConditionValueExpression), cond
        return self.leaf(None, cond.value)

    def leaf(self, field, value):
        mods, plain = written(value)
        name = f"s{len(self.selections) + 1}"
        key = "|".join([field or ""] + mods)
        self.selections[name] = {key: plain} if key else [plain]
        return name


def after(pipeline, rule):
    rule = SigmaCollection.from_yaml(rule).rules[0]
    ProcessingPipeline.from_yaml(pipeline).apply(rule)
    w = Writer()
    conditions = [w.tree(c.parsed) for c in rule.detection.parsed_condition]
    logsource = {k: v for k, v in rule.logsource.to_dict().items() if k in ("category", "product", "service")}
    out = {"title": rule.title, "logsource": logsource,
           "detection": {**w.selections, "condition": conditions if len(conditions) > 1 else conditions[0]}}
    if rule.fields:
        out["fields"] = rule.fields
    out.update(rule.custom_attributes)
    return yaml.safe_dump(out, sort_keys=False, allow_unicode=True, width=1000)


def read(path):
    comment, files, name = "", {}, None
    for line in open(path, encoding="utf-8"):
        if line.startswith("-- ") and line.rstrip().endswith(" --"):
            name = line.strip()[3:-3]
            files[name] = ""
        elif name is None:
            comment += line
        else:
            files[name] += line
    return comment, files


def main(path):
    comment, files = read(path)
    out = comment
    for name in [n.rsplit("/", 1)[0] for n in files if n.endswith("/pipeline.yml")]:
        pipeline, rule = files[name + "/pipeline.yml"], files[name + "/rule.yml"]
        try:
            kind, text = "after.yml", after(pipeline, rule)
        except SigmaError as e:
            kind, text = "error.txt", type(e).__name__ + "\n"
        out += f"-- {name}/pipeline.yml --\n{pipeline}-- {name}/rule.yml --\n{rule}-- {name}/{kind} --\n{text}"
    open(path, "w", encoding="utf-8").write(out)


main(sys.argv[1])
