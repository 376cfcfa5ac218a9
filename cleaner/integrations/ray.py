"""Ray: datasets cleaned by actors that build the rules once, and corpora cleaned file by file."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import ray
import ray.data

from cleaner.batch.tally import Tally
from cleaner.errors import CleanerError, InputError
from cleaner.integrations.counted import CountingCleaner, removed
from cleaner.integrations.shards import Shard, Shards, merged, shards
from cleaner.integrations.table import BatchCleaner, batch_cleaner


class Counts:
    """What the actors of a dataset have counted: give it to ``clean`` and read it when the data are there.

    Counted is by task, so that one that was done twice, because a worker died, counts once.
    """

    def __init__(self) -> None:
        self._book = ray.remote(num_cpus=0)(_Book).remote()

    @property
    def tally(self) -> Tally:
        """All that was counted so far."""
        return Tally.from_json(ray.get(self._book.total.remote()))

    @property
    def removed_words(self) -> dict[str, int]:
        """The number of words that are gone, by family."""
        return removed(self.tally)

    def note(self, task: str, tally: Tally) -> None:
        """Notes what a task has counted so far, in the place of what it said before."""
        ray.get(self._book.note.remote(task, tally.to_json()))


class _Book:
    """The actor that keeps what each task has counted."""

    def __init__(self) -> None:
        self.tasks: dict[str, bytes] = {}

    def note(self, task: str, tally: dict[str, Any]) -> None:
        """Takes the count of a task."""
        self.tasks[task] = pickle.dumps(tally)

    def total(self) -> dict[str, Any]:
        """The sum over the tasks, in the order of their names."""
        said = (pickle.loads(data) for _, data in sorted(self.tasks.items()))  # noqa: S301 - our own
        return merged(map(Tally.from_json, said)).to_json()


class _Worker:
    """An actor of ``map_batches``: its rules are built once, before its first batch."""

    def __init__(self, work: BatchCleaner, counts: Counts | None) -> None:
        self.work = work
        self.counts = counts
        self.task = ""
        self.clean = CountingCleaner(work)
        work.work.cleaner  # noqa: B018 - built now

    def __call__(self, table: pa.Table) -> pa.Table:
        """The table cleaned."""
        if self.counts is None:
            return self.work(table)
        task = ray.get_runtime_context().get_task_id() or ""
        if task != self.task:
            self.task, self.clean = task, CountingCleaner(self.work, task[:16])
        made = self.clean(table)
        self.counts.note(task, self.clean.tally)
        return made


def clean(
    dataset: ray.data.Dataset,
    *,
    workers: int | tuple[int, int] | None = None,
    batch_size: int = 1000,
    counts: Counts | None = None,
    ray_args: Mapping[str, Any] | None = None,
    **options: Any,
) -> ray.data.Dataset:
    """The dataset with its texts cleaned, when it is asked for; ``options`` as for ``clean_batch``.

    ``workers`` is the number of actors, or the least and the most of them [as many as the cluster
    has room for]; ``ray_args`` go to ``map_batches`` (``num_cpus``, ``memory``, ``runtime_env``).  With
    ``counts`` what is done is counted.
    """
    least, most = (workers, workers) if isinstance(workers, int) else workers or (1, None)
    return dataset.map_batches(
        _Worker,
        fn_constructor_args=(batch_cleaner(**options), counts),
        compute=ray.data.ActorPoolStrategy(min_size=least, max_size=most),
        batch_size=batch_size,
        batch_format="pyarrow",
        **(ray_args or {}),
    )


class _ShardWorker:
    """An actor that cleans a file of a corpus at a time."""

    def __init__(self, work: Shards) -> None:
        self.work = work
        work.work.work.cleaner  # noqa: B018 - built now

    def __call__(self, table: pa.Table) -> pa.Table:
        """What was counted in each of the shards of a table, cleaned by the time."""
        done = [pickle.dumps(self._done(Shard(**row))) for row in table.to_pylist()]
        return pa.table({"name": table.column("name"), "done": done})

    def _done(self, shard: Shard) -> dict[str, Any] | str:
        """What was counted, or why the shard could not be cleaned."""
        try:
            return self.work.clean(shard).to_json()
        except CleanerError as error:
            return str(error)


def clean_shards(
    source: str,
    to: str,
    *,
    workers: int | None = None,
    overwrite: bool = False,
    ray_args: Mapping[str, Any] | None = None,
    **options: Any,
) -> Tally:
    """Cleans a folder of Parquet and JSON lines file by file; what was counted in all of it.

    Names are kept.  A run that was stopped goes on where it was when it is started again; a file whose
    worker died is done again.  ``options`` as for ``clean_batch``.  Raises ``InputError`` when a file
    cannot be cleaned, after the others are done.
    """
    work = shards(source, to, overwrite=overwrite, **options)
    rows = [vars(shard) for shard in work.found()]
    least, most = (workers, workers) if workers else (1, len(rows))
    pool = ray.data.ActorPoolStrategy(
        min_size=least, max_size=most, max_tasks_in_flight_per_actor=1
    )  # none waits for an actor while another has nothing to do
    done = (
        ray.data.from_arrow(pa.Table.from_pylist(rows))
        .repartition(len(rows))
        .map_batches(
            _ShardWorker,
            fn_constructor_args=(work,),
            compute=pool,
            batch_size=1,
            batch_format="pyarrow",
            **(ray_args or {}),
        )
    )
    found = {row["name"]: pickle.loads(row["done"]) for row in done.iter_rows()}  # noqa: S301 - our own
    work.tidy()
    _refuse_faults([said for _, said in sorted(found.items()) if isinstance(said, str)])
    return merged(Tally.from_json(said) for _, said in sorted(found.items()))


def _refuse_faults(faults: list[str]) -> None:
    """Raises ``InputError`` when shards could not be cleaned; the others are done."""
    if faults:
        more = f" ({len(faults) - 1} more files failed)" if faults[1:] else ""
        raise InputError(f"{faults[0]}{more}")
