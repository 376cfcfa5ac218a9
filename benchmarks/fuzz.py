"""Mutated files of every format through the command: no traceback, no hang, no lost record.

    python benchmarks/fuzz.py [--files 20000] [--seed 1] [--subprocesses 0] [--keep FOLDER]

Files of every container and compression are made of invented documents, broken in ways that a seed
decides on (bytes changed, cut, doubled, moved, spliced; values of fields replaced; before or after
they are compressed), and given to ``cleaner batch``, some dozens a command.  Told is what does not
hold: an exit code that is not documented or does not fit, a line that is no message, a hidden file
left, bytes that a run with ``--on-error keep`` does not pass on, or records that are neither in the
output nor told of.  The exit code is 1 when something did not hold; the files of each such
command are then in FOLDER.
"""

from __future__ import annotations

import argparse
import bz2
import contextlib
import csv
import gzip
import io
import json
import lzma
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import cleaner.cleaning
import cleaner.cli

try:
    import pyarrow as pa
    import pyarrow.parquet as pq
except ImportError:
    pa = pq = None
try:
    import zstandard
except ImportError:
    zstandard = None

SECONDS = 60  # for a command
PACK = {"": bytes, "gz": gzip.compress, "bz2": bz2.compress, "xz": lambda data: lzma.compress(data, preset=0)}
UNPACK = {"": bytes, "gz": gzip.decompress, "bz2": bz2.decompress, "xz": lzma.decompress}
if zstandard:
    PACK["zst"] = zstandard.ZstdCompressor().compress
TEXTS = (
    "The council met on Tuesday to talk about the bridge that the flood had taken away in March.",
    "Subscribe to our newsletter",
    "Grüße aus dem Süden, schrieb er, und \u201cbis bald\u201d.",
    "- Advertisement -",
    "Read more: What the flood took, and what it left",
    "Share this:",
    "A decision was put off until spring.It will cost 4 million, the treasurer said.",
    "東京で会議が開かれた。",
    "",
)
PIECES = (
    b"\0", b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", b'"', b'""', b"\\", b"\\ud800", b"\\u0000", b"\r",
    b"\n", b"\r\n", b"\n\n", b",", b";", b"\t", b"{", b"}", b"[", b"]", b"null", b"NaN", b"-0", b"1e999",
    b"9" * 5000, b"[" * 5000, b"\xe2\x80\xa8", b"\xc2\x85", b"<", b"<!--", b"<script>", b"WARC/1.0\r\n",
    b"Content-Length: 99999999\r\n", b"Content-Length: -1\r\n", b"\r\n\r\n", b"PAR1", b"x" * 70_000, b"text",
    b" " * 300, b"&amp;#0;", b"=?",
)  # fmt: skip
VALUES = (None, True, 0, -1, 1e308, 2**70, "", "\ud800", "\0", [], {}, ["text"], {"text": "a"}, "x" * 3000)
NAMES = ("a", "b c", "ü", "new\nline", "-dash", "quote'\"", "%s", "a.b.c", os.fsdecode(b"caf\xe9"), "x" * 150)


class Fault(Exception):  # noqa: N818 - it is what is looked for
    """Something that does not hold."""


# -- what is made ------------------------------------------------------------------------------


def documents(chance):
    """Some invented documents as records."""
    for number in range(chance.randrange(1, 7)):
        text = "\n\n".join(chance.choices(TEXTS, k=chance.randrange(1, 9)))
        record = {
            "id": number,
            "text": text,
            "url": "https://example.org/a",
            "n": chance.random(),
            "title": None,
        }
        if chance.random() < 0.1:
            record[chance.choice(["text", "id", "url", "title", "lang", "new"])] = chance.choice(VALUES)
        if chance.random() < 0.05:
            del record["text"]
        yield record


def made(kind, chance):
    """The bytes of a file of a container."""
    records = list(documents(chance))
    texts = [record.get("text") for record in records if isinstance(record.get("text"), str)]
    match kind:
        case "jsonl":
            form = {"ensure_ascii": chance.random() < 0.5, "separators": chance.choice([None, (",", ":")])}
            end = chance.choice(["\n", "\n", "\r\n"])
            return encoded("".join(json.dumps(record, **form) + end for record in records))
        case "csv" | "tsv":
            return encoded(table(records, "\t" if kind == "tsv" else chance.choice(",;|"), chance))
        case "wet" | "warc":
            return b"".join(archived(text, kind) for text in texts)
        case "parquet":
            return parquet(records, chance)
        case "html":
            body = "".join(f"<p>{text}</p>" for text in texts)
            return encoded(f"<html><head><title>a</title></head><body>{body}</body></html>")
        case _:
            return encoded("\n".join(texts))


