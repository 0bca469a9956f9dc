"""Mail programs that reply in plain text, each in its own way."""

import textwrap

from tests.mail.envelopes import message, part
from tests.mail.letters import Ours
from tests.mail.typed import Line, Typed, lines_of, quoted, unmarked

SENDER = "Rowan Achterberg"
ADDRESS = "evaluation@soundings.test"


def _joined(*parts: str) -> str:
    return "\n\n".join(each for each in parts if each.strip()) + "\n"


def thunderbird(ours: Ours, typed: Typed, attribution: str = "", **how: str) -> bytes:
    """Thunderbird in plain text: `>` quoting, format=flowed with a space before each soft line end."""
    head = attribution or f"On 25/11/2024 09:00, {SENDER} wrote:"
    found = []
    for line in lines_of(ours.text, typed):
        wrapped = textwrap.wrap(line.words, 70, break_long_words=False) or [""]
        mark = ">" if line.ours else ""
        for at, each in enumerate(wrapped):
            soft = " " if at + 1 < len(wrapped) else ""
            # A line that begins with a space, ">" or "From " is stuffed with one space (RFC 3676, 4.4).
            stuffed = f" {each}" if mark or each.startswith((" ", ">", "From ")) else each
            found.append((mark + stuffed).rstrip() + soft if each else mark)
    words = _joined(_flowed(typed.top), f"{head}\n" + "\n".join(found), _flowed(typed.bottom))
    return message(
        ours,
        [part("text/plain", words, how=how.get("encoding", "8bit"), extra="; format=flowed")],
        headers=("User-Agent: Mozilla Thunderbird", "Content-Language: en-GB"),
    )


def _flowed(words: str) -> str:
    found = []
    for line in words.split("\n"):
        wrapped = textwrap.wrap(line, 70, break_long_words=False) or [""]
        if line.rstrip() == "--":
            wrapped = ["-- "]
        found += [each + (" " if at + 1 < len(wrapped) else "") for at, each in enumerate(wrapped)]
    return "\n".join(found)


def mutt(
    ours: Ours, typed: Typed, attribution: str = "", prefix: str = "> ", width: int = 72, loose: bool = False
) -> bytes:
    """mutt, Roundcube and other programs for plain text: hard line ends, our lines wrapped again."""
    head = attribution or f"On Mon, Nov 25, 2024 at 09:00:00AM +0000, {SENDER} wrote:"
    quote = quoted(lines_of(ours.text, typed), prefix, width, loose=loose)
    words = _joined(typed.top, f"{head}\n{quote}", typed.bottom)
    return message(ours, [part("text/plain", words, how="8bit")], headers=("User-Agent: Mutt/2.2.9",))


def k9(ours: Ours, typed: Typed) -> bytes:
    """K-9 Mail on Android, text only."""
    words = _joined(
        typed.top,
        f"On 25 November 2024 09:00:00 GMT, {SENDER} <{ADDRESS}> wrote:\n" + quoted(lines_of(ours.text, typed), ">"),
        typed.bottom,
    )
    return message(ours, [part("text/plain", words, how="base64")], headers=("User-Agent: K-9 Mail for Android",))


def samsung(ours: Ours, typed: Typed) -> bytes:
    """Samsung's mail on a telephone: a line of dashes, four headers, no marks."""
    head = (
        "-------- Original message --------\n"
        f"From: {SENDER} <{ADDRESS}>\nDate: 25/11/2024 09:00 (GMT+00:00)\n"
        f"To: Jane Whitlock <jane.whitlock@hillside.example.org>\nSubject: {ours.subject}\n"
    )
    words = _joined(typed.top, "Sent from my Galaxy", head + "\n" + unmarked(lines_of(ours.text, typed)), typed.bottom)
    return message(ours, [part("text/plain", words, how="base64")])


