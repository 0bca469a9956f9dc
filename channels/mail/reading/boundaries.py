"""Where a mail ends and what it answers begins: attributions in many languages, and blocks of headers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from channels.mail.reading.line import Line

_FROM = (
    "from|von|de|van|da|od|från|fra|oddi wrth|gan|de la|от|發件人|发件人|差出人|kimden|feladó|lähettäjä|από|expéditeur"
)
_OTHER = (
    "sent|date|to|cc|subject|gesendet|datum|an|betreff|envoyé|envoyé le|à|objet|enviado|enviado el|"
    "enviada em|enviada|para|asunto|assunto|fecha|data|"
    "verzonden|aan|onderwerp|inviato|a|oggetto|wysłano|do|temat|skickat|till|ämne|sendt|til|emne|"
    "anfonwyd|dyddiad|at|pwnc|"
    "odesláno|komu|předmět|lähetetty|vastaanottaja|aihe|gönderilen|kime|konu|tarih|elküldve|címzett|tárgy|reply-to|"
    "отправлено|кому|тема|дата|送信日時|宛先|件名|发送时间|收件人|主题|importance|attachments|cci|kopie|copie"
)
_HEADER = re.compile(rf"\W{{0,3}}(?:(?P<sender>{_FROM})|{_OTHER})\s?\*?[:：]\*?(?:\s|$|.)", re.IGNORECASE)
_RULE = re.compile(
    r"\s*(?:[-_=*]{2,}\s*)?(?:original message|original e-?mail|forwarded message|forwarded by .*|"
    r"ursprüngliche nachricht|originalnachricht|message d'origine|"
    r"message original|message transféré|mensaje original|oorspronkelijk bericht|messaggio originale|"
    r"wiadomość oryginalna|ursprungligt meddelande|"
    r"neges wreiddiol|mensagem original|begin forwarded message:?|reply message|"
    r"antwort)(?:\s*[-_=*]{2,})?\s*|\s*[-_]{10,}\s*",
    re.IGNORECASE,
)
_SAYS = re.compile(
    r"(?:\b(?:wrote|writes|schrieb|a écrit|escribió|escreveu|ha scritto|schreef|skrev|napisał|"
    r"napisał\(a\)|napsal\(a\)|napsal|kirjoitti|yazdı|írta|"
    r"ysgrifennodd|ysgrifennwyd gan|écrit|scrisse|a scris|пишет|написал|написала|έγραψε)\b.{0,40}|写道|"
    r"のメール|wrote)\s*[:：]?\s*$",
    re.IGNORECASE,
)
_WHEN = re.compile(r"\d{4}|\d{1,2}[:.]\d{2}|\d{1,2}[/.-]\d{1,2}")
_DATED = re.compile(r"\d{4}|\d{1,2}[./-]\d{1,2}|\d{1,2}:\d{2}")
# Our own questions may hold dates and addresses, and end with "Answer:".
_OURS = re.compile(r"\s*(?:\[(?:Q\d+|END)\]|answer\s*:)", re.IGNORECASE)
_GROUPWISE = re.compile(r"\s*>>>\s.+>>>\s*$")
_ADDRESS = re.compile(r"[^\s<>@]+@[^\s<>@]+")
_MOST_JOINED = 4
# A rule, the name of what follows, and empty lines between: looked for from every line on.
_MOST_RULES = 8
_LONGEST = 400
_LONGEST_HEADER = 1_000


def deepened(lines: Sequence[Line], senders: Sequence[str]) -> tuple[list[Line], list[str]]:
    """The lines without attributions and header blocks; what follows one that isn't marked is one deeper.

    `senders` are our names and addresses, as attributions give them. The second part holds who each block names.
    """
    found: list[Line] = []
    named: list[str] = []
    more, at = 0, 0
    known = [each.casefold() for each in senders if each]
    # Every line of every reply comes past here: most can't be the last one of an attribution.
    may_end = [_may_end_attribution(line.words) for line in lines]
    while at < len(lines):
        block = _header_block(lines, at)
        if block:
            named.append(" ".join(line.words for line in lines[at : at + block]))
            more += 1
            at += block
            continue
        said = _attribution(lines, at, known) if any(may_end[at : at + _MOST_JOINED]) else 0
        if said:
            named.append(" ".join(line.words for line in lines[at : at + said]))
            following = next((line for line in lines[at + said :] if line.words.strip()), None)
            if following is not None and following.depth == lines[at].depth and following.depth == 0:
                more += 1
            at += said
            continue
        line = lines[at]
        found.append(Line(line.words, line.depth + more) if more else line)
        at += 1
    return found, named


def _may_end_attribution(words: str) -> bool:
    if not words or len(words) > _LONGEST or _OURS.match(words):
        return False
    return words.rstrip().endswith((":", "：", ">>>")) or bool(_SAYS.search(words))


def _header_block(lines: Sequence[Line], at: int) -> int:
    """The number of lines of a block of headers (`From: … Sent: … To: …`) with the rule above it; 0 for none."""
    start = at
    furthest = min(len(lines), at + _MOST_RULES)
    while at < furthest and (_RULE.fullmatch(lines[at].words) or (at > start and not lines[at].words.strip())):
        at += 1
    ruled = at > start
    if not ruled and ":" not in lines[at].words and "：" not in lines[at].words:
        return 0
    heads, has_sender, since = 0, False, at
    for place in range(at, min(at + 12, len(lines))):
        words = lines[place].words
        match = _HEADER.match(words)
        if match:
            heads += 1
            has_sender = has_sender or match["sender"] is not None
            since = place + 1
        elif not words.strip() and place - since < 1 and _goes_on(lines, place, heads):
            continue
        elif heads and words.strip() and place - since < 1 and _continues(words):
            since = place + 1
        else:
            break
    if not has_sender or heads < (2 if ruled else 3):
        return 0
    # Such a block always says when, or by which address: a person may begin lines with "From:" and "To:" as well.
    told = any(_DATED.search(line.words) or _names_address(line.words) for line in lines[start:since])
    return since - start if told else 0


def _goes_on(lines: Sequence[Line], place: int, heads: int) -> bool:
    """Whether an empty line stands within a block: before the third header, or before yet another one."""
    following = lines[place + 1].words if place + 1 < len(lines) else ""
    return heads < 3 or bool(_HEADER.match(following))  # noqa: PLR2004


def _continues(words: str) -> bool:
    """A header's second line: more addresses, or the rest of a subject that was folded."""
    return _names_address(words) or words.startswith((" ", "\t"))


