"""A reply arrived, from whichever channel: one function, one transaction (design: The life of one reply)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from handlers.coming_back import note_begun
from handlers.shown_pages import shown_pages
from storage import audit, consents, responses, triage
from storage.asked import Asked
from storage.engine import Store, Tx
from storage.forms import Form, form_of
from storage.programmes import NoticeVersion, newest_notice, notice_of_version
from storage.responses import NewRevision, StoredAnswer, VoicedKey
from storage.steps import Step, reached
from surveys.answer_values import AnswerKey, Raw, Recorded, answer_name
from surveys.authority import ENTRY
from surveys.clock_times import zone_named
from surveys.instrument import Item, ItemType
from surveys.pages import Page, page_of
from surveys.programme import Mode
from surveys.replies import ORGANISER, IncomingReply, QuoteLevel, ReturnMode
from surveys.responses import AnswerChange, Problem, Rejected, accept
from surveys.rounds import RoundState

# Says whether whoever sent a reply may answer this invitation: the listener's token, held against its generation.
Admits = Callable[[Asked], bool]
# Makes a reply of what arrived, given the form and the page it answers (None: no page of that key is shown).
Read = Callable[[Form, Page | None], IncomingReply]


@dataclass(frozen=True, kw_only=True, slots=True)
class Saved:
    """Stored, as far as it was good.

    `form` is what stands now. `problems`: the questions not taken, with why. `overtaken`: answers that had been
    changed since the sender saw them, and now say what was sent last. `spared`: empty fields that erased nothing,
    because newer words stood there. `unknown`: what belonged to no question put to this person; kept in triage.
    `shown_before` and `shown` are the pages put to the person before and after.
    """

    form: Form
    page: Page | None
    problems: Mapping[AnswerKey, Problem]
    overtaken: tuple[AnswerKey, ...] = ()
    spared: tuple[AnswerKey, ...] = ()
    unknown: tuple[str, ...] = ()
    shown_before: tuple[Page, ...] = ()
    shown: tuple[Page, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Duplicate:
    """The platform delivered the same event again; it was handled the first time."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TooLate:
    """The round takes no answers (any more, or yet). `kept`: the words are whole in triage."""

    form: Form
    kept: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class NotAdmitted:
    """No such invitation, or the sender may not answer it; nothing was stored. `asked` None: there is none."""

    asked: Asked | None = None


Outcome = Saved | Duplicate | TooLate | NotAdmitted


def everyone(_asked: Asked) -> bool:
    """For listeners that have checked their sender already."""
    return True


def record_reply(reply: IncomingReply, store: Store, now: datetime, *, admits: Admits = everyone) -> Outcome:
    """Store what a reply says; it is in the database when this returns, or nothing of it is.

    Raises:
        DatabaseBusyError: it could not be stored in time; nothing was.
    """
    return record_post(
        reply.invitation_id,
        lambda _form, _page: reply,
        store,
        now,
        page=reply.page,
        event_id=reply.event_id,
        admits=admits,
    )


def record_post(
    invitation_id: int,
    read: Read,
    store: Store,
    now: datetime,
    *,
    page: str = "",
    channel: str = "web",
    event_id: str = "",
    admits: Admits = everyone,
) -> Outcome:
    """The same for a reply that can only be read beside what was asked, such as a form's fields.

    `page` is the key of the page it answers, "" for the whole questionnaire. `read` is called within the
    transaction: a form read before it would cost every saved page twice its statements.
    """
    with store.writing(invitation=invitation_id) as tx:
        form = form_of(tx, invitation_id)
        if form is None or not admits(form.asked):
            return NotAdmitted(asked=None if form is None else form.asked)
        outcome = record_in(tx, form, read, now, page=page, channel=channel, event_id=event_id)
    reached(Step.REPLY_COMMITTED)
    return outcome


def record_in(
    tx: Tx, form: Form, read: Read, now: datetime, *, page: str = "", channel: str = "web", event_id: str = ""
) -> Outcome:
    """The same within the transaction that `form` was read in, by a caller who admitted the sender."""
    if event_id and not responses.first_seen(tx, channel, event_id, now):
        return Duplicate()
    shown = shown_pages(form)
    found = page_of(shown, page) if page else None
    reply = read(form, found)
    if not takes_answers(form.asked, now):
        return TooLate(form=form, kept=_keep_late(tx, reply, form, now))
    if page and found is None:
        # The page is not put to this person (any more): what was typed there is kept for a person to look at.
        unknown = {answer_name(key): _as_text(raw) for key, raw in reply.given.items()} | dict(reply.strange)
        _keep_unknown(tx, reply, form, unknown, now)
        return Saved(form=form, page=None, problems={}, unknown=tuple(unknown))
    outcome = _record(tx, reply, form, found, shown, now)
    reached(Step.REPLY_WRITTEN)
    return outcome


def takes_answers(asked: Asked, now: datetime) -> bool:
    """Whether the round is open at `now`: the close binds at its minute, whenever the next tick comes."""
    return asked.state is RoundState.OPEN and now < asked.closes_at and asked.mode is not Mode.UNLINKED


