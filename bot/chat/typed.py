"""Somebody types into the chat: the answer to the open question that is being asked, or words that are kept."""

from __future__ import annotations

from bot.chat.answering import Answering, after_saving, reply_of
from bot.chat.desk import ChatDesk, Click
from channels.chat.drawing import Element
from channels.chat.prompts import Place
from channels.chat.words import Words
from channels.form.inputs import name_of
from channels.form.pages import question_words
from handlers.replies import Duplicate, NotAdmitted, Saved, TooLate, record_post
from handlers.typed_words import keep_typed, place_typed
from storage.chat_prompts import ChatPrompt, invitations_of_owner, newest_asking, owners_of
from storage.engine import Tx
from storage.forms import Form
from surveys.instrument import ItemType, Question
from surveys.pages import Page, page_of
from surveys.replies import IncomingReply

WHICH, NONE_OF_THESE = "typed:which", "typed:none"
_OPEN = frozenset({ItemType.TEXT, ItemType.LONG_TEXT, ItemType.NUMBER, ItemType.DATE})
# Slack's row of buttons holds 25, one of which is "none of these".
_MOST_OFFERED = 24
_MOST_LOOKED_AT = 20


def typed_message(desk: ChatDesk, user: str, conversation: str, text: str, event_id: str) -> Answering:
    """Store what was typed, or keep it for a person to look at; then say what became of it.

    Raises:
        DatabaseBusyError: nothing was stored; the platform delivers it again.
    """
    with desk.web.store.reading() as tx:
        owners = owners_of(tx, desk.channel, user)
        asking = newest_asking(tx, desk.channel, conversation)
        sight = None if asking is None else desk.sight(tx, asking.invitation_id, user)
        unlinked = sight is None and _has_unlinked(desk, tx, user)
    if unlinked:
        # It may answer that round, and nothing of what is said there may stand beside a person.
        yield False
        desk.post(conversation, Words("en-GB")("typed_unlinked"), [])
        return
    page = None if sight is None or asking is None else page_of(sight.shown, asking.page)
    if not text.strip() or not owners:
        yield from _nothing_asked(desk, user, conversation, text, min(owners, default=None), event_id)
        return
    if sight is None or asking is None or page is None or not sight.is_open:
        yield from _nothing_asked(desk, user, conversation, text, min(owners), event_id)
        return
    question = _the_one(page)
    if question is None:
        yield from _which(desk, sight.form, page, conversation, text, event_id)
        return
    yield from _record(desk, asking, user, question, text, event_id, conversation)


def _has_unlinked(desk: ChatDesk, tx: Tx, user: str) -> bool:
    """Whether an unlinked round waits for this user's return."""
    sights = (
        desk.sight(tx, each, user) for each in invitations_of_owner(tx, desk.channel, user, limit=_MOST_LOOKED_AT)
    )
    return any(each is not None and each.unlinked and each.is_open for each in sights)


def _record(
    desk: ChatDesk,
    asking: ChatPrompt,
    user: str,
    question: Question,
    text: str,
    event_id: str,
    conversation: str,
) -> Answering:
    name = name_of(question)

    def read(form: Form, shown: Page | None) -> IncomingReply:
        return reply_of(form, shown, {name: [text]}, desk.channel)

    outcome = record_post(
        asking.invitation_id,
        read,
        desk.web.store,
        desk.now,
        page=asking.page,
        channel=desk.channel,
        event_id=event_id,
        admits=desk.admits(user),
    )
    sight = None
    if isinstance(outcome, Saved):
        with desk.web.store.reading() as tx:
            sight = desk.sight_of(tx, asking.invitation_id)
    yield False
    place = Place(invitation_id=asking.invitation_id, page=asking.page, part=asking.part)
    if isinstance(outcome, Saved) and sight is not None:
        click = Click(
            user=user,
            conversation=asking.conversation,
            message=asking.message,
            action="",
            value="",
            state={},
            event=event_id,
        )
        yield from after_saving(desk, click, place, outcome, sight, {name: [text]}, [name], last=True)
    elif isinstance(outcome, TooLate):
        desk.post(conversation, Words(outcome.form.language)("closed_kept"), [])
    elif isinstance(outcome, (Duplicate, NotAdmitted)):
        return


def _the_one(page: Page) -> Question | None:
    """The question that typed words answer without a doubt: the only open one, or the only one there is."""
    opens = [each for each in page.questions if each.control.type in _OPEN]
    if len(opens) == 1 and len(page.questions) == 1:
        return opens[0]
    return page.questions[0] if len(page.questions) == 1 and page.questions[0].control.type in _TAKEN else None


_TAKEN = frozenset({ItemType.CHOICE, ItemType.SCALE, ItemType.YES_NO, ItemType.CHOICES, ItemType.STATUS})


def _which(desk: ChatDesk, form: Form, page: Page, conversation: str, text: str, event_id: str) -> Answering:
    """Several questions are being asked: keep the words, and ask which of them they answer."""
    entry = keep_typed(
        desk.web.store,
        desk.now,
        form.asked,
        text,
        channel=desk.channel,
        event_id=event_id,
        reason="which question it answers is not clear",
    )
    yield False
    if entry is None:
        return
    with desk.web.store.reading() as tx:
        sight = desk.sight_of(tx, form.asked.invitation_id)
    if sight is None:
        return
    words = Words(form.language)
    made: list[Element] = desk.draw.said(words("which_question"), words)
    buttons = []
    for number, question in enumerate(page.questions[:_MOST_OFFERED]):
        label = f"{question.number}. {question_words(sight.setting, question)}"
        made += [] if desk.draw.fits_button(label) else desk.draw.said(label, words)
        text_of = label if desk.draw.fits_button(label) else f"{question.number}."
        value = f"{form.asked.invitation_id}|{entry}|{name_of(question)}"
        buttons.append(desk.draw.button(text_of, f"{WHICH}:{number}", value))
    buttons.append(desk.draw.button(words("none_of_these"), NONE_OF_THESE, f"{form.asked.invitation_id}|{entry}|"))
    desk.post(conversation, words("which_question"), [*made, desk.draw.row(buttons)])


def answer_which(desk: ChatDesk, click: Click) -> None:
    """The person says which question their words answer.

    Raises:
        DatabaseBusyError: nothing was stored.
    """
    number, _, rest = click.value.partition("|")
    entry, _, name = rest.partition("|")
    if not (number.isdigit() and entry.isdigit()):
        return
    with desk.web.store.reading() as tx:
        sight = desk.sight(tx, int(number), click.user)
    if sight is None:
        desk.whisper(click.conversation, click.user, Words("en-GB")("not_yours"))
        return
    words = Words(sight.form.language)
    if not name:
        said = words("kept_for_organisers")
    else:
        wrong = place_typed(desk.web.store, desk.now, int(number), int(entry), name, channel=desk.channel)
        said = words("problem", what=wrong) if wrong else words("recorded")
    desk.update(click.conversation, click.message, said, desk.draw.said(said, words))


def _nothing_asked(
    desk: ChatDesk, user: str, conversation: str, text: str, participant: int | None, event_id: str
) -> Answering:
    words = Words("en-GB")
    if not text.strip():
        yield False
        return
    kept = keep_typed(
        desk.web.store,
        desk.now,
        None,
        text,
        channel=desk.channel,
        event_id=event_id,
        reason="nothing was being asked in the chat",
        participant_id=participant,
        sender=user,
    )
    yield False
    if kept is not None:
        desk.post(conversation, words("nothing_asked"), [])
