"""Whoever has opted out hears nothing more, on any path; and a pause is kept on each of them."""

import csv
from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest

from handlers.acts import opt_out
from handlers.choices import Paused, pause
from handlers.delegation import CannotBeNamed, delegate
from handlers.load import load_programme
from handlers.load_outcomes import Loaded
from handlers.replies import Saved, record_reply
from handlers.round_commands import Reminded, extend_round, remind_now
from handlers.submitting import Submitted, submit
from storage.rounds import find_round
from surveys.authority import CONSOLE
from surveys.replies import IncomingReply
from tests.fakes.smtp_server import SmtpServer
from tests.schedules.town import SURVEY, Town, at

NOW = at("2024-11-26 10:00")
CLOSES = at("2024-12-16 17:00")
PROGRAMME = """
programme: town
title: Town days
timezone: Europe/London
sender: {name: Maya Lind, email: maya@example.org}
perspectives: [{id: host, label: Host}]
areas: [{id: north, name: North}]
sessions:
  - {id: s1, area: north, starts: 2024-11-20 09:00, ends: 2024-11-20 12:00}
MORE_SESSIONS
panel: panel.csv
rounds:
  - id: autumn
    survey: autumn.yaml
    kind: mid_cycle
    opens: 2024-11-25 09:00
    closes: 2024-12-16 17:00
    thanks: What was said is read in January.
    reminders: {before_close: [7 days, 2 days], at: "09:30", cap: 2, gap: 24 hours}
  - id: after
    survey: autumn.yaml
    kind: post_session
    opens: 1 hour after session
    closes: 20 days after session
MORE_ROUNDS
"""
NEXT_ROUND = """  - id: winter
    survey: autumn.yaml
    kind: mid_cycle
    opens: 2024-12-02 09:00
    closes: 2024-12-20 17:00
    reminders: {before_close: [7 days], at: "09:30", cap: 2, gap: 24 hours}
"""
NEXT_SESSION = "  - {id: s2, area: north, starts: 2024-12-03 09:00, ends: 2024-12-03 12:00}"
ANA, BO, CY = "ana@example.test", "bo@example.test", "cy@example.test"


class Quiet(Town):
    """A town of which Ana has asked for silence, and Bo's mail is copied to her; Cy shares her mailbox."""

    rows: Sequence[Mapping[str, str]] = (
        {"id": "ana", "name": "Ana Field", "email": ANA, "sessions": "s1"},
        {"id": "bo", "name": "Bo Lane", "email": BO, "cc": ANA, "sessions": "s1"},
        {"id": "cy", "name": "Cy Marsh", "email": CY, "sessions": "s1"},
    )
    more_rounds = ""
    more_sessions = ""

    def write_panel(self):
        with (self.folder / "panel.csv").open("w", newline="") as out:
            fields = ["id", "name", "email", "cc", "area", "perspectives", "sessions"]
            table = csv.DictWriter(out, fields)
            table.writeheader()
            table.writerows([{"area": "north", "perspectives": "host", **row} for row in self.rows])

    def load(self, now=None):
        (self.folder / "autumn.yaml").write_text(SURVEY)
        text = PROGRAMME.replace("MORE_ROUNDS", self.more_rounds).replace("MORE_SESSIONS", self.more_sessions)
        (self.folder / "programme.yaml").write_text(text)
        self.write_panel()
        loaded = load_programme(
            self.folder / "programme.yaml", self.store, now or at("2024-11-19 09:00"), dry_run=False, actor=CONSOLE
        )
        assert isinstance(loaded, Loaded), loaded
        return loaded

    def named(self, name):
        with self.store.reading() as tx:
            return find_round(tx, f"town/{name}")


@pytest.fixture
def server():
    with SmtpServer() as running:
        yield running


@pytest.fixture
def town(store, tmp_path, server):
    made = Quiet(store=store, folder=tmp_path, smtp_url=server.url)
    made.load()
    for moment in ("2024-11-20 13:05", "2024-11-25 09:00"):
        made.tick(at(moment))
    assert len(server.to(ANA)) == 4, "two of her own, two copies of Bo's"
    server.clear()
    return made


def stop(town, *, whole=True):
    opt_out(town.invitation("ana").id, town.store, NOW, channel="web", whole_programme=whole)


def play(town, until="2025-01-10 09:00"):
    """Every day from now until long after the close."""
    moment = NOW
    while moment < at(until):
        moment += timedelta(days=1)
        town.tick(moment)