def _record(
    tx: Tx, reply: IncomingReply, form: Form, page: Page | None, shown: tuple[Page, ...], now: datetime
) -> Saved:
    asked = form.asked
    own = {(item, row): each for (item, row, voice), each in form.current.items() if not voice}
    recorded = {key: Recorded(value=each.value, raw=each.raw) for key, each in own.items()}
    given, spared = _without_stale_blanks(reply, own)
    judged = accept(
        form.instrument,
        asked.perspectives,
        recorded,
        given,
        page=page,
        language=form.language,
        voices={each.key: each.label for each in form.programme.perspectives},
        today=now.astimezone(zone_named(form.programme.timezone)).date(),
    )
    problems = judged.problems if isinstance(judged, Rejected) else {}
    unknown = {answer_name(key): _as_text(given[key]) for key in judged.unknown} | dict(reply.strange)
    _keep_unknown(tx, reply, form, unknown, now)
    overtaken = tuple(change.key for change in judged.changes if _is_newer(reply, own.get(change.key)))
    said = _for_voices(reply, form, page)
    quotes = _quotes(reply, form, page)
    if judged.changes or said or quotes or _speaks_anew(reply, asked):
        form = _write(tx, reply, form, judged.changes, said, quotes, now)
    return Saved(
        form=form,
        page=page,
        problems=problems,
        overtaken=overtaken,
        spared=spared,
        unknown=tuple(name for name, words in unknown.items() if words.strip()),
        shown_before=shown,
        shown=shown_pages(form),
    )


def _write(
    tx: Tx,
    reply: IncomingReply,
    form: Form,
    changes: tuple[AnswerChange, ...],
    said: Mapping[VoicedKey, str],
    quotes: Mapping[str, QuoteLevel],
    now: datetime,
) -> Form:
    asked, standing = form.asked, form.asked.response
    # A person who takes over what an organiser began answers by themselves, and by their own hand.
    taken_over = standing is not None and standing.mode != ReturnMode.SELF and not (reply.entered or reply.mode)
    kept = None if taken_over else standing
    mode = (reply.mode or ReturnMode(kept.mode if kept else ReturnMode.SELF)).value
    typed_by = reply.typed_by if reply.typed_by is not None else kept.typed_by if kept else ""
    if standing is None:
        notice = _notice_shown(tx, reply, asked)
        response_id = responses.begin_response(
            tx,
            asked,
            channel=reply.channel,
            mode=mode,
            typed_by=typed_by,
            notice_version_id=None if notice is None else notice.id,
            now=now,
        )
    else:
        response_id = standing.id
        # When it was last answered stands with the answers; the response's own row changes with its hand alone.
        if (standing.last_channel, standing.mode, standing.typed_by) != (reply.channel, mode, typed_by):
            responses.touch_response(tx, response_id, channel=reply.channel, mode=mode, typed_by=typed_by, now=now)
    revisions = [_revision(form.current, (change.item, change.row, ""), change.value, change.raw) for change in changes]
    revisions += [_revision(form.current, key, words or None, words) for key, words in said.items()]
    responses.add_answers(tx, response_id, revisions, channel=reply.channel, typed_by=typed_by, now=now)
    if any(_asks_for_voices(form.instrument.item(change.item)) for change in changes):
        responses.set_voices(tx, response_id, _consulted(changes), now)
    if quotes:
        before = consents.consents_of(tx, response_id)
        changed = consents.set_consents(tx, response_id, quotes, channel=reply.channel, now=now)
        withdrawn = [item for item in changed if item in before]
        if withdrawn:
            _note_withdrawn(tx, asked, {item: quotes[item].value for item in withdrawn}, reply, now)
    note_begun(tx, asked, channel=reply.channel, now=now, entered=reply.entered)
    after = dict(form.current)
    for each in revisions:
        # The row's number is not asked back from the database: nobody needs it before the next page is shown.
        after[each.item, each.row, each.voice] = StoredAnswer(
            id=0, revision=each.revision, value=each.value, raw=each.raw
        )
    return Form(asked=asked, programme=form.programme, instrument=form.instrument, current=after)


def _note_withdrawn(tx: Tx, asked: Asked, after: Mapping[str, str], reply: IncomingReply, now: datetime) -> None:
    """A consent that stood is another one now: whoever may quote must be able to see since when."""
    person = f"participant:{asked.participant_id}"
    audit.append(
        tx,
        at=now,
        actor=ENTRY.name if reply.entered else person,
        channel=reply.channel,
        programme_id=asked.programme_id,
        what="consent to quote changed",
        subject=person,
        after=after,
    )


def _notice_shown(tx: Tx, reply: IncomingReply, asked: Asked) -> NoticeVersion | None:
    """The notice beside what was asked: a file may have been loaded between the page and its answer."""
    shown = None if reply.notice is None else notice_of_version(tx, asked.programme_id, reply.notice)
    return newest_notice(tx, asked.programme_id) if shown is None else shown