def outlook_plain(ours: Ours, typed: Typed, language: str = "en", charset: str = "utf-8", marks: str = "") -> bytes:
    """Outlook on the desktop set to plain text: `-----Original Message-----`, no marks unless asked for."""
    words = {
        "en": ("-----Original Message-----", "From", "Sent", "To", "Subject", "25 November 2024 09:00"),
        "de": (
            "-----Ursprüngliche Nachricht-----",
            "Von",
            "Gesendet",
            "An",
            "Betreff",
            "Montag, 25. November 2024 09:00",
        ),
        "fr": ("-----Message d'origine-----", "De", "Envoyé", "À", "Objet", "lundi 25 novembre 2024 09:00"),
        "nl": (
            "-----Oorspronkelijk bericht-----",
            "Van",
            "Verzonden",
            "Aan",
            "Onderwerp",
            "maandag 25 november 2024 09:00",
        ),
        "es": (
            "-----Mensaje original-----",
            "De",
            "Enviado el",
            "Para",
            "Asunto",
            "lunes, 25 de noviembre de 2024 9:00",
        ),
        "cy": ("-----Neges Wreiddiol-----", "Oddi wrth", "Anfonwyd", "At", "Pwnc", "25 Tachwedd 2024 09:00"),
    }[language]
    head = (
        f"{words[0]}\n{words[1]}: {SENDER} <{ADDRESS}> \n{words[2]}: {words[5]}\n"
        f"{words[3]}: Jane Whitlock <jane.whitlock@hillside.example.org>\n{words[4]}: {ours.subject}\n"
    )
    quote = quoted(lines_of(ours.text, typed), marks) if marks else unmarked(lines_of(ours.text, typed))
    text = _joined(typed.top, head + "\n" + quote, typed.bottom)
    subject = {"de": "AW: ", "fr": "RE: ", "nl": "Antw: ", "cy": "ATB: "}.get(language, "RE: ") + ours.subject
    how = "quoted-printable"
    return message(
        ours, [part("text/plain", text, charset, how)], subject=subject, headers=("X-Mailer: Microsoft Outlook 16.0",)
    )


def groupwise(ours: Ours, typed: Typed) -> bytes:
    """GroupWise: `>>>` around the attribution, no marks before lines."""
    head = f">>> {SENDER} <{ADDRESS}> 25/11/2024 09:00 >>>"
    words = _joined(typed.top, head + "\n" + unmarked(lines_of(ours.text, typed)), typed.bottom)
    return message(ours, [part("text/plain", words, "iso-8859-15")], headers=("X-Mailer: GroupWise 18",))


def notes(ours: Ours, typed: Typed) -> bytes:
    """HCL Notes: a block of four headers set off by spaces, no marks."""
    head = (
        f'From:   "{SENDER}" <{ADDRESS}>\nTo:     "Jane Whitlock" <jane.whitlock@hillside.example.org>\n'
        f"Date:   25/11/2024 09:00\nSubject:        {ours.subject}\n"
    )
    words = _joined(typed.top, head + "\n\n" + unmarked(lines_of(ours.text, typed), 76), typed.bottom)
    return message(ours, [part("text/plain", words, "iso-8859-1")], headers=("X-Mailer: HCL Notes Release 12.0",))


def bare(ours: Ours, words: str, **how: str) -> bytes:
    """A reply that quotes nothing at all."""
    return message(ours, [part("text/plain", words, how.get("charset", "utf-8"), how.get("encoding", "8bit"))])


def typed_in_quote(lines: list[Line]) -> list[Line]:
    """As some programs do it: what is typed within a quote gets its mark too."""
    return [Line(each.words, ours=True) for each in lines]


def marked_all(ours: Ours, typed: Typed) -> bytes:
    """A webmail whose editor puts the mark before what is typed in the quote as well."""
    words = _joined(
        typed.top,
        f"On 2024-11-25 09:00, {SENDER} wrote:\n" + quoted(typed_in_quote(lines_of(ours.text, typed))),
        typed.bottom,
    )
    return message(ours, [part("text/plain", words)], headers=("User-Agent: Roundcube Webmail/1.6.7",))
