"""A batch that is stopped, by whatever, goes on without losing or doubling a document."""

import fcntl
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from batches import Onlooker, go, left, records, standard
from test_cli import ARTICLE, CLEAN, run

from cleaner.batch import desk as module
from cleaner.batch.plan import Plan
from cleaner.batch.run import Run
from cleaner.errors import InputError

__all__ = ["go", "run"]

ROOT = Path(__file__).parents[1]


class StoppedError(Exception):
    """Stands for a kill, a full disk, an interruption."""


class Stopping(Onlooker):
    """Stops the run after so many documents."""

    def __init__(self, after):
        super().__init__()
        self.after = after

    def update(self, *_):
        self.after -= 1
        if self.after < 0:
            raise StoppedError


@pytest.fixture
def _marks(monkeypatch):
    """Places to go on from after every third document."""
    monkeypatch.setattr(module, "MARK_JOBS", 3)
    monkeypatch.setattr(module, "JOURNAL_SECONDS", 0)


def stopped(sources, out, after, **plan):
    watch = Stopping(after)
    try:
        Run(Plan(sources, out, **plan), standard()).go(watch)
    except StoppedError:
        return True
    return False


def corpus(folder):
    """A folder of several formats, with documents that fail and one that is empty."""
    folder.mkdir()
    for number in range(5):
        (folder / f"{number}.txt").write_text(ARTICLE * number)
    stories = [f"{ARTICLE}\nStory {n}.\n" for n in range(20)]
    (folder / "a.jsonl").write_text(records(*stories[:9]) + "broken\n" + records(*stories[9:]))
    (folder / "empty.jsonl").write_text("")
    rows = "".join(f'{number},"{text}"\n' for number, text in enumerate(stories))
    (folder / "table.csv").write_text(f"id,text\n{rows}")


@pytest.mark.usefixtures("_marks")
@pytest.mark.parametrize("how", ["skip", "keep"])
@pytest.mark.parametrize("out", ["out", "out.jsonl", "out.csv", "out.jsonl.gz"])
def test_a_run_stopped_anywhere_ends_as_one_in_peace(tmp_path, monkeypatch, out, how):
    monkeypatch.chdir(tmp_path)
    corpus(tmp_path / "in")
    sides = {"ledger": "l.jsonl", "errors": "e.jsonl", "on_error": how, "dedup": "both"}
    assert not stopped(("in",), out, 10**6, **sides)
    right = {name: (tmp_path / name).read_bytes() for name in left(tmp_path)}
    lot = random.Random(3)  # noqa: S311 - no secrets
    for _ in range(2):
        for name in right:
            if not name.startswith("in/"):
                (tmp_path / name).unlink()
        after = lot.randint(3, 12)
        resumed = 0
        while stopped(("in",), out, after, resume=True, **sides):
            resumed += 1
            after = lot.randint(6, 30)
        assert resumed
        assert {name: (tmp_path / name).read_bytes() for name in left(tmp_path)} == right


@pytest.mark.usefixtures("_marks")
def test_parquet_goes_on_where_it_was_stopped(tmp_path, monkeypatch):
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    monkeypatch.chdir(tmp_path)
    texts = [f"{ARTICLE}\nStory {n}.\n" for n in range(40)]
    pq.write_table(pa.table({"n": range(40), "text": texts}), "a.parquet", row_group_size=7)
    for out in ("b.parquet", "c.jsonl"):
        after = 8
        while stopped(("a.parquet",), out, after, resume=True):
            after += 3
    assert pq.read_table("b.parquet").to_pylist() == [
        json.loads(line) for line in Path("c.jsonl").read_text().splitlines()
    ]
    assert pq.read_table("b.parquet").num_rows == 40
    assert left(tmp_path) == ["a.parquet", "b.parquet", "c.jsonl"]


@pytest.mark.usefixtures("_marks")
def test_the_report_of_a_run_in_parts_is_that_of_one_in_peace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    corpus(tmp_path / "in")
    for name, first in (("peace", 10**6), ("war", 9)):
        after = first
        more = {"report": f"{name}.json", "on_error": "skip"}
        while stopped(("in",), f"{name}/", after, resume=True, **more):
            after += 5
    told = [json.loads(Path(f"{name}.json").read_text()) for name in ("peace", "war")]
    for one in told:
        one.pop("speed")
        one.pop("run")
    assert told[0] == told[1]


