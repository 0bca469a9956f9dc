from dataclasses import replace
from datetime import timedelta

import pytest

from surveys.delivery import LineKind
from surveys.dispositions import Disposition
from surveys.moved_close import close_known
from surveys.panel import Address
from surveys.planning import ledger_key
from surveys.programme import Offset, ReminderPolicy
from surveys.rounds import CloseMove, RoundState
from tests.surveys.rounds_made import CLOSES, OPENS, PROGRAMME, ROUND, invited, person, plan, told, utc

SEVENTH = ("reminder/1", utc(2024, 12, 9, 9, 30))
SECOND = ("reminder/2", utc(2024, 12, 13, 9, 30))
COVERAGE = ("reminder/3", utc(2024, 12, 16, 13))
PLANNED = replace(ROUND, state=RoundState.PLANNED, opened_at=None)
NEW = invited(invitation_id=None, invited_at=None, last_contact_at=None)
LATER = utc(2024, 12, 20, 17)
# the close moves on Monday 9 December at noon, to Monday 23 December
EXTENDED = replace(
    ROUND,
    extensions=1,
    closes_before=CLOSES,
    extended_at=utc(2024, 12, 9, 12),
    closes_at=utc(2024, 12, 23, 17),
    moves=(CloseMove(at=utc(2024, 12, 9, 12), before=CLOSES),),
)


def moved_at(at):
    return replace(EXTENDED, extended_at=at, moves=(CloseMove(at=at, before=CLOSES),))


def test_the_december_round_from_before_it_opens():
    lines = plan(NEW, round=PLANNED, now=utc(2024, 11, 20, 12))
    assert told(lines) == [("invitation", OPENS), SEVENTH, SECOND, COVERAGE]
    assert [line.coverage for line in lines] == [False, False, False, True]
    assert [line.why for line in lines] == [
        "the round opens",
        "7 days before the close",
        "2 days before the close, moved back to a working day",
        "4 hours before the close, as a required voice is still missing",
    ]
    assert {(line.channel, line.address) for line in lines} == {("mail", "p1@example.org")}


def test_the_coverage_reminder_goes_only_where_a_voice_is_missing():
    reviewer = invited(voices=frozenset({("kent", "school")}), participant=person(2))
    heard = plan(invited(), missing=frozenset({("reading", "pcf")}))
    assert told(heard) == [SEVENTH, SECOND]
    assert told(plan(reviewer)) == [
        # school holidays in the week of the 9th: back to Friday the 6th, and both fall together
        ("reminder/1", utc(2024, 12, 6, 9, 30)),
    ]


@pytest.mark.parametrize("disposition", sorted(set(Disposition) - {Disposition.PENDING, Disposition.PARTIAL}))
def test_only_those_still_to_answer_are_reminded(disposition):
    lines = plan(invited(disposition=disposition))
    assert LineKind.REMINDER not in {line.kind for line in lines}


def test_partials_are_reminded():
    assert told(plan(invited(disposition=Disposition.PARTIAL))) == [SEVENTH, SECOND, COVERAGE]


@pytest.mark.parametrize(
    "silent",
    [
        {"opted_out": True},
        {"participant": person(opted_out=True)},
        {"participant": person(removed=True)},
    ],
)
def test_silence_after_opting_out(silent):
    assert plan(invited(**silent)) == ()
    assert plan(replace(NEW, **silent), round=PLANNED) == ()
    assert plan(invited(disposition=Disposition.COMPLETE, **silent)) == ()


@pytest.mark.parametrize("state", [RoundState.HELD, RoundState.CLOSED])
def test_a_round_that_is_not_running_sends_nothing(state):
    assert plan(invited(), NEW, round=replace(ROUND, state=state)) == ()


def test_of_a_cancelled_round_only_those_hear_who_were_asked_and_have_not_answered():
    cancelled = replace(ROUND, state=RoundState.CANCELLED)
    assert told(plan(invited(), NEW, round=cancelled, now=utc(2024, 12, 2, 12))) == [
        ("cancellation", utc(2024, 12, 2, 12))
    ]
    assert plan(invited(told_called_off=True), round=cancelled) == ()
    assert plan(invited(disposition=Disposition.COMPLETE), round=cancelled) == ()
    assert plan(invited(), round=cancelled, now=CLOSES) == ()


