"""A form as one person sees it: their language and zone, the words piped in, what stands round each page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo

from bot.web.desk import Desk
from bot.web.links import Links, privacy_link
from channels.form.pages import Setting
from channels.form.seen import setting_for
from channels.form.views import FirstView, Frame
from channels.form.words import Words
from handlers.acts import open_for_acts
from handlers.shown_pages import shown_pages
from storage.consents import consents_of
from storage.delegations import giver_of
from storage.engine import Tx
from storage.forms import Form
from storage.invitations import fewer_invited
from storage.people import VISITOR, participant
from storage.programmes import newest_notice
from storage.unlinked import asked_as
from surveys.answer_values import AnswerKey
from surveys.burden import about_minutes
from surveys.clock_times import zone_of
from surveys.instrument import Question
from surveys.moment_words import say_moment
from surveys.pages import Page
from surveys.panel import Participant
from surveys.person_requests import PersonRequest
from surveys.programme import Mode
from surveys.replies import QuoteLevel
from surveys.tokens import Purpose
from surveys.unlinked import unlinked_page


@dataclass(frozen=True, kw_only=True, slots=True)
class Sight:
    """Everything a page of one form is made from. `shown`: the pages put to the person, in order.

    `requests` are what the person has asked of the organisers, where the page is about that.
    `few`: fewer people are asked than the round's minimum group size. `notice` is the version of the privacy notice
    that is shown to someone who has not begun. `given_by`: who gave a delegate's address, "" if that is not known any
    more; None for someone who was not named.
    """

    desk: Desk
    links: Links
    form: Form
    person: Participant
    setting: Setting
    words: Words
    zone: tzinfo
    shown: tuple[Page, ...]
    requests: tuple[PersonRequest, ...] = ()
    few: bool = False
    notice: int = 0
    given_by: str | None = None

    @property
    def entry(self) -> bool:
        return self.links.purpose is Purpose.ENTRY

    @property
    def unlinked(self) -> bool:
        return self.form.asked.mode is Mode.UNLINKED

    @property
    def visiting(self) -> bool:
        """Whether they came to an open round by themselves: nobody asked them, so there is nothing to decline."""
        return self.form.asked.participant_key.startswith(f"{VISITOR}-")

    @property
    def is_open(self) -> bool:
        """Whether the round takes answers now, and a reason not to answer still changes anything."""
        return open_for_acts(self.form, self.desk.clock())

    @property
    def close(self) -> str:
        return say_moment(self.form.asked.closes_at, self.zone, self.words.tag)

    @property
    def questions(self) -> tuple[Question, ...]:
        return tuple(question for page in self.shown for question in page.questions)

    @property
    def programme(self) -> str:
        """The programme's title."""
        return self.setting.say(self.form.programme.title)

    @property
    def said_by(self) -> dict[tuple[str, AnswerKey], str]:
        """What consulted perspectives said."""
        return {
            (voice, (item, row)): str(each.value)
            for (item, row, voice), each in self.form.current.items()
            if voice and each.value
        }

    @property
    def contact(self) -> str:
        """Whom a person can ask: the sender's name and address."""
        sender = self.form.programme.sender
        if sender is not None:
            return f"{sender.name}, {sender.email}" if sender.name else sender.email
        return self.setting.say(self.form.programme.privacy.contact)

    def frame(self, *, action: str = "", hidden: Sequence[tuple[str, str]] = (), notes: Sequence[str] = ()) -> Frame:
        """What stands round a page; the form's seal is among the hidden fields where there is an action."""
        sealed = (("_csrf", self.desk.seal(self.links.token)), *hidden) if action else tuple(hidden)
        return Frame(
            programme=self.programme,
            # Whoever types a return in for somebody has no say over that person's choices.
            choices="" if self.entry else self.links.choices,
            privacy=privacy_link(self.desk.base, self.form.asked.programme_key),
            contact=self.contact,
            styles=self.desk.styles,
            banner=self.desk.settings.banner,
            notes=tuple((NOTES[note][0], self.words(NOTES[note][1])) for note in notes if note in NOTES),
            action=action,
            hidden=sealed,
        )

    def first_view(self) -> FirstView:
        """The top of the first page: who asks, why, how long, until when, who sees what, and the ways out."""
        words, asked = self.words, self.form.asked
        programme = self.programme
        sender = self.form.programme.sender
        who = (sender.name or sender.email) if sender else programme
        line = words("who_asks_line", sender=who, programme=programme) if who != programme else programme
        asks = words.counted("questions", len(self.questions))
        minutes = words.counted("minutes", about_minutes(self.questions))
        how_long = "how_long_line_one_go" if self.unlinked else "how_long_line"
        return FirstView(
            intro=self.setting.say(self.form.instrument.intro),
            promises=(
                (words("who_asks"), (line,)),
                *self._given_by(),
                (words("how_long"), (words(how_long, questions=asks, minutes=minutes),)),
                (words("until"), (self.close,)),
                (words("who_sees"), self._who_sees(asked.mode)),
            ),
            ways=()
            if self.entry or self.visiting
            else tuple((words("way_" + way.replace("-", "_")), self.links.way(way)) for way in _WAYS),
        )

    def _given_by(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        words, name = self.words, self.given_by
        if name is None:
            return ()
        said = words("given_by_line", name=name) if name else words("given_by_somebody")
        return ((words("given_by"), (said,)),)

    def _who_sees(self, mode: Mode) -> tuple[str, ...]:
        words, least = self.words, self.form.min_group
        if mode is Mode.UNLINKED:
            if self.few:
                return (words("sees_unlinked_few", number=least),)
            return (words("sees_unlinked"), words("sees_unlinked_groups", number=least))
        said = [words(f"sees_{mode.value}")]
        if mode is Mode.CONFIDENTIAL and least > 1:
            said.append(words("sees_confidential_few" if self.few else "sees_confidential_figures", number=least))
        if any(item.quote for page in self.shown for item in page.items):
            said.append(words("sees_quotes"))
        return tuple(said)


_WAYS = ("not-me", "someone-else", "joint-return", "later", "no-thank-you", "stop")
# By the word in the address: how it is marked, and which words of ours it stands for.
NOTES = {
    "window": ("waiting", "changed_elsewhere"),
    "spared": ("waiting", "kept_elsewhere"),
    "strange": ("waiting", "not_on_page"),
    "dropped": ("waiting", "not_on_page_dropped"),
    "saved": ("good", "saved_change"),
    "quotes": ("good", "quotes_kept"),
}


class NobodyThereError(LookupError):
    """The person was erased since their form was read."""


def sight_of(
    tx: Tx, desk: Desk, links: Links, form: Form, *, person: Participant | None = None, with_first: bool = True
) -> Sight:
    """Read what else a page needs. Nothing is written.

    `person`: who that is, if just read. Without `with_first` the first view is never drawn, and not read for.

    Raises:
        NobodyThereError: the person was erased since the form was read.
    """
    asked = form.asked
    person = person or participant(tx, asked.participant_id)
    if person is None:
        raise NobodyThereError(f"there is no participant {asked.participant_id}")
    if links.purpose is Purpose.ENTRY:
        form = form.as_entered()
    language = form.language
    zone = zone_of(form.programme, person)
    unlinked = asked.mode is Mode.UNLINKED
    quotes: dict[str, QuoteLevel] = {} if asked.response is None else consents_of(tx, asked.response.id)
    setting = setting_for(
        programme=form.programme,
        instrument=form.instrument,
        person=person,
        areas=asked.areas,
        session=asked.session,
        mode=asked.mode,
        answers=form.answers,
        closes_at=asked.closes_at,
        consulted=form.consulted,
        quotes=quotes,
        language=language,
        zone=zone,
        now=desk.clock(),
        about=asked.about,
    )
    words = setting.words
    if unlinked:
        heard_as = asked_as(tx, asked.round_id, form.instrument, asked.pairs, form.min_group)
        page = unlinked_page(form.instrument, heard_as)
        shown: tuple[Page, ...] = (page,) if page.items else ()
    else:
        shown = shown_pages(form)
    begun = asked.response is not None or not with_first
    notice = None if begun else newest_notice(tx, asked.programme_id)
    return Sight(
        desk=desk,
        links=links,
        form=form,
        person=person,
        setting=setting,
        words=words,
        zone=zone,
        shown=shown,
        few=with_first and fewer_invited(tx, asked.round_id, form.min_group),
        notice=0 if notice is None else notice.version,
        given_by=None if begun else giver_of(tx, asked.invitation_id),
    )
