import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from handlers.load import Loaded, NoSuchProgramme, Unreadable, check_survey, import_panel, load_programme
from storage.instruments import instruments_of, mark_used
from storage.people import add_delegate, mark_address_bad, participants_of
from storage.programmes import newest_notice, programme_by_key
from storage.round_rows import round_rows
from storage.rounds import all_rounds, mark_open, round_by_id
from storage.sessions import sessions_of
from storage.tables.oversight import audit_lines
from storage.tables.people import opt_outs, participants
from storage.tables.rounds import deadline_changes, rounds
from surveys.authority import CONSOLE
from surveys.panel import Attendance
from surveys.programme import SessionStatus
from surveys.rounds import RoundState
from tests.handlers.village import BEFORE, Village, dump

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
WHILE_OPEN = datetime(2025, 4, 7, 12, tzinfo=UTC)


def the_round(village: Village, key: str):
    with village.store.reading() as tx:
        return next(each for each in all_rounds(tx) if each.key == key)


def people(village: Village):
    with village.store.reading() as tx:
        stored = programme_by_key(tx, "village")
        assert stored is not None
        return {each.key: each for each in participants_of(tx, stored.id)}


def open_round(village: Village, key: str, now: datetime) -> None:
    found = the_round(village, key)
    with village.store.writing() as tx:
        mark_open(tx, found, now)


@pytest.mark.parametrize("name", ["courageous-conversations", "feature-tour", "leadership-modules"])
def test_the_examples_load_and_a_second_time_nothing_changes(name, store, tmp_path):
    shutil.copytree(EXAMPLES / name, tmp_path / name)
    path = tmp_path / name / "programme.yaml"
    now = datetime(2024, 11, 1, tzinfo=UTC)
    first = load_programme(path, store, now, dry_run=False, actor=CONSOLE)
    assert isinstance(first, Loaded)
    assert first.warnings == ()
    stored = dump(store)
    second = load_programme(path, store, now + timedelta(days=1), dry_run=False, actor=CONSOLE)
    assert second == Loaded(programme=name, changes=(), warnings=())
    assert dump(store) == stored


def test_what_is_loaded_stands_in_the_database(village):
    changes = village.changes()
    assert "programme village: added" in changes
    assert "participant ann: added" in changes
    assert "round middle: added, opens 2025-04-01 09:00, closes 2025-04-14 17:00" in changes
    assert "round after--spring: added, opens 2025-03-10 13:00, closes 2025-03-17 13:00" in changes
    ann, cy = people(village)["ann"], people(village)["cy"]
    assert ann.attendances == (
        Attendance(session="spring", perspective="host"),
        Attendance(session="summer", perspective="guest"),
    )
    assert [each.value for each in cy.addresses] == ["cy@example.org", "cyrus@home.test"]
    middle = the_round(village, "middle")
    assert middle.state is RoundState.PLANNED
    # British summer time has begun.
    assert middle.opens_at == datetime(2025, 4, 1, 8, tzinfo=UTC)
    assert middle.closes_at == datetime(2025, 4, 14, 16, tzinfo=UTC)


def test_a_dry_run_tells_the_same_and_stores_nothing(village, store):
    before = dump(store)
    said = village.changes(dry_run=True)
    assert dump(store) == before
    assert village.changes() == said
    village.edit(village.panel, "bob@example.org", "robert@example.org")
    village.edit(village.programme, "title: Village hall", "title: The hall")
    standing = dump(store)
    assert village.changes(dry_run=True) == [
        "programme village: title changed",
        "participant bob: email added",
        "participant bob: email removed",
    ]
    assert dump(store) == standing


