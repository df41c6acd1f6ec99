#!/usr/bin/python3
"""Runs the programs of tests/oracle/ with the Go that is installed, and records what they print: `make oracle`.

  oracle.py --write [NAME…]   writes the records that differ, and shows each difference
  oracle.py --check [NAME…]   writes nothing; exit status 1 if a record differs

With both, the exit status is 1 also if a program gives no record, or if a record that differs may not be written.

tests/oracle/VERSION names the Go that made the records; it is the reference. A Go of another minor version, or for
another machine, is run and compared, but writes nothing unless --other-go is given: Go's order of goroutines or its
texts may have changed, and then rt0 must follow in the same commit. Without Go on PATH nothing is done, and the last
line says so.

A program of tests/oracle/order/ has its environment in its first line, which is also the first line of the rt0 program
of the same name, and perhaps a line "// tags: …", Go's build tags, or "// arch: …", its GOARCH. Its record is NAME.out,
what it wrote to stdout and then to stderr, and NAME.exit. The program is run RUNS times, less often if that takes long.
What the tests mask is no difference (tests/harness/order.py), and a record that differs only in masked parts is kept;
--exact writes it too. All runs must agree, unless order.TIMED has the program: then it is enough if one run gives the
record, and a new record is the output that most runs gave.
"""

import argparse
import ast
import collections
import difflib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

from harness import order, rt0test

ORACLE = rt0test.ORACLE
VERSION = ORACLE / "VERSION"
RUNS, LEAST_RUNS, SECONDS = 20, 3, 10  # RUNS runs of each program; SECONDS after the first began, LEAST_RUNS are enough
LIMIT = 120  # seconds after which a run counts as hanging
HUGE = 2000  # the largest GOMAXPROCS that is tried, of those that an int32 holds
SHOWN = 40  # lines of a difference that are printed
# Programs that are not about order: where their output is recorded, and which output that is: what they write to stdout
# (out) or to stderr (err), or a table of many runs.
OTHERS = {
    "env_values": (ORACLE / "env_values.txt", "table"),
    "println": (rt0test.EXPECTED / "println.err", "err"),
    "isprint": (rt0test.TOP / "lib" / "text" / "isprint.def", "out"),
}

Output = collections.namedtuple("Output", "text status")


class Wrong(Exception):
    """A program that gives no record: it does not compile, hangs, or its runs differ."""


def names():
    return sorted(path.stem for path in order.ORDER.glob("*.go")) + sorted(OTHERS)


def source(name):
    return (ORACLE if name in OTHERS else order.ORDER) / f"{name}.go"


def go_env(*variables):
    """What `go env` prints for these variables, as a list of lines; None if there is no Go."""
    if not shutil.which("go"):
        return None
    return subprocess.check_output(["go", "env", *variables], env=building(), text=True, cwd="/").splitlines()


def installed():
    """The installed Go in the form of the file VERSION, "go1.26.8 linux/amd64"; None if there is no Go."""
    answers = go_env("GOVERSION", "GOHOSTOS", "GOHOSTARCH")
    return answers and "{} {}/{}".format(*answers)


def reference():
    return VERSION.read_text("ascii").strip()


def unlike(here):
    """Why this Go's output may differ from the records; empty if it must not. The version's last number may."""
    form = re.compile(r"go(\d+\.\d+)\S* (\S+)")
    (ours, machine), (theirs, its_machine) = (form.fullmatch(version).groups() for version in (reference(), here))
    if ours != theirs:
        return f"the records are of Go {ours}, and Go {theirs} is installed"
    return "" if machine == its_machine else f"the records are of {machine}, and this is {its_machine}"


def building():
    """The environment of go build: the installed Go, no network, no setting of the user's that changes programs."""
    own = ("GOFLAGS", "GOEXPERIMENT", "GODEBUG", "GOWORK", "GOOS", "GOARCH", "GOAMD64")
    env = {name: value for name, value in os.environ.items() if name not in own}
    return {**env, "GOTOOLCHAIN": "local", "GOPROXY": "off", "GOWORK": "off", "CGO_ENABLED": "0", "GOFLAGS": "-mod=mod"}


