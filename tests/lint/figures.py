#!/usr/bin/env python3
"""figures.py [--root DIR]: each figure in README, CONTRIBUTING and the guides is held by something, as figures.txt
says.

A figure is a number with a unit (UNIT), outside of code blocks. Without a row in figures.txt that has it, nobody
would notice when it becomes wrong. README's table of benchmarks has each yardstick of bench/compare.py, and its
ratios are those of its numbers. Prints one line per offence, and exits with 1 if there was one.
"""
import os
import re

from source import files, isa_rows, main, read

TABLE = 'tests/lint/figures.txt'
UNIT = (r'(?:bytes?|[KMGT]i?B|ns|µs|us|ms|s|minutes?|hours?|days|years|instructions|system calls|%|percent|lines|runs|'
        r'scenarios|seeds|goroutines|connections|stacks|slices)')
FIGURE = re.compile(r'(?<![\w.:/=`^,-])\d[\d,]*(?:\.\d+)?[ -]?' + UNIT + r'(?![\w=])')


def flat(text):
    """The text with each line's end and indent as one blank: where a paragraph is broken does not matter."""
    return re.sub(r'\s*\n\s*', ' ', text)


def prose(text):
    """The paragraphs outside of code blocks and of the table of benchmarks, flat, with the numbers of their first
    lines."""
    fenced, start, lines = False, 0, []
    for n, line in enumerate([*text.splitlines(), ''], 1):
        turns = line.lstrip().startswith('```') or line == '<!-- bench -->' or fenced and line == '<!-- end -->'
        if turns or fenced or not line or not lines and line.startswith('    '):
            if lines:
                yield start, flat('\n'.join(lines))
            fenced, lines = fenced ^ turns, []
        else:
            start = start if lines else n
            lines.append(line)


# --- What is computed ------------------------------------------------------------------------------------------------


def scenarios(root):
    listed = read('tests/golden/sim/scenarios.txt', root).splitlines()
    return f'{sum(bool(line) and not line.startswith("#") for line in listed)} scenarios'


def runs(root):
    return f'{len(re.findall("^[^#]", read("tests/golden/sim/digests.txt", root), re.M))} runs'


WORDS = 'zero one two three four five six seven eight nine ten eleven twelve'.split()


def isas(root, form='on {} ISAs'):
    return form.format(WORDS[len(isa_rows(root))])


def ports(root):
    return isas(root, '{} are there')


def examples(root):
    return f'has {WORDS[sum(bool(re.fullmatch("examples/[a-z_]+.cc", path)) for path in files(root))]} programs'


def ladder(root):
    table = re.search(r'(?s)<!-- ladder -->.*?<!-- end -->', read('arch/PORTING.md', root))[0]
    steps = re.findall(r'^\| (\d+) \| ', table, re.M)
    return f'{steps[-1]} of {steps[-1]}'


def go_parked(root):
    """README's number: what a parked goroutine takes in Go."""
    page = read('README.md', root)
    row = re.search(r'^\| a million parked goroutines: bytes for each \| [\d,]+ \| ([\d,]+) \|', page, re.M)
    return f'{row[1]} bytes' if row else 'no such row in README.md'


COMPUTED = {f.__name__: f for f in (scenarios, runs, isas, ports, examples, ladder, go_parked)}


# --- README's table of benchmarks ------------------------------------------------------------------------------------


def number(text):
    """A number as it is printed, and how far it may be from the one that was measured."""
    digits, scale = text.replace(',', '').removesuffix(' ms'), 1e6 if text.endswith(' ms') else 1
    return float(digits) * scale, 0.5 / 10 ** len(digits.partition('.')[2]) * scale


def wrong_ratio(ours, theirs, ratio):
    """Whether the ratio cannot be that of numbers which are printed like this."""
    (a, da), (b, db), (r, dr) = map(number, (ours, theirs, ratio))
    return not (a - da) / (b + db) - dr <= r <= (a + da) / (b - db) + dr


