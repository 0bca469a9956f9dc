"""Which pages a form puts to its person now."""

from __future__ import annotations

from operator import itemgetter

from storage.forms import Form
from storage.remembered import Remembered
from surveys.instrument import Instrument
from surveys.pages import Page, pages
from surveys.routing import depends_on

# By questionnaire: the items whose answers decide what else is asked.
_STEERING: Remembered[frozenset[str]] = Remembered(most=64)
_SHOWN: Remembered[tuple[Page, ...]] = Remembered(most=256)


def shown_pages(form: Form) -> tuple[Page, ...]:
    """The pages put to the person now. They follow from what the conditions ask about alone, so they are remembered."""
    of = (form.asked.instrument_id, form.asked.instrument_digest)
    steering = _STEERING.get(of, lambda: _named_by_conditions(form.instrument))
    answers = form.answers
    decisive = repr(sorted(((key, answers[key]) for key in answers if key[0] in steering), key=itemgetter(0)))
    return _SHOWN.get(
        (*of, form.asked.perspectives, decisive), lambda: pages(form.instrument, answers, form.asked.perspectives)
    )


def _named_by_conditions(instrument: Instrument) -> frozenset[str]:
    sources = [section.when for section in instrument.sections] + [item.when for item in instrument.items()]
    return frozenset(name for source in sources if source for name in depends_on(source))
