"""Shared by the lint scripts: the list of the project's files, and source text without comments."""
import argparse
import functools
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

TOKENS = re.compile(
    r'//[^\n]*|/\*.*?\*/'                       # comments
    r'|R"(?P<mark>[^()\\ ]*)\(.*?\)(?P=mark)"'  # raw strings
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9A-Za-z_])'(?:\\.|[^'\\\n])+'",   # a ' inside a number separates digits
    re.S)


@functools.lru_cache(maxsize=None)
def strip(text, strings=True):
    """`text` with comments blanked out and, unless `strings`, the contents of quotes too; line numbers stay the
    same."""
    def blank(m):
        t = m.group(0)
        if t.startswith('/'):
            return re.sub(r'[^\n]', ' ', t)
        return t if strings else t[0] + re.sub(r'[^\n]', ' ', t[1:-1]) + t[-1]
    return TOKENS.sub(blank, text)


def strip_hash(text):
    """Shell, make and CMake files without their comments."""
    return re.sub(r'(?m)(^|\s)#[^\n]*', r'\1', text)


def read(path, root=ROOT):
    with open(os.path.join(root, path), encoding='utf-8') as f:
        return f.read()


def files(root=ROOT, under=''):
    """All files of the project, as paths from its root, sorted; without git's, the builds' own and other projects'
    sources."""
    found = []
    for where, dirs, names in os.walk(os.path.join(root, under)):
        at = os.path.relpath(where, root)
        dirs[:] = [d for d in dirs if d not in ('.git', '__pycache__') and
                   not (at == '.' and (d in ('build', 'third_party') or d.startswith('build-')))]
        found += [os.path.normpath(os.path.join(at, n)) for n in names]
    return sorted(found)


def isa_rows(root=ROOT):
    """The rows of arch/isas.txt, as dicts."""
    columns = ('folder', 'go', 'triple', 'package', 'clang', 'qemu', 'native', 'bits', 'endian', 'lacks')
    lines = [l for l in read('arch/isas.txt', root).splitlines() if re.match(r'[a-z0-9]', l)]
    return [dict(zip(columns, l.split())) for l in lines]


def library_objects(build, library='rt0'):
    """The folder of the library's objects in build/<isa>, and the objects. If there are none, ends the script with
    status 2."""
    where = os.path.join(build, 'CMakeFiles', f'{library}.dir')
    objects = [os.path.join(at, n) for at, _, names in os.walk(where) for n in names if n.endswith('.o')]
    # Ignores objects of source files that have been moved: they remain until the folder is cleaned.
    objects = sorted(o for o in objects if os.path.exists(os.path.join(ROOT, os.path.relpath(o, where)[:-2])))
    if not objects:
        name = os.path.basename(sys.argv[0])
        print(f'{name}: no objects in {where}: run make build first', file=sys.stderr)
        sys.exit(2)
    return where, objects


def main(doc, checker):
    """A checker's command line: prints its findings below --root; exit status 1 if there are any."""
    parser = argparse.ArgumentParser(description=doc.split('\n')[0])
    parser.add_argument('--root', default=ROOT)
    failures = checker(parser.parse_args().root).run()
    for failure in failures:
        print(failure)
    sys.exit(1 if failures else 0)
