"""What has been kept long enough goes by itself, and nothing else; what was said beforehand is what then happens."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from handlers.load import import_panel, load_programme
from handlers.people import opt_out
from handlers.replies import Saved, record_reply
from handlers.round_commands import Declined, reopen_round
from handlers.submitting import Submitted, submit
from reports.coverage import programme_coverage
from reports.export import as_json, export_of
from reports.retention import kept_lines, without_rules
from reports.status import round_status
from schedules.moving import open_round
from storage import audit, audit_chain, raw_mail, triage
from storage.programmes import programme_by_key
from storage.tables.answers import answers, unlinked_returns
from storage.tables.mail import raw_messages
from storage.tables.oversight import audit_lines
from storage.tables.people import addresses, participants
from surveys.authority import CONSOLE
from surveys.replies import IncomingReply
from tests.fakes.smtp_server import SmtpServer
from tests.schedules.town import CLOSES, FIRST, LAST, OPENS, PROGRAMME, SECOND, SURVEY, Town, at

RULES = """
retention:
  raw_mails: 90 days
  triage: 4 months
  messages: 6 months
  addresses: 1 year
  answers: 2 years
  audit: 6 years
"""
ANONYMISE = RULES.replace("answers: 2 years", "answers: anonymise after 2 years")
WORDS = "plover-51c0 was seen"
GONE_BY = {
    "raw_mails": at("2025-03-16 17:00"),
    "triage": at("2025-04-16 16:00"),
    "messages": at("2025-06-16 16:00"),
    "addresses": at("2025-12-16 17:00"),
    "answers": at("2026-12-16 17:00"),
}


@pytest.fixture
def server():
    with SmtpServer() as running:
        yield running


def town_with(store, tmp_path, server, rules, **more):
    return Town(
        store=store,
        folder=tmp_path,
        smtp_url=server.url,
        programme=PROGRAMME + rules.replace("{", "{{").replace("}", "}}"),
        survey=SURVEY.replace(
            "type: yes_no}", "type: yes_no}\n      - {id: who, ask: Your name, type: text, personal: true}"
        ),
        **more,
    )


def played(town):
    """Ana answers and is thanked, Bo begins; mails lie about; the round closes."""
    town.load()
    town.tick(OPENS)
    for who, given in (
        ("ana", {("rating", ""): "5", ("more", ""): WORDS, ("again", ""): "yes", ("who", ""): "Ana Example"}),
        ("bo", {("rating", ""): "2", ("more", ""): f"{WORDS}, says Bo"}),
    ):
        reply = IncomingReply(channel="web", invitation_id=town.invitation(who).id, given=given)
        assert isinstance(record_reply(reply, town.store, OPENS + timedelta(hours=1)), Saved)
    ana = town.invitation("ana")
    assert isinstance(submit(ana.id, town.store, OPENS + timedelta(hours=1), channel="web"), Submitted)
    with town.store.writing() as tx:
        kept = raw_mail.keep(tx, f"Subject: x\n\n{WORDS}".encode(), "one", FIRST)
        raw_mail.settle(tx, kept.id, "mapped", FIRST, participant_id=ana.participant_id, invitation_id=ana.id)
        loose = raw_mail.keep(tx, f"Subject: y\n\n{WORDS}".encode(), "two", CLOSES)
        raw_mail.settle(tx, loose.id, "triage", FIRST)
        said = {"channel": "mail", "sender": "ana@example.test", "reason": "a free text", "fields": {}, "now": FIRST}
        triage.keep(tx, text=WORDS, round_id=town.round().id, invitation_id=ana.id, **said)
    for moment in (OPENS + timedelta(hours=2), FIRST, SECOND, LAST, CLOSES):
        town.tick(moment)


def figures(town):
    with town.store.reading() as tx:
        stored = programme_by_key(tx, "town")
        status = round_status(tx, town.round(), at("2030-01-01 00:00"))
        return status, programme_coverage(tx, stored)


def count(town, table, *which):
    with town.store.reading() as tx:
        return tx.execute(select(func.count()).select_from(table).where(*which)).scalar_one()


def exported(town):
    with town.store.reading() as tx:
        return as_json(export_of(tx, town.round()))


def holds(town, words):
    """Whether the bytes stand in the database's file, or in what lies beside it."""
    files = town.store.path.parent.glob(f"{town.store.path.name}*")
    return any(words.encode() in path.read_bytes() for path in files)


def plan(town, moment):
    with town.store.reading() as tx:
        return kept_lines(tx, moment)


def sums(lines):
    found = {}
    for each in lines:
        found[each.what] = found.get(each.what, 0) + each.rows
    return found


