"""What kind of mail it is, by its content: a bounce, an automatic reply, noise, or a person's own words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from channels.mail.reading.opened import Opened


class MailKind(StrEnum):
    """As `triage list` names them (design: Commands)."""

    HUMAN = "human"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    OTHER = "other"


class BounceKind(StrEnum):
    """HARD: there is no such mailbox. SOFT: it could not take this mail. DELAYED: the server still tries."""

    HARD = "hard"
    SOFT = "soft"
    DELAYED = "delayed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """`sure`: nothing in the mail speaks against it. `bounced`: the address a bounce names, `reason` in its words."""

    kind: MailKind
    sure: bool = True
    bounce: BounceKind | None = None
    bounced: str = ""
    reason: str = ""


_DAEMON = re.compile(
    r"(?:mailer-daemon|mail-daemon|postmaster|mailerdaemon|bounces?|microsoftexchange[0-9a-f]{8,})(?:[+=-].*)?@",
    re.IGNORECASE,
)
_BOUNCE_SUBJECT = re.compile(
    r"undeliver(?:ed|able)|\bdelay(?:ed)?\b|delivery (?:status notification|failure|has failed|delayed|incomplete|"
    r"report)|returned mail|mail delivery (?:failed|failure|system)|"
    r"failure notice|could not be delivered|unzustellbar|non remis|message not delivered|warning: could not send|"
    r"(?:address|message|recipient|delivery).{0,30}(?:not found|rejected|blocked|fail)|nicht zugestellt|"
    r"échec de (?:la )?remise|no se pudo entregar|non recapitabil|onbestelbaar|niet bezorgd|não entregue|"
    r"nie dostarczono|kunde inte levereras|methwyd (?:â )?danfon",
    re.IGNORECASE,
)
_DELAYED = re.compile(
    r"delay(?:ed)?\b|still (?:being )?(?:retried|trying)|will (?:be retried|keep trying)|not yet (?:been )?delivered",
    re.IGNORECASE,
)
_AUTO_SUBJECT = re.compile(
    r"\W*(?:(?:re|aw|sv)\s*:\s*)*(?:automatic reply|auto(?:matic)?[- ]?(?:reply|response|responder|"
    r"antwort)|autoreply|out of (?:the )?office|out-of-office|ooo\b|"
    r"away from (?:the|my) (?:office|desk)|on (?:annual |maternity |paternity |sick |parental )?leave|"
    r"absen(?:ce|t)|vacation|automatische antwort|abwesen|"
    r"réponse automatique|respuesta automática|risposta automatica|automatisch antwoord|afwezig|"
    r"fuera de (?:la )?oficina|fuori ufficio|assente|buiten kantoor|resposta automática|ausência|ausente|"
    r"fora do escritório|"
    r"frånvar|autoreply|automatiskt svar|nieobecno|poza biurem|urlop|absence du bureau|"
    r"autosvar|ateb awtomatig|allan o'r swyddfa|odpowiedź automatyczna)",
    re.IGNORECASE,
)
_AWAY = re.compile(
    r"\b(?:out of (?:the )?office|on (?:annual |maternity |paternity |sick |parental |study )?leave|"
    r"away (?:from|until|on)|limited (?:access|opportunity)|"
    r"(?:will|shall) (?:be back|return|reply|respond)|i am (?:currently )?(?:away|out|absent|off)|i'm "
    r"(?:currently )?(?:away|out|off)|no longer (?:work|employed|with)|"
    r"back (?:in the office|at work|on)|not in the office|non-working day|bin ich nicht|nicht im büro|"
    r"abwesend|absente?|ar wyliau|allan o(?:'r|’r) swyddfa|en congé|de retour|fuera de la oficina|de vacaciones|"
    r"fuori ufficio|in ferie|afwezig|buiten kantoor|niet aanwezig|poza biurem|na urlopie|nieobecn|"
    r"fora do escritório|de férias|ausente|frånvarande|på semester|inte på kontoret)",
    re.IGNORECASE,
)
_RECEIPT_SUBJECT = re.compile(r"\W*(?:read|not read|gelesen|lu|leído|letto|gelezen|darllenwyd)\s?:", re.IGNORECASE)
_CALENDAR_SUBJECT = re.compile(
    r"\W*(?:accepted|declined|tentative|canceled|cancelled|updated invitation|invitation)\s?:", re.IGNORECASE
)
_RECALL = re.compile(r"\W*recall\s?:", re.IGNORECASE)
_STATUS = re.compile(r"^status:\s*([245])\.(\d{1,3})\.(\d{1,3})", re.IGNORECASE | re.MULTILINE)
_ACTION = re.compile(r"^action:\s*(\w+)", re.IGNORECASE | re.MULTILINE)
_RECIPIENT = re.compile(
    r"^(?:final|original)-recipient:\s*(?:rfc822;|utf-8;)?\s*<?([^\s<>;]+@[^\s<>;]+)>?", re.IGNORECASE | re.MULTILINE
)
_DIAGNOSTIC = re.compile(r"^diagnostic-code:\s*(.+)", re.IGNORECASE | re.MULTILINE)
_CODE = re.compile(r"\b(?:([45])\.(\d{1,2})\.(\d{1,3})|([45])\d\d)\b")
_IN_TEXT = re.compile(r"<?([\w.!#$%&'*+/=?^`{|}~-]+@[\w.-]+\.\w+)>?")
_LONGEST_REASON = 300


def kind_of(mail: Opened) -> Kind:
    """The mail's kind. Not sure: an automatic reply by its subject or words alone, which answers may contradict."""
    bounce = _bounce(mail)
    if bounce is not None:
        return bounce
    if _is_noise(mail):
        return Kind(kind=MailKind.OTHER, reason="a read receipt or a calendar's own message")
    if _is_automatic(mail):
        return Kind(kind=MailKind.AUTO_REPLY, reason="the mail says that it was sent automatically")
    subject = bool(_AUTO_SUBJECT.match(mail.first("subject")))
    bulk = mail.first("precedence").strip().lower() in {"bulk", "junk", "list"}
    words = (subject or bulk) and bool(_AWAY.search(_body(mail)[:3000]))
    suppressed = "x-auto-response-suppress" in {name for name, _ in mail.headers}
    if subject and (words or bulk or suppressed):
        return Kind(
            kind=MailKind.AUTO_REPLY, sure=False, reason="its subject and its words are those of an automatic reply"
        )
    if bulk and words:
        return Kind(kind=MailKind.AUTO_REPLY, sure=False, reason="it is sent in bulk and speaks of being away")
    return Kind(kind=MailKind.HUMAN)


