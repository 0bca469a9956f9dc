"""A garden's open day, open for answers: the feature tour's questionnaire, which has every kind of item."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from werkzeug.test import TestResponse

from bot.web.app import WebSettings, make_app
from handlers.load import load_programme
from handlers.load_outcomes import Loaded
from storage import invitations, rounds
from storage.engine import Store
from storage.invitations import NewInvitation
from storage.looks import people_to_look_at
from storage.people import participants_among, participants_of
from storage.rounds import rounds_to_look_at
from surveys.authority import CONSOLE
from surveys.rounds import Round
from surveys.tokens import Purpose, seal

SECRET = "a secret of the tests, long enough"
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
OPENED = datetime(2025, 4, 28, 8, 0, tzinfo=UTC)
CLOSED = datetime(2025, 5, 9, 16, 0, tzinfo=UTC)


@dataclass
class Clock:
    """The moment it is on the web; a test moves it."""

    now: datetime = OPENED + timedelta(hours=2)

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Garden:
    """The round, its people's invitations by panel id, and the web application on it."""

    store: Store
    app: Flask
    clock: Clock
    round: Round
    invitations: dict[str, int]
    participants: dict[str, int]

    def link(self, who: str, purpose: Purpose = Purpose.ANSWER) -> str:
        with self.store.reading() as tx:
            found = invitations.invitation(tx, self.invitations[who])
        assert found is not None
        entry = purpose is Purpose.ENTRY
        token = seal(SECRET, purpose, found.id, found.entry_generation if entry else found.generation)
        return f"/{'e' if entry else 'f'}/{token}"

    def person(self, who: str, purpose: Purpose = Purpose.ANSWER) -> Visitor:
        return Visitor(self, self.link(who, purpose))

    def disposition(self, who: str) -> str:
        with self.store.reading() as tx:
            found = invitations.invitation(tx, self.invitations[who])
        assert found is not None
        return found.disposition.value

    def quiet(self) -> None:
        """As after a tick: nobody is to be looked at for long."""
        with self.store.writing() as tx:
            for table in ("rounds", "invitations"):
                tx.exec_driver_sql(f"update {table} set look_again_at = '9000-01-01 00:00:00'")

    def looked_at(self) -> set[str]:
        """Whose plans the next tick works out anew, by the panel's ids."""
        with self.store.reading() as tx:
            due = rounds_to_look_at(tx, self.clock.now)
            wanted = people_to_look_at([each.id for each in due], self.clock.now)
            return {each.key for each in participants_among(tx, wanted)}

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        with self.store.reading() as tx:
            return [tuple(row) for row in tx.exec_driver_sql(sql)]


@dataclass
class Seen:
    """A page as it came back."""

    reply: TestResponse
    soup: BeautifulSoup = field(init=False)

    def __post_init__(self) -> None:
        self.soup = BeautifulSoup(self.reply.get_data(as_text=True), "html.parser")

    @property
    def status(self) -> int:
        return self.reply.status_code

    @property
    def kind(self) -> str:
        return str(self.soup.main.get("data-page", ""))

    @property
    def words(self) -> str:
        return " ".join(self.soup.main.get_text(" ").split())

    @property
    def heading(self) -> str:
        return " ".join(self.soup.h1.get_text(" ").split())

    @property
    def key(self) -> str:
        found = self.soup.select_one("input[name=_page]")
        return "" if found is None else str(found["value"])

    def hidden(self) -> list[tuple[str, str]]:
        return [(str(each["name"]), str(each["value"])) for each in self.soup.select("form input[type=hidden]")]


@dataclass
class Visitor:
    """Someone with a link; keeps no cookies, sends hidden fields and what they answer."""

    garden: Garden
    link: str

    def open(self, path: str = "") -> Seen:
        return Seen(self.garden.app.test_client(use_cookies=False).get(path or self.link))

    def post(self, seen: Seen, *fields: tuple[str, str], go: str = "next", follow: bool = True) -> Seen:
        action = str(seen.soup.select_one("form[method=post]")["action"])
        data: dict[str, list[str]] = {}
        # What a browser sends of an act's radios when they are left as they are.
        named = {name for name, _ in fields}
        ready = [
            (str(each["name"]), str(each["value"])) for each in seen.soup.select("form[data-form=act] input[checked]")
        ]
        for name, value in [*seen.hidden(), *(each for each in ready if each[0] not in named), *fields, ("go", go)]:
            data.setdefault(name, []).append(value)
        client = self.garden.app.test_client(use_cookies=False)
        return Seen(client.post(action, data=data, follow_redirects=follow))

    def page(self, key: str) -> Seen:
        return self.open(f"{self.link}?page={key}")

    def act(self, way: str, *fields: tuple[str, str], go: str = "next") -> Seen:
        return self.post(self.open(f"{self.link}/{way}"), *fields, go=go)

    def finish(self) -> Seen:
        """Answer what is required, send, and see the end."""
        seen = self.post(self.page("came"), ("came", "no"))
        seen = self.post(self.open(f"{self.link}?at=review"))
        assert seen.kind == "done", seen.words
        return seen


def plant(
    store: Store,
    folder: Path,
    *,
    mode: str = "confidential",
    min_group: int = 10,
    words: Mapping[str, str] = MappingProxyType({}),
) -> Round:
    """Load the feature tour and open its round, with everyone of its panel invited; `words` replace its own."""
    here = folder / "feature-tour"
    shutil.copytree(EXAMPLES / "feature-tour", here)
    programme = here / "programme.yaml"
    text = programme.read_text(encoding="utf-8").replace("mode: confidential", f"mode: {mode}")
    programme.write_text(text.replace("min_group: 10", f"min_group: {min_group}"), encoding="utf-8")
    tour = here / "tour.yaml"
    asked = tour.read_text(encoding="utf-8")
    for own, other in words.items():
        assert own in asked, own
        asked = asked.replace(own, other)
    tour.write_text(asked, encoding="utf-8")
    loaded = load_programme(programme, store, OPENED - timedelta(days=60), dry_run=False, actor=CONSOLE)
    assert isinstance(loaded, Loaded), loaded
    with store.writing() as tx:
        found = rounds.find_round(tx, "feature-tour/tour-2025")
        assert isinstance(found, Round)
        rounds.mark_open(tx, found, OPENED)
        panel = participants_of(tx, found.programme_id)
        wanted = [
            NewInvitation(
                round_id=found.id,
                participant_id=each.id,
                voices=frozenset(
                    ("riverside" if hat.session == "planting-day" else "hollow-lane", hat.perspective)
                    for hat in each.attendances
                ),
            )
            for each in panel
        ]
        invitations.create(tx, wanted, OPENED)
    return found


def garden_of(store: Store, folder: Path, **more: object) -> Garden:
    found = plant(store, folder, **more)  # type: ignore[arg-type]
    clock = Clock()
    app = make_app(store, WebSettings(public_url="http://127.0.0.1:8080", secrets=(SECRET,)), clock)
    app.testing = True
    with store.reading() as tx:
        panel = participants_of(tx, found.programme_id)
        made = invitations.invitations_of(tx, found.id)
    by_person = {each.participant_id: each.id for each in made}
    return Garden(
        store=store,
        app=app,
        clock=clock,
        round=found,
        invitations={each.key: by_person[each.id] for each in panel},
        participants={each.key: each.id for each in panel},
    )


@pytest.fixture
def garden(store: Store, tmp_path: Path) -> Garden:
    return garden_of(store, tmp_path)


@pytest.fixture
def unlinked_garden(store: Store, tmp_path: Path) -> Garden:
    return garden_of(store, tmp_path, mode="unlinked")
