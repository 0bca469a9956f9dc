"""What a person does on the form, and the next mail that comes of it."""

from __future__ import annotations

from datetime import timedelta

from handlers import acts
from handlers.delegation import Delegated, delegate
from handlers.replies import Saved, record_reply
from handlers.submitting import submit
from surveys.replies import IncomingReply
from tests.fakes.smtp_server import SmtpServer
from tests.schedules.town import CLOSES, FIRST, OPENS, Town, at

MINUTE = timedelta(minutes=1)


def reply(town: Town, person: str, now, **given: str) -> None:
    saved = record_reply(
        IncomingReply(
            channel="web",
            invitation_id=town.invitation(person).id,
            given={(item, ""): words for item, words in given.items()},
        ),
        town.store,
        now,
    )
    assert isinstance(saved, Saved)


def test_a_return_gets_one_receipt_that_lists_it(town: Town, server: SmtpServer) -> None:
    town.load()
    town.tick(OPENS)
    reply(town, "ana", OPENS + MINUTE, rating="5", more="Two lines\n<b>of words</b>", again="yes")
    submit(town.invitation("ana").id, town.store, OPENS + MINUTE, channel="web")
    assert town.tick(OPENS + 2 * MINUTE).sent == {"receipt": 1}
    receipt = server.to("ana@example.test")[-1]
    assert "1. How good was it?\r\n5 of 6" in receipt.text or "1. How good was it?\n5 of 6" in receipt.text
    assert "<b>of words</b>" in receipt.text
    assert "&lt;b&gt;of words" in receipt.html
    assert "We write again in January." in receipt.text
    assert receipt.message["Auto-Submitted"] == "auto-generated"
    with town.store.reading() as tx:
        kept = tx.exec_driver_sql("select body from messages where kind = 'receipt'").scalar_one()
    assert kept == ""
    submit(town.invitation("ana").id, town.store, OPENS + 3 * MINUTE, channel="web")
    assert town.tick(OPENS + 4 * MINUTE).did_nothing


def test_a_mail_says_whose_answer_is_still_to_come_and_names_this_years_dates(town: Town, server: SmtpServer) -> None:
    town.survey += """
      - {id: topic, ask: On which topic?, type: text}
      - {id: why, ask: "Why {answer.topic}?", type: text}
      - {id: when, ask: On which day?, type: date}
"""
    town.load()
    town.tick(OPENS)
    asked = server.to("ana@example.test")[-1]
    for said in (asked.text, asked.html):
        assert "Why [your answer to question 4]?" in said
        assert "A date, such as 5 December 2024" in said
        assert "{answer" not in said
        assert "{example" not in said
    reply(town, "ana", OPENS + MINUTE, rating="5", topic="Snow & ice", why="It is winter")
    submit(town.invitation("ana").id, town.store, OPENS + MINUTE, channel="web")
    town.tick(OPENS + 2 * MINUTE)
    assert "Why Snow & ice?" in server.to("ana@example.test")[-1].text


def test_someone_who_has_begun_is_told_what_is_left(town: Town, server: SmtpServer) -> None:
    town.load()
    town.tick(OPENS)
    reply(town, "ana", OPENS + MINUTE, rating="5")
    town.tick(FIRST)
    reminder = server.to("ana@example.test")[-1]
    assert "2 of 3 questions to go" in reminder.text
    assert "It closes in 7 days: Monday 16 December, 5 pm." in reminder.text
    assert "questions to go" not in server.to("bo@example.test")[-1].text


def test_an_unlinked_round_counts_the_questions_that_it_asks(town: Town, server: SmtpServer) -> None:
    town.mode = "unlinked"
    town.survey += """
      - {id: name, ask: Your name, type: text, prefill: participant.name}
      - {id: why, ask: Why not?, type: text, when: "${again} = 'no'"}
      - {id: call, ask: May we call you?, type: contact}
"""
    town.load()
    town.tick(OPENS)
    # Rating, more, again, and why: conditions are on the one page; name and call would say who answers.
    assert "4 questions on one page, answered in one go." in server.to("ana@example.test")[-1].text


def test_a_delegate_is_invited_and_told_by_whom(town: Town, server: SmtpServer) -> None:
    town.load()
    town.tick(OPENS)
    outcome = delegate(
        town.invitation("ana").id, "Eve Other", "eve@example.test", town.store, OPENS + MINUTE, channel="web"
    )
    assert isinstance(outcome, Delegated)
    assert town.tick(OPENS + 2 * MINUTE).sent == {"delegate": 1}
    (mail,) = server.to("eve@example.test")
    assert mail.kind == "invitation"
    assert "Ana Example gave us your address" in mail.text
    assert "[Q1] How good was it?" in mail.text
    town.tick(FIRST)
    assert [each.kind for each in server.to("ana@example.test")] == ["invitation"]
    reminder = server.to("eve@example.test")[-1]
    assert reminder.kind == "reminder"
    assert reminder.message["In-Reply-To"] == mail.message["Message-ID"]


def test_a_reminder_comes_on_the_day_that_was_asked_for(town: Town, server: SmtpServer) -> None:
    town.load()
    town.tick(OPENS)
    day = at("2024-12-11 00:00").date()
    outcome = acts.snooze(town.invitation("ana").id, day, town.store, OPENS + MINUTE, channel="web")
    assert isinstance(outcome, acts.Snoozed)
    assert town.tick(FIRST).sent == {"reminder": 3}
    assert town.tick(at("2024-12-11 09:30")).sent == {"reminder": 1}


def test_a_decline_is_silence_until_the_person_answers_after_all(town: Town, server: SmtpServer) -> None:
    town.load()
    town.tick(OPENS)
    acts.decline(town.invitation("ana").id, town.store, OPENS + MINUTE, channel="web")
    assert town.tick(FIRST).sent == {"reminder": 3}
    reply(town, "ana", FIRST + MINUTE, more="After all")
    assert town.tick(at("2024-12-13 09:30")).sent == {"reminder": 4}


def test_what_comes_next_is_known(town: Town, server: SmtpServer) -> None:
    town.load()
    assert town.tick(OPENS - MINUTE).next_at == OPENS
    server.stop()
    report = town.tick(OPENS)
    assert report.next_at is not None
    assert OPENS < report.next_at <= OPENS + MINUTE
    server.start()
    town.tick(OPENS + MINUTE)
    assert town.tick(CLOSES).next_at is None
