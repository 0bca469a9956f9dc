"""What a person decides about messages, on the web and in chats: a pause, a channel, a time zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from bot.web import reach
from bot.web.act_pages import day_asked
from bot.web.desk import Desk
from bot.web.sight import Sight
from channels.form.inputs import Inputs, first_of
from channels.form.views import ActView
from handlers.choices import DayUnfit, Paused, PauseOver, Reached, ReachUnfit, choose_reach, pause
from handlers.replies import Admits, NotAdmitted
from surveys.moment_words import say_day
from surveys.typed_dates import DateUnclear, read_date

CHOICES = ("pause", "reach")


@dataclass(frozen=True, kw_only=True, slots=True)
class Unclear:
    """What was typed is no day."""


Outcome = Paused | PauseOver | DayUnfit | Reached | ReachUnfit | Unclear


def choice_view(sight: Sight, way: str, inputs: Inputs, *, fault: str = "") -> ActView:
    """What the choice says and asks, with what was chosen and what is wrong with it."""
    return _pause_view(sight, inputs, fault) if way == "pause" else reach.reach_view(sight, inputs, fault=fault)


def do_choice(
    desk: Desk, way: str, invitation_id: int, inputs: Inputs, *, channel: str, admits: Admits
) -> Outcome | NotAdmitted:
    """Do what was chosen. `go` = end ends a pause."""
    if way == "reach":
        return choose_reach(
            invitation_id,
            desk.store,
            desk.clock(),
            timezone=first_of(inputs, reach.ZONE),
            preferred=first_of(inputs, reach.CHANNEL) or None,
            channel=channel,
            admits=admits,
        )
    day = None
    if first_of(inputs, "go") != "end":
        try:
            day = read_date(first_of(inputs, "_day"))
        except DateUnclear:
            return Unclear()
    return pause(invitation_id, day, desk.store, desk.clock(), channel=channel, admits=admits)


def fault_of(outcome: Outcome) -> str:
    """What was wrong with what was chosen; "" where it was done."""
    match outcome:
        case Unclear():
            return "unclear"
        case DayUnfit(fault=fault) | ReachUnfit(fault=fault):
            return fault
        case _:
            return ""


def said_after(sight: Sight, outcome: Outcome) -> str:
    """What holds from now on."""
    match outcome:
        case Paused(day=until):
            return sight.words("pause_done", date=say_day(until, sight.words.tag, year=True))
        case PauseOver():
            return sight.words("pause_ended")
        case _:
            return reach.done_words(sight)


def _pause_view(sight: Sight, inputs: Inputs, fault: str) -> ActView:
    words = sight.words
    said = [words("pause_body", programme=sight.programme)]
    if sight.is_open:
        said.append(words("pause_close", close=sight.close))
    paused = ahead(sight, sight.person.paused_until)
    if paused:
        said.insert(0, words("choices_paused", date=paused))
    errors = {"gone": words("pause_gone"), "far": words("pause_far")}
    return ActView(
        heading=words("pause_heading"),
        paragraphs=tuple(said),
        button=words("pause_button"),
        asks=(day_asked(sight, inputs, label=words("pause_label"), fault=fault, error=errors.get(fault, "")),),
        choices=(("end", words("pause_end")),) if paused or ahead(sight, sight.person.away_until) else (),
    )


def ahead(sight: Sight, until: datetime | None) -> str:
    """That day in words, where it has not come yet; else ""."""
    if until is None or until <= sight.desk.clock():
        return ""
    day: date = until.astimezone(sight.zone).date()
    return say_day(day, sight.words.tag, year=True)
