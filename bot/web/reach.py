"""How and when a person is written to: what the page says and asks, on the web and in chats."""

from __future__ import annotations

from dataclasses import dataclass

from bot.web.sight import Sight
from channels.form.inputs import Inputs, first_of
from channels.form.views import ActView, AskView, OptionView
from handlers.choices import channels_of
from surveys.zones import place_of_zone, zones_by_region

CHANNEL, ZONE = "_channel", "_zone"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reach:
    """How the person is reached now, in words for them; `channels` are those they can choose from."""

    channel: str
    zone: str
    channels: tuple[str, ...]


def reach_of(sight: Sight) -> Reach:
    """As it stands."""
    channels = channels_of(sight.form.programme, sight.person)
    first = channels[0] if channels else "mail"
    return Reach(channel=sight.words(f"channel_{first}"), zone=place_of_zone(_zone_of(sight)), channels=channels)


def reached_words(sight: Sight) -> str:
    """One sentence of how the person is written to."""
    reach = reach_of(sight)
    return sight.words("choices_reached", channel=reach.channel, zone=reach.zone)


def done_words(sight: Sight) -> str:
    """What holds after the choice."""
    reach = reach_of(sight)
    return sight.words("reach_done", channel=reach.channel, zone=reach.zone)


def reach_view(sight: Sight, inputs: Inputs, *, fault: str = "") -> ActView:
    """The page, with what was chosen and what is wrong with it."""
    words = sight.words
    return ActView(
        heading=words("reach_heading"),
        paragraphs=(words("reach_body", programme=sight.programme),),
        button=words("reach_button"),
        asks=(*_channel(sight, inputs, fault), _zone(sight, inputs, fault)),
    )


def _channel(sight: Sight, inputs: Inputs, fault: str) -> tuple[AskView, ...]:
    """Whoever has one address only has nothing to choose."""
    words, offered = sight.words, reach_of(sight).channels
    if len(offered) < 2:  # noqa: PLR2004 - a choice is between two
        return ()
    chosen = first_of(inputs, CHANNEL) or offered[0]
    options = tuple(
        OptionView(
            id="channel" if at == 0 else f"channel-{each}",
            value=each,
            label=words(f"channel_{each}"),
            checked=each == chosen,
        )
        for at, each in enumerate(offered)
    )
    error = words("reach_unfit_channel") if fault == "channel" else ""
    hint = words("reach_channel_hint")
    return (
        AskView(
            id="channel",
            name=CHANNEL,
            kind="radios",
            label=words("reach_channel"),
            hint=hint,
            error=error,
            options=options,
        ),
    )


def _zone(sight: Sight, inputs: Inputs, fault: str) -> AskView:
    words, person = sight.words, sight.person
    own = "" if person.timezone == person.panel_timezone else person.timezone
    chosen = next(iter(inputs.get(ZONE, ())), own)
    theirs = person.panel_timezone or sight.form.programme.timezone
    first = OptionView(
        id="zone-own", value="", label=words("reach_zone_own", zone=place_of_zone(theirs)), checked=not chosen
    )
    groups = tuple((region, tuple(_option(each, chosen) for each in names)) for region, names in zones_by_region())
    return AskView(
        id="zone",
        name=ZONE,
        kind="select",
        label=words("reach_zone"),
        hint=words("reach_zone_hint"),
        error=words("reach_unfit_zone") if fault == "zone" else "",
        options=(first,),
        groups=groups,
    )


def _option(name: str, chosen: str) -> OptionView:
    return OptionView(id=f"zone-{name}", value=name, label=place_of_zone(name), checked=name == chosen)


def _zone_of(sight: Sight) -> str:
    return sight.person.timezone or sight.form.programme.timezone
