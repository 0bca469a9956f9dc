"""Messages that ask are brought up to date when the answer came elsewhere, or the round takes none any more."""

from __future__ import annotations

from datetime import timedelta

from bot.chat.answering import lines_of
from bot.chat.desk import ChatDesk
from bot.web.sight import Sight
from channels.chat.prompts import Place, recorded
from channels.chat.words import Words
from storage.chat_prompts import ChatPrompt, LastAnswer, PromptState, last_answer, outdated, settle_prompt
from storage.engine import Tx
from surveys.answer_values import is_answered
from surveys.moment_words import say_moment
from surveys.pages import page_of

# A platform takes some fifty changes a minute; what is left is done by the next tick.
_AT_ONCE = 10
# An answer's instant is when it arrived; it may be seen, and shown where it was given, only this much later.
_SEEN_WITHIN = timedelta(seconds=5)


def refresh_prompts(desk: ChatDesk) -> int:
    """Bring some messages up to date; how many."""
    # What arrives while messages are being changed is newer than what they show, and is found by the next call.
    shows_until = desk.now - _SEEN_WITHIN
    with desk.web.store.reading() as tx:
        found = outdated(tx, desk.channel, _AT_ONCE)
        sights = {each.invitation_id: desk.sight_of(tx, each.invitation_id) for each in found}
        lasts = {each.id: _last(tx, each, sights[each.invitation_id]) for each in found}
    for each in found:
        sight = sights[each.invitation_id]
        state = PromptState.OVER if sight is None else _refresh(desk, each, sight, lasts[each.id])
        with desk.web.store.writing() as tx:
            settle_prompt(tx, each.id, state, max(shows_until, each.shown_at))
    return len(found)


def _refresh(desk: ChatDesk, prompt: ChatPrompt, sight: Sight, last: LastAnswer | None) -> PromptState:
    words = Words(sight.form.language)
    page = page_of(sight.shown, prompt.page)
    if page is None:
        said = words("elsewhere_gone")
        desk.update(prompt.conversation, prompt.message, said, desk.draw.said(said, words))
        return PromptState.OVER
    if last is not None and last.channel == desk.channel and last.changed_at > desk.now - _SEEN_WITHIN:
        # Whatever took the answer here is about to show it; if it never does, the next call will.
        return prompt.state
    stands = prompt.state is PromptState.ANSWERED or not _left(sight)
    if last is not None and last.changed_at <= prompt.shown_at and sight.is_open and stands:
        # What came was for another page: this one stands as it does.
        return prompt.state
    answered = last is not None and any(is_answered(sight.form.answers, key) for key in page.answer_keys)
    if not answered and sight.is_open and not _left(sight):
        # What came was for another page: this one still asks.
        return prompt.state
    place = Place(invitation_id=prompt.invitation_id, page=prompt.page, part=prompt.part)
    note = _where(words, last, sight) if answered and last is not None else ""
    if not answered:
        when = say_moment(sight.form.asked.ended_at, sight.zone, sight.words.tag)
        note = words("closed", when=when) if not sight.is_open else words("no_longer_asked")
    made = recorded(
        desk.draw, desk.view(sight, page), lines_of(sight, [page]), place, words, note=note, edit=sight.is_open
    )
    desk.update(prompt.conversation, prompt.message, note, made)
    return PromptState.ANSWERED if sight.is_open else PromptState.OVER


def _last(tx: Tx, prompt: ChatPrompt, sight: Sight | None) -> LastAnswer | None:
    page = None if sight is None else page_of(sight.shown, prompt.page)
    return None if page is None else last_answer(tx, prompt.invitation_id, [item.key for item in page.items])


def _left(sight: Sight) -> bool:
    return sight.form.asked.disposition.value not in {"pending", "partial"}


def _where(words: Words, last: LastAnswer, sight: Sight) -> str:
    """Where and when it was answered."""
    where = words(f"where_{last.channel}" if last.channel in {"web", "mail", "slack", "teams"} else "where_other")
    return words("elsewhere", where=where, when=say_moment(last.at, sight.zone, sight.words.tag))
