"""Mail programs that reply in HTML, with or without a text part beside it."""

import html as markup
import re

from tests.mail.envelopes import message, part
from tests.mail.letters import Ours
from tests.mail.typed import Typed, body_of, breaks, html_with, lines_of, paragraphs, quoted, unmarked

SENDER = "Rowan Achterberg"
ADDRESS = "evaluation@soundings.test"
TO = "Jane Whitlock &lt;jane.whitlock@hillside.example.org&gt;"
_STYLE = re.compile(r' style="[^"]*"')


def gmail(ours: Ours, typed: Typed, attribution: str = "", *, split: bool = True, only_html: bool = False) -> bytes:
    """Gmail on the web: typed lines cut the quote in two (`split`) or stand within it."""
    head = (
        attribution or f'On Mon, 25 Nov 2024 at 09:00, {SENDER} &lt;<a href="mailto:{ADDRESS}">{ADDRESS}</a>&gt; wrote:'
    )
    start = '<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex">'
    if split:
        quote = html_with(
            ours.html,
            typed,
            lambda words: (
                f"</div></div></blockquote><div><br></div>{paragraphs(words)}<div><br></div>{start}<div><div>"
            ),
        )
    else:
        quote = html_with(ours.html, typed, lambda words: f"<div>{breaks(words)}</div>")
    top = f'<div dir="ltr">{paragraphs(typed.top)}</div><br>' if typed.top else '<div dir="ltr"><div><br></div></div>'
    bottom = paragraphs(typed.bottom) if typed.bottom else ""
    page = (
        f'{top}<div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">{head}<br></div>'
        f"{start}<u></u>{quote}</blockquote>{bottom}</div>\n"
    )
    if only_html:
        return message(ours, [part("text/html", page)])
    plain_head = markup.unescape(re.sub(r"<[^>]+>", "", head)).replace(f" <{ADDRESS}>", f" <\n{ADDRESS}>")
    plain = "\n\n".join(
        each
        for each in (typed.top, plain_head + "\n\n" + quoted(lines_of(ours.text, typed), width=76), typed.bottom)
        if each
    )
    return message(ours, [part("text/plain", plain), part("text/html", page)], boundary="000000000000a1b2c3")


def apple_mail(ours: Ours, typed: Typed) -> bytes:
    """Apple Mail: the attribution stands within the quote."""
    start = '<blockquote type="cite">'
    quote = html_with(
        ours.html, typed, lambda words: f"</div></div></blockquote>{paragraphs(words)}<br>{start}<div><div>"
    )
    page = (
        '<html><head><meta http-equiv="content-type" content="text/html; charset=utf-8"></head>'
        '<body style="overflow-wrap: break-word; -webkit-nbsp-mode: space; line-break: after-white-space;">'
        f'{breaks(typed.top)}<br id="lineBreakAtBeginningOfMessage"><div><br>{start}<div>On 25 Nov 2024, at 09:00, '
        f'{SENDER} &lt;{ADDRESS}&gt; wrote:</div><br class="Apple-interchange-newline"><div>{quote}</div></blockquote>'
        f"</div><br>{paragraphs(typed.bottom) if typed.bottom else ''}</body></html>"
    )
    plain = f"{typed.top}\n\n> On 25 Nov 2024, at 09:00, {SENDER} <{ADDRESS}> wrote:\n> \n" + quoted(
        lines_of(ours.text, typed)
    )
    plain += f"\n\n{typed.bottom}\n" if typed.bottom else "\n"
    return message(
        ours,
        [part("text/plain", plain), part("text/html", page)],
        boundary="Apple-Mail=_0F3A",
        headers=("X-Mailer: Apple Mail (2.3826.200.121)",),
    )


def iphone(ours: Ours, typed: Typed, signature: str = "Sent from my iPhone") -> bytes:
    """Mail on an iPhone: base64, a byte order mark before the quote, typed lines within the quote."""
    quote = html_with(ours.html, typed, lambda words: paragraphs(words, "div", 'dir="ltr"'))
    page = (
        '<html><head><meta http-equiv="content-type" content="text/html; charset=utf-8"></head><body dir="auto">'
        f'{paragraphs(typed.top)}<br id="lineBreakAtBeginningOfSignature"><div dir="ltr">{signature}</div>'
        f'<div dir="ltr"><br><blockquote type="cite">On 25 Nov 2024, at 09:00, {SENDER} &lt;{ADDRESS}&gt; wrote:'
        f'<br><br></blockquote></div><blockquote type="cite"><div dir="ltr">\ufeff{quote}</div></blockquote>'
        f"{paragraphs(typed.bottom) if typed.bottom else ''}</body></html>"
    )
    plain = f"{typed.top}\n\n{signature}\n\n> On 25 Nov 2024, at 09:00, {SENDER} <{ADDRESS}> wrote:\n> \n> \ufeff"
    plain += quoted(lines_of(ours.text, typed))[2:] + "\n"
    plain += f"\n{typed.bottom}\n" if typed.bottom else ""
    return message(
        ours,
        [part("text/plain", plain, how="base64"), part("text/html", page, how="base64")],
        boundary="Apple-Mail-8B2C",
        headers=("X-Mailer: iPhone Mail (22B83)",),
    )