def _names_address(words: str) -> bool:
    # The pattern is slow on long runs of letters, and no header is so long.
    return bool(_ADDRESS.search(words[:_LONGEST_HEADER]))


def _attribution(lines: Sequence[Line], at: int, known: list[str]) -> int:
    """The number of lines of an attribution (`On … X wrote:`), folded or not; 0 for none."""
    first = lines[at].words.strip()
    if not first or len(first) > _LONGEST:
        return 0
    if _GROUPWISE.match(lines[at].words):
        return 1
    if not (
        _WHEN.search(first)
        or _ADDRESS.search(first)
        or any(each in first.casefold() for each in known)
        or _SAYS.search(first)
    ):
        return 0
    joined = ""
    for count in range(1, _MOST_JOINED + 1):
        if at + count > len(lines) or (count > 1 and not lines[at + count - 1].words.strip()):
            return 0
        if _OURS.match(lines[at + count - 1].words):
            return 0
        joined = f"{joined} {lines[at + count - 1].words.strip()}".strip()
        if len(joined) > _LONGEST:
            return 0
        told = joined.casefold()
        who = bool(_ADDRESS.search(joined)) or any(each in told for each in known)
        if joined.endswith((":", "：")) or _SAYS.search(joined):
            if _WHEN.search(joined) and (who or _SAYS.search(joined)):
                return count
            return count if who and _SAYS.search(joined) and len(joined) < 200 else 0  # noqa: PLR2004
    return 0


def is_rule(words: str) -> bool:
    """Whether the line only parts a mail from what it quotes."""
    return bool(_RULE.fullmatch(words)) and bool(words.strip())
