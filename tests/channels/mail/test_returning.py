"""When somebody who is away will be back, as automatic replies say it."""

from datetime import date

import pytest

from channels.mail.reading.returning import return_date

TUESDAY = date(2024, 11, 26)


@pytest.mark.parametrize(
    ("words", "back"),
    [
        ("I am away until 11 December 2024.", "2024-12-11"),
        ("back on 9/12", "2024-12-09"),
        ("I will be out 27 Nov - 4 Dec", "2024-12-04"),
        ("away from Monday 25th to Friday 29th November", "2024-11-29"),
        ("I will return Monday, December 9.", "2024-12-09"),
        ("I shall be back at my desk on the 9th of December", "2024-12-09"),
        ("out of the office, returning on 2024-12-09", "2024-12-09"),
        ("I am off today, back tomorrow", "2024-11-27"),
        ("back on Monday", "2024-12-02"),
        ("out of the office until next Tuesday", "2024-12-03"),
        ("I'm back on 6 January", "2025-01-06"),
        ("Ich bin bis zum 9. Dezember 2024 nicht im Büro", "2024-12-09"),
        ("Ich bin wieder am 9. Dezember im Büro", "2024-12-09"),
        ("Je serai de retour le 1er décembre 2024", "2024-12-01"),
        ("absente jusqu’au 9 décembre inclus", "2024-12-09"),
        ("Rwyf allan o'r swyddfa tan ddydd Llun 9 Rhagfyr 2024", "2024-12-09"),
        ("Byddaf yn ôl yn y swyddfa ar 9 Rhagfyr", "2024-12-09"),
        ("Volveré el 12 de diciembre de 2024", "2024-12-12"),
        ("rientrerò il 9 dicembre", "2024-12-09"),
        ("afwezig tot en met 9 december 2024", "2024-12-09"),
        ("nieobecny do 9 grudnia 2024 r.", "2024-12-09"),
        ("ausente até 9 de dezembro de 2024", "2024-12-09"),
        ("Jag är tillbaka den 9 december", "2024-12-09"),
    ],
)
def test_the_day_is_read(words: str, back: str) -> None:
    assert return_date(words, TUESDAY) == date.fromisoformat(back)


@pytest.mark.parametrize(
    "words",
    [
        "I work Monday to Wednesday.",
        "I was away until 12 November 2024.",
        "Ring 01632 960417 - 24 hours a day.",
        "I am on leave until after Christmas.",
        "away until 99 December",
    ],
)
def test_where_none_is_named_none_is_read(words: str) -> None:
    assert return_date(words, TUESDAY) is None