def test_in_a_round_that_goes_on_those_hear_whose_session_was_cancelled():
    off = invited(called_off=True, disposition=Disposition.NOT_ELIGIBLE)
    assert told(plan(off, now=utc(2024, 12, 2, 12))) == [("cancellation", utc(2024, 12, 2, 12))]
    assert plan(replace(off, told_called_off=True)) == ()


def test_nothing_after_the_close():
    assert plan(invited(), NEW, now=CLOSES) == ()


# ---- invitations


def test_invitations_keep_out_of_quiet_hours_and_go_on_any_day():
    sunday_evening = replace(PLANNED, opens_at=utc(2024, 11, 24, 17))
    assert told(plan(NEW, round=sunday_evening, now=utc(2024, 11, 20)))[0] == ("invitation", utc(2024, 11, 24, 17))
    late = replace(PLANNED, opens_at=utc(2024, 11, 24, 19))
    assert told(plan(NEW, round=late, now=utc(2024, 11, 20)))[0] == ("invitation", utc(2024, 11, 25, 8))
    # 9 in London is 20:00 in Auckland
    auckland = replace(NEW, participant=person(timezone="Pacific/Auckland"))
    assert told(plan(auckland, round=PLANNED, now=utc(2024, 11, 20)))[0] == ("invitation", utc(2024, 11, 25, 19))


def test_a_late_addition_is_invited_at_once():
    now = utc(2024, 12, 8, 11)
    first, *rest = plan(replace(NEW, created_at=now), now=now)
    assert (first.key_suffix, first.due_at, first.why) == ("invitation", now, "added after the round opened")
    # the reminder of the 9th at 9:30 would come within 24 hours
    assert told(rest) == [("reminder/1", SECOND[1]), ("reminder/2", COVERAGE[1])]


def test_no_invitation_that_could_only_go_after_the_close():
    assert plan(NEW, round=replace(ROUND, closes_at=utc(2024, 12, 17, 7)), now=utc(2024, 12, 16, 19)) == ()


def test_a_delegates_invitation_is_of_its_own_kind():
    (first, *_) = plan(replace(NEW, delegate=True), now=OPENS)
    assert (first.kind, first.key_suffix) == (LineKind.DELEGATE, "delegate")


def test_an_invitation_in_the_ledger_is_not_planned_again_and_nothing_goes_before_it():
    pending = invited(invitation_pending=True, last_contact_at=None)
    assert told(plan(pending)) == [SEVENTH, SECOND, COVERAGE]
    # the server has been down since the opening: what passed is not made up for, the invitation comes first
    assert told(plan(pending, now=utc(2024, 12, 12, 10))) == [("reminder/1", COVERAGE[1])]


def test_someone_without_a_usable_address_is_planned_once_and_it_says_so():
    unreachable = replace(NEW, participant=person(addresses=()))
    (line,) = plan(unreachable)
    assert (line.channel, line.address) == ("", "")
    assert "undeliverable" in line.why
    assert plan(invited(participant=person(addresses=()))) == ()


# ---- cap, gap, coalescing


def test_the_cap_counts_what_went_before():
    assert told(plan(invited(reminders_sent=2, last_reminder_at=utc(2024, 12, 2, 9, 30)))) == [COVERAGE]


def test_a_reminder_within_the_gap_is_left_out_for_good():
    contacted = invited(last_contact_at=utc(2024, 12, 9, 8))
    assert told(plan(contacted, now=utc(2024, 12, 9, 8, 30))) == [
        ("reminder/1", SECOND[1]),
        ("reminder/2", COVERAGE[1]),
    ]
    assert told(plan(contacted, now=utc(2024, 12, 10, 12))) == [("reminder/1", SECOND[1]), ("reminder/2", COVERAGE[1])]


DAILY = ReminderPolicy(before_close=(Offset(days=2), Offset(days=1)), cap=2, gap=timedelta(hours=24))


def test_a_reminder_that_went_a_little_late_does_not_push_out_the_next():
    running = replace(ROUND, closes_at=utc(2024, 12, 13, 17), reminders=DAILY)
    late = utc(2024, 12, 11, 9, 44)
    reminded = invited(reminders_sent=1, last_reminder_at=late, last_contact_at=late)
    assert told(plan(reminded, round=running, now=late)) == [("reminder/2", utc(2024, 12, 12, 9, 30))]
    # what goes at another hour is no late reminder: its gap is kept to the minute
    for at in (utc(2024, 12, 11, 9, 46), utc(2024, 12, 11, 10)):
        assert plan(replace(reminded, last_reminder_at=at, last_contact_at=at), round=running, now=at) == ()


