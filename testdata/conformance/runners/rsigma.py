#!/usr/bin/env python3
"""Runs the conformance suite with RSigma's command line.

    go test ./evaluator/reference -run ExportConformance -export cases.ndjson
    python3 rsigma.py path/to/rsigma cases.ndjson > ../results/rsigma-VERSION.ndjson

Each case is a file of rules and a file of events for "rsigma engine eval". An
error that it prints is a refusal; alerts are the lines of correlations.
"""
import json
import os
import subprocess
import sys
import tempfile


def run(binary, case, folder):
    if case.get("placeholders") or case.get("logsource"):
        return "not run", "placeholder values and logsources of events are not given to it by this runner"
    rules, events = os.path.join(folder, "rules.yml"), os.path.join(folder, "events.ndjson")
    with open(rules, "w", encoding="utf-8") as f:
        f.write(case["documents"])
    with open(events, "w", encoding="utf-8") as f:
        f.write(event_lines(case))
    done = subprocess.run([binary, "engine", "eval", "-r", rules, "-e", "@" + events], capture_output=True, text=True, timeout=60)
    errors = [line for line in done.stderr.splitlines() if "error" in line.lower()]
    if done.returncode != 0 or errors:
        return "refused", (errors or done.stderr.strip().splitlines() or [""])[0][:160]
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return outcome(case, lines)


def event_lines(case):
    """The events as they stand in the case, with their digits."""
    if "event" in case:
        return case["event_text"] + "\n"
    out = ""
    for text, event in zip(case.get("events_text", []), case.get("events", [])):
        if event.get("time"):
            text = '{"@timestamp":"' + event["time"] + '",' + text.lstrip()[1:]
        out += text.replace(",}", "}") + "\n"
    return out or "{}\n"


def outcome(case, lines):
    alerts = [line for line in lines if "correlation_type" in line]
    if "match" in case:
        return ("match" if len(lines) > len(alerts) else "no match"), ""
    if "alerts" not in case and not case.get("silent"):
        return "accepted", ""
    # Rules are called a, b and d, correlations otherwise; titles are names but for
    # their case. Matches of rules are printed always, so they are left out, as
    # are times, which are not printed.
    # A correlation below another is printed as well, which D48 is about and not
    # what the cases of chains are.
    below = {"c"} if "name: top" in case["documents"] else set()
    got = sorted((line["rule_title"].lower(), group(line)) for line in alerts if line["rule_title"] not in below)
    want = sorted((a["name"], tuple(sorted(a["group"].items()))) for a in case.get("alerts", []) if a["name"] not in "abd")
    if got == want:
        return "alerts", ""
    return "other alerts", json.dumps(got)[:160]


def group(line):
    return tuple(sorted((key, value) for key, value in line.get("group_key", [])))


def raw_values(line, key):
    """The text of a member's value, as it stands in a line of the export."""
    decoder = json.JSONDecoder()
    at = line.index('"%s":' % key) + len(key) + 3
    value, end = decoder.raw_decode(line, at)
    return value, line[at:end]


def main():
    binary = sys.argv[1]
    version = subprocess.run([binary, "--version"], capture_output=True, text=True).stdout.split()[1]
    print(json.dumps({"engine": "RSigma", "version": version}))
    with open(sys.argv[2], encoding="utf-8") as cases, tempfile.TemporaryDirectory() as folder:
        for line in cases:
            case = json.loads(line)
            if "event" in case:
                case["event_text"] = raw_values(line, "event")[1]
            if case.get("events"):
                _, text = raw_values(line, "events")
                case["events_text"] = split_events(text)
            try:
                result, note = run(binary, case, folder)
            except subprocess.TimeoutExpired:
                result, note = "refused", "no answer within a minute"
            print(json.dumps({"name": case["name"], "outcome": result, **({"note": note} if note else {})}), flush=True)


def split_events(text):
    decoder, out, at = json.JSONDecoder(), [], 0
    while True:
        at = text.find('"event":', at)
        if at < 0:
            return out
        at += len('"event":')
        _, end = decoder.raw_decode(text, at)
        out.append(text[at:end])
        at = end


if __name__ == "__main__":
    main()
