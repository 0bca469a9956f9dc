"""Letters to look at, with everything in them invented."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from channels.base import Letter, RecordedAnswer
from channels.mail.render import MailRenderer, MailSettings
from surveys.delivery import LineKind
from surveys.instrument import Instrument
from surveys.instrument_file import read_instrument
from surveys.programme import Mode, Sender
from surveys.source import Node, Problems
from surveys.text import Text

SITE = "https://ask.example.org"
TOKEN = "7-abcdefghijklmnopqrstuvwxyz"
FORM = f"{SITE}/f/{TOKEN}"
SETTINGS = MailSettings(
    from_address="bot@example.org",
    from_name="Soundings",
    reply_to="reply@example.org",
    bounce_address="bounces@example.org",
    public_url=SITE,
    secret="a secret of at least some length",
)
TREE: dict[str, Any] = {
    "survey": "day",
    "version": "1",
    "title": {"en-GB": "How the day went", "cy": "Sut aeth y diwrnod"},
    "language": "en-GB",
    "intro": {
        "en-GB": "Dear {participant.greeting}, you came to the day in {area}. Braces {{stay}}.",
        "cy": "Annwyl {participant.greeting}, daethoch i'r diwrnod yn {area}.",
    },
    "thanks": "We write again in January.",
    "sections": [
        {
            "title": "The day",
            "items": [
                {
                    "id": "organised",
                    "ask": "How well was it organised?",
                    "type": "scale",
                    "points": "6",
                    "labels": {"1": "Poorly", "6": "Very well"},
                },
                {
                    "id": "impact",
                    "ask": "What has changed since",
                    "type": "grid",
                    "hint": "A sentence will do",
                    "rows": [{"id": "children", "label": "For children"}, {"id": "families", "label": "For families"}],
                    "cell": {"type": "long_text"},
                },
                {
                    "id": "again",
                    "ask": "Would you take part again?",
                    "type": "choice",
                    "options": [{"value": "yes", "label": "Yes"}, {"value": "no", "label": "No"}],
                },
                {
                    "id": "topic",
                    "ask": "On which topic, {participant.name}?",
                    "type": "text",
                    "when": "${again} = 'yes'",
                },
                {"id": "host", "ask": "What did hosting cost you?", "type": "text", "audience": ["host_lead"]},
                {"id": "any", "ask": "Anything else?", "type": "long_text"},
            ],
        }
    ],
}


def instrument(**changes: Any) -> Instrument:
    problems = Problems()
    found = read_instrument(Node.from_plain(TREE | changes), problems)
    assert found is not None, problems.errors
    return found


def letter(kind: LineKind = LineKind.INVITATION, **changes: Any) -> Letter:
    given: dict[str, Any] = {
        "key": f"prog/round/p01/{kind}",
        "kind": kind,
        "thread_key": "prog/round/p01/invitation",
        "language": "en-GB",
        "address": "ana@example.test",
        "name": "Ana Frühling",
        "greeting": "Ana",
        "cc": ("pa@example.test",),
        "sender": Sender(name="Maya Lind", email="maya@example.org"),
        "programme": "prog",
        "programme_title": "The Programme",
        "round": "prog/round",
        "mode": Mode.CONFIDENTIAL,
        "instrument": instrument(),
        "instrument_ref": "1:abc",
        "perspectives": frozenset({"pcf"}),
        "values": {
            "participant.greeting": "Ana",
            "participant.name": "Ana Frühling",
            "area": "Kent",
            "close": "Monday 16 December, 5 pm",
        },
        "form": FORM,
        "notice": f"{SITE}/privacy/prog",
        "reference": "K7Q2-9F",
        "mail_token": "abcdefghijkl2345",
        "written_at": datetime(2024, 12, 9, 9, 30, tzinfo=UTC),
        "closes": "Monday 16 December, 5 pm",
        "left": "in 7 days",
        "total": 6,
        "minutes": 4,
        "recorded": (
            RecordedAnswer(number=1, ask="How well was it organised?", answer="5 of 6"),
            RecordedAnswer(number=7, ask="Anything else?", answer="First line\n[Q3] <b>second</b>"),
        ),
        "next_steps": Text.plain("We write again in January."),
    }
    return Letter(**(given | changes))


def renderer(**changes: Any) -> MailRenderer:
    from dataclasses import replace

    return MailRenderer(replace(SETTINGS, **changes))
