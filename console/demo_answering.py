"""The demo's pages for sending something back to a mail, and for sorting what could not be placed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Flask, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from console.demo_replies import quoted
from console.demo_views import NotTaken, Person, SendBack, Sorting, Stage
from console.mailbox import MailboxMessage

# A reply of some hundred pages; more is not typed here.
LONGEST = 500_000
Found = Callable[[int], MailboxMessage]


def add_answering(app: Flask, stage: Stage, found: Found, checked: Callable[[], None]) -> None:
    """The pages below `/mail/N` and `/triage`; `found` gives a mail or ends with 404, `checked` refuses strangers."""
    app.config["MAX_CONTENT_LENGTH"] = 4 * LONGEST
    app.config["MAX_FORM_MEMORY_SIZE"] = 4 * LONGEST

    @app.get("/mail/<int:number>/reply")
    def reply(number: int) -> str:
        message = found(number)
        return _window(stage, message, sender=message.recipient, words=quoted(message, stage.zone))

    @app.post("/mail/<int:number>/reply")
    def send_reply(number: int) -> AnyResponse | tuple[str, int]:
        checked()
        message, words = found(number), request.form.get("words", "")
        sender = request.form.get("sender", message.recipient)
        if sender not in _addresses(stage) | {message.recipient}:
            abort(400)
        if len(words) > LONGEST:
            return _window(stage, message, sender=sender, words=words, problem="This is too long to be sent."), 413
        try:
            stage.reply(number, sender=sender, words=words)
        except NotTaken:
            busy = "It could not be sent just now. Your words are below; send it again."
            return _window(stage, message, sender=sender, words=words, problem=busy), 503
        return redirect(url_for("message", number=number) + "#sent-back", 303)

    @app.post("/mail/<int:number>/send-back")
    def send_back(number: int) -> AnyResponse:
        checked()
        found(number)
        what = request.form.get("what", "")
        if what not in set(SendBack):
            abort(400)
        try:
            stage.send_back(number, SendBack(what))
        except NotTaken:
            abort(503)
        return redirect(url_for("message", number=number) + "#sent-back", 303)

    @app.post("/triage/<int:number>")
    def sort(number: int) -> AnyResponse:
        checked()
        how = request.form.get("how", "")
        if how not in set(Sorting):
            abort(400)
        stage.sort(number, Sorting(how), request.form.get("question", ""))
        return redirect(url_for("status") + "#sorting", 303)


def _window(stage: Stage, message: MailboxMessage, *, sender: str, words: str, problem: str = "") -> str:
    return render_template(
        "demo/reply.html",
        message=message,
        sender=sender,
        senders=_senders(stage, message),
        words=words,
        problem=problem,
        here="mail",
    )


def _addresses(stage: Stage) -> set[str]:
    return {address for person in stage.people() for address in person.addresses}


def _senders(stage: Stage, message: MailboxMessage) -> Mapping[str, str]:
    """Whose addresses a reply may come from, by name: whoever got the mail first, then everyone else."""
    named = {address: f"{name}, {address}" for address, name in names_of(stage.people()).items()}
    own = {message.recipient: named.get(message.recipient, message.recipient)}
    return own | named


def names_of(people: tuple[Person, ...]) -> Mapping[str, str]:
    """Whose address it is; one mailbox may serve two people."""
    names: dict[str, str] = {}
    for person in people:
        for address in person.addresses:
            names[address] = f"{names[address]} and {person.name}" if address in names else person.name
    return names
