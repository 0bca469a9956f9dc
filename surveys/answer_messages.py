# ruff: noqa: E501 - a phrase is found and read best on one line
"""What is said about an answer that can't be taken: what is wrong and how to put it right, in English and Welsh."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from surveys.moment_words import say_weekday
from surveys.typed_dates import say_date

# A day to show how dates are written, where nobody knows what day it is.
_SOME_DAY = date(2024, 12, 5)

_EN: Mapping[str, str] = {
    "too_long": "this has {length:,} characters, and at most {longest:,} can be kept; shorten it",
    "odd_character": "there is a character in this that can't be kept; type it again rather than pasting it",
    "one_only": "give one answer only",
    "choose_of_many": "choose one of the {count} answers offered",
    "choose_from": "choose from: {options}",
    "not_an_option": "{echo} is not one of the answers; {offered}",
    "no_option_named": "{echo} names none of the answers; {offered}",
    "does_not_begin": "{echo} does not begin with one of the answers; {offered}",
    "only_a_remark": "only a remark was given; {offered}",
    "no_role": "{echo} does not begin with one of the roles; {offered}",
    "no_roles_here": "there are no roles to choose from here",
    "many_voices": "{count} voices were given, and at most {most} can be kept",
    "not_asked_whole": "nothing is asked here as a whole; each row has an answer of its own",
    "not_a_number": "{echo} is not a number that we can read; give a number alone, such as 12 or 2.5",
    "not_a_number_of": "{echo} is not a number that we can read; give a number of {unit} alone, such as 12 or 2.5",
    "number_too_large": "{echo} is larger than can be kept",
    "not_between": "{echo} is not from {least:.15g} to {most:.15g}",
    "not_at_least": "{echo} is not {least:.15g} or more",
    "not_at_most": "{echo} is not {most:.15g} or less",
    "whole_number": "{echo} is not clear: give one whole number from 1 to {points}",
    "scale_goes_to": "{echo} is not clear: this scale goes to {points}, not to {given}",
    "scale_from_to": "{echo} is not clear: this scale goes from 1 to {points}",
    "two_points": "{echo} is not clear: {point} and '{words}' are two different answers; give one number from 1 to {points}",
    "no_date": "{echo} is not a date that we can read; write it like {example}",
    "other_weekday": "{day} is a {weekday}, and {echo} says another day; which do you mean?",
    "whole_year": "give the year with all its digits; write it like {example}",
    "day_first": "there is no month {month}; we read the day first, as in 31/12/{year}, or write it like {example}",
    "year_too": "give the year too; write it like {example}",
    "no_such_day": "there is no day like {echo}; write it like {example}",
    # A question that needs an answer and has none.
    "need_choice": "choose one of the answers",
    "need_yes_no": "choose yes or no",
    "need_choices": "choose at least one of the answers",
    "need_scale": "choose a number on the scale",
    "need_status": "choose how it stands",
    "need_contact": "choose yes or no",
    "need_number": "give a number",
    "need_date": "give a date, such as {example}",
    "need_voices": "add at least one role",
    "need_words": "write an answer",
}
_CY: Mapping[str, str] = {
    "too_long": "mae {length:,} o nodau yma, a gellir cadw {longest:,} ar y mwyaf; byrhewch ef",
    "odd_character": "mae nod yma na ellir ei gadw; teipiwch ef eto yn hytrach na'i ludo",
    "one_only": "rhowch un ateb yn unig",
    "choose_of_many": "dewiswch un o'r {count} ateb a gynigir",
    "choose_from": "dewiswch o blith: {options}",
    "not_an_option": "nid yw {echo} yn un o'r atebion; {offered}",
    "no_option_named": "nid yw {echo} yn enwi un o'r atebion; {offered}",
    "does_not_begin": "nid yw {echo} yn dechrau gydag un o'r atebion; {offered}",
    "only_a_remark": "dim ond sylw a roddwyd; {offered}",
    "no_role": "nid yw {echo} yn dechrau gydag un o'r rolau; {offered}",
    "no_roles_here": "nid oes rolau i ddewis ohonynt yma",
    "many_voices": "rhoddwyd {count} llais, a gellir cadw {most} ar y mwyaf",
    "not_asked_whole": "ni ofynnir dim yma yn ei gyfanrwydd; mae gan bob rhes ei hateb ei hun",
    "not_a_number": "nid yw {echo} yn rhif y gallwn ei ddarllen; rhowch rif yn unig, megis 12 neu 2.5",
    "not_a_number_of": "nid yw {echo} yn rhif y gallwn ei ddarllen; rhowch rif yn unig ({unit}), megis 12 neu 2.5",
    "number_too_large": "mae {echo} yn fwy nag y gellir ei gadw",
    "not_between": "nid yw {echo} rhwng {least:.15g} a {most:.15g}",
    "not_at_least": "nid yw {echo} yn {least:.15g} neu fwy",
    "not_at_most": "nid yw {echo} yn {most:.15g} neu lai",
    "whole_number": "nid yw {echo} yn glir: rhowch un rhif cyfan o 1 i {points}",
    "scale_goes_to": "nid yw {echo} yn glir: mae'r raddfa hon yn mynd i {points}, nid i {given}",
    "scale_from_to": "nid yw {echo} yn glir: mae'r raddfa hon yn mynd o 1 i {points}",
    "two_points": "nid yw {echo} yn glir: mae {point} a '{words}' yn ddau ateb gwahanol; rhowch un rhif o 1 i {points}",
    "no_date": "nid yw {echo} yn ddyddiad y gallwn ei ddarllen; ysgrifennwch ef fel {example}",
    "other_weekday": "{weekday} yw {day}, ac mae {echo} yn dweud diwrnod arall; pa un sydd gennych mewn golwg?",
    "whole_year": "rhowch y flwyddyn gyda'i digidau i gyd; ysgrifennwch y dyddiad fel {example}",
    "day_first": "nid oes mis {month}; rydym yn darllen y diwrnod yn gyntaf, fel yn 31/12/{year}, neu ysgrifennwch ef fel {example}",
    "year_too": "rhowch y flwyddyn hefyd; ysgrifennwch y dyddiad fel {example}",
    "no_such_day": "nid oes diwrnod fel {echo}; ysgrifennwch ef fel {example}",
    "need_choice": "dewiswch un o'r atebion",
    "need_yes_no": "dewiswch ie neu na",
    "need_choices": "dewiswch o leiaf un o'r atebion",
    "need_scale": "dewiswch rif ar y raddfa",
    "need_status": "dewiswch sut mae pethau'n sefyll",
    "need_contact": "dewiswch ie neu na",
    "need_number": "rhowch rif",
    "need_date": "rhowch ddyddiad, megis {example}",
    "need_voices": "ychwanegwch o leiaf un rôl",
    "need_words": "ysgrifennwch ateb",
}
MESSAGES: Mapping[str, Mapping[str, str]] = {"en": _EN, "cy": _CY}


def phrase(key: str, language: str, *, today: date | None = None, **parts: object) -> str:
    """The message in that language, else in English, to stand within a sentence; days among `parts` are said in it.

    `today` is the example where the message shows how a date is written.
    """
    base = language.split("-")[0].lower()
    spoken = base if base in MESSAGES else "en"
    said: dict[str, object] = {"example": say_date(today or _SOME_DAY, spoken), "year": (today or _SOME_DAY).year}
    for name, part in parts.items():
        said[name] = say_date(part, spoken) if isinstance(part, date) else part
        if isinstance(part, date):
            said["weekday"] = say_weekday(part, spoken)
    return MESSAGES[spoken][key].format(**said)


def message(key: str, language: str, *, today: date | None = None, **parts: object) -> str:
    """The same as a sentence."""
    said = phrase(key, language, today=today, **parts)
    return said[:1].upper() + said[1:] + ("" if said.endswith(("?", ".")) else ".")
