#!/usr/bin/env python3
"""`make docs`: Doxygen makes the site without a warning, every link in it leads to a page and a place that are there,
and each guide and each public header has a page that the index leads to."""

import html.parser
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from harness import rt0test

TOP = rt0test.TOP


class Page(html.parser.HTMLParser):
    """The places and the local links of a page."""

    def __init__(self, path):
        super().__init__()
        self.places, self.links, self.words = set(), [], []
        self.feed(path.read_text(errors="replace"))

    def handle_starttag(self, tag, attrs):
        for key, value in attrs:
            if key in ("id", "name") and value:
                self.places.add(value)
            if key in ("href", "src") and value and not urllib.parse.urlsplit(value).scheme:
                self.links.append(value)

    def handle_data(self, data):
        self.words.append(data)


@unittest.skipUnless(shutil.which("doxygen"), "doxygen is not installed")
class Site(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.out = pathlib.Path(cls.folder.name)
        cls.said = subprocess.run(["doxygen", "docs/Doxyfile"], cwd=TOP, env={**os.environ, "RT0_DOCS": str(cls.out)},
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        cls.pages = {path.name: Page(path) for path in cls.out.glob("*.html")}

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_no_warning(self):
        self.assertEqual((self.said.returncode, self.said.stdout), (0, ""))

    def test_links(self):
        self.assertGreater(len(self.pages), 50)
        for name, page in self.pages.items():
            for link in page.links:
                to, _, place = link.partition("#")
                to = urllib.parse.unquote(to) or name
                self.assertTrue((self.out / to).exists(), f"{name}: {link}")
                if place and to in self.pages:
                    self.assertIn(urllib.parse.unquote(place), self.pages[to].places, f"{name}: {link}")

    def test_every_guide_is_in_the_index(self):
        index = (TOP / "docs/INDEX.md").read_text()
        for page in (TOP / "docs").glob("*.md"):
            if page.name != "INDEX.md":
                self.assertIn(f"({page.name})", index)

    def test_every_header_has_a_page(self):
        for header in (TOP / "include/rt0").glob("*.h"):
            if header.name == "internal.h":
                continue
            page = "".join(c if c.isalnum() else {"_": "__", ".": "_8"}[c] for c in header.name) + ".html"
            self.assertIn(page, self.pages)

    def test_comments_of_the_headers_are_there(self):
        """A function's page has what its comment says."""
        said = " ".join(" ".join(self.pages["classrt0_1_1sync_1_1WaitGroup.html"].words).split())
        self.assertIn("Returns when the counter is 0.", said)


if __name__ == "__main__":
    rt0test.main()
