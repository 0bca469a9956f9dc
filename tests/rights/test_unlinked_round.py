"""A whole unlinked round through the installed command; then everything it left is searched for what joins a person
to an answer."""

import contextlib
import io
import itertools
import json
import re
import sqlite3
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest

from tests.clients.form_client import FormClient
from tests.clients.installation import Installation

PEOPLE = 14
PROGRAMME = """\
programme: hush
title: A quiet round
timezone: Etc/UTC
min_group: 6
sender: {{name: Ada Lund, email: ada.lund@example.org}}
perspectives: [{{id: guest, label: Guest}}, {{id: host, label: Host}}]
areas: [{{id: north, name: North}}]
panel: panel.csv
rounds:
  - id: hush
    survey: hush.yaml
    kind: mid_cycle
    mode: unlinked
    opens: {opens}
    closes: {closes}
    thanks: We read everything within the month.
"""
SURVEY = """\
survey: hush
version: 1
title: A quiet word
language: en-GB
intro: Dear {participant.greeting}, two questions.
sections:
  - title: You
    items:
      - {id: name, ask: Your name, type: text, prefill: participant.name}
      - {id: mobile, ask: Your number, type: text, personal: true}
      - {id: reach, ask: May we call?, type: contact}
  - title: The day
    items:
      - {id: story, ask: What happened?, type: long_text, quote: ask}
      - {id: well, ask: Is all well?, type: yes_no}
"""
pytestmark = pytest.mark.timeout(900)
# What stands beside a return on purpose, or is the same for everyone.
SHARED = {"complete", "north", "guest", "host", "yes", "no", "web", "story", "well"}


@dataclass(kw_only=True)
class Hush:
    """The round as it was played: who said what, when, and everything that was printed on the way."""

    soundings: Installation
    post: object
    said: dict[str, str] = field(default_factory=dict)
    by_mail: dict[str, str] = field(default_factory=dict)
    at: list[tuple[datetime, datetime]] = field(default_factory=list)
    printed: dict[str, str] = field(default_factory=dict)

    @property
    def home(self):
        return self.soundings.home

    def run(self, *words):
        done = self.soundings.run(*words)
        self.printed[" ".join(map(str, words))] = done.out + done.err
        return done

    def answer(self, number):
        address, client = f"p{number}@hush.test", FormClient()
        word = f"word-{number * 7919 % 1009:04d}-of-somebody"
        letter = self.post.wait_for(to=address, kind="invitation")[0]
        begun = datetime.now(UTC)
        walk = client.answer(letter.link(self.soundings.public_url), {"story": word, "well": "yes"})
        self.at.append((begun, datetime.now(UTC)))
        assert walk.last.kind == "done", walk.last.words
        assert word not in walk.last.words, "no receipt of content"
        self.said[address] = word

    def tap(self, number, way, given=None):
        letter = self.post.wait_for(to=f"p{number}@hush.test", kind="invitation")[0]
        return FormClient().tap(letter.link(self.soundings.public_url), way, given or {})

    def reply(self, number, headers=""):
        address = f"p{number}@hush.test"
        letter = self.post.wait_for(to=address, kind="invitation")[0]
        word = f"mailed-{number}-never-kept"
        path = self.home / "reply.eml"
        path.write_text(
            f"From: Person <{address}>\nTo: soundings@example.org\nSubject: Re: {letter.subject}\n{headers}"
            f"In-Reply-To: {letter.mail['Message-ID']}\nMessage-ID: <reply-{number}@hush.test>\n\n"
            f"1. {word}\n2. yes\n\nPerson {number}\n",
            encoding="utf-8",
        )
        self.run("mail", "receive", path)
        path.unlink()
        self.by_mail[address] = word