def encoded(text):
    return text.encode("utf-8", "surrogatepass")


def table(records, mark, chance):
    target = io.StringIO(newline="")
    quoting = chance.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
    end = chance.choice(["\n", "\r\n"])
    writer = csv.writer(target, delimiter=mark, quoting=quoting, lineterminator=end)
    names = ["id", "text", "url", "n"]
    writer.writerow(names)
    writer.writerows([record.get(name) for name in names] for record in records)
    return target.getvalue()


def archived(text, kind):
    body = encoded(text)
    if kind == "warc":
        page = b"<html><body><p>" + body + b"</p></body></html>"
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(page)
        body = head + page
    kind = "response" if kind == "warc" else "conversion"
    more = "Content-Type: application/http; msgtype=response\r\n" if kind == "response" else ""
    head = f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: https://example.org/\r\n{more}"
    return head.encode() + b"Content-Length: %d\r\n\r\n" % len(body) + body + b"\r\n\r\n"


def parquet(records, chance):
    texts = [record.get("text") for record in records]
    texts = [text if isinstance(text, str) and text.isprintable() else None for text in texts]
    kinds = [pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string())]
    rows = pa.table({
        "id": range(len(texts)),
        "text": pa.array(texts, chance.choice(kinds)),
        "struct": [{"a": number, "b": [str(number)]} for number in range(len(texts))],
    })  # fmt: skip
    target = io.BytesIO()
    pq.write_table(
        rows, target, row_group_size=chance.randrange(1, 5), compression=chance.choice(["none", "zstd"])
    )
    return target.getvalue()


def broken(data, chance):
    """Bytes changed in some ways."""
    data = bytearray(data)
    for _ in range(chance.choice([0, 1, 1, 1, 2, 3, 8])):
        at = chance.randrange(len(data) + 1)
        length = min(len(data) - at, chance.choice([1, 1, 2, 10, 100, 1000]))
        match chance.randrange(8):
            case 0:
                data[at : at + length] = bytes(chance.randrange(256) for _ in range(length))
            case 1:
                del data[at : at + length]
            case 2:
                del data[at:]
            case 3 | 4:
                data[at:at] = chance.choice(PIECES)
            case 5:
                data[at : at + length] = data[at : at + length] * 2
            case 6:
                other = chance.randrange(len(data) + 1)
                data[other:other] = data[at : at + length]
            case _:
                if at < len(data):
                    data[at] ^= 1 << chance.randrange(8)
    return bytes(data)


KINDS = ("jsonl", "jsonl", "csv", "tsv", "txt", "html", "wet", "warc", "parquet")


def write_files(folder, count, chance, kinds):
    """Writes mutated files; for each, what is in it before it is compressed, if that is known."""
    inside = {}
    for number in range(count):
        kind = chance.choice(kinds)
        packed = "" if kind == "parquet" else chance.choice(["", "", *PACK])
        data = broken(made(kind, chance), chance)
        known = chance.random() < 0.7
        file = PACK[packed](data) if known or not packed else broken(PACK[packed](data), chance)
        name = f"{number}{chance.choice(NAMES) if chance.random() < 0.2 else ''}.{kind}"
        name += f".{packed}" if packed else ""
        (folder / name).write_bytes(file)
        inside[name] = data if known or not packed else None
    return inside


# -- how it is run -----------------------------------------------------------------------------


def run_inside(args, given=b""):
    """The command in this process: its exit code, output and messages."""
    out, err = io.TextIOWrapper(io.BytesIO()), io.StringIO()
    stdin, argv = sys.stdin, sys.argv
    sys.stdin = SimpleNamespace(buffer=io.BufferedReader(io.BytesIO(given)), isatty=lambda: False)
    sys.argv = ["cleaner", *args]
    signal.signal(signal.SIGALRM, hung)
    signal.alarm(SECONDS)
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = cleaner.cli.run()
    except Hang:
        raise Fault(f"took longer than {SECONDS} s: {traceback.format_exc(limit=-4)}") from None
    except Exception:  # noqa: BLE001 - whatever it is, it should not have been raised
        raise Fault(f"raised: {traceback.format_exc(limit=-6)}") from None
    finally:
        signal.alarm(0)
        sys.stdin, sys.argv = stdin, argv
    out.flush()
    return code, out.buffer.getvalue(), err.getvalue()


