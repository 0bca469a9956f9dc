"""Writes the blind replies: each as .eml with what is to be read in it as .json, and what was sent.

Run as `python -m tests.mail.blind.write`; the files are kept, so that what is measured stays the same.
"""

import json
from collections.abc import Iterable
from pathlib import Path

from channels.base import RecordedAnswer
from handlers.files.yaml_file import read_yaml
from surveys.delivery import LineKind
from surveys.instrument import Instrument
from surveys.instrument_file import read_instrument
from surveys.source import Problems
from tests.mail.blind import cases, cases_second
from tests.mail.blind.typed import Case
from tests.mail.letters import Ours, letter_of, ours_of, sent

HERE = Path(__file__).parent
SECOND = HERE / "second"
EXAMPLES = HERE.parent.parent.parent / "examples"
QUESTIONNAIRES = {
    "library": HERE / "library.yaml",
    "cinio": HERE / "cinio.yaml",
    "tour": EXAMPLES / "feature-tour" / "tour.yaml",
    "module": EXAMPLES / "leadership-modules" / "module-feedback.yaml",
    "midcycle": EXAMPLES / "courageous-conversations" / "mid-cycle.yaml",
    "single": HERE / "single.yaml",
}
# The name of what was sent: its questionnaire and the language it went in.
SENT = {
    "library": ("library", "en-GB"),
    "library_reminder": ("library", "en-GB"),
    "library_receipt": ("library", "en-GB"),
    "cinio": ("cinio", "cy"),
    "tour": ("tour", "en-GB"),
    "module": ("module", "en-GB"),
    "module_cy": ("module", "cy"),
    "midcycle": ("midcycle", "en-GB"),
    "single": ("single", "en-GB"),
}


def instrument(name: str) -> Instrument:
    """One of the four questionnaires."""
    problems = Problems()
    node = read_yaml(QUESTIONNAIRES[name], problems)
    assert node is not None
    found = read_instrument(node, problems)
    assert found is not None
    return found


def letter(name: str) -> Ours:
    """What Jane was sent under that name."""
    questionnaire, language = SENT[name]
    asked = instrument(questionnaire)
    changes: dict[str, object] = {"language": language, "key": f"blind/{name}/jane/invitation"}
    if name.endswith("reminder"):
        changes |= {"kind": LineKind.REMINDER, "thread_key": "blind/library/jane/invitation", "left": "in 3 days"}
    if name.endswith("receipt"):
        recorded = tuple(
            RecordedAnswer(number=number, ask=words, answer=said)
            for number, words, said in (
                (1, "What went well?", "The tea, and 1. the room."),
                (4, "On 1 of our 4 open evenings you met the team: how useful was that?", "3"),
                (9, "How many of the 12 reading groups have you visited since 1 September 2024?", "5"),
            )
        )
        changes |= {"kind": LineKind.RECEIPT, "thread_key": "blind/library/jane/invitation", "recorded": recorded}
    return sent(letter_of(asked, **changes))


def main() -> None:
    """Write what was sent, once, and both rounds of replies."""
    ours = {}
    for name in SENT:
        kept = HERE / f"sent-{name}.eml"
        if not kept.exists():
            kept.write_bytes(letter(name).raw)
        ours[name] = ours_of(kept.read_bytes())
    print(write(cases.cases(ours), HERE), "replies,", write(cases_second.cases(ours), SECOND), "in the second round")


def write(replies: Iterable[Case], folder: Path) -> int:
    """Write each reply that is not there yet; gives how many there are."""
    count = 0
    for case in replies:
        count += 1
        expected = {
            "sent": case.sent,
            "kind": case.kind,
            "answers": {str(number): words for number, words in case.answers.items()},
            "leftover": list(case.leftover),
            "return_date": case.return_date,
        }
        path = folder / f"{case.name}.eml"
        if not path.exists():
            path.write_bytes(case.raw)
            path.with_suffix(".json").write_text(json.dumps(expected, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return count


if __name__ == "__main__":
    main()
