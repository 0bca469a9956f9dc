"""Mail programs one by one, as their replies look when they arrive."""

from __future__ import annotations

from html import escape

from tests.mail.blind.quoting import (
    JANE,
    ROWAN,
    ROWAN_AT,
    Block,
    Written,
    document,
    head,
    html_quote,
    leaf,
    lines_html,
    many,
    text_quote,
)
from tests.mail.letters import Ours

WORDS_OF_HEADER = {
    "en": ("From", "Sent", "To", "Subject", "25 November 2024 09:00"),
    "de": ("Von", "Gesendet", "An", "Betreff", "Montag, 25. November 2024 10:00"),
    "fr": ("De", "Envoyé", "À", "Objet", "lundi 25 novembre 2024 10:00"),
    "cy": ("Oddi wrth", "Anfonwyd", "At", "Pwnc", "25 Tachwedd 2024 09:00"),
    "es": ("De", "Enviado", "Para", "Asunto", "lunes, 25 de noviembre de 2024 10:00"),
    "it": ("Da", "Inviato", "A", "Oggetto", "lunedì 25 novembre 2024 10:00"),
    "nl": ("Van", "Verzonden", "Aan", "Onderwerp", "maandag 25 november 2024 10:00"),
    "pl": ("Od", "Wysłano", "Do", "Temat", "poniedziałek, 25 listopada 2024 10:00"),
    "pt": ("De", "Enviado", "Para", "Assunto", "segunda-feira, 25 de novembro de 2024 09:00"),
    "sv": ("Från", "Skickat", "Till", "Ämne", "den 25 november 2024 10:00"),
}


def _outlook_block(ours: Ours, language: str) -> list[tuple[str, str]]:
    sender, sent, to, subject, when = WORDS_OF_HEADER[language]
    colon = " :" if language == "fr" else ":"
    return [
        (sender + colon, f"{ROWAN} <{ROWAN_AT}>"),
        (sent + colon, when),
        (to + colon, JANE),
        (subject + colon, ours.subject),
    ]


def outlook_desktop(
    ours: Ours, written: Written, language: str = "en", banner: str = "", signature: str = "", subject: str = ""
) -> bytes:
    """Word's HTML with `MsoNormal`, a header block under a line, and no `>` anywhere; a plain part beside it."""
    style = f"color:{written.colour}" if written.colour else ""

    def said(words: str) -> str:
        return "".join(
            f"<p class=MsoNormal><span style='font-size:11.0pt;font-family:\"Calibri\",sans-serif;{style}'>{escape(line, quote=False) or '&nbsp;'}<o:p></o:p></span></p>\n"
            for line in words.split("\n")
        )

    def paragraph(block: Block, behind: str) -> str:
        words = escape(block.words, quote=False)
        if block.href:
            words = f"<a href=\"{block.href}\"><span style='color:#0A5A74'>{words}</span></a>"
        if behind:
            words += f" <span style='{style}'>{escape(behind, quote=False)}</span>"
        if block.tag == "h2":
            return f"<h2 style='mso-margin-top-alt:24.0pt;line-height:130%'><span style='font-size:15.0pt'>{words}<o:p></o:p></span></h2>\n"
        return f"<p style='margin-bottom:3.0pt;line-height:150%'><span style='font-size:13.0pt;\nfont-family:\"Segoe UI\",sans-serif'>{words}<o:p></o:p></span></p>\n"

    block = _outlook_block(ours, language)
    header = (
        "<div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p class=MsoNormal>"
        + "<br>".join(f"<b>{name}</b> {escape(value)}" for name, value in block)
        + "<o:p></o:p></p></div></div><p class=MsoNormal><o:p>&nbsp;</o:p></p>\n"
    )
    inside = (
        "<div class=WordSection1>"
        + (said(written.top) if written.top else "<p class=MsoNormal><o:p>&nbsp;</o:p></p>")
        + (said(signature) if signature else "")
        + header
        + (f"<p style='background:#FFEB9C'><b>{banner}</b></p>" if banner else "")
        + html_quote(ours, written, paragraph, said)
        + (said(written.bottom) if written.bottom else "")
        + "</div>"
    )
    html = document(inside, "<style>p.MsoNormal{margin:0cm;font-size:11.0pt;}</style>")
    plain = (
        (written.top.replace("\n", "\n\n") + "\n\n" if written.top else "\n\n")
        + (signature + "\n\n" if signature else "")
        + "\n".join(f"{name} {value}" for name, value in block)
        + "\n\n"
        + (banner + "\n\n" if banner else "")
        + text_quote(ours, written, "")
        + ("\n\n" + written.bottom if written.bottom else "")
        + "\n"
    )
    return head(ours, subject, "X-Mailer: Microsoft Outlook 16.0") + many(
        "alternative", [leaf("plain", plain), leaf("html", html)]
    )


