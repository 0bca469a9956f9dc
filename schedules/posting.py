"""Open rounds are announced in a channel of a chat, each once, through the ledger."""

from __future__ import annotations

from datetime import datetime

from channels.base import PostLetter
from schedules.outcomes import TickSettings
from storage import ledger, open_posts, rounds
from storage.engine import Store, Tx
from storage.instruments import instrument
from storage.ledger import NewLine
from storage.programmes import programme_by_id
from surveys.clock_times import zone_of
from surveys.delivery import Line, LineKind
from surveys.moment_words import say_moment
from surveys.open_rounds import heard
from surveys.piping import fill
from surveys.rounds import Round, RoundState
from surveys.tokens import Purpose, seal


def queue_posts(store: Store, channel: str, now: datetime) -> None:
    """Queue the post of every open round whose entry names a place in that chat, unless it was made."""
    with store.reading() as tx:
        wanted = [line for each in open_posts.open_rounds(tx) if (line := _line(tx, each, channel, now)) is not None]
    if wanted:
        with store.writing() as tx:
            ledger.queue(tx, wanted, now)


def _line(tx: Tx, round_id: int, channel: str, now: datetime) -> NewLine | None:
    round_ = rounds.round_by_id(tx, round_id)
    if round_ is None or not place_of(tx, round_, channel):
        return None
    key = f"{round_.name}/post/{channel}"
    if ledger.line_by_key(tx, key) is not None:
        return None
    return NewLine(
        key=key,
        kind=LineKind.POST,
        programme_id=round_.programme_id,
        round_id=round_.id,
        due_at=now,
        why="the round is open to everybody",
        channel=channel,
    )


def place_of(tx: Tx, round_: Round, channel: str) -> str:
    """The id of the channel in that chat that the round is to be announced in; "" for none."""
    stored = programme_by_id(tx, round_.programme_id)
    entry = None if stored is None else rounds.entry_of(stored.programme, round_.entry)
    chat, _, place = ("" if entry is None else entry.post_in).partition(":")
    return place if chat == channel else ""


def post_letter(tx: Tx, line: Line, settings: TickSettings, now: datetime, *, channel: str) -> PostLetter | str:
    """The post of a claimed line as things stand; or why nothing is to go."""
    round_ = None if line.round_id is None else rounds.round_by_id(tx, line.round_id)
    if round_ is None or round_.state is not RoundState.OPEN or now >= round_.closes_at:
        return "the round takes no answers"
    place = place_of(tx, round_, channel)
    if not place:
        return "the round is not to be announced there any more"
    return post_as_it_stands(tx, round_, line.key, place, settings.public_url, settings.secret, now)


def post_as_it_stands(
    tx: Tx, round_: Round, key: str, place: str, public_url: str, secret: str, now: datetime
) -> PostLetter:
    """What the post says now; its count moves as the round's mode allows."""
    stored = programme_by_id(tx, round_.programme_id)
    if stored is None:
        raise LookupError(f"round {round_.name} has lost its programme")
    programme, asked = stored.programme, instrument(tx, round_.instrument_id)
    language = asked.language
    entry = rounds.entry_of(programme, round_.entry)
    least = entry.min_group if entry is not None and entry.min_group is not None else programme.min_group
    over = round_.state is not RoundState.OPEN or now >= round_.closes_at
    ended = round_.closed_at if round_.state is RoundState.CLOSED and round_.closed_at is not None else round_.closes_at
    closes = say_moment(min(ended, round_.closes_at), zone_of(programme), language)
    # Nobody is greeted by name in a channel.
    values = {"close": closes, "programme": programme.title.within(language)}
    intro = fill(asked.intro.within(language, language), values) if asked.intro else ""
    return PostLetter(
        key=key,
        address=place,
        language=language,
        round_id=round_.id,
        title=fill(asked.title.within(language, language), values),
        lead="" if "{participant." in (asked.intro.within(language, language) if asked.intro else "") else intro,
        programme_title=programme.title.within(language),
        mode=round_.mode,
        closes=closes,
        heard=heard(open_posts.completed(tx, round_.id), least, round_.mode),
        notice=f"{public_url}/privacy/{programme.key}",
        link=f"{public_url}/o/{seal(secret, Purpose.SHARE, round_.id, 1)}",
        over=over,
        written_at=now,
    )
