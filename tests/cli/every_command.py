"""Every command, with the right that it needs and where: what `docs/commands.md` tells and the tests try."""

from __future__ import annotations

from dataclasses import dataclass

from surveys.authority import Deed

# Where a right is needed: in one programme, in every one, or in any one (what others hold is then left out).
HERE, EVERYWHERE, SOMEWHERE = "kent", "", "any"


@dataclass(frozen=True)
class Case:
    """One way to call a command. `ends`: what it says where the right is there and something else stops it."""

    words: str
    deed: Deed | None
    where: str = HERE
    ends: str = ""
    given: bytes = b""


MAIL = b"From: ann@example.org\r\nTo: s@example.org\r\nSubject: Hello\r\nMessage-ID: <2@example.org>\r\n\r\nHello again\r\n"

CASES = (
    Case("demo --help", None),
    Case("survey check short.yaml", None),
    Case("survey preview short.yaml", None),
    Case("survey convert short.yaml short.docx", None),
    Case("survey convert short.yaml short.xlsx", None),
    Case("teams package", None, ends="TEAMS_APP_ID is not set"),
    Case("serve --host 192.0.2.1", Deed.KEEP, EVERYWHERE, ends="can't be listened on"),
    Case("doctor", Deed.KEEP, EVERYWHERE),
    Case("tick --at 2030-01-09T09:30", Deed.KEEP, EVERYWHERE),
    Case("mail receive", Deed.KEEP, EVERYWHERE, given=MAIL),
    Case("retention --dry-run", Deed.RETAIN, EVERYWHERE),
    Case("retention", Deed.RETAIN, EVERYWHERE),
    Case("retention kent --dry-run", Deed.RETAIN),
    Case("retention kent", Deed.RETAIN),
    Case("backup copy.db", Deed.KEEP, EVERYWHERE),
    Case("restore before.db", Deed.KEEP, EVERYWHERE),
    Case("copy-database sqlite:///other.db", Deed.KEEP, EVERYWHERE, ends="made into PostgreSQL"),
    Case("upgrade", Deed.KEEP, EVERYWHERE),
    Case("load kent/programme.yaml", Deed.LOAD),
    Case("load kent/programme.yaml --dry-run", Deed.LOAD),
    Case("panel import kent/panel.csv --programme kent", Deed.LOAD),
    Case("round list", Deed.SEE_FIGURES, SOMEWHERE),
    Case("round list --programme kent", Deed.SEE_FIGURES),
    Case("round show kent/mid", Deed.SEE_FIGURES),
    Case("round status kent/mid", Deed.SEE_FIGURES),
    Case("round link kent/mid", Deed.SEE_FIGURES, ends="no public link"),
    Case("coverage kent", Deed.SEE_FIGURES),
    Case("round plan kent/mid", Deed.SEE_PEOPLE),
    Case("round who kent/mid", Deed.SEE_PEOPLE),
    Case("person show kent-ann --programme kent", Deed.SEE_PEOPLE),
    Case("export kent/mid", Deed.SEE_ANSWERS),
    Case("round who kent/mid --links", Deed.ENTER),
    Case("redact kent/mid kent-ann:1 --passage Sam --reason why", Deed.REDACT, ends="no return in"),
    Case("redact kent/mid kent-ann:1 --whole --reason why --dry-run", Deed.REDACT, ends="no return in"),
    Case("round open kent/later", Deed.STEER),
    Case("round hold kent/later", Deed.STEER),
    Case("round remind kent/mid --anyway", Deed.STEER),
    Case("round remind kent/mid --dry-run", Deed.STEER),
    Case("round extend kent/mid 2190-06-27 17:00 --reason Snow", Deed.STEER),
    Case("round extend kent/mid 2190-06-27 17:00 --dry-run", Deed.STEER),
    Case("round close kent/mid", Deed.STEER),
    Case("round reopen kent/over 2190-06-27 17:00", Deed.STEER),
    Case("round freeze kent/over", Deed.FREEZE),
    Case("round freeze kent/over --dry-run", Deed.FREEZE),
    Case("triage list", Deed.SORT, SOMEWHERE),
    Case("triage show 1", Deed.SORT),
    Case("triage assign 1 2 --round kent/mid --person kent-ann", Deed.SORT),
    Case("triage answer 1", Deed.SORT, ends="say whose it is|no question is known|which"),
    Case("triage discard 1", Deed.SORT),
    Case("person pause kent-ann --programme kent --until 2190-01-01", Deed.CARE),
    Case("person opt-out kent-ann --programme kent", Deed.CARE),
    Case("person requests", Deed.SEE_PEOPLE, SOMEWHERE),
    Case("person requests --programme kent", Deed.SEE_PEOPLE),
    Case("person answered kent-ann --programme kent", Deed.COPY, ends="has not asked for a copy"),
    Case("person answered kent-ann --programme kent --kind erasure", Deed.ERASE, ends="has not asked for erasure"),
    Case("person export kent-ann --programme kent", Deed.COPY),
    Case("person erase kent-ann --programme kent --yes", Deed.ERASE),
    Case("organiser list", Deed.APPOINT, SOMEWHERE),
    Case("organiser add new@example.org --programme kent", Deed.APPOINT),
    Case("organiser add new@example.org", Deed.APPOINT, EVERYWHERE),
    Case("organiser remove second@example.org", Deed.APPOINT, EVERYWHERE),
    Case("audit", Deed.AUDIT, SOMEWHERE),
    Case("audit --programme kent", Deed.AUDIT),
    Case("audit --verify", Deed.AUDIT, EVERYWHERE),
)
