"""What is read in the blind replies, against what was meant."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from channels.mail.reading.asked import asked_of
from channels.mail.reading.opened import Opened, open_mail
from channels.mail.reading.reply import Understood, understand
from tests.mail.blind.write import HERE, SECOND, SENT, instrument
from tests.mail.letters import ours_of

ARRIVED = date(2024, 11, 26)
SENDERS = ("Rowan Achterberg", "evaluation@soundings.test")
TEXTS = {name: ours_of((HERE / f"sent-{name}.eml").read_bytes()).text for name in SENT}
ASKED = {name: asked_of(instrument(SENT[name][0]), {}, ARRIVED) for name in SENT}
# Whoever answers a reminder or a receipt has had the invitation too.
BEFORE = {"library_reminder": "library", "library_receipt": "library"}


@dataclass(frozen=True, kw_only=True)
class Blind:
    """One reply and what is to be read in it."""

    name: str
    sent: str
    kind: str
    answers: dict[int, str]
    leftover: list[str]
    return_date: str
    raw: bytes


def blind(folder: Path = HERE) -> Iterator[Blind]:
    """All of them."""
    for path in sorted(folder.glob("*.json")):
        told = json.loads(path.read_text("utf-8"))
        answers = {int(number): words for number, words in told.pop("answers").items()}
        yield Blind(name=path.stem, answers=answers, raw=path.with_suffix(".eml").read_bytes(), **told)


def read(each: Blind, mail: Opened | None = None) -> Understood:
    """The reply as it is read against what was sent; `mail` if it is open already."""
    before = BEFORE.get(each.sent)
    texts = [TEXTS[each.sent]] + ([TEXTS[before]] if before else [])
    return understand(mail or open_mail(each.raw), texts, ASKED[each.sent], SENDERS)


def main(folder: Path = HERE) -> None:
    """Print how many answers are read to the letter, and each that is not."""
    right = wanted = foreign = lost = stray = 0
    for each in blind(folder):
        if each.kind != "human":
            continue
        found = read(each)
        wanted += len(each.answers)
        for number in sorted(set(each.answers) | set(found.answers)):
            expected, got = each.answers.get(number), found.answers.get(number)
            right += expected is not None and got == expected
            foreign += got is not None and (expected is None or got not in expected)
            if got != expected:
                print(f"{each.name} {number}: {got!r} for {expected!r}")
        for words in each.leftover:
            if words not in found.leftover:
                lost += 1
                print(f"{each.name}: lost {words!r}")
        if found.leftover and not each.leftover:
            stray += 1
            print(f"{each.name}: stray {found.leftover!r}")
    print(f"{right} of {wanted} to the letter, {foreign} foreign, {lost} lost, {stray} with strays")


if __name__ == "__main__":
    main()
    main(SECOND)
