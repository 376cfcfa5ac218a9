"""Who may import whom, and that every filter, family and layer has what it must have."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "cleaner"
# Each part may import those before it, and itself.
ORDER = (
    ("errors", "version", "remote"),
    ("words", "files", "workers", "code", "log", "document", "sites"),
    ("gaps", "marks", "language", "markup", "ledger", "undoing"),
    ("rules",),
    ("options", "protection", "selection", "state"),
    ("filters", "structure", "repairs"),
    ("result",),
    ("pipeline",),
    ("replay", "nearness", "whynot", "cleaning", "selftest"),
    ("doctor", "hits", "explanation", "sarif", "comparison"),
    ("batch", "learning"),
    ("review",),
    ("report",),
    ("serving",),
    ("integrations",),
    ("cli",),
)
RANK = {name: rank for rank, names in enumerate(ORDER) for name in names}
ONLY_ONE_MAY = {"click": {"cli"}, "bs4": {"markup"}, "langdetect": {"language"}}


def part(path):
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path, *, lazy):
    tree = ast.parse(path.read_text("utf-8"))
    typing_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    nodes = ast.walk(tree) if lazy else tree.body
    for node in nodes:
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module] if node.module != "cleaner" else [f"cleaner.{a.name}" for a in node.names]
            yield from names
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


MODULES = [path for path in sorted(PACKAGE.rglob("*.py")) if part(path) not in ("__init__", "__main__")]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_imports_go_one_way(path):
    for name in imports(path, lazy=False):
        if name.startswith("cleaner."):
            other = name.split(".")[1]
            assert RANK[other] <= RANK[part(path)], f"{part(path)} imports {other}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_package_is_used_where_it_belongs(path):
    for name in imports(path, lazy=True):
        allowed = ONLY_ONE_MAY.get(name.split(".")[0])
        assert allowed is None or part(path) in allowed, f"{part(path)} imports {name}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_heavy_packages_are_imported_on_first_use(path):
    heavy = {"regex", "bs4", "lxml", "langdetect", "ftfy", "wordfreq", "rich"}
    if part(path) != "structure":  # whose modules that calculate are loaded when a page is met
        heavy.add("numpy")
    assert not heavy.intersection(name.split(".")[0] for name in imports(path, lazy=False))