def test_all_problems_of_all_files_are_told_at_once_and_nothing_is_stored(village, store):
    village.edit(village.programme, "timezone: Europe/London", "timezone: Europe/Londn")
    village.edit(village.programme, "kind: mid_cycle", "kynd: mid_cycle")
    village.edit(village.survey, "type: yes_no", "type: yesno")
    village.edit(village.survey, "'no'", "no")
    village.edit(village.panel, "bob@example.org", "bob at example.org")
    village.edit(village.panel, "south,guest,summer", "suoth,guest,summer")
    before = dump(store)
    problems = village.problems()
    assert problems == [
        (
            "programme.yaml:3: timezone: 'Europe/Londn' is not a time zone such as Europe/London; "
            "did you mean 'Europe/London'?"
        ),
        "programme.yaml:19: rounds[0].kynd: unknown key; did you mean 'kind'?",
        *[each for each in problems if each.startswith("short.yaml")],
        "panel.csv:3: email: 'bob at example.org' is not an address",
        "panel.csv:4: area: 'suoth' is not an area of the programme; did you mean 'south'?",
    ]
    assert [each.split(": ")[:2] for each in problems if each.startswith("short.yaml")] == [
        ["short.yaml:8", "sections[0].items[1].type"],
        ["short.yaml:9", "sections[0].items[2].when"],
    ]
    assert dump(store) == before


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("survey: short.yaml", "survey: long.yaml", "rounds[0].survey: there is no file 'long.yaml' beside this one"),
        (
            "panel: panel.csv",
            "panel: people.csv",
            "programme.yaml:15: panel: there is no file 'people.csv' beside this one",
        ),
        (
            "closes: 2025-04-14 close of play",
            "closes: 2025-03-31",
            "programme.yaml:21: rounds[0].closes: the round closes before it opens (2025-04-01 09:00)",
        ),
        (
            "closes: 5 working days after opens",
            "closes: 30 minutes after session",
            "programme.yaml:28: rounds[1].closes: after--spring: the round closes before it opens",
        ),
        (
            "calendar: GB-ENG",
            "calendar: GB-ENGLAND",
            (
                "programme.yaml:4: calendar: 'GB-ENGLAND' is not a calendar of public holidays such as GB-ENG; "
                "did you mean 'GB-ENG'?"
            ),
        ),
        ("title: Village hall", "title: 'Village", "not readable as YAML"),
        ("programme: village", "\t", "not readable as YAML"),
    ],
)
def test_a_wrong_programme_is_refused_with_its_place(village, store, old, new, expected):
    village.edit(village.programme, old, new)
    assert expected in "\n".join(village.problems())
    assert not any(row.startswith(("programmes ", "rounds ")) for row in dump(store))


def test_a_used_version_can_not_change_and_the_problem_says_what_differs(village):
    village.load()
    village.edit(village.survey, "Would you come again?", "Would you return?")
    assert "questionnaire short version 1: replaced, as no round has used it yet" in village.changes()
    open_round(village, "middle", WHILE_OPEN)
    village.edit(village.survey, "Would you return?", "Would you come back?")
    (problem,) = village.problems(WHILE_OPEN)
    assert problem.startswith("short.yaml:2: version: version 1 of 'short' has been used")
    assert "Would you return?" in problem
    assert "Would you come back?" in problem


def test_layout_alone_is_no_change_of_a_used_version(village):
    village.load()
    with village.store.writing() as tx:
        stored = programme_by_key(tx, "village")
        mark_used(tx, instruments_of(tx, stored.id)[0].id, WHILE_OPEN)
    village.edit(village.survey, "survey: short", "# A comment\nsurvey:   'short'")
    assert village.changes(WHILE_OPEN) == []


def test_a_new_version_stands_beside_the_old_one(village):
    village.load()
    open_round(village, "after--spring", datetime(2025, 3, 10, 13, tzinfo=UTC))
    used = the_round(village, "after--spring").instrument_id
    village.edit(village.survey, "version: 1", "version: 2")
    village.edit(village.survey, "Would you come again?", "Would you come back?")
    changes = village.changes(datetime(2025, 3, 11, tzinfo=UTC))
    assert changes[0] == "questionnaire short version 2: added; not comparable with version 1: again"
    assert set(changes[1:]) == {"round middle: questionnaire changed", "round after--summer: questionnaire changed"}
    with village.store.reading() as tx:
        stored = programme_by_key(tx, "village")
        first, second = instruments_of(tx, stored.id)
    assert second.not_comparable == {"again"}
    assert the_round(village, "after--spring").instrument_id == used == first.id
    assert the_round(village, "middle").instrument_id == second.id


