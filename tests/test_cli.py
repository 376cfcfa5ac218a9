"""The command line as a person meets it: a process, its output, its exit code."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import cleaner

ARTICLE = "It rained all day in the valley.\n\n- Advertisement -\n\nThe river rose by a metre.\n"
CLEAN = "It rained all day in the valley.\n\nThe river rose by a metre.\n"


@pytest.fixture
def run(tmp_path):
    def call(*args, stdin=b"", code=0):
        process = subprocess.run(
            [sys.executable, "-m", "cleaner", *map(str, args)],
            input=stdin,
            capture_output=True,
            cwd=tmp_path,
            check=False,
            env={**os.environ, "PYTHONPATH": str(Path(cleaner.__file__).parents[1])},
        )
        assert b"Traceback" not in process.stderr, process.stderr.decode()
        assert process.returncode == code, process.stderr.decode()
        return process

    return call


def one_line(process):
    text = process.stderr.decode("utf-8")
    assert text.count("\n") == 1
    assert text.startswith("cleaner: ")
    return text


def test_a_file_is_cleaned_to_standard_output(run, tmp_path):
    (tmp_path / "a.txt").write_text(ARTICLE)
    assert run("clean", "a.txt").stdout.decode() == CLEAN


def test_standard_input_is_cleaned(run):
    assert run("clean", stdin=ARTICLE.encode()).stdout.decode() == CLEAN
    assert run("clean", "-", stdin=ARTICLE.encode()).stdout.decode() == CLEAN


def test_an_output_file_is_written_and_the_input_stays(run, tmp_path):
    (tmp_path / "a.txt").write_text(ARTICLE)
    run("clean", "a.txt", "-o", "b.txt")
    assert (tmp_path / "a.txt").read_text() == ARTICLE
    assert (tmp_path / "b.txt").read_text() == CLEAN


def test_in_place_with_a_backup(run, tmp_path):
    (tmp_path / "a.txt").write_text(ARTICLE)
    run("clean", "a.txt", "--in-place", "--backup")
    assert (tmp_path / "a.txt").read_text() == CLEAN
    assert (tmp_path / "a.txt.bak").read_text() == ARTICLE


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_marked_encodings_come_out_as_they_went_in(run, tmp_path, codec):
    (tmp_path / "a.txt").write_bytes(ARTICLE.replace("valley", "vall\u00e9e").encode(codec))
    run("clean", "a.txt", "-o", "b.txt", "--ledger", "l.jsonl")
    assert (tmp_path / "b.txt").read_bytes() == CLEAN.replace("valley", "vall\u00e9e").encode(codec)
    run("restore", "b.txt", "--ledger", "l.jsonl", "-o", "c.txt")
    assert (tmp_path / "c.txt").read_bytes() == (tmp_path / "a.txt").read_bytes()


def test_an_encoding_that_is_said_is_kept(run):
    data = ARTICLE.replace("valley", "vall\u00e9e").encode("cp1252")
    process = run("clean", "--encoding", "cp1252", stdin=data)
    assert process.stdout == CLEAN.replace("valley", "vall\u00e9e").encode("cp1252")


def test_check_tells_by_its_exit_code_and_writes_nothing(run, tmp_path):
    (tmp_path / "a.txt").write_text(ARTICLE)
    (tmp_path / "c.txt").write_text(CLEAN)
    assert run("clean", "a.txt", "--check", code=1).stdout == b""
    assert run("clean", "c.txt", "--check").stdout == b""


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["clean", "missing.txt"], "missing.txt: there is no such file"),
        (["clean", "."], ".: is a folder, not a file"),
        (["clean", "latin.txt"], "latin.txt: not utf-8: byte 0xE9 at offset 3; say its encoding"),
        (["clean", "latin.txt", "--encoding", "nonsense"], "there is no encoding nonsense"),
        (["clean", "good.txt", "-o", "good.txt"], "the output is the input"),
        (["clean", "good.txt", "--ledger", "good.txt"], "the ledger is the input"),
        (["clean", "good.txt", "-o", "missing/out.txt"], "cannot be written"),
        (["clean", "good.txt", "-o", "folder"], "is a folder"),
        (["clean", "--in-place"], "--in-place needs a FILE"),
        (["clean", "good.txt", "--backup"], "--backup goes with --in-place"),
        (["clean", "good.txt", "--level", "hard"], "'hard' is not one of"),
        (["clean", "good.txt", "--nonsense"], "--nonsense"),
        (["clean", "good.txt", "--only", "advert"], "did you mean adverts?"),
        (["clean", "good.txt", "--drop", "author"], "drop is 'author'"),
        (["clean", "good.txt", "--max-loss", "2"], "--max-loss"),
        (["clean", "good.txt", "--keep", "/(/"], "the regex /(/ does not compile"),
        (["clean", "good.txt", "--keep", "@missing"], "keep: the list missing cannot be read"),
        (["clean", "good.txt", "--config", "missing.toml"], "missing.toml: cannot be read"),
        (["clean", "good.txt", "--config", "wrong.toml"], "wrong.toml: unknown option colour"),
        (["clean", "good.txt", "--config", "broken.toml"], "broken.toml: not TOML"),
        (["clean", "good.txt", "--packs", "broken.toml"], "broken: not TOML"),
        (["clean", "good.txt", "--packs", "missing.toml"], "missing.toml: cannot be read"),
        (["batch", "missing.jsonl", "--out", "o.jsonl"], "there is no such file, folder or pattern"),
        (["batch", "lines.jsonl", "--out", "lines.jsonl"], "the output is an input"),
        (["batch", "lines.jsonl", "--out", "o.jsonl"], "lines.jsonl:2: not JSON"),
        (["batch", "nofield.jsonl", "--out", "o.jsonl"], "nofield.jsonl:1: the record has no field text"),
        (["batch", "wrongtype.jsonl", "--out", "o.jsonl"], "the field text is number, not a string"),
        (["batch", "bytes.jsonl", "--out", "o.jsonl"], "bytes.jsonl:1: not UTF-8: byte 0xFF"),
        (["batch", "list.jsonl", "--out", "o.jsonl"], "a JSON array, not an object"),
        (["batch", "good.txt", "folder", "--out", "good.txt"], "is a file; several sources need a folder"),
        (["batch", "folder", "--out", "folder"], "the output is an input"),
        (["batch", "empty", "--out", "o"], "nothing to clean is there"),
        (["batch", "folder", "good.txt", "--out", "-"], "several sources cannot be written"),
        (["batch", "folder", "folder/x.txt", "--out", "o"], "would both be written as o/x.txt"),
        (["batch", "good.txt", "--out", "taken.txt"], "is there already; --overwrite replaces it"),
        (["restore", "good.txt", "--ledger", "lines.jsonl"], "not the header of a ledger"),
        (["restore", "good.txt", "--ledger", "missing"], "missing: there is no such file"),
        (["rules", "show", "nonsense"], "there is no rule nonsense"),
        (["rules", "test", "nonsense"], "there is no pack nonsense"),
        (["nonsense"], "No such command"),
    ],
)  # fmt: skip
def test_bad_input_is_one_line_and_exit_code_2_and_nothing_is_written(run, tmp_path, args, message):
    files = {
        "good.txt": ARTICLE.encode(),
        "taken.txt": b"taken",
        "latin.txt": b"caf\xe9",
        "wrong.toml": b'colour = "red"\n',
        "broken.toml": b"[[[",
        "lines.jsonl": b'{"text": "a"}\n{"text":\n',
        "nofield.jsonl": b'{"body": "a"}\n',
        "wrongtype.jsonl": b'{"text": 3}\n',
        "bytes.jsonl": b'{"text": "\xff"}\n',
        "list.jsonl": b"[1]\n",
        "folder/x.txt": ARTICLE.encode(),
    }
    (tmp_path / "folder").mkdir()
    (tmp_path / "empty").mkdir()
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    process = run(*args, code=2)
    assert message in one_line(process)
    assert process.stdout == b""
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()} == before


def test_options_come_from_the_nearest_configuration_and_the_line_wins(run, tmp_path):
    (tmp_path / "cleaner.toml").write_text('without = ["adverts"]\n')
    assert run("clean", stdin=ARTICLE.encode()).stdout.decode() == ARTICLE
    assert run("clean", "--without", "related", stdin=ARTICLE.encode()).stdout.decode() == CLEAN
    (tmp_path / "cleaner.toml").unlink()
    (tmp_path / "pyproject.toml").write_text('[tool.cleaner]\nkeep = ["advertisement"]\n')
    assert run("clean", stdin=ARTICLE.encode()).stdout.decode() == ARTICLE


def test_what_is_kept_is_told(run):
    process = run("clean", "--keep", "Advertisement", stdin=ARTICLE.encode())
    assert process.stdout.decode() == ARTICLE
    assert "kept: " in process.stderr.decode()


def test_explain_tells_line_rule_reason_and_text(run, tmp_path):
    (tmp_path / "a.txt").write_text(ARTICLE)
    told = run("explain", "a.txt").stdout.decode()
    assert "a.txt:3: en/adverts:" in told
    assert "- - Advertisement -" in told
    assert "\x1b" not in told
    assert "\x1b" in run("explain", "a.txt", "--color").stdout.decode()


def test_explain_marked_is_a_fixture(run):
    marked = run("explain", "--format", "marked", stdin=ARTICLE.encode()).stdout.decode()
    assert marked == ARTICLE.replace("- Advertisement -\n\n", "{--- Advertisement -\n\n--}")


def test_explain_json_is_a_ledger_line_with_reasons(run):
    told = json.loads(run("explain", "--format", "json", stdin=ARTICLE.encode()).stdout)
    assert cleaner.restore(CLEAN, told) == ARTICLE
    assert told["edits"][0][-1].endswith(".")


def test_a_pack_begun_by_new_holds(run):
    run("rules", "new", "mine.toml")
    assert "1 rules, 0 faults" in run("rules", "test", "mine.toml").stderr.decode()
    text = b"It rained.\n\nJoin our book club\n\nIt snowed.\n"
    assert run("clean", "--packs", "mine.toml", stdin=text).stdout == b"It rained.\n\nIt snowed.\n"
    assert "is there already" in one_line(run("rules", "new", "mine.toml", code=2))


def test_rules_that_do_not_hold_are_exit_code_5(run, tmp_path):
    run("rules", "new", "mine.toml")
    path = tmp_path / "mine.toml"
    path.write_text(path.read_text().replace('"Our book club has joined yours."', '"Join our book club."'))
    process = run("rules", "test", "mine.toml", code=5)
    assert "mine:name-of-what-is-found: keeps 'Join our book club.'" in process.stdout.decode()


def test_rules_are_listed_and_shown(run):
    listed = run("rules", "list").stdout.decode()
    assert "en/adverts" in listed
    assert "repairs/lost-letter" in listed
    name = next(line.split()[0] for line in listed.splitlines() if line.startswith("  en/adverts:"))
    assert "strips:" in run("rules", "show", name).stdout.decode()


def test_the_loss_guard_is_exit_code_4_when_asked(run, tmp_path):
    pack = """
