"""How many replies are mapped a second on one core: opened, classified, correlated by their own signs, and understood.

The mails are those of the blind rounds that come nearest to 30 KB, as their programs wrote them.
"""

from __future__ import annotations

import statistics
import time

from channels.mail.reading.keys import keys_of
from channels.mail.reading.kinds import kind_of
from channels.mail.reading.opened import open_mail
from tests.mail.blind.reading import Blind, blind, read
from tests.mail.blind.write import SECOND

TARGET = 200
SIZE = 30_000
MAILS, TURNS = 12, 7


def mails() -> list[Blind]:
    """The replies of people that come nearest to the size."""
    human = [each for each in (*blind(), *blind(SECOND)) if each.kind == "human"]
    return sorted(human, key=lambda each: abs(len(each.raw) - SIZE))[:MAILS]


def measure(replies: list[Blind]) -> list[float]:
    """Replies a second of processor time, turn by turn."""
    rates = []
    for _ in range(TURNS):
        began = time.process_time()
        for each in replies:
            mail = open_mail(each.raw)
            kind_of(mail)
            keys_of(mail)
            read(each, mail)
        rates.append(len(replies) / (time.process_time() - began))
    return rates


def main() -> bool:
    """Print the rate and its spread; whether the target is met."""
    replies = mails()
    size = statistics.mean(len(each.raw) for each in replies) / 1000
    rates = measure(replies)[1:]
    rate = statistics.median(rates)
    met = "met" if rate >= TARGET else "MISSED"
    print(f"mapping {len(replies)} replies of {size:.0f} KB on average, on one core")
    print(f"  {rate:.0f} /s   from {min(rates):.0f} to {max(rates):.0f}   (at least {TARGET}: {met})")
    return rate >= TARGET


if __name__ == "__main__":
    main()
