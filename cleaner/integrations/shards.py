"""A corpus of many files, cleaned file by file: each is done whole or not at all, and only once.

Parquet and JSON lines (also compressed), in folders of this machine or of a store in the cloud.
Beside each output lies a receipt with what was counted, so that a run that was stopped goes on
where it was.  Engines give the shards to their workers.
"""

from __future__ import annotations

import hashlib
import json
import pickle
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import fs

from cleaner.batch import record
from cleaner.batch.tally import Tally
from cleaner.errors import InputError
from cleaner.integrations.account import account
from cleaner.integrations.counted import CountingCleaner, count
from cleaner.integrations.portable import Row
from cleaner.integrations.table import BatchCleaner, batch_cleaner
from cleaner.result import Result

LINES = (".jsonl", ".ndjson", ".json")
COMPRESSED = (".gz", ".bz2", ".zst", ".lz4")
PART = ".part"  # how the name ends of a file that is being written
RECEIPTS = "_cleaner"  # a folder that begins so is passed over by those who read the output
BOM = b"\xef\xbb\xbf"
BLOCK = 1 << 20  # bytes of lines read at a time


@dataclass(frozen=True)
class Place:
    """A folder, or a single file, of this machine or of a store: ``/data``, ``s3://bucket/data``."""

    uri: str

    @cached_property
    def _found(self) -> tuple[Any, str]:
        return _located(self.uri)

    @property
    def system(self) -> Any:
        """The file system, as pyarrow has it."""
        return self._found[0]

    @property
    def path(self) -> str:
        """The path in it."""
        return self._found[1]

    def of(self, name: str) -> str:
        """The path of a name in the folder."""
        return f"{self.path.rstrip('/')}/{name}" if name else self.path

    def size(self, name: str) -> int | None:
        """The bytes of a file, or nothing when it is not there."""
        info = self.system.get_file_info(self.of(name))
        return int(info.size) if info.is_file else None

    def read(self, name: str) -> bytes:
        """The bytes of a small file."""
        with self.system.open_input_stream(self.of(name), compression=None) as file:
            return bytes(file.read())

    def write(self, name: str, data: bytes) -> None:
        """Writes a small file, whole."""
        beside = f"{self.of(name)}.{uuid4().hex}{PART}"
        with self.system.open_output_stream(beside, compression=None) as file:
            file.write(data)
        self.system.move(beside, self.of(name))

    def __reduce__(self) -> tuple[type[Place], tuple[str]]:
        return Place, (self.uri,)


@dataclass(frozen=True)
class Shard:
    """A file of the corpus: its name below the source (empty: the source is the file) and its bytes."""

    name: str
    size: int
    target: str