def test_each_kind_goes_when_its_time_has_come_and_as_was_said(store, tmp_path, server):
    town = town_with(store, tmp_path, server, RULES)
    played(town)
    before, sent = figures(town), len(server.taken)
    said = {each.what: each.at for each in plan(town, CLOSES) if each.round}
    assert said == {what: moment for what, moment in GONE_BY.items() if what != "addresses"}
    for what, moment in GONE_BY.items():
        early = moment - timedelta(minutes=1)
        report = town.tick(early)
        assert what not in report.removed, what
        listed = [each for each in plan(town, moment) if each.due]
        assert what in sums(listed)
        done = town.tick(moment)
        assert dict(done.removed) == sums(listed), what
        assert [each for each in plan(town, moment) if each.due] == []
        assert figures(town) == before
    assert holds(town, "plover-51c0") is False
    assert holds(town, "@example.test") is False
    assert len(server.taken) == sent
    assert exported(town)["responses"] == []
    assert exported(town)["deleted"] == 2
    with store.writing() as tx:
        audit_chain.seal_new(tx)
        assert isinstance(audit_chain.verify(tx), audit_chain.Whole)
        told = [line for line in audit.lines(tx) if line.what == "kept long enough"]
    assert {line.after["what"] for line in told} == set(GONE_BY)
    assert WORDS not in str(told)


def test_bytes_are_there_before_and_not_after(store, tmp_path, server):
    town = town_with(store, tmp_path, server, "\nretention: {answers: 2 years}\n")
    played(town)
    assert holds(town, "plover-51c0")
    town.tick(GONE_BY["answers"] - timedelta(seconds=1))
    assert holds(town, "plover-51c0")
    # The receipt, the mail and the text to be sorted repeat it, and have no period of their own.
    town.tick(GONE_BY["answers"])
    assert count(town, raw_messages, raw_messages.c.invitation_id.is_not(None)) == 0
    with store.writing() as tx:
        # The one mail that belongs to no round has no period either.
        tx.execute(raw_messages.delete())
        tx.exec_driver_sql("select 1")
    store.close()
    assert holds(town, "plover-51c0") is False


def test_answers_can_be_cut_from_people_and_kept(store, tmp_path, server):
    town = town_with(store, tmp_path, server, ANONYMISE)
    played(town)
    before, linked = figures(town), exported(town)
    town.tick(GONE_BY["answers"])
    after = exported(town)
    assert "deleted" not in after
    assert figures(town) == before

    def said(found):
        return sorted((each["state"], sorted(each["answers"].items()), sorted(each["raw"].items())) for each in found)

    assert said(after["responses"]) == said(linked["responses"])
    assert {each["participant"] for each in after["responses"]} == {None}
    assert {(each["area"], tuple(each["perspectives"])) for each in after["responses"]} == {(None, ())}
    assert count(town, answers) == 0
    # What is personal is in neither.
    assert holds(town, "Ana Example, who") is False
    with store.reading() as tx:
        kept = [row.answers for row in tx.execute(select(unlinked_returns))]
    assert all("who" not in each for each in kept)
    # A second look finds nothing.
    assert not town.tick(GONE_BY["answers"] + timedelta(days=3)).removed
    assert exported(town)["responses"] == after["responses"]


def test_anonymised_answers_may_be_deleted_later(store, tmp_path, server):
    town = town_with(store, tmp_path, server, ANONYMISE)
    played(town)
    town.tick(GONE_BY["answers"])
    town.programme = PROGRAMME + RULES.replace("answers: 2 years", "answers: 3 years")
    town.load(GONE_BY["answers"])
    assert town.tick(at("2027-12-16 17:00")).removed["answers"] == 2
    assert exported(town)["deleted"] == 2
    assert holds(town, "plover-51c0") is False


def test_without_addresses_nobody_is_reminded_twice(store, tmp_path, server):
    town = town_with(store, tmp_path, server, RULES)
    played(town)
    town.tick(GONE_BY["addresses"])
    assert count(town, addresses) == 0
    assert count(town, participants, participants.c.phone != "") == 0
    sent = len(server.taken)
    # The same panel once more brings the addresses back, until the next look.
    town.import_panel(GONE_BY["addresses"])
    town.look_again()
    town.tick(GONE_BY["addresses"] + timedelta(hours=1))
    assert len(server.taken) == sent
    town.tick(GONE_BY["addresses"] + timedelta(days=2))
    assert count(town, addresses) == 0


def test_addresses_stay_while_a_round_is_to_come(store, tmp_path, server):
    later = "  - id: spring\n    survey: autumn.yaml\n    opens: 2026-03-02 09:00\n    closes: 2026-03-20 17:00\n    hold: true\n"
    town = town_with(store, tmp_path, server, later + RULES)
    played(town)
    assert "addresses" not in town.tick(GONE_BY["addresses"]).removed
    assert [each.at for each in plan(town, CLOSES) if each.what == "addresses"] == [None]


def test_whoever_asked_for_silence_can_not_be_named_after_their_address_is_gone(store, tmp_path, server):
    town = town_with(store, tmp_path, server, RULES)
    town.load()
    town.tick(OPENS)
    opt_out(town.invitation("di").participant_id, store, OPENS, actor=CONSOLE)
    town.tick(CLOSES)
    town.tick(GONE_BY["addresses"])
    panel = town.folder / "panel.csv"
    panel.write_text("id,name,email,area,perspectives\nnew-1,Somebody New,DI@example.test,north,host\n")
    told = import_panel(panel, store, "town", GONE_BY["addresses"], actor=CONSOLE)
    assert any(each.startswith(f"{panel}:2: participant new-1: left out") for each in told.warnings)


