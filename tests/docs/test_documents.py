"""What the documents say must be there: linked files, headings, make targets, files named in code marks."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/**/*.md")])
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def anchors(text: str) -> set[str]:
    """The anchors that a forge gives the headings of a Markdown text."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def by_name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_there_are_documents():
    assert {"README.md", "CONTRIBUTING.md", "CHANGELOG.md"} <= {by_name(path) for path in DOCUMENTS}


@pytest.mark.parametrize("document", DOCUMENTS, ids=by_name)
def test_links_lead_somewhere(document):
    text = document.read_text(encoding="utf-8")
    broken = []
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", link):
            continue
        target, _, anchor = link.partition("#")
        path = (document.parent / target).resolve() if target else document
        if not path.exists() or (
            anchor and path.suffix == ".md" and anchor not in anchors(path.read_text(encoding="utf-8"))
        ):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=by_name)
def test_make_targets_exist(document):
    named = re.findall(r"(?:^|`)make (?:[A-Z]+=\S+ )*([a-z]+)", document.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(named) <= TARGETS


@pytest.mark.parametrize("document", DOCUMENTS, ids=by_name)
def test_nothing_speaks_of_one_machine(document):
    assert not re.findall(r"(?:^|[\s`(])/(?:work|root|home|tmp)/", document.read_text(encoding="utf-8"))