def heard_by(server, address):
    return [(each.message["To"], each.message["Subject"]) for each in server.to(address)]


def all_paths(town):
    """Everything that could bring a message: a moved close, a hand, a new session, a new round, the panel again."""
    autumn = town.named("autumn").id
    assert isinstance(remind_now(autumn, town.store, NOW + timedelta(hours=1), actor=CONSOLE, anyway=True), Reminded)
    town.tick(NOW + timedelta(hours=1))
    extend_round(autumn, CLOSES + timedelta(days=2), "Snow", town.store, NOW + timedelta(hours=2), actor=CONSOLE)
    town.tick(NOW + timedelta(hours=2))
    town.more_rounds, town.more_sessions = NEXT_ROUND, NEXT_SESSION
    town.rows = [{**row, "sessions": "s1;s2"} for row in town.rows]
    town.load(NOW + timedelta(hours=3))
    town.load(NOW + timedelta(hours=4))
    play(town)


def test_an_opt_out_of_the_programme_holds_on_every_path(town, server):
    stop(town)
    all_paths(town)
    assert heard_by(server, ANA) == []
    subjects = [subject for _, subject in heard_by(server, BO)]
    assert len(subjects) >= 6, "Bo heard of everything"


def test_an_opt_out_of_a_round_holds_for_that_round_alone(town, server):
    stop(town, whole=False)
    all_paths(town)
    own = [mail for mail in server.to(ANA) if ANA in mail.message["To"]]
    autumn = town.invitation("ana").reference
    assert own, "other rounds still ask"
    assert [mail.message["Subject"] for mail in own if autumn in mail.text] == []
    copied = [mail for mail in server.to(ANA) if BO in mail.message["To"]]
    with_round = town.invitation("bo").reference
    assert [mail.message["Subject"] for mail in copied if with_round in mail.text] == []


@pytest.mark.parametrize("name", ["Ana Field", "A. Field", "ana  FIELD"])
def test_another_id_at_the_same_address_is_the_same_person(town, server, name):
    stop(town)
    town.rows = [{"id": "new-7", "name": name, "email": ANA.upper(), "sessions": "s1"}, *town.rows[1:]]
    loaded = town.load(NOW + timedelta(hours=1))
    assert any("has stopped or paused messages as ana" in each for each in loaded.warnings)
    all_paths(town)
    assert heard_by(server, ANA) == []
    assert heard_by(server, ANA.upper()) == []


def test_with_the_old_id_still_in_the_file_the_name_decides(town, server):
    stop(town)
    town.rows = [
        *town.rows,
        {"id": "again", "name": "Ana Field", "email": ANA, "sessions": "s1"},
        {"id": "mate", "name": "Dee Shore", "email": ANA, "sessions": "s1"},
    ]
    town.load(NOW + timedelta(hours=1))
    play(town, "2024-12-20 09:00")
    # Dee shares the mailbox and has asked for nothing; what comes is hers, and says so.
    assert {str(to) for to, _ in heard_by(server, ANA)} == {"Dee Shore <ana@example.test>"}


@pytest.mark.parametrize("whole", [True, False])
def test_who_stands_in_the_panel_twice_stops_as_both(store, tmp_path, server, whole):
    made = Quiet(store=store, folder=tmp_path, smtp_url=server.url)
    made.rows = [
        {"id": "ana", "name": "Ana Field", "email": ANA, "sessions": "s1"},
        {"id": "ana-2", "name": "ana  field", "email": ANA.title(), "sessions": "s1"},
        {"id": "mate", "name": "Dee Shore", "email": ANA, "sessions": "s1"},
    ]
    made.load()
    for moment in ("2024-11-20 13:05", "2024-11-25 09:00"):
        made.tick(at(moment))
    server.clear()
    stop(made, whole=whole)
    play(made, "2024-12-20 09:00")
    to = {str(each) for each, _ in [*heard_by(server, ANA), *heard_by(server, ANA.title())]}
    assert any("Dee Shore" in each for each in to), "who shares the mailbox has asked for nothing"
    autumn = {made.invitation(key).reference for key in ("ana", "ana-2")}
    heard = [mail.text for mail in (*server.to(ANA), *server.to(ANA.title())) if "ield" in mail.message["To"]]
    assert [text for text in heard if any(each in text for each in autumn)] == []
    assert bool(heard) is not whole


