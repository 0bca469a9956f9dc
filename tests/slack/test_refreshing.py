"""Messages are brought up to date also where the answer comes while others are."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog
from slack_sdk import WebClient

from bot.chat.answering import reply_of
from bot.chat.refreshing import refresh_prompts
from bot.slack.desk import SlackDesk
from bot.web.app import WebSettings
from bot.web.desk import Desk
from channels.slack.blocks import Block
from handlers.load import load_programme
from handlers.load_outcomes import Loaded
from handlers.replies import Saved, record_post
from storage import invitations, rounds
from storage.chat_prompts import PromptState, note_prompt
from storage.engine import Store
from storage.invitations import NewInvitation
from storage.migrate import upgrade
from storage.people import participants_of
from surveys.authority import CONSOLE
from surveys.rounds import Round
from tests.slack.season import RATINGS, programme


@dataclass(kw_only=True)
class _Time:
    now: datetime

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True, kw_only=True, slots=True)
class _Watched(SlackDesk):
    """Nothing goes to Slack: what would be shown is noted, and something may happen meanwhile."""

    shown: list[str]
    meanwhile: list[Callable[[], None]]

    def update(self, conversation: str, message: str, text: str, elements: Sequence[Block]) -> bool:
        self.shown.append(str(elements))
        if self.meanwhile:
            self.meanwhile.pop()()
        return True


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    (tmp_path / "survey.yaml").write_text(RATINGS, encoding="utf-8")
    (tmp_path / "programme.yaml").write_text(programme("survey.yaml", channels="[slack]"), encoding="utf-8")
    (tmp_path / "panel.csv").write_text("id,name,slack,perspectives\np1,Avery Doe,U012AB3CD,lead\n", encoding="utf-8")
    made = Store(f"sqlite:///{tmp_path}/soundings.db")
    made.speak(frozenset({"slack"}))
    upgrade(made)
    loaded = load_programme(tmp_path / "programme.yaml", made, datetime.now(UTC), dry_run=False, actor=CONSOLE)
    assert isinstance(loaded, Loaded), loaded
    yield made
    made.close()


def test_an_answer_that_comes_while_messages_are_being_changed(store: Store) -> None:
    time = _Time(now=datetime.now(UTC))
    with store.writing() as tx:
        found = rounds.find_round(tx, "valley/asked")
        assert isinstance(found, Round), found
        rounds.mark_open(tx, found, time.now)
        (person,) = participants_of(tx, found.programme_id)
        (asked,) = invitations.create(tx, [NewInvitation(round_id=found.id, participant_id=person.id)], time.now)
        note_prompt(
            tx,
            channel="slack",
            conversation="D1",
            message="1.0",
            invitation_id=asked,
            page="knowledge",
            part=0,
            state=PromptState.ASKING,
            now=time.now,
        )

    def answered(rating: str) -> None:
        time.now += timedelta(minutes=1)
        said = {"knowledge": [rating]}
        outcome = record_post(
            asked,
            lambda form, page: reply_of(form, page, said, "web"),
            store,
            time.now,
            page="knowledge",
            channel="web",
        )
        assert isinstance(outcome, Saved), outcome
        time.now += timedelta(minutes=1)

    desk = _Watched(
        web=Desk(store=store, settings=WebSettings(public_url="http://127.0.0.1", secrets=("s" * 32,)), clock=time),
        client=WebClient(token="xoxb-none"),
        log=structlog.get_logger(),
        shown=[],
        meanwhile=[lambda: answered("5")],
    )
    answered("3")
    assert refresh_prompts(desk) == 1
    assert refresh_prompts(desk) == 1
    assert [each in shown for each, shown in zip(("→ 3 of 6", "→ 5 of 6"), desk.shown, strict=True)] == [True, True]
    time.now += timedelta(minutes=1)
    assert refresh_prompts(desk) == 0, "nothing has changed since"
