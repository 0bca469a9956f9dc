"""Reads what the demo's pages show: the rounds as they stand, and the people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from console.demo_views import Coverage, CoverageCell, CoverageRow, Figure, Person, RoundView, Upcoming
from reports.plan import PlannedMessage, planned_messages
from storage.engine import Tx
from storage.figures import Invited, collated, invited
from storage.instruments import instrument
from storage.people import participants_of
from storage.programmes import StoredProgramme
from storage.rounds import all_rounds
from surveys.clock_times import zone_of
from surveys.delivery import LineKind
from surveys.dispositions import Disposition
from surveys.figures import CoverageState, Figures, coverage, figures
from surveys.moment_words import days_left
from surveys.panel import Participant
from surveys.programme import Programme, RoundKind
from surveys.rounds import Round, RoundState

LANGUAGE = "en-GB"
KINDS = {
    RoundKind.POST_SESSION: "Straight after the session",
    RoundKind.MID_CYCLE: "Mid-cycle round",
    RoundKind.BASELINE: "Baseline round",
    RoundKind.END: "Follow-up round",
    RoundKind.INFORMANT: "Second view",
    RoundKind.OPEN: "Open round",
}
WORDS = {
    Disposition.PENDING: "Still to answer",
    Disposition.PARTIAL: "Begun, not sent",
    Disposition.COMPLETE: "Complete",
    Disposition.DECLINED: "Declined",
    Disposition.DELEGATED: "Handed to someone else",
    Disposition.JOINT_RETURN: "Answered in a joint return",
    Disposition.UNDELIVERABLE: "Can't be reached",
    Disposition.NOT_ELIGIBLE: "Not meant",
}
LAST_WEEK = timedelta(days=7)
ALWAYS_SHOWN = frozenset({Disposition.COMPLETE, Disposition.PARTIAL, Disposition.PENDING})
MESSAGES = {
    LineKind.INVITATION.value: "Invitation",
    LineKind.DELEGATE.value: "Invitation to a delegate",
    LineKind.NOTICE.value: "Notice of the new close",
    LineKind.THANKS.value: "Thanks",
    LineKind.RECEIPT.value: "Receipt",
    LineKind.COPY.value: "What is stored, for the person alone",
    LineKind.ERASURE.value: "Question about being erased",
}


def round_views(tx: Tx, stored: StoredProgramme, now: datetime) -> tuple[RoundView, ...]:
    """Every round of the programme that isn't cancelled, in order of opening."""
    return tuple(
        _view(tx, stored, each, now) for each in all_rounds(tx, stored.id) if each.state is not RoundState.CANCELLED
    )


def _view(tx: Tx, stored: StoredProgramme, asked: Round, now: datetime) -> RoundView:
    programme = stored.programme
    invitations = invited(tx, asked.id)
    standing = [(each.voices, each.disposition) for each in invitations]
    heard = collated(tx, asked.id)
    states = coverage(programme, standing, heard, closed=asked.state is RoundState.CLOSED)
    counted = figures((disposition, voices) for voices, disposition in standing)
    rate = counted.overall.response_rate
    return RoundView(
        name=asked.name,
        title=instrument(tx, asked.instrument_id).title.within(LANGUAGE),
        kind=KINDS[asked.kind],
        state=asked.state.value,
        opens_at=asked.opens_at,
        closes_at=asked.closes_at,
        decisions=_decisions(programme, asked, states, now),
        figures=tuple(
            Figure(label=WORDS[each], count=counted.overall.of(each))
            for each in Disposition
            if counted.overall.of(each) or each in ALWAYS_SHOWN
        ),
        complete=counted.overall.of(Disposition.COMPLETE),
        asked=counted.overall.invited,
        share=None if rate is None else round(100 * rate),
        coverage=_coverage(programme, states, counted, invitations),
        upcoming=_upcoming(planned_messages(tx, asked, now)),
    )