def test_opt_outs_pauses_and_preferences_stay(village):
    village.load()
    with village.store.writing() as tx:
        ann = tx.execute(select(participants.c.id).where(participants.c.key == "ann")).scalar_one()
        tx.execute(opt_outs.insert().values(participant_id=ann, round_id=None, at=BEFORE, channel="web"))
        tx.execute(
            update(participants)
            .where(participants.c.key == "bob")
            .values(paused_until=WHILE_OPEN, preferred="slack", opted_out_at=None)
        )
    village.edit(village.panel, "Ann Mortlake", "Anne Mortlake")
    village.edit(village.panel, "guest,spring,", "guest,spring,mail")
    loaded = village.load()
    assert [str(change) for change in loaded.changes] == ["participant ann: name changed"]
    assert loaded.warnings == ("participant bob: the preferred channel stays 'slack', as a file never changes it",)
    assert people(village)["ann"].opted_out
    assert people(village)["bob"].paused_until == WHILE_OPEN
    assert people(village)["bob"].preferred == "slack"


WORDS_ALONE = (
    "these are words for people alone, and nothing is deleted by them; a period for each kind of thing does that: "
    "{answers: 2 years, raw_mails: 90 days}"
)


def test_what_a_file_asks_and_nothing_obeys_is_warned_of(village):
    village.edit(village.programme, "panel: panel.csv", "panel: panel.csv\nretention: two years\nchannels: [web]")
    warnings = [warning.partition(": ")[2] for warning in village.load().warnings]
    assert warnings == [
        f"retention: {WORDS_ALONE}",
        "channels: nobody can be asked by any of these",
    ]
    village.edit(village.programme, "channels: [web]", "channels: [teams, mail]")
    assert not any("channels" in warning for warning in village.load().warnings)


def test_a_bad_address_stays_bad(village):
    village.load()
    bad = people(village)["bob"].addresses[0]
    with village.store.writing() as tx:
        mark_address_bad(tx, bad.id, "no such mailbox", BEFORE)
    village.edit(village.panel, "bob@example.org", "bob@example.org;bob@home.test")
    assert village.changes() == ["participant bob: email added"]
    assert [each.bad for each in people(village)["bob"].addresses] == ["no such mailbox", ""]


def test_who_is_missing_is_listed_and_stays_unless_told_otherwise(village):
    village.load()
    village.edit(village.panel, "bob,Bob Tarrant,bob@example.org,south,guest,spring,\n", "")
    loaded = village.load()
    assert loaded.changes == ()
    assert loaded.warnings == ("participant bob is not in the file any more, and stays (--remove-missing removes)",)
    assert village.changes(remove_missing=True) == ["participant bob: removed"]
    assert people(village)["bob"].removed
    assert village.changes(remove_missing=True) == []
    with village.panel.open("a", encoding="utf-8") as panel:
        panel.write("bob,Bob Tarrant,bob@example.org,south,guest,spring,\n")
    assert village.changes() == ["participant bob: is back"]
    assert not people(village)["bob"].removed


def test_bad_rows_can_be_left_out_and_their_people_do_not_count_as_missing(village):
    village.load()
    village.edit(village.panel, "bob@example.org", "bob")
    assert village.problems() == ["panel.csv:3: email: 'bob' is not an address"]
    village.edit(village.panel, "Ann Mortlake", "Anne Mortlake")
    loaded = village.load(skip_bad=True, remove_missing=True)
    assert [str(change) for change in loaded.changes] == ["participant ann: name changed"]
    assert loaded.warnings == (f"{village.panel}:3: email: 'bob' is not an address (row left out)",)
    assert not people(village)["bob"].removed


def test_a_close_in_the_past_is_a_warning_and_loads_the_round_as_closed(village):
    later = datetime(2025, 5, 1, tzinfo=UTC)
    loaded = village.load(later)
    assert f"{village.programme}:21: rounds[0].closes: the close of middle has passed: it is loaded as closed" in (
        loaded.warnings
    )
    assert the_round(village, "middle").state is RoundState.CLOSED
    assert the_round(village, "middle").opened_at is None
    assert village.changes(later) == []


