"""When somebody who is away says that they will be back."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta

from channels.mail.reading.lines import readings_of
from channels.mail.reading.opened import Opened
from surveys.typed_dates import DateUnclear, read_date

_BACK = re.compile(
    r"(?:until|till|til|through|return(?:ing|s)?(?: to (?:the office|work|my desk))?(?: on)?|back(?: in the "
    r"office| at work| at my desk| online)?(?: on| from)?|before|again (?:on|from)|"
    r"resume (?:work )?on|available (?:again )?(?:on|from)|"
    r"to|bis(?: (?:zum|einschließlich))?|wieder (?:ab|am|zurück (?:am|ab)|im büro (?:am|ab))|zurück (?:am|ab)|"
    r"jusqu['’]au|(?:de )?retour (?:au bureau )?(?:le|à partir du)|"
    r"tan|yn ôl (?:yn y swyddfa )?(?:ar|ddydd|o)|dychwelyd (?:ar|ddydd|i'r swyddfa ar)|"
    r"hasta(?: el)?|de vuelta (?:en la oficina )?el|regres(?:o|aré|ar) (?:a la oficina )?el|volv(?:eré|er) el|"
    r"fino al|rientr(?:o|erò) (?:in ufficio )?il|di ritorno il|"
    r"tot(?: en met)?|terug (?:op|vanaf)|weer (?:op|vanaf)|"
    r"do(?: dnia)?|wracam|wrócę|powrót|"
    r"até(?: ao?)?(?: dia)?|regress(?:o|arei) (?:a|no dia|em)|de volta (?:a|em|no dia)|"
    r"till(?: och med)?|tillbaka(?: på kontoret)?(?: den)?|åter(?: den)?|-|–)\s+"
    r"(?:and including\s+|the\s+|end of\s+|den\s+|le\s+|el\s+|il\s+|dia\s+|op\s+)*",
    re.IGNORECASE,
)
_WEEKDAYS = (
    r"(?:mon|tues?|wed(?:nes)?|thurs?|fri|sat(?:ur)?|sun)(?:day)?|(?:dd?ydd\s+)?(?:llun|mawrth|mercher|iau|gwener|sadwrn|sul)|"
    r"montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|"
    r"lunes|martes|miércoles|jueves|viernes|sábado|domingo|lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica|"
    r"maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag|poniedział(?:ek|ku)|wtor(?:ek|ku)|środ[aęy]|czwart(?:ek|ku)|piąt(?:ek|ku)|"
    r"(?:segunda|terça|quarta|quinta|sexta)(?:-feira)?|måndag|tisdag|onsdag|torsdag|fredag|lördag|söndag"
)
_DATE = re.compile(
    rf"(?:(?:{_WEEKDAYS}),?\s+(?:the\s+|den\s+|le\s+|el\s+|il\s+|dem\s+)?)?"
    r"(\d{4}-\d{2}-\d{2}|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{1,2}(?:st|nd|rd|th|er|º|°)?\.?\s+(?:of\s+|de\s+|o\s+|d['’])?"
    r"[^\W\d_]{3,12}\.?(?:,?\s+(?:de\s+)?\d{4})?|[^\W\d_]{3,12}\s+\d{1,2}(?:st|nd|rd|th)?(?:,?\s+\d{4})?)",
    re.IGNORECASE,
)
_ENGLISH = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip
# Months as people write them in a sentence; English and Welsh ones are read as they stand.
_MONTHS = {
    name: english
    for names in (
        "januar februar märz april mai juni juli august september oktober november dezember",
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
        "januari februari maart april mei juni juli augustus september oktober november december",
        "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
        "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
        "januari februari mars april maj juni juli augusti september oktober november december",
    )
    for name, english in zip(names.split(), _ENGLISH, strict=True)
}
_WORD = re.compile(r"[^\W\d_]+")
# A day of the week alone counts behind these only: many say there on which days they work.
_SOON = re.compile(
    r"\b(?:until|till|back(?: in the office| at work| at my desk)?(?: on)?|"
    r"return(?:ing)?(?: to (?:the office|work))?(?: on)?|"
    r"tan|yn ôl (?:ar|ddydd)|bis|wieder am|zurück am|jusqu['’]à|de retour)\s+(?:next\s+|dd?ydd\s+|le\s+)?"
    r"(?:(?P<weekday>[^\W\d_]{3,12})\b(?!\s+\d)|(?P<day>\d{1,2})[/.](?P<month>\d{1,2})\.?(?![\d/.]))",
    re.IGNORECASE,
)
_NAMED_DAYS = {
    name: at
    for names in (
        "monday tuesday wednesday thursday friday saturday sunday",
        "mon tue wed thu fri sat sun",
        "llun mawrth mercher iau gwener sadwrn sul",
        "montag dienstag mittwoch donnerstag freitag samstag sonntag",
        "lundi mardi mercredi jeudi vendredi samedi dimanche",
    )
    for at, name in enumerate(names.split())
}
_FURTHEST = 400


# A shorter line may stand in ours by chance: the day alone, on a line of its own.
_TELLING = 20


def own_words(mail: Opened, subjects: Iterable[str], texts: Iterable[str]) -> str:
    """What an automatic reply says by itself: without the mail of ours that it carries along.

    That names days too, the close above all; `subjects` and `texts` are what we sent to this person.
    """
    said = " ".join(mail.first("subject").split())
    for each in sorted((" ".join(each.split()) for each in subjects), key=len, reverse=True):
        said = said.replace(each, " ") if each else said
    ours = " ".join(word for each in texts for word in each.split())
    # The text part where there is one.
    lines = (" ".join(line.words.split()) for line in tuple(readings_of(mail))[-1].lines if line.depth == 0)
    return " ".join([said, *(line for line in lines if len(line) < _TELLING or line not in ours)])


def return_date(words: str, today: date) -> date | None:
    """The first day after `today` that the words name as that of coming back; None if they name none."""
    text = " ".join(words.split())[:4000]
    for before in _BACK.finditer(text):
        match = _DATE.match(text, before.end())
        day = _day(match[1], today) if match else None
        if day is not None and 0 < (day - today).days <= _FURTHEST:
            return day
    return _soon(text, today)


def _soon(text: str, today: date) -> date | None:
    """The next day of that name, or of that day and month, behind words that speak of coming back."""
    for match in _SOON.finditer(text):
        if match["day"]:
            found = _day(f"{match['day']}/{match['month']}/{today.year}", today)
            if found is not None and found <= today:
                found = _day(f"{match['day']}/{match['month']}/{today.year + 1}", today)
            if found is not None and 0 < (found - today).days <= _FURTHEST:
                return found
        elif match["weekday"].casefold() == "tomorrow":
            return today + timedelta(days=1)
        elif match["weekday"].casefold() in _NAMED_DAYS:
            ahead = (_NAMED_DAYS[match["weekday"].casefold()] - today.weekday()) % 7
            return today + timedelta(days=ahead or 7)
    return None


def _day(words: str, today: date) -> date | None:
    said = re.sub(r"(\d)(?:\.|er|º|°)?\s+(?:de\s+|o\s+|d['’])?", r"\1 ", words, flags=re.IGNORECASE)
    said = re.sub(r"\s+de\s+(\d{4})", r" \1", said, flags=re.IGNORECASE)
    said = _WORD.sub(lambda match: _MONTHS.get(match[0].casefold(), match[0]), said)
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
