"""Worker processes: order, deaths, delays, and nothing left behind."""

import os
import random
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

from cleaner import workers
from cleaner.errors import CleanerError


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    """Chunks of two items, so that little work goes through several processes."""
    monkeypatch.setattr(workers, "CHUNK", 2)


def one(_item):
    return 1


def lost(item, why):
    return f"{item}: {why}"


def odd(item):  # noqa: C901 - one branch a way to go wrong
    """Does as the item says."""
    match item:
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "exit":
            sys.exit(3)
        case "leave":
            os._exit(7)
        case "memory":
            raise MemoryError
        case "recursion":
            return odd(item)
        case "crash":
            signal.raise_signal(signal.SIGSEGV)
        case "raise":
            raise ValueError("of no value")
        case "hang":
            time.sleep(60)
        case "hang deep":  # keeps the interpreter's lock, as a pattern does that never ends
            import re

            re.match(r"(a|aa)+$", "a" * 60 + "b")
        case "unpicklable":
            return threading.Lock()
        case "unloadable":
            return Unloadable()
    return item.upper()


class Unloadable:
    """Can be pickled, and not made again."""

    def __reduce__(self):
        return int, ("no number",)


def run(items, timeout=None, count=2):
    return list(workers.in_order(odd, items, count, one, lost, timeout))


LETTERS = [chr(97 + n) for n in range(12)]


def test_results_come_in_the_order_of_the_items():
    items = [f"{n:05}" for n in range(300)]
    assert run(items, count=3) == items


@pytest.mark.parametrize(
    ("what", "why"),
    [
        ("kill", "its worker process died"),
        ("leave", "its worker process died"),
        ("crash", "its worker process died"),
        ("exit", "it tried to end the process (SystemExit)"),
        ("memory", "MemoryError"),
        ("raise", "ValueError: of no value"),
    ],
)
def test_one_item_fails_and_no_other(what, why):
    items = [*LETTERS[:5], what, *LETTERS[5:]]
    expected = [letter.upper() for letter in LETTERS]
    expected.insert(5, f"{what}: {why}")
    assert run(items) == expected


@pytest.mark.parametrize("what", ["recursion", "unpicklable", "unloadable"])
def test_an_item_without_a_result_that_can_be_sent_fails_alone(what):
    results = run([*LETTERS[:3], what, *LETTERS[3:]])
    assert results[3].startswith(f"{what}: ")
    assert results[:3] + results[4:] == [letter.upper() for letter in LETTERS]


@pytest.mark.parametrize("what", ["raise", "exit", "memory", "recursion"])
def test_without_processes_an_item_fails_alone_too(what):
    results = run(["a", what, "b", "c"], count=1)
    assert results[1].startswith(f"{what}: ")
    assert [results[0], *results[2:]] == ["A", "B", "C"]


def test_deaths_one_after_the_other_are_told_each():
    results = run(["a", "kill", "leave", "b", "kill", "c"])
    assert [result.partition(":")[0] for result in results] == ["A", "kill", "leave", "B", "kill", "C"]


@pytest.mark.parametrize("what", ["hang", "hang deep"])
def test_what_takes_too_long_is_the_item_that_is_blamed(what):
    items = [*LETTERS[:5], what, *LETTERS[5:]]
    results = run(items, timeout=0.7)
    assert results[5] == f"{what}: it took longer than 0.7 seconds"
    assert results[:5] + results[6:] == [letter.upper() for letter in LETTERS]


def test_a_delay_is_not_blamed_on_a_chunk_that_has_gone_by():
    """The caller takes its time after every result, while the workers get on."""
    found = []
    for result in workers.in_order(odd, ["a", "b", "c", "d", "hang", "e"], 1, one, lost, 0.7):
        found.append(result)
        time.sleep(0.4)
    assert found == ["A", "B", "C", "D", "hang: it took longer than 0.7 seconds", "E"]


def test_a_timeout_holds_for_a_single_item_and_a_single_worker():
    assert run(["hang"], timeout=0.5, count=1) == ["hang: it took longer than 0.5 seconds"]


def test_a_large_chunk_waits_for_a_worker_that_is_deep_in_a_pattern():
    """More than a pipe holds is on its way to a worker that takes nothing in."""
    large = "x" * 300_000
    results = run(["hang deep", "a", large, large, large, large], timeout=0.7, count=1)
    assert results == ["hang deep: it took longer than 0.7 seconds", "A", *[large.upper()] * 4]


def test_without_lost_an_error_is_raised_in_its_place():
    results = workers.in_order(odd, ["a", "b", "c", "raise", "d"], 2, one)
    assert [next(results) for _ in range(3)] == ["A", "B", "C"]
    with pytest.raises(ValueError, match="of no value"):
        next(results)