def played(home, post):
    """Eight answer, one names somebody else, one declines; a reminder goes; two write mails; three answer then."""
    now = datetime.now(UTC).replace(microsecond=0)
    closes = now + timedelta(days=4)
    soundings = Installation(home=home, smtp_url=post.url, settings={"MAIL_REPLY_TO": "soundings@example.org"})
    (home / "hush.yaml").write_text(SURVEY, encoding="utf-8")
    when = {"opens": f"{now - timedelta(minutes=5):%Y-%m-%d %H:%M}", "closes": f"{closes:%Y-%m-%d %H:%M}"}
    (home / "programme.yaml").write_text(PROGRAMME.format(**when), encoding="utf-8")
    rows = [f"id-of-{n},Person Number{n},p{n}@hush.test,north,{('guest', 'host')[n % 2]}" for n in range(PEOPLE)]
    (home / "panel.csv").write_text("\n".join(["id,name,email,area,perspectives", *rows]), encoding="utf-8")
    hush = Hush(soundings=soundings, post=post)
    hush.run("load", home / "programme.yaml")
    with soundings.serving():
        post.wait_for(kind="invitation", count=PEOPLE)
        hush.tap(12, "someone-else", {"text": "Del Egate", "email": "del@hush.test"})
        hush.tap(13, "no-thank-you")
        post.wait_for(to="del@hush.test")
        # What those two and the tick that wrote to the delegate have left is not in the way of the times below.
        time.sleep(1.5)
        for number in (5, 0, 7, 2, 3, 6, 1, 4):
            hush.answer(number)
        wait_for_an_empty_log(home)
        hush.run("backup", home / "half-way.db")
    hush.run("round", "remind", "hush", "--anyway")
    hush.run("tick")
    assert {each.to for each in post.letters(kind="reminder")} >= {"p8@hush.test", "p9@hush.test", "p10@hush.test"}
    hush.reply(10)
    hush.reply(11, headers="X-Autoreply: yes\n")
    with soundings.serving():
        for number in (9, 8):
            hush.answer(number)
        wait_for_an_empty_log(home)
        looked_at_while_it_runs(hush)
    hush.run("tick", "--at", closes + timedelta(hours=1))
    return hush


def wait_for_an_empty_log(home):
    until = time.monotonic() + 15
    while (home / "soundings.db-wal").stat().st_size:
        assert time.monotonic() < until, "the write-ahead log still says what was written together"
        time.sleep(0.2)


def looked_at_while_it_runs(hush):
    home = hush.home
    for name in ("out.json", "out.csv", "out.xlsx"):
        hush.run("export", "hush", "-o", home / name)
    for words in (
        ("round", "status", "hush", "--json"),
        ("round", "who", "hush", "--json"),
        ("round", "plan", "hush"),
        ("triage", "list", "--json"),
        ("audit", "--json"),
        ("coverage", "hush", "--json"),
    ):
        hush.run(*words)
    for number in (5, 9, 10):
        hush.run("person", "export", f"id-of-{number}")
    hush.run("backup", home / "late.db")


@pytest.fixture(scope="module")
def hush(tmp_path_factory):
    from tests.clients.post_office import PostOffice

    with PostOffice() as post:
        yield played(tmp_path_factory.mktemp("hush"), post)


def databases(hush):
    return [hush.home / name for name in ("soundings.db", "half-way.db", "late.db")]


def tables(path):
    """Every table there is, with its columns and rows, as the database itself lists them."""
    with contextlib.closing(sqlite3.connect(path)) as opened:
        names = [row[0] for row in opened.execute("select name from sqlite_master where type = 'table'")]
        found = {}
        for name in names:
            cursor = opened.execute(f'select * from "{name}"')
            found[name] = ([each[0] for each in cursor.description], cursor.fetchall())
    return found


def leaves(value):
    """Every single value in a cell, those of a JSON document too."""
    if isinstance(value, str) and value[:1] in "[{":
        with contextlib.suppress(ValueError):
            value = json.loads(value)
    if isinstance(value, dict):
        return list(itertools.chain.from_iterable(leaves(each) for each in [*value.keys(), *value.values()]))
    if isinstance(value, list):
        return list(itertools.chain.from_iterable(leaves(each) for each in value))
    return [] if value is None else [value]


def who_they_are(hush):
    """Everything by which a person can be told: of the panel, of the mails, of their links, of the database."""
    marks = {f"p{n}@hush.test" for n in range(PEOPLE)} | {f"id-of-{n}" for n in range(PEOPLE)}
    marks |= {f"Person Number{n}" for n in range(PEOPLE)} | {"del@hush.test", "Del Egate"}
    for letter in hush.post.letters():
        marks.add(str(letter.mail["Message-ID"]).strip("<>"))
        if hush.soundings.public_url + "/f/" in letter.text:
            marks.add(letter.link(hush.soundings.public_url).rpartition("/")[2])
    columns, rows = tables(databases(hush)[0])["invitations"]
    for row in rows:
        marks |= {str(dict(zip(columns, row, strict=True))[name]) for name in ("reference", "mail_token")}
    return marks


