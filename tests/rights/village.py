"""A round of five in which two people can be told by marks that stand nowhere else: names, addresses, answers."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.clients.form_client import FormClient, Screen, Walk
from tests.clients.installation import Installation
from tests.clients.post_office import PostOffice

PROGRAMME = """\
programme: rights
title: A round of five
timezone: Etc/UTC
sender: {{name: Ada Lund, email: ada.lund@example.org}}
perspectives: [{{id: guest, label: Guest}}, {{id: host, label: Host}}]
areas: [{{id: north, name: North}}, {{id: south, name: South}}]
panel: panel.csv
rounds:
  - id: five
    survey: five.yaml
    kind: mid_cycle
    opens: {opens}
    closes: {closes}
    thanks: We read everything within the month.
    reminders: {{before_close: [10 days, 6 days], at: "09:30", cap: 2, gap: 24 hours}}
"""
SURVEY = """\
survey: five
version: 1
title: A word from five
language: en-GB
intro: Dear {participant.greeting}, some questions until {close}.
sections:
  - title: You
    items:
      - {id: name, ask: Your name, type: text, prefill: participant.name, personal: true}
      - {id: whose, ask: Whose views, type: voices}
  - title: The day
    items:
      - {id: story, ask: What happened?, type: long_text, quote: ask}
      - {id: well, ask: Is all well?, type: yes_no, required: true}
"""
HEADER = "id,name,greeting,email,email2,phone,cc,organisation,area,perspectives,manager_of\n"
ZEB = "q-canary-7,Zebulon Quillcanary,Zebcanary,Zeb.Canary@quill.test,zeb2canary@quill.test,01632 555777,,Quillcanary Hall,north,guest,"
WIL = "w-canary-8,Wilhelmina Brackcanary,Wilcanary,wil.canary@brack.test,,01632 555888,,Brackcanary House,south,host,"
OTHERS = """\
ben,Ben Arden,Ben,ben@guests.test,,,zeb.canary@quill.test,,north,guest,q-canary-7
cleo,Cleo Bright,Cleo,cleo@guests.test,,,,,south,host,
dov,Dov Carew,Dov,dov@guests.test,,,,,south,guest,
"""
# Nothing of this may be left, whatever its letters' case; the last three stand in answers.
MARKS = (
    "canary",
    "quill.test",
    "brack.test",
    "01632 555777",
    "01632 555888",
    "kestrel-7a55",
    "magpie-9c21",
    "heron-4d10",
)


@dataclass(kw_only=True)
class Village:
    """The round, loaded in `home`; people answer it while it is served."""

    soundings: Installation
    post: PostOffice
    opens: datetime
    closes: datetime
    client: FormClient = field(default_factory=FormClient)

    @property
    def home(self) -> Path:
        return self.soundings.home

    @property
    def programme(self) -> Path:
        return self.home / "programme.yaml"

    def write_panel(self, *rows: str) -> Path:
        panel = self.home / "panel.csv"
        # Ben manages Zebulon as long as the file has him under that id.
        others = OTHERS if ZEB in rows else OTHERS.replace("q-canary-7", "")
        panel.write_text(HEADER + "\n".join([*rows, others]), encoding="utf-8")
        return panel

    def load(self) -> Any:
        return self.soundings.run("load", self.programme)

    def tick(self, at: datetime) -> None:
        self.soundings.tick(at)

    def link(self, to: str, kind: str = "invitation") -> str:
        letters = self.post.wait_for(to=to.lower(), kind=kind)
        # A letter to somebody else may have been copied to the same address.
        own = [each for each in letters if to.lower() in str(each.mail["To"]).lower()]
        return own[0].link(self.soundings.public_url)

    def answer(self, to: str, story: str, *, submit: bool = True) -> Walk:
        return self.client.answer(
            self.link(to),
            {"story": story, "well": "yes", "whose.host": f"By telephone, {story}", "whose": []},
            submit=submit,
        )

    def change(self, to: str, story: str) -> Screen:
        """Go back to the story and tell it anew."""
        return self.client.send(self.client.open(f"{self.link(to)}?back=1&page=story"), [("story", story)])

    def tap(self, to: str, way: str, given: dict[str, str]) -> Screen:
        return self.client.tap(self.link(to), way, given)

    def play_to_the_close(self) -> list[str]:
        """Every day until the close and a day after; the addresses that got something."""
        before = len(self.post.letters())
        at = self.opens.replace(hour=9, minute=31)
        while at < self.closes + timedelta(days=2):
            at += timedelta(days=1)
            self.tick(at)
        return [letter.to for letter in self.post.since(before)]


def village_in(home: Path, post: PostOffice) -> Village:
    now = datetime.now(UTC).replace(microsecond=0)
    opens, closes = now - timedelta(minutes=5), now + timedelta(days=12)
    (home / "scratch").mkdir()
    settings = {"TMPDIR": str(home / "scratch"), "MAIL_REPLY_TO": "replies@example.org"}
    made = Village(
        soundings=Installation(home=home, smtp_url=post.url, settings=settings), post=post, opens=opens, closes=closes
    )
    (home / "five.yaml").write_text(SURVEY, encoding="utf-8")
    shown = {"opens": f"{opens:%Y-%m-%d %H:%M}", "closes": f"{closes:%Y-%m-%d %H:%M}"}
    made.programme.write_text(PROGRAMME.format(**shown), encoding="utf-8")
    made.write_panel(ZEB, WIL)
    return made


def traces(home: Path, *, but: tuple[str, ...] = ()) -> tuple[dict[str, list[str]], int]:
    """By file: which marks stand in its bytes, in UTF-8 or UTF-16, whatever their case; and how many were searched.

    The organiser's own files are left out: `but` names them.
    """
    found: dict[str, list[str]] = {}
    searched = 0
    for path in sorted(each for each in home.rglob("*") if each.is_file() and each.name not in but):
        searched += 1
        content = path.read_bytes().lower()
        marks = [mark for mark in MARKS if mark.encode() in content or mark.encode("utf-16-le") in content]
        if marks:
            found[path.relative_to(home).as_posix()] = marks
    return found, searched
