#!/usr/bin/env python3
"""matrix.py JUNIT-FILE: what the last ctest run says, for qemu/matrix.sh.

Prints "LABEL STATUS NAME" for every test, from ctest's JUnit file (`ctest --output-junit`) and the labels that ctest
knows; and for every reason "why LABEL STATUS NAME: REASON". STATUS is passed, part (some of its tests were skipped),
skipped or failed. The reasons are the lines "skipped: ..." at the end of a test's output (tests/harness/rt0test.py);
GoogleTest gives a number. ctest's own log would not do: it reports a test as passed if its program is missing."""

import json
import re
import subprocess
import sys
import xml.etree.ElementTree as xml


def results(junit, tests):
    """(label, status, name, reasons) of every test."""
    labels = {t["name"]: p["value"] for t in tests for p in t.get("properties", []) if p["name"] == "LABELS"}
    for case in junit.iter("testcase"):
        name = case.get("name")
        element = case.find("skipped")
        said = "".join(part.text or "" for part in case.iter("system-out"))
        reasons = re.findall(r"(?m)^skipped: (.*) \(\d+\)$", said)
        counts = re.findall(r"(?m)^\[  SKIPPED \] (\d+) tests?", said)
        reasons += [f"{n} of its tests; their output says why" for n in counts]
        if case.get("status") == "run":
            status = "part" if reasons else "passed"
        elif element is not None and element.get("message", "").startswith("SKIP_"):
            status, reasons = "skipped", reasons or ["no reason given"]
        else:
            status, reasons = "failed", []
        for label in labels.get(name, []):
            yield label, status, name, reasons


def main():
    try:
        said = subprocess.run(["ctest", "--test-dir", "build/host", "--show-only=json-v1"], capture_output=True,
                              check=False).stdout
        found = list(results(xml.parse(sys.argv[1]).getroot(), json.loads(said)["tests"]))
    except (ValueError, xml.ParseError) as error:
        print(f"matrix.sh: no results to be read in build/host: {error}; run make test", file=sys.stderr)
        return 1
    for label, status, name, reasons in found:
        print(label, status, name)
        for reason in reasons:
            print("why", label, status, f"{name.removeprefix(label + '.')}: {reason}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
