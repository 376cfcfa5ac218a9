"""A corpus of documents in Parquet through every engine: the same texts come out, and how long each takes.

    python benchmarks/engines.py [--texts FILE.jsonl.gz ...] [--documents 20000] [--workers 2]
        [--corpus FOLDER] [--engines local,ray,spark,datatrove] [--environments FOLDER] [--json FILE]

The corpus is made of the texts in the field ``text`` of the files, else of those in ``fixtures/``, again
and again until there are enough, in shards of Parquet; a corpus that is in the folder already is used as
it is.  Each engine runs in a process of its own, by the Python of its environment in the folder of
environments (``ENGINES_AT=FOLDER .ci/engines`` makes them), else by this one.  Told are: wall time with
start and end, that of cleaning alone, whether the sorted output is that of the first engine, and for each
process that worked its CPU seconds and its own memory in MB after each quarter of its work, and at most.
``ray-killed`` is ``ray`` with one of its workers killed by SIGKILL while it works, ``batch-ray`` is
``cleaner batch --engine ray``.  Others can be named too: library, single, pandas, polars, datasets,
sklearn, langchain, llama-index, scrapy.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
SHARDS = 8
PAGE = os.sysconf("SC_PAGE_SIZE")
TICKS = os.sysconf("SC_CLK_TCK")
ENGINES = ("local", "arrow", "ray", "ray-killed", "ray-shards", "batch-ray", "spark", "datatrove")
ENVIRONMENT = {
    "batch-ray": "ray",
    "ray-killed": "ray",
    "ray-shards": "ray",
    "local": "arrow",
    "library": "arrow",
    "single": "arrow",
}


def sources(files):
    """The texts of JSON lines, or those of all cases in the fixtures."""
    if not files:
        from cleaner import marks

        cases = [
            path for path in sorted((ROOT / "fixtures").glob("*/**/*.txt")) if path.parent.name != "demo"
        ]
        return [marks.read(path.read_bytes().decode().partition("\n")[2])[0] for path in cases]
    found = []
    for file in files:
        with (gzip.open if file.suffix == ".gz" else open)(file, "rb") as lines:
            found += [json.loads(line)["text"] for line in lines]
    return found


def make(folder, count, files):
    """The corpus: so many texts in shards of Parquet."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder.mkdir(parents=True, exist_ok=True)
    texts = [text for text in sources(files) if text]  # some readers pass over a document without any
    rows = [{"id": f"{number:06}", "text": texts[number % len(texts)]} for number in range(count)]
    for shard in range(SHARDS):
        table = pa.Table.from_pylist(rows[shard::SHARDS])
        pq.write_table(table, folder / f"{shard}.parquet", row_group_size=500)


def rows_of(folder):
    import pyarrow.parquet as pq

    for path in sorted(folder.rglob("*.parquet")):
        if "_cleaner" not in path.parts:
            yield from pq.read_table(path, columns=["id", "text"]).to_pylist()


def told(folder):
    """Number and hash of the output, sorted by id."""
    hashed, number = hashlib.sha256(), 0
    for row in sorted(rows_of(folder), key=lambda row: row["id"]):
        hashed.update(json.dumps([row["id"], row["text"]]).encode())
        number += 1
    return number, hashed.hexdigest()[:16]


# Each engine: reads the folder, writes the folder, in this process.


def written(out, rows, texts):
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"id": [row["id"] for row in rows], "text": list(texts)}), out / "all.parquet")


def run_local(source, out, workers):
    """The command."""
    batch(source, out, "--workers", workers)


def run_batch_ray(source, out, workers):
    """The command, by Ray's workers."""
    batch(source, out, "--workers", workers, "--engine", "ray")


def batch(source, out, *more):
    words = [sys.executable, "-m", "cleaner", "batch", source, "--out", out, "--quiet", *more]
    subprocess.run(list(map(str, words)), check=True)


def run_library(source, out, workers):
    """``Cleaner.clean_many`` in processes."""
    import cleaner

    rows = list(rows_of(source))
    written(out, rows, cleaner.Cleaner().clean_many((row["text"] for row in rows), workers=workers))


def run_single(source, out, workers):
    """``Cleaner.clean`` text by text."""
    import cleaner

    del workers
    rows = list(rows_of(source))
    written(out, rows, map(cleaner.Cleaner().clean, (row["text"] for row in rows)))


def run_arrow(source, out, workers):
    """Shard by shard in this process."""
    from cleaner.integrations.shards import clean_shards

    del workers
    clean_shards(str(source), str(out))


def run_pandas(source, out, workers):
    import pandas as pd

    import cleaner.integrations.pandas  # noqa: F401 - adds the accessor

    frame = pd.concat(pd.read_parquet(path) for path in sorted(source.glob("*.parquet")))
    frame.clean.text(workers=workers).to_parquet(out / "all.parquet")


