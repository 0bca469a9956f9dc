"""What the coverage reminder gains: simulated people, the same number of messages, sent by need or at random.

Nobody knows how people behave; the figures are the ones we design by. An invitation brings 35 % of people, further
reminders 11, 4 and 2.5 points, each times a factor of the person's perspective. Both ways send two reminders to everyone
still silent; then the third goes to those whose voice is missing (`surveys.figures.missing_voices` says whose), or to as
many drawn by lot. Told is the share of (area, perspective) cells that are heard, over 200 seeds.
"""

from __future__ import annotations

import random
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from surveys.dispositions import Disposition
from surveys.figures import missing_voices
from surveys.programme import Area, Perspective, Programme
from surveys.text import Text

SEEDS = 200
BASE, STEPS = 0.35, (0.11, 0.04, 0.025)
# Parents and partners in health answer least, whoever hosted the day most.
FACTORS = {"host": 1.5, "director": 1.2, "deputy": 1.0, "reviewer": 1.0, "school": 0.9, "pcf": 0.6, "health": 0.5}
# As in the mid-cycle example: (area, perspective) of each of its 26 people.
S1 = (
    *((area, who) for area in range(5) for who in ("host", "pcf", "school", "health")),
    (0, "director"),
    (1, "director"),
    (1, "deputy"),
    (2, "pcf"),
    (3, "deputy"),
    (4, "director"),
)


@dataclass(frozen=True)
class Panel:
    name: str
    people: Sequence[tuple[str, str]]

    def programme(self) -> Programme:
        areas = dict.fromkeys(area for area, _ in self.people)
        return Programme(
            key="bench",
            title=Text.plain("Bench"),
            timezone="Etc/UTC",
            perspectives=tuple(Perspective(key=key, label=Text.plain(key), required=True) for key in FACTORS),
            areas=tuple(Area(key=area, name=Text.plain(area)) for area in areas),
        )


def large() -> Panel:
    """40 areas, 7 perspectives, one to three people in each cell."""
    chance = random.Random(40)
    cells = [(f"a{area}", who) for area in range(40) for who in FACTORS]
    return Panel("40 areas × 7 perspectives", [cell for cell in cells for _ in range(chance.choice((1, 1, 2, 3)))])


def share_heard(panel: Panel, seed: int, *, by_need: bool) -> tuple[float, int]:
    """The share of asked cells that are heard at the end, and how many third reminders went."""
    chance = random.Random(seed)
    # One number for each person decides at which step they answer, whichever way is taken.
    moods = [chance.random() for _ in panel.people]
    reach = [0.0] * len(panel.people)
    for person, (_, who) in enumerate(panel.people):
        reach[person] = (BASE + STEPS[0] + STEPS[1]) * FACTORS[who]
    silent = [person for person in range(len(panel.people)) if moods[person] >= reach[person]]
    standing = [
        (frozenset({cell}), Disposition.PENDING if person in set(silent) else Disposition.COMPLETE)
        for person, cell in enumerate(panel.people)
    ]
    missing = missing_voices(panel.programme(), standing, frozenset())
    needed = [person for person in silent if panel.people[person] in missing]
    reminded = needed if by_need else chance.sample(silent, len(needed))
    for person in reminded:
        reach[person] += STEPS[2] * FACTORS[panel.people[person][1]]
    heard = {panel.people[person] for person in range(len(panel.people)) if moods[person] < reach[person]}
    return len(heard) / len(set(panel.people)), len(reminded)


def main() -> bool:
    """Print the gain and its spread; there is no target, as it is a simulation."""
    print("coverage reminders, simulated")
    panels = (Panel("the S1 panel of 26", [(f"a{area}", who) for area, who in S1]), large())
    for panel in panels:
        need = [share_heard(panel, seed, by_need=True) for seed in range(SEEDS)]
        lot = [share_heard(panel, seed, by_need=False) for seed in range(SEEDS)]
        gains = [100 * (one - other) for (one, _), (other, _) in zip(need, lot, strict=True)]
        fifth, last = statistics.quantiles(gains, n=20)[0], statistics.quantiles(gains, n=20)[-1]
        sent = statistics.mean(many for _, many in need)
        print(
            f"  {panel.name}: {100 * statistics.mean(each for each, _ in lot):.1f} % of cells heard by lot,"
            f" {100 * statistics.mean(each for each, _ in need):.1f} % by need, with {sent:.0f} third reminders;"
            f" gain {statistics.mean(gains):+.2f} points (90% between {fifth:+.1f} and {last:+.1f};"
            f" {sum(each > 0 for each in gains)} of {SEEDS} seeds gain, {sum(each < 0 for each in gains)} lose)"
        )
    return True


if __name__ == "__main__":
    main()