def owa(ours: Ours, written: Written, mobile: str = "", signature: str = "", language: str = "en") -> bytes:
    """Outlook on the web and the new Outlook: `elementToProof`, a rule, `divRplyFwdMsg`, our HTML with `x_` classes."""

    def said(words: str) -> str:
        return lines_html(
            words,
            "div",
            f'class="elementToProof" style="font-family: Aptos, sans-serif; font-size: 12pt; color: {written.colour or "rgb(0, 0, 0)"};"',
        )

    def paragraph(block: Block, behind: str) -> str:
        words = escape(block.words, quote=False)
        if block.href:
            words = f'<a href="{block.href}" data-auth="NotApplicable">{words}</a>'
        if behind:
            words += (
                f' <span style="color: {written.colour or "rgb(200, 38, 19)"};">{escape(behind, quote=False)}</span>'
            )
        return f'<{block.tag} class="x_p" style="margin: 0px 0px 8px;">{words}</{block.tag}>\n'

    block = _outlook_block(ours, language)
    foot = ""
    if mobile:
        foot = f'<div id="ms-outlook-mobile-signature" dir="auto">{mobile}</div>'
    inside = (
        said(written.top or "")
        + (said(signature) if signature else "")
        + foot
        + '<div id="appendonsend"></div>\n<hr style="display:inline-block;width:98%" tabindex="-1">\n<div id="divRplyFwdMsg" dir="ltr"><font face="Calibri, sans-serif" style="font-size:11pt" color="#000000">'
        + "<br>\n".join(f"<b>{name}</b> {escape(value)}" for name, value in block)
        + "</font><div>&nbsp;</div></div>\n"
        + f'<div class="x_body">{html_quote(ours, written, paragraph, said)}</div>'
        + (said(written.bottom) if written.bottom else "")
    )
    return head(ours) + leaf("html", document(inside))


def gmail(
    ours: Ours,
    written: Written,
    attribution: str = f"On Mon, 25 Nov 2024 at 09:00, {ROWAN} <{ROWAN_AT}> wrote:",
    *,
    html: bool = True,
    plain: bool = True,
    clipped: str = "",
    signature: str = "",
) -> bytes:
    """Gmail in the browser or the app: a quote in `gmail_quote`, split where the person typed."""
    opening = '<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex">'

    def said(words: str) -> str:
        return f"</blockquote>{lines_html(words, 'div')}<div><br></div>{opening}"

    def paragraph(block: Block, behind: str) -> str:
        words = escape(block.words, quote=False)
        if block.href:
            words = f'<a href="{block.href}" target="_blank">{words}</a>'
        return f'<{block.tag} style="margin:0px 0px 16px">{words}{" " + escape(behind, quote=False) if behind else ""}</{block.tag}>'

    inside = (
        f'<div dir="ltr">{lines_html(written.top) if written.top else ""}</div>'
        + (
            f'<div><br></div><span class="gmail_signature_prefix">-- </span><br><div dir="ltr" class="gmail_signature" data-smartmail="gmail_signature">{lines_html(signature)}</div>'
            if signature
            else ""
        )
        + f'<br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">{escape(attribution).replace(ROWAN_AT, f"<a href=mailto:{ROWAN_AT}>{ROWAN_AT}</a>")}<br></div>{opening}'
        + html_quote(ours, written, paragraph, said)
        + clipped
        + "</blockquote></div>"
        + (lines_html(written.bottom) if written.bottom else "")
    )
    text = (
        (written.top + "\n\n" if written.top else "")
        + (f"-- \n{signature}\n\n" if signature else "")
        + attribution
        + "\n\n"
        + text_quote(ours, written, "> ", 76)
        + ("\n\n" + written.bottom if written.bottom else "")
        + "\n"
    )
    parts = ([leaf("plain", text)] if plain else []) + ([leaf("html", document(inside))] if html else [])
    return head(ours) + (many("alternative", parts) if len(parts) > 1 else parts[0])


