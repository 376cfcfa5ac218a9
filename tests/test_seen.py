"""What a run has seen: exact, in order, on disk when it must last, and cheap in memory."""

import os
import sqlite3
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.batch.seen import Seen, key
from cleaner.errors import InputError

texts = st.lists(st.tuples(st.sampled_from(["documents", "paragraphs"]), st.text("ab\ud800é\n", max_size=3)))


@given(texts)
def test_a_text_is_new_once_for_each_kind(asked):
    seen, known = Seen(), set()
    for kind, text in asked:
        assert seen.new(kind, text) == ((kind, text) not in known)
        known.add((kind, text))
    seen.close()


def test_a_hash_made_elsewhere_is_the_same_question():
    seen = Seen()
    assert seen.new("documents", "It rained.")
    assert not seen.new_key(key("documents", "It rained."))
    assert seen.new_key(key("paragraphs", "It rained."))


def test_the_smallest_difference_counts():
    seen = Seen()
    assert all(seen.new("documents", text) for text in ("It rained.", "It rained. ", "it rained.", ""))


@given(texts, texts, texts)
def test_a_resumed_run_answers_as_one_that_was_never_stopped(tmp_path_factory, first, lost, rest):
    path = tmp_path_factory.mktemp("seen") / "run.seen"
    whole = Seen()
    stopped = Seen(path)
    assert [stopped.new(*each) for each in first] == [whole.new(*each) for each in first]
    step = stopped.commit()
    for each in lost:
        stopped.new(*each)
    stopped.commit()  # this one the journal did not live to tell of
    stopped.close()
    resumed = Seen(path, step)
    assert [resumed.new(*each) for each in rest] == [whole.new(*each) for each in rest]
    resumed.close()
    whole.close()


def test_a_new_run_does_not_remember_an_old_one(tmp_path):
    for _ in range(2):
        seen = Seen(tmp_path / "run.seen")
        assert seen.new("documents", "It rained.")
        seen.commit()
        seen.close()


KILLED = """
import os, sys
from pathlib import Path
from cleaner.batch.seen import Seen
seen = Seen(Path(sys.argv[1]))
for number in range(1000):
    seen.new("documents", str(number))
print(seen.commit(), flush=True)
for number in range(1000, 200000):
    seen.new("documents", str(number))
os.kill(os.getpid(), 9)
"""


def test_a_run_that_is_killed_loses_nothing_it_committed(tmp_path):
    path = tmp_path / "run.seen"
    process = subprocess.run(
        [sys.executable, "-c", KILLED, path], capture_output=True, check=False, text=True
    )
    assert process.returncode == -9
    seen = Seen(path, int(process.stdout))
    assert not any(seen.new("documents", str(number)) for number in range(1000))
    assert all(seen.new("documents", str(number)) for number in range(1000, 2000))
    seen.close()


def test_a_file_of_someone_else_is_refused_and_stays(tmp_path):
    text, other = tmp_path / "notes.txt", tmp_path / "other.db"
    text.write_text("Not a database, and longer than the header of one would be. " * 20)
    base = sqlite3.connect(other)
    base.execute("CREATE TABLE t (x)")
    base.commit()
    base.close()
    for path in (text, other):
        before = path.read_bytes()
        with pytest.raises(InputError, match=path.name):
            Seen(path)
        assert path.read_bytes() == before


def test_a_place_that_cannot_be_written_is_told_in_one_line(tmp_path):
    with pytest.raises(InputError, match="cannot be used") as caught:
        Seen(tmp_path / "nowhere" / "run.seen")
    assert "\n" not in str(caught.value)


MEASURED = """
import resource
from cleaner.batch import seen as module
module._MEMORY = ("PRAGMA cache_size = -2000",)
seen = module.Seen()
def grow(start, end):
    for number in range(start, end):
        assert seen.new("paragraphs", str(number))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
first = grow(0, 100_000)
print(grow(100_000, 400_000) / first)
"""


@pytest.mark.skipif(os.name == "nt", reason="resource is of Unix")
def test_memory_stays_within_its_bound():
    process = subprocess.run([sys.executable, "-c", MEASURED], capture_output=True, check=True, text=True)
    assert float(process.stdout) < 1.1
