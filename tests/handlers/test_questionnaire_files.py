"""A questionnaire written as YAML or as an XLSForm and read again says the same; ODK's own reader takes the form."""

from __future__ import annotations

import dataclasses
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from pyxform.xls2xform import convert

from handlers.load_files import check_questionnaire
from reports.questionnaire_files import WRITERS
from surveys.instrument import Instrument
from surveys.source import Problems
from surveys.text import Text
from tests.strategies import instruments

EXAMPLES = sorted(each for each in Path("examples").glob("*/*.yaml") if each.name != "programme.yaml")


def read(path: Path) -> Instrument:
    problems = Problems()
    found = check_questionnaire(path, problems)
    assert found is not None, [str(each) for each in problems.errors]
    return found.instrument


def again(instrument: Instrument, suffix: str) -> Instrument:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"another{suffix}"
        path.write_bytes(WRITERS[suffix](instrument))
        if suffix == ".xlsx":
            assert convert(xlsform=str(path)).xform
        return read(path)


def same(value: Any) -> Any:
    """With words that are alike in every language said once: the same to whoever reads them."""
    if isinstance(value, Text):
        words = dict(value.by_language)
        return ("words", *sorted(words.items())) if len(set(words.values())) > 1 else next(iter(words.values()))
    if dataclasses.is_dataclass(value):
        return {each.name: same(getattr(value, each.name)) for each in dataclasses.fields(value)}
    if isinstance(value, tuple):
        return [same(each) for each in value]
    return {key: same(each) for key, each in value.items()} if isinstance(value, dict) else value


@pytest.mark.parametrize("suffix", [".yaml", ".xlsx"])
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda each: each.stem)
def test_the_examples_come_back_as_they_were(path: Path, suffix: str) -> None:
    assert again(read(path), suffix) == read(path)


@settings(max_examples=60)
@given(instruments())
def test_whatever_a_questionnaire_says_is_still_said(instrument: Instrument) -> None:
    for suffix in (".yaml", ".xlsx"):
        assert same(again(instrument, suffix)) == same(instrument)
