"""The first blind round, whole."""

from collections.abc import Iterator, Mapping

from tests.mail.blind import cases_odd, cases_programs, cases_tongues
from tests.mail.blind.typed import Case
from tests.mail.letters import Ours


def cases(sent: Mapping[str, Ours]) -> Iterator[Case]:
    """All of them, in order."""
    yield from cases_programs.outlook(sent)
    yield from cases_programs.web_and_phone(sent)
    yield from cases_tongues.elsewhere(sent)
    yield from cases_odd.odd(sent)
    yield from cases_odd.automatic(sent)
