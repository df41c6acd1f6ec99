#!/usr/bin/env python3
"""figures.py finds a wrong figure: one change at a time, in a copy of the pages and of what holds their figures."""
import os
import re
import sys
import tempfile

import figures
from source import files, read, ROOT

# A file, a change of it, and what figures.py must say.
CASES = [
    ('docs/STACKS.md', ("another M's g0 | 32 KiB", "another M's g0 | 40 KiB"), 'no row of tests/lint/figures.txt says'),
    ('docs/STACKS.md', ('Go 1.26 takes 2,743', 'Go 1.26 takes 2,744'),
     'docs/STACKS.md has no "2,743 bytes"'),
    ('mem/stack.h', ('kStackG0 = 32 * 1024', 'kStackG0 = 48 * 1024'), 'which holds "another M\'s g0 | 32 KiB"'),
    ('docs/KERNEL.md', ('# ', 'It takes 17 ms. # '), 'docs/KERNEL.md:1: "17 ms": no row'),
    ('docs/DETERMINISM.md', ('54 scenarios', '55 scenarios'), 'docs/DETERMINISM.md has no "54 scenarios"'),
    ('tests/golden/sim/scenarios.txt', ('\ntcp ', '\n# tcp '), 'says "54 scenarios"; it is "53 scenarios"'),
    ('arch/isas.txt', ('\narm ', '\n# arm '), 'says "on six ISAs"; it is "on five ISAs"'),
    ('tests/cases/seeds_test.py', ('def test_as_documented', 'def test_otherwise'), 'has no "def test_as_documented"'),
    ('README.md', ('| 20 | 84 | 0.24 |', '| 20 | 84 | 0.27 |'), '0.27 is not 20 / 84'),
    ('README.md', ('| spawn and exit ', '| spawn '), "missing: ['spawn and exit']"),
    ('bench/bench.cc', ('per("select4"', 'per("select5"'), 'bench/compare.py:1: has no name for select5'),
    ('bench/go/yardsticks.go', ('"select4"', '"select5"'), 'bench/go/yardsticks.go:1: does not measure select4'),
    ('tests/lint/figures.txt', ('\nqemu/README.md\n', '\nqemu/README.md\n  one word\n'), 'is no row'),
]


def put(root, path, text):
    os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
    with open(os.path.join(root, path), 'w', encoding='utf-8') as f:
        f.write(text)


def main():
    failed = 0
    with tempfile.TemporaryDirectory() as tmp:
        for path in files(ROOT):
            if re.search(r'\.(md|txt|h|cc|py|go)$', path):
                put(tmp, path, read(path, ROOT))
        usual = figures.Figures(tmp).run()
        for path, (old, new), expected in CASES:
            before = read(path, tmp)
            put(tmp, path, before.replace(old, new, 1))
            found = figures.Figures(tmp).run()
            put(tmp, path, before)
            if old not in before or not any(expected in f for f in set(found) - set(usual)):
                print(f'FAIL {path}: {old!r} becomes {new!r}: wanted "{expected}", found '
                      f'{sorted(set(found) - set(usual))}')
                failed += 1
    for f in usual:
        print(f'FAIL as it is: {f}')
    print(f'{len(CASES) - failed} of {len(CASES)} passed')
    sys.exit(1 if failed or usual else 0)


if __name__ == '__main__':
    main()