def test_a_round_within_quiet_hours_is_a_warning(village):
    village.edit(village.programme, "calendar: GB-ENG", 'calendar: GB-ENG\nquiet_hours: "18:30-08:00"')
    village.edit(village.programme, "opens: 2025-04-01 09:00", "opens: 2025-04-13 20:00")
    village.edit(village.programme, "closes: 2025-04-14 close of play", "closes: 2025-04-14 07:30")
    (warning,) = village.load().warnings
    assert warning.endswith("rounds[0].closes: it opens in quiet hours and closes before they end: nobody is invited")


def test_close_of_play_on_a_day_off_is_the_working_day_before(village):
    # Good Friday.
    village.edit(village.programme, "2025-04-14 close of play", "2025-04-18 close of play")
    loaded = village.load()
    assert the_round(village, "middle").closes_at == datetime(2025, 4, 17, 16, tzinfo=UTC)
    (warning,) = loaded.warnings
    assert warning.startswith(f"{village.programme}:21: rounds[0].closes: ")
    assert "is not a working day" in warning


def test_hold_keeps_a_round_until_it_is_taken_out_of_the_file(village):
    village.edit(village.programme, "kind: mid_cycle", "kind: mid_cycle\n    hold: true")
    village.load()
    assert the_round(village, "middle").state is RoundState.HELD
    village.edit(village.programme, "\n    hold: true", "")
    assert village.changes() == ["round middle: now planned"]


def test_an_organisers_hold_is_not_undone_by_loading_again(village):
    village.load()
    with village.store.writing() as tx:
        tx.execute(update(rounds).where(rounds.c.key == "middle").values(state=RoundState.HELD))
    assert village.changes() == []
    assert the_round(village, "middle").state is RoundState.HELD


def test_a_new_close_replans_an_open_round_and_allows_one_more_reminder(village):
    village.load()
    open_round(village, "middle", WHILE_OPEN)
    village.edit(village.programme, "2025-04-14 close of play", "2025-04-17 close of play")
    assert village.changes(WHILE_OPEN) == ["round middle: closes 2025-04-17 17:00, not 2025-04-14 17:00"]
    middle = the_round(village, "middle")
    assert middle.extensions == 1
    assert middle.closes_before == datetime(2025, 4, 14, 16, tzinfo=UTC)
    assert middle.extended_at == WHILE_OPEN
    with village.store.reading() as tx:
        (moved,) = tx.execute(select(deadline_changes)).all()
        assert (moved.before, moved.after) == (middle.closes_before, middle.closes_at)
        assert tx.execute(select(audit_lines.c.what)).scalars().all().count("deadline moved") == 1
        assert tx.execute(select(rounds.c.look_again_at).where(rounds.c.key == "middle")).scalar_one() is None
    assert village.changes(WHILE_OPEN) == []


def test_a_planned_round_simply_follows_its_file(village):
    village.load()
    village.edit(village.programme, "2025-04-14 close of play", "2025-04-17 close of play")
    village.edit(village.programme, "2025-04-01 09:00", "2025-04-02 10:00")
    assert village.changes() == [
        "round middle: opens 2025-04-02 10:00, not 2025-04-01 09:00",
        "round middle: closes 2025-04-17 17:00, not 2025-04-14 17:00",
    ]
    middle = the_round(village, "middle")
    assert (middle.extensions, middle.closes_before) == (0, None)


def test_an_organisers_extension_is_not_undone_by_loading_the_same_file(village):
    village.load()
    open_round(village, "middle", WHILE_OPEN)
    extended = datetime(2025, 4, 30, 16, tzinfo=UTC)
    with village.store.writing() as tx:
        tx.execute(update(rounds).where(rounds.c.key == "middle").values(closes_at=extended))
    assert village.changes(WHILE_OPEN) == []
    village.edit(village.programme, "title: Village hall", "title: The hall")
    assert village.changes(WHILE_OPEN) == ["programme village: title changed"]
    assert the_round(village, "middle").closes_at == extended


