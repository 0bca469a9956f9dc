"""Takes in mail while `serve` runs: each mailbox in a thread of its own, so that one that hangs stops nothing else."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from structlog.typing import FilteringBoundLogger

from bot.channels import open_mailboxes
from bot.failures import CommandRefused
from bot.logs import what_failed
from bot.settings import Settings
from bot.ticking import holder
from channels.mail.account import read_listen
from channels.mail.mailbox import Mailbox, MailboxTrouble
from handlers.mail_in import handle_waiting
from handlers.mailboxes import Taken, pause_after, take_new
from storage.engine import DatabaseBusyError, Store

if TYPE_CHECKING:
    from bot.mail_listener import MailListener

# How long one wait for mail lasts at most; afterwards the folder is looked at in any case.
_WAIT_SECONDS = 60.0
_BUSY_SECONDS = 2.0
# While another reads the mailbox, in another process, it is asked so often whether that one has ended.
_ELSEWHERE_SECONDS = 30.0


class Receiving:
    """Every way in which mail comes in by itself: the mailboxes that are read, and what mail servers hand over."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        clock: Callable[[], datetime],
        *,
        alone: bool,
        stopping: threading.Event,
        log: FilteringBoundLogger,
    ) -> None:
        """Bind, where mail is handed over.

        Raises:
            CommandRefused: the address of MAIL_LISTEN can't be listened on.
        """
        self._store = store
        self._clock = clock
        self._log = log
        self._readers = [
            Reader(mailbox, store, clock, alone=alone, stopping=stopping, log=log)
            for mailbox in open_mailboxes(settings)
        ]
        self._listener = _listener(settings, store, clock, log)

    def start(self) -> None:
        """Handle what a crash left stored but not handled, then take in what comes."""
        try:
            handle_waiting(self._store, self._clock())
        except Exception as error:  # noqa: BLE001 - they stay stored, and wait for the next start
            self._log.error("mails that wait could not be handled", **what_failed(error))
        for reader in self._readers:
            reader.start()
        if self._listener is not None:
            self._listener.start()
            self._log.info("mail servers can hand over mail", at=str(self._listener.at))

    def finish(self) -> None:
        """Wait until the messages in hand are dealt with; `stopping` is set."""
        if self._listener is not None:
            self._listener.stop(no_assert=True)
        for reader in self._readers:
            reader.join()

    def hang_up(self) -> None:
        """Give up whatever waits for a server. From any thread."""
        for reader in self._readers:
            reader.hang_up()


def _listener(
    settings: Settings, store: Store, clock: Callable[[], datetime], log: FilteringBoundLogger
) -> MailListener | None:
    if not settings.mail_listen:
        return None
    from bot.mail_listener import MailListener  # noqa: PLC0415 - slow to load, and only needed here

    at = read_listen(settings.mail_listen)
    try:
        return MailListener(at, store, clock, log)
    except OSError as error:
        raise CommandRefused(f"MAIL_LISTEN: {at} can't be listened on: {error.strerror or error}") from None


class Reader:
    """One mailbox, read until `stopping` is set."""

    def __init__(
        self,
        mailbox: Mailbox,
        store: Store,
        clock: Callable[[], datetime],
        *,
        alone: bool,
        stopping: threading.Event,
        log: FilteringBoundLogger,
    ) -> None:
        self._mailbox = mailbox
        self._store = store
        self._clock = clock
        self._alone = alone
        self._stopping = stopping
        self._log = log
        self._failures = 0
        self._trouble = ""
        self._thread = threading.Thread(target=self._run, name=f"mailbox {mailbox.account}", daemon=True)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def hang_up(self) -> None:
        """Give up whatever waits for the server; the reader ends then. From any thread."""
        self._mailbox.hang_up()

    def join(self) -> None:
        """Wait until the message in hand is dealt with."""
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._stopping.wait(self._look())
        self._mailbox.rest()

    def _look(self) -> float:
        """Take in what is new, and wait for more; the seconds after which to look again."""
        try:
            taken = take_new(
                self._mailbox,
                self._store,
                self._clock,
                holder=holder(),
                alone=self._alone,
                stopping=self._stopping.is_set,
            )
            self._tell_of(taken)
            if taken.elsewhere:
                return _ELSEWHERE_SECONDS
            if taken.mails:
                # What came while these were handled has been announced already, and would not be once more.
                return 0.0
            self._mailbox.wait(_WAIT_SECONDS, self._stopping)
        except MailboxTrouble as trouble:
            return self._tell_trouble(str(trouble))
        except DatabaseBusyError:
            self._log.warning("the database was busy; the mail waits in the mailbox")
            return _BUSY_SECONDS
        except Exception as error:  # noqa: BLE001 - one bad look must not end the reading
            self._log.error("a mailbox could not be read", account=self._mailbox.account, **what_failed(error))
            self._failures += 1
            return pause_after(self._failures).total_seconds()
        return 0.0

    def _tell_of(self, taken: Taken) -> None:
        self._failures = 0
        if self._trouble:
            self._log.info("a mailbox can be read again", account=self._mailbox.account)
            self._trouble = ""
        if taken.mails:
            self._log.info("mail", account=self._mailbox.account, **counted(taken))

    def _tell_trouble(self, trouble: str) -> float:
        # Told when it begins and when it changes: a server that is down for a night must not fill the log.
        if trouble != self._trouble and not self._stopping.is_set():
            self._log.warning("a mailbox is in trouble", account=self._mailbox.account, trouble=trouble)
        self._trouble = trouble
        pause = pause_after(self._failures).total_seconds()
        self._failures += 1
        return pause


def counted(taken: Taken) -> Mapping[str, int]:
    """How many mails came to what."""
    return dict(sorted(Counter(each.outcome for each in taken.mails).items()))


def take_once(
    mailboxes: Iterable[Mailbox], store: Store, now: datetime, *, alone: bool
) -> tuple[Mapping[str, int], Mapping[str, str]]:
    """Read each mailbox once, as if it were `now`: how many mails came to what, and what is wrong by account."""
    outcomes: Counter[str] = Counter()
    troubles: dict[str, str] = {}
    for mailbox in mailboxes:
        try:
            taken = take_new(mailbox, store, lambda: now, holder=holder(), alone=alone)
            outcomes.update(counted(taken))
        except MailboxTrouble as trouble:
            troubles[mailbox.account] = str(trouble)
        finally:
            mailbox.rest()
    return dict(sorted(outcomes.items())), troubles
