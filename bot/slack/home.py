"""App Home: what waits for a person, what they have answered, and their own choices."""

from __future__ import annotations

from typing import Any

from bot.slack.choosing import choices_blocks
from bot.slack.desk import CHANNEL, SlackDesk
from bot.web.sight import Sight
from channels.chat.letters import ways_of
from channels.chat.prompts import BEGIN, FORM, WEB, Place
from channels.chat.words import Words
from channels.slack import blocks, kit
from channels.slack.blocks import Block
from storage.chat_prompts import invitations_of_owner
from surveys.dispositions import Disposition
from surveys.moment_words import say_moment
from surveys.rounds import RoundState

# A Home tab holds 100 blocks; each survey takes up to four.
_MOST_SHOWN = 20


def home_of(desk: SlackDesk, user: str) -> dict[str, Any]:
    """The Home tab of a user, as it stands now; somebody whom nobody has asked anything sees that."""
    with desk.web.store.reading() as tx:
        ids = invitations_of_owner(tx, CHANNEL, user, limit=_MOST_SHOWN)
        sights = [sight for each in ids if (sight := desk.sight(tx, each, user)) is not None]
    words = Words(sights[0].form.language if sights else "en-GB")
    waiting = [each for each in sights if each.is_open and not _sent(each)]
    past = [each for each in sights if each not in waiting and each.form.asked.state is not RoundState.PLANNED]
    made = blocks.heading(words("home_waiting"), words)
    if not waiting:
        made += blocks.said(words("nothing_open"), words)
    for each in waiting:
        made += _waiting(desk, each)
    if past:
        made += [{"type": "divider"}, *blocks.heading(words("home_past"), words)]
    for each in past:
        made += _past(desk, each)
    if sights:
        made += [{"type": "divider"}, *blocks.heading(words("home_choices"), words), *_choices(desk, sights, words)]
    return {"type": "home", "blocks": made[:100]}


def _sent(sight: Sight) -> bool:
    return sight.form.asked.disposition not in {Disposition.PENDING, Disposition.PARTIAL}


def _waiting(desk: SlackDesk, sight: Sight) -> list[Block]:
    words, asked = Words(sight.form.language), sight.form.asked
    place = Place(invitation_id=asked.invitation_id, page="")
    begun = asked.response is not None
    action = FORM if sight.unlinked else BEGIN
    buttons = [
        blocks.button(words("go_on" if begun else "begin"), action, place.value, primary=True),
        blocks.button(words("on_the_web"), WEB, url=desk.link(asked)),
    ]
    return [
        *blocks.said(f"{_title(sight)}\n{words('until', closes=sight.close)}", words),
        blocks.row(buttons, block_id=f"home:{asked.invitation_id}"),
        *kit.ways_row(asked.invitation_id, ways_of(sight.words), words),
    ]


def _past(desk: SlackDesk, sight: Sight) -> list[Block]:
    words, asked = Words(sight.form.language), sight.form.asked
    state = words("home_sent") if asked.disposition is Disposition.COMPLETE else words("home_not_sent")
    when = words("until", closes=sight.close) if sight.is_open else words("closed", when=_ended(sight)).strip()
    made = blocks.said(f"{_title(sight)}\n{state} {when}", words)
    made.append(
        blocks.row(
            [blocks.button(words("on_the_web"), WEB, url=desk.link(asked))], block_id=f"past:{asked.invitation_id}"
        )
    )
    return made


def _choices(desk: SlackDesk, sights: list[Sight], words: Words) -> list[Block]:
    """The channel, a pause, an end here; what may be quoted and what is stored on the web; programme by programme."""
    found: list[Block] = blocks.said(words("home_choices_body"), words)
    seen: dict[int, Sight] = {}
    for each in sights:
        seen.setdefault(each.form.asked.programme_id, each)
    for number, each in enumerate(seen.values()):
        found += choices_blocks(desk, each, number)
    return found


def _title(sight: Sight) -> str:
    return sight.setting.say(sight.form.instrument.title)


def _ended(sight: Sight) -> str:
    return say_moment(sight.form.asked.ended_at, sight.zone, sight.words.tag)