def test_a_closed_round_is_not_reopened_by_its_file(village):
    village.load()
    open_round(village, "middle", WHILE_OPEN)
    with village.store.writing() as tx:
        tx.execute(update(rounds).where(rounds.c.key == "middle").values(state=RoundState.CLOSED))
    village.edit(village.programme, "2025-04-14 close of play", "2025-04-30 close of play")
    loaded = village.load(datetime(2025, 4, 20, tzinfo=UTC))
    assert "round middle is closed; to move its close, reopen it: soundings round reopen" in loaded.warnings
    assert the_round(village, "middle").state is RoundState.CLOSED


def test_what_people_were_promised_can_not_change(village):
    village.load()
    open_round(village, "middle", WHILE_OPEN)
    village.edit(village.programme, "kind: mid_cycle", "kind: mid_cycle\n    mode: identified")
    (problem,) = village.problems(WHILE_OPEN)
    assert problem == (
        "programme.yaml:20: rounds[0].mode: middle has opened as confidential, as people were told: "
        "its mode can't become identified"
    )


def test_whom_an_invitation_is_for_can_not_change_once_they_are_out(village):
    village.load()
    open_round(village, "middle", WHILE_OPEN)
    village.edit(village.programme, "kind: mid_cycle", "kind: mid_cycle\n    per: session")
    (problem,) = village.problems(WHILE_OPEN)
    assert problem.startswith("programme.yaml:20: rounds[0].per: middle has opened")


def test_a_delegate_in_the_panel_belongs_to_it(village):
    village.load()
    with village.store.writing() as tx:
        stored = programme_by_key(tx, "village")
        ann = people(village)["ann"]
        key = add_delegate(tx, stored.id, "Dee Vane", "dee@example.org", ann, BEFORE).key
    assert village.load().warnings == ()
    with village.panel.open("a", encoding="utf-8") as panel:
        panel.write(",Dee Vane,dee@example.org,north,,,\n")
    assert village.changes() == [f"participant {key}: belongs to the panel now"]
    assert key in people(village)


def test_a_moved_session_moves_its_planned_round_and_a_cancelled_one_cancels_it(village):
    village.load()
    village.edit(
        village.programme,
        "starts: 2025-06-10 10:00, ends: 2025-06-10 12:00",
        "starts: 2025-06-12 10:00, ends: 2025-06-12 12:00",
    )
    assert village.changes() == [
        "session summer: moved to 2025-06-12 10:00, until 2025-06-12 12:00",
        "round after--summer: opens 2025-06-12 13:00, not 2025-06-10 13:00",
        "round after--summer: closes 2025-06-19 13:00, not 2025-06-17 13:00",
    ]
    village.edit(village.programme, "ends: 2025-06-12 12:00", "ends: 2025-06-12 12:00, status: cancelled")
    assert village.changes() == ["session summer: cancelled", "round after--summer: cancelled"]
    assert village.changes() == []
    village.edit(village.programme, ", status: cancelled", "")
    assert village.changes() == ["session summer: planned again", "round after--summer: planned again"]


def test_entries_taken_out_cancel_planned_rounds_and_leave_opened_ones_whole(village):
    village.load()
    open_round(village, "middle", WHILE_OPEN)
    text = village.programme.read_text(encoding="utf-8")
    village.programme.write_text(text[: text.index("rounds:")] + "rounds: []\n", encoding="utf-8")
    loaded = village.load(WHILE_OPEN)
    assert {str(change) for change in loaded.changes} == {
        "round after--spring: cancelled",
        "round after--summer: cancelled",
    }
    assert loaded.warnings == ("round middle is not in the file any more; it has opened, and stays as it is",)
    middle = the_round(village, "middle")
    assert middle.audience.held_only
    assert middle.reminders is not None
    assert village.load(WHILE_OPEN).changes == ()


