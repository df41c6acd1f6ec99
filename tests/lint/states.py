#!/usr/bin/env python3
"""states.py --write | --check: generates docs/STATES.md from sched/status.h, or compares the two."""
import os
import re
import sys

from source import files, read, strip, ROOT

HEAD = """# States

Generated from `sched/status.h` by `tests/lint/states.py --write`; `make check` compares. `casgstatus` is
the only function that changes a goroutine's state, and builds with `RT0_DCHECK=1` refuse every move that is not in the
table below.

"""


def parse(text):
    """({type: [(state, number, meaning)]}, [(from, to, by, remark)])"""
    states = {}
    for name, body in re.findall(r'enum class (\w+Status) : \w+ \{(.*?)\n\};', text, re.S):
        rows = re.findall(r'^\s*(\w+) = (\d+),\s*// (.*)$', body, re.M)
        if len(rows) != len(re.findall(r'^\s*\w+ = \d+,', body, re.M)):
            sys.exit(f'states.py: sched/status.h: every state of {name} needs a comment')
        states[name] = rows
    body = re.search(r'kGMoves\[\] = \{\n(.*?)\n\};', text, re.S)
    moves = re.findall(r'\{GStatus::(\w+),\s*GStatus::(\w+),\s*"([^"]+)"\},?(?:[ \t]*// (.*))?',
                       body.group(1)) if body else []
    found = states.get('GStatus') and states.get('PStatus') and moves
    if not found or len(moves) != body.group(1).count('GStatus::') / 2:
        sys.exit('states.py: sched/status.h: GStatus, PStatus or kGMoves are not as this script reads them')
    return states, moves


def table(head, rows):
    cells = [head] + [list(r) for r in rows]
    widths = [max(len(r[i]) for r in cells) for i in range(len(head))]
    lines = ['| ' + ' | '.join(c.ljust(w) for c, w in zip(r, widths)) + ' |' for r in cells]
    lines.insert(1, '|' + '|'.join('-' * (w + 2) for w in widths) + '|')
    return '\n'.join(lines) + '\n'


def page(text):
    states, moves = parse(text)
    def state_rows(kind):
        return [(f'`{n}`', number, what) for n, number, what in states[kind]]
    out = HEAD
    out += '## Of a goroutine\n\n' + table(['State', 'Number', 'Meaning'], state_rows('GStatus'))
    out += '\n## Moves of a goroutine\n\n'
    out += table(['From', 'To', 'Made by', 'Remark'], [(f'`{a}`', f'`{b}`', f'`{by}`', why) for a, b, by, why in moves])
    unused = [n for n, _, _ in states['GStatus'] if not any(n in (a, b) for a, b, _, _ in moves)]
    if unused:
        out += '\nNo move leads to or from ' + ', '.join(f'`{n}`' for n in unused) + ' yet.\n'
    out += '\n## Of a P\n\n' + table(['State', 'Number', 'Meaning'], state_rows('PStatus'))
    return out


def moves_in_code(root=ROOT):
    """[(path, line, function, from, to)] of every call of casgstatus."""
    calls = []
    for path in files(root, 'sched'):
        if not path.endswith('.cc') or path == 'sched/status.cc':
            continue
        function = ''
        for n, line in enumerate(strip(read(path, root)).split('\n'), 1):
            m = re.match(r'[A-Za-z].*?\b(\w+)\([^;]*\{', line)
            if m:
                function = m.group(1)
            if 'casgstatus(' in line:
                states = re.findall(r'GStatus::(\w+)', line)
                calls.append((path, n, function, *(states if len(states) == 2 else ('?', '?'))))
    return calls


def unlike_code(root=ROOT):
    """The differences between kGMoves and the calls of casgstatus, as texts."""
    _, moves = parse(read('sched/status.h', root))
    table_rows = {(by, a, b) for a, b, by, _ in moves}
    calls = moves_in_code(root)
    wrong = [f'{path}:{n}: {function} moves a goroutine from {a} to {b}: no such row in kGMoves (sched/status.h)'
             for path, n, function, a, b in calls if (function, a, b) not in table_rows]
    made = {(function, a, b) for _, _, function, a, b in calls}
    return wrong + [f'sched/status.h: kGMoves: {by} does not move a goroutine from {a} to {b}'
                    for by, a, b in sorted(table_rows - made)]


def difference(root=ROOT):
    """The first difference between docs/STATES.md and what it should be, or None."""
    wanted = page(read('sched/status.h', root))
    try:
        found = read('docs/STATES.md', root)
    except FileNotFoundError:
        return 'docs/STATES.md:1: is missing; tests/lint/states.py --write makes it'
    for n, (a, b) in enumerate(zip(wanted.splitlines(), found.splitlines()), 1):
        if a != b:
            return f'docs/STATES.md:{n}: not what sched/status.h says; tests/lint/states.py --write makes it'
    if wanted != found:
        return 'docs/STATES.md: ends elsewhere than sched/status.h says; tests/lint/states.py --write makes it'
    return None


def main():
    if sys.argv[1:] == ['--write']:
        with open(os.path.join(ROOT, 'docs/STATES.md'), 'w', encoding='utf-8') as f:
            f.write(page(read('sched/status.h')))
    elif sys.argv[1:] == ['--check']:
        wrong = unlike_code() + [w for w in [difference()] if w]
        if wrong:
            sys.exit('\n'.join(wrong))
    else:
        sys.exit('states.py: --write or --check')


if __name__ == '__main__':
    main()
