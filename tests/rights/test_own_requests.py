"""What a person asks for from their own page: a copy by mail, and erasure with the mailbox's own word for it."""

import re
from datetime import timedelta

import pytest

from handlers.erasing import Erased, erase
from handlers.mail_in import receive
from handlers.people import opt_out
from schedules.outcomes import TickSettings
from schedules.tick import tick
from storage.rounds import mark_closed
from surveys.authority import CONSOLE
from tests.fakes.channels import RecordingChannel
from tests.fakes.smtp_server import SmtpServer
from tests.rights.own_page import OwnPages
from tests.schedules.town import CLOSES, OPENS, SECRET, SITE, SURVEY, Town, at
from tests.web.conftest import Clock

NOON = at("2024-11-27 12:00")
ANA = "ana@example.test"


@pytest.fixture
def server():
    with SmtpServer() as running:
        yield running


@pytest.fixture
def pages(store, tmp_path, server):
    town = Town(store=store, folder=tmp_path, smtp_url=server.url, extra={"bo": "bo2@example.test"})
    town.survey = SURVEY.replace("type: long_text}", "type: long_text, quote: ask}")
    town.load()
    made = OwnPages(town=town, server=server, clock=Clock(now=NOON))
    made.tick(OPENS)
    return made


def answered(pages, who="ana"):
    visitor = pages.person(who)
    visitor.post(visitor.page("rating"), ("rating", "5"))
    visitor.post(visitor.page("more"), ("more", "More buses\nand bells"), ("_quote.more", "perspective"))
    return visitor


def link_in(mail):
    return re.search(r"http://127\.0\.0\.1:8080(/r/\S+)", mail.text)[1]


@pytest.mark.parametrize("closed", [False, True])
def test_a_copy_goes_to_the_stored_mailbox_and_nowhere_else(pages, closed):
    visitor = answered(pages)
    pages.tick()
    if closed:
        pages.clock.now = CLOSES + timedelta(days=40)
        with pages.town.store.writing() as tx:
            mark_closed(tx, pages.town.round(), CLOSES)
    asked = visitor.open(f"{visitor.link}/my-answers")
    assert "one email with your answers" in asked.words
    seen = visitor.post(asked)
    assert seen.heading == "It is on its way to your email address"
    for page in (asked, seen):
        assert ANA not in str(page.soup)
        assert "buses" not in str(page.soup)
    [mail] = [each for each in pages.tick() if "stored about you" in each.message["Subject"]]
    assert mail.recipients == (ANA,)
    assert mail.kind == "receipt"
    assert mail.message["Auto-Submitted"] == "auto-generated"
    for words in ("Ana Example", "Area: North", "How good was it?", "5 of 6", "More buses", "and bells", "role only"):
        assert words in mail.text, words
        assert words.split("\n")[0] in mail.html
    assert f"{visitor.link}\r\n" in mail.text
    assert pages.rows("select body from messages where kind = 'copy'") == [("",)], "answers are kept once"
    assert pages.audit("ana")[-1] == "copy asked for"


def test_a_copy_can_be_asked_for_once_a_day_whichever_link(pages):
    visitor = answered(pages)
    visitor.act("my-answers")
    assert "asked for today already" in visitor.act("my-answers").heading
    assert sum("stored about you" in each.message["Subject"] for each in pages.tick()) == 1
    assert "asked for today already" in visitor.act("my-answers").heading
    assert pages.tick() == []
    pages.clock.now += timedelta(days=1)
    assert "on its way" in visitor.act("my-answers").heading
    assert len(pages.tick()) == 1


def test_a_copy_goes_to_someone_who_has_stopped_and_counts_as_no_contact(pages):
    visitor = answered(pages)
    before = pages.town.invitation("ana").last_contact_at
    visitor.act("my-answers")
    visitor.act("stop", ("_scope", "programme"))
    [mail] = pages.tick()
    assert "You have stopped our messages." in mail.text
    assert pages.town.invitation("ana").last_contact_at == before
    assert pages.town.invitation("ana").reminders_sent == 0


