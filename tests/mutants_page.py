"""docs/MUTANTS.md: the table of tests/mutants.py with the result of each row."""

import collections
import os
import textwrap

SHOWN = {"killed": "killed by", "hang": "killed by a hang of", "lives": "LIVES through", "equal": "equal:",
         "broken": "DOES NOT BUILD:"}

HEAD = """# Mutants

A mutant is this code with one fault put in, such as a wrong bound or a missing wake-up. `make mutants` builds each
mutant of `tests/mutants/` and runs the tests that should see it. A mutant that lives is a missing test; an equal one
differs in nothing that a program could see. [tests/mutants.py](../tests/mutants.py) says how the table is written.
`tests/mutants.py --sample 20` tries 20 of those that have been killed, each time other ones; `tests/mutants.py --page`
makes this page.

"""


def row_of(name, rows, results):
    n = collections.Counter({"hang": "killed"}.get(results[m.fault].what, results[m.fault].what) for m in rows
                            if m.fault in results)
    told = [len(rows), n["killed"], n["lives"] + n["broken"], n["equal"], len(rows) - n.total()]
    return told, f"| {name} | " + " | ".join(map(str, told)) + " |\n"


def page(table, results):
    if not results:
        return HEAD + "No results have been written down yet.\n"
    (_, killed, lived, _, untried), total = row_of("all", table, results)
    dates = sorted(r.date for r in results.values() if r.what != "equal")
    minutes = sum(r.seconds for r in results.values()) / 60
    told = (f"The results are of {dates[0]} to {dates[-1]}, with the code as it is here. Trying them took "
            f"{minutes:.0f} "
            f"minutes in all, on {os.cpu_count()} CPUs. Of the {killed + lived} mutants that were tried and are not "
            f"equal, {killed} were "
            f"killed: {100 * killed / max(1, killed + lived):.1f} %.")
    if untried:
        told += (f" {untried} have not been tried since the code or their rows were last changed: a row that lived and "
                 "was given a new test is among them until it has been run again, so the share above is not that of "
                 "a whole run.")
    text = HEAD + textwrap.fill(told, 120) + "\n\n"
    text += "| area | mutants | killed | lived | equal | not tried |\n| --- | ---: | ---: | ---: | ---: | ---: |\n"
    areas = sorted({m.area for m in table})
    text += "".join(row_of(area, [m for m in table if m.area == area], results)[1] for area in areas) + total
    for area in areas:
        text += f"\n## {area}\n\n| fault | result |\n| --- | --- |\n"
        for m in table:
            if m.area == area:
                r = results.get(m.fault)
                by = "not tried"
                if r is not None:
                    by = f"{SHOWN[r.what]} {r.by}" if r.what == "equal" else f"{SHOWN[r.what]} `{r.by}`"
                text += f"| {m.fault} | {by} |\n"
    return text