@dataclass(frozen=True)
class Shards:
    """What to read, where to write, and how; picklable, so that workers can have it.

    ``overwrite`` replaces outputs that are there already, those of another way of cleaning too.
    """

    source: Place
    out: Place
    work: BatchCleaner
    overwrite: bool = False

    def found(self) -> list[Shard]:
        """The shards in the order of their names.  Raises ``InputError`` when there is none to clean."""
        info = self.source.system.get_file_info(self.source.path)
        if info.is_file:
            name = Path(self.source.path).name
            shards = [Shard("", info.size, name)] if _kind(name) else []
        else:
            shards = sorted(self._below(), key=lambda shard: shard.name)
        if not shards:
            raise InputError(f"{self.source.uri}: there is no Parquet and no JSON lines")
        self._refuse_clash()
        return shards

    def clean(self, shard: Shard) -> Tally:
        """Cleans a shard, or finds it cleaned already; what was counted in it.  Raises ``InputError``."""
        receipt = self._receipt(shard)
        if receipt is not None:
            return receipt
        if not self.overwrite and self.out.size(shard.target) is not None:
            target = self.out.of(shard.target)
            raise InputError(f"{target}: is there already, and not by this run; overwrite=True replaces it")
        for name in (shard.target, f"{RECEIPTS}/{shard.target}"):
            self.out.system.create_dir(self.out.of(name).rpartition("/")[0], recursive=True)
        beside = self.out.of(f"{RECEIPTS}/{shard.target}.{uuid4().hex}{PART}")  # another may be at it too
        tally = self._written(shard, beside)
        self.out.system.move(beside, self.out.of(shard.target))
        self._sign(shard, tally)
        return tally

    def _written(self, shard: Shard, target: str) -> Tally:
        """Writes the cleaned shard to a path; nothing is left there when that fails."""
        write = _parquet if _kind(shard.target) == "parquet" else _lines
        try:
            return write(self, shard, target)
        except BaseException as error:
            if self.out.system.get_file_info(target).is_file:
                self.out.system.delete_file(target)
            if isinstance(error, pa.ArrowException | OSError):
                what = str(error).partition("\n")[0]
                raise InputError(f"{self.source.of(shard.name)}: {what}") from None
            raise

    def _below(self) -> Iterator[Shard]:
        base = self.source.path.rstrip("/")
        try:
            infos = self.source.system.get_file_info(fs.FileSelector(base, recursive=True))
        except FileNotFoundError:
            raise InputError(f"{self.source.uri}: there is no such file or folder") from None
        for info in infos:
            name = info.path[len(base) + 1 :]
            hidden = any(part[0] in "._" for part in name.split("/") if part)
            if info.is_file and not hidden and _kind(name):
                yield Shard(name, info.size, name)

    def _refuse_clash(self) -> None:
        source, out = (f"{place.path.rstrip('/')}/" for place in (self.source, self.out))
        same = self.source.system.type_name == self.out.system.type_name
        if same and (out.startswith(source) or source.startswith(out)):
            raise InputError(f"{self.out.uri}: source and output lie one in the other; name another folder")

    @cached_property
    def key(self) -> str:
        """A hash of the way of cleaning: version, options, packs, columns; not of what to do with faults."""
        work = replace(self.work, work=replace(self.work.work, on_error="fail"))
        return hashlib.blake2b(pickle.dumps(work), digest_size=16).hexdigest()

    def tidy(self) -> None:
        """Removes what workers that died have left half-written."""
        folder = fs.FileSelector(self.out.of(RECEIPTS), allow_not_found=True, recursive=True)
        for info in self.out.system.get_file_info(folder):
            if info.is_file and info.path.endswith(PART):
                self.out.system.delete_file(info.path)

    def _receipt(self, shard: Shard) -> Tally | None:
        """What was counted in a shard that is done; nothing when it is not, or was done otherwise."""
        name = f"{RECEIPTS}/{shard.target}.json"
        if self.out.size(name) is None or self.out.size(shard.target) is None:
            return None
        try:
            said = json.loads(self.out.read(name))
            if (said["key"], said["size"]) == (self.key, shard.size):
                return Tally.from_json(said["tally"])
        except (ValueError, KeyError, TypeError):
            return None
        return None

    def _sign(self, shard: Shard, tally: Tally) -> None:
        said = {"key": self.key, "size": shard.size, "tally": tally.to_json()}
        self.out.write(f"{RECEIPTS}/{shard.target}.json", json.dumps(said).encode("ascii"))


def shards(source: str, to: str, *, overwrite: bool = False, **options: Any) -> Shards:
    """A corpus to clean; ``options`` as for ``clean_batch``.  Raises ``OptionError`` and ``PackError``."""
    return Shards(_place(source), _place(to), batch_cleaner(**options), overwrite)


def _place(uri: str) -> Place:
    """A place that is the same in processes that work in another folder."""
    return Place(uri if "://" in uri else Path(uri).absolute().as_posix())


def clean_shards(source: str, to: str, *, overwrite: bool = False, **options: Any) -> Tally:
    """Cleans a corpus shard by shard in this process; what was counted in all of it.

    A shard that is done is not done again.  Raises ``InputError``.
    """
    work = shards(source, to, overwrite=overwrite, **options)
    total = merged(work.clean(shard) for shard in work.found())
    work.tidy()
    return total


def merged(tallies: Iterable[Tally]) -> Tally:
    """The sum of what was counted."""
    total = Tally()
    for tally in tallies:
        total.merge(tally)
    return total


