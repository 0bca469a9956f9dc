"""The one-tap reasons on the web: what each does to the disposition, the ledger and what comes next."""

from datetime import UTC, datetime, timedelta

import pytest

from storage import ledger
from storage.ledger import NewLine
from surveys.delivery import LineKind
from tests.web.conftest import CLOSED, OPENED


def queue_reminder(garden, who="t1"):
    with garden.store.writing() as tx:
        line = NewLine(
            key=f"feature-tour/tour-2025/{who}/reminder/1",
            kind=LineKind.REMINDER,
            programme_id=garden.round.programme_id,
            round_id=garden.round.id,
            invitation_id=garden.invitations[who],
            participant_id=garden.participants[who],
            due_at=OPENED + timedelta(days=7),
        )
        ledger.queue(tx, [line], OPENED)


@pytest.mark.parametrize(
    ("way", "disposition", "words"),
    [
        ("not-me", "not_eligible", "You are left out of this round"),
        ("joint-return", "joint_return", "your answer comes in a joint return"),
        ("no-thank-you", "declined", "we will not ask again in this round"),
        ("stop", "declined", "You get no more messages about this round"),
    ],
)
def test_one_tap(garden, way, disposition, words):
    queue_reminder(garden)
    visitor = garden.person("t1")
    seen = visitor.act(way)
    assert seen.kind == "done"
    assert words in seen.words
    assert garden.disposition("t1") == disposition
    assert garden.rows("select state from deliveries") == [("cancelled",)]
    assert garden.rows("select disposition, channel from dispositions") == [(disposition, "web")]
    visitor.act(way)
    assert garden.rows("select count(*) from dispositions") == [(1,)]


@pytest.mark.parametrize("way", ["not-me", "joint-return", "no-thank-you", "stop"])
def test_whoever_comes_back_is_partial_again(garden, way):
    visitor = garden.person("t1")
    visitor.act(way)
    garden.quiet()
    seen = visitor.open()
    assert seen.kind == "question"
    visitor.post(visitor.page("plant"), ("plant", "Leeks"))
    assert garden.disposition("t1") == "partial"
    assert garden.looked_at() == {"t1"}


def test_complete_beats_every_reason(garden):
    visitor = garden.person("t1")
    page = visitor.open(f"{visitor.link}/no-thank-you")
    visitor.finish()
    for way in ("not-me", "someone-else", "joint-return", "later", "no-thank-you"):
        assert "Your answers are already in" in visitor.open(f"{visitor.link}/{way}").words
    assert "Your answers are already in" in visitor.post(page).words
    seen = visitor.act("stop")
    assert "What you sent stays recorded" in seen.words
    assert garden.disposition("t1") == "complete"
    assert garden.rows("select count(*) from opt_outs") == [(1,)]


def test_stop_can_mean_the_whole_programme(garden):
    visitor = garden.person("t1")
    assert "no more messages from The garden at Hollow Lane" in visitor.act("stop", ("_scope", "programme")).words
    assert garden.rows("select round_id from opt_outs") == [(None,)]
    assert garden.rows("select opted_out_at is not null from participants where key = 't1'") == [(1,)]
    assert garden.rows("select what, actor from audit_lines where what = 'person opted out'") == [
        ("person opted out", f"participant:{garden.participants['t1']}")
    ]


def test_stop_works_after_the_close_too(garden):
    visitor = garden.person("t1")
    garden.clock.now = CLOSED + timedelta(days=1)
    assert "no more messages" in visitor.act("stop").words
    assert garden.rows("select count(*) from opt_outs") == [(1,)]
    assert "Nobody will remind you" in visitor.open(f"{visitor.link}/no-thank-you").words


def test_later_snoozes_until_that_day(garden):
    queue_reminder(garden)
    seen = garden.person("t1").act("later", ("_day", "2025-05-06"))
    assert "We will remind you on Tuesday 6 May" in seen.words
    [(until,)] = garden.rows("select snoozed_until from invitations where id = 1")
    assert str(until).startswith("2025-05-05 23:00"), "midnight in London"
    assert garden.rows("select state from deliveries") == [("cancelled",)]
    assert garden.disposition("t1") == "pending"


def test_a_free_day_means_the_working_day_after_it(garden):
    seen = garden.person("t1").act("later", ("_day", "2025-05-03"))
    assert "We will remind you on Tuesday 6 May" in seen.words, "Monday 5 May is a bank holiday"


