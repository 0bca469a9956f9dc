"""Mails as they arrive for a small programme, and what stands in its database afterwards."""

from __future__ import annotations

from storage import triage_queue
from storage.forms import form_of
from storage.responses import current_answers
from storage.triage_queue import Waiting
from tests.fakes.smtp_server import SmtpServer
from tests.mail import clients_plain
from tests.mail.envelopes import Person, message, part
from tests.mail.letters import Ours, ours_of
from tests.mail.typed import Typed
from tests.schedules.town import Town


def sent_to(server: SmtpServer, person: str, kind: str = "invitation") -> Ours:
    mails = [mail for mail in server.to(f"{person}@example.test") if mail.kind == kind]
    return ours_of(mails[-1].content)


def reply(server: SmtpServer, person: str, typed: Typed, *, address: str = "", token: bool = True) -> bytes:
    """A reply in plain text from that person's address, or another."""
    ours = sent_to(server, person)
    raw = clients_plain.mutt(ours, typed, "On Mon, 25 Nov 2024 at 09:00, Maya Lind <maya@example.org> wrote:")
    raw = raw.replace(b"jane.whitlock@hillside.example.org", (address or f"{person}@example.test").encode())
    raw = raw.replace(b"Jane Whitlock", f"{person.title()} Example".encode())
    return raw if token else raw.replace(ours.reply_to.encode(), b"reply@example.org")


def raw_words(town: Town, person: str) -> dict[str, str]:
    with town.store.reading() as tx:
        form = form_of(tx, town.invitation(person).id)
        assert form is not None
        if form.asked.response is None:
            return {}
        return {item: each.raw for (item, _, _), each in current_answers(tx, form.asked.response.id).items()}


def queue(town: Town) -> list[Waiting]:
    with town.store.reading() as tx:
        return list(triage_queue.entries(tx))


def away(
    server: SmtpServer, person: str, words: str, *headers: str, subject: str = "days", kind: str = "invitation"
) -> bytes:
    ours = sent_to(server, person, kind)
    who = Person(name=person.title(), address=f"{person}@example.test")
    told = f"Automatic reply: {subject}"
    return message(ours, [part("text/plain", words)], person=who, subject=told, headers=headers)


def bounced(server: SmtpServer, person: str, status: str, action: str = "failed") -> bytes:
    ours = sent_to(server, person)
    report = f"Reporting-MTA: dns; mx.test\r\n\r\nFinal-Recipient: rfc822; {person}@example.test\r\nAction: {action}\r\nStatus: {status}\r\n"
    parts = [
        part("text/plain", "The mail could not be delivered."),
        b"Content-Type: message/delivery-status\r\n\r\n" + report.encode(),
        b"Content-Type: message/rfc822\r\n\r\n" + ours.raw,
    ]
    raw = message(ours, parts, subtype='report; report-type="delivery-status"', subject="Undelivered", threaded=False)
    return raw.replace(b"Jane Whitlock <jane.whitlock@hillside.example.org>", b"MAILER-DAEMON@mx.test")
