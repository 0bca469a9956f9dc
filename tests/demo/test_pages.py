"""The demo's pages over invented values: what they show, what they refuse, how they look to axe."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from zoneinfo import ZoneInfo

import pytest
from bs4 import BeautifulSoup

from console.demo import make_demo_pages
from console.demo_views import (
    Coverage,
    CoverageCell,
    CoverageRow,
    Figure,
    Move,
    Moved,
    NotTaken,
    Person,
    RoundView,
    SendBack,
    Sortable,
    Sorting,
    Upcoming,
)
from console.mail_links import own_links, with_links
from console.mailbox import Mailbox, SentBack
from surveys.figures import CoverageState

START = datetime(2024, 11, 25, 9, tzinfo=UTC)
OURS = "http://127.0.0.1:8080"
CELLS = (
    CoverageCell(state=CoverageState.HEARD, heard=1, invited=2),
    CoverageCell(state=CoverageState.INVITED, invited=1),
    CoverageCell(state=CoverageState.MISSING),
    CoverageCell(state=CoverageState.NOT_ASKED),
)
ROUND = RoundView(
    name="trial/spring",
    title="What the <day> changed",
    kind="Mid-cycle round",
    state="open",
    opens_at=START,
    closes_at=START + timedelta(days=21, hours=8),
    decisions=("No parent carer forum voice yet in Kent",),
    figures=(Figure(label="Complete", count=1), Figure(label="Still to answer", count=3)),
    complete=1,
    asked=4,
    share=25,
    coverage=Coverage(
        perspectives=(("Host lead", True), ("School", False), ("Parent carer forum", True), ("Health", False)),
        rows=(CoverageRow(area="Kent", cells=CELLS, complete=1, invited=4),),
    ),
    upcoming=(
        Upcoming(at=START + timedelta(days=14), what="3 reminders", people=("Ada", "Ben", "Cy"), why="a week before"),
    ),
)


ENTRY = Sortable(
    number=7,
    received_at=START,
    kind="human",
    who="Ada <Lund>",
    sender="ada@x.test",
    why="free text",
    round="trial/spring",
    text="It went <well>.",
    questions=(("1", "1. What changed?"), ("2", "2. And since?")),
    known_answers=True,
)


class Scene:
    """A stage whose play is written beforehand."""

    zone = ZoneInfo("Europe/London")
    public_url = OURS

    def __init__(self):
        self.mailbox = Mailbox()
        self.moved = None
        self.moves = []
        self.sorted_last = ""
        self.sent = []
        self.sorted = []
        self.busy = False

    def now(self):
        return START

    def programme(self):
        return "A trial"

    def people(self):
        ada = Person(
            key="a1",
            name="Ada Lund",
            organisation="Forum",
            roles="Host lead, Kent",
            addresses=frozenset({"ada@x.test"}),
        )
        return (ada, replace(ada, key="b1", name="Ben <b>", roles="School, Kent", addresses=frozenset({"both@x.test"})))

    def rounds(self):
        return (ROUND,)

    def move(self, move):
        self.moves.append(move)
        self.moved = Moved(before=START, after=START + timedelta(hours=1), came={"reminder": 2, "thanks": 1})

    def reply(self, number, *, sender, words):
        if self.busy:
            raise NotTaken
        self.sent.append((number, sender, words))
        self.mailbox.note_sent_back(
            number,
            SentBack(at=START, sender=sender, subject="Re: it", kind="human", outcome="mapped", answers=2, receipt=1),
        )

    def send_back(self, number, what):
        self.sent.append((number, what))

    def to_sort(self):
        return (ENTRY, replace(ENTRY, number=8, kind="bounce", why="gone", questions=(), known_answers=False))

    def sort(self, number, how, question):
        self.sorted.append((number, how, question))
        self.sorted_last = "Set aside."


@pytest.fixture
def scene():
    made = Scene()
    mail = EmailMessage()
    mail["Subject"] = "Your view <script>alert(1)</script>"
    mail["From"] = "Maya <maya@example.org>"
    mail["To"] = "Ada@x.test"
    mail["Reply-To"] = "replies+abc@soundings.test"
    mail["Soundings-Kind"] = "invitation"
    mail.set_content(f"Dear Ada,\n\n{OURS}/f/1z-abc.\n\nNot ours: https://example.org/x and {OURS}1/f\n")
    mail.add_alternative(
        f'<p>Dear Ada</p><p><a href="{OURS}/f/1z-abc">Answer</a></p><script>alert(1)</script>', subtype="html"
    )
    made.mailbox.take_in(mail.as_bytes(), ["Ada@x.test"], START)
    return made


@pytest.fixture
def app(scene):
    return make_demo_pages(scene, ())


@pytest.fixture
def client(app):
    return app.test_client()


def get(client, path):
    return client.get(path, base_url=OURS)


def test_the_status_page_says_who_is_heard_what_comes_and_that_all_is_invented(client):
    words = get(client, "/").text
    for said in (
        "demo with invented people",
        "Monday 25 November 2024, 9 am",
        "Monday 16 December",
        "25 %",
        "3 reminders",
    ):
        assert said in words
    assert "What the &lt;day&gt; changed" in words
    assert "No parent carer forum voice yet in Kent" in words
    for word in ("heard", "invited", "missing", "not asked"):
        assert f'<span class="visually-hidden">{word}</span>' in words


def test_the_clock_moves_only_by_a_post_of_the_page_itself(client, scene):
    page = get(client, "/mail").text
    seal = page.split('name="_csrf" value="')[1].split('"')[0]
    assert client.get("/clock?move=day", base_url=OURS).status_code == 405
    assert client.post("/clock", data={"move": "day"}, base_url=OURS).status_code == 403
    assert client.post("/clock", data={"move": "year", "_csrf": seal}, base_url=OURS).status_code == 400
    assert scene.moves == []
    moved = client.post("/clock", data={"move": "day", "_csrf": seal, "back": "mail"}, base_url=OURS)
    assert (moved.status_code, moved.location) == (303, "/demo/mail")
    assert scene.moves == [Move.DAY]
    assert "<strong>2</strong> reminders and <strong>1</strong> thanks" in get(client, "/").text


def test_another_name_for_this_machine_is_refused(client):
    assert client.get("/", base_url="http://evil.test:8080").status_code == 403
    assert client.get("/", base_url="http://localhost:9000").status_code == 200


def test_a_message_is_shown_as_it_is_and_runs_nothing(client):
    page = get(client, "/mail/1")
    assert "<script>" not in page.text
    assert f'href="{OURS}/f/1z-abc"' in page.text
    assert 'href="https://example.org/x"' not in page.text
    assert "maya@example.org" in page.text
    framed = get(client, "/mail/1/html")
    policy = framed.headers["Content-Security-Policy"]
    assert "sandbox allow-top-navigation-by-user-activation" in policy
    assert "script" not in policy
    assert "frame-ancestors 'self'" in policy
    assert get(client, "/mail/2").status_code == 404
    assert get(client, "/mail/of/nobody").status_code == 404


def test_mail_is_listed_by_person(client):
    assert get(client, "/mail").text.count("Invitation") == 2
    assert "Ben &lt;b&gt;" in get(client, "/mail").text
    assert "Your view &lt;script&gt;" in get(client, "/mail/of/a1").text
    assert "Nothing has come yet" in get(client, "/mail/of/b1").text


def seal_of(page):
    return page.text.split('name="_csrf" value="')[1].split('"')[0]


def test_the_window_for_a_reply_holds_the_mail_as_a_mail_program_quotes_it(client):
    page = get(client, "/mail/1/reply")
    words = BeautifulSoup(page.text, "html.parser").select_one("textarea").get_text()
    assert words.lstrip("\n").startswith(
        "On Monday 25 November 2024, at 09:00, Maya <maya@example.org> wrote:\n\n> Dear"
    )
    assert "replies+abc@soundings.test" in page.text
    assert get(client, "/mail/9/reply").status_code == 404


def test_a_reply_goes_only_by_a_post_of_the_page_itself(client, scene):
    seal = seal_of(get(client, "/mail/1/reply"))
    fields = {"sender": "ada@x.test", "words": "1. Well"}
    assert client.post("/mail/1/reply", data=fields, base_url=OURS).status_code == 403
    elsewhere = fields | {"_csrf": seal, "sender": "no@x.test"}
    assert client.post("/mail/1/reply", data=elsewhere, base_url=OURS).status_code == 400
    assert scene.sent == []
    sent = client.post("/mail/1/reply", data=fields | {"_csrf": seal}, base_url=OURS)
    assert (sent.status_code, sent.location) == (303, "/mail/1#sent-back")
    assert scene.sent == [(1, "ada@x.test", "1. Well")]
    assert "2 answers." in get(client, "/mail/1").text


def test_what_could_not_be_sent_is_shown_again(client, scene):
    scene.busy = True
    fields = {"sender": "ada@x.test", "words": "My <words>", "_csrf": seal_of(get(client, "/mail/1/reply"))}
    page = client.post("/mail/1/reply", data=fields, base_url=OURS)
    assert page.status_code == 503
    assert "My &lt;words&gt;" in page.text
    assert "send it again" in page.text


def test_automatic_mail_comes_back_at_a_button(client, scene):
    seal = seal_of(get(client, "/mail/1"))
    for what in ("away", "bounce"):
        assert client.post("/mail/1/send-back", data={"what": what}, base_url=OURS).status_code == 403
        client.post("/mail/1/send-back", data={"what": what, "_csrf": seal}, base_url=OURS)
    assert client.post("/mail/1/send-back", data={"what": "x", "_csrf": seal}, base_url=OURS).status_code == 400
    assert scene.sent == [(1, SendBack.AWAY), (1, SendBack.BOUNCE)]


def test_what_waits_is_listed_and_sorted(client, scene):
    page = get(client, "/")
    assert "Ada &lt;Lund&gt;: free text" in page.text
    assert "It went &lt;well&gt;." in page.text
    seal = seal_of(page)
    assert client.post("/triage/7", data={"how": "assign", "question": "1"}, base_url=OURS).status_code == 403
    assert client.post("/triage/7", data={"how": "burn", "_csrf": seal}, base_url=OURS).status_code == 400
    assert scene.sorted == []
    done = client.post("/triage/7", data={"how": "assign", "question": "1", "_csrf": seal}, base_url=OURS)
    assert (done.status_code, done.location) == (303, "/#sorting")
    assert scene.sorted == [(7, Sorting.ASSIGN, "1")]
    assert "Set aside." in get(client, "/").text


def test_only_our_own_links_can_be_followed():
    text = f"See ({OURS}/f/1z-abc). Or {OURS}1/f, https://example.org/<b>, {OURS}/f/2"
    assert own_links(text, OURS + "/") == [f"{OURS}/f/1z-abc", f"{OURS}/f/2"]
    assert with_links(text, OURS).count("<a ") == 2
    assert "&lt;b&gt;" in with_links(text, OURS)
