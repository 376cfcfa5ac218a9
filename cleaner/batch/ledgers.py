"""A run's ledger in other forms: Dolma's attributes, and parquet.

The standard form is JSON lines (``cleaner.ledger``): what a run writes, resumes and restores by.
The others are made of it when it is whole.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from cleaner import ledger
from cleaner.errors import InputError, LedgerError, OptionError

if TYPE_CHECKING:
    import pyarrow as pa

FORMS = ("jsonl", "dolma", "parquet")
PARQUET = (".parquet", ".pq")
ROWS = 10_000  # documents in a row group of parquet, at most
WEIGHT = 16_000_000  # bytes of lines in a row group, at most
METADATA = b"cleaner-ledger"
HASHES = ("source", "clean")
EDIT = ("start", "end", "new", "text", "rule", "confidence", "over")
ALWAYS = ("id", "ordinal", "source")  # fields that each line has, be it null


def form_of(path: str, said: str | None = None) -> str:
    """The form of a ledger: as said, else parquet by its name, else JSON lines.

    Raises ``OptionError`` for a form that does not exist, or that its package is missing for.
    """
    form = said or ("parquet" if Path(path).suffix.lower() in PARQUET else "jsonl")
    if form not in FORMS:
        raise OptionError(f"there is no ledger format {form}; the formats are {', '.join(FORMS)}")
    if form == "parquet":
        with _needed(path):
            import pyarrow.parquet  # noqa: F401
    return form


@contextmanager
def _needed(path: str) -> Iterator[None]:
    try:
        yield
    except ImportError:
        raise OptionError(f"{path}: parquet needs pyarrow: pip install 'article-cleaner[parquet]'") from None


def convert(lines: Iterable[bytes], target: IO[bytes], form: str) -> None:
    """Writes a ledger, given by its lines, in another form; memory does not grow with it.

    Raises ``LedgerError`` when the lines are no ledger.
    """
    entries = read_lines(lines)
    header = next(entries, None)
    if header is None:
        raise LedgerError("the ledger is empty")
    rules = [str(rule["id"]) for rule in header["rules"]]
    families = {str(rule["id"]): str(rule["family"]) for rule in header["rules"]}
    if form == "parquet":
        _write_parquet(header, entries, rules, target)
        return
    for entry in entries:
        line = entry if form == "jsonl" else dolma(entry, rules, families)
        target.write(ledger.dump(line).encode("utf-8") + b"\n")


def read_lines(lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """The header and the documents' lines.  Raises ``LedgerError`` with the number of a bad line."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
        except ValueError:
            raise LedgerError(f"line {number} of the ledger is not JSON") from None
        if number == 1:
            ledger.check_header(entry)
        if not isinstance(entry, dict):
            raise LedgerError(f"line {number} of the ledger is not an object")
        yield entry


def dolma(entry: Mapping[str, Any], rules: list[str], families: Mapping[str, str]) -> dict[str, Any]:
    """A document's line as Dolma's attributes: ``{"id", "attributes": {name: [[start, end, score]]}}``.

    What goes is under ``cleaner__<family>``; what is replaced, which must not be cut out, under
    ``cleaner__<family>__replaced``.  Offsets are characters of the source, the score is the
    confidence.  A document that failed has no attributes, so that lines stay side by side.
    """
    attributes: dict[str, list[list[Any]]] = {}
    for start, end, new, _, number, confidence, _ in entry.get("edits", ()):
        name = f"cleaner__{families[rules[number]]}" + ("__replaced" if new else "")
        attributes.setdefault(name, []).append([start, end, confidence])
    ident = entry.get("id")
    place = f"{entry.get('source')}:{entry.get('ordinal')}"
    return {"id": place if ident is None else str(ident), "attributes": attributes}


# -- parquet --------------------------------------------------------------------------------


def schema() -> pa.Schema:
    """The columns of a ledger in parquet; ``more`` is JSON and holds what fits in no other."""
    import pyarrow as pa

    text, name = pa.string(), pa.dictionary(pa.int32(), pa.string())
    kinds = {
        "start": pa.int64(), "end": pa.int64(), "confidence": pa.float64(), "over": pa.list_(text),
        "rule": name,
    }  # fmt: skip
    edit = pa.struct([(field, kinds.get(field, text)) for field in EDIT])
    return pa.schema([
        ("id", text), ("ordinal", pa.int64()), ("source", name),
        ("hash", pa.struct([(field, text) for field in HASHES])),
        ("encoding", name), ("bom", name), ("language", name), ("mode", name), ("state", name),
        ("warnings", pa.list_(text)), ("edits", pa.list_(edit)), ("packed", text),
        ("error", text), ("kept", pa.bool_()), ("more", text),
    ])  # fmt: skip


