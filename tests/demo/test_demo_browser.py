"""The demo's pages in a real browser: WCAG 2.2 AA at both widths, no sideways scrolling, and a tour by hand."""

import pytest
from playwright.sync_api import expect

from console.demo import make_demo_pages
from tests.axe import axe_violations
from tests.demo.conftest import running_demo
from tests.demo.test_pages import Scene

pytestmark = pytest.mark.browser

# Each rule of the pages' URL map, with an address that it serves; None is what is posted, not looked at.
PAGES = {
    "/": "",
    "/mail": "mail",
    "/mail/of/<key>": "mail/of/p01",
    "/mail/<int:number>": "mail/1",
    "/mail/<int:number>/html": "mail/1/html",
    "/mail/<int:number>/reply": "mail/1/reply",
    "/mail/<int:number>/send-back": None,
    "/triage/<int:number>": None,
    "/clock": None,
    "/static/<path:filename>": "static/console.css",
}
# A mail goes, is read, and its receipt is sent, on a busy machine (milliseconds).
SENDING = 20_000
# A mail stands in a frame that runs no script, so axe can look at the page round it only.
NO_PAGES = {"static/console.css", "mail/1/html"}


def test_every_page_of_the_url_map_is_looked_at():
    assert {rule.rule for rule in make_demo_pages(Scene(), ()).url_map.iter_rules()} == set(PAGES)


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize(
    "path", [path for path in PAGES.values() if path is not None and path not in NO_PAGES] + ["mail/999"]
)
def test_a_page_is_usable_by_everyone(season, page, path, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{season.url}/demo/{path}")
    found = axe_violations(page)
    assert not found, "\n".join(found)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.timeout(120)
def test_a_new_user_s_tour(tmp_path, page):
    with running_demo(tmp_path) as demo:
        page.goto(demo.url)
        expect(page.get_by_role("heading", level=1)).to_have_text("Courageous Conversations")
        page.get_by_role("navigation").get_by_role("link", name="Everyone's mail").click()
        page.get_by_role("link", name="Farah Denholm", exact=True).click()
        page.get_by_role("row").nth(1).get_by_role("link").click()
        expect(page.locator(".envelope")).to_contain_text("Farah Denholm")

        # The link inside the mail itself leads to the form, out of its frame.
        page.frame_locator("iframe.letter").get_by_role("link").first.click()
        expect(page.locator("main")).to_have_attribute("data-page", "question")
        expect(page).to_have_url(f"{demo.url}/f/" + page.url.rpartition("/f/")[2])
        page.get_by_role("link", name="Status and clock").click()
        page.get_by_role("button", name="To the next message").click()
        expect(page.locator(".moved")).to_contain_text("1 reminder")
        page.get_by_text("Reminder where a needed voice is missing").first.click()
        expect(page.locator("details[open] p").first).to_contain_text("Harriet Onwudiwe")
        page.get_by_role("button", name="To the close").click()
        expect(page.locator(".clock .now")).to_have_text("Monday 16 December 2024, 5 pm")
        expect(page.get_by_text("it ran from Monday 25 November")).to_be_visible()


@pytest.mark.timeout(180)
def test_replying_by_hand_and_sorting_what_waits(tmp_path, page):
    with running_demo(tmp_path) as demo:
        message = demo.mail_of("p01")[-1][2]
        page.goto(f"{demo.url}/demo/{message}")
        page.get_by_role("link", name="Reply to it").click()
        words = page.get_by_label("Message")
        words.fill("1. A great deal\n\n" + words.input_value())
        page.get_by_role("button", name="Send the reply").click()
        expect(page.locator("#sent-back")).to_contain_text("Recorded: 1 answer.", timeout=SENDING)
        _usable(page)
        page.get_by_role("link", name="Read the receipt").click()
        expect(page.locator(".plain")).to_contain_text("A great deal")

        page.goto(f"{demo.url}/demo/{demo.mail_of('p03')[-1][2]}/reply")
        page.get_by_label("Message").fill("We meet every month since, and families notice.")
        _usable(page)
        page.get_by_role("button", name="Send the reply").click()
        expect(page.locator("#sent-back")).to_contain_text("waits to be sorted", timeout=SENDING)
        # By the keyboard: the browser may be scrolling to its fragment still, and a click would miss.
        page.get_by_role("button", name="Send an out-of-office reply").press("Enter")
        expect(page.locator("#sent-back")).to_contain_text("Known as an automatic reply", timeout=SENDING)
        page.get_by_role("link", name="See what waits").first.press("Enter")
        expect(page.get_by_role("heading", name="To be sorted: 2")).to_be_visible()
        _usable(page)
        page.get_by_role("button", name="Record them so").press("Enter")
        expect(page.locator("#sorting [role=status]")).to_contain_text("Recorded as the answer to")
        page.get_by_role("button", name="Set aside").press("Enter")
        expect(page.locator("#sorting [role=status]")).to_have_text("Set aside.")
        _usable(page)


def _usable(page):
    """By everyone, at both widths."""
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 800})
        found = axe_violations(page)
        assert not found, "\n".join(found)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