def _coverage(
    programme: Programme,
    states: Mapping[tuple[str, str], CoverageState],
    counted: Figures,
    invitations: Sequence[Invited],
) -> Coverage:
    """The map: areas down, perspectives across, as the programme lists them."""
    asked: Counter[tuple[str, str]] = Counter()
    heard: Counter[tuple[str, str]] = Counter()
    for each in invitations:
        asked.update(each.voices)
        if each.disposition is Disposition.COMPLETE:
            heard.update(each.voices)
    areas = list(dict.fromkeys(area for area, _ in states))
    return Coverage(
        perspectives=tuple((each.label.within(LANGUAGE), each.required) for each in programme.perspectives),
        rows=tuple(
            CoverageRow(
                area=_place(programme, area) or "No area",
                cells=tuple(
                    CoverageCell(
                        state=states[area, each.key],
                        heard=heard[area, each.key],
                        invited=asked[area, each.key],
                        carried=states[area, each.key] is CoverageState.HEARD and not heard[area, each.key],
                    )
                    for each in programme.perspectives
                ),
                complete=counted.by_area[area].of(Disposition.COMPLETE) if area in counted.by_area else 0,
                invited=counted.by_area[area].invited if area in counted.by_area else 0,
            )
            for area in areas
        ),
    )


def _decisions(
    programme: Programme,
    asked: Round,
    states: Mapping[tuple[str, str], CoverageState],
    now: datetime,
) -> tuple[str, ...]:
    """What somebody should see to in an open round.

    That is needed voices which nobody is left to give, and in the last week those not heard yet.
    """
    if asked.state is not RoundState.OPEN:
        return ()
    left = days_left(asked.closes_at, now, zone_of(programme))
    said = []
    for each in programme.perspectives:
        here = {area: state for (area, perspective), state in states.items() if perspective == each.key}
        nobody = [_place(programme, area) for area, state in here.items() if state is CoverageState.MISSING]
        silent = [_place(programme, area) for area, state in here.items() if state is CoverageState.INVITED]
        label = each.label.within(LANGUAGE)
        if each.required and nobody:
            said.append(f"{label}: nobody is left to ask in {_listed(nobody)}.")
        if each.required and silent and asked.closes_at - now <= LAST_WEEK:
            said.append(f"{label}: no voice yet from {_listed(silent)}, and the round closes {left}.")
    return tuple(said)


def _upcoming(messages: Iterable[PlannedMessage]) -> tuple[Upcoming, ...]:
    """The plan, put together by time and kind."""
    together: dict[tuple[datetime, str], list[PlannedMessage]] = {}
    for each in messages:
        together.setdefault((each.due, _what(each)), []).append(each)
    return tuple(
        Upcoming(at=at, what=what, people=tuple(each.name for each in lines), why=_sentence(lines[0].why))
        for (at, what), lines in together.items()
    )


def _what(message: PlannedMessage) -> str:
    if message.coverage:
        return "Reminder where a needed voice is missing"
    if message.kind == LineKind.REMINDER:
        return f"Reminder {message.number}"
    return MESSAGES.get(message.kind, message.kind)


def people_of(tx: Tx, stored: StoredProgramme) -> tuple[Person, ...]:
    """Everyone of the programme with an address, those named by invitees too, in the panel's order."""
    return tuple(
        _person(stored.programme, each) for each in participants_of(tx, stored.id, delegates=True) if each.addresses
    )


def close_ahead(tx: Tx, programme_id: int, now: datetime) -> datetime | None:
    """The next close after `now` of any round that is open or planned; None if there is none."""
    return min(
        (
            each.closes_at
            for each in all_rounds(tx, programme_id)
            if each.state in {RoundState.OPEN, RoundState.PLANNED} and each.closes_at > now
        ),
        default=None,
    )


def _person(programme: Programme, participant: Participant) -> Person:
    return Person(
        key=participant.key,
        name=participant.name,
        organisation=participant.organisation,
        roles="; ".join(_roles(programme, participant)),
        addresses=frozenset(address.value.lower() for address in participant.addresses),
    )


def _roles(programme: Programme, participant: Participant) -> list[str]:
    """`Host lead, Kent` for each hat; the perspective alone where no place belongs to it."""
    said: list[str] = []
    for attendance in participant.attendances:
        session = programme.session(attendance.session)
        area = session.area if session else participant.area
        said.append(", ".join(filter(None, (_label(programme, attendance.perspective), _place(programme, area)))))
    if not said:
        place = _place(programme, participant.area)
        said = [", ".join(filter(None, (_label(programme, key), place))) for key in participant.perspectives]
    return said


def _label(programme: Programme, perspective: str) -> str:
    found = programme.perspective(perspective)
    return found.label.within("en-GB") if found else perspective


def _place(programme: Programme, area: str) -> str:
    found = programme.area(area)
    return found.name.within("en-GB") if found else area


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
