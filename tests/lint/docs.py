#!/usr/bin/env python3
"""docs.py [--root DIR | --write]: checks that the docs agree with the code, in both directions.

Prints one line per offence, `file:line: what`, and exits with 1 if there was one.
"""
import functools
import os
import re
import sys

import rooms
import states
from source import files, read, strip, main, ROOT, TOKENS

CODE = ('.h', '.cc', '.S', '.def', '.py', '.sh', '.cmake', '.txt', '.ld')

# The path of a file of the project, with a folder, in a comment.
PATH = re.compile(r'(?<![\w./<>*-])((?:[\w+-]+/)+[\w.+-]*\w\.(?:h|cc|S|def|py|sh|cmake|txt|md|ld|trace))(?![\w*])')


class Docs:
    def __init__(self, root):
        self.root = root
        self.failures = []
        self.paths = files(root)
        self.known = set(self.paths)
        self.pages = [p for p in self.paths if p.endswith('.md')]

    def fail(self, path, line, what):
        self.failures.append(f'{path}:{line}: {what}')

    def text(self, path):
        """The file's text; if it is missing, a failure and None."""
        if path not in self.paths:
            self.fail(path, 1, 'is missing')
            return None
        return read(path, self.root)

    def run(self):
        self.events()
        self.readme()
        self.marks()
        self.links()
        self.comments()
        self.rooms()
        self.journeys()
        self.budgets()
        self.failures += states.unlike_code(self.root) + [w for w in [states.difference(self.root)] if w]
        return self.failures

    def events(self):
        """events.def and the table rows "| `Name` |" of docs/TRACE.md name the same events, with the same arguments."""
        rows = {}
        text = read('trace/events.def', self.root)
        for m in re.finditer(r'^(?:FN\(\w+,\s*"([^"]+)"\)|EV\(\w+,\s*"([^"]+)",\s*"([^"]*)")', text, re.M):
            rows[m.group(1) or m.group(2)] = (m.group(3) or '').split()
        if len(rows) != len(re.findall(r'^(?:FN|EV)\(', text, re.M)):
            self.fail('trace/events.def', 1, 'a row that tests/lint/docs.py cannot read, or a name twice')
        page = self.text('docs/TRACE.md')
        if page is None:
            return
        seen = {}
        for n, line in enumerate(page.splitlines(), 1):
            m = re.match(r'\| `([^`]+)` \|', line)
            if not m or m.group(1) not in rows and not re.match(r'[A-Z_a-z][\w.<>]*$', m.group(1)):
                continue
            name = m.group(1)
            if name in seen:
                self.fail('docs/TRACE.md', n, f'{name} has a row already, on line {seen[name]}')
            elif name not in rows:
                self.fail('docs/TRACE.md', n, f'{name}: no such event in trace/events.def')
            else:
                for arg in rows[name]:
                    if not re.search(r'`(?:[^`]*\b)?' + re.escape(arg) + r'\b[^`]*`', line[m.end():]):
                        self.fail('docs/TRACE.md', n, f'{name}: its argument `{arg}` is not in the row')
            seen[name] = n
        for name in rows:
            if name not in seen:
                self.fail('docs/TRACE.md', 1, f'no row "| `{name}` |" for the event of trace/events.def')

    def readme(self):
        page = self.text('README.md')
        if page is None:
            return
        # Each code block consists of consecutive whole lines of one file of examples/.
        examples = {p: read(p, self.root).splitlines() for p in self.paths if re.match(r'examples/[^/]+\.cc$', p)}
        for m in re.finditer(r'^```(?:cpp|c\+\+|cc)\n(.*?)^```', page, re.M | re.S):
            block = m.group(1).rstrip('\n').split('\n')
            at = page.count('\n', 0, m.start()) + 1
            if not any(lines[i:i + len(block)] == block for lines in examples.values() for i in range(len(lines))):
                self.fail('README.md', at, f'this code ("{block[0].strip()} …") is not cut from a file of examples/')
        for target in re.findall(r'^([a-z-]+):.*?## ', read('Makefile', self.root), re.M):
            if not re.search(rf'\bmake {target}\b', page):
                self.fail('README.md', 1, f'`make {target}`, which `make help` lists, is not mentioned')
        known = set(re.findall(r'^([a-z-]+):', read('Makefile', self.root), re.M))
        for page_path in self.pages:
            for n, line in enumerate(read(page_path, self.root).splitlines(), 1):
                for target in re.findall(r'(?:`|^ {4}|^\$ )make ([a-z][a-z-]*)\b(?!=)', line):
                    if target not in known:
                        self.fail(page_path, n, f'make {target}: the Makefile has no such target')

    def marks(self):
        """`// DOC(name)` in the code marks a line that the docs explain under `DOC(name)`; each mark has its text, and
        the reverse."""
        code, docs = {}, {}
        for path in self.paths:
            if not path.endswith(CODE + ('.md',)) or path.startswith('tests/lint/'):
                continue
            for n, line in enumerate(read(path, self.root).splitlines(), 1):
                for name in re.findall(r'\bDOC\(([a-z][\w.-]*)\)', line):
                    where = docs if path.endswith('.md') else code
                    if where is code and name in code:
                        self.fail(path, n, f'DOC({name}) marks {code[name][0]}:{code[name][1]} already')
                    where.setdefault(name, (path, n))
        for name in code.keys() - docs.keys():
            self.fail(*code[name], f'DOC({name}): no page explains it')
        for name in docs.keys() - code.keys():
            self.fail(*docs[name], f'DOC({name}): no line of code has this mark')

    def rooms(self):
        """CONTRIBUTING has the rooms of rooms.txt as a table."""
        page = self.text('CONTRIBUTING.md')
        if page is None:
            return
        wanted = rooms_table(self.root)
        m = re.search(r'<!-- rooms -->\n(.*?)<!-- end -->', page, re.S)
        if not m or m.group(1) != wanted:
            self.fail('CONTRIBUTING.md', 1, 'its table of rooms is not that of rooms.txt: tests/lint/docs.py --write')

    def budgets(self):
        """README and CONTRIBUTING name the budgets that tests/boot_cost.py checks; README has Go's recorded numbers
        beside them."""
        code, record = self.text('tests/boot_cost.py') or '', self.text('tests/oracle/go-boot-cost.txt') or ''
        budget = {name: int(n) for name, n in re.findall(r'^(BYTES|SYSTEM_CALLS) = (\d+)$', code, re.M)}
        budget['INSTRUCTIONS'] = int(re.search(r'"amd64": (\d+)', code).group(1)) if '"amd64": ' in code else 0
        go = re.search(r'^# go(\S+),.*^amd64 +(\d+) +(\d+) +(\d+)$', record, re.M | re.S)
        if len(budget) != 3 or not go:
            self.fail('tests/boot_cost.py', 1,
                      'its budgets, or Go\'s numbers, are not in the form that tests/lint/docs.py reads')
            return
        words = {'INSTRUCTIONS': 'instructions', 'SYSTEM_CALLS': 'system calls', 'BYTES': 'bytes'}
        page, rules = self.text('README.md') or '', self.text('CONTRIBUTING.md') or ''
        if f' | budget | Go {go.group(1)} |' not in page:
            self.fail('README.md', 1,
                      f'its table of the boot is not of Go {go.group(1)}, as tests/oracle/go-boot-cost.txt is')
        for (name, word), theirs in zip(words.items(), go.groups()[1:]):
            row = f'| {budget[name]:,} | {int(theirs):,} |'
            if row not in page:
                self.fail('README.md', 1,
                          f'has no "{row}": the budget {name} of tests/boot_cost.py and Go\'s recorded number')
            if f'{budget[name]:,} {word}' not in rules:
                self.fail('CONTRIBUTING.md', 1,
                          f'does not name the budget {name} of tests/boot_cost.py, {budget[name]:,}')

    def journeys(self):
        """Each row of a journey in docs/READING.md leads to a function that exists. A row that returns to an earlier
        file says why."""
        path = 'docs/READING.md'
        page = self.text(path)
        if page is None:
            return
        seen, last, n_rows = set(), None, 0
        for n, line in enumerate(page.splitlines(), 1):
            if line.startswith('#'):
                seen, last = set(), None
            m = re.match(r'\| \[`([^`]+)`\]\(\.\./([^)]+)\) \| (.*) \|$', line)
            if not m:
                continue
            n_rows += 1
            symbol, target, text = m.groups()
            if target not in self.paths:
                continue  # links() reports it
            if not defines(read(target, self.root), symbol):
                self.fail(path, n, f'{symbol}: {target} does not define it')
            returns = target in seen and target != last
            if returns and not re.match(r'again: \w+ \w+', text):
                self.fail(path, n,
                          f'the journey enters {target} a second time: a row that does so begins with "again: " and '
                          f'the reason, or the code lies in the wrong room')
            if not returns and re.match('again', text, re.I):
                self.fail(path, n,
                          f'no earlier row of this journey is in {target}, or the row before is: remove "again"')
            seen.add(target)
            last = target
        if n_rows < 30:
            self.fail(path, 1, f'only {n_rows} rows of journeys were read: has their form changed?')

    def links(self):
        """Links between pages, and paths in `…` that look like files of the project, lead somewhere."""
        folders = {p.split('/')[0] for p in self.paths if '/' in p} - {'build'}
        for path in self.pages:
            fenced = False
            for n, line in enumerate(read(path, self.root).splitlines(), 1):
                if line.startswith('```'):
                    fenced = not fenced
                if fenced:
                    continue
                for target in re.findall(r'\]\(([^)#\s]+)[^)]*\)', line):
                    if not re.match(r'[a-z]+:', target):
                        self.exists(path, n, os.path.normpath(os.path.join(os.path.dirname(path), target)))
                for target in re.findall(r'`([\w.+-]+(?:/[\w.+-]+)+/?)(?::\d+)?`', line):
                    if target.split('/')[0] in folders:
                        self.exists(path, n, target.rstrip('/'))

    def comments(self):
        """Paths of files of the project that comments name lead somewhere."""
        folders = {p.split('/')[0] for p in self.paths if '/' in p} - {'build'}
        for path in self.paths:
            if not path.endswith(('.h', '.cc', '.S', '.def')):
                continue
            for n, where in paths_in_comments(read(path, self.root)):
                near = {where, f'include/{where}', os.path.normpath(os.path.join(os.path.dirname(path), where))}
                if where.split('/')[0] in folders | {'rt0'} and not near & self.known:
                    self.fail(path, n, f'{where}: there is no such file: the comment should name the one that has '
                                       f'taken its place')

    def exists(self, path, n, target):
        if not os.path.exists(os.path.join(self.root, target)) and not re.match(r'build(/|$)', target):
            self.fail(path, n, f'{target}: there is no such file')