def apple(ours: Ours, written: Written, *, split: bool = True, signature: str = "") -> bytes:
    """Apple Mail: `blockquote type="cite"`, the attribution inside it, answers in a split or within."""

    def said(words: str) -> str:
        inside = lines_html(words)
        return f'</blockquote>{inside}<br><blockquote type="cite">' if split else inside

    def paragraph(block: Block, behind: str) -> str:
        words = escape(block.words, quote=False)
        if block.href:
            words = f'<a href="{block.href}">{words}</a>'
        return f'<{block.tag} style="margin: 0px 0px 16px; font-family: system-ui;">{words}{" " + escape(behind, quote=False) if behind else ""}</{block.tag}>'

    inside = (
        (lines_html(written.top) if written.top else "<br>")
        + (f'<br id="lineBreakAtBeginningOfMessage"><div>{lines_html(signature)}</div>' if signature else "")
        + f'<div><br><blockquote type="cite"><div>On 25 Nov 2024, at 09:00, {ROWAN} &lt;{ROWAN_AT}&gt; wrote:</div><br class="Apple-interchange-newline"><div>'
        + html_quote(ours, written, paragraph, said)
        + "</div></blockquote></div><br>"
        + (lines_html(written.bottom) if written.bottom else "")
    )
    text = (
        (written.top + "\n\n" if written.top else "\n")
        + (signature + "\n\n" if signature else "")
        + f"> On 25 Nov 2024, at 09:00, {ROWAN} <{ROWAN_AT}> wrote:\n> \n"
        + text_quote(ours, written, "> ")
        + ("\n\n" + written.bottom if written.bottom else "")
        + "\n"
    )
    return head(ours, "", "X-Mailer: Apple Mail (2.3826.200.121)") + many(
        "alternative", [leaf("plain", text), leaf("html", document(inside))]
    )


def iphone(ours: Ours, written: Written, coding: str = "quoted-printable") -> bytes:
    """An iPhone's plain reply: the signature above the quote, a mark of no width before our first word."""
    text = (
        f"{written.top}\n\nSent from my iPhone\n\n> On 25 Nov 2024, at 09:00, {ROWAN} <{ROWAN_AT}> wrote:\n> \n> \ufeff"
        + text_quote(ours, written, "> ")[2:]
        + "\n"
    )
    return head(ours, "", "X-Mailer: iPhone Mail (22B91)") + leaf("plain", text, coding=coding)


def thunderbird(
    ours: Ours, written: Written, attribution: str = f"On 25/11/2024 09:00, {ROWAN} wrote:", charset: str = "utf-8"
) -> bytes:
    """Plain text, `format=flowed`, long lines of the person broken with a space at their end."""

    def flowed(words: str) -> str:
        out = []
        for line in words.split("\n"):
            parts = textwrap_flowed(line)
            out.append(parts)
        return "\n".join(out)

    inline = {number: flowed(words) for number, words in written.inline.items()}
    ready = Written(inline=inline, same_line=written.same_line)
    text = (
        (flowed(written.top) + "\n\n" if written.top else "")
        + attribution
        + "\n"
        + text_quote(ours, ready, "> ", 72)
        + ("\n\n" + flowed(written.bottom) if written.bottom else "")
        + "\n"
    )
    return head(ours, "", "User-Agent: Mozilla Thunderbird") + leaf("plain", text, charset, "8bit", "; format=flowed")


def textwrap_flowed(line: str, width: int = 66) -> str:
    """One paragraph as `format=flowed` breaks it."""
    words, out, now = line.split(" "), [], ""
    for word in words:
        if now and len(now) + 1 + len(word) > width:
            out.append(now + " ")
            now = word
        else:
            now = f"{now} {word}" if now else word
    return "\n".join([*out, now])


def thunderbird_html(ours: Ours, written: Written, attribution: str = f"On 25/11/2024 09:00, {ROWAN} wrote:") -> bytes:
    """Thunderbird's HTML alone: `moz-cite-prefix` and a cite that is split."""
    opening = f'<blockquote type="cite" cite="mid:{ours.message_id.strip("<>")}">'

    def said(words: str) -> str:
        return f"</blockquote>{lines_html(words, 'p')}{opening}"

    def paragraph(block: Block, behind: str) -> str:
        words = escape(block.words, quote=False)
        if block.href:
            words = f'<a href="{block.href}" moz-do-not-send="true">{words}</a>'
        return f'      <{block.tag}\n style="margin:0 0 16px">{words}{" " + escape(behind, quote=False) if behind else ""}</{block.tag}>\n'

    inside = (
        (lines_html(written.top, "p") if written.top else "")
        + f'<div class="moz-cite-prefix">{attribution}<br></div>{opening}'
        + html_quote(ours, written, paragraph, said)
        + "</blockquote>"
        + (lines_html(written.bottom, "p") if written.bottom else "<p><br></p>")
    )
    return head(ours) + leaf("html", document(inside), "utf-8", "8bit")


