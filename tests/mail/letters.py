"""Invitations as our renderer makes them, for people to reply to."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from channels.base import Letter
from channels.mail.render import MailRenderer, MailSettings
from handlers.files.yaml_file import read_yaml
from surveys.delivery import LineKind
from surveys.instrument import Instrument
from surveys.instrument_file import read_instrument
from surveys.programme import Mode, Sender
from surveys.source import Problems

ROOT = Path(__file__).parent.parent.parent
QUESTIONNAIRES = {
    "every": Path(__file__).parent / "corpus" / "questionnaire.yaml",
    "s1": ROOT / "examples" / "courageous-conversations" / "mid-cycle.yaml",
}
SETTINGS = MailSettings(
    from_address="evaluation@soundings.test",
    reply_to="reply@soundings.test",
    public_url="https://answers.soundings.test",
    secret="not a secret at all",
)
SENDER = Sender(name="Rowan Achterberg", email="evaluation@soundings.test")


@dataclass(frozen=True, kw_only=True)
class Ours:
    """A mail of ours as it left."""

    subject: str
    message_id: str
    reply_to: str
    text: str
    html: str
    raw: bytes


def instrument_of(name: str) -> Instrument:
    """One of the corpus's questionnaires."""
    problems = Problems()
    node = read_yaml(QUESTIONNAIRES[name], problems)
    assert node is not None
    found = read_instrument(node, problems)
    assert found is not None
    return found


def letter_of(instrument: Instrument, **changes: object) -> Letter:
    """A letter to Jane, the corpus's person."""
    values: dict[str, object] = {
        "key": "corpus/open-day/jane/invitation",
        "kind": LineKind.INVITATION,
        "language": "en-GB",
        "address": "jane.whitlock@hillside.example.org",
        "name": "Jane Whitlock",
        "greeting": "Jane",
        "sender": SENDER,
        "programme": "corpus",
        "programme_title": "Open days",
        "round": "open-day",
        "mode": Mode.CONFIDENTIAL,
        "instrument": instrument,
        "instrument_ref": f"{instrument.survey}/1",
        "values": {
            "participant.greeting": "Jane",
            "participant.name": "Jane Whitlock",
            "area": "Hillside",
            "close": "Monday 16 December, 5 pm",
        },
        "form": "https://answers.soundings.test/f/1z-4kq7abcdefghijklmnopqrstuv",
        "notice": "https://answers.soundings.test/privacy/corpus",
        "reference": "K7Q2-9F",
        "mail_token": "k7q29fabcdefghij",
        "written_at": datetime(2024, 11, 25, 9, 0, tzinfo=UTC),
        "closes": "Monday 16 December, 5 pm",
        "total": len(instrument.questions()),
    }
    return Letter(**(values | changes))  # type: ignore[arg-type]  # named as in Letter


def sent(letter: Letter) -> Ours:
    """The letter as the mail it becomes."""
    raw = MailRenderer(SETTINGS).compose(letter).content
    return ours_of(raw)


def ours_of(raw: bytes) -> Ours:
    """A mail of ours, taken apart."""
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    return Ours(
        subject=str(message["Subject"]),
        message_id=str(message["Message-ID"]),
        reply_to=str(message["Reply-To"]),
        text=text.get_content().replace("\r\n", "\n"),
        html=html.get_content().replace("\r\n", "\n"),
        raw=raw,
    )


def invitation(name: str) -> Ours:
    """The invitation to one of the corpus's questionnaires."""
    return sent(letter_of(instrument_of(name)))


def reminder(name: str, answered: int = 0) -> Ours:
    """A reminder of it, in the invitation's thread."""
    return sent(
        letter_of(
            instrument_of(name),
            kind=LineKind.REMINDER,
            key="corpus/open-day/jane/reminder/1",
            thread_key="corpus/open-day/jane/invitation",
            answered=answered,
            left="in 3 days",
        )
    )
