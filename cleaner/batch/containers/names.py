"""What the name of a file says that it holds, and how it is compressed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from cleaner import remote

TXT, JSONL, CSV, TSV, PARQUET, WET, WARC = "txt", "jsonl", "csv", "tsv", "parquet", "wet", "warc"
CONTAINERS = (TXT, JSONL, CSV, TSV, PARQUET, WET, WARC)
SUFFIXES = {
    ".txt": TXT, ".text": TXT, ".md": TXT, ".markdown": TXT,
    ".html": TXT, ".htm": TXT, ".xhtml": TXT,
    ".jsonl": JSONL, ".ndjson": JSONL,
    ".csv": CSV, ".tsv": TSV, ".tab": TSV,
    ".parquet": PARQUET, ".pq": PARQUET,
    ".wet": WET, ".warc": WARC,
}  # fmt: skip
PAGES = (".html", ".htm", ".xhtml")
COMPRESSIONS = {".gz": "gz", ".bz2": "bz2", ".xz": "xz", ".zst": "zst", ".zstd": "zst"}


@dataclass(frozen=True)
class Form:
    """The form of a file: its container (empty: not known), its compression (empty: none)."""

    container: str
    compression: str = ""
    page: bool = False

    @property
    def is_table(self) -> bool:
        """Whether its records are rows with the same columns."""
        return self.container in (CSV, TSV, PARQUET)


def form_of(path: str, said: str | None = None) -> Form:
    """The form that a name tells of; ``said`` is the container when the name does not count."""
    if remote.is_remote(path):
        path = path.partition("?")[0].partition("#")[0]
    name = PurePath(path.replace("\\", "/")).name.lower()
    compression = next((kind for end, kind in COMPRESSIONS.items() if name.endswith(end)), "")
    if compression:
        name = name.rpartition(".")[0]
    suffix = PurePath(name).suffix
    return Form(said or SUFFIXES.get(suffix, ""), compression, said in (None, TXT) and suffix in PAGES)
