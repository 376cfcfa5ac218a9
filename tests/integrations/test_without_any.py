"""Nobody who does not ask for an adapter gets its library."""

import configparser
import re
import subprocess
import sys

from corpus import ROOT

LIBRARIES = {
    "apache_beam", "daft", "dask", "datasets", "datatrove", "fsspec", "langchain_core", "llama_index",
    "newspaper", "pandas", "polars", "pyarrow", "pyspark", "ray", "scrapy", "sklearn", "spacy", "trafilatura",
}  # fmt: skip
ADAPTERS = [path.stem for path in (ROOT / "cleaner" / "integrations").glob("[a-z]*.py")]


def requirements():
    """The names of the packages that are installed with cleaner, and of those of each extra."""
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg")
    extras = dict(parser["options.extras_require"])
    own = {"": parser["options"]["install_requires"], **extras}
    return {
        name: set(re.findall(r"^[A-Za-z0-9-]+", text.strip(), re.MULTILINE)) for name, text in own.items()
    }


def test_cleaning_imports_none_of_them():
    program = (
        "import sys, cleaner, cleaner.integrations, cleaner.cli\n"
        "cleaner.clean('It rained.\\n\\nRead more')\n"
        f"print(sorted({LIBRARIES!r} & {{name.partition('.')[0] for name in sys.modules}}))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    assert done.stdout.strip() == "[]"


def test_the_package_requires_none_of_them():
    names = {name.replace("-", "_") for name in requirements()[""]}
    assert len(names) >= 9
    assert not names & (LIBRARIES | {"scikit_learn", "newspaper4k", "llama_index_core", "langchain_core"})


def test_every_adapter_has_an_extra_of_its_own_or_shares_that_of_arrow():
    extras = requirements()
    shared = {"account", "portable", "counted", "shards", "table", "ray_workers"}
    for adapter in set(ADAPTERS) - shared:
        assert extras[adapter.replace("_", "-")], adapter


def test_every_extra_of_an_adapter_is_installed_alone_by_ci():
    script = (ROOT / ".ci" / "engines").read_text()
    table = [line.split() for line in script.partition('all="\n')[2].partition('"')[0].splitlines()]
    installed = {extra.partition("+")[0] for _, extra, _ in table}
    assert {adapter.replace("_", "-") for adapter in ADAPTERS} & set(requirements()) <= installed
    tests = {name for *_, names in table for name in names.split(",")}
    there = {
        path.stem.removeprefix("test_with_")
        for path in (ROOT / "tests" / "integrations").glob("test_with_*.py")
    }
    assert tests == there