def benchmarks(root):
    """What is wrong with the table: its rows are the yardsticks of compare.py, which both programs print."""
    page = read('README.md', root)
    head = r'<!-- bench -->\n\| \| rt0 \| Go [\d.]+ \| ratio \|\n\|[-|:]+\n'
    found = re.search(head + '(.*?)<!-- end -->', page, re.S)
    labels = dict(re.findall(r'^    "(\w+)": "(.*)",$', read('bench/compare.py', root), re.M))
    if not found or not labels:
        return ['README.md:1: has no table of benchmarks, or bench/compare.py no names for its rows']
    rows = [[cell.strip().removesuffix(' *') for cell in row.strip('|').split('|')] for row in found[1].splitlines()]
    wrong = []
    if [row[0] for row in rows] != list(labels.values()):
        missing = set(labels.values()) - {row[0] for row in rows}
        wrong.append(f'README.md:1: its benchmarks are not those of bench/compare.py; missing: {sorted(missing)}')
    wrong += [f'README.md:1: {row[0]}: {row[3]} is not {row[1]} / {row[2]}' for row in rows if wrong_ratio(*row[1:4])]
    for path in ('bench/bench.cc', 'bench/go/yardsticks.go'):
        code = read(path, root)
        wrong += [f'{path}:1: does not measure {name}, as bench/compare.py says' for name in labels if name not in code]
    names = set(re.findall(r'\b(?:per|report)\("(\w+)"', read('bench/bench.cc', root)))
    nameless = sorted(names - set(labels))
    return wrong + [f'bench/compare.py:1: has no name for {name} of bench/bench.cc' for name in nameless]


class Figures:
    def __init__(self, root):
        self.root = root
        self.failures = []
        self.rows = {}  # page -> [(line of figures.txt, text, holder)]

    def fail(self, path, line, what):
        self.failures.append(f'{path}:{line}: {what}')

    def run(self):
        self.read_table()
        for page in self.pages():
            self.held(page)
        for page, rows in self.rows.items():
            for n, text, holder in rows:
                self.holds(page, n, text, holder)
        return self.failures + benchmarks(self.root)

    def pages(self):
        others = ('README.md', 'CONTRIBUTING.md', 'arch/PORTING.md', 'qemu/README.md')
        written_by_a_tool = ('docs/MUTANTS.md',)
        return [p for p in files(self.root) if p in others
                or re.fullmatch(r'docs/[\w-]+\.md', p) and p not in written_by_a_tool]

    def read_table(self):
        page = None
        for n, line in enumerate(read(TABLE, self.root).splitlines(), 1):
            if not line or line.startswith('#'):
                continue
            if not line.startswith(' '):
                page = line
                self.rows[page] = []
                continue
            row = re.fullmatch(r'  (\S.*?\S)  +(\S.*)', line)
            if page and row:
                self.rows[page].append((n, row[1], row[2]))
            else:
                self.fail(TABLE, n, 'is no row: a text, two spaces, what holds it')

    def held(self, page):
        """Each figure of the page has a row."""
        texts = [text for _, text, _ in self.rows.get(page, [])]
        for n, paragraph in prose(read(page, self.root)):
            spans = [m.span() for text in texts for m in re.finditer(re.escape(text), paragraph)]
            for m in FIGURE.finditer(paragraph):
                if not any(a <= m.start() and m.end() <= b for a, b in spans):
                    self.fail(page, n, f'"{m[0]}": no row of {TABLE} says what holds it')

    def holds(self, page, n, text, holder):
        said = flat(read(page, self.root)) if os.path.exists(os.path.join(self.root, page)) else ''
        if text not in said:
            self.fail(TABLE, n, f'{page} has no "{text}"')
        if holder.startswith(('measured: ', 'fact: ')):
            return
        if holder.startswith('computed '):
            wanted = COMPUTED[holder.split()[1]](self.root)
            if text != wanted:
                self.fail(page, 1, f'says "{text}"; it is "{wanted}"')
            return
        path, _, code = holder.partition(': ')
        if not os.path.exists(os.path.join(self.root, path)):
            self.fail(TABLE, n, f'{path}: there is no such file')
        elif code not in read(path, self.root):
            self.fail(TABLE, n, f'{path} has no "{code}", which holds "{text}" of {page}')


if __name__ == '__main__':
    main(__doc__, Figures)
