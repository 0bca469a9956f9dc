"""A person's own page: what it shows, what each choice does, and that an organiser's link opens none of it."""

from datetime import timedelta

import pytest

from handlers.freezing import freeze_round
from handlers.round_commands import Declined
from reports.export import export_of
from storage.rounds import mark_closed, round_by_id
from surveys.authority import CONSOLE
from surveys.tokens import Purpose
from tests.web.conftest import CLOSED

WAYS = ("choices", "pause", "quotes", "reach")


def quoting(garden, level="name", who="t1"):
    """The person says why they like a plant, and how far that may be quoted."""
    visitor = garden.person(who)
    visitor.post(visitor.page("came"), ("came", "yes"))
    visitor.post(visitor.page("plant"), ("plant", "Leeks"))
    visitor.post(visitor.page("plant_why"), ("plant_why", "They keep <all> winter"), ("_quote.plant_why", level))
    return visitor


def close(garden):
    garden.clock.now = CLOSED + timedelta(minutes=1)
    with garden.store.writing() as tx:
        mark_closed(tx, garden.round, CLOSED)


def freeze(garden):
    return freeze_round(garden.round.id, garden.store, garden.clock.now, actor=CONSOLE)


def quotes_out(garden):
    with garden.store.reading() as tx:
        found = export_of(tx, round_by_id(tx, garden.round.id))
    return [quote for response in found.responses for quote in response.quotes]


@pytest.mark.parametrize("closed", [False, True])
def test_every_page_of_the_form_leads_to_it(garden, closed):
    visitor = quoting(garden)
    if closed:
        close(garden)
    pages = ["", "?at=review", "?at=later", "/stop", "/no-thank-you", "/choices", "/pause", "/quotes"]
    for page in pages:
        seen = visitor.open(visitor.link + page)
        assert seen.soup.select_one(f"footer a[href='{visitor.link}/choices']").get_text() == "Your choices"
    seen = visitor.open(f"{visitor.link}/choices")
    assert seen.status == 200
    assert "This page is for Ines Calloway" in seen.words
    assert "1 of your answers may be quoted" in seen.words


def test_an_entry_link_has_no_such_page(garden):
    entry = garden.person("t1", Purpose.ENTRY)
    assert "choices" not in str(entry.open().soup)
    token = entry.link.rpartition("/")[2]
    own = garden.person("t1")
    for way in WAYS:
        assert entry.open(f"{entry.link}/{way}").status == 404
        assert entry.open(f"/f/{token}/{way}").status == 404
    asked = own.open(f"{own.link}/pause")
    sent = {**dict(asked.hidden()), "_day": "2025-05-06", "go": "next"}
    for way in WAYS:
        assert garden.app.test_client().post(f"/f/{token}/{way}", data=sent).status_code in {404, 405}
    assert garden.rows("select count(*) from participants where paused_until is not null") == [(0,)]


def test_looking_changes_nothing(garden):
    visitor = quoting(garden)
    tables = ("participants", "consents", "audit_lines", "deliveries", "person_requests")
    before = [garden.rows(f"select * from {table}") for table in tables]
    for way in WAYS:
        visitor.open(f"{visitor.link}/{way}")
        garden.app.test_client().head(f"{visitor.link}/{way}")
    assert [garden.rows(f"select * from {table}") for table in tables] == before


def test_a_post_without_the_seal_changes_nothing(garden):
    visitor = quoting(garden)
    for way, fields in (
        ("pause", {"_day": "2025-05-06"}),
        ("quotes", {"go": "none"}),
        ("reach", {"_zone": "Europe/Athens"}),
    ):
        reply = garden.app.test_client().post(f"{visitor.link}/{way}", data=fields)
        assert reply.status_code == 403
    assert garden.rows("select paused_until from participants where key = 't1'") == [(None,)]
    assert quotes_out(garden) == [("plant_why", "name")]


def test_a_pause_is_set_changed_and_ended(garden):
    visitor = garden.person("t1")
    asked = visitor.open(f"{visitor.link}/pause")
    assert "no invitation, no reminder, no notice" in asked.words
    assert "closes on Friday 9 May, 5 pm" in asked.words
    garden.quiet()
    seen = visitor.post(asked, ("_day", "2025-05-06"))
    assert seen.heading == "You get no messages before Tuesday 6 May 2025"
    [(until,)] = garden.rows("select paused_until from participants where key = 't1'")
    assert str(until).startswith("2025-05-05 23:00"), "midnight in London"
    assert garden.looked_at() == {"t1"}
    assert "hear nothing before Tuesday 6 May 2025" in visitor.open(f"{visitor.link}/choices").words
    seen = visitor.act("pause", go="end")
    assert seen.heading == "You get messages again"
    assert garden.rows("select paused_until from participants where key = 't1'") == [(None,)]
    who = f"participant:{garden.participants['t1']}"
    lines = garden.rows("select what, actor, channel, subject from audit_lines where actor like 'participant%'")
    assert lines == [("person paused", who, "web", who), ("pause ended", who, "web", who)]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("2025-04-28", "from tomorrow on"),
        ("2026-06-01", "within a year"),
        ("", "Write a date"),
        ("soon", "Write a date"),
    ],
)
def test_a_day_that_ends_no_pause(garden, typed, words):
    seen = garden.person("t1").act("pause", ("_day", typed))
    assert words in seen.soup.select_one(".errors").get_text()
    assert garden.rows("select paused_until from participants where key = 't1'") == [(None,)]


