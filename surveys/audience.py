"""Who is asked in a round, for which session, and whose voice each person is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from surveys.dispositions import Disposition
from surveys.invitation_facts import InvitationFacts
from surveys.panel import Attendance, Participant, Subject
from surveys.programme import Audience, Programme, RoundKind, Session, SessionStatus
from surveys.rounds import Round

Voices = frozenset[tuple[str, str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Invitee:
    """One invitation to be made: whom for, about which session ("" = none in particular), for which voices.

    `voices` are (area, perspective) pairs; never empty. `about`: the participant whom an informant is asked about.
    """

    participant: Participant
    session: str
    voices: Voices
    about: Subject | None = None

    def facts(self, now: datetime) -> InvitationFacts:
        """What the planner needs to know of an invitation that doesn't exist yet."""
        return InvitationFacts(
            invitation_id=None,
            participant=self.participant,
            session=self.session,
            voices=self.voices,
            disposition=Disposition.PENDING,
            created_at=now,
            about=self.about,
        )


def invited_people(
    round: Round,  # noqa: A002 - the field's word
    programme: Programme,
    participants: Iterable[Participant],
    at: datetime,
) -> tuple[Invitee, ...]:
    """Everyone the round's audience names at `at`, or at its opening if that is still to come.

    - A voice's area is its session's, else the person's own, else "".
    - `sessions: held` means ended and not cancelled by then; a cancelled session never counts.
    - Where the audience names sessions, or the round is made for one, only those who attend one of them belong;
      otherwise everyone does, also with the perspectives they have whatever the session.
    - A round per session asks once for each session that has been held; any other asks each person once, with all
      the voices that fit.
    - Whoever has opted out or left the panel is left out, and so is what speaks for an area that is only interested.
    - An open round asks nobody: people come to it.
    - An informant round asks managers, once about each of their people whom the audience names, or, where it informs
      about a round, whom that one's audience names as well; a manager's voice counts for that person's area.
    """
    if round.kind is RoundKind.OPEN:
        return ()
    if round.kind is RoundKind.INFORMANT:
        return _informants(round, programme, tuple(participants), at)
    sessions = _sessions_asked_about(round, programme, max(at, round.opens_at))
    waiting = programme.interested_areas
    found: list[Invitee] = []
    for participant in participants:
        if participant.opted_out or participant.removed:
            continue
        attended = {
            key: fitting
            for key, voices in _attended(participant, sessions).items()
            if (fitting := _fitting(round, voices, waiting))
        }
        if round.per_session and not round.session:
            found += [Invitee(participant=participant, session=key, voices=attended[key]) for key in attended]
            continue
        voices = frozenset[tuple[str, str]]().union(*attended.values())
        if not _names_sessions(round):
            voices |= _fitting(round, _whatever_the_session(participant, sessions), waiting)
        if voices:
            found.append(Invitee(participant=participant, session=round.session, voices=voices))
    return tuple(found)


def _informants(
    round: Round,  # noqa: A002 - the field's word
    programme: Programme,
    participants: tuple[Participant, ...],
    at: datetime,
) -> tuple[Invitee, ...]:
    subjects = _named(round, replace(round.audience, perspectives=frozenset()), programme, participants, at)
    entry = next((each for each in programme.rounds if each.key == round.entry), None)
    informed = next((each for each in programme.rounds if entry and each.key == entry.informs_about), None)
    if informed is not None:
        subjects &= _named(round, informed.audience, programme, participants, at)
    by_key = {each.key: each for each in participants if not each.removed}
    hats = round.audience.perspectives
    found: list[Invitee] = []
    for manager in participants:
        if manager.opted_out or manager.removed:
            continue
        for key in dict.fromkeys(manager.manager_of):
            subject = by_key.get(key)
            if subject is None or subject.key not in subjects:
                continue
            # Whether it names managers or their people by their perspective: both are meant.
            if hats and hats.isdisjoint((*manager.perspectives, *subject.perspectives)):
                continue
            voices = frozenset((subject.area, hat) for hat in manager.perspectives or ("",))
            found.append(Invitee(participant=manager, session="", voices=voices, about=subject.as_subject))
    return tuple(found)


def _named(
    round: Round,  # noqa: A002
    audience: Audience,
    programme: Programme,
    participants: tuple[Participant, ...],
    at: datetime,
) -> frozenset[str]:
    """The keys of those whom such an audience names; who has stopped messages can still be asked about."""
    like = replace(round, kind=RoundKind.MID_CYCLE, audience=audience, session="", per_session=False)
    everyone = (replace(each, opted_out=False) for each in participants)
    return frozenset(each.participant.key for each in invited_people(like, programme, everyone, at))


def waits_for_sessions(round: Round) -> bool:  # noqa: A002 - the field's word
    """Whether a session that is held while the round is open may bring people of its own."""
    if round.kind is RoundKind.OPEN or round.session:
        return False
    # Whom informants are asked about may depend on another round's audience.
    return round.audience.held_only or round.per_session or round.kind is RoundKind.INFORMANT


def _names_sessions(round: Round) -> bool:  # noqa: A002
    return bool(round.session or round.audience.held_only or round.audience.sessions)


def _sessions_asked_about(round: Round, programme: Programme, at: datetime) -> Mapping[str, Session]:  # noqa: A002
    """In order of time: the sessions whose attendances bring someone into the round."""
    held_only = round.audience.held_only or round.per_session
    named = frozenset({round.session}) if round.session else round.audience.sessions
    return {
        session.key: session
        for session in sorted(programme.sessions, key=lambda each: (each.starts, each.key))
        if session.status is not SessionStatus.CANCELLED
        and (not named or session.key in named)
        and (not held_only or bool(round.session) or session.held(at))
    }


def _attended(participant: Participant, sessions: Mapping[str, Session]) -> dict[str, Voices]:
    """The person's voices at each of the sessions they attend; without a perspective there, all of their own."""
    hats: dict[str, set[str]] = {}
    for attendance in participant.attendances:
        if attendance.session in sessions:
            hats.setdefault(attendance.session, set()).update(_hats_worn(participant, attendance))
    return {
        key: frozenset((sessions[key].area or participant.area, hat) for hat in hats[key])
        for key in sessions
        if key in hats
    }


def _whatever_the_session(participant: Participant, sessions: Mapping[str, Session]) -> Voices:
    """Perspectives the person speaks from apart from any session; their own area if nothing else is known."""
    at_sessions = {
        hat
        for attendance in participant.attendances
        if attendance.session in sessions
        for hat in _hats_worn(participant, attendance)
    }
    general = {each.perspective for each in participant.attendances if not each.session and each.perspective}
    hats = {*participant.perspectives, *general} - at_sessions
    if not hats and not at_sessions:
        hats = {""}
    return frozenset((participant.area, hat) for hat in hats)


def _hats_worn(participant: Participant, attendance: Attendance) -> tuple[str, ...]:
    """The perspective attended in; where none is said, all of the person's own, or none in particular ("")."""
    return (attendance.perspective,) if attendance.perspective else participant.perspectives or ("",)


def _fitting(round: Round, voices: Voices, waiting: frozenset[str]) -> Voices:  # noqa: A002
    areas, perspectives = round.audience.areas, round.audience.perspectives
    return frozenset(
        (area, perspective)
        for area, perspective in voices
        if area not in waiting and (not areas or area in areas) and (not perspectives or perspective in perspectives)
    )