def test_a_session_taken_out_is_cancelled_while_people_point_at_it(village):
    village.load()
    village.edit(
        village.programme, "  - {id: summer, area: south, starts: 2025-06-10 10:00, ends: 2025-06-10 12:00}\n", ""
    )
    village.edit(village.panel, ";summer:guest", "")
    assert village.problems() == ["panel.csv:4: sessions: 'summer' is not a session of the programme"]
    village.edit(village.panel, "south,guest,summer", "south,guest,")
    changes = village.changes()
    assert "session summer: not in the file any more: cancelled" in changes
    assert "round after--summer: cancelled" in changes
    assert village.changes() == []
    with village.store.reading() as tx:
        stored = programme_by_key(tx, "village")
        status = {each.session.key: each.session.status for each in sessions_of(tx, stored.id)}
    assert status["summer"] is SessionStatus.CANCELLED


def test_new_words_of_the_notice_make_a_new_version(village):
    village.load()
    village.edit(village.programme, "The village hall", "The hall's committee")
    assert village.changes() == ["programme village: privacy notice: version 2"]
    with village.store.reading() as tx:
        notice = newest_notice(tx, programme_by_key(tx, "village").id)
    assert (notice.version, notice.words) == (2, {"controller": "The hall's committee", "contact": "hall@example.org"})


def test_sessions_can_stand_in_a_file_of_their_own(village):
    village.edit(village.programme, "panel: panel.csv", "panel: panel.csv\nsessions_file: more.csv")
    more = village.folder / "more.csv"
    more.write_text("id,area,starts,ends\nautumn,north,2025-09-10 10:00,2025-09-10 09:00\n", encoding="utf-8")
    assert village.problems() == ["more.csv:2: ends: the session ends before it starts (2025-09-10 10:00)"]
    more.write_text("id,area,starts,ends\nautumn,north,2025-09-10 10:00,2025-09-10 12:00\n", encoding="utf-8")
    assert "round after--autumn: added, opens 2025-09-10 13:00, closes 2025-09-17 13:00" in village.changes()
    assert village.changes() == []


