"""What people and programs put around what they say: greetings, signatures, disclaimers, banners, attributions."""

from __future__ import annotations

import re
from collections.abc import Sequence

_NAME_WORDS = 6
_SIGN_OFF_WORDS = 6
_SIGNATURE_LINES = 40
# Nothing of all this is longer, but for disclaimers, which show early what they are.
_LONGEST = 2_000

_GREETING = re.compile(
    r"(?:dear|hi|hiya|hello|hey|greetings|good\s+(?:morning|afternoon|evening|day)|morning|afternoon|annwyl|helo|hai|"
    r"bore da|prynhawn da|hallo|guten (?:tag|morgen)|liebe[rs]?|sehr geehrte[rs]?|bonjour|cher|chère|"
    r"hola|ciao|beste)\b"
    r"(?P<who>[^.!?:;,]{0,60}?)\s*(?:[,!:.–-]+\s*|$)",
    re.IGNORECASE,
)
_SIGN_OFF = re.compile(
    r"(?:(?:with\s+)?(?:my\s+|our\s+)?(?:(?:very\s+)?(?:kind(?:est)?|best|warm(?:est)?|good|many)\s+)+"
    r"(?:regards|wishes|thanks)(?:\s+(?:and|&)\s+\w+(?:\s+\w+)?)?|(?:with\s+)?regards|best|cheers|"
    r"thanks|thank you|many thanks|thanks again|"
    r"thanks (?:and|&) (?:best|kind) (?:regards|wishes)|thank you (?:very|so) much|thanks (?:very|so) much|ta|"
    r"yours(?:\s+(?:sincerely|faithfully|truly|ever|aye))?|sincerely(?:\s+yours)?|faithfully|all the best|all best|"
    r"warmly|take care|speak soon|see you soon|bw|br|kr|rgds|"
    r"cofion(?:\s+(?:gorau|cynnes))?|gyda diolch|diolch(?:\s+yn fawr)?|yn gywir|dymuniadau gorau|pob hwyl|hwyl|"
    r"mit freundlichen grüßen|viele grüße|liebe grüße|beste grüße|herzliche grüße|freundliche grüße|mfg|lg|"
    r"cordialement|bien cordialement|bien à vous|sincères salutations|merci|un saludo|"
    r"saludos(?:\s+cordiales)?|atentamente|"
    r"cordiali saluti|met vriendelijke groet(?:en)?|groeten|z poważaniem|pozdrawiam|med vänliga "
    r"hälsningar|vänliga hälsningar|mvh)"
    r"\s*[,.!–-]*\s*(?P<name>[\w’'. -]{0,40})",
    re.IGNORECASE,
)
_BARE_THANKS = re.compile(r"(?:many )?thanks|thank you|diolch|merci|ta|best|cheers", re.IGNORECASE)
_SIGNATURE_MARK = re.compile(r"--\s?$|—\s?$|_{5,}\s*$|\*{5,}\s*$|={5,}\s*$")
_SENT_FROM = re.compile(
    r"(?:sent|posted|envoyé|gesendet|von meinem|enviado|inviato|verzonden|verstuurd|skickat|wysłane|anfonwyd)\s+"
    r"(?:from|with|via|using|by|depuis|de|mit|von|desde|da|vanaf|met|från|z|o|iphone|ipad|handy|à partir)\b.{0,120}$|"
    r"get\s+\[?outlook\s+for\b.*|download outlook\b.*|von meinem \w+ gesendet.*|"
    r"(?:sent|get it) (?:securely )?(?:from|with) .{0,60}|yahoo mail:? .{0,80}",
    re.IGNORECASE,
)
_DISCLAIMER = re.compile(
    r"confidential|disclaimer|intended (?:solely|only|recipient|for)|(?:received|sent) (?:this|it|to "
    r"you) .{0,30}in error|"
    r"legally privileged|unauthori[sz]ed (?:use|copying|disclosure)|virus(?:es)? |scanned (?:by|for)|"
    r"monitor(?:s|ed|ing)?\b.{0,40}(?:e-?mail|traffic|communications)|"
    r"freedom of information|consider the environment|before printing|registered (?:office|in england|charity)|"
    r"views expressed|not necessarily (?:represent|reflect|those)|vertraulich|confidentiel|"
    r"[cg]h?yfrinachol|bwriadu ar gyfer|data protection act|privacy notice|"
    r"to unsubscribe\b|unsubscribe (?:from|by|here)|/listinfo/",
    re.IGNORECASE,
)
_BANNER = re.compile(
    r"\W*(?:caution|warning|external(?: e-?mail| sender| message)?|\[external\]|\[ext\]|attention|"
    r"rhybudd|achtung|note)\b.{0,40}"
    r"(?:e-?mail|message|sender|originated|organi[sz]ation|outside|external|links|attachments)|"
    r"\W*(?:this (?:e-?mail|message) (?:has )?(?:originated|came|is|was (?:sent|received)) (?:from|"
    r"sent from)? ?(?:outside|an external)|"
    r"you don['’]t often (?:get|receive) e-?mail from|(?:do not|don['’]t) click (?:on )?(?:any "
    r")?links|think before you click|"
    r"zjqcmqryfpfpt|be careful with this message|learn why this is important|some people who received "
    r"this message)|\W*\[?external\]?:?\W*$|\W*\[(?:message clipped|nachricht gekürzt|message tronqué)\]|"
    r"\W*(?:(?:security )?(?:classification|sensitivity|marking)\s*:.{0,40}|"
    r"official(?:\s?[-–:]\s?sensitive)?(?:\s?[-–:]\s?\w+)?|"
    r"not protectively marked|unclassified)\W*$|"
    r"\W*this (?:e-?mail|message) (?:was|is|has been) "
    r"(?:sent securely|scanned|protected|encrypted|checked|sent using)\b",
    re.IGNORECASE,
)
_COVER = re.compile(
    r"(?:(?:please\s+)?(?:see|find|note)\s+(?:my\s+|our\s+|the\s+|attached\s+)*(?:answers|responses|"
    r"replies|comments|feedback|notes|response|thoughts)?\s*"
    r"(?:are\s+)?(?:below|inline|in[- ]line|above|in (?:red|blue|green|bold|italics|capitals|purple|"
    r"the text|the body))[\w\s]{0,30}|"
    r"(?:my|our|the)?\s*(?:answers|responses|replies|comments|feedback|thoughts|response)\s*(?:are|is)?\s*"
    r"(?:below|inline|in[- ]line|above|as follows|in (?:red|blue|green|bold|italics|capitals|purple))[\w\s]{0,30}|"
    r"(?:the )?rest (?:is|are) (?:below|above|inline)|"
    r"(?:(?:sorry|apologies|thanks|oops)[,.:]?\s+)?(?:(?:just )?(?:one|a|two|some|my) )?(?:small |quick )?"
    r"(?:corrections?|changes?|"
    r"please (?:change|correct|amend)(?: (?:this|it|one|my answer))?(?: to)?|i meant(?: to say)?)|"
    r"(?:please )?(?:find|see) (?:attached|enclosed)[\w\s’']{0,60}|"
    r"(?:i |we )?(?:have )?attach(?:ed)?(?: is| are)? (?:my|our|the) [\w\s’']{0,60}|"
    r"(?:my|our|the) [\w\s’']{0,40} (?:is|are) attached|"
    r"here (?:are|is) (?:my|our|the) (?:answers|responses|replies|comments|feedback|response|"
    r"thoughts)[\w\s]{0,30}|below|inline|as requested|"
    r"(?:many )?thanks for (?:this|your e-?mail|the e-?mail|your message|getting in touch|asking|the "
    r"reminder|sending this)[\w\s]{0,20}|"
    r"thank you for (?:this|your e-?mail|the e-?mail|your message|getting in touch|asking|the "
    r"reminder|sending this)[\w\s]{0,20}|"
    r"sorry for the (?:delay|late reply|slow reply)[\w\s]{0,20}|apologies for the (?:delay|late reply)[\w\s]{0,20}|"
    r"(?:i )?hope (?:this|that|it) helps[\w\s]{0,20}|(?:i )?hope (?:this|that) is (?:useful|helpful|"
    r"ok|okay|what you need(?:ed)?)|"
    r"(?:hope|trust) (?:you are|you're|you have been) (?:well|keeping well)|i hope you(?: are|'re) "
    r"(?:well|keeping well)|"
    r"(?:please )?(?:let me know|get in touch|shout) if (?:you|there).{0,60}|(?:please )?do(?:n't| "
    r"not) hesitate to .{0,60}|"
    r"happy to (?:discuss|talk|chat)[\w\s]{0,30}|any questions,? (?:please )?(?:let me know|just ask|shout)|"
    r"gweler (?:fy )?atebion isod|atebion isod|isod|antworten (?:siehe )?unten|siehe unten|voir "
    r"ci-dessous|see below)(?:,?\s+(?:(?:many )?thanks|thank you|please))?\s*[.:!,;–-]*",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"(?:\W*(?:t|m|e|w|f|tel|mob|mobile|phone|telephone|email|e-mail|web|website|ext|ff[oô]n|twitter|"
    r"pronouns)\b\s*[:.|]|"
    r"(?:www\.|https?://)\S+$|\S+@\S+\.\S+$|\+?[\d ()-]{9,}$|.{0,60}\s\|\s.{1,60}$|(?:she/her|he/him|they/them))",
    re.IGNORECASE,
)

