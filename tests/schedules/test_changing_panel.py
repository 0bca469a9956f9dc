"""The panel and the clock at their edges while a round runs: late people, changed sessions, quiet hours, short rounds."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from handlers.load import Loaded, import_panel
from storage import invitations
from storage.invitation_facts import facts_of_round
from storage.people import participants_of
from surveys.authority import CONSOLE
from surveys.dispositions import Disposition
from surveys.rounds import RoundState
from tests.fakes.smtp_server import SmtpServer
from tests.schedules.town import CLOSES, FIRST, LAST, OPENS, ROUND, SECOND, Town, at

MINUTE = timedelta(minutes=1)


def sent(server: SmtpServer) -> Counter[tuple[str, str]]:
    return Counter((mail.recipients[0].partition("@")[0], mail.kind) for mail in server.taken)


def test_a_few_seconds_late_each_day_is_no_reason_to_leave_one_out(town: Town, server: SmtpServer) -> None:
    town.reword(("[7 days, 2 days, 4 hours]", "[4 days, 3 days]"))
    town.people = ("ana",)
    town.load()
    town.tick(OPENS)
    town.tick(at("2024-12-12 09:30") + timedelta(seconds=20))
    assert town.tick(at("2024-12-13 09:30")).sent == {"reminder": 1}


def test_a_replayed_round_is_not_opened_again_after_it_has_really_closed(town: Town, server: SmtpServer) -> None:
    town.load()
    town.tick(CLOSES + timedelta(days=30))
    assert town.round().state is RoundState.CLOSED
    town.tick(OPENS)
    assert town.round().state is RoundState.OPEN
    town.tick(CLOSES)
    for moment in (OPENS, FIRST, SECOND, LAST):
        assert town.tick(moment).did_nothing
    assert town.round().state is RoundState.CLOSED


def test_an_opening_in_quiet_hours_waits_for_the_morning(town: Town, server: SmtpServer) -> None:
    town.reword(("2024-11-25 09:00", "2024-11-25 20:00"), ("sender:", 'quiet_hours: "18:30-08:00"\nsender:'))
    town.load()
    report = town.tick(at("2024-11-25 20:00"))
    assert (report.opened, report.sent, report.next_at) == ((ROUND,), {}, at("2024-11-26 08:00"))
    assert town.tick(at("2024-11-26 08:00")).sent == {"invitation": 4}


def test_a_round_of_half_an_hour_opened_at_once(town: Town, server: SmtpServer) -> None:
    town.closes = "2024-11-25 09:30"
    town.load(OPENS)
    assert town.tick(OPENS).sent == {"invitation": 4}
    assert town.tick(OPENS + 29 * MINUTE).did_nothing
    assert town.tick(OPENS + 30 * MINUTE).closed == (ROUND,)
    assert sum(sent(server).values()) == 4


def with_sessions(town: Town, rows: str, now: datetime) -> None:
    panel = town.folder / "panel.csv"
    panel.write_text(f"id,name,email,area,perspectives,sessions\n{rows}")
    loaded = import_panel(panel, town.store, "town", now, dry_run=False, actor=CONSOLE)
    assert isinstance(loaded, Loaded), loaded


SESSIONS = (
    "sessions: [{{id: one, area: north, starts: 2024-10-01 10:00, ends: 2024-10-01 12:00}},"
    " {{id: two, area: south, starts: 2024-10-02 10:00, ends: 2024-10-02 12:00}}]\npanel:"
)
ANA = "ana,Ana Example,ana@example.test,north,host,one:host;two:pcf\n"


def test_each_session_attended_is_asked_about_and_one_more_that_is_found_later(town: Town, server: SmtpServer) -> None:
    town.reword(("panel:", SESSIONS), ("kind: mid_cycle", "kind: mid_cycle\n    per: session"))
    town.load()
    with_sessions(town, ANA + "bo,Bo Example,bo@example.test,south,host,one:host\n", at("2024-11-20 10:00"))
    town.tick(OPENS)
    assert sent(server) == {("ana", "invitation"): 2, ("bo", "invitation"): 1}
    both = ANA + "bo,Bo Example,bo@example.test,south,host,one:host;two:host\n"
    with_sessions(town, both, OPENS + timedelta(days=1))
    town.tick(OPENS + timedelta(days=1, minutes=1))
    assert sent(server)["bo", "invitation"] == 2
    assert town.tick(FIRST).sent == {"reminder": 4}


def test_a_session_taken_from_a_person_leaves_what_they_were_asked(town: Town, server: SmtpServer) -> None:
    town.reword(("panel:", SESSIONS), ("mode: {mode}", "mode: {mode}\n    audience: {{sessions: held}}"))
    town.load()
    with_sessions(town, ANA + "bo,Bo Example,bo@example.test,south,host,one:host\n", at("2024-11-20 10:00"))
    town.tick(OPENS)
    with_sessions(town, ANA.replace(";two:pcf", "") + "bo,Bo Example,bo@example.test,south,host,\n", FIRST - MINUTE)
    assert town.tick(FIRST).sent == {"reminder": 2}
    with town.store.reading() as tx:
        people = {each.id: each for each in participants_of(tx, town.round().programme_id)}
        facts = {each.participant.key: each for each in facts_of_round(tx, town.round().id, people)}
    assert facts["ana"].voices == {("north", "host"), ("south", "pcf")}
    assert facts["bo"].disposition is Disposition.PENDING


def test_who_is_taken_off_the_panel_is_no_longer_counted_as_to_answer(town: Town, server: SmtpServer) -> None:
    town.load()
    town.tick(OPENS)
    panel = town.folder / "panel.csv"
    whole = panel.read_text()
    panel.write_text("".join(line for line in whole.splitlines(keepends=True) if not line.startswith("bo,")))

    def bring_up(now: datetime) -> None:
        loaded = import_panel(panel, town.store, "town", now, remove_missing=True, actor=CONSOLE)
        assert isinstance(loaded, Loaded), loaded

    bring_up(OPENS + MINUTE)
    assert town.invitation("bo").disposition is Disposition.NOT_ELIGIBLE
    assert town.tick(FIRST).sent == {"reminder": 3}
    panel.write_text(whole)
    bring_up(FIRST + MINUTE)
    assert town.invitation("bo").disposition is Disposition.PENDING
    assert town.tick(FIRST + 2 * MINUTE).did_nothing
    assert town.tick(SECOND).sent == {"reminder": 4}


def test_who_said_that_it_is_not_for_them_stays_so_when_back_on_the_panel(town: Town) -> None:
    town.load()
    town.tick(OPENS)
    with town.store.writing() as tx:
        ids = [town.invitation("bo").id]
        invitations.set_disposition(tx, ids, Disposition.NOT_ELIGIBLE, reason="not me", channel="web", now=OPENS)
    panel = town.folder / "panel.csv"
    whole = panel.read_text()
    for words in ("".join(line for line in whole.splitlines(keepends=True) if not line.startswith("bo,")), whole):
        panel.write_text(words)
        import_panel(panel, town.store, "town", OPENS + MINUTE, remove_missing=True, actor=CONSOLE)
    assert town.invitation("bo").disposition is Disposition.NOT_ELIGIBLE
