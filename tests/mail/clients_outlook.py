"""The Outlooks: no marks, no blockquote, our paragraphs written anew."""

import re
from html import escape

from tests.mail.envelopes import Person, message, part
from tests.mail.letters import Ours
from tests.mail.typed import Typed, html_with, lines_of, paragraphs, unmarked

SENDER = "Rowan Achterberg"
ADDRESS = "evaluation@soundings.test"
_PARAGRAPH = re.compile(r"<p[^>]*>(.*?)</p>", re.DOTALL)
_LINK = re.compile(r'href="(https://answers[^"]*)"')
_HEADERS = {
    "en": ("From", "Sent", "To", "Subject", "25 November 2024 09:00", "RE: "),
    "de": ("Von", "Gesendet", "An", "Betreff", "Montag, 25. November 2024 10:00", "AW: "),
    "fr": ("De", "Envoyé", "À", "Objet", "lundi 25 novembre 2024 10:00", "RE: "),
    "es": ("De", "Enviado el", "Para", "Asunto", "lunes, 25 de noviembre de 2024 10:00", "RE: "),
    "nl": ("Van", "Verzonden", "Aan", "Onderwerp", "maandag 25 november 2024 10:00", "Antw: "),
    "it": ("Da", "Inviato", "A", "Oggetto", "lunedì 25 novembre 2024 10:00", "R: "),
    "pl": ("Od", "Wysłano", "Do", "Temat", "poniedziałek, 25 listopada 2024 10:00", "ODP: "),
    "sv": ("Från", "Skickat", "Till", "Ämne", "den 25 november 2024 10:00", "SV: "),
    "cy": ("Oddi wrth", "Anfonwyd", "At", "Pwnc", "25 Tachwedd 2024 09:00", "ATB: "),
}


def _word_html(html: str) -> str:
    """Paragraphs as Word writes them, with its own empty elements and hard spaces."""

    def rewritten(match: re.Match[str]) -> str:
        words = match[1].replace(". ", ".&nbsp; ").replace("\n", "\r\n")
        return f"<p class=MsoNormal style='margin:0cm;margin-bottom:.0001pt'><span style='font-size:13.0pt'>{words}<o:p></o:p></span></p>"

    return _PARAGRAPH.sub(rewritten, html)


def _protected(html: str) -> str:
    """Links as a gateway rewrites them."""
    return _LINK.sub(
        lambda match: (
            'href="https://gbr01.safelinks.protection.outlook.com/?url='
            + match[1].replace(":", "%3A").replace("/", "%2F")
            + '&amp;data=05%7C02%7Cjane.whitlock%40hillside.example.org&amp;reserved=0" originalsrc="'
            + match[1]
            + '"'
        ),
        html,
    )


def desktop(
    ours: Ours,
    typed: Typed,
    *,
    language: str = "en",
    same: bool = False,
    initials: str = "",
    colour: str = "#1F497D",
    charset: str = "utf-8",
    only_html: bool = False,
    safelinks: bool = False,
    banner: str = "",
    person: Person | None = None,
) -> bytes:
    """Outlook on the desktop: Word's HTML, a line above `From:`; `initials` mark what is typed in the quote."""
    sender, sent, to, subject, when, prefix = _HEADERS[language]
    mark = f"<b><i>[{initials}]</i></b> " if initials else ""

    def said(words: str) -> str:
        if same:
            return f"<span style='color:{colour}'>{escape(words)}</span>".replace("\n", "<br>\n")
        made = "".join(
            f"<p class=MsoNormal><span style='color:{colour}'>{mark if at == 0 else ''}{escape(line) or '&nbsp;'}<o:p></o:p></span></p>"
            for at, line in enumerate(words.split("\n"))
        )
        return made + f"<p class=MsoNormal><span style='color:{colour}'><o:p>&nbsp;</o:p></span></p>"

    quote = html_with(ours.html, typed, said, same=same)
    quote = _word_html(quote)
    if safelinks:
        quote = _protected(quote)
    top = "".join(f"<p class=MsoNormal>{escape(line) or '<o:p>&nbsp;</o:p>'}</p>" for line in typed.top.split("\n"))
    page = (
        '<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w="urn:schemas-microsoft-com:office:word">'
        f'<head><meta http-equiv="Content-Type" content="text/html; charset={charset}"><meta name=Generator content="Microsoft Word 15">'
        "<style><!--\n/* Font Definitions */\n@font-face {font-family:Calibri;}\np.MsoNormal {margin:0cm;}\n--></style></head>"
        f"<body lang=EN-GB link=blue vlink=purple><div class=WordSection1>{top}<p class=MsoNormal><o:p>&nbsp;</o:p></p>"
        "<div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p class=MsoNormal>"
        f"<b><span lang=EN-US>{sender}:</span></b><span lang=EN-US> {SENDER} &lt;{ADDRESS}&gt; <br><b>{sent}:</b> {when}<br>"
        f"<b>{to}:</b> Jane Whitlock &lt;jane.whitlock@hillside.example.org&gt;<br><b>{subject}:</b> {escape(ours.subject)}"
        f"<o:p></o:p></span></p></div></div><p class=MsoNormal><o:p>&nbsp;</o:p></p>{banner}{quote}"
        f"{paragraphs(typed.bottom, 'p', 'class=MsoNormal') if typed.bottom else ''}</div></body></html>"
    )
    head = f"{sender}: {SENDER} <{ADDRESS}>\n{sent}: {when}\n{to}: Jane Whitlock <jane.whitlock@hillside.example.org>\n{subject}: {ours.subject}\n\n"
    lines = lines_of(
        ours.text,
        Typed(
            inline={n: (f"[{initials}] {w}" if initials else w) for n, w in typed.inline.items()},
            place="same" if same else "below",
        ),
    )
    plain = f"{typed.top}\n\n{head}{unmarked(lines)}\n\n{typed.bottom}\n".replace(
        "Answer here:\nhttps://answers", "Answer here<https://answers"
    )
    parts = [part("text/html", page, charset)]
    if not only_html:
        parts.insert(0, part("text/plain", plain, charset))
    return message(
        ours,
        parts,
        subject=prefix + ours.subject,
        boundary="_000_LO2P123MB",
        person=person,
        headers=("Accept-Language: en-GB", "X-MS-Has-Attach:", "x-originating-ip: [192.0.2.7]"),
    )


