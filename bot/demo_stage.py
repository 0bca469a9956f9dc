"""What the demo's pages stand on: its database, its clock, its mail both ways, and how the clock is moved."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.demo_clock import DemoClock
from console.demo_replies import away_mail, bounce_mail, reply_mail
from console.demo_sorting import waiting_entries
from console.demo_status import close_ahead, people_of, round_views
from console.demo_views import Move, Moved, Person, RoundView, SendBack, Sortable, Sorting
from console.mailbox import Mailbox, MailboxMessage, SentBack
from handlers import triage
from handlers.mail_in import Received
from storage.engine import Store
from storage.programmes import StoredProgramme
from surveys.authority import CONSOLE

LENGTHS = {Move.HOUR: timedelta(hours=1), Move.DAY: timedelta(days=1), Move.WEEK: timedelta(weeks=1)}
# A stop at every due time on the way; a season of both rounds has some thirty.
MOST_STOPS = 500
AWAY_FOR = timedelta(days=7)


class Post(Protocol):
    """Brings a mail to the demo's server; what became of it, if it was to us. Raises NotTaken."""

    def __call__(self, mail: EmailMessage, *, sender: str, to: str) -> Received | None: ...


class DemoStage:
    """The demo of one programme. Threads may share it; the clock is moved, and messages sent, by one at a time.

    `tick` does all that is due at a time, and answers when something is next known to fall due.
    """

    def __init__(
        self,
        *,
        store: Store,
        clock: DemoClock,
        mailbox: Mailbox,
        post: Post,
        programme: StoredProgramme,
        public_url: str,
        tick: Callable[[datetime], datetime | None],
    ) -> None:
        self.store = store
        self.clock = clock
        self.mailbox = mailbox
        self.public_url = public_url
        self.zone = ZoneInfo(programme.programme.timezone)
        self.moved: Moved | None = None
        self.sorted_last = ""
        self._stored = programme
        self._tick = tick
        self._post = post
        self._one_at_a_time = threading.Lock()

    def now(self) -> datetime:
        return self.clock()

    def programme(self) -> str:
        return self._stored.programme.title.within("en-GB")

    def people(self) -> tuple[Person, ...]:
        with self.store.reading() as tx:
            return people_of(tx, self._stored)

    def rounds(self) -> tuple[RoundView, ...]:
        with self.store.reading() as tx:
            return round_views(tx, self._stored, self.now())

    def catch_up(self) -> None:
        """Do what is due at the demo's present time: receipts for what was just answered, a delegate's invitation."""
        with self._one_at_a_time:
            self._tick(self.now())

    def move(self, move: Move) -> None:
        """Move the clock on, with a stop at each time at which something is due, so that all goes at its hour."""
        with self._one_at_a_time:
            before, came = self.now(), self.mailbox.counts()
            following = self._tick(before)
            target = self._target(move)
            for _ in range(MOST_STOPS):
                if following is None or not self.now() < following < target:
                    break
                self.clock.move_to(following)
                following = self._tick(following)
            self.clock.move_to(target)
            self._tick(self.now())
            self.moved = Moved(before=before, after=self.now(), came=self.mailbox.counts() - came)

    def reply(self, number: int, *, sender: str, words: str) -> None:
        message = self._message(number)
        mail = reply_mail(message, sender=sender, name=self._name_of(sender), words=words, at=self.now())
        to = message.header("Reply-To") or message.header("From")
        self._send(message, mail, sender=sender, to=parseaddr(to)[1])

    def send_back(self, number: int, what: SendBack) -> None:
        message, now = self._message(number), self.now()
        if what is SendBack.BOUNCE:
            self._send(message, bounce_mail(message, at=now), sender="", to=message.sender)
            return
        back = (now.astimezone(self.zone) + AWAY_FOR).date()
        name = self._name_of(message.recipient)
        mail = away_mail(message, sender=message.recipient, name=name, back=back, at=now)
        self._send(message, mail, sender="", to=message.sender)

    def to_sort(self) -> tuple[Sortable, ...]:
        with self.store.reading() as tx:
            return waiting_entries(tx)

    def sort(self, number: int, how: Sorting, question: str) -> None:
        self.sorted_last = self._sorted(number, how, question)
        self.catch_up()

    def _sorted(self, number: int, how: Sorting, question: str) -> str:
        now = self.now()
        match how:
            case Sorting.DISCARD:
                left = triage.discard(number, self.store, now, actor=CONSOLE)
                return "Set aside." if left is None else f"Nothing was changed: {left.why}."
            case Sorting.ANSWER:
                done = triage.answer(number, self.store, now, actor=CONSOLE)
            case Sorting.ASSIGN:
                done = triage.assign(number, question, self.store, now, actor=CONSOLE)
        if isinstance(done, triage.NotPlaced):
            return f"Nothing was changed: {done.why}."
        return f"Recorded as the answer to {', '.join(done.answers)}."

    def _message(self, number: int) -> MailboxMessage:
        found = self.mailbox.message(number)
        if found is None:
            raise LookupError(f"there is no mail {number}")
        return found

    def _name_of(self, address: str) -> str:
        return next((each.name for each in self.people() if address in each.addresses), "")

    def _send(self, message: MailboxMessage, mail: EmailMessage, *, sender: str, to: str) -> None:
        """Bring it to the server, let what follows happen, a receipt for one, and keep how it went."""
        before = {each.number for each in self.mailbox.newest_first() if each.kind == "receipt"}
        found = self._post(mail, sender=sender, to=to)
        self.catch_up()
        receipts = [
            each.number
            for each in self.mailbox.newest_first()
            if each.kind == "receipt" and each.number not in before and each.recipient == message.recipient
        ]
        self.mailbox.note_sent_back(
            message.number,
            SentBack(
                at=self.now(),
                sender=sender or "the mail server",
                subject=str(mail["Subject"]),
                kind=str(found.kind) if found is not None else "other",
                outcome=found.outcome if found is not None else "elsewhere",
                answers=found.answers if found is not None else 0,
                receipt=receipts[0] if receipts else 0,
            ),
        )

    def _target(self, move: Move) -> datetime:
        now = self.now()
        if move in LENGTHS:
            return self._on_the_wall(now, LENGTHS[move])
        if move is Move.NEXT:
            upcoming = [line.at for view in self.rounds() for line in view.upcoming if line.at > now]
            return min(upcoming, default=now)
        with self.store.reading() as tx:
            return close_ahead(tx, self._stored.id, now) or now

    def _on_the_wall(self, now: datetime, length: timedelta) -> datetime:
        """`length` later as the clock on the wall shows it: a day on is the same hour, also over a change of clocks."""
        if length < timedelta(days=1):
            return now + length
        return (now.astimezone(self.zone) + length).astimezone(now.tzinfo)