def run_polars(source, out, workers):
    import polars as pl

    import cleaner.integrations.polars  # noqa: F401 - adds the namespace

    del workers
    frame = pl.scan_parquet(source / "*.parquet").with_columns(pl.col("text").clean.text())
    frame.sink_parquet(out / "all.parquet")


def run_datasets(source, out, workers):
    import datasets

    from cleaner.integrations.datasets import clean

    datasets.disable_progress_bars()
    files = sorted(map(str, source.glob("*.parquet")))
    rows = datasets.load_dataset("parquet", data_files=files, split="train", cache_dir=str(out / "_cleaner"))
    rows.map(clean, batched=True, num_proc=workers).to_parquet(out / "all.parquet")


def run_sklearn(source, out, workers):
    from cleaner.integrations.sklearn import ArticleCleaner

    rows = list(rows_of(source))
    written(out, rows, ArticleCleaner(n_jobs=workers).fit_transform([row["text"] for row in rows]))


def run_langchain(source, out, workers):
    from langchain_core.documents import Document

    from cleaner.integrations.langchain import ArticleCleaner

    del workers
    rows = list(rows_of(source))
    done = ArticleCleaner().transform_documents([Document(page_content=row["text"]) for row in rows])
    written(out, rows, (document.page_content for document in done))


def run_llama_index(source, out, workers):
    from llama_index.core import Document
    from llama_index.core.ingestion import IngestionPipeline

    from cleaner.integrations.llama_index import ArticleCleaner

    rows = list(rows_of(source))
    documents = [Document(text=row["text"], id_=row["id"]) for row in rows]
    done = IngestionPipeline(transformations=[ArticleCleaner()]).run(documents=documents, num_workers=workers)
    found = {node.id_: node.text for node in done}
    written(out, rows, (found[row["id"]] for row in rows))


def run_scrapy(source, out, workers):
    from scrapy.utils.test import get_crawler

    from cleaner.integrations.scrapy import ArticleCleaner

    del workers
    pipeline = ArticleCleaner.from_crawler(get_crawler())
    rows = list(rows_of(source))
    written(out, rows, (pipeline.process_item(dict(row))["text"] for row in rows))


def run_ray(source, out, workers):
    import ray

    from cleaner.integrations.ray import clean

    ray.init(num_cpus=workers + 1, include_dashboard=False, log_to_driver=False, logging_level="error")
    ray.data.DataContext.get_current().enable_progress_bars = False
    clean(ray.data.read_parquet(str(source)), workers=workers, batch_size=500).write_parquet(str(out))


def run_ray_killed(source, out, workers):
    """As ``ray``, and one actor is killed when it has been at work for some seconds."""
    threading.Thread(target=kill_an_actor, daemon=True).start()
    run_ray(source, out, workers)


def run_ray_shards(source, out, workers):
    import ray

    from cleaner.integrations.ray import clean_shards

    ray.init(num_cpus=workers + 1, include_dashboard=False, log_to_driver=False, logging_level="error")
    ray.data.DataContext.get_current().enable_progress_bars = False
    clean_shards(str(source), str(out), workers=workers)


def run_spark(source, out, workers):
    os.environ["PYSPARK_PYTHON"] = sys.executable
    from pyspark.sql import SparkSession

    from cleaner.integrations.spark import clean

    session = SparkSession.builder.master(f"local[{workers}]").config("spark.ui.enabled", "false")
    session = session.config("spark.sql.files.maxPartitionBytes", "8m")
    session = session.config("spark.sql.execution.arrow.maxRecordsPerBatch", "500").getOrCreate()
    clean(session.read.parquet(str(source))).write.mode("overwrite").parquet(str(out))
    session.stop()


def whole(_, document):
    """What to write of a document; by itself datatrove leaves out what is empty."""
    return {"id": document.id, "text": document.text}


def run_datatrove(source, out, workers):
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.readers import ParquetReader
    from datatrove.pipeline.writers import ParquetWriter

    from cleaner.integrations.datatrove import ArticleCleaner

    LocalPipelineExecutor(
        pipeline=[
            ParquetReader(str(source), glob_pattern="*.parquet"),
            ArticleCleaner(),
            ParquetWriter(str(out), adapter=whole),
        ],
        tasks=SHARDS,
        workers=workers,
        logging_dir=str(out / "logs"),
        start_method="spawn",
    ).run()


def kill_an_actor(after=6.0):
    """Kills one of Ray's cleaning actors of this process, once it has worked for so many seconds."""
    while True:
        for pid in descendants(os.getpid()):
            if "ray::MapWorker" in command(pid) and (used := seconds(pid)) > after:
                os.kill(pid, signal.SIGKILL)
                print(json.dumps({"killed": pid, "after": round(used, 1)}), flush=True)
                return
        time.sleep(0.2)