def _located(uri: str) -> tuple[Any, str]:
    """The file system of an address and the path in it; those that pyarrow lacks are fsspec's."""
    scheme, mark, _ = uri.partition("://")
    if not mark:
        return fs.LocalFileSystem(), uri
    try:
        if scheme in ("file", "s3", "gs", "hdfs", "abfs", "abfss"):
            system, path = fs.FileSystem.from_uri(uri)
            return system, path
        import fsspec

        system, path = fsspec.core.url_to_fs(uri)
        return fs.PyFileSystem(fs.FSSpecHandler(system)), path
    except ImportError:
        raise InputError(
            f"{uri}: {scheme} needs a package: pip install fsspec, and that of the store"
        ) from None
    except (pa.ArrowException, OSError, ValueError) as error:
        raise InputError(f"{uri}: {error}") from None


def _kind(name: str) -> str:
    """``parquet``, ``lines``, or nothing for a file that is neither."""
    plain = name.removesuffix(next((end for end in COMPRESSED if name.endswith(end)), ""))
    if name.endswith(".parquet"):
        return "parquet"
    return "lines" if plain.endswith(LINES) else ""


def _parquet(run: Shards, shard: Shard, target: str) -> Tally:
    """Row group by row group; compression and metadata are the source's."""
    clean = CountingCleaner(run.work, shard.target)
    with run.source.system.open_input_file(run.source.of(shard.name)) as file:
        source = pq.ParquetFile(file)
        schema = run.work.schema(source.schema_arrow)
        with (
            run.out.system.open_output_stream(target, compression=None) as out,
            pq.ParquetWriter(out, schema, compression=_compression(source)) as writer,
        ):
            for number in range(source.num_row_groups):
                table = clean(source.read_row_group(number, use_threads=False))
                writer.write_table(table, max(1, table.num_rows))
    return clean.tally


def _compression(source: Any) -> str:
    if not source.num_row_groups or not source.metadata.num_columns:
        return "snappy"
    kind = source.metadata.row_group(0).column(0).compression
    return "none" if kind == "UNCOMPRESSED" else str(kind).lower()


def _lines(run: Shards, shard: Shard, target: str) -> Tally:
    """Line by line; all but the text keeps its bytes."""
    tally = Tally()
    compression = _codec(shard.target)
    with (
        run.source.system.open_input_stream(run.source.of(shard.name), compression=compression) as file,
        run.out.system.open_output_stream(target, compression=compression) as out,
    ):
        for number, line in enumerate(_split(file), 1):
            out.write(_line(run.work, line, tally, f"{shard.target}:{number}"))
    return tally


def _codec(name: str) -> str | None:
    return pa.Codec.detect(name).name if name.endswith(COMPRESSED) else None


def _split(file: Any) -> Iterator[bytes]:
    """The lines of a stream with their ends (line feeds)."""
    rest = b""
    while block := file.read(BLOCK):
        *whole, rest = (rest + block).split(b"\n")
        yield from (line + b"\n" for line in whole)
    if rest:
        yield rest


def _line(work: BatchCleaner, line: bytes, tally: Tally, ident: str) -> bytes:
    """A record with its text cleaned.  Raises ``InputError`` for what is none, unless errors are kept."""
    bom, rest = (BOM, line[3:]) if line.startswith(BOM) else (b"", line)
    if not rest.strip():
        return line
    try:
        text = rest.decode("utf-8")
        row = _row(work, record.parse(text))
    except (UnicodeDecodeError, InputError) as error:
        if work.work.on_error == "fail":
            raise InputError(f"{ident}: {error} (on_error='keep' passes it on)") from None
        tally.fail(ident, str(error))
        return line
    result = work.work.explain(row)
    if result is None:
        return line
    count(tally, result, ident)
    return bom + _changed(work, text, result).encode("utf-8")


def _changed(work: BatchCleaner, line: str, result: Result) -> str:
    """A record with the result's text and, when wanted, its account."""
    target = work.columns.out or work.columns.text
    if result.edits or target != work.columns.text:
        line = record.with_field(line, target, result.text)
    if work.columns.ledger is None:
        return line
    at = line.rindex("}")
    said = f"{json.dumps(work.columns.ledger)}: {json.dumps(account(result))}"
    return f"{line[:at]}, {said}{line[at:]}"


def _row(work: BatchCleaner, values: dict[str, Any]) -> Row:
    names = work.columns
    about = (
        record.value_of(values, name)[1] if name else None for name in (names.url, names.title, names.lang)
    )
    return Row(
        record.text_of(values, names.text), *(said if isinstance(said, str) else None for said in about)
    )