def test_whoever_has_no_mailbox_asks_the_organisers(pages):
    with pages.town.store.writing() as tx:
        tx.exec_driver_sql("update addresses set bad_at = '2024-11-26 00:00:00.000000', bad_reason = 'gone'")
    visitor = pages.person("cy")
    asked = visitor.open(f"{visitor.link}/my-answers")
    assert "get in touch with you by another way, by Friday 27 December 2024" in asked.words
    assert visitor.post(asked).heading == "The organisers have your request"
    visitor.post(asked)
    assert pages.rows("select kind, channel from person_requests") == [("copy", "web")]
    assert "The organisers have it to do" in visitor.open(f"{visitor.link}/choices").words
    assert pages.tick() == []


def test_erasure_is_asked_for_once_confirmed_by_mail_and_done_by_an_organiser(pages):
    visitor = answered(pages)
    asked = visitor.open(f"{visitor.link}/erase")
    assert "by Friday 27 December 2024 at the latest" in asked.words
    assert "It can’t be undone" in asked.words
    seen = visitor.post(asked)
    assert "sent an email to the address we have for you" in seen.words
    assert ANA not in str(seen.soup)
    visitor.post(asked)
    assert pages.rows("select kind, confirmed_at from person_requests") == [("erasure", None)]
    [mail] = [each for each in pages.tick() if "erased" in each.message["Subject"]]
    assert mail.recipients == (ANA,)
    assert mail.kind == "notice"
    link = link_in(mail)
    assert link not in str(pages.rows("select body from messages where kind = 'erasure'"))
    page = visitor.open(link)
    assert "Was it you" in page.heading
    assert pages.rows("select confirmed_at from person_requests") == [(None,)], "looking confirms nothing"
    done = visitor.post(page)
    assert done.heading.startswith("Confirmed")
    assert pages.rows("select confirmed_at is not null from person_requests") == [(1,)]
    assert pages.audit("ana")[-3:] == ["erasure asked for", "erasure confirmed", "person opted out"]
    standing = visitor.open(f"{visitor.link}/erase")
    assert "You have confirmed it by email" in standing.words
    assert not standing.soup.select("form"), "whoever holds the link alone can't undo the mailbox's word"
    sent = {"_csrf": dict(asked.hidden())["_csrf"], "go": "back"}
    assert pages.app.test_client().post(f"{visitor.link}/erase", data=sent).status_code == 409
    assert pages.rows("select count(*) from person_requests") == [(1,)]
    ana = pages.town.invitation("ana").participant_id
    assert isinstance(erase(ana, pages.town.store, NOON, actor=CONSOLE), Erased)
    assert pages.rows("select count(*) from person_requests") == [(0,)]
    assert visitor.open(link).status == 404
    assert visitor.open(f"{visitor.link}/choices").status == 410


def test_the_mailbox_can_say_no_and_the_person_can_take_it_back(pages):
    visitor = pages.person("ana")
    visitor.act("erase")
    [mail] = pages.tick()
    page = visitor.open(link_in(mail))
    seen = visitor.post(page, go="no")
    assert seen.heading == "Nothing is erased"
    assert "somebody else has your link" in seen.words
    assert pages.rows("select count(*) from person_requests") == [(0,)]
    assert visitor.open(link_in(mail)).status == 404
    # Another request has another link: the old mail confirms nothing of it.
    pages.clock.now += timedelta(days=1)
    visitor.act("erase")
    assert visitor.open(link_in(mail)).status == 404
    assert visitor.post(page).status == 404
    seen = visitor.post(visitor.open(f"{visitor.link}/erase"), go="back")
    assert "taken back" in seen.heading
    assert pages.tick() == [], "and the mail that had not gone does not go"
    assert pages.audit("ana") == [
        "erasure asked for",
        "erasure not asked for by the person",
        "erasure asked for",
        "erasure no longer asked for",
    ]


