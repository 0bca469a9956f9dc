"""What import-linter cannot say: the pure core uses a short list of the standard library, and files stay short."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ["bot", "console", "handlers", "schedules", "reports", "channels", "storage", "surveys"]
LONGEST = 400
# An allow-list, since a deny-list leaks. Nothing here reads a clock, chance, a file or the environment by itself;
# datetime could, so its calls are looked at below.
ALLOWED = {
    "__future__",
    "abc",
    "base64",
    "collections",
    "dataclasses",
    "datetime",
    "decimal",
    "difflib",
    "enum",
    "functools",
    "hashlib",
    "hmac",
    "html",
    "itertools",
    "json",
    "math",
    "operator",
    "re",
    "string",
    "textwrap",
    "types",
    "typing",
    "unicodedata",
    "zoneinfo",
}
CLOCK_READERS = {"now", "utcnow", "today", "fromtimestamp", "utcfromtimestamp"}
REACHING_OUT = {"open", "print", "input", "exec", "eval", "__import__", "breakpoint"}


def sources(package: str) -> list[Path]:
    return sorted(p for p in (ROOT / package).rglob("*.py") if "__pycache__" not in p.parts)


def impurities(source: str) -> list[str]:
    """What in this module's source the pure core may not have, as `line: what`."""
    found = []
    for node in ast.walk(ast.parse(source)):
        foreign = [module for module in imported(node) if module.split(".")[0] not in ALLOWED | {"surveys"}]
        found.extend(f"{node.lineno}: imports {module}" for module in foreign)
        if isinstance(node, ast.Attribute) and node.attr in CLOCK_READERS and not is_moment_argument(node):
            found.append(f"{node.lineno}: reads the clock with {node.attr}")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in REACHING_OUT:
            found.append(f"{node.lineno}: calls {node.func.id}")
    return found


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [node.module or "surveys"] if node.level == 0 else ["surveys"]
    return []


def is_moment_argument(node: ast.Attribute) -> bool:
    """`self.now`, `state.now`: a moment that was handed in; only the classes of datetime read the clock."""
    owner = node.value
    name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
    return name not in {"datetime", "date", "dt"}


@pytest.mark.parametrize("path", sources("surveys"), ids=lambda p: p.relative_to(ROOT).as_posix())
def test_the_core_is_pure(path):
    assert impurities(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "import os",
        "import random",
        "from time import sleep",
        "from storage.tables import rounds",
        "from datetime import datetime\ndatetime.now()",
        "import datetime\ndatetime.date.today()",
        "open('panel.csv')",
        "print('here')",
    ],
)
def test_impurities_are_seen(source):
    assert impurities(source)


@pytest.mark.parametrize("package", PACKAGES)
def test_no_file_is_too_long(package):
    # a migration that makes every table is long by nature and is never edited again
    counted = {
        path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in sources(package)
        if "migrations" not in path.parts
    }
    assert {name: lines for name, lines in counted.items() if lines > LONGEST} == {}


def test_the_layers_hold():
    linted = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert linted.returncode == 0, linted.stdout
