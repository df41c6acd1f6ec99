"""Reads rooms.txt for the lint scripts."""
import fnmatch
import os

from source import ROOT, isa_rows, read

COLUMNS = {'room': 4, 'program': 4, 'word': 3, 'up': 4}


class Rooms:
    """include: room → the tokens its files may include, with words expanded. up: symbol → (header, line).
    purpose: room → its purpose. library: the rooms of the runtime's library, lowest first.
    failures: what is wrong with the table itself, as lines "rooms.txt:N: rule: mend"; such a row is left out."""

    def __init__(self, root=ROOT):
        self.root, self.failures, self.of_isas = root, [], None
        self.include, self.purpose, self.up, self.library, self.words = {}, {}, {}, [], {}
        self.lines = {}  # of rooms and words
        for n, line in enumerate(read('rooms.txt', root).splitlines(), 1):
            if line.strip() and not line.startswith('#'):
                self.row(n, [c.strip() for c in line.split('|')])

    def row(self, n, row):
        kind = row[0]
        if kind not in COLUMNS:
            return self.fail(n,
                             f'{kind or "(empty)"}: a row begins with {", ".join(COLUMNS)}; a remark begins with "#"')
        if len(row) != COLUMNS[kind] or not all(row[1:3]) or not row[-1]:
            return self.fail(n,
                             f'a row "{kind}" has {COLUMNS[kind]} columns, none of them empty: see the head of '
                             f'rooms.txt')
        if kind == 'up':
            return self.up_row(n, row)
        name = row[1]
        if name in self.lines:
            return self.fail(n, f'{name} has a row already, on line {self.lines[name]}: remove one of the two')
        self.lines[name] = n
        if kind != 'word' and not self.folders(name):
            self.fail(n, f'{name}: there is no such folder: correct the name, or remove the row')
        tokens = [t for w in row[2].split() for t in self.words.get(w, [w])]
        tokens = [t for t in tokens if self.known(n, name, t)]
        if kind == 'word':
            self.words[name] = tokens
            return None
        self.include[name], self.purpose[name] = tokens, row[3]
        if kind == 'room':
            self.library.append(name)
        return None

    def up_row(self, n, row):
        if not os.path.isfile(os.path.join(self.root, row[1])):
            self.fail(n, f'{row[1]}: there is no such file: the second column names the file that declares the symbols')
        for s in row[2].split():
            if s in self.up:
                self.fail(n, f'{s} has a row "up" already, on line {self.up[s][1]}: remove one of the two')
            else:
                self.up[s] = (row[1], n)

    def fail(self, n, what):
        self.failures.append(f'rooms.txt:{n}: {what}')

    def folders(self, name):
        """The folders that a room's name stands for."""
        if '*' not in name:
            return [name] if os.path.isdir(os.path.join(self.root, name)) else []
        parent = os.path.dirname(name)
        try:
            names = os.listdir(os.path.join(self.root, parent))
        except OSError:
            return []
        return [f for f in (f'{parent}/{x}' for x in names)
                if fnmatch.fnmatch(f, name) and os.path.isdir(os.path.join(self.root, f))]

    def known(self, n, name, token):
        """Whether `name`'s row may name `token`: a room of an earlier row, a header, or a folder of a room with a
        star."""
        if token in self.include or token == 'own' or token.startswith('<') or '.' in os.path.basename(token):
            return True
        if '*' in name and token in self.folders(name):
            return True
        if self.folders(token):
            self.fail(n,
                      f'{name} may not name {token}, which has no earlier row: the lowest room comes first, so that no '
                      f'two rooms need each other; move what is needed down, or hand it in through a hook')
        else:
            self.fail(n, f'{token}: no earlier row "room" or "word" has this name, and no header: correct it')
        return False

    def compiled(self, path):
        """Whether tools/rt0.cmake takes the source, which lies in a room of the library, into the library."""
        folder, ending = os.path.dirname(path), os.path.splitext(path)[1]
        if folder == 'arch':
            return ending == '.S'
        if folder in self.isas():
            return ending in ('.cc', '.S')
        return folder in self.library and not folder.startswith('include/') and ending == '.cc'

    def isas(self):
        """The folders of the ISAs."""
        if self.of_isas is None:
            self.of_isas = {f'arch/{r["folder"]}' for r in isa_rows(self.root)}
        return self.of_isas

    def room_of(self, path):
        """The room that a file lies in: the row of the innermost folder that has one; None if there is none. A room of
        the library is the files directly in its folder; a folder of programs has its subfolders, too."""
        folder, inner = os.path.dirname(path), True
        while folder:
            for name in self.include:
                if (inner or name not in self.library) and self.stands_for(name, folder):
                    return name
            folder, inner = os.path.dirname(folder), False
        return None

    def stands_for(self, name, folder):
        """Whether a folder belongs to the room of this name. "arch/*" has the ISAs of arch/isas.txt, and the folders
        that its row names, which several of them share."""
        if name == folder:
            return True
        if '*' not in name or not fnmatch.fnmatch(folder, name) or folder.count('/') != name.count('/'):
            return False
        return folder in self.include[name] or folder in self.isas()

    def calls_as(self, path):
        """The room to which a file's calls are attributed."""
        return self.family(self.room_of(path))

    @staticmethod
    def family(room):
        return room.split('/')[0] if room and room.split('/')[0] in ('arch', 'kernel_iface') else room

    def callable(self, room):
        """The rooms that `room` may call."""
        return {self.family(t) for name, tokens in self.include.items() if self.family(name) == room for t in tokens}