class Hang(BaseException):
    """A command that does not end; no handler of errors may take it for one."""


def hung(*_):
    raise Hang


def shared_indexes(make):
    """Makes the index of the same rules once: most of the time of so small a command goes into it."""
    made = {}

    def index(rules):
        key = tuple(rules)
        if key not in made:
            made[key] = make(key)
        return made[key]

    return index


def run_outside(args, given=b""):
    """The command as a process of its own."""
    command = [sys.executable, "-m", "cleaner", *args]
    try:
        done = subprocess.run(command, input=given, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise Fault(f"took longer than {SECONDS} s") from None
    return done.returncode, done.stdout, done.stderr.decode("utf-8", "surrogateescape")


# -- what must hold ----------------------------------------------------------------------------


def check_messages(code, errors, allowed):
    if code not in allowed:
        raise Fault(f"exit code {code}: {errors[-2000:]}")
    for line in errors.split("\n"):
        if line and not line.startswith("cleaner: "):
            raise Fault(f"a line that is no message: {line!r}")
    if "internal error" in errors or "Traceback" in errors:
        raise Fault(errors[-3000:])


def failures(folder):
    """The documents that are told to have failed, by source, and how many they are in all."""
    told = Counter()
    path = folder / "errors.jsonl"
    for line in path.read_text().split("\n")[:-1] if path.exists() else ():
        entry = json.loads(line)
        told[entry["source"]] += entry.get("count", 1)
        if "internal error" in entry["error"] or "Traceback" in entry["error"]:
            raise Fault(entry["error"])
    return told


def check_nothing_hidden(folder):
    hidden = [str(path) for path in folder.rglob(".*")]
    if hidden:
        raise Fault(f"left behind: {hidden}")


def counted(folder):
    """Documents and failures as the report has them."""
    totals = json.loads((folder / "report.json").read_text())["totals"]
    return totals["documents"], totals["failed"]


def unpacked(path):
    kind = path.suffix[1:]
    data = path.read_bytes()
    if kind == "zst":
        return zstandard.ZstdDecompressor().stream_reader(io.BytesIO(data), read_across_frames=True).read()
    return UNPACK.get(kind, bytes)(data)


def lines_in(data):
    """The lines of JSON lines that are not blank; such as are not UTF-8 are not."""
    found = 0
    for line in data.split(b"\n"):
        with contextlib.suppress(UnicodeDecodeError):
            found += bool(line.decode().strip())
            continue
        found += 1
    return found


def ways_in(folder, name):
    return str(folder / "in" / name)


def passed_on(folder, inside, run):
    """A run that keeps what fails and finds nothing to remove passes all bytes on."""
    code, _, errors = run([
        "batch", str(folder / "in"), "--out", str(folder / "out"), "--on-error", "keep", "--only", "site",
        "--errors", str(folder / "errors.jsonl"), "--workers", "1",
    ])  # fmt: skip
    check_messages(code, errors, {0, 3})
    check_nothing_hidden(folder / "out")
    told = failures(folder)
    for name, data in inside.items():
        bare = name.removesuffix("".join(Path(name).suffixes[-1:])) if Path(name).suffix[1:] in PACK else name
        kind = Path(bare).suffix[1:]
        source = ways_in(folder, name)
        target = folder / "out" / name
        if not target.exists():
            if kind == "warc" or told[source]:
                continue
            raise Fault(f"{name}: no output and no message")
        if data is None or kind in ("html", "warc", "parquet"):
            continue
        if kind == "wet" and told[source]:
            if not data.startswith(unpacked(target)):
                raise Fault(f"{name}: {unpacked(target)[:300]!r} is no beginning of the source")
        elif unpacked(target) != data:
            raise Fault(f"{name}: the output is not the source")


def kept_in_count(folder, inside, run, chance):
    """Of a run that skips what fails, what is written and what failed is all; it reads its own output."""
    extra = chance.choice([[], [], ["--out-field", "clean"], ["--text-field", "a.text"],
                           ["--ledger", str(folder / "ledger.jsonl")], ["--dedup", "both"],
                           ["--encoding", "latin-1"], ["--encoding", "utf-16"], ["--input-format", "auto"],
                           ["--input-format", "html"], ["--mode", "page", "--level", "strict"],
                           ["--max-document", "0.0003"], ["--drop", "title,byline,date"]])  # fmt: skip
    code, _, errors = run([
        "batch", str(folder / "in"), "--out", str(folder / "out"), "--on-error", "skip", "--workers", "1",
        "--errors", str(folder / "errors.jsonl"), "--report", str(folder / "report.json"), *extra,
    ])  # fmt: skip
    check_messages(code, errors, {0, 3})
    check_nothing_hidden(folder / "out")
    told = failures(folder)
    seen, failed = counted(folder)
    if (code == 3) != bool(failed):
        raise Fault(f"exit code {code} with {failed} failures")
    if failed != sum(told.values()):
        raise Fault(f"{failed} failures, of which {sum(told.values())} are told")
    if extra[:1] in (["--dedup"], ["--max-document"]):
        return
    for name, data in inside.items():
        if data is not None and ".jsonl" in name and "--encoding" not in extra:
            target = folder / "out" / name
            out = lines_in(unpacked(target)) if target.exists() else 0
            if lines_in(data) != out + told[ways_in(folder, name)]:
                raise Fault(
                    f"{name}: {lines_in(data)} records, {out} written, {told[ways_in(folder, name)]} told"
                )
    if (folder / "out").exists() and any(path.is_file() for path in (folder / "out").rglob("*")):
        read_again(folder, run, seen - failed, extra)


def read_again(folder, run, expected, extra):
    code, _, errors = run([
        "batch", str(folder / "out"), "--out", str(folder / "again"), "--on-error", "skip", "--workers", "1",
        "--report", str(folder / "report.json"), "--errors", str(folder / "errors2.jsonl"), *extra[:2],
        "--overwrite",
    ])  # fmt: skip
    check_messages(code, errors, {0, 3})
    seen, failed = counted(folder)
    # What is not UTF-8 may seem to be in one encoding, and its cleaned text in another.
    if failed and not ("not utf" in errors.lower() or "cannot be written in" in errors):
        raise Fault(f"the output cannot be read: {errors[:2000]}")
    if seen != expected:
        raise Fault(f"{expected} documents written, {seen} read again")


def brought_together(folder, inside, run, chance):
    """Sources of all kinds in one file of records."""
    name = chance.choice(["all.jsonl", "all.jsonl.gz", "all.csv", "all.tsv", "all.wet", "all.parquet"])
    target = folder / name
    code, _, errors = run([
        "batch", str(folder / "in"), "--out", str(target), "--on-error", "skip", "--workers", "1",
        "--errors", str(folder / "errors.jsonl"), "--report", str(folder / "report.json"),
    ])  # fmt: skip
    check_messages(code, errors, {0, 2, 3} if name.endswith("parquet") else {0, 3})
    if code == 2:
        if "give --out a folder" not in errors:
            raise Fault(f"exit code 2: {errors[-2000:]}")
        return
    failures(folder)
    seen, failed = counted(folder)
    written = rows_of(target)
    if written != seen - failed:
        raise Fault(f"{name}: {seen} documents, {failed} failed, {written} written")
    del inside


def rows_of(path):
    if not path.exists():  # no source could be opened
        return 0
    if path.suffix == ".parquet":
        return pq.read_metadata(path).num_rows
    data = unpacked(path)
    if path.suffix in (".csv", ".tsv"):
        csv.field_size_limit(1 << 30)
        mark = "\t" if path.suffix == ".tsv" else ","
        return max(0, len(list(csv.reader(io.StringIO(data.decode(), newline=""), delimiter=mark))) - 1)
    if path.suffix == ".wet":
        from cleaner.batch.containers import archives
        from cleaner.batch.containers.stream import Stream
        from cleaner.batch.job import Fields

        with Stream(str(path), "") as stream:
            jobs = archives.read(stream, archives.Conversions(), 0, 1)
            return sum(job.codec.opened(job, Fields()) is not None for job in jobs if not job.fault)
    return lines_in(data)


def one_or_nothing(folder, inside, run, chance):
    """A run that fails at the first fault writes all or nothing; of a file, or of standard input."""
    for number, (name, data) in enumerate(inside.items()):
        target = folder / f"out{number}{Path(name).suffixes[-1]}"
        if chance.random() < 0.3:
            given = (folder / "in" / name).read_bytes()
            kind = chance.choice(["jsonl", "csv", "txt", "wet"])
            args = ["batch", "-", "--out", "-", "--container", kind, "--workers", "1"]
            code, _, errors = run(args, given)
            check_messages(code, errors, {0, 2})
            continue
        args = ["batch", ways_in(folder, name), "--out", str(target), "--workers", "1"]
        code, _, errors = run(args)
        check_messages(code, errors, {0, 2})
        if code == 2 and (target.exists() or not errors):
            raise Fault(f"{name}: exit code 2, and written: {target.exists()}, told: {errors!r}")
        check_nothing_hidden(folder)
        del data


def restored(folder, inside, run):
    """Clean texts and ledger give the sources back, byte for byte."""
    ledger = folder / "ledger.jsonl"
    code, _, errors = run([
        "batch", str(folder / "in"), "--out", str(folder / "out"), "--on-error", "skip", "--workers", "1",
        "--ledger", str(ledger),
    ])  # fmt: skip
    check_messages(code, errors, {0, 3})
    code, _, errors = run(
        ["restore", str(folder / "out"), "--ledger", str(ledger), "-o", str(folder / "back")]
    )
    check_messages(code, errors, {0, 2, 3})
    if code:
        raise Fault(f"not restored: {errors[:1000]}")
    for name, data in inside.items():
        back = folder / "back" / name
        found = unpacked(back) if back.exists() else b""
        if data is not None and found != data and not same_records(name, found, data):
            raise Fault(f"{name}: what is restored is not the source")


def same_records(name, one, other):
    """Whether lines differ in no more than how their texts are written: escaped or not."""
    pairs = list(zip(one.split(b"\n"), other.split(b"\n"), strict=False))
    lines = one.count(b"\n") == other.count(b"\n")
    return ".jsonl" in name and lines and all(a == b or json.loads(a) == json.loads(b) for a, b in pairs)


WAYS = ("passed on", "in count", "in count", "together", "one or nothing", "restored")


def attack(folder, way, count, chance, run):
    (folder / "in").mkdir(parents=True)
    kinds = KINDS if pq else tuple(kind for kind in KINDS if kind != "parquet")
    if way == "together":
        kinds = (
            chance.choice([kinds, ("parquet",), ("jsonl",), ("csv",), ("wet", "warc")])
            if pq
            else ("jsonl", "csv")
        )
    if way == "restored":
        kinds = ("jsonl", "jsonl", "txt", "html")
    inside = write_files(folder / "in", count, chance, kinds)
    match way:
        case "passed on":
            passed_on(folder, inside, run)
        case "in count":
            kept_in_count(folder, inside, run, chance)
        case "together":
            brought_together(folder, inside, run, chance)
        case "restored":
            restored(folder, inside, run)
        case _:
            one_or_nothing(folder, inside, run, chance)


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--files", type=int, default=20_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument(
        "--subprocesses", type=int, default=0, help="commands that are processes of their own"
    )
    options.add_argument("--keep", type=Path)
    options.add_argument("--way", choices=WAYS)
    options.add_argument("--only", type=int, help="number of the one command to run")
    told = options.parse_args()
    cleaner.cleaning.Index = shared_indexes(cleaner.cleaning.Index)
    done = commands = faults = 0
    began = time.monotonic()
    while done < told.files:
        commands += 1
        chance = random.Random(f"{told.seed} {commands}")  # noqa: S311 - for chance, not for secrets
        way = told.way or WAYS[commands % len(WAYS)]
        outside = commands <= told.subprocesses
        count = chance.randrange(3, 8) if way == "one or nothing" else chance.randrange(10, 40)
        done += count
        if told.only and commands != told.only:
            continue
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place) / "w"
            try:
                attack(folder, way, count, chance, run_outside if outside else run_inside)
            except Exception as fault:  # noqa: BLE001 - what cannot be checked does not hold
                faults += 1
                print(f"command {commands} ({way}): {fault or type(fault).__name__}", flush=True)
                if told.keep:
                    shutil.copytree(folder, told.keep / str(commands), dirs_exist_ok=True, symlinks=True)
        if commands % 50 == 0:
            print(f"{done} files, {faults} faults", file=sys.stderr, flush=True)
    print(f"{done} files in {commands} commands, {faults} faults, {time.monotonic() - began:.0f} s")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
