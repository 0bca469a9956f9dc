"""A small programme as files, made to be changed: a village hall asks after its meetings."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from handlers.load import Loaded, Unreadable, load_programme
from storage.engine import Store
from storage.tables import metadata
from surveys.authority import CONSOLE

BEFORE = datetime(2025, 3, 1, 12, tzinfo=UTC)

PROGRAMME = """\
programme: village
title: Village hall
timezone: Europe/London
calendar: GB-ENG
perspectives:
  - {id: host, label: Host}
  - {id: guest, label: Guest, required: true}
areas:
  - {id: north, name: North}
  - {id: south, name: South}
sessions:
  - {id: spring, area: north, starts: 2025-03-10 10:00, ends: 2025-03-10 12:00}
  - {id: summer, area: south, starts: 2025-06-10 10:00, ends: 2025-06-10 12:00}
privacy: {controller: The village hall, contact: hall@example.org}
panel: panel.csv
rounds:
  - id: middle
    survey: short.yaml
    kind: mid_cycle
    opens: 2025-04-01 09:00
    closes: 2025-04-14 close of play
    audience: {sessions: held}
    reminders: {before_close: [7 days, 2 days], at: "09:30", cap: 2, gap: 24 hours}
  - id: after
    survey: short.yaml
    kind: post_session
    opens: 1 hour after session
    closes: 5 working days after opens
"""

SURVEY = """\
survey: short
version: 1
title: Three questions
sections:
  - title: The day
    items:
      - {id: well, ask: How well did it go?, type: scale, points: 6, labels: {1: Poorly, 6: Very well}}
      - {id: again, ask: Would you come again?, type: yes_no}
      - {id: why, ask: Why not?, type: text, when: "${again} = 'no'"}
"""

PANEL = """\
id,name,email,area,perspectives,sessions,preferred
ann,Ann Mortlake,ann@example.org,north,host,spring:host;summer:guest,
bob,Bob Tarrant,bob@example.org,south,guest,spring,
cy,Cyrus Oake,cy@example.org;cyrus@home.test,south,guest,summer,
"""


class Village:
    """The files of the programme in a folder, and the loading of them."""

    def __init__(self, folder: Path, store: Store) -> None:
        self.folder = folder
        self.store = store
        self.programme = folder / "programme.yaml"
        self.survey = folder / "short.yaml"
        self.panel = folder / "panel.csv"
        self.programme.write_text(PROGRAMME, encoding="utf-8")
        self.survey.write_text(SURVEY, encoding="utf-8")
        self.panel.write_text(PANEL, encoding="utf-8")

    def edit(self, path: Path, old: str, new: str) -> None:
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def load(self, now: datetime = BEFORE, **options) -> Loaded:
        outcome = self.try_load(now, **options)
        assert isinstance(outcome, Loaded), outcome
        return outcome

    def problems(self, now: datetime = BEFORE, **options) -> list[str]:
        """Each problem, with its file's name alone."""
        outcome = self.try_load(now, **options)
        assert isinstance(outcome, Unreadable), outcome
        return [str(problem).removeprefix(f"{self.folder}/") for problem in outcome.problems]

    def changes(self, now: datetime = BEFORE, **options) -> list[str]:
        return [str(change) for change in self.load(now, **options).changes]

    def try_load(self, now: datetime = BEFORE, **options) -> Loaded | Unreadable:
        return load_programme(self.programme, self.store, now, **{"dry_run": False, "actor": CONSOLE} | options)


def dump(store: Store) -> list[str]:
    """Every row of every table."""

    def rows() -> Iterator[str]:
        with store.reading() as tx:
            for table in metadata.sorted_tables:
                yield from (f"{table.name} {tuple(row)}" for row in tx.execute(table.select()))

    return list(rows())