def test_an_invitation_counts_from_the_opening_if_it_went_on_time():
    running = replace(ROUND, opens_at=utc(2024, 12, 11, 9, 30), closes_at=utc(2024, 12, 13, 17), reminders=DAILY)
    sent = utc(2024, 12, 11, 9, 31)
    asked = invited(invited_at=sent, last_contact_at=sent)
    assert told(plan(asked, round=running, now=sent)) == [("reminder/1", utc(2024, 12, 12, 9, 30))]


def test_a_moment_late_is_not_called_made_up_for():
    (first, *_) = plan(invited(), now=SEVENTH[1] + timedelta(seconds=20))
    assert (first.key_suffix, first.why) == ("reminder/1", "7 days before the close")


def test_the_short_day_of_spring_is_a_day():
    # clocks go forward on Sunday 30 March 2025: from 9:30 to 9:30 is 23 hours
    everyday = invited(
        participant=person(working_days=frozenset(range(7))),
        invited_at=utc(2025, 3, 20, 9),
        last_contact_at=utc(2025, 3, 20, 9),
    )
    policy = replace(DAILY, before_close=(Offset(days=3), Offset(days=2), Offset(days=1)), cap=3)
    running = replace(ROUND, opens_at=utc(2025, 3, 20, 9), closes_at=utc(2025, 4, 1, 16), reminders=policy)
    expected = [("reminder/1", utc(2025, 3, 29, 9, 30)), ("reminder/2", utc(2025, 3, 30, 8, 30))]
    assert told(plan(everyday, round=running, now=utc(2025, 3, 20, 9)))[:2] == expected


def test_the_coverage_reminder_needs_a_day_whatever_the_gap():
    # gap of five days: the second is left out, the coverage one is three days after the Friday
    policy = replace(ROUND.reminders, gap=timedelta(days=5))
    assert told(plan(invited(), round=replace(ROUND, reminders=policy))) == [SEVENTH, ("reminder/2", COVERAGE[1])]
    just_told = invited(last_contact_at=utc(2024, 12, 15, 14), last_reminder_at=utc(2024, 12, 15, 14), reminders_sent=2)
    assert plan(just_told, now=utc(2024, 12, 15, 15)) == ()


def test_what_was_missed_becomes_one_reminder_now():
    # asleep from the opening until Friday afternoon: both times passed
    lines = plan(invited(), now=utc(2024, 12, 13, 14))
    assert told(lines) == [("reminder/1", utc(2024, 12, 13, 14)), ("reminder/2", COVERAGE[1])]
    assert lines[0].why == "7 days before the close, made up for"


def test_what_was_missed_waits_for_a_working_day():
    assert told(plan(invited(), now=utc(2024, 12, 14, 11))) == [("reminder/1", utc(2024, 12, 16, 9, 30))]


def test_a_missed_coverage_reminder_goes_at_once():
    everyone_done = invited(reminders_sent=2, last_reminder_at=SECOND[1], last_contact_at=SECOND[1])
    assert told(plan(everyone_done, now=utc(2024, 12, 16, 15))) == [("reminder/3", utc(2024, 12, 16, 15))]


def test_a_reminder_on_its_way_stands_for_what_has_passed():
    on_its_way = invited(reminder_outstanding=True)
    assert told(plan(on_its_way, now=utc(2024, 12, 9, 9, 31))) == [SECOND, COVERAGE]
    assert told(plan(on_its_way, now=utc(2024, 12, 13, 9, 30))) == [("reminder/2", COVERAGE[1])]


def test_a_notice_on_its_way_counts_as_the_last_contact():
    waits = invited(notice_outstanding=True)
    assert told(plan(invited(), now=utc(2024, 12, 8, 20)))[0] == SEVENTH
    assert told(plan(waits, now=utc(2024, 12, 8, 20)))[0] == ("reminder/1", SECOND[1])


def test_after_settling_and_coming_back_what_passed_is_not_made_up_for():
    back = invited(disposition=Disposition.PARTIAL, asked_again_at=utc(2024, 12, 11, 10))
    assert told(plan(back, now=utc(2024, 12, 11, 10))) == [("reminder/1", SECOND[1]), ("reminder/2", COVERAGE[1])]


def test_a_round_without_reminders():
    assert told(plan(NEW, round=replace(PLANNED, reminders=None))) == [("invitation", OPENS)]


# ---- moved deadlines