@functools.lru_cache(maxsize=None)
def paths_in_comments(text):
    """[(line, path)] of the paths that a source's comments name."""
    return [(text.count('\n', 0, m.start() + name.start()) + 1, name.group(1))
            for m in TOKENS.finditer(text) if m.group(0).startswith('/') for name in PATH.finditer(m.group(0))]


def defines(text, symbol):
    """Whether a source file defines the function, or the variable, of that name."""
    name = re.escape(symbol)
    for line in strip(text).split('\n'):
        if re.match(rf'\s*(?:FUNC|TEXT|ENTRY)\({name}\)', line):
            return True
        # A definition's head, also one that goes on in the next line; a call ends in a semicolon, and begins indented.
        before = r'(?<![\w.>:])' if line.startswith(' ') else r'(?<![\w.>])'
        if re.search(rf'{before}{name}\s*\([^;]*(?:[{{,}})]|\bconst)\s*$', line) and \
                not re.match(r'\s*(?:return|if|while|for|else)\b', line):
            return True
        if re.match(rf'\s*constinit\b.*\b{name}\s*[{{=]', line):
            return True
    return False


def rooms_table(root):
    table = rooms.Rooms(root)
    rows = ''.join(f'| `{n}/` | {table.purpose[n]} |\n' for n in table.include)
    return '| room | what it is |\n|------|------------|\n' + rows


def write(root):
    """Writes what is generated into the docs."""
    page = read('CONTRIBUTING.md', root)
    page = re.sub(r'(<!-- rooms -->\n).*?(<!-- end -->)', lambda m: m.group(1) + rooms_table(root) + m.group(2), page,
                  flags=re.S)
    with open(os.path.join(root, 'CONTRIBUTING.md'), 'w', encoding='utf-8') as f:
        f.write(page)


if __name__ == '__main__':
    if sys.argv[1:] == ['--write']:
        write(ROOT)
    else:
        main(__doc__, Docs)