@pytest.mark.parametrize(
    ("state", "words"), [("planned", "not open yet"), ("cancelled", "is not taking place"), ("closed", "has closed")]
)
def test_a_reason_where_nothing_is_open(garden, state, words):
    page = garden.person("t1").open(f"{garden.link('t1')}/not-me")
    with garden.store.writing() as tx:
        tx.exec_driver_sql(f"update rounds set state = '{state}'")
    for seen in (garden.person("t1").open(f"{garden.link('t1')}/not-me"), garden.person("t1").post(page)):
        assert seen.kind == "closed"
        assert words in seen.heading


def test_later_than_the_close_offers_the_last_day_or_someone_else(garden):
    visitor = garden.person("t1")
    seen = visitor.act("later", ("_day", "2025-05-20"))
    assert "Tuesday 20 May is too late for a reminder, as it closes on Friday 9 May, 5 pm" in seen.words
    assert any(each["href"].endswith("/someone-else") for each in seen.soup.select("a"))
    assert "Remind me on the last day, Friday 9 May" in seen.words
    seen = visitor.post(seen, go="last")
    assert "We will remind you on Friday 9 May" in seen.words


@pytest.mark.parametrize(
    ("typed", "words"), [("2025-04-28", "from tomorrow on"), ("", "Write a date"), ("soon", "Write a date")]
)
def test_a_day_that_will_not_do(garden, typed, words):
    seen = garden.person("t1").act("later", ("_day", typed))
    assert words in seen.soup.select_one(".errors").get_text()
    assert garden.rows("select snoozed_until from invitations where id = 1") == [(None,)]


def test_on_the_last_day_there_is_none_left(garden):
    garden.clock.now = CLOSED - timedelta(hours=3)
    seen = garden.person("t1").open(f"{garden.link('t1')}/later")
    assert "there is no later day left" in seen.words
    assert not seen.soup.select("form")


def test_someone_else_is_invited_in_their_place(garden):
    visitor = garden.person("t3")
    asked = visitor.open(f"{visitor.link}/someone-else")
    assert "says you, Winnie Astell, gave us the address" in asked.words
    garden.quiet()
    seen = visitor.post(asked, ("_name", "Nia  Gale"), ("_email", "nia@elsewhere.test"))
    assert "Nia Gale will be asked instead" in seen.words
    assert garden.disposition("t3") == "delegated"
    assert garden.rows("select name, source from participants where source = 'delegate'") == [("Nia Gale", "delegate")]
    [(made, origin, state)] = garden.rows(
        "select id, delegated_from_id, disposition from invitations where delegated_from_id is not null"
    )
    assert (origin, state) == (garden.invitations["t3"], "pending")
    pairs = "select area, perspective from invitation_voices where invitation_id = {} order by 1, 2"
    assert garden.rows(pairs.format(made)) == garden.rows(pairs.format(origin))
    [(delegate,)] = garden.rows("select key from participants where source = 'delegate'")
    assert garden.looked_at() == {"t3", delegate}
    assert "one person can be named" in visitor.open(f"{visitor.link}/someone-else").words
    assert "one person can be named" in visitor.post(asked, ("_name", "B"), ("_email", "b@elsewhere.test")).words
    assert garden.rows("select count(*) from delegations") == [(1,)]


@pytest.mark.parametrize(
    ("name", "email", "words"),
    [
        ("", "nia@elsewhere.test", "Write the person’s name"),
        ("Nia\r\nBcc: all@example.org", "nia", "Write an email address"),
        ("Nia", "Nia <nia@elsewhere.test>", "Write an email address"),
        ("Ines Calloway", "INES@example.org", "This is your own address"),
        ("ines", "ines@example.org", "This is your own address"),
        ("Bram", "bram@example.org", "We can’t write to this address"),
    ],
)
def test_a_name_that_will_not_do(garden, name, email, words):
    garden.person("t2").act("stop", ("_scope", "programme"))
    seen = garden.person("t1").act("someone-else", ("_name", name), ("_email", email))
    assert words in seen.soup.select_one(".errors").get_text()
    assert seen.soup.select_one("input[name=_email]")["value"] == email
    assert garden.rows("select count(*) from delegations") == [(0,)]
    assert garden.rows("select count(*) from participants") == [(3,)]


def voices_of(garden, who):
    return garden.rows(
        f"select area, perspective from invitation_voices where invitation_id = {garden.invitations[who]} order by 1, 2"
    )