# What /proc tells of processes.


def parents():
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                found[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    return found


def descendants(root):
    of, found = parents(), {root}
    while more := {pid for pid, parent in of.items() if parent in found and pid not in found}:
        found |= more
    return found - {root}


def command(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return ""


def seconds(pid, gone=0.0):
    """The CPU seconds of a process."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return gone
    return (int(fields[11]) + int(fields[12])) / TICKS


def own_megabytes(pid):
    """Memory of a process that is its own: what it shares (Ray's store of objects) is not counted."""
    try:
        _, resident, shared, *_ = Path(f"/proc/{pid}/statm").read_text().split()
    except OSError:
        return 0.0
    return (int(resident) - int(shared)) * PAGE / 1e6


class Watch(threading.Thread):
    """Looks at the processes below one, twice a second."""

    def __init__(self, root):
        super().__init__(daemon=True)
        self.root, self.going = root, True
        self.seen = {}

    def run(self):
        while self.going:
            for pid in descendants(self.root):
                if "java" not in (name := command(pid)) and "raylet" not in name and "gcs_server" not in name:
                    _, samples = self.seen.setdefault(pid, (name, []))
                    samples.append((seconds(pid), own_megabytes(pid)))
            time.sleep(0.5)

    def workers(self):
        """Of each process that worked: CPU seconds, megabytes after each quarter of its work, and at most."""
        for name, samples in self.seen.values():
            busy = [(used, size) for used, size in samples if used and size]
            if busy and busy[-1][0] >= 5:
                quarters = [
                    next(mb for cpu, mb in busy if cpu >= busy[-1][0] * part / 4) for part in (1, 2, 3)
                ]
                last = sorted(mb for _, mb in busy[-5:])[len(busy[-5:]) // 2]
                told = {
                    "mb": [round(mb) for mb in (*quarters, last)],
                    "most": round(max(mb for _, mb in busy)),
                }
                yield {"worker": name[:40], "cpu": round(busy[-1][0], 1), **told}


def measured(engine, python, source, out, workers):
    """Runs an engine in a process of its own; what it took and gave."""
    words = [python, __file__, "--run", engine, "--corpus", source, "--out", out, "--workers", str(workers)]
    start = time.monotonic()
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    watch = Watch(process.pid)
    watch.start()
    output, errors = process.communicate()
    took = time.monotonic() - start
    watch.going = False
    watch.join()
    if process.returncode:
        return {"engine": engine, "error": errors.strip().splitlines()[-3:]}
    lines = [json.loads(line) for line in output.splitlines() if line.startswith('{"')]
    report = {name: value for line in lines for name, value in line.items()}
    return {"engine": engine, "wall": round(took, 1), **report, "workers": list(watch.workers())}


def python_of(engine, environments):
    """The Python of an engine's environment, or this one."""
    if not environments:
        return sys.executable
    found = environments / ENVIRONMENT.get(engine, engine) / "bin" / "python"
    return str(found if found.exists() else sys.executable)


def compared(arguments, place):
    source = arguments.corpus or place / "corpus"
    if not source.exists():
        make(source, arguments.documents, arguments.texts)
    size = sum(len(row["text"].encode()) for row in rows_of(source))
    print(f"{size / 1e6:.1f} MB of text, {arguments.workers} workers")
    expected = arguments.expected
    for engine in arguments.engines.split(","):
        out = place / engine
        out.mkdir()
        report = measured(engine, python_of(engine, arguments.environments), source, out, arguments.workers)
        number, hashed = (0, "") if "error" in report else told(out)
        expected = expected or hashed
        report |= {"documents": number, "hash": hashed, "same": hashed == expected}
        print(json.dumps(report), flush=True)
        if arguments.json:
            with arguments.json.open("a") as file:
                file.write(json.dumps(report) + "\n")
        shutil.rmtree(out)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--texts", type=Path, nargs="*", default=[])
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--engines", default=",".join(ENGINES))
    parser.add_argument("--environments", type=Path)
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--expected", default="", help="hash of the output of an earlier run")
    parser.add_argument("--json", type=Path, help="a file to add the figures to")
    parser.add_argument("--run", help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.run:
        start = time.monotonic()
        run = globals()[f"run_{arguments.run.replace('-', '_')}"]
        run(arguments.corpus, arguments.out, arguments.workers)
        print(json.dumps({"inside": round(time.monotonic() - start, 1)}))
        return
    with tempfile.TemporaryDirectory(prefix="engines-") as place:
        compared(arguments, Path(place))


if __name__ == "__main__":
    main()