def test_whoever_has_stopped_needs_no_pause(garden):
    visitor = garden.person("t1")
    visitor.act("stop", ("_scope", "programme"))
    assert "no more messages from The garden" in visitor.open(f"{visitor.link}/choices").words
    assert not visitor.open(f"{visitor.link}/pause").soup.select("form")


@pytest.mark.parametrize("closed", [False, True])
def test_a_consent_is_shown_changed_and_withdrawn_at_once(garden, closed):
    visitor = quoting(garden)
    if closed:
        close(garden)
    seen = visitor.open(f"{visitor.link}/quotes")
    assert seen.soup.blockquote.get_text() == "They keep <all> winter"
    assert "May be quoted".lower() in seen.words.lower()
    seen = visitor.post(seen, ("_quote.plant_why", "perspective"))
    assert "Saved. It holds from now on." in seen.words
    assert "with your role only" in seen.soup.select_one("fieldset .hint").get_text()
    assert quotes_out(garden) == [("plant_why", "perspective")]
    seen = visitor.post(seen, go="none")
    assert "you are not quoted" in seen.words
    assert quotes_out(garden) == []
    kept = garden.rows("select level, text_version, channel, withdrawn_at is not null from consents order by id")
    assert kept == [("name", "2", "web", 1), ("perspective", "2", "web", 1)]
    assert garden.rows("select after from audit_lines where what = 'consent to quote changed' order by id") == [
        ('{"plant_why": "perspective"}',),
        ('{"plant_why": "none"}',),
    ]


def test_what_is_no_question_of_quotes_is_passed_over(garden):
    visitor = quoting(garden)
    seen = visitor.open(f"{visitor.link}/quotes")
    visitor.post(seen, ("_quote.plant", "name"), ("_quote.nothing", "name"), ("_quote.plant_why", "everything"))
    assert quotes_out(garden) == [("plant_why", "name")]


def test_after_the_freeze_consents_stand_and_the_page_says_whom_to_write_to(garden):
    visitor = quoting(garden)
    asked = visitor.open(f"{visitor.link}/quotes")
    assert isinstance(freeze(garden), Declined), "people may still change what they say"
    close(garden)
    frozen = freeze(garden)
    assert frozen.quotes == 1
    seen = visitor.post(asked, go="none")
    assert seen.status == 409
    assert "frozen" in seen.words
    assert "ada.lund@example.org" in seen.words or "write to" in seen.words
    assert not seen.soup.select("form")
    assert quotes_out(garden) == [("plant_why", "name")]
    assert "See what may be quoted" in visitor.open(f"{visitor.link}/choices").words
    assert garden.rows("select what, actor, after from audit_lines where what = 'quotes frozen'") == [
        ("quotes frozen", "cli", '{"quotes": 1}')
    ]
    assert isinstance(freeze(garden), Declined), "once only"


def test_an_unlinked_round_has_no_consents(unlinked_garden):
    garden = unlinked_garden
    visitor = garden.person("t1")
    assert "Being quoted" not in visitor.open(f"{visitor.link}/choices").words
    seen = visitor.open(f"{visitor.link}/quotes")
    assert not seen.soup.select("form")
    paused = visitor.open(f"{visitor.link}/pause")
    sent = {**dict(paused.hidden()), "_quote.plant_why": "name", "go": "next"}
    garden.app.test_client().post(f"{visitor.link}/quotes", data=sent)
    assert garden.rows("select count(*) from consents") == [(0,)]
    close(garden)
    assert isinstance(freeze(garden), Declined)


def test_the_page_speaks_welsh(garden):
    with garden.store.writing() as tx:
        tx.exec_driver_sql("update participants set language = 'cy' where key = 't1'")
    visitor = quoting(garden)
    for way, words in (("choices", "Eich dewisiadau"), ("pause", "Oedi negeseuon"), ("quotes", "ei ddyfynnu")):
        assert words in visitor.open(f"{visitor.link}/{way}").words