def mobile(ours: Ours, typed: Typed, *, system: str = "iOS", link: str = "https://aka.ms/o0ukef") -> bytes:
    """Outlook on a telephone."""
    quote = html_with(ours.html, typed, lambda words: paragraphs(words, "div", 'dir="auto"'))
    top = paragraphs(typed.top, "div", 'dir="auto"')
    page = (
        '<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"></head><body>'
        f"{top}"
        f'<div id="ms-outlook-mobile-signature" dir="auto">Get <a href="{link}">Outlook for {system}</a></div>'
        '<hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr"><font face="Calibri, sans-serif" '
        f'style="font-size:11pt" color="#000000"><b>From:</b> {SENDER} &lt;{ADDRESS}&gt;<br><b>Sent:</b> Monday, November 25, 2024 9:00:00 AM<br>'
        "<b>To:</b> Jane Whitlock &lt;jane.whitlock@hillside.example.org&gt;<br>"
        f"<b>Subject:</b> {escape(ours.subject)}</font><div>&nbsp;</div></div>{quote}{paragraphs(typed.bottom) if typed.bottom else ''}</body></html>"
    )
    plain = (
        f"{typed.top}\n\nGet Outlook for {system}<{link}>\n________________________________\nFrom: {SENDER} <{ADDRESS}>\n"
        "Sent: Monday, November 25, 2024 9:00:00 AM\nTo: Jane Whitlock <jane.whitlock@hillside.example.org>\n"
        f"Subject: {ours.subject}\n\n" + unmarked(lines_of(ours.text, typed)) + f"\n{typed.bottom}\n"
    )
    return message(
        ours,
        [part("text/plain", plain, "us-ascii" if plain.isascii() else "utf-8"), part("text/html", page)],
        boundary="_000_AM0PR",
    )


def owa(ours: Ours, typed: Typed, *, banner: str = "", only_html: bool = False) -> bytes:
    """Outlook on the web: `x_` before our classes, `divRplyFwdMsg` between."""
    quote = html_with(
        ours.html,
        typed,
        lambda words: paragraphs(words, "div", 'class="x_elementToProof" style="color:rgb(200,38,19)"'),
    )
    page = (
        '<html><head><meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1"><style type="text/css" style="display:none;">'
        ' P {margin-top:0;margin-bottom:0;} </style></head><body dir="ltr">'
        f"{paragraphs(typed.top, 'div', 'class=elementToProof style=font-size:12pt')}"
        '<div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1">'
        '<div id="divRplyFwdMsg" dir="ltr"><font face="Calibri, sans-serif" color="#000000" style="font-size:11pt">'
        f"<b>From:</b> {SENDER} &lt;{ADDRESS}&gt;<br><b>Sent:</b> 25 November 2024 09:00<br><b>To:</b> Jane Whitlock "
        f"&lt;jane.whitlock@hillside.example.org&gt;<br><b>Subject:</b> {escape(ours.subject)}</font><div>&nbsp;</div></div>"
        f'{banner}<div style="margin:0"><div class="x_column">{quote}</div></div>{paragraphs(typed.bottom) if typed.bottom else ""}</body></html>'
    )
    plain = (
        f"{typed.top}\n________________________________\nFrom: {SENDER} <{ADDRESS}>\nSent: 25 November 2024 09:00\n"
        f"To: Jane Whitlock <jane.whitlock@hillside.example.org>\nSubject: {ours.subject}\n\n"
        + unmarked(lines_of(ours.text, typed))
        + f"\n{typed.bottom}\n"
    )
    parts = [part("text/html", page, "iso-8859-1")]
    if not only_html:
        parts.insert(0, part("text/plain", plain, "iso-8859-1"))
    return message(ours, parts, boundary="_000_CWLP")
