"""When somebody who is away says that they will be back."""

from __future__ import annotations

import re
from datetime import date

from surveys.typed_dates import DateUnclear, read_date

_BACK = re.compile(
    r"(?:until|till|til|through|return(?:ing)?(?: to (?:the office|work))?(?: on)?|back(?: in the "
    r"office| at work| at my desk)?(?: on)?|before|again on|"
    r"to|bis(?: zum)?|jusqu['’]au|wieder ab|zurück (?:am|ab)|tan|yn ôl (?:ar|ddydd)|hasta el|fino al|"
    r"tot(?: en met)?|-|–)\s+(?:and including\s+|the\s+|end of\s+)?",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"(?:(?:mon|tues?|wed(?:nes)?|thurs?|fri|sat(?:ur)?|sun)(?:day)?,?\s+(?:the\s+)?|"
    r"(?:dydd\s+)?(?:llun|mawrth|mercher|iau|gwener|sadwrn|sul),?\s+|(?:montag|dienstag|mittwoch|"
    r"donnerstag|freitag),?\s+)?"
    r"(\d{4}-\d{2}-\d{2}|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{1,2}(?:st|nd|rd|"
    r"th)?\.?\s+(?:of\s+)?[^\W\d_]{3,12}\.?(?:,?\s+\d{4})?|[^\W\d_]{3,12}\s+\d{1,2}(?:st|nd|rd|th)?(?:,?\s+\d{4})?)",
    re.IGNORECASE,
)
_GERMAN = dict(
    zip(
        ["januar", "februar", "märz", "mai", "juni", "juli", "oktober", "dezember"],
        ["January", "February", "March", "May", "June", "July", "October", "December"],
        strict=True,
    )
)
_FURTHEST = 400


def return_date(words: str, today: date) -> date | None:
    """The first day after `today` that the words name as that of coming back; None if they name none."""
    text = " ".join(words.split())[:4000]
    for before in _BACK.finditer(text):
        match = _DATE.match(text, before.end())
        day = _day(match[1], today) if match else None
        if day is not None and 0 < (day - today).days <= _FURTHEST:
            return day
    return None


def _day(words: str, today: date) -> date | None:
    said = re.sub(r"(\d)\.\s", r"\1 ", words.replace("/", "/"))
    for ours, theirs in _GERMAN.items():
        said = re.sub(rf"\b{ours}\b", theirs, said, flags=re.IGNORECASE)
    try:
        found = read_date(said, today=today)
    except DateUnclear:
        return None
    # Without a year the next such day is meant, not the nearest.
    if found < today and not re.search(r"\d{4}", said):
        try:
            return found.replace(year=today.year if found.replace(year=today.year) >= today else today.year + 1)
        except ValueError:
            return None
    return found
