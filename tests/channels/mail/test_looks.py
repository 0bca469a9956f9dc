"""Both parts of a mail say the same, whatever the questionnaire; it stays readable on dark grounds and in Word."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.delivery import APART, LineKind
from surveys.instrument import Instrument
from surveys.programme import Mode
from tests.channels.mail.letters import FORM, letter, renderer
from tests.channels.mail.test_render import html_of, message, text_of, words
from tests.strategies import instruments

KINDS = [kind for kind in LineKind if kind not in APART]
BULK = {LineKind.INVITATION, LineKind.DELEGATE, LineKind.REMINDER, LineKind.NOTICE, LineKind.THANKS}
_COLOUR = re.compile(r"(?<![-\w])(color|background(?:-color)?)\s*:\s*([^;\"']+)")


@settings(max_examples=30)
@given(asked=instruments(), kind=st.sampled_from(KINDS), language=st.sampled_from(["en-GB", "cy"]))
def test_both_parts_say_the_same_of_any_questionnaire(asked: Instrument, kind: LineKind, language: str) -> None:
    given_ = letter(
        kind,
        instrument=asked,
        instrument_ref=repr(asked),
        language=language,
        perspectives=frozenset(),
        mode=Mode.CONFIDENTIAL,
        answered=1,
    )
    envelope = renderer().compose(given_)
    soup = BeautifulSoup(html_of(envelope), "html.parser")
    assert soup.body is not None
    assert words(text_of(envelope)) == words(soup.body.get_text(" "))


@pytest.fixture(params=KINDS)
def soup(request: pytest.FixtureRequest) -> BeautifulSoup:
    return BeautifulSoup(html_of(renderer().compose(letter(request.param))), "html.parser")


def test_nothing_is_laid_out_or_fetched(soup: BeautifulSoup) -> None:
    assert soup.find_all(["table", "img", "script", "link", "iframe", "form", "svg", "picture", "video"]) == []
    markup = str(soup)
    assert "url(" not in markup
    assert "background-image" not in markup
    assert "position:" not in markup
    assert "float:" not in markup


def test_dark_grounds_are_known_and_colours_come_in_pairs(soup: BeautifulSoup) -> None:
    metas = {meta.get("name"): meta.get("content") for meta in soup.find_all("meta")}
    assert metas["color-scheme"] == metas["supported-color-schemes"] == "light dark"
    assert "color-scheme: light dark" in str(soup.find("style"))
    for element in soup.find_all(style=True):
        told = dict(_COLOUR.findall(str(element["style"])))
        # A colour of ours never stands on a ground that the mail program chooses, nor the other way round.
        assert {name.partition("-")[0] for name in told} in (set(), {"color", "background"}), element
        if told:
            assert contrast(told["color"], told.get("background") or told["background-color"]) >= 4.5


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, contrast ratio."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour.strip().lstrip("#")[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_outlook_on_the_desktop_gets_fonts_that_it_knows(soup: BeautifulSoup) -> None:
    assert "<!--[if mso]>" in str(soup)
    # What Word does not know is not leaned on: without it the mail still reads from top to bottom.
    assert not re.search(r"display:\s*(flex|grid)|calc\(|var\(", str(soup))


def test_a_small_round_lets_out_of_office_replies_through() -> None:
    for kind in KINDS:
        mail = message(renderer().compose(letter(kind)))
        assert mail["List-Unsubscribe"] is None
        assert mail["List-Unsubscribe-Post"] is None


@pytest.mark.parametrize("kind", KINDS)
def test_a_round_in_bulk_can_be_stopped_by_the_mail_program(kind: LineKind) -> None:
    content = renderer().compose(letter(kind, in_bulk=True)).content
    head = content.partition(b"\r\n\r\n")[0].decode()
    # On one line and as it is: an encoded or folded address is of no use.
    assert (f"\r\nList-Unsubscribe: <{FORM}/stop>\r\n" in head) is (kind in BULK)
    assert ("\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click" in head) is (kind in BULK)


def test_no_token_of_that_address_is_kept() -> None:
    envelope = renderer().compose(letter(in_bulk=True))
    assert FORM.rpartition("/")[2] not in envelope.body
