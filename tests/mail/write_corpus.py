"""Writes the corpus's files: each reply as .eml with what is to be read in it as .json, and what was sent.

Run as `python -m tests.mail.write_corpus`; the files are kept, so that what is measured stays the same.
"""

import json
from collections.abc import Iterable
from pathlib import Path

from tests.mail import cases_first, cases_inline, cases_more
from tests.mail.case import Case
from tests.mail.letters import invitation, ours_of, reminder

CORPUS = Path(__file__).parent / "corpus"


def write(cases: Iterable[Case], part: str) -> int:
    """Write cases that are not there yet; gives how many there are."""
    count = 0
    for case in cases:
        count += 1
        expected = {
            "part": part,
            "sent": case.sent,
            "client": case.client,
            "style": case.style,
            "kind": case.kind,
            "answers": {str(number): words for number, words in case.answers.items()},
            "leftover": list(case.leftover),
            "return_date": case.return_date,
        }
        (CORPUS / f"{case.name}.eml").write_bytes(case.raw)
        (CORPUS / f"{case.name}.json").write_text(json.dumps(expected, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return count


def main() -> None:
    """Write what was sent, once, and every part of the corpus."""
    sent = {"every": invitation("every"), "s1": invitation("s1"), "reminder": reminder("every")}
    for name, ours in sent.items():
        kept = CORPUS / f"sent-{name}.eml"
        if kept.exists():
            sent[name] = ours_of(kept.read_bytes())
        else:
            kept.write_bytes(ours.raw)
    every, s1, last = sent["every"], sent["s1"], sent["reminder"]
    print(write(cases_first.cases(every, s1, last), "first"), "in the first part")
    print(
        write(cases_inline.cases(every, s1), "second") + write(cases_more.cases(every, s1, last), "second"), "after it"
    )


if __name__ == "__main__":
    main()