def build(folder, chosen):
    """Compiles the programs, each in a package of its own, into folder/bin. Returns, for each program that was not
    compiled, what the compiler printed."""
    (folder / "bin").mkdir()
    # golang.org/x/sync, which some programs import: the copy that Go's own commands use.
    sync = folder / "sync"
    shutil.copytree(pathlib.Path(go_env("GOROOT")[0]) / "src/cmd/vendor/golang.org/x/sync", sync)
    (sync / "go.mod").write_text("module golang.org/x/sync\n")
    minor = re.match(r"go(\d+\.\d+)", installed())[1]
    (folder / "go.mod").write_text(f"module oracle\n\ngo {minor}\n\nrequire golang.org/x/sync v0.0.0\n\n"
                                   "replace golang.org/x/sync => ./sync\n")
    groups = collections.defaultdict(list)
    for name in chosen:
        (folder / name).mkdir()
        text = source(name).read_text()
        (folder / name / f"{name}.go").write_text(text)
        tags, arch = (re.search(rf"(?m)^// {key}: (\S+)$", text) for key in ("tags", "arch"))
        groups[tags[1] if tags else "", arch[1] if arch else ""].append(name)
    said = ""
    for (tags, arch), group in groups.items():
        line = ["go", "build", "-trimpath", "-tags", tags, "-o", "bin/", *(f"./{name}" for name in group)]
        env = {**building(), **({"GOARCH": arch} if arch else {})}
        done = subprocess.run(line, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              check=False)
        said += done.stdout
    return {name: said for name in chosen if not (folder / "bin" / name).exists()}


def run(folder, name):
    """Runs the program once and returns its Output; for a program of OTHERS, with the text of its one stream."""
    if name in OTHERS and OTHERS[name][1] == "table":
        return Output(table_of_values(folder / "bin" / name), 0)
    env = {} if name in OTHERS else order.env_of(name)
    try:
        done = subprocess.run([folder / "bin" / name], env=env, cwd=folder, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False, timeout=LIMIT)
    except subprocess.TimeoutExpired:
        raise Wrong(f"no end after {LIMIT} s") from None
    streams = {"out": unframed(done.stdout), "err": unframed(done.stderr)}
    said = streams[OTHERS[name][1]] if name in OTHERS else streams["out"] + streams["err"]
    return Output(as_text(said), done.returncode)


def table_of_values(program):
    """The rows of env_values.txt, with the last two columns made anew: the exit status, and what the program printed.
    The program runs on two CPUs, or on one where the first column says so. The value None stands for a variable that is
    not set. A row with a GOMAXPROCS above HUGE is kept as it is: Go then takes minutes and gigabytes."""
    lines, cpus = [], sorted(os.sched_getaffinity(0))
    if len(cpus) < 2:
        raise Wrong("needs two CPUs")
    for line in OTHERS["env_values"][0].read_text().splitlines():
        columns = line.split("\t")
        if line.startswith("#") or len(columns) < 4:
            lines.append(line)
            continue
        variable, value = columns[0], ast.literal_eval(columns[1])
        if variable == "GOMAXPROCS" and value and value.isdecimal() and HUGE < int(value) < 1 << 31:
            lines.append(line)
            continue
        one = variable.startswith("taskset")
        setting = value if one else f"{variable}={value}"
        env = dict([setting.split("=", 1)]) if value is not None and "=" in setting else {}
        some = str(cpus[0]) if one else f"{cpus[0]},{cpus[1]}"
        done = subprocess.run(["taskset", "-c", some, program], env={"PATH": "/usr/bin:/bin", **env},
                              capture_output=True, text=True, check=False, timeout=LIMIT)
        said = done.stdout.strip() if done.returncode == 0 else " / ".join(done.stderr.splitlines()[:4])
        lines.append("\t".join([*columns[:2], str(done.returncode), said]))
    return "\n".join(lines) + "\n"


def as_text(data):
    """Any bytes as a text from which the same bytes can be written again."""
    return data.decode("utf-8", "surrogateescape")


def unframed(data):
    """The bytes without the frames in which a program with faketime writes: "\\0\\0PB", the time, the length, the
    bytes."""
    whole = b""
    while data.startswith(b"\0\0PB"):
        end = 16 + int.from_bytes(data[12:16], "big")
        whole += data[16:end]
        data = data[end:]
    return whole + data


def tidy(name, output):
    """The Output as it is recorded: in a traceback without folders of this machine, offsets and addresses."""
    if name in OTHERS or order.mask_for(output.text) is str:
        return output
    text = re.sub(rf"(?m)^\t\S*\b({name}\.go:\d+)", r"\t\1", output.text)
    text = re.sub(r"(?m)^(\t\S+:\d+) \+0x[0-9a-f]+( fp=\S+ sp=\S+ pc=\S+)?$", r"\1", text)
    return output._replace(text=re.sub(r"\b0x[0-9a-f]{5,}\b", "0xN", text))


def record(name):
    """The recorded Output; None if there is none."""
    if name in OTHERS:
        path = OTHERS[name][0]
        return Output(as_text(path.read_bytes()), 0) if path.exists() else None
    if not all((order.ORDER / f"{name}{end}").exists() for end in (".out", ".exit")):
        return None
    return Output(as_text((order.ORDER / f"{name}.out").read_bytes()), order.go_status(name))


def masked(name, output):
    """An Output without what the tests do not compare. A test of its own compares the ids that goid prints."""
    if output is None or name in OTHERS or name == "goid":
        return output
    return output._replace(text=order.mask_for(output.text)(output.text))


