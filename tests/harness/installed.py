"""An rt0 installed from the build under test, and CMake projects outside the tree, for tests of what a user does with
them."""

import atexit
import functools
import os
import pathlib
import shutil
import subprocess
import tempfile

import rt0test

HOST_TOOL = rt0test.TOP / "build" / "host" / "bin" / "mkpclntab"


@functools.cache
def prefix():
    """The folder in which rt0 is installed, removed when the test ends. The folder's name has a blank."""
    folder = tempfile.mkdtemp(prefix="rt0 installed ")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    subprocess.run(["cmake", "--install", rt0test.BUILD, "--prefix", folder], stdout=subprocess.DEVNULL, check=True)
    return pathlib.Path(folder)


def tool(*args, env=None, cwd=None):
    """Runs rt0-c++ for the ISA under test: a CompletedProcess with text."""
    line = [prefix() / "bin" / "rt0-c++", "--isa", rt0test.ISA, *args]
    return subprocess.run(line, capture_output=True, text=True, check=False, cwd=cwd, env={**os.environ, **(env or {})})


def cmake(*args, cwd=None):
    """Runs cmake; a status other than 0 fails the test with what it said."""
    done = subprocess.run(["cmake", *args], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, cwd=cwd)
    if done.returncode != 0:
        raise AssertionError(f"cmake {' '.join(map(str, args))}:\n{done.stdout.decode(errors='replace')[-3000:]}")
    return done.stdout.decode(errors="replace")
