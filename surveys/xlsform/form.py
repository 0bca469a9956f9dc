"""What an XLSForm is made of (https://xlsform.org, the spreadsheet convention of ODK), and what we add to it.

A form is a workbook of three sheets: `survey` has a row for each question and each group's begin and end, `choices` the
options by list, `settings` the form's title and id. Columns that begin with `soundings_` are ours: other programs pass
over them, and a questionnaire that goes out and comes back loses nothing by the way.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from surveys.source import LANGUAGE

SURVEY, CHOICES, SETTINGS = "survey", "choices", "settings"

# Our `soundings_type` for rows that are no item of their own.
INTRO, THANKS, SECTION_INTRO, EVIDENCE = "intro", "thanks", "section_intro", "evidence"
# Our names of lists that every questionnaire has.
YES_NO_LIST, STATUS_LIST = "yes_no", "soundings_status"

LABEL, HINT, UNIT, TITLE = "label", "hint", "soundings_unit", "soundings_title"
# These may have a column for each language: `label::English (en)`.
TEXT_COLUMNS = (LABEL, HINT, UNIT)
OUR_COLUMNS = (
    "soundings_type",
    "soundings_audience",
    "soundings_prefill",
    "soundings_quote",
    "soundings_personal",
    "soundings_top",
    "soundings_share",
)
SURVEY_COLUMNS = ("type", "name", "required", "relevant", "appearance", "constraint", "parameters", *OUR_COLUMNS)
CHOICE_COLUMNS = ("list_name", "name", "soundings_value", "soundings_colour")
SETTINGS_COLUMNS = ("form_title", "form_id", "version", "default_language", "soundings_language")

_TAGS: Mapping[str, str] = {
    "arabic": "ar",
    "bengali": "bn",
    "cymraeg": "cy",
    "deutsch": "de",
    "english": "en",
    "français": "fr",
    "french": "fr",
    "german": "de",
    "polish": "pl",
    "portuguese": "pt",
    "punjabi": "pa",
    "romanian": "ro",
    "somali": "so",
    "spanish": "es",
    "ukrainian": "uk",
    "urdu": "ur",
    "welsh": "cy",
}
_NAMES = {tag: name.title() for name, tag in _TAGS.items()}
_IN_BRACKETS = re.compile(r"\(\s*([A-Za-z0-9-]+)\s*\)$")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet to be written: its rows, the header first, all of one length."""

    name: str
    rows: tuple[tuple[str, ...], ...]


def language_name(tag: str) -> str:
    """How a column names a language: `English (en-GB)`."""
    return f"{_NAMES.get(tag.split('-')[0], tag)} ({tag})"


def language_tag(words: str) -> str:
    """The tag that words like `English (en-GB)`, `cy` or `Welsh` name; "" if it can't be told."""
    words = words.strip()
    bracketed = _IN_BRACKETS.search(words)
    first, *others = (bracketed[1] if bracketed else words).split("-")
    tag = "-".join([first.lower(), *others])
    return _TAGS.get(words.casefold(), tag if LANGUAGE.fullmatch(tag) else "")