def test_an_extension_replans_tells_once_and_allows_one_more():
    reminded = invited(reminders_sent=1, last_reminder_at=SEVENTH[1], last_contact_at=SEVENTH[1])
    lines = plan(reminded, round=EXTENDED, now=utc(2024, 12, 9, 12))
    assert told(lines) == [
        ("notice/extension-1", utc(2024, 12, 9, 12)),
        ("reminder/2", utc(2024, 12, 16, 9, 30)),
        ("reminder/3", utc(2024, 12, 20, 9, 30)),
        ("reminder/4", utc(2024, 12, 23, 13)),
    ]
    assert lines[0].why == "the close has moved to Monday 23 December 2024, 5 pm"
    assert lines[0].kind is LineKind.NOTICE


def test_an_extension_allows_one_more_after_the_cap_is_used_up():
    used_up = invited(reminders_sent=3, last_reminder_at=COVERAGE[1], last_contact_at=COVERAGE[1])
    moved = moved_at(utc(2024, 12, 16, 15))
    assert told(plan(used_up, round=moved, now=utc(2024, 12, 16, 15), missing=frozenset())) == [
        ("notice/extension-1", utc(2024, 12, 16, 15)),
        ("reminder/4", utc(2024, 12, 20, 9, 30)),
    ]


def test_the_notice_counts_as_contact_and_keeps_out_of_quiet_hours():
    moved = moved_at(utc(2024, 12, 15, 20))
    lines = plan(invited(reminders_sent=1, last_reminder_at=SEVENTH[1]), round=moved, now=utc(2024, 12, 15, 20))
    # the reminder of the 16th would be 90 minutes after the notice
    assert told(lines)[:2] == [("notice/extension-1", utc(2024, 12, 16, 8)), ("reminder/2", utc(2024, 12, 20, 9, 30))]


@pytest.mark.parametrize(
    "untold",
    [
        {"disposition": Disposition.COMPLETE},
        {"disposition": Disposition.DECLINED},
        {"told_moves": 1},
        {"last_notice_number": 1},
        {"invited_at": utc(2024, 12, 9, 13)},
        {"last_contact_at": utc(2024, 12, 9, 13)},
        {"invitation_pending": True},
    ],
)
def test_who_is_not_told_of_an_extension(untold):
    lines = plan(invited(**untold), round=EXTENDED, now=utc(2024, 12, 9, 14))
    assert LineKind.NOTICE not in {line.kind for line in lines}


def test_two_extensions_not_yet_told_are_one_notice():
    twice = replace(EXTENDED, extensions=2, moves=(*EXTENDED.moves, CloseMove(at=utc(2024, 12, 9, 12), before=LATER)))
    notices = [line for line in plan(invited(), round=twice, now=utc(2024, 12, 9, 12)) if line.kind is LineKind.NOTICE]
    assert [line.key_suffix for line in notices] == ["notice/extension-2"]


def test_a_close_moved_there_and_back_before_anyone_heard_of_it_is_no_news():
    back = replace(ROUND, moves=(*EXTENDED.moves, CloseMove(at=utc(2024, 12, 9, 13), before=LATER)))
    assert LineKind.NOTICE not in {line.kind for line in plan(invited(), round=back, now=utc(2024, 12, 9, 14))}


def test_an_earlier_close_is_told_once_and_allows_no_more_reminders():
    at = utc(2024, 12, 2, 10)
    sooner = replace(ROUND, closes_at=utc(2024, 12, 9, 17), moves=(CloseMove(at=at, before=CLOSES),))
    lines = plan(invited(), round=sooner, now=at, missing=frozenset())
    assert told(lines) == [("notice/earlier-1", at), ("reminder/1", utc(2024, 12, 6, 9, 30))]
    reminded = invited(reminders_sent=2, last_reminder_at=at, last_contact_at=at)
    later = replace(sooner, moves=(CloseMove(at=utc(2024, 12, 3, 10), before=CLOSES),))
    lines = plan(reminded, round=later, now=utc(2024, 12, 3, 10), missing=frozenset())
    assert told(lines) == [("notice/earlier-1", utc(2024, 12, 3, 10))], "nobody is left believing in the later one"