# No signature has lines that begin with the number of a question.
_NUMBERED = re.compile(r"\W{0,3}(?:q\s?\d{1,3}\b|\d{1,3}\s*(?:[.):]+(?:\s|$)|$))", re.IGNORECASE)


def is_banner(words: str) -> bool:
    """Whether a gateway has written this line."""
    return len(words) <= _LONGEST and bool(_BANNER.match(words))


def is_addressed(words: str, senders: Sequence[str]) -> bool:
    """Whether the line only names whom it is written to, by a name of ours: `Rowan,`."""
    names = {word.casefold() for each in senders if "@" not in each for word in each.split()}
    said = [word.strip(",.:;-–! ").casefold() for word in words.split()]
    return bool(said) and all(word in names for word in said)


def is_cover(words: str) -> bool:
    """Whether the line only says that answers are somewhere, or is a closing courtesy."""
    return len(words) <= _LONGEST and bool(_COVER.fullmatch(words.strip()))


def is_disclaimer(words: str) -> bool:
    """Whether an organisation's programs, not a person, say this."""
    return bool(_DISCLAIMER.search(words[:_LONGEST]))


def without_signature(lines: Sequence[str], name: str = "") -> list[str]:
    """The lines up to where the person signs off; `name` is the sender's, as their mail gives it."""
    kept = list(lines)
    cut = _signature_at(kept, name)
    kept = kept[:cut]
    _trim(kept)
    while kept and (
        _is_name(kept[-1], name) or is_banner(kept[-1]) or _SENT_FROM.fullmatch(kept[-1].strip()) or is_cover(kept[-1])
    ):
        kept.pop()
        _trim(kept)
    return kept