def thunderbird_html(ours: Ours, typed: Typed) -> bytes:
    """Thunderbird with its HTML editor, HTML only."""
    start = f'<blockquote type="cite" cite="mid:{ours.message_id[1:-1]}">'
    quote = html_with(
        ours.html, typed, lambda words: f"</div></div></blockquote><p>{breaks(words)}</p>{start}<div><div>"
    )
    page = (
        '<!DOCTYPE html><html><head><meta http-equiv="Content-Type" content="text/html; charset=UTF-8"></head><body>'
        f'<p>{breaks(typed.top)}</p><div class="moz-cite-prefix">On 25/11/2024 09:00, {SENDER} wrote:<br></div>'
        f"{start}{quote}</blockquote><p>{breaks(typed.bottom)}</p></body></html>"
    )
    return message(ours, [part("text/html", page, how="8bit")], headers=("User-Agent: Mozilla Thunderbird",))


def yahoo(ours: Ours, typed: Typed) -> bytes:
    """Yahoo on the web: no blockquote, no marks; a space before each line of the text part."""
    head = f"On Monday, 25 November 2024 at 09:00:00 GMT, {SENDER} &lt;{ADDRESS}&gt; wrote:"
    quote = html_with(ours.html, typed, lambda words: paragraphs(words, "div", 'dir="ltr"'))
    page = (
        '<html><head></head><body><div class="ydp2a5yahoo-style-wrap" style="font-family:Helvetica Neue;font-size:13px;">'
        f'<div dir="ltr" data-setdir="false">{breaks(typed.top)}</div><div><br></div></div>'
        '<div id="ydp77yahoo_quoted_1234" class="ydp77yahoo_quoted"><div style="color:#26282a;">'
        f'<div>{head}</div><div><br></div><div><br></div><div><div id="ydp77yiv">{quote}</div></div></div></div>'
        f"{paragraphs(typed.bottom) if typed.bottom else ''}</body></html>"
    )
    plain = f" {typed.top}\n\n    {markup.unescape(head)}  \n \n "
    plain += unmarked(lines_of(ours.text, typed)).replace("\n", "\n ") + f"\n{typed.bottom}\n"
    return message(ours, [part("text/plain", plain), part("text/html", page)], boundary="----=_Part_77_1234")


def gmx(ours: Ours, typed: Typed) -> bytes:
    """GMX and web.de: German headers in bold, the quote in a div with a line beside it."""
    quote = html_with(ours.html, typed, paragraphs)
    page = (
        f'<html><head></head><body><div style="font-family: Verdana;font-size: 12.0px;">{paragraphs(typed.top)}'
        '<div><div name="quote" style="margin:10px 5px 5px 10px; padding: 10px 0 10px 10px; border-left:2px solid #C3D9E5;">'
        '<div style="margin:0 0 10px 0;"><b>Gesendet:</b>&nbsp;Montag, 25. November 2024 um 10:00 Uhr<br/>'
        f'<b>Von:</b>&nbsp;"{SENDER}" &lt;{ADDRESS}&gt;<br/><b>An:</b>&nbsp;"Jane Whitlock" &lt;jane.whitlock@hillside.example.org&gt;<br/>'
        f"<b>Betreff:</b>&nbsp;{markup.escape(ours.subject)}</div><div>{quote}</div></div></div>"
        f"{paragraphs(typed.bottom) if typed.bottom else ''}</div></body></html>"
    )
    return message(ours, [part("text/html", page)], subject="Aw: " + ours.subject)


def proton(ours: Ours, typed: Typed) -> bytes:
    """Proton Mail: a div of its own for the quote, a signature that advertises."""
    quote = html_with(ours.html, typed, paragraphs)
    head = f"On Monday, November 25th, 2024 at 9:00 AM, {SENDER} &lt;{ADDRESS}&gt; wrote:"
    page = (
        f'<div style="font-family: Arial; font-size: 14px;">{paragraphs(typed.top)}</div>'
        '<div class="protonmail_signature_block"><div class="protonmail_signature_block-proton">Sent with '
        '<a target="_blank" href="https://proton.me/mail/home">Proton Mail</a> secure email.</div></div>'
        f'<div class="protonmail_quote">{head}<br><blockquote class="protonmail_quote" type="cite">{quote}</blockquote><br></div>'
    )
    plain = (
        f"{typed.top}\n\nSent with [Proton Mail](https://proton.me/mail/home) secure email.\n\n"
        f"{markup.unescape(head)}\n\n" + quoted(lines_of(ours.text, typed)) + "\n"
    )
    return message(ours, [part("text/plain", plain), part("text/html", page)], boundary="b1_proton")


def unstyled(html: str) -> str:
    """Our HTML as a program leaves it that drops styles."""
    return _STYLE.sub("", body_of(html))