def _write_parquet(
    header: dict[str, Any], entries: Iterable[dict[str, Any]], rules: list[str], target: IO[bytes]
) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = schema().with_metadata({METADATA: ledger.dump(header).encode("utf-8")})
    with pq.ParquetWriter(target, columns, compression="zstd") as writer:
        for rows in _groups(entries):
            table = pa.Table.from_pylist([_row(entry, rules) for entry in rows], schema=columns)
            writer.write_table(table)


def _groups(entries: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    rows: list[dict[str, Any]] = []
    weight = 0
    for entry in entries:
        rows.append(entry)
        weight += len(entry.get("packed") or "") + sum(200 + len(edit[3]) for edit in entry.get("edits", ()))
        if len(rows) >= ROWS or weight >= WEIGHT:
            yield rows
            rows, weight = [], 0
    if rows:
        yield rows


def _row(entry: dict[str, Any], rules: list[str]) -> dict[str, Any]:
    """A line as a row.

    Ids that are no strings, strings with lone surrogates, and fields without a column stand in
    ``more`` as they are.
    """
    row: dict[str, Any] = {}
    more: dict[str, Any] = {}
    for name, value in entry.items():
        if name not in _COLUMNS or not _fits(value) or (name == "id" and not isinstance(value, str | None)):
            more[name] = value
        if name in _COLUMNS:
            row[name] = _column(name, value, rules)
    row["more"] = json.dumps(more) if more else None
    return row


_COLUMNS = frozenset((
    *ALWAYS, "hash", "encoding", "bom", "language", "mode", "state", "warnings", "edits", "packed",
    "error", "kept",
))  # fmt: skip


def _fits(value: Any) -> bool:
    """Whether all strings in a value can be written as UTF-8."""
    if isinstance(value, str):
        return value.isascii() or value == _written(value)
    if isinstance(value, list | tuple):
        return all(map(_fits, value))
    return all(map(_fits, value.values())) if isinstance(value, dict) else True


def _written(text: str) -> str:
    """A text with a replacement character for each lone surrogate."""
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace") if not text.isascii() else text


def _column(name: str, value: Any, rules: list[str]) -> Any:
    if name == "edits":
        named = ((*edit[:4], rules[edit[4]], *edit[5:]) for edit in value)
        return [dict(zip(EDIT, map(_plain, edit), strict=True)) for edit in named]
    if name == "id" and not isinstance(value, str | None):
        return json.dumps(value)
    return _plain(value)


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return _written(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value


def read_parquet(path: str) -> Iterator[dict[str, Any]]:
    """The header and the documents' lines of a ledger in parquet, as those of JSON lines.

    Raises ``InputError`` or ``LedgerError``.
    """
    with _needed(path):
        import pyarrow as pa
        import pyarrow.parquet as pq
    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{path}: not parquet that can be read: {str(error).splitlines()[0]}") from None
    with file:
        metadata = file.schema_arrow.metadata or {}
        if METADATA not in metadata:
            raise LedgerError(f"{path}: not a ledger of ours")
        header = ledger.check_header(json.loads(metadata[METADATA]))
        yield header
        numbers = {rule["id"]: number for number, rule in enumerate(header["rules"])}
        for batch in file.iter_batches(batch_size=1000):
            for row in batch.to_pylist():
                yield _entry(row, numbers)


def _entry(row: dict[str, Any], numbers: Mapping[str, int]) -> dict[str, Any]:
    more = row.pop("more")
    cleaned = row["edits"] is not None
    kept = {*ALWAYS, "language"} if cleaned else {*ALWAYS}
    entry = {name: value for name, value in row.items() if value is not None or name in kept}
    if cleaned:
        entry["edits"] = [_edit(edit, numbers) for edit in entry["edits"]]
    return entry | (json.loads(more) if more else {})


def _edit(edit: Mapping[str, Any], numbers: Mapping[str, int]) -> list[Any]:
    return [numbers[edit[field]] if field == "rule" else edit[field] for field in EDIT]