def test_what_was_said_stands_in_one_table_and_nothing_else_there_says_who(hush):
    marks, searched = who_they_are(hush), 0
    for path in databases(hush):
        found = tables(path)
        searched += len(found)
        columns, returns = found.pop("unlinked_returns")
        assert len(returns) == (8 if path.name == "half-way.db" else 10)
        assert columns == ["id", "round_id", "answers", "raw", "area", "perspectives", "state"]
        own = {str(leaf) for row in returns for leaf in leaves(list(row[:1]) + list(row[2:]))} - SHARED
        assert {leaf for leaf in own if leaf.startswith("word-")} <= set(hush.said.values())
        assert not [leaf for leaf in own if any(mark in leaf for mark in marks)]
        assert not [leaf for leaf in own if re.search(r"\d{4}-\d\d-\d\dT?|\d\d:\d\d", leaf)], "no time of any kind"
        for name, (_, rows) in found.items():
            for row in rows:
                cells = {str(leaf) for cell in row for leaf in leaves(cell)}
                joining = {leaf for leaf in own if any(leaf in cell for cell in cells)}
                assert not joining, (path.name, name, joining)
    assert searched >= 90, searched


def test_what_was_mailed_is_nowhere(hush):
    for path in sorted(each for each in hush.home.rglob("*") if each.is_file()):
        content = path.read_bytes()
        for word in hush.by_mail.values():
            assert word.encode() not in content, path.name
    assert {"mailed" in words for words in hush.printed.values()} == {False}
    status = json.loads(hush.printed["round status hush --json"])
    assert (status["complete"], status["declined"], status["delegated"]) == (10, 1, 1)


def test_no_time_anywhere_says_when_someone_answered(hush):
    """Not a cell of any table holds a moment at which a return came in."""
    found, looked_at = [], 0
    for path in databases(hush):
        for name, (columns, rows) in tables(path).items():
            for row in rows:
                for column, cell in zip(columns, row, strict=True):
                    at = moment(cell)
                    looked_at += at is not None
                    if at is not None and any(begun <= at <= ended for begun, ended in hush.at):
                        found.append((path.name, name, column, cell))
    assert looked_at > 200
    assert found == []
    columns, rows = tables(databases(hush)[0])["dispositions"]
    answered = [dict(zip(columns, row, strict=True)) for row in rows]
    assert len({each["at"] for each in answered if each["disposition"] == "complete"}) == 1


def moment(cell):
    if not isinstance(cell, str) or not re.match(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d", cell):
        return None
    at = datetime.fromisoformat(cell)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def test_every_file_and_mail_is_silent_but_the_database_and_the_exports(hush):
    spoken, searched = {}, 0
    for path in sorted(each for each in hush.home.rglob("*") if each.is_file()):
        searched += 1
        content = path.read_bytes()
        if path.suffix == ".xlsx":
            cells = openpyxl.load_workbook(io.BytesIO(content)).worksheets
            content = repr([[cell.value for cell in row] for sheet in cells for row in sheet.iter_rows()]).encode()
        counts = {content.count(word.encode()) for word in hush.said.values()} - {0}
        if counts:
            spoken[path.name] = counts
    # In the database twice each, as value and as typed: no trace in free space, and none of an earlier place.
    assert {name: counts for name, counts in spoken.items() if name.endswith(".db")} == {
        "soundings.db": {2},
        "half-way.db": {2},
        "late.db": {2},
    }
    assert set(spoken) == {"soundings.db", "half-way.db", "late.db", "out.json", "out.csv", "out.xlsx"}
    assert searched >= 12, searched
    words = list(hush.said.values())
    for letter in hush.post.letters():
        assert not [word for word in words if word in letter.mail.as_string() or word in letter.text]
    for command, printed in hush.printed.items():
        assert not [word for word in words if word in printed], command
    assert not [letter for letter in hush.post.letters() if letter.kind == "receipt"]


def test_the_exports_name_nobody_and_stand_in_no_order_of_coming(hush):
    marks = who_they_are(hush)
    out = json.loads((hush.home / "out.json").read_text(encoding="utf-8"))
    assert len(out["responses"]) == 10
    assert "exports made at different times can be compared" in hush.printed[f"export hush -o {hush.home / 'out.json'}"]
    for response in out["responses"]:
        assert (response["participant"], response["session"], response["typed_by"]) == (None, None, None)
        assert response["quotes"] == response["voices"] == response["speaks_for"] == []
        assert response["area"] == "north"
        assert set(response["answers"]) == {"story", "well"}
        assert set(response) <= {
            "id", "participant", "perspectives", "area", "session", "state", "channel", "mode", "typed_by", "voices",
            "answers", "raw", "quotes", "speaks_for", "redacted",
        }  # fmt: skip
    for name in ("out.json", "out.csv"):
        content = (hush.home / name).read_text(encoding="utf-8")
        assert not [mark for mark in marks if mark in content]
    stood = [response["answers"]["story"] for response in out["responses"]]
    came = list(hush.said.values())
    assert stood not in (came, came[::-1])
    ids = [response["id"] for response in out["responses"]]
    assert ids == sorted(ids)
    assert all(re.fullmatch(r"[0-9a-f]{32}", each) for each in ids)