def test_without_lost_a_death_is_an_error_of_one_line():
    with pytest.raises(CleanerError, match="its worker process died"):
        list(workers.in_order(odd, ["a", "b", "c", "kill", "d"], 2, one))


def children():
    tasks = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    return {pid for task in tasks for pid in task.read_text().split() if b"spawn_main" in command(pid)}


def command(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


needs_proc = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks into /proc")


@needs_proc
def test_no_process_is_left_when_the_caller_stops_early():
    results = workers.in_order(odd, LETTERS * 10, 2, one, lost)
    assert next(results) == "A"
    assert children()
    results.close()
    assert not children()


@needs_proc
def test_no_process_is_left_when_the_source_fails():
    def source():
        yield from LETTERS
        raise CleanerError("the source broke")

    with pytest.raises(CleanerError, match="the source broke"):
        list(workers.in_order(odd, source(), 2, one, lost))
    assert not children()


SCRIPT = """
    import sys, time
    from cleaner import workers
    workers.CHUNK = 2

    def work(item):
        if item > 20: time.sleep(60)
        return item

    {guard}
    for n in workers.in_order(work, range(100), 2, lambda _: 1):
        print(n, flush=True)
"""


def script(tmp_path, guard):
    text = textwrap.dedent(SCRIPT)
    if guard:
        head, tail = text.split("{guard}\n")
        text = head + 'if __name__ == "__main__":\n' + textwrap.indent(tail, "    ")
    path = tmp_path / "script.py"
    path.write_text(text.replace("{guard}", ""))
    return path


@needs_proc
@pytest.mark.parametrize("kill", [signal.SIGINT, signal.SIGKILL])
def test_workers_end_with_the_run_that_started_them(tmp_path, kill):
    with subprocess.Popen(
        [sys.executable, script(tmp_path, guard=True)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    ) as process:  # fmt: skip
        while process.stdout.readline() != "19\n":
            pass
        if kill == signal.SIGINT:
            os.killpg(process.pid, kill)  # as a terminal does: to the workers too
        else:
            process.kill()
        _, errors = process.communicate(timeout=20)
    assert errors.count("Traceback") == (kill == signal.SIGINT)  # the script's own, none of a worker
    for _ in range(100):
        if not alive(process.pid):
            break
        time.sleep(0.05)
    assert not alive(process.pid)


def alive(session):
    """Whether a process of a session is there."""
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if fields[3] == str(session) and fields[0] != "Z":
            return True
    return False


def test_workers_that_cannot_begin_are_told_once(tmp_path):
    done = subprocess.run(
        [sys.executable, script(tmp_path, guard=False)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    last = done.stderr.strip().splitlines()[-1]
    assert "CleanerError: worker processes die as they start" in last
    assert not done.stdout


def test_work_that_cannot_be_taken_by_a_process_is_told():
    with pytest.raises(CleanerError, match="worker processes cannot take the work"):
        list(workers.in_order(Unmade(), LETTERS, 2, one, lost))


class Unmade:
    """A function that cannot be made again elsewhere."""

    def __reduce__(self):
        return int, ("no number",)

    def __call__(self, item):
        return item


def test_workers_that_die_before_they_take_in_a_large_function_do_not_hold_up_the_run(tmp_path):
    script = tmp_path / "unguarded.py"
    script.write_text(
        "from functools import partial\nfrom cleaner.workers import CHUNK, in_order\n"
        "def f(ballast, item): return item\n"
        "list(in_order(partial(f, 'x' * 2_000_000), range(4), 2, size=lambda _: CHUNK))\n"
    )
    env = {**os.environ, "PYTHONPATH": str(Path(workers.__file__).parents[1])}
    process = subprocess.run(
        [sys.executable, str(script)], capture_output=True, check=False, env=env, timeout=120
    )
    assert b"worker processes die as they start" in process.stderr


@needs_proc
def test_workers_that_are_killed_from_outside_cost_no_item_that_was_not_under_way():
    items = [f"{number:04}" for number in range(200)]
    chance = random.Random(5)  # noqa: S311 - for chance, not for secrets
    found, kills = [], 0
    for result in workers.in_order(odd, items, 3, one, lost):
        found.append(result)
        if kills < 6 and chance.random() < 0.2 and (pids := sorted(children())):
            os.kill(int(chance.choice(pids)), signal.SIGKILL)
            kills += 1
    assert kills == 6
    assert [result[:4] for result in found] == items
    assert sum(result != item for result, item in zip(found, items, strict=True)) <= kills / 2
    assert not children()
