"""What is built holds what it must: every pack, every data file, nothing that was forgotten."""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Wheel and source distribution of this checkout, built without its leftovers."""
    place = tmp_path_factory.mktemp("build")
    source = place / "source"
    source.mkdir()
    for name in ("cleaner", "patterns", "tests", "fixtures"):
        for path in (ROOT / name).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                target = source / path.relative_to(ROOT)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(path.read_bytes())
    for name in ("setup.cfg", "pyproject.toml", "MANIFEST.in", "README.md", "LICENSE"):
        (source / name).write_bytes((ROOT / name).read_bytes())
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", place / "dist", source]
    process = subprocess.run(command, capture_output=True, check=False)
    assert process.returncode == 0, process.stdout.decode() + process.stderr.decode()
    (wheel,) = (place / "dist").glob("*.whl")
    (archive,) = (place / "dist").glob("*.tar.gz")
    return wheel, archive


def files(folder, pattern):
    return {
        path.relative_to(ROOT / folder).as_posix()
        for path in (ROOT / folder).rglob(pattern)
        if path.is_file()
    }


def test_the_wheel_has_every_pack_module_and_data_file(built):
    names = set(zipfile.ZipFile(built[0]).namelist())
    assert {name for name in names if name.startswith("cleaner/patterns/")} == {
        f"cleaner/patterns/{name}" for name in files("patterns", "*.toml")
    }
    modules = {f"cleaner/{name}" for name in files("cleaner", "*.py")}
    assert modules <= names
    folders = ("data/*", "language_data/*", "state_data/*")
    data = {f"cleaner/{name}" for folder in folders for name in files("cleaner", folder)}
    assert data <= names
    assert "cleaner/py.typed" in names


def test_the_source_distribution_has_packs_tests_and_fixtures(built):
    with tarfile.open(built[1]) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    for folder, pattern in (("patterns", "*.toml"), ("tests", "*.py"), ("fixtures", "*.txt")):
        assert {f"{folder}/{name}" for name in files(folder, pattern)} <= names


def test_the_wheel_cleans_without_the_checkout(built, tmp_path):
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "import cleaner; assert sys.argv[1] in cleaner.__file__\n"
        "sys.stdout.write(cleaner.clean('It rained.\\n\\n- Advertisement -\\n\\nIt snowed.'))"
    )
    site = tmp_path / "site"
    zipfile.ZipFile(built[0]).extractall(site)  # noqa: S202 - our own wheel
    command = [sys.executable, "-c", program, str(site)]
    process = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True)
    assert process.stdout.decode() == "It rained.\n\nIt snowed."
