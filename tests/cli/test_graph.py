"""Microsoft 365 from the command line: doctor, a round sent by Graph, answers and bounces read by Graph."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path

import pytest

from storage.engine import Store
from storage.steps import CRASH_SETTING, Step
from tests.cli.conftest import EXAMPLES, Shell
from tests.cli.test_whole_path import ROUND, _open_now
from tests.fakes.graph_server import MAILBOX, GraphServer
from tests.fakes.graph_sign_in import CLIENT, SECRET, TENANT, app_certificate
from tests.mail import clients_outlook
from tests.mail.letters import Ours, ours_of
from tests.mail.typed import Typed

ORGANISED = "How did the organisation of the day work for you"
AT = ("--at", "2026-11-02T09:00")


@pytest.fixture
def graph(monkeypatch: pytest.MonkeyPatch) -> Iterator[GraphServer]:
    with GraphServer() as running:
        for name, value in {
            "GRAPH_MAILBOX": MAILBOX,
            "GRAPH_TENANT_ID": TENANT,
            "GRAPH_CLIENT_ID": CLIENT,
            "GRAPH_CLIENT_SECRET": SECRET,
            "GRAPH_TEST_HOST": running.host,
        }.items():
            monkeypatch.setenv(name, value)
        yield running


@pytest.fixture
def office(shell: Shell, graph: GraphServer) -> Shell:
    """The example's programme is loaded, its sender's place taken by the mailbox."""
    path = _open_now(shell.home)
    text = path.read_text(encoding="utf-8")
    sender = text[text.index("sender:") :].splitlines()[0]
    path.write_text(text.replace(sender, f"sender: {{name: Maya Lind, email: {MAILBOX}}}"), encoding="utf-8")
    shell("load", path)
    return shell


def number_of(ours: Ours, asked: str) -> int:
    """The number of the question that begins so."""
    return int(ours.text.partition(asked)[0].rpartition("[Q")[2].partition("]")[0])


def findings(shell: Shell, code: int) -> dict[str, tuple[str, str]]:
    ended = shell("doctor", "--json", code=code)
    assert SECRET not in ended.out + ended.err
    return {each["what"]: (each["health"], each["words"]) for each in ended.json}


def test_doctor_finds_a_mailbox_that_works(shell: Shell, graph: GraphServer) -> None:
    found = findings(shell, 0)
    assert found["mail"] == ("works", f"Graph lets us send as {MAILBOX}; the token names Mail.ReadWrite, Mail.Send")
    assert found["replies by mail"] == ("works", f"graph:{MAILBOX}/inbox lets us in")
    assert graph.mailbox.items == []


def test_doctor_foresees_senders_that_are_not_the_mailbox(
    office: Shell, graph: GraphServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = findings(office, 0)
    assert "sender" not in found
    assert "unset it after the test" in found["GRAPH_TEST_HOST"][1]
    monkeypatch.setenv("MAIL_FROM", "Soundings <other@example.org>")
    path = office.home / "programme.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(f"email: {MAILBOX}", "email: maya@example.org"))
    office("load", path)
    told = [each["words"] for each in office("doctor", "--json").json if each["what"] == "sender"]
    assert [words.partition(":")[0] for words in told] == [
        "the programme courageous-conversations writes as maya@example.org",
        "MAIL_FROM writes as other@example.org",
    ]
    # And its mails do wait, each with the reason, while nothing else is held up.
    office("tick", *AT)
    assert graph.mailbox.sent == []
    waits = office("round", "status", ROUND, "--json").json
    assert waits["pending"] == waits["invited"] == 32


def test_doctor_trusts_roles_assigned_in_exchange(shell: Shell, graph: GraphServer) -> None:
    """They let the app in without standing in its token."""
    graph.roles_assigned = ("Mail.ReadWrite", "Mail.Send")
    graph.sign_in.roles = ()
    assert "by roles assigned in Exchange" in findings(shell, 0)["mail"][1]


@pytest.mark.parametrize(
    ("roles", "missing"),
    [(("Mail.ReadWrite",), "not Mail.Send"), (("Mail.Read",), "not Mail.ReadWrite and Mail.Send")],
)
def test_doctor_names_what_is_missing(shell: Shell, graph: GraphServer, roles: tuple[str, ...], missing: str) -> None:
    graph.sign_in.roles = roles
    health, words = findings(shell, 1)["mail"]
    assert health == "broken"
    assert missing in words
    assert "admin consent" in words


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("GRAPH_CLIENT_SECRET", "wrong", "check GRAPH_CLIENT_SECRET"),
        ("GRAPH_MAILBOX", "other@example.org", "check GRAPH_MAILBOX"),
        ("GRAPH_CLIENT_ID", "other", "check GRAPH_CLIENT_ID"),
        ("GRAPH_TEST_HOST", "127.0.0.1:9", "can't be reached"),
    ],
)
def test_doctor_says_what_to_do(
    shell: Shell, graph: GraphServer, monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    monkeypatch.setenv(name, value)
    found = findings(shell, 1)
    assert found["mail"][0] == found["replies by mail"][0] == "broken"
    assert words in found["mail"][1]


def test_a_mailbox_without_its_app_is_off_and_told(
    shell: Shell, graph: GraphServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GRAPH_CLIENT_SECRET")
    monkeypatch.delenv("GRAPH_TENANT_ID")
    found = findings(shell, 1)
    lacks = "GRAPH_TENANT_ID and GRAPH_CLIENT_SECRET or GRAPH_CLIENT_CERTIFICATE too"
    assert found["GRAPH_MAILBOX"] == ("broken", f"needs {lacks}: see docs/mail.md, Microsoft 365")
    assert found["mail"] == ("off", f"GRAPH_MAILBOX needs {lacks}")


def test_a_certificate_does_instead_of_a_secret(
    shell: Shell, graph: GraphServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path, graph.sign_in.certificate = app_certificate(tmp_path)
    monkeypatch.delenv("GRAPH_CLIENT_SECRET")
    monkeypatch.setenv("GRAPH_CLIENT_CERTIFICATE", str(path))
    assert findings(shell, 0)["mail"][0] == "works"


def test_smtp_sends_where_both_are_set_and_graph_reads(shell: Shell, post: object, graph: GraphServer) -> None:
    found = findings(shell, 0)
    assert "lets us send as Soundings <soundings@example.org>" in found["mail"][1]
    assert found["replies by mail"][0] == "works"


@pytest.mark.parametrize("value", ["graph.example.test:443", "127.0.0.1", "127.0.0.1:1,127.0.0.1:2"])
def test_only_this_machine_may_stand_for_microsoft(shell: Shell, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("GRAPH_TEST_HOST", value)
    assert "GRAPH_TEST_HOST" in shell("doctor", code=2).err


def test_serve_refuses_the_test_host_where_others_could_reach_it(shell: Shell, graph: GraphServer) -> None:
    ended = shell("serve", "--host", "0.0.0.0", "--port", "0", code=1)
    assert "GRAPH_TEST_HOST is for tests on this machine" in ended.err


def test_a_round_goes_out_and_comes_back_through_graph(office: Shell, graph: GraphServer) -> None:
    office("tick", *AT)
    invited = [item for item in graph.mailbox.sent if item.kind == "invitation"]
    assert len(invited) == 32
    assert graph.mailbox.drafts == []
    ours = ours_of(invited[0].content)
    # Replies come to the mailbox that is read, whoever the programme's sender is.
    assert ours.reply_to.startswith("bot+")
    assert ours.reply_to.endswith("@example.org")
    person = invited[0].message["To"].addresses[0]
    typed = Typed(inline={number_of(ours, ORGANISED): "It changed how we meet."})
    raw = clients_outlook.desktop(ours, typed)
    raw = raw.replace(b"jane.whitlock@hillside.example.org", person.addr_spec.encode())
    item = graph.mailbox.deliver(raw)
    told = office("tick", "--at", "2026-11-02T10:00", "--json").json
    assert told["mails"] == {"mapped": 1}
    assert item.read
    exported = office("export", ROUND, "--format", "json", "-o", "answers.json")
    assert exported.code == 0
    assert "It changed how we meet." in (office.home / "answers.json").read_text(encoding="utf-8")
    # Seen again after the link is over: known, and nothing changes.
    graph.mailbox.oldest = len(graph.mailbox.changes)
    graph.mailbox.changes.append(("created", item.immutable))
    assert office("tick", "--at", "2026-11-02T11:00", "--json").json["mails"] == {"known": 1}


def bounce(original: bytes, address: str, *, whole: bool) -> bytes:
    """As Exchange Online writes one: no path of ours in it, the original or its head returned."""
    own = (
        "From: Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@example.org>\r\n"
        f"To: {MAILBOX}\r\nSubject: Undeliverable: Mid-cycle evaluation\r\nMessage-ID: <ndr-1@example.org>\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="=_ndr"\r\n\r\n'
    )
    head, _, _ = original.partition(b"\r\n\r\n")
    # Exchange may name the message anew; our own id stays in References.
    lines = [line for line in head.split(b"\r\n") if not line.startswith((b"Message-ID:", b"Reply-To:"))]
    returned = b"\r\n".join([b"Message-ID: <AM0PR01@eurprd01.prod.outlook.com>", *lines])
    parts = [
        b"Content-Type: text/plain; charset=us-ascii\r\n\r\nYour message could not be delivered.",
        b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns;example.org\r\n\r\n"
        b"Final-Recipient: rfc822;" + address.encode() + b"\r\nAction: failed\r\nStatus: 5.1.10\r\n"
        b"Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound",
        b"Content-Type: message/rfc822\r\n\r\n" + returned + b"\r\n\r\nbody"
        if whole
        else b"Content-Type: text/rfc822-headers\r\n\r\n" + returned,
    ]
    body = b"".join(b"--=_ndr\r\n" + part + b"\r\n" for part in parts) + b"--=_ndr--\r\n"
    return own.encode() + body


@pytest.mark.parametrize("whole", [True, False], ids=["the whole mail", "its head"])
def test_a_bounce_is_matched_by_what_it_returns(office: Shell, graph: GraphServer, whole: bool) -> None:
    office("tick", *AT)
    invited = next(item for item in graph.mailbox.sent if item.kind == "invitation")
    address = message_from_bytes(invited.content)["To"].split("<")[1].rstrip(">")
    graph.mailbox.deliver(bounce(invited.content, address, whole=whole))
    assert office("tick", "--at", "2026-11-02T10:00", "--json").json["mails"] == {"bounce": 1}
    assert office("round", "status", ROUND, "--json").json["undeliverable"] == 1


@pytest.mark.parametrize("step", [Step.MAIL_STORED, Step.MAIL_SETTLED, Step.MAIL_MARKED])
def test_a_crash_while_reading_loses_nothing_and_doubles_nothing(office: Shell, graph: GraphServer, step: Step) -> None:
    office("tick", *AT)
    invited = next(item for item in graph.mailbox.sent if item.kind == "invitation")
    ours = ours_of(invited.content)
    address = invited.message["To"].addresses[0].addr_spec
    for number, asked in ((4, ORGANISED), (5, "What difference has the day made, and how can you tell")):
        raw = clients_outlook.desktop(ours, Typed(inline={number_of(ours, asked): f"Answer {number}."}))
        raw = raw.replace(b"jane.whitlock@hillside.example.org", address.encode())
        graph.mailbox.deliver(raw.replace(b"Message-ID: <", f"Message-ID: <{number}.".encode()))
    ended = subprocess.run(
        [sys.executable, "-m", "bot.cli", "tick", "--at", "2026-11-02T10:00"],
        env={**os.environ, CRASH_SETTING: f"{step}:1", "PYTHONPATH": str(EXAMPLES.parent)},
        cwd=office.home,
        check=False,
        capture_output=True,
        timeout=60,
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    office("tick", "--at", "2026-11-02T10:05")
    assert [item.read for item in graph.mailbox.items if item.folder == "inbox"] == [True, True]
    office("export", ROUND, "--format", "json", "-o", "answers.json")
    text = (office.home / "answers.json").read_text(encoding="utf-8")
    for number in (4, 5):
        assert text.count(f"Answer {number}.") == 2, "as an answer and as raw words, once each"
    store = Store("sqlite:///var/soundings.db")
    with store.reading() as tx:
        assert tx.exec_driver_sql("select count(*), max(revision) from answers").one() == (2, 1)
        assert tx.exec_driver_sql("select count(*) from raw_messages").scalar_one() == 2
    store.close()