[[rule]]
id = "all"
kind = "tail"
phrases = ["the end"]
within_words = 9999
max_lines = 999
why = "All after the end goes."
strips = ["The end\\n\\nMore.", "The end"]
keeps = ["The end is near.", "In the end"]
"""
    (tmp_path / "all.toml").write_text(pack)
    text = ("Short.\n\nThe end\n\n" + "many words " * 100 + "\n").encode()
    process = run("clean", "--packs", "all.toml", "--strict-loss", stdin=text, code=4)
    assert process.stdout == text
    assert "loss guard: all:all" in process.stderr.decode()
    assert run("clean", "--packs", "all.toml", "--max-loss", "1", stdin=text).stdout == b"Short.\n"


def test_help_loads_nothing_heavy():
    program = (
        "import sys; sys.argv = ['cleaner', '--help']\n"
        "from cleaner.cli import run; run()\n"
        "heavy = {'regex', 'bs4', 'lxml', 'langdetect', 'ftfy', 'wordfreq', 'numpy', 'rich'}\n"
        "sys.exit(','.join(heavy & set(sys.modules)) or 0)"
    )
    process = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert process.returncode == 0, process.stderr.decode()


def test_a_clean_article_loads_nothing_heavy():
    program = (
        "import sys, cleaner; cleaner.clean('The river rose by a metre on Tuesday night.')\n"
        "heavy = {'regex', 'bs4', 'lxml', 'langdetect', 'ftfy', 'wordfreq', 'numpy', 'rich', 'click'}\n"
        "sys.exit(','.join(heavy & set(sys.modules)) or 0)"
    )
    process = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert process.returncode == 0, process.stderr.decode()


def test_version_loads_nothing_at_all(run):
    assert run("--version").stdout.decode() == f"cleaner {cleaner.__version__}\n"
    program = (
        "import sys; sys.argv = ['cleaner', '--version']\n"
        "from cleaner.__main__ import main; main(); sys.exit('click' in sys.modules)"
    )
    assert (
        subprocess.run([sys.executable, "-c", program], stdout=subprocess.DEVNULL, check=False).returncode
        == 0
    )


def test_a_reader_that_stops_is_no_error(tmp_path):
    (tmp_path / "a.txt").write_text("A line of the story.\n" * 200_000)
    command = f"{sys.executable} -m cleaner clean a.txt | head -n 1"
    process = subprocess.run(command, shell=True, cwd=tmp_path, capture_output=True, check=False)  # noqa: S602
    assert process.stderr == b""
    assert process.stdout == b"A line of the story.\n"