@pytest.mark.parametrize("name", ["Winnie Astell", "winnie", "The treasurer"])
def test_someone_who_is_asked_already_gets_no_second_invitation(garden, name):
    both = sorted({*voices_of(garden, "t1"), *voices_of(garden, "t3")})
    seen = garden.person("t1").act("someone-else", ("_name", name), ("_email", "Winnie@example.org"))
    assert f"{name} has been asked already" in seen.words
    assert garden.rows("select count(*) from invitations") == [(3,)]
    assert garden.rows("select count(*) from participants") == [(3,)]
    assert garden.disposition("t1") == "delegated"
    assert voices_of(garden, "t3") == both
    # And she can't hand it back to where it came from.
    seen = garden.person("t3").act("someone-else", ("_name", "Ines Calloway"), ("_email", "ines@example.org"))
    assert "We can’t write to this address" in seen.words


def test_whoever_has_answered_is_not_asked_again_for_another(garden):
    garden.person("t3").finish()
    garden.person("t1").act("someone-else", ("_name", "Winnie"), ("_email", "winnie@example.org"))
    assert garden.disposition("t3") == "complete"
    assert garden.disposition("t1") == "delegated"
    assert garden.rows("select count(*) from invitations") == [(3,)]
    assert garden.rows("select kind from deliveries where state = 'queued'") == [("receipt",)]


def test_a_mailbox_may_be_shared_with_whoever_is_named(garden):
    seen = garden.person("t1").act("someone-else", ("_name", "Office volunteer"), ("_email", "ines@example.org"))
    assert "Office volunteer will be asked instead" in seen.words
    assert garden.rows("select name from participants where source = 'delegate'") == [("Office volunteer",)]


def test_only_so_many_people_can_be_named_in_an_hour(garden):
    with garden.store.writing() as tx:
        for number in range(30):
            tx.exec_driver_sql(
                "insert into participants (programme_id, key, name, greeting, organisation, timezone, language, preferred, phone, cc,"
                " perspectives, manager_of, source, created_at) select programme_id, 'named-' || ?, 'X', '', '', '', '', '', '', '[]',"
                " '[]', '[]', 'panel', created_at from participants where key = 't2'",
                (number,),
            )
        tx.exec_driver_sql(
            "insert into invitations (round_id, participant_id, session_ref, reference, mail_token, generation, entry_generation,"
            " disposition, reminders_sent, created_at) select ?, id, 0, key, key, 0, 0, 'delegated', 0, created_at from participants"
            " where key like 'named-%'",
            (garden.round.id,),
        )
        tx.exec_driver_sql(
            "insert into delegations (invitation_id, delegate_invitation_id, given_by, channel, at, detail)"
            " select id, 2, '', 'web', ?, '{}' from invitations where reference like 'named-%'",
            (datetime(2025, 4, 28, 9, 30, tzinfo=UTC).strftime("%Y-%m-%d %H:%M:%S.000000"),),
        )
    fields = (("_name", "Nia"), ("_email", "nia@elsewhere.test"))
    assert "Try again in an hour" in garden.person("t1").act("someone-else", *fields).words
    garden.clock.now += timedelta(hours=1)
    assert "will be asked instead" in garden.person("t1").act("someone-else", *fields).words


def test_there_is_no_other_way_out(garden):
    assert garden.person("t1").open(f"{garden.link('t1')}/elsewhere").status == 404
    assert garden.app.test_client().post(f"{garden.link('t1')}/elsewhere").status_code == 404
    assert garden.app.test_client().get("/f/1-aaaaaaaaaaaaaaaaaaaaaaaaaa/not-me").status_code == 404
    assert garden.app.test_client().post("/f/1-aaaaaaaaaaaaaaaaaaaaaaaaaa/not-me").status_code == 404


def test_the_notice_says_what_the_programme_says(garden):
    seen = garden.person("t1").open("/privacy/feature-tour")
    assert seen.heading == "Privacy notice for The garden at Hollow Lane"
    for words in ("Version 1", "Hollow Lane Garden Committee", "Legitimate interest", "Your rights"):
        assert words in seen.words
    assert garden.app.test_client().get("/privacy/nowhere").status_code == 404
    assert garden.app.test_client().get("/").status_code == 200


def test_a_program_can_tell_an_act_from_the_form(garden):
    visitor = garden.person("t1")
    for way in ("not-me", "someone-else", "joint-return", "later", "no-thank-you", "stop"):
        seen = visitor.open(f"{visitor.link}/{way}")
        assert seen.kind == "", "none of the form's own pages"
        assert not seen.soup.select("form[data-form=answer]")
    assert visitor.act("joint-return").kind == "done"
    assert visitor.open(f"{visitor.link}?at=later").kind == ""