def yahoo(ours: Ours, written: Written) -> bytes:
    """Yahoo: the quote in `yahoo_quoted`; its plain part puts four spaces before the attribution and two before us."""

    def said(words: str) -> str:
        return lines_html(words, "div", 'dir="ltr" data-setdir="false"')

    def paragraph(block: Block, behind: str) -> str:
        words = escape(block.words, quote=False)
        if block.href:
            words = (
                f'<a shape="rect" href="{block.href}" rel="nofollow noopener noreferrer" target="_blank">{words}</a>'
            )
        return f'<{block.tag} style="margin:0 0 16px;">{words}{" " + escape(behind, quote=False) if behind else ""}</{block.tag}>'

    inside = (
        f'<div class="ydp1f2yahoo-style-wrap" style="font-family:Helvetica;font-size:13px;">{said(written.top)}<div><br></div></div>'
        f'<div id="yahoo_quoted_4711" class="yahoo_quoted"><div style="font-family:Helvetica"><div>On Monday 25 November 2024 at 09:00:00 GMT, {ROWAN} &lt;{ROWAN_AT}&gt; wrote:</div><div><br></div><div><br></div><div><div id="yiv123">'
        + html_quote(ours, written, paragraph, said)
        + "</div></div></div></div>"
    )
    text = (
        f" {written.top}\n\n    On Monday 25 November 2024 at 09:00:00 GMT, {ROWAN} <{ROWAN_AT}> wrote:  \n \n  "
        + text_quote(ours, written, " ")
        + "  \n"
    )
    return head(ours) + many("alternative", [leaf("plain", text), leaf("html", document(inside))])


def notes(ours: Ours, written: Written, *, verse: bool = False) -> bytes:
    """Lotus or HCL Notes: a line with names, or a table-like header; no marks."""
    if verse:
        header = f'-----"{ROWAN}" <{ROWAN_AT}> wrote: -----\nTo: "Jane Whitlock" <jane.whitlock@hillside.example.org>\nFrom: "{ROWAN}" <{ROWAN_AT}>\nDate: 25/11/2024 09:00\nSubject: {ours.subject}\n'
    else:
        header = f"\n\nFrom:   {ROWAN} <{ROWAN_AT}>\nTo:     Jane Whitlock/Hillside@HILLSIDE\nDate:   25/11/2024 09:00\nSubject:        {ours.subject}\n"
    text = f"{written.top}\n\n{header}\n\n{text_quote(ours, written, '', 72)}\n{written.bottom}\n"
    return head(ours, "", "X-Mailer: HCL Notes Release 12.0") + leaf("plain", text)


def samsung(ours: Ours, written: Written) -> bytes:
    """Samsung's mail program: an English header block under dashes, also in HTML."""
    inside = (
        f'<div dir="auto">{lines_html(written.top, "div", chr(100) + "ir=" + chr(34) + "auto" + chr(34))}</div><div><br></div><div><br></div>'
        '<div id="composer_signature" dir="auto"><div style="font-size:14px;color:#a8a8a8" dir="auto">Sent from my Galaxy</div></div><div dir="auto"><br></div><div><br></div>'
        f'<div align="left" dir="auto" style="font-size:100%;color:#000000"><div>-------- Original message --------</div><div>From: {ROWAN} &lt;{ROWAN_AT}&gt; </div><div>Date: 25/11/2024  09:00  (GMT+00:00) </div><div>To: Jane Whitlock &lt;jane.whitlock@hillside.example.org&gt; </div><div>Subject: {escape(ours.subject)} </div><div><br></div></div>'
        + html_quote(
            ours,
            written,
            lambda block, behind: (
                f'<{block.tag} dir="auto">{escape(block.words, quote=False)}{" " + escape(behind, quote=False) if behind else ""}</{block.tag}>'
            ),
            lambda words: lines_html(words, "p", 'dir="auto"'),
        )
    )
    return head(ours) + leaf("html", document(inside), coding="base64")


def proton(ours: Ours, written: Written) -> bytes:
    """Proton's plain part: its line above the quote, everything quoted with `> `."""
    text = (
        f"{written.top}\n\nSent with [Proton Mail](https://proton.me/mail/home) secure email.\n\nOn Monday, 25 November 2024 at 09:00, {ROWAN} <{ROWAN_AT}> wrote:\n\n"
        + text_quote(ours, written, "> ")
        + "\n"
    )
    return head(ours) + leaf("plain", text)


def bare(ours: Ours, words: str, charset: str = "utf-8", coding: str = "8bit", **more: object) -> bytes:
    """Words alone, without any quote."""
    return head(ours, **more) + leaf("plain", words + "\n", charset, coding)  # type: ignore[arg-type]  # as head takes them
