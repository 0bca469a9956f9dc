"""For any questionnaire and any answers: what is typed into our mail, in any style, is what is read in it."""

from datetime import UTC, date, datetime

from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from channels.mail.reading.asked import asked_of
from channels.mail.reading.opened import open_mail
from channels.mail.reading.reply import understand
from channels.mail.reading.tokens import norms_of
from surveys.answer_text import display
from surveys.instrument import Instrument, ItemType
from tests.mail import clients_html, clients_outlook, clients_plain
from tests.mail.letters import Ours, letter_of, sent
from tests.mail.typed import Typed
from tests.strategies import answered_instruments

ARRIVED = date(2024, 11, 26)
SENDERS = ("Rowan Achterberg", "evaluation@soundings.test")
INLINE = {
    "thunderbird": clients_plain.thunderbird,
    "mutt": clients_plain.mutt,
    "k9": clients_plain.k9,
    "samsung": clients_plain.samsung,
    "outlook-plain": clients_plain.outlook_plain,
    "outlook": clients_outlook.desktop,
    "outlook-mobile": clients_outlook.mobile,
    "gmail": clients_html.gmail,
    "apple": clients_html.apple_mail,
    "iphone": clients_html.iphone,
    "yahoo": clients_html.yahoo,
    "thunderbird-html": clients_html.thunderbird_html,
}
# Questionnaires are large: making a counterexample smaller would take longer than to look at it.
ENOUGH = settings(
    max_examples=30, suppress_health_check=list(HealthCheck), phases=(Phase.explicit, Phase.reuse, Phase.generate)
)
# Words of people, without what mail programs take for marks of their own.
_LETTERS = st.characters(codec="utf-8", categories=["L", "N"])
WORDS = st.text(_LETTERS, min_size=1, max_size=10).filter(str.isprintable)
SAID = st.lists(WORDS, min_size=1, max_size=12).map(" ".join)


def _typed(draw: st.DrawFn, instrument: Instrument, values: dict[tuple[str, str], object]) -> dict[int, str]:
    found = {}
    for each in instrument.questions():
        value = values.get((each.item.key, each.row))
        if value is None:
            continue
        if each.control.type in (ItemType.TEXT, ItemType.LONG_TEXT):
            found[each.number] = draw(SAID)
        elif each.control.type not in (ItemType.VOICES, ItemType.STATUS, ItemType.CONTACT):
            found[each.number] = display(each.item, each.row, value, "en-GB")  # type: ignore[arg-type]  # as drawn
    return found


@st.composite
def _replies(draw: st.DrawFn) -> tuple[Instrument, frozenset[str], Ours, dict[int, str]]:
    instrument, perspectives, values = draw(answered_instruments())
    ours = sent(letter_of(instrument, perspectives=perspectives, written_at=datetime(2024, 11, 25, 9, tzinfo=UTC)))
    # A line of the organiser's own that begins like a quotation can't be told from one in every program.
    assume(not any(line.lstrip().startswith(">") for line in ours.text.splitlines()))
    answers = {
        number: " ".join(words.split())
        for number, words in _typed(draw, instrument, dict(values)).items()
        if f"[Q{number}]" in ours.text
    }
    # Whoever writes the question's own words after its number has copied it; such questionnaires are nobody's.
    asks = {each.number: norms_of(each.item.ask.within("en-GB", "en-GB"))[:4] for each in instrument.questions()}
    told = {n: words for n, words in answers.items() if words and norms_of(words)[: len(asks[n])] != asks[n]}
    return instrument, perspectives, ours, told


@ENOUGH
@given(replied=_replies(), client=st.sampled_from(sorted(INLINE)))
def test_inline(replied: tuple[Instrument, frozenset[str], Ours, dict[int, str]], client: str) -> None:
    instrument, _, ours, answers = replied
    raw = INLINE[client](ours, Typed(inline=answers))  # type: ignore[operator]  # all are called alike
    found = understand(open_mail(raw), [ours.text], asked_of(instrument, {}, ARRIVED), SENDERS)
    assert dict(found.answers) == answers


@ENOUGH
@given(replied=_replies(), form=st.sampled_from(["{}. {}", "{}) {}", "Q{}: {}", "Q{} {}", "[Q{}] {}"]))
def test_numbered(replied: tuple[Instrument, frozenset[str], Ours, dict[int, str]], form: str) -> None:
    instrument, _, ours, answers = replied
    assume(len(answers) > 1)
    top = "\n".join(form.format(number, words) for number, words in answers.items())
    raw = clients_plain.mutt(ours, Typed(top=f"Hello\n\n{top}\n\nKind regards\nJane"))
    found = understand(open_mail(raw), [ours.text], asked_of(instrument, {}, ARRIVED), SENDERS)
    assert dict(found.answers) == answers
