#!/usr/bin/python3
"""Generates arch/PORTING.md's tables from their sources: the ladder (tests/port_check.py) and the quirks
(arch/*/linux_abi.h).

  port_docs.py --write   writes the tables into the page
  port_docs.py --check   exit status 1 if a table differs from its source
  port_docs.py --matrix FILE   puts the output of `make matrix` into README.md
"""

import pathlib
import re
import sys
import textwrap

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import port_check

TOP = port_check.TOP
FILE = TOP / "arch" / "PORTING.md"


def quirks():
    """One row for each member of Quirks: its meaning, its usual value, and the ISAs with another value."""
    said = (TOP / "arch/generic/linux_quirks.h").read_text()
    body = re.search(r"struct Quirks \{\n(.*?)\n\};", said, re.S)[1]
    rows, before = [], []
    for line in body.splitlines():
        if line.strip().startswith("//"):
            before.append(line.strip()[2:].strip())
            continue
        member = re.match(r"\s*\w+ (\w+) = ([^;]+);(?:\s*// (.*))?", line)
        rows.append([member[1], " ".join(before + [member[3] or ""]).strip(), member[2]])
        before = []
    table = ["| quirk | meaning | usual | otherwise |", "|---|---|---|---|"]
    for name, meaning, usual in rows:
        others = []
        for isa in port_check.known():
            own = re.search(r"kQuirks = \{(.*?)\};", (TOP / "arch" / isa / "linux_abi.h").read_text(), re.S)[1]
            if value := re.search(rf"\.{name} = ([^,}}]+)", own):
                others.append(f"{isa} {value[1].strip()}")
        table.append(f"| `{name}` | {meaning} | {usual} | {', '.join(others) or '–'} |")
    return "\n".join(table) + "\n"


def wanted(text):
    for name, table in (("ladder", port_check.table()), ("quirks", quirks())):
        text = re.sub(rf"(<!-- {name} -->\n).*?(<!-- end -->)", lambda m, t=table: m[1] + t + m[2], text, flags=re.S)
    return text


def main():
    if sys.argv[1:2] == ["--matrix"]:
        readme, table = TOP / "README.md", pathlib.Path(sys.argv[2]).read_text()
        wrapped = textwrap.TextWrapper(width=120, subsequent_indent="  ").fill
        table = "".join(f"{wrapped(line) if line.startswith('- ') else line}\n" for line in table.splitlines())
        readme.write_text(re.sub(r"(<!-- matrix -->\n).*?(<!-- end -->)", lambda m: m[1] + table + m[2],
                                 readme.read_text(), flags=re.S))
        return 0
    text = FILE.read_text()
    if sys.argv[1:] == ["--write"]:
        FILE.write_text(wanted(text))
        return 0
    if text != wanted(text):
        print("arch/PORTING.md: tables are not what the ladder and the quirks say; tests/port_docs.py --write")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
