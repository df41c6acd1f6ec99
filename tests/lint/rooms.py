"""Reads rooms.txt for the lint scripts."""
import fnmatch
import os

from source import ROOT, read


class Rooms:
    """include: room → the tokens its files may include, with words expanded. up: symbol → (header, line). purpose: room → its purpose.
    library: the rooms of the runtime's library, lowest first."""

    def __init__(self, root=ROOT):
        self.include, self.purpose, self.up, self.library, words = {}, {}, {}, [], {}
        for n, line in enumerate(read('rooms.txt', root).splitlines(), 1):
            row = [c.strip() for c in line.split('|')]
            if row[0] == 'word':
                words[row[1]] = row[2].split()
            elif row[0] in ('room', 'program'):
                self.include[row[1]] = [t for w in row[2].split() for t in words.get(w, [w])]
                self.purpose[row[1]] = row[3]
                if row[0] == 'room':
                    self.library.append(row[1])
            elif row[0] == 'up':
                self.up.update({s: (row[1], n) for s in row[2].split()})

    def room_of(self, path):
        """The room that a file lies in: the row of the innermost folder that has one; None if there is none."""
        folder = os.path.dirname(path)
        while folder:
            for name in self.include:
                if name == folder or ('*' in name and fnmatch.fnmatch(folder, name) and folder.count('/') == name.count('/')):
                    return name
            folder = os.path.dirname(folder)
        return None

    def calls_as(self, path):
        """The room to which a file's calls are attributed."""
        return self.family(self.room_of(path))

    @staticmethod
    def family(room):
        return room.split('/')[0] if room and room.split('/')[0] in ('arch', 'kernel_iface') else room

    def callable(self, room):
        """The rooms that `room` may call."""
        return {self.family(t) for name, tokens in self.include.items() if self.family(name) == room for t in tokens}