def test_a_round_whose_answers_are_gone_is_not_opened_again(store, tmp_path, server):
    town = town_with(store, tmp_path, server, RULES)
    played(town)
    town.tick(GONE_BY["answers"])
    moment = GONE_BY["answers"]
    refused = reopen_round(town.round().id, moment + timedelta(days=5), "", open_round, store, moment, actor=CONSOLE)
    assert isinstance(refused, Declined)
    assert "no longer kept" in refused.reason


def test_a_round_that_is_open_keeps_everything(store, tmp_path, server):
    town = town_with(store, tmp_path, server, RULES, closes="2028-12-16 17:00")
    town.load()
    town.tick(OPENS)
    for moment in GONE_BY.values():
        removed = town.tick(moment).removed
        assert set(removed) <= {"audit"}
    assert [each.at for each in plan(town, OPENS) if each.what == "messages"] == [None]


def test_without_rules_nothing_goes_and_that_is_said(store, tmp_path, server):
    town = town_with(store, tmp_path, server, "")
    played(town)
    assert not town.tick(at("2060-01-01 00:00")).removed
    with store.reading() as tx:
        assert without_rules(tx) == ("town",)
        assert kept_lines(tx, at("2060-01-01 00:00")) == ()


def test_the_audit_begins_at_an_anchor_then(store, tmp_path, server):
    town = town_with(store, tmp_path, server, "\nretention: {audit: 1 year}\n")
    played(town)
    with store.writing() as tx:
        audit_chain.seal_new(tx)
        whole = audit_chain.verify(tx)
    assert isinstance(whole, audit_chain.Whole)
    many = whole.sealed
    removed = town.tick(at("2025-12-01 00:00")).removed["audit"]
    assert 0 < removed < many

    def verified():
        with store.writing() as tx:
            audit_chain.seal_new(tx)
            return audit_chain.verify(tx)

    found = verified()
    assert isinstance(found, audit_chain.Whole)
    assert (found.cut, found.sealed) == (removed, many - removed + 1)
    # Everything goes but what tells of it, and that is no reason for another cut.
    town.tick(at("2027-01-01 00:00"))
    last = verified()
    assert isinstance(last, audit_chain.Whole)
    assert last.cut > removed
    town.tick(at("2029-01-01 00:00"))
    again = verified()
    assert isinstance(again, audit_chain.Whole)
    assert not town.tick(at("2031-01-01 00:00")).removed


def test_a_line_that_must_stay_keeps_those_after_it(store, tmp_path, server):
    town = town_with(store, tmp_path, server, "\nretention: {audit: 1 year}\n")
    played(town)
    other = tmp_path / "other"
    other.mkdir()
    (other / "programme.yaml").write_text("programme: other\ntitle: Other\ntimezone: Europe/London\n")
    load_programme(other / "programme.yaml", store, at("2024-11-01 00:00"), dry_run=False, actor=CONSOLE)
    with store.writing() as tx:
        audit_chain.seal_new(tx)
        first = tx.execute(
            select(func.min(audit_lines.c.id)).where(audit_lines.c.programme_id == programme_by_key(tx, "other").id)
        ).scalar_one()
    town.tick(at("2060-01-01 00:00"))
    assert count(town, audit_lines, audit_lines.c.id == first) == 1
    assert count(town, audit_lines, audit_lines.c.id < first) == 0


def test_what_a_reader_holds_is_swept_when_it_has_ended(store, tmp_path, server):
    town = town_with(store, tmp_path, server, "\nretention: {answers: 2 years}\n")
    played(town)
    with store.writing() as tx:
        tx.execute(raw_messages.delete().where(raw_messages.c.invitation_id.is_(None)))
    moment = GONE_BY["answers"]
    with store.reading() as tx:
        tx.execute(select(answers.c.raw)).all()
        assert town.tick(moment).removed
    town.tick(moment + timedelta(minutes=11))
    assert holds(town, "plover-51c0") is False


def test_a_past_season_that_is_loaded_today_can_be_played_to_its_periods(store, tmp_path, server):
    town = town_with(store, tmp_path, server, RULES)
    today = at("2026-11-25 12:00")
    town.load(today)
    for moment in (OPENS, FIRST, SECOND, LAST, CLOSES):
        town.tick(moment)
    assert "addresses" not in town.tick(GONE_BY["addresses"] - timedelta(minutes=1)).removed
    assert town.tick(GONE_BY["addresses"]).removed["addresses"] == 4


def test_whoever_is_new_on_the_panel_is_kept_for_as_long_after_that(store, tmp_path, server):
    town = town_with(store, tmp_path, server, RULES)
    played(town)
    town.people = (*town.people, "eli")
    town.import_panel(at("2025-12-01 12:00"))
    assert town.tick(GONE_BY["addresses"]).removed["addresses"] == 4
    assert count(town, addresses) == 1
    assert "addresses" not in town.tick(at("2026-12-01 11:59")).removed
    assert town.tick(at("2026-12-01 12:00")).removed["addresses"] == 1