def _revision(current: Mapping[VoicedKey, StoredAnswer], key: VoicedKey, value: object, raw: str) -> NewRevision:
    standing = current.get(key)
    return NewRevision(
        item=key[0],
        row=key[1],
        voice=key[2],
        revision=1 if standing is None else standing.revision + 1,
        value=value,  # type: ignore[arg-type]  # JSON as surveys.answers made it
        raw=raw,
    )


def _is_newer(reply: IncomingReply, standing: StoredAnswer | None) -> bool:
    return standing is not None and reply.seen is not None and standing.id > reply.seen


def _without_stale_blanks(
    reply: IncomingReply, own: Mapping[AnswerKey, StoredAnswer]
) -> tuple[dict[AnswerKey, Raw], tuple[AnswerKey, ...]]:
    """An empty field from an older window never erases what was written since (two tabs on one form).

    Nor does one that an organiser leaves empty erase the person's own words, which they may not have been shown.
    """
    blank = [
        key
        for key, raw in reply.given.items()
        if not _as_text(raw) and (standing := own.get(key)) is not None and standing.value is not None
    ]
    theirs = {key for key in blank if reply.entered and own[key].typed_by != ORGANISER}
    spared = tuple(key for key in blank if key not in theirs and _is_newer(reply, own[key]))
    return {key: raw for key, raw in reply.given.items() if key not in {*spared, *theirs}}, spared


def _as_text(raw: Raw) -> str:
    return raw.strip() if isinstance(raw, str) else "\n".join(part for part in raw if part.strip())


def _asks_for_voices(item: Item | None) -> bool:
    return item is not None and item.type is ItemType.VOICES


def _consulted(changes: tuple[AnswerChange, ...]) -> dict[str, str]:
    return {
        str(each["perspective"]): str(each["how"])
        for change in changes
        if isinstance(change.value, list)
        for each in change.value
        if isinstance(each, dict)
    }


def _for_voices(reply: IncomingReply, form: Form, page: Page | None) -> dict[VoicedKey, str]:
    """What consulted perspectives said, where it differs from what stands."""
    known = {each.key for each in form.programme.perspectives}
    found: dict[VoicedKey, str] = {}
    for (voice, (item, row)), raw in reply.for_voices.items():
        words = raw.replace("\r\n", "\n").replace("\x00", "").strip()
        standing = form.current.get((item, row, voice))
        before = "" if standing is None or standing.value is None else str(standing.value)
        on_page = page is None or any(each.key == item for each in page.items)
        stale_blank = not words and _is_newer(reply, standing)
        if voice in known and on_page and words != before and not stale_blank:
            found[item, row, voice] = words
    return found


def _quotes(reply: IncomingReply, form: Form, page: Page | None) -> dict[str, QuoteLevel]:
    """Consents that could change something: "no" before anything was agreed to is where everyone begins."""
    items = form.instrument.items() if page is None else page.items
    asked = {item.key for item in items if item.quote}
    begun = form.asked.response is not None
    return {
        item: level for item, level in reply.quotes.items() if item in asked and (begun or level is not QuoteLevel.NONE)
    }


def _speaks_anew(reply: IncomingReply, asked: Asked) -> bool:
    """Whether the reply says something new about who typed, of a response that is there already."""
    standing = asked.response
    if standing is None:
        return False
    new_hand = reply.typed_by is not None and reply.typed_by != standing.typed_by
    return new_hand or (reply.mode is not None and reply.mode.value != standing.mode)


def _keep_unknown(tx: Tx, reply: IncomingReply, form: Form, unknown: Mapping[str, str], now: datetime) -> None:
    words = {name: text for name, text in unknown.items() if text.strip()}
    if words:
        _keep(tx, reply, form, words, "it belongs to no question put to this person", now)


def _keep_late(tx: Tx, reply: IncomingReply, form: Form, now: datetime) -> bool:
    """Keep what came after the close; of an unlinked round nothing is ever kept beside a person."""
    if form.asked.mode is Mode.UNLINKED:
        return False
    words = {answer_name(key): _as_text(raw) for key, raw in reply.given.items()}
    words |= {f"{answer_name(key)} ({voice})": text for (voice, key), text in reply.for_voices.items()}
    words = {name: text for name, text in (words | dict(reply.strange)).items() if text.strip()}
    if not words:
        return False
    late = form.asked.state is RoundState.CLOSED or now >= form.asked.closes_at
    _keep(tx, reply, form, words, "came after the close" if late else "the round is not open", now)
    return True


def _keep(tx: Tx, reply: IncomingReply, form: Form, words: Mapping[str, str], reason: str, now: datetime) -> None:
    triage.keep(
        tx,
        channel=reply.channel,
        sender=reply.address or f"participant:{form.asked.participant_id}",
        reason=reason,
        text="\n\n".join(f"{name}: {text}" for name, text in words.items()),
        fields=dict(words),
        now=now,
        round_id=form.asked.round_id,
        participant_id=form.asked.participant_id,
        invitation_id=form.asked.invitation_id,
    )
