"""Every page of the form in a real browser: WCAG 2.2 AA by axe, no sideways scrolling at 320 px, keyboard alone.

The pages to look at come from the application's own map of addresses: one that is in the map and was not visited
fails the test.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from bot.web_server import WebServer
from storage.engine import Store
from storage.programmes import keep_notice
from surveys.tokens import Purpose, seal
from tests.axe import axe_violations
from tests.web.conftest import CLOSED, SECRET, Garden, garden_of

# Several dozen pages are looked at, twice each, on whatever machine this is.
pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 320, "height": 700}
# Where a folder is named, what was looked at is kept there for a person to look at too.
SHOTS = os.environ.get("SOUNDINGS_SHOTS", "")


@dataclass
class Looker:
    """Opens pages, looks at each at both widths, and remembers which routes it has seen."""

    page: Page
    garden: Garden
    base: str
    seen: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def visit(self, path: str, name: str) -> None:
        self.page.goto(self.base + path)
        self.look(name)

    def look(self, name: str) -> None:
        """The page as it stands now."""
        endpoint = self.garden.app.url_map.bind("").match(urlsplit(self.page.url).path, return_rule=True)[0]
        self.seen.add(endpoint.rule)
        for size in (WIDE, NARROW):
            self.page.set_viewport_size(size)
            width = size["width"]
            self.faults += [f"{name} at {width}: {each}" for each in axe_violations(self.page)]
            wide = self.page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                self.faults.append(f"{name}: {wide} px wide in a window of {width}")
            small = self.page.evaluate(SMALL_TARGETS)
            self.faults += [f"{name} at {width}: {each} is lower than 44 px" for each in small]
            if SHOTS:
                self.page.screenshot(path=Path(SHOTS) / f"{name}-{width}.png", full_page=True)

    def press(self, words: str) -> None:
        self.page.get_by_role("button", name=words, exact=True).click()


SMALL_TARGETS = """() => [...document.querySelectorAll('main button, main input:not([type=hidden]):not([type=radio])'
  + ':not([type=checkbox]), main textarea, main select, main .option, main summary')]
  .filter(each => each.offsetParent !== null && each.getBoundingClientRect().height < 43.9)
  .map(each => each.outerHTML.slice(0, 80))"""


@pytest.fixture
def looker(page: Page, garden: Garden) -> Iterator[Looker]:
    yield from looking(page, garden)


@pytest.fixture
def unlinked_looker(page: Page, unlinked_garden: Garden) -> Iterator[Looker]:
    yield from looking(page, unlinked_garden)


def looking(page: Page, garden: Garden) -> Iterator[Looker]:
    garden.app.testing = False
    server, stopping = WebServer(garden.app, "127.0.0.1", 0), threading.Event()
    thread = threading.Thread(target=server.run, args=(stopping,))
    thread.start()
    yield Looker(page=page, garden=garden, base=f"http://127.0.0.1:{server.port}")
    page.close()
    stopping.set()
    thread.join(10)


def fill_in(page: Page) -> None:
    """Something in every field of the page."""
    for box in page.locator("form[data-form=answer] :is(input[type=text], textarea):visible").all():
        box.fill("Because the beds were full of bees")
    for box in page.locator("form[data-form=answer] input[type=number]").all():
        box.fill(box.get_attribute("max") or "3")
    for box in page.locator("form[data-form=answer] input[type=date]").all():
        box.fill("2025-04-26")
    for first in page.locator("form[data-form=answer] fieldset").all():
        choices = first.locator("input[type=radio]:not([name^=_]), input[type=checkbox]")
        if choices.count() and not first.locator("input:checked").count():
            choices.first.check()


LONG = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch"


def test_one_long_word_widens_no_page(page: Page, store: Store, tmp_path: Path) -> None:
    words = {"title: The day": f"title: {LONG}", "ask: Which part of town": f"ask: {LONG}"}
    words |= {
        "ask: Did you come to the open day?": f"ask: Did you come to {LONG}{LONG}?",
        "en-GB: The pond": f"en-GB: {LONG}",
    }
    for looker in looking(page, garden_of(store, tmp_path, words=words)):
        mine = looker.garden.link("t1")
        for narrow in (320, 660):
            page.set_viewport_size({"width": narrow, "height": 700})
            for place in ("", "?page=came", "?page=parts", "?at=review"):
                page.goto(looker.base + mine + place)
                assert page.evaluate("document.documentElement.scrollWidth") <= narrow, f"{place} at {narrow}"


def test_every_page_of_the_form(looker: Looker) -> None:
    page, garden = looker.page, looker.garden
    mine = garden.link("t1")
    looker.visit("/", "home")
    looker.visit("/privacy/feature-tour", "privacy")
    with garden.store.writing() as tx:
        keep_notice(tx, garden.round.programme_id, {"controller": "The Hollow Lane Trust"}, garden.clock.now)
    looker.visit("/privacy/feature-tour", "privacy-changed")
    looker.visit("/privacy/feature-tour/1", "privacy-older")
    looker.visit("/f/1-aaaaaaaaaaaaaaaaaaaaaaaaaa", "no-such-link")
    looker.visit(mine, "first-page")
    page.get_by_label("How long have you known the garden?").fill("999")
    looker.press("Save and continue")
    looker.look("first-page-error")
    page.get_by_label("How long have you known the garden?").fill("9")
    looker.press("Save and continue")
    for number in range(40):
        if page.locator("main").get_attribute("data-page") != "question":
            break
        key = page.locator("input[name=_page]").get_attribute("value")
        looker.look(f"question-{number:02}-{key}")
        if page.get_by_text("Please answer this one.").count():
            looker.press("Save and continue")
            looker.look(f"question-{number:02}-{key}-error")
        fill_in(page)
        looker.press("Save and continue")
    assert page.locator("main").get_attribute("data-page") == "review"
    looker.look("review")
    looker.press("Finish later")
    looker.look("later")
    page.goto(looker.base + mine + "?at=review")
    looker.press("Send")
    assert page.locator("main").get_attribute("data-page") == "done"
    looker.look("done")
    page.locator(".line a").nth(9).click()
    looker.look("change")
    looker.visit(mine + "/not-me", "act-complete")
    other = garden.link("t2")
    page.goto(looker.base + other + "?at=review")
    looker.press("Send")
    looker.look("review-error")
    for way in ("not-me", "someone-else", "joint-return", "later", "no-thank-you", "stop"):
        looker.visit(f"{other}/{way}", f"act-{way}")
    looker.visit(f"{other}/someone-else", "act-someone-else")
    looker.press("Ask them instead")
    looker.look("act-someone-else-error")
    page.goto(f"{looker.base}{other}/later")
    page.locator("#day").fill("2025-06-01")
    looker.press("Remind me then")
    looker.look("act-later-past")
    for way in ("choices", "pause", "quotes", "reach"):
        looker.visit(f"{mine}/{way}", f"own-{way}")
    page.goto(f"{looker.base}{mine}/quotes")
    page.get_by_label("Yes, with my name").first.check()
    looker.press("Save")
    looker.look("own-quotes-saved")
    looker.press("Do not quote me at all")
    looker.look("own-quotes-kept")
    page.goto(f"{looker.base}{other}/pause")
    looker.press("Pause messages")
    looker.look("own-pause-error")
    page.locator("#day").fill("2025-05-07")
    looker.press("Pause messages")
    looker.look("own-pause-done")
    looker.visit(f"{other}/pause", "own-pause-again")
    looker.visit(f"{other}/my-answers", "own-copy")
    looker.press("Send it")
    looker.look("own-copy-done")
    looker.visit(f"{other}/erase", "own-erase")
    looker.press("Ask to be erased")
    looker.look("own-erase-done")
    looker.visit(f"{other}/erase", "own-erase-waits")
    looker.visit(
        f"/r/{seal(SECRET, Purpose.ERASE, garden.invitations['t2'], garden.clock.now.date().toordinal())}",
        "own-erase-confirm",
    )
    looker.press("No, erase nothing")
    looker.look("own-erase-not")
    page.goto(f"{looker.base}{other}/no-thank-you")
    looker.press("No thank you")
    looker.look("act-done")
    looker.visit(garden.link("t3", Purpose.ENTRY), "entry")
    page.goto(looker.base + other)
    garden.clock.now = CLOSED + timedelta(minutes=1)
    page.locator("textarea, input[type=text]").first.fill("Too late, but not lost")
    looker.press("Save and continue")
    looker.look("closed-kept")
    looker.visit(mine, "closed")
    looker.visit(f"{mine}/no-thank-you", "act-closed")
    page.goto(looker.base + other)
    sheet = page.locator("link[rel=stylesheet]").last.get_attribute("href") or ""
    assert page.request.get(looker.base + sheet).ok
    looker.seen.add(next(rule.rule for rule in garden.app.url_map.iter_rules() if rule.rule.startswith("/assets")))
    word_file = next(rule.rule for rule in garden.app.url_map.iter_rules() if rule.rule.endswith(".docx"))
    assert page.request.get(looker.base + word_file.replace("/f/<token>", mine)).ok
    looker.seen.add(word_file)
    with garden.store.writing() as tx:
        tx.exec_driver_sql("UPDATE rounds SET kind = 'open', mode = 'identified'")
    shared = f"/o/{seal(SECRET, Purpose.SHARE, garden.round.id, 1)}"
    looker.visit(shared, "open-over")
    garden.clock.now = CLOSED - timedelta(minutes=1)
    looker.visit(shared, "open-round")
    looker.press("Begin")
    looker.look("open-name-missing")
    assert looker.faults == []
    # What programs ask has no page to look at.
    no_pages = {"/healthz", "/readyz", "/metrics"}
    assert {rule.rule for rule in garden.app.url_map.iter_rules()} - looker.seen == no_pages


def test_what_goes_wrong_on_the_way(looker: Looker) -> None:
    page, garden = looker.page, looker.garden
    page.goto(looker.base + garden.link("t1") + "?page=plant")
    # In a hidden field, which the browser need not draw.
    page.evaluate("document.querySelector('input[name=_page]').value = 'x'.repeat(9 * 1024 * 1024)")
    looker.press("Save and continue")
    looker.look("too-much")
    page.goto(looker.base + garden.link("t1") + "?page=plant")
    page.locator("#plant").fill("Leeks, garlic and a quince")
    with garden.store.writing():
        looker.press("Save and continue")
    looker.look("not-saved")
    looker.press("Try again")
    assert page.locator("main").get_attribute("data-page") == "question"
    page.goto(looker.base + garden.link("t1") + "?page=plant")
    page.evaluate("document.querySelector('input[name=_csrf]').value = 'forged'")
    looker.press("Save and continue")
    looker.look("not-our-form")
    assert looker.faults == []


def test_the_one_page_of_an_unlinked_round(unlinked_looker: Looker) -> None:
    looker = unlinked_looker
    looker.visit(looker.garden.link("t1"), "unlinked")
    fill_in(looker.page)
    looker.press("Send")
    assert looker.page.locator("main").get_attribute("data-page") == "done"
    looker.look("unlinked-done")
    assert looker.faults == []


def test_the_form_in_welsh(looker: Looker) -> None:
    with looker.garden.store.writing() as tx:
        tx.exec_driver_sql("update participants set language = 'cy'")
    looker.visit(looker.garden.link("t1"), "welsh")
    assert looker.page.get_by_role("button", name="Cadw a pharhau").is_visible()
    assert looker.faults == []


def test_a_keyboard_is_enough(looker: Looker) -> None:
    """Tab, Space, arrows, Enter: from the first page to the end, and the focus can always be seen."""
    page = looker.page
    page.goto(looker.base + looker.garden.link("t1"))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    for _ in range(40):
        if page.locator("main").get_attribute("data-page") != "question":
            break
        by_keyboard(page)
    assert page.locator("main").get_attribute("data-page") == "review"
    tab_to(page, "go", "next")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("main").get_attribute("data-page") == "done"


def by_keyboard(page: Page) -> None:
    """Answer what needs an answer on this page, and go on."""
    for _ in range(80):
        page.keyboard.press("Tab")
        at = page.evaluate(
            "(() => {const e = document.activeElement, s = getComputedStyle(e);"
            "return {name: e.name || '', value: e.value || '', type: e.type || '', checked: !!e.checked,"
            " outline: s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 3}})()"
        )
        assert at["outline"], f"the focus on {at} can't be seen"
        if at["type"] == "radio" and not at["name"].startswith("_") and not at["checked"]:
            page.keyboard.press("Space")
        if at["name"] == "go" and at["value"] == "next":
            with page.expect_navigation():
                page.keyboard.press("Enter")
            return
    raise AssertionError("the button can't be reached by Tab")


def tab_to(page: Page, name: str, value: str) -> None:
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("[document.activeElement.name, document.activeElement.value]") == [name, value]:
            return
    raise AssertionError(f"{name}={value} can't be reached by Tab")