def test_which_close_a_person_was_last_told():
    twice = replace(EXTENDED, moves=(*EXTENDED.moves, CloseMove(at=utc(2024, 12, 10, 12), before=LATER)))
    assert close_known(twice, invited()) == CLOSES
    assert close_known(twice, invited(last_contact_at=utc(2024, 12, 10, 9))) == LATER
    assert close_known(twice, invited(told_moves=1)) == LATER
    assert close_known(twice, invited(last_contact_at=utc(2024, 12, 10, 13))) == twice.closes_at
    assert close_known(twice, invited(invited_at=None, last_contact_at=None)) == twice.closes_at


# ---- snooze and pause


def test_a_notice_waits_until_the_person_is_back():
    away = invited(participant=person(away_until=utc(2024, 12, 12, 0)))
    lines = plan(away, round=EXTENDED, now=utc(2024, 12, 9, 12))
    assert told(lines)[0] == ("notice/extension-1", utc(2024, 12, 12, 9, 30))


def test_a_notice_waits_no_longer_than_two_working_days_before_the_close():
    away = invited(participant=person(away_until=utc(2025, 1, 6, 0)))
    assert told(plan(away, round=EXTENDED, now=utc(2024, 12, 9, 12)))[0] == (
        "notice/extension-1",
        utc(2024, 12, 19, 9, 30),
    )


def test_an_invitation_waits_until_the_person_is_back():
    away = replace(NEW, participant=person(away_until=utc(2024, 11, 27, 0)))
    assert told(plan(away, round=PLANNED))[0] == ("invitation", utc(2024, 11, 27, 9, 30))
    gone = replace(NEW, participant=person(away_until=utc(2025, 1, 6, 0)))
    assert told(plan(gone, round=PLANNED))[0] == ("invitation", utc(2024, 12, 12, 9, 30))
    back = replace(NEW, participant=person(away_until=utc(2024, 11, 22, 0)))
    assert told(plan(back, round=PLANNED))[0] == ("invitation", OPENS)


def test_thanks_wait_until_the_person_is_back():
    done = invited(disposition=Disposition.COMPLETE, participant=person(away_until=utc(2024, 12, 20, 9)))
    assert told(plan(done, now=utc(2024, 12, 1))) == [("thanks", utc(2024, 12, 20, 9))]


def test_someone_who_put_us_off_is_reminded_that_day_and_not_before():
    later = invited(snoozed_until=utc(2024, 12, 11, 0))
    lines = plan(later, now=utc(2024, 12, 2, 10))
    assert told(lines) == [("reminder/1", utc(2024, 12, 11, 9, 30)), SECOND, COVERAGE]
    assert lines[0].why == "the person asked to be reminded then"


def test_the_day_they_named_counts_past_the_cap_and_moves_to_a_working_day():
    later = invited(snoozed_until=utc(2024, 12, 14, 0), reminders_sent=2, last_reminder_at=utc(2024, 12, 2, 9, 30))
    assert told(plan(later, now=utc(2024, 12, 3), missing=frozenset())) == [("reminder/3", utc(2024, 12, 16, 9, 30))]


def test_the_last_day_without_a_working_day_left_is_better_than_none():
    weekend = replace(ROUND, closes_at=utc(2024, 12, 15, 20))
    later = invited(snoozed_until=utc(2024, 12, 15, 0), reminders_sent=2, last_reminder_at=utc(2024, 12, 2, 9, 30))
    assert told(plan(later, round=weekend, now=utc(2024, 12, 3), missing=frozenset())) == [
        ("reminder/3", utc(2024, 12, 15, 9, 30))
    ]


def test_once_reminded_on_the_day_it_is_settled():
    served = invited(
        snoozed_until=utc(2024, 12, 11, 0),
        reminders_sent=1,
        last_reminder_at=utc(2024, 12, 11, 9, 30),
        last_contact_at=utc(2024, 12, 11, 9, 30),
    )
    assert told(plan(served, now=utc(2024, 12, 11, 9, 30))) == [SECOND, COVERAGE]


def test_an_absence_puts_reminders_off_until_it_ends():
    away = invited(participant=person(away_until=utc(2024, 12, 11, 0)))
    lines = plan(away, now=utc(2024, 12, 2, 10))
    assert told(lines) == [("reminder/1", utc(2024, 12, 11, 9, 30)), SECOND, COVERAGE]
    assert "until the person is back" in lines[0].why


def test_an_absence_ends_two_working_days_before_the_close_at_the_latest():
    away = invited(participant=person(away_until=utc(2025, 1, 6, 0)))
    assert told(plan(away, now=utc(2024, 12, 2, 10))) == [("reminder/1", utc(2024, 12, 12, 9, 30)), SECOND, COVERAGE]