def without_courtesies(lines: Sequence[str], name: str = "") -> list[str]:
    """What is left of free text between greeting and signature, covers and disclaimers taken out."""
    kept = [line for line in without_signature(lines, name) if not is_banner(line)]
    while kept and not kept[0].strip():
        kept.pop(0)
    if kept:
        kept[0] = _without_greeting(kept[0])
    left = []
    for paragraph in _paragraphs(kept):
        said = " ".join(paragraph).strip()
        if said and not is_cover(said) and not (is_disclaimer(said) and len(said) > 80):  # noqa: PLR2004
            left += [line for line in paragraph if not is_cover(line)] + [""]
    _trim(left)
    while left and not left[0].strip():
        left.pop(0)
    return [] if _is_only_thanks(left) else left


def _is_only_thanks(lines: Sequence[str]) -> bool:
    return len(lines) == 1 and bool(_SIGN_OFF.fullmatch(lines[0].strip()))


def _signature_at(lines: list[str], name: str) -> int:
    first = max(len(lines) - _SIGNATURE_LINES, 0)
    for at, line in enumerate(lines):
        words = line.strip()
        if _SIGNATURE_MARK.match(line) or _SENT_FROM.fullmatch(words):
            if all(not _is_speech(each) or is_disclaimer(each) for each in lines[at + 1 :]) or words == "--":
                return at
            continue
        if at < first:
            continue
        match = _SIGN_OFF.fullmatch(words) if len(words.split()) <= _SIGN_OFF_WORDS else None
        rest_is_signature = _rest_is_signature(lines[at + 1 :], name)
        if match and (rest_is_signature or _ends_alone(words, lines[at + 1 :])):
            return at
        if (_is_name(line, name) or _begins_with_name(line, name)) and at and rest_is_signature:
            return at
    return _disclaimers_at(lines)