def _is_automatic(mail: Opened) -> bool:
    submitted = mail.first("auto-submitted").split(";")[0].strip().lower()
    if submitted and submitted != "no":
        return True
    names = {name for name, _ in mail.headers}
    if names & {"x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply"}:
        return True
    if any(mail.first(name).strip().lower().startswith("auto") for name in ("precedence", "x-precedence")):
        return True
    return _null_path(mail)


def _null_path(mail: Opened) -> bool:
    return any(path.strip() == "<>" for path in mail.all("return-path"))


def _is_noise(mail: Opened) -> bool:
    if mail.first("soundings-kind"):
        # One of our own, come round to our own mailbox.
        return True
    if mail.kind == "multipart/report" and "disposition-notification" in mail.kind_words.lower():
        return True
    if "message/disposition-notification" in mail.parts:
        return True
    calendar = "text/calendar" in mail.parts
    if calendar and (_CALENDAR_SUBJECT.match(mail.first("subject")) or not (mail.plain or mail.html or "").strip()):
        return True
    if _RECALL.match(mail.first("subject")) and "recall" in _body(mail)[:2000].lower():
        return True
    return bool(_RECEIPT_SUBJECT.match(mail.first("subject"))) and _body(mail).lstrip().lower().startswith(
        ("your message", "ihre nachricht", "votre message")
    )


def _bounce(mail: Opened) -> Kind | None:
    report = mail.kind == "multipart/report" and "delivery-status" in mail.kind_words.lower()
    if mail.delivery_status or report:
        return _from_report(mail)
    shaped = _null_path(mail) or bool(_DAEMON.match(mail.sender[1]))
    if not (shaped and _BOUNCE_SUBJECT.search(mail.first("subject"))):
        return None
    body = _body(mail)[:8000]
    found = _CODE.search(body)
    digit = (found[1] or found[4]) if found else "5"
    kind = (
        BounceKind.DELAYED
        if _DELAYED.search(mail.first("subject"))
        else _bounce_kind(digit, (found[2] or "") if found else "", (found[3] or "") if found else "")
    )
    own = {address for _, address in [mail.sender]}
    named = next(
        (each.lower() for each in _IN_TEXT.findall(body) if each.lower() not in own and not _DAEMON.match(each)), ""
    )
    reason = next((line.strip() for line in body.split("\n") if _CODE.search(line)), "")
    return Kind(kind=MailKind.BOUNCE, bounce=kind, bounced=named, reason=reason[:_LONGEST_REASON])


def _from_report(mail: Opened) -> Kind:
    told = mail.delivery_status
    action, status, recipient, why = (
        _ACTION.search(told),
        _STATUS.search(told),
        _RECIPIENT.search(told),
        _DIAGNOSTIC.search(told),
    )
    if action is not None and action[1].lower() in {"delivered", "relayed", "expanded"}:
        return Kind(kind=MailKind.OTHER, reason="a server says that a mail arrived")
    kind = _bounce_kind(*(status.groups() if status else ("5", "", "")))
    if action is not None and action[1].lower() == "delayed":
        kind = BounceKind.DELAYED
    return Kind(
        kind=MailKind.BOUNCE,
        bounce=kind,
        bounced=recipient[1].lower() if recipient else "",
        reason=(why[1].strip() if why else status[0] if status else "")[:_LONGEST_REASON],
    )


def _bounce_kind(digit: str, subject: str, detail: str) -> BounceKind:
    """RFC 3463: 5 is for good, 4 for now; a full mailbox (x.2.2), policy (x.7) or content (x.6) isn't the address."""
    if digit != "5":
        return BounceKind.SOFT
    if (subject, detail) == ("2", "2") or subject in {"3", "4", "6", "7"}:
        return BounceKind.SOFT
    return BounceKind.HARD


def _body(mail: Opened) -> str:
    if mail.plain and mail.plain.strip():
        return mail.plain
    return re.sub(r"<[^>]{0,2000}>", " ", (mail.html or "")[:50_000])