def test_a_pause_that_was_asked_for_is_kept_whatever_closes_meanwhile():
    paused = person(paused_until=utc(2024, 12, 13, 0))
    assert told(plan(invited(participant=paused), now=utc(2024, 12, 2, 10))) == [
        ("reminder/1", utc(2024, 12, 13, 9, 30)),
        ("reminder/2", COVERAGE[1]),
    ]
    gone = person(paused_until=utc(2025, 1, 6, 0), away_until=utc(2024, 12, 11, 0))
    assert plan(invited(participant=gone), now=utc(2024, 12, 2, 10)) == ()
    assert plan(replace(NEW, participant=gone), round=PLANNED) == ()
    done = invited(disposition=Disposition.COMPLETE, participant=gone)
    assert told(plan(done, now=utc(2024, 12, 1))) == [("thanks", utc(2025, 1, 6, 8))]


def test_a_pause_adds_no_reminder():
    away = invited(participant=person(paused_until=utc(2024, 12, 5, 0)))
    assert told(plan(away, now=utc(2024, 12, 2, 10))) == [SEVENTH, SECOND, COVERAGE]


# ---- thanks


def test_thanks_go_after_the_close_to_those_who_answered():
    done = invited(disposition=Disposition.COMPLETE)
    assert told(plan(done, now=utc(2024, 12, 1))) == [("thanks", CLOSES)]
    closed = replace(ROUND, state=RoundState.CLOSED, closed_at=utc(2024, 12, 12, 20))
    assert told(plan(done, round=closed, now=utc(2024, 12, 12, 20))) == [("thanks", utc(2024, 12, 13, 8))]
    assert plan(replace(done, thanked=True), round=closed, now=utc(2024, 12, 12, 20)) == ()
    unthankful = replace(PROGRAMME, rounds=(replace(PROGRAMME.rounds[0], thanks=None),))
    assert plan(done, programme=unthankful) == ()


# ---- the plan as a whole


def test_keys_name_the_session_only_where_the_round_does_not():
    assert ledger_key(ROUND, "p1", "", "reminder/2") == "cc/mid/p1/reminder/2"
    assert ledger_key(replace(ROUND, per_session=True), "p1", "kent-1", "invitation") == "cc/mid/p1@kent-1/invitation"
    own = replace(ROUND, key="after--kent-1", session="kent-1")
    assert ledger_key(own, "p1", "kent-1", "invitation") == "cc/after--kent-1/p1/invitation"


def test_two_offsets_on_one_day_and_a_gap_of_nothing():
    policy = ReminderPolicy(before_close=(Offset(days=3), Offset(days=2), Offset(days=1)), cap=5, gap=timedelta(0))
    # Friday for all three
    assert told(plan(invited(), round=replace(ROUND, reminders=policy))) == [("reminder/1", SECOND[1])]


# ---- the way after silence

BOTH = replace(PROGRAMME, channels=("slack", "mail"), spoken=frozenset({"slack", "mail"}))
BY_BOTH = (
    Address(id=1, channel="mail", value="p1@example.org"),
    Address(id=2, channel="slack", value="U1"),
    Address(id=3, channel="mail", value="p1@home.test"),
)


def test_silence_is_tried_by_the_next_channel_and_never_by_two():
    someone = person(addresses=BY_BOTH)
    new = replace(NEW, participant=someone)
    lines = plan(new, programme=BOTH, round=PLANNED, now=utc(2024, 11, 20, 12))
    assert [(line.key_suffix, line.channel, line.address) for line in lines] == [
        ("invitation", "slack", "U1"),
        ("reminder/1", "mail", "p1@example.org"),
        ("reminder/2", "slack", "U1"),
        ("reminder/3", "mail", "p1@example.org"),
    ]
    # Planned anew after one reminder has gone, it is the same way.
    again = plan(
        invited(participant=someone, reminders_sent=1, last_reminder_at=utc(2024, 12, 9, 9, 30)), programme=BOTH
    )
    assert [line.channel for line in again] == ["slack", "mail"]


def test_whoever_has_begun_is_reminded_where_they_are_asked_first():
    begun = invited(participant=person(addresses=BY_BOTH), disposition=Disposition.PARTIAL)
    assert {line.channel for line in plan(begun, programme=BOTH)} == {"slack"}


def test_with_one_channel_nothing_changes():
    assert {line.address for line in plan(invited(participant=person(addresses=BY_BOTH[::2])))} == {"p1@example.org"}
