"""A questionnaire is shown as it looks in a chat, whole, before any round uses it."""

from __future__ import annotations

from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from handlers.load_files import check_questionnaire
from reports.preview_chat import as_slack, as_teams
from surveys.source import Problems

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
FILES = sorted(path for path in EXAMPLES.rglob("*.yaml") if "\nsurvey:" in f"\n{path.read_text(encoding='utf-8')}")
NOW = datetime(2024, 11, 25, 9, tzinfo=UTC)


@pytest.mark.parametrize("show", [as_slack, as_teams], ids=["slack", "teams"])
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_question_stands_there_in_each_of_its_languages(path: Path, show) -> None:
    read = check_questionnaire(path, Problems())
    assert read is not None
    instrument = read.instrument
    for language in instrument.languages():
        page = BeautifulSoup(show(instrument, language, NOW), "html.parser")
        shown = " ".join(page.get_text(" ").split())
        for item in instrument.items():
            ask = item.ask.within(language, instrument.language)
            if "{" not in ask:
                assert " ".join(unescape(ask).split()) in shown, item.key
        assert page.find("script") is None