def runs(folder, name, most):
    """The Outputs of up to `most` runs."""
    start, outputs = time.monotonic(), []
    most = LEAST_RUNS if name in OTHERS else most
    while len(outputs) < most and (len(outputs) < LEAST_RUNS or time.monotonic() - start < SECONDS):
        outputs.append(tidy(name, run(folder, name)))
    return outputs


def recorded_anew(name, outputs):
    """Returns the Output to record, and how many runs gave it. It is the recorded one if the runs agree with that."""
    old = masked(name, record(name))
    by_mask = collections.Counter(masked(name, output) for output in outputs)
    timed = name in order.TIMED
    if len(by_mask) > 1 and not timed:
        one, other = list(by_mask)[:2]
        raise Wrong(f"its runs differ, and it is not in order.TIMED:\n{difference(one, other, 'a run', 'another run')}")
    wanted = old if timed and old in by_mask else by_mask.most_common(1)[0][0]
    return next(output for output in outputs if masked(name, output) == wanted), by_mask[wanted]


def difference(old, new, before="recorded", after="now"):
    def lines(output):
        return [] if output is None else [*output.text.splitlines(), f"[exit status {output.status}]"]

    found = list(difflib.unified_diff(lines(old), lines(new), before, after, lineterm=""))
    more = [f"… {len(found) - SHOWN} more lines"] if len(found) > SHOWN else []
    return "\n".join(found[:SHOWN] + more)


def write(name, output):
    path = OTHERS[name][0] if name in OTHERS else order.ORDER / f"{name}.out"
    path.write_bytes(output.text.encode("utf-8", "surrogateescape"))
    if name in OTHERS:
        return
    signals = {-15: "signal 15 (SIGTERM)"}
    (order.ORDER / f"{name}.exit").write_text(f"{signals.get(output.status, output.status)}\n")


def compare(chosen, most=RUNS, show=print):
    """Runs the programs. Returns the Outputs of those whose record differs, the names of those that give no record, and
    the Outputs of all that give one."""
    changed, wrong, agreed = {}, [], {}
    with tempfile.TemporaryDirectory(prefix="rt0-oracle-") as folder:
        folder = pathlib.Path(folder)
        failed = build(folder, chosen)
        for name in chosen:
            try:
                if name in failed:
                    raise Wrong(f"does not compile:\n{failed[name]}")
                outputs = runs(folder, name, most)
                new, count = recorded_anew(name, outputs)
                if masked(name, new) != masked(name, record(name)):
                    changed[name] = new
                    show(f"{name}: changed\n{difference(record(name), new)}")
                elif count < len(outputs):
                    why = order.TIMED[name].why
                    show(f"{name}: {count} of {len(outputs)} runs gave the record; it depends on this: {why}")
                agreed[name] = new
            except Wrong as why:
                wrong.append(name)
                show(f"{name}: {why}")
    return changed, wrong, agreed


def main():
    parser = argparse.ArgumentParser(description="What Go prints, recorded in tests/oracle/.")
    mode = parser.add_mutually_exclusive_group(required=True)
    mode.add_argument("--write", action="store_true", help="write the records that differ")
    mode.add_argument("--check", action="store_true", help="write nothing")
    parser.add_argument("--exact", action="store_true", help="write also what differs only in masked parts")
    parser.add_argument("--other-go", action="store_true", help="write also with another minor version of Go")
    parser.add_argument("--runs", type=int, default=RUNS, help=f"how often each program is run ({RUNS})")
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these programs")
    args = parser.parse_args()
    unknown = sorted(set(args.names) - set(names()))
    if unknown:
        parser.error(f"no program {', '.join(unknown)} in tests/oracle/order/")
    here = installed()
    if here is None:
        print("oracle.py: skipped, nothing was compared or written: there is no `go` on PATH")
        return 0
    other = unlike(here)
    writing = args.write and (not other or args.other_go)
    print(f"records: {reference()}; installed: {here}")
    if other:
        print(f"oracle.py: {other}. " + ("The records become those of this Go." if writing else "Nothing is written" +
              (": --other-go (make oracle OTHER_GO=1) would write." if args.write else ".")))
    chosen = args.names or names()
    changed, wrong, agreed = compare(chosen, args.runs)
    if writing:
        for name, output in (agreed if args.exact else changed).items():
            if output != record(name):
                write(name, output)
        if not args.names and not wrong:
            VERSION.write_text(here + "\n", "ascii")
    written = ", written" if changed and writing else ""
    print(f"{len(chosen)} programs: {len(changed)} changed{written}, {len(wrong)} without a result", *wrong)
    return int(bool(wrong) or bool(changed) and not writing)


if __name__ == "__main__":
    sys.exit(main())
