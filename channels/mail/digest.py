"""The organisers' digest as a mail: what waits for them first, then each round; every line says what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from channels.base import DigestLetter
from channels.mail import blocks, mime
from channels.mail.blocks import Block
from channels.mail.bodies import Body
from channels.mail.mailbox import is_mailbox
from channels.mail.safety import for_body, one_line
from surveys.digest import Digest, RoundDigest, Silence, ToSort
from surveys.dispositions import Disposition
from surveys.rounds import RoundState

_MOST_NAMED = 30
_LONGEST_REASON = 160
_WORDS = {
    Disposition.DECLINED: "does not want to answer",
    Disposition.DELEGATED: "has named someone else",
    Disposition.JOINT_RETURN: "answers in a joint return",
    Disposition.NOT_ELIGIBLE: "is not the right person",
}
_COUNTED = {
    Disposition.PARTIAL: "begun",
    Disposition.PENDING: "still to answer",
    Disposition.DECLINED: "declined",
    Disposition.DELEGATED: "handed to someone else",
    Disposition.JOINT_RETURN: "in a joint return",
    Disposition.UNDELIVERABLE: "can't be reached",
    Disposition.NOT_ELIGIBLE: "not meant",
}
_NOTED = {"auto_reply": "out of office", "bounce": "bounced", "other": "other automatic mail"}


def digest_body(letter: DigestLetter) -> Body:
    """Subject and parts. No text of it is kept: it names people, and is made anew for each day."""
    digest = letter.digest
    top = [blocks.paragraph(f"{for_body(digest.title)}, {digest.day}: what is new since the last of these mails.")]
    top += _to_do(digest)
    for each in digest.rounds:
        top += _round(each)
    top.append(
        blocks.paragraph(
            "You get this mail on working days that bring news, because the programme's file names you in notify. "
            "Commands are typed where Soundings runs. Nothing acts on a reply to this mail by itself."
        )
    )
    subject = one_line(f"{_points(digest)}: {_about(digest)}")
    before, after = blocks.around(language="en-GB", title=subject)
    html = before + "".join(block.html for block in top) + after
    return Body(subject=subject, text=mime.encoded(blocks.as_text(top)), html=mime.encoded(html), kept="")


def _points(digest: Digest) -> str:
    """What the mail comes to, for its subject."""
    points = []
    returns = sum(each.new_returns for each in digest.rounds)
    if returns:
        points.append(_many(returns, "return", "returns"))
    points += [f"at least {each.at_least} returns" for each in digest.rounds if each.at_least]
    if digest.to_sort:
        points.append(_many(len(digest.to_sort), "mail to sort", "mails to sort"))
    if digest.request_count:
        points.append(_many(digest.request_count, "request by a person", "requests by people"))
    unreachable = sum(each.unreachable_count for each in digest.rounds)
    if unreachable:
        points.append(_many(unreachable, "person to ring", "people to ring"))
    silent = [needed for each in digest.rounds for area in each.silent for _, needed, _ in area.voices]
    if silent:
        # Those that are needed, where any of them are.
        points.append(_many(sum(silent) or len(silent), "voice missing", "voices missing"))
    if digest.troubles:
        points.append("mail is held up")
    if any(each.moves for each in digest.rounds):
        points.append("a new close")
    if any(each.to_open for each in digest.rounds):
        points.append("a round to open")
    return ", ".join(points) or "What is new"


def _about(digest: Digest) -> str:
    return digest.rounds[0].title if len(digest.rounds) == 1 else digest.title


def _to_do(digest: Digest) -> list[Block]:
    found: list[Block] = []
    if digest.to_sort:
        found += _sorting(digest)
    if digest.noted:
        noted = ", ".join(f"{many} {_NOTED.get(kind, kind)}" for kind, many in sorted(digest.noted.items()))
        found.append(blocks.paragraph(f"Automatic mail noted: {noted}. Nothing need be done."))
        found.append(_ways(("See why, and clear it away", "soundings triage list")))
    if digest.request_count:
        intro = f"{_many(digest.request_count, 'request', 'requests')} that people made by their link."
        found.append(_list(intro, digest.requests))
        found.append(
            _ways(
                ("By when to answer", "soundings person requests"),
                ("Write out a copy", "soundings person export WHO -o FILE"),
                ("Erase somebody", "soundings person erase WHO"),
            )
        )
    for account, trouble in digest.troubles:
        place = for_body(account)
        words = f"Messages are held up at {place}: {_short(trouble)}. They go once it takes them again."
        if is_mailbox(account):
            words = (
                f"Replies can't be read from {place}: {_short(trouble)}. They wait there, and are read once it answers."
            )
        found += [blocks.paragraph(words), _ways(("See what is wrong", "soundings doctor"))]
    return [blocks.heading("What waits for you"), *found] if found else []


def _sorting(digest: Digest) -> list[Block]:
    intro = f"{_many(len(digest.to_sort), 'mail', 'mails')} to sort."
    ways = [("Read one", "soundings triage show ID")]
    if digest.held:
        are = _many(digest.held, "is", "are")
        intro += f" {are} held, as they came from another address than the invited person's."
        ways.append(("Record a held one as theirs", "soundings triage answer ID"))
    ways.append(("Record one as the answer to a question", "soundings triage assign ID QUESTION"))
    ways.append(("Set one aside", "soundings triage discard ID"))
    return [_list(intro, [_entry(each, digest) for each in digest.to_sort]), _ways(*ways)]


def _entry(entry: ToSort, digest: Digest) -> str:
    who = entry.who if digest.names else ""
    return f"{entry.id}: {', '.join(filter(None, (for_body(who), entry.why)))}"


def _round(found: RoundDigest) -> list[Block]:
    top = [blocks.heading(f"{for_body(found.title)} ({found.name})"), *_state(found)]
    for before, after, reason in found.moves:
        why = f" The reason: {for_body(reason)}" if reason else ""
        top.append(blocks.paragraph(f"The close was moved from {before} to {after}.{why}"))
    top += _returns(found)
    if found.unreachable_count:
        people = [
            ": ".join(filter(None, (f"{for_body(name)}, {for_body(phone) or 'no telephone number'}", _short(why))))
            for name, phone, why in found.unreachable
        ]
        many = _many(found.unreachable_count, "person", "people")
        top.append(_list(f"{many} can't be reached by any address we have. Ring them, or give a new address.", people))
        top.append(
            _ways(
                ("Enter what they say on the telephone", f"soundings round who {found.name} --links"),
                ("Take in a panel with another address", "soundings panel import FILE --programme ID"),
            )
        )
    if found.struck_count:
        many = _many(found.struck_count, "person has", "people have")
        top.append(
            _list(
                f"{many} an address that does not work; mail goes to another one. Put the panel right when you can.",
                found.struck,
            )
        )
    if found.refused:
        top.append(blocks.paragraph(f"{_many(found.refused, 'message was', 'messages were')} refused for good."))
        top.append(_ways(("See which, and why", f"soundings round status {found.name}")))
    if found.silent:
        top.append(_list("Voices not heard yet (* needed from every area).", [_silence(each) for each in found.silent]))
        top.append(_ways(("Whom to ring", f"soundings round who {found.name}")))
    return top


def _state(found: RoundDigest) -> list[Block]:
    name = found.name
    if found.state is RoundState.HELD:
        see = ("See what it will send", f"soundings round plan {name}")
        words = "It waits to be opened." if found.to_open else "It is held, and will not open by itself."
        return [blocks.paragraph(words), _ways(see, ("Open it", f"soundings round open {name}"))]
    if found.state is RoundState.OPEN:
        left = f" ({found.left})" if found.left else ""
        return [blocks.paragraph(f"Open until {found.closes}{left}. {_figures(found)}")]
    export = ("What was said", f"soundings export {name} --format xlsx -o FILE")
    return [blocks.paragraph(f"It has closed. {_figures(found)}"), _ways(export)]


def _figures(found: RoundDigest) -> str:
    """The figures of `round status`; of an unlinked round a single one, in steps."""
    if found.unlinked:
        if not found.at_least:
            return f"Fewer than {found.min_group} returns so far: no number is told before there are so many."
        return (
            f"At least {found.at_least} returns of {found.counts.invited} asked, counted in steps of {found.min_group}."
        )
    parts = [f"{found.counts.of(each)} {words}" for each, words in _COUNTED.items() if found.counts.of(each)]
    said = f"{found.counts.of(Disposition.COMPLETE)} of {found.counts.invited} complete"
    return f"{', '.join([said, *parts])}."


def _returns(found: RoundDigest) -> list[Block]:
    top = []
    if found.new_returns:
        top.append(_list(f"{_many(found.new_returns, 'new return', 'new returns')}.", found.heard))
    if found.others:
        words = [f"{name} {_WORDS[each]}" for name, each in found.others if name]
        top.append(_list(f"{_many(len(found.others), 'other word', 'other words')} on an invitation.", words))
    return top


def _silence(found: Silence) -> str:
    voices = [
        f"{words}{' *' if needed else ''} ({'asked' if asked else 'nobody left to ask'})"
        for words, needed, asked in found.voices
    ]
    return f"{found.area or 'No area'}: {', '.join(voices)}"


def _list(intro: str, entries: Sequence[str]) -> Block:
    shown = [f"- {for_body(each)}" for each in entries[:_MOST_NAMED]]
    if len(entries) > _MOST_NAMED:
        shown.append(f"- and {len(entries) - _MOST_NAMED} more")
    return blocks.lines([intro, *shown])


def _ways(*ways: tuple[str, str]) -> Block:
    """What to do next: each with the command for it."""
    text = "\n".join(f"{words}: {command}" for words, command in ways)
    html = "<br>\n".join(f"{escape(words)}: <code>{escape(command)}</code>" for words, command in ways)
    return Block(text, f'<p style="margin:0 0 16px">{html}</p>\n')


def _short(words: str) -> str:
    line = for_body(words)
    return line if len(line) <= _LONGEST_REASON else f"{line[: _LONGEST_REASON - 1]}…"


def _many(count: int, one: str, more: str) -> str:
    return f"{count} {one if count == 1 else more}"