def _ends_alone(words: str, following: list[str]) -> bool:
    """Whether a sign-off, more than a bare "thanks", has no more than a paragraph behind it."""
    return not _BARE_THANKS.fullmatch(words.strip(" ,.!")) and len(_paragraphs(following)) <= 1


def _disclaimers_at(lines: list[str]) -> int:
    """Where trailing disclaimers begin, if no signature stands before them."""
    end = len(lines)
    for at in range(len(lines) - 1, -1, -1):
        words = lines[at].strip()
        if not words:
            continue
        if is_disclaimer(words) and len(words) > 40:  # noqa: PLR2004
            end = at
        elif end == len(lines) or not is_banner(words):
            break
    return end


def _rest_is_signature(lines: list[str], name: str) -> bool:
    return not any(_is_speech(line) and not is_disclaimer(line) and not _is_name(line, name) for line in lines)


def _is_speech(line: str) -> bool:
    """Whether a line reads like a sentence rather than a name, a post or a number."""
    words = line.split()
    if _NUMBERED.match(line):
        return True
    if (
        (len(line) <= _LONGEST and _CONTACT.match(line.strip()))
        or is_banner(line)
        or _SENT_FROM.fullmatch(line.strip())
    ):
        return False
    return (len(words) > 7 and not line.isupper()) or (len(words) > 3 and line.rstrip().endswith((".", "?", "!")))  # noqa: PLR2004


def _is_name(line: str, name: str) -> bool:
    words = [word.strip(",.-–() ").casefold() for word in line.split()]
    known = {word.strip(",.-() ").casefold() for word in name.split()}
    known |= {word[:1] for word in known if word}
    words = [word for word in words if word and word not in {"x", "xx"}]
    return bool(words) and len(words) <= _NAME_WORDS and bool(known) and all(word in known for word in words)


def _begins_with_name(line: str, name: str) -> bool:
    """Whether the line is the sender's whole name with a post or a number behind it: `Jane Whitlock | 01632 960417`."""
    known = re.escape(" ".join(name.split()))
    return (
        " " in name.strip()
        and not _is_speech(line)
        and bool(re.match(rf"\s*{known}\s*(?:[|,/•·:]|\s[–—-]\s|\d)", line, re.IGNORECASE))
    )


def _without_greeting(line: str) -> str:
    match = _GREETING.match(line)
    if not match or len(match["who"].split()) > 5:  # noqa: PLR2004
        return line
    # "Hi Rowan, the day was good": only the greeting goes; "Good morning sessions" is no greeting.
    return line[match.end() :]


def _paragraphs(lines: Sequence[str]) -> list[list[str]]:
    found: list[list[str]] = [[]]
    for line in lines:
        if line.strip():
            found[-1].append(line)
        elif found[-1]:
            found.append([])
    return [each for each in found if each]


def _trim(lines: list[str]) -> None:
    while lines and not lines[-1].strip():
        lines.pop()