def test_whoever_holds_a_link_can_have_one_such_mail_sent_a_day(pages):
    visitor = pages.person("ana")
    mails = []
    for _ in range(3):
        visitor.act("erase")
        mails += pages.tick()
        visitor.post(visitor.open(f"{visitor.link}/erase"), go="back")
    visitor.act("erase")
    [mail] = [*mails, *pages.tick()]
    # It asks about whatever was asked that day, and can still be answered.
    assert visitor.post(visitor.open(link_in(mail))).heading.startswith("Confirmed")


def test_what_is_for_the_mailbox_goes_by_no_chat(pages):
    pages.town.reword(("channels: [mail]", "channels: [mail, slack]"))
    pages.town.load(NOON)
    pages.town.store.speak(frozenset({"mail", "slack"}))
    with pages.town.store.writing() as tx:
        tx.exec_driver_sql(
            "insert into addresses (id, channel, value, folded, bad_reason) values (900, 'slack', 'U900', 'U900', '')"
        )
        cy = pages.town.invitation("cy").participant_id
        tx.exec_driver_sql(
            "insert into participant_addresses (participant_id, address_id, position, learnt) values (?, 900, 5, 0)",
            (cy,),
        )
    pages.server.behaviour.rcpt["cy@example.test"] = "550 5.1.1 no such user"
    pages.person("cy").act("my-answers")
    # A chat that is on: nothing of this kind may be handed to it.
    channels = {"mail": pages.town.channel(), "slack": RecordingChannel(pages.town.mail_settings())}
    tick(pages.town.store, channels, TickSettings(public_url=SITE, secret=SECRET, holder="test", alone=True), NOON)
    assert pages.rows("select state, channel from deliveries where kind = 'copy'") == [("refused", "mail")]


def test_links_of_one_kind_open_nothing_of_another(pages):
    visitor = pages.person("ana")
    visitor.act("erase")
    [mail] = pages.tick()
    token = link_in(mail).rpartition("/")[2]
    for path in (f"/f/{token}", f"/f/{token}/choices", f"/e/{token}", f"/r/{visitor.link[3:]}"):
        assert visitor.open(path).status == 404
    forged = pages.app.test_client().post(f"/r/{token}", data={"go": "next"})
    assert forged.status_code == 403
    assert pages.rows("select confirmed_at from person_requests") == [(None,)]


def test_welsh_mails(pages):
    with pages.town.store.writing() as tx:
        tx.exec_driver_sql("update participants set language = 'cy'")
    visitor = answered(pages)
    visitor.act("my-answers")
    visitor.act("erase")
    subjects = [each.message["Subject"] for each in pages.tick()]
    assert any("wedi'i gadw amdanoch" in each for each in subjects)
    assert any("eich dileu" in each for each in subjects)


def test_an_opt_out_by_an_organiser_leaves_what_was_asked_for(pages):
    visitor = pages.person("di")
    visitor.act("my-answers")
    opt_out(pages.town.invitation("di").participant_id, pages.town.store, NOON, actor=CONSOLE)
    assert len(pages.tick()) == 1


@pytest.mark.parametrize("way", ["my-answers", "erase"])
def test_a_reply_to_these_mails_is_no_answer(pages, way):
    visitor = pages.person("cy")
    visitor.act(way)
    [mail] = [each for each in pages.tick() if each.recipients == ("cy@example.test",)]
    raw = (
        f"From: Cy Example <cy@example.test>\r\nTo: {mail.message['Reply-To']}\r\nSubject: Re: {mail.message['Subject']}\r\n"
        f"Message-ID: <reply-1@example.test>\r\nIn-Reply-To: {mail.message['Message-ID']}\r\n"
        f"References: {mail.message['References']} {mail.message['Message-ID']}\r\n\r\n"
        "Yes, thank you. 3\r\n\r\n1. 4\r\n\r\n" + "".join(f"> {line}\r\n" for line in mail.text.splitlines())
    )
    got = receive(raw.encode(), pages.town.store, NOON)
    assert got.outcome == "triage"
    assert pages.rows("select count(*) from answers") == [(0,)]
    [(reason, text)] = pages.rows("select reason, text from triage")
    assert "about what is stored" in reason
    assert text.startswith("Yes, thank you. 3")
    assert pages.tick() == [], "and no receipt"