def test_nothing_stays_of_a_run_that_cannot_be_gone_on_with(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    corpus(tmp_path / "in")
    before = left(tmp_path)
    assert stopped(("in",), "out", 7, on_error="skip", ledger="l.jsonl", dedup="both")
    assert left(tmp_path) == before


@pytest.mark.usefixtures("_marks")
def test_a_run_that_was_stopped_is_not_forgotten_in_silence(go, tmp_path):
    (tmp_path / "a.jsonl").write_text(records(*[f"Story {n}." for n in range(20)]))
    assert stopped(("a.jsonl",), "b.jsonl", 9)
    assert not (tmp_path / "b.jsonl").exists()
    with pytest.raises(InputError, match="a run was stopped here; --resume goes on, --overwrite begins anew"):
        go("a.jsonl", out="b.jsonl")
    _, told = go("a.jsonl", out="b.jsonl", overwrite=True)
    assert told == ["b.jsonl: what an earlier run had done is forgotten"]
    assert left(tmp_path) == ["a.jsonl", "b.jsonl"]


@pytest.mark.parametrize(
    ("what", "change"),
    [
        ("sources", lambda _: Path("a.jsonl").write_text(records("Other."))),
        ("options", lambda plan: plan.update(limit=3)),
        ("rules", lambda _: None),
    ],
)
@pytest.mark.usefixtures("_marks")
def test_another_run_is_not_gone_on_with(tmp_path, monkeypatch, what, change):
    monkeypatch.chdir(tmp_path)
    Path("a.jsonl").write_text(records(*[f"Story {n}." for n in range(20)]))
    Path("mine.toml").write_text(PACK)
    work = type(standard())(packs=["mine.toml"])
    with pytest.raises(StoppedError):
        Run(Plan(("a.jsonl",), "b.jsonl"), work).go(Stopping(9))
    plan = {"resume": True, "workers": 2, "on_error": "keep"}
    change(plan)
    if what == "rules":
        Path("mine.toml").write_text(PACK.replace("gazette", "herald"))
        work = type(standard())(packs=["mine.toml"])
    with pytest.raises(InputError, match=f"had other {what}; --overwrite begins anew"):
        Run(Plan(("a.jsonl",), "b.jsonl", **plan), work).go(Onlooker())


PACK = """family = "adverts"
language = "en"
about = "Mine."
[[rule]]
id = "mine"
kind = "line"
match = "buy the gazette"
why = "Mine."
source = "unproven"
strips = ["Buy the gazette", "buy the gazette"]
keeps = ["They buy the paper.", "The gazette was there to buy."]
"""


@pytest.mark.usefixtures("_marks")
def test_two_runs_cannot_write_one_output(go, tmp_path):
    (tmp_path / "a.jsonl").write_text(records(ARTICLE))
    for out, lock in (("b.jsonl", ".b.jsonl.cleaner-lock"), ("out/", "out/.cleaner-lock")):
        (tmp_path / lock).parent.mkdir(exist_ok=True)
        with (tmp_path / lock).open("w") as other:
            fcntl.flock(other, fcntl.LOCK_EX)
            with pytest.raises(InputError, match="another run is writing it"):
                go("a.jsonl", out=out, overwrite=True)
            assert (tmp_path / lock).exists()
        go("a.jsonl", out=out)
        assert not (tmp_path / lock).exists()


def test_a_link_in_the_place_of_a_part_is_not_followed(go, tmp_path):
    (tmp_path / "a.jsonl").write_text(records(ARTICLE))
    (tmp_path / "precious").write_text("precious")
    (tmp_path / ".b.jsonl.cleaner-part").symlink_to("precious")
    with pytest.raises(InputError, match="is a link"):
        go("a.jsonl", out="b.jsonl")
    assert (tmp_path / "precious").read_text() == "precious"


def test_a_link_as_output_is_written_where_it_leads(go, tmp_path):
    (tmp_path / "there").mkdir()
    (tmp_path / "there/b.jsonl").write_text("old")
    (tmp_path / "there/b.jsonl").chmod(0o600)
    (tmp_path / "b.jsonl").symlink_to("there/b.jsonl")
    (tmp_path / "a.jsonl").write_text(records(ARTICLE))
    go("a.jsonl", out="b.jsonl", overwrite=True)
    assert (tmp_path / "b.jsonl").is_symlink()
    assert (tmp_path / "there/b.jsonl").read_text() == records(CLEAN)
    assert (tmp_path / "there/b.jsonl").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("source", ["a.jsonl", "-"])
def test_a_full_disk_is_told_and_the_run_goes_on_when_there_is_room(tmp_path, source):
    (tmp_path / "a.jsonl").write_text(records(*[f"Story {n}.\n" * 20 for n in range(400)]))
    script = (
        "import resource, sys\n"
        "from cleaner.batch import desk\nfrom cleaner.cli import run as main\n"
        "desk.MARK_JOBS, desk.JOURNAL_SECONDS = 50, 0\n"
        "if sys.argv.pop(1) == 'full': resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))\n"
        "sys.exit(main())"
    )

    def call(how, *args):
        words = [sys.executable, "-c", script, how, "batch", source, "--out", "b.jsonl", *args]
        env = {**os.environ, "PYTHONPATH": str(ROOT)}
        data = (tmp_path / "a.jsonl").read_bytes()
        return subprocess.run(words, cwd=tmp_path, env=env, input=data, capture_output=True, check=False)

    process = call("full", "--workers", "1")
    said = process.stderr.decode()
    assert process.returncode == 2
    assert "b.jsonl: cannot be written: File too large" in said
    assert "--resume goes on" in said
    assert "Traceback" not in said
    assert not (tmp_path / "b.jsonl").exists()
    assert call("room", "--resume").returncode == 0
    assert (tmp_path / "b.jsonl").read_bytes() == (tmp_path / "a.jsonl").read_bytes()
    assert left(tmp_path) == ["a.jsonl", "b.jsonl"]


def test_an_interrupted_run_says_how_it_goes_on(tmp_path):
    (tmp_path / "a.jsonl").write_text(records(*[f"Story {n}.\n{ARTICLE}" for n in range(1200)]))
    script = (
        "import sys\nfrom cleaner.batch import desk\nfrom cleaner.cli import run as main\n"
        "desk.MARK_JOBS, desk.JOURNAL_SECONDS = 5, 0\n"
        "if __name__ == '__main__': sys.exit(main())"
    )
    (tmp_path / "main.py").write_text(script)
    words = [sys.executable, "main.py", "batch", "a.jsonl", "--out", "b.jsonl", "--workers"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen([*words, "2"], cwd=tmp_path, env=env, stderr=subprocess.PIPE)
    while not (tmp_path / ".b.jsonl.cleaner-journal").exists():
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    said = process.communicate()[1].decode()
    assert process.returncode == 130
    assert [line for line in said.splitlines() if line] == [
        "cleaner: what was done so far is kept; --resume goes on",
        "cleaner: interrupted",
    ]
    again = subprocess.run([*words, "1", "--resume"], cwd=tmp_path, env=env, capture_output=True, check=False)
    assert again.returncode == 0
    assert b"goes on after" in again.stderr
    texts = [json.loads(line)["text"] for line in (tmp_path / "b.jsonl").read_text().splitlines()]
    assert texts == [f"Story {n}.\n{CLEAN}" for n in range(1200)]


def test_resume_needs_an_output(run, tmp_path):
    (tmp_path / "a.jsonl").write_text(records(ARTICLE))
    assert "--resume needs --out" in run("batch", "a.jsonl", "--out", "-", "--resume", code=2).stderr.decode()


def test_a_journal_that_is_damaged_is_told(go, tmp_path):
    (tmp_path / "a.jsonl").write_text(records(ARTICLE))
    for wrong in ("", "{}", "[]", '{"cleaner-journal": 99, "bound": {}, "entry": {"place": {}}}'):
        (tmp_path / ".b.jsonl.cleaner-journal").write_text(wrong)
        with pytest.raises(InputError, match="--overwrite begins anew"):
            go("a.jsonl", out="b.jsonl", resume=True)
    go("a.jsonl", out="b.jsonl", overwrite=True)
    assert left(tmp_path) == ["a.jsonl", "b.jsonl"]


def test_a_batch_killed_at_random_moments_writes_the_same_bytes():
    script = ROOT / "benchmarks" / "kills.py"
    words = [sys.executable, str(script), "--megabytes", "0.6", "--kills", "15", "--longest", "0.3"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.run(words, capture_output=True, check=False, env=env)
    assert process.returncode == 0, process.stderr.decode()
    assert b"15 kills" in process.stdout