CALENDAR = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Village//EN
{events}
END:VCALENDAR
"""


def event(*lines: str) -> str:
    return "\n".join(["BEGIN:VEVENT", *lines, "END:VEVENT"])


def of_calendar(village, *events: str) -> None:
    (village.folder / "more.ics").write_text(CALENDAR.format(events="\n".join(events)), encoding="utf-8")


@pytest.fixture
def with_calendar(village):
    village.edit(village.programme, "panel: panel.csv", "panel: panel.csv\nsessions_file: more.ics")
    return village


def test_sessions_can_stand_in_a_calendar_file(with_calendar):
    village = with_calendar
    of_calendar(
        village,
        event(
            "UID:autumn@calendar.test",
            "SUMMARY:Autumn day",
            "LOCATION:North",
            "DTSTART:20250910T090000Z",
            "DURATION:PT2H",
        ),
        event("UID:Two Days!", "CATEGORIES:Holiday,north", "DTSTART;VALUE=DATE:20251001", "DTEND;VALUE=DATE:20251003"),
        event(
            "UID:own@x",
            "X-SOUNDINGS-ID:chosen",
            "X-SOUNDINGS-AREA:north",
            "DTSTART:20251101T100000",
            "DTEND:20251101T110000",
        ),
        event("UID:off@x", "DTSTART:20251102T100000Z", "STATUS:CANCELLED"),
    )
    changes = village.changes()
    with village.store.reading() as tx:
        programme = programme_by_key(tx, "village").programme
    found = {each.key: each for each in programme.sessions}
    assert f"{found['autumn'].starts:%Y-%m-%d %H:%M}–{found['autumn'].ends:%H:%M}" == "2025-09-10 10:00–12:00"
    assert found["autumn"].area == found["two-days"].area == found["chosen"].area == "north"
    assert f"{found['two-days'].starts:%m-%d %H:%M} {found['two-days'].ends:%m-%d %H:%M}" == "10-01 09:00 10-02 17:00"
    assert f"{found['chosen'].starts:%H:%M}" == "10:00"
    assert found["off"].status is SessionStatus.CANCELLED
    assert "round after--autumn: added, opens 2025-09-10 13:00, closes 2025-09-17 13:00" in changes
    assert village.changes() == []


def test_of_two_versions_of_an_event_the_later_counts(with_calendar):
    first = ("UID:a@x", "DTSTART:20250910T090000Z", "DTEND:20250910T100000Z")
    later = ("UID:a@x", "DTSTART:20250911T090000Z", "DTEND:20250911T100000Z", "SEQUENCE:2")
    of_calendar(with_calendar, event(*later), event(*first))
    with_calendar.load()
    with with_calendar.store.reading() as tx:
        programme = programme_by_key(tx, "village").programme
    assert f"{programme.session('a').starts:%Y-%m-%d}" == "2025-09-11"


def test_every_event_that_can_not_be_read_is_told_with_its_line(with_calendar):
    of_calendar(
        with_calendar,
        event("UID:a@x", "SUMMARY:Weekly", "DTSTART:20250910T090000Z", "RRULE:FREQ=WEEKLY"),
        event("SUMMARY:Nameless", "DTSTART:20250910T090000Z"),
        event("UID:b@x", "SUMMARY:Never"),
        event("UID:c@x", "SUMMARY:Odd", "DTSTART:2025x"),
        event("UID:d@x", "X-SOUNDINGS-AREA:nowhere", "DTSTART:20250910T090000Z"),
    )
    assert with_calendar.problems() == [
        "more.ics:4: the event 'Weekly' repeats: give each of its days an event of its own",
        "more.ics:10: the event 'Nameless' has no UID to know it by",
        "more.ics:14: the event 'Never' does not say when it begins",
        "more.ics:18: the event 'Odd' does not say when it begins",
        "more.ics:23: area: 'nowhere' is not an area of this programme",
    ]


@pytest.mark.parametrize("text", ["", "no calendar", "BEGIN:VCALENDAR\nBEGIN:VEVENT\n", "\x00\x01"])
def test_a_file_that_is_no_calendar_is_refused_in_one_line(with_calendar, text):
    (with_calendar.folder / "more.ics").write_text(text, encoding="utf-8")
    (problem,) = with_calendar.problems()
    assert problem.startswith("more.ics:1: ")


def test_a_session_that_was_held_stays_though_the_calendar_begins_later(with_calendar):
    village = with_calendar
    past = event("UID:past@x", "X-SOUNDINGS-AREA:north", "DTSTART:20240110T090000Z", "DTEND:20240110T100000Z")
    coming = event("UID:coming@x", "X-SOUNDINGS-AREA:north", "DTSTART:20350110T090000Z", "DTEND:20350110T100000Z")
    of_calendar(village, past, coming)
    village.load()
    of_calendar(village, coming)
    assert village.changes() == []
    of_calendar(village, past)
    assert "session coming: not in the file any more: cancelled" in village.changes()


def test_an_unlinked_round_says_what_it_leaves_out(village):
    village.edit(village.programme, "kind: mid_cycle", "kind: mid_cycle\n    mode: unlinked")
    village.edit(village.survey, "type: yes_no", "type: yes_no, personal: true")
    (warning,) = village.load().warnings
    assert warning == (
        f"{village.programme}:17: rounds[0]: an unlinked round leaves out what could tell who answered: again"
    )


def test_an_unlinked_round_says_what_is_put_to_some_only(village):
    village.edit(village.programme, "kind: mid_cycle", "kind: mid_cycle\n    mode: unlinked")
    village.edit(village.survey, "type: yes_no", "type: yes_no, audience: [host]")
    (warning,) = village.load().warnings
    assert "only to those who share area and perspective with enough others (min_group): again" in warning


@pytest.mark.parametrize(
    ("mode", "more", "warned"),
    [
        ("confidential", "", True),
        ("", "", True),
        ("confidential", ", personal: true", False),
        ("identified", "", False),
    ],
)
def test_a_confidential_round_says_what_would_give_a_name_away(village, mode, more, warned):
    if mode:
        village.edit(village.programme, "kind: mid_cycle", f"kind: mid_cycle\n    mode: {mode}")
    village.edit(village.survey, "type: yes_no", f"type: text, prefill: participant.name{more}")
    # The village's other round is confidential whatever this one is.
    said = [each for each in map(str, village.load().warnings) if "rounds[0]: exports of this conf" in each]
    assert bool(said) is warned
    assert all(each.endswith("mark them personal: true: again") for each in said)


def test_a_panel_by_itself_follows_the_same_rules(village, tmp_path):
    path = tmp_path / "new.csv"
    path.write_text("id,name,email\nann,Ann Mortlake,ann@example.org\ndee,Dee Vane,dee\n", encoding="utf-8")
    unknown = import_panel(path, village.store, "village", BEFORE, actor=CONSOLE)
    assert unknown == NoSuchProgramme(key="village", known=())
    village.load()
    before = dump(village.store)
    outcome = import_panel(path, village.store, "village", BEFORE, actor=CONSOLE)
    assert isinstance(outcome, Unreadable)
    assert [str(problem) for problem in outcome.problems] == [f"{path}:3: email: 'dee' is not an address"]
    assert dump(village.store) == before
    path.write_text("id,name,email\ndee,Dee Vane,dee@example.org\n", encoding="utf-8")
    dry = import_panel(path, village.store, "village", BEFORE, dry_run=True, actor=CONSOLE)
    assert dump(village.store) == before
    outcome = import_panel(path, village.store, "village", BEFORE, actor=CONSOLE)
    assert outcome == dry
    assert [str(change) for change in outcome.changes] == ["participant dee: added"]
    assert len(outcome.warnings) == 3


def test_ten_thousand_rows_with_seventeen_bad_ones(village):
    bad = set(range(500, 10_000, 560))
    rows = [
        f"p{n};Person {n};{'nobody' if n in bad else f'p{n}@example.org'};north;guest;spring" for n in range(10_000)
    ]
    text = "\r\n".join(["ID;Name;E-mail;Area;Perspectives;Sessions", *rows])
    village.panel.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert village.problems() == [f"panel.csv:{n + 2}: email: 'nobody' is not an address" for n in sorted(bad)]
    village.load(skip_bad=True)
    assert len(people(village)) == 10_000 - 17
    assert village.changes(skip_bad=True) == []


def test_people_without_ids_keep_theirs_when_rows_move(village):
    village.panel.write_text(
        "name,email\nJo Hale,jo@example.org\nJo Hale,jo@home.test\nZed,zed@example.org\n", encoding="utf-8"
    )
    village.load()
    first = {each.addresses[0].value: each.key for each in people(village).values()}
    assert first["jo@example.org"] == "jo-hale"
    village.panel.write_text(
        "name,email\nZed,zed@example.org\nJo Hale,jo@home.test\nJo Hale,jo@example.org\n", encoding="utf-8"
    )
    assert village.changes() == []


def test_one_mailbox_may_serve_two_people(village):
    village.edit(village.panel, "bob@example.org", "ann@example.org")
    village.load()
    assert people(village)["ann"].addresses[0].id == people(village)["bob"].addresses[0].id


def test_changes_are_in_the_audit_without_personal_words(village):
    village.load()
    village.edit(village.panel, "bob@example.org", "robert@example.org")
    village.load()
    with village.store.reading() as tx:
        lines = [str(row) for row in tx.execute(select(audit_lines))]
    assert any("panel: email added" in line for line in lines)
    assert not any("example.org" in line or "Tarrant" in line for line in lines)


def test_a_questionnaire_can_be_checked_by_itself(village):
    assert check_survey(village.survey) == ()
    village.edit(village.survey, "type: scale", "type: skale")
    assert [problem.line for problem in check_survey(village.survey)] == [7]
    assert "no such file" in str(check_survey(village.folder / "none.yaml")[0])


def test_rows_say_what_the_file_said_last(village):
    village.load()
    with village.store.reading() as tx:
        row = round_rows(tx, programme_by_key(tx, "village").id)["middle"]
        assert round_by_id(tx, row.id).closes_at == row.file_closes_at