def test_taken_off_the_panel_and_back_the_opt_out_stands(town, server):
    stop(town)
    rows = town.rows
    with_others = rows[1:]
    town.rows = with_others
    load_programme_without(town)
    town.rows = rows
    town.load(NOW + timedelta(hours=2))
    all_paths(town)
    assert heard_by(server, ANA) == []


def load_programme_without(town):
    town.write_panel()
    path = town.folder / "programme.yaml"
    loaded = load_programme(
        path, town.store, NOW + timedelta(hours=1), dry_run=False, remove_missing=True, actor=CONSOLE
    )
    assert isinstance(loaded, Loaded)


@pytest.mark.parametrize("whole", [True, False])
def test_whoever_answered_and_then_stopped_is_not_thanked(town, server, whole):
    for person in ("ana", "bo"):
        reply = IncomingReply(
            channel="web", invitation_id=town.invitation(person).id, given={("rating", ""): "5"}, typed_by=""
        )
        assert isinstance(record_reply(reply, town.store, NOW), Saved)
        assert isinstance(submit(reply.invitation_id, town.store, NOW, channel="web"), Submitted)
    stop(town, whole=whole)
    play(town, "2024-12-20 09:00")
    thanked = [str(mail.message["To"]) for mail in server.taken if mail.kind in {"thanks", "receipt"}]
    assert thanked
    assert not [to for to in thanked if ANA in to]


@pytest.mark.parametrize("whole", [True, False])
def test_nobody_names_whoever_has_opted_out(town, whole):
    stop(town, whole=whole)
    named = delegate(town.invitation("cy").id, "Ana", ANA.title(), town.store, NOW, channel="web")
    assert isinstance(named, CannotBeNamed)
    assert named.fault == "refused"


def test_someone_named_who_opts_out_before_the_mail_goes_gets_none(town, server):
    named = delegate(town.invitation("cy").id, "Eve Hill", "eve@example.test", town.store, NOW, channel="web")
    assert not isinstance(named, CannotBeNamed)
    opt_out(town.invitation(delegate_key(town)).id, town.store, NOW, channel="web", whole_programme=True)
    again = delegate(town.invitation("bo").id, "Eve", "eve@example.test", town.store, NOW, channel="web")
    assert isinstance(again, CannotBeNamed)
    # And the panel brings no delegate back either, who has said no.
    town.rows = [*town.rows, {"id": "eve", "name": "Eve Hill", "email": "eve@example.test", "sessions": "s1"}]
    town.load(NOW + timedelta(days=1))
    all_paths(town)
    assert heard_by(server, "eve@example.test") == []


def delegate_key(town):
    with town.store.reading() as tx:
        return str(tx.exec_driver_sql("select key from participants where source = 'delegate'").scalar_one())


def test_a_pause_keeps_every_path_quiet_until_its_day_and_ends_on_it(town, server):
    back = at("2024-12-13 00:00")
    paused = pause(town.invitation("ana").id, back.date(), town.store, NOW, channel="web")
    assert isinstance(paused, Paused)
    all_paths(town)
    assert heard_by(server, ANA)
    early = [mail for mail in server.taken if ANA in mail.recipients and mail_time(mail) < back]
    assert [each.message["Subject"] for each in early] == []


def mail_time(mail):
    return mail.message["Date"].datetime


def test_a_reminder_by_hand_leaves_out_whoever_paused_and_says_so(town):
    pause(town.invitation("ana").id, at("2024-12-13 00:00").date(), town.store, NOW, channel="web")
    for anyway in (False, True):
        reminded = remind_now(
            town.named("autumn").id, town.store, NOW + timedelta(days=3), actor=CONSOLE, anyway=anyway, dry_run=True
        )
        assert ("Ana Field", "the person has asked for a pause") in reminded.left_out


def test_a_message_in_hand_when_the_pause_comes_is_planned_again_for_the_day(town, server):
    """It was queued, and would have gone: it is cancelled at the last look, and goes when the pause is over."""
    remind_now(town.named("autumn").id, town.store, NOW, actor=CONSOLE, anyway=True)
    pause(town.invitation("ana").id, at("2024-12-05 00:00").date(), town.store, NOW, channel="web")
    town.tick(NOW + timedelta(minutes=1))
    assert heard_by(server, ANA) == []
    play(town)
    assert [to for to, _ in heard_by(server, ANA) if "ana" in str(to).lower()]
