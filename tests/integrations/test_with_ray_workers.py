"""Workers on Ray: results in the order of the work, and a bad item costs no other."""

import os
import re
import signal
import time
from pathlib import Path

import pytest
from corpus import cleaned, library, texts

import cleaner
from cleaner.errors import CleanerError, InputError

ray = library("ray")

from cleaner.integrations.ray_workers import cluster, in_order  # noqa: E402

pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture(scope="module", autouse=True)
def workers():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(Path(__file__).parent))  # where workers find the functions below
        with cluster(workers=2) as number:
            yield number


class OddError(Exception):
    """One that cannot be made again from what it says of itself."""

    def __init__(self, one, other):
        super().__init__(f"{one} and {other}")


def deadly(text):
    if text == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if text == "late":
        time.sleep(60)
    if text == "deep":
        re.match(r"(?:a|aa|a?a)+[bc]", "a" * 60)
    if text == "unsent":
        return lambda: text
    if text == "odd":
        raise OddError(1, 2)
    if text == "wrong":
        raise ValueError("it is wrong")
    return text.upper()


def large(_):
    """The size of an item, so that each is a chunk with few others."""
    return 300_000


def lost(text, why):
    return f"{text}: {why}"


def test_texts_come_out_in_order_as_from_the_cleaner(workers):
    work = cleaner.Cleaner()
    done = in_order(work.clean, texts() * 3, workers, size=lambda text: 10_000 + len(text))
    assert list(done) == cleaned() * 3


def test_an_item_that_fails_or_kills_its_worker_is_lost_alone(workers):
    items = [*"abcdefgh", "kill", *"ijkl", "wrong", "odd", "unsent", *"mnop"]
    done = list(in_order(deadly, items, workers, size=large, lost=lost))
    said = {
        "kill": "kill: its worker process died",
        "wrong": "wrong: ValueError: it is wrong",
        "odd": "odd: OddError: 1 and 2",
        "unsent": done[items.index("unsent")],
    }
    assert said["unsent"].startswith("unsent: its result cannot be sent: ")
    assert done == [said.get(item, item.upper()) for item in items]


@pytest.mark.parametrize("item", ["late", "deep"])
def test_an_item_that_takes_too_long_is_lost_alone(workers, item):
    items = [*"abcdefgh", item, *"ijkl"]
    done = list(in_order(deadly, items, workers, size=large, lost=lost, timeout=1.0))
    said = {item: f"{item}: it took longer than 1 seconds"}
    assert done == [said.get(text, text.upper()) for text in items]


def test_without_lost_an_error_is_raised_where_its_result_would_have_come(workers):
    done = in_order(deadly, ["a", "b", "wrong", "c"], workers, size=large)
    assert [next(done), next(done)] == ["A", "B"]
    with pytest.raises(ValueError, match="it is wrong"):
        next(done)
    with pytest.raises(CleanerError, match="its worker process died"):
        list(in_order(deadly, ["kill"], workers, size=large))


class Unopened:
    """Work that cannot be taken out of its parcel."""

    def __reduce__(self):
        return int, ("no number",)


def test_workers_that_cannot_begin_are_told(workers):
    with pytest.raises(CleanerError, match=r"workers cannot begin: .*no number"):
        list(in_order(Unopened(), ["a"], workers, size=large))


def test_there_are_no_more_workers_than_the_cluster_has_room_for(workers):
    with cluster(workers=50) as number:
        assert number == workers == 2


def test_a_cluster_that_is_not_there_is_told():
    ray.shutdown()
    with pytest.raises(InputError, match=r"Ray cannot be reached at 127\.0\.0\.1:9"), cluster("127.0.0.1:9"):
        pass
