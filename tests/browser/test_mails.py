"""Mails as a mail program draws them: readable on light and dark grounds, and on a telephone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page

from channels.base import RecordedAnswer
from surveys.delivery import APART, LineKind
from tests.axe import axe_violations
from tests.channels.mail.letters import letter, renderer
from tests.channels.mail.test_render import html_of

pytestmark = pytest.mark.browser
# A mail is no page of a site: best practice asks for landmarks and a heading of the first order.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
KINDS = [kind for kind in LineKind if kind not in APART]


@pytest.fixture(params=["light", "dark"])
def reader(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(color_scheme=request.param, viewport={"width": 320, "height": 700})
    yield context.new_page()
    context.close()


def test_every_kind_is_readable_and_fits_a_telephone(reader: Page) -> None:
    told = RecordedAnswer(number=1, ask="What has changed?", answer="Donaudampfschifffahrtsgesellschaft" * 4)
    for kind in KINDS:
        sent = replace(letter(kind, answered=2), recorded=(told,))
        reader.set_content(html_of(renderer().compose(sent)))
        if reader.evaluate("matchMedia('(prefers-color-scheme: dark)').matches"):
            # axe takes a ground that nobody has set for white; Outlook's dark one is this.
            reader.add_style_tag(content="html { background: #292929 }")
        assert axe_violations(reader, tags=TAGS) == [], kind
        assert reader.evaluate("document.documentElement.scrollWidth") <= 320, kind


def test_the_ground_is_the_programs_own(reader: Page) -> None:
    reader.set_content(html_of(renderer().compose(letter())))
    dark = reader.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    text = reader.evaluate("getComputedStyle(document.querySelector('p')).color")
    assert text == ("rgb(255, 255, 255)" if dark else "rgb(0, 0, 0)")
