"""One response across channels, and two free-text mails: through the installed command and a running form."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.clients.post_office import Letter
from tests.scenarios.season import S1, Season

WELL = "You listened before you spoke; that is rare."
NEXT = "Our graduated response is being rewritten with the forum in the room."


def reply_to(letter: Letter, words: str, *, quoted: bool = True) -> bytes:
    """What a plain mail program makes of a reply from the address that was written to."""
    mail = EmailMessage()
    mail["From"] = letter.to
    mail["To"] = str(letter.mail["Reply-To"] or letter.mail["From"])
    mail["Subject"] = f"Re: {letter.subject}"
    mail["Message-ID"] = f"<{abs(hash(words))}@replies.test>"
    mail["In-Reply-To"] = str(letter.mail["Message-ID"])
    cited = "\n".join(f"> {line}" for line in letter.text.splitlines()) if quoted else ""
    mail.set_content(f"{words}\n\nOn 25 Nov 2024 at 09:00, Soundings <soundings@example.org> wrote:\n{cited}\n")
    return bytes(mail)


def receive(season: Season, raw: bytes, name: str) -> None:
    path = Path(season.soundings.home) / f"{name}.eml"
    path.write_bytes(raw)
    season.soundings.run("mail", "receive", path)


@pytest.mark.timeout(300)
def test_begun_on_the_form_finished_by_mail_corrected_on_the_form(tmp_path, post):
    season = Season(S1, tmp_path, post)
    season.load()
    season.tick(season.local("2024-11-25", "09:00"))
    letter = season.invitation_of("p11")
    with season.serving():
        begun = season.answer("p11", {"role": "Lead", "organised": "Well."}, stop_before="right_people")
        assert begun.last.kind == "question"
    receive(season, reply_to(letter, f"Q5: {WELL}\nQ6 Yes\nQ13 {NEXT}\nQ15 No\nQ19 Yes\nQ20 Transition at 16"), "rest")
    with season.serving():
        season.client.answer(
            f"{season.link_of('p11')}?page=again", {"again": "no"}, otherwise=lambda field: list(field.preset)
        )

    exported = season.soundings.export(season.round)
    (one,) = exported["responses"]
    assert one["state"] == "complete"
    assert one["answers"]["organised"] == WELL
    assert (one["answers"]["right_people"], one["answers"]["again"]) == ("yes", "no")
    assert (one["raw"]["5"], one["raw"]["13"], one["raw"]["15"]) == (WELL, NEXT, "No")

    kept = season.soundings.run("person", "export", "p11").out
    assert "Well." in kept
    assert WELL in kept


@pytest.mark.timeout(300)
def test_two_who_ignored_the_form_and_wrote_in_their_own_words(tmp_path, post):
    season = Season(S1, tmp_path, post)
    season.load()
    season.tick(season.local("2024-11-25", "09:00"))
    first = (
        "Dear Imogen,\n\nA short note instead of the form. The day gave us room to say what is not working, and nobody "
        "took it badly.\n\nSince then our heads meet each half term, which they never did.\n\nBest wishes\nHarriet"
    )
    second = "Hello, we are still working through it. The forum felt heard for once.\n\nSunita"
    receive(season, reply_to(season.invitation_of("p01"), first), "first")
    receive(season, reply_to(season.invitation_of("p03"), second, quoted=False), "second")

    queue = season.soundings.run("triage", "list", "--json").json
    assert [(each["kind"], each["participant"], each["round"]) for each in queue] == [
        ("human", "p01", season.round),
        ("human", "p03", season.round),
    ]
    assert "nobody took it badly" in queue[0]["text"]
    assert "Best wishes" not in queue[0]["text"]
    assert season.soundings.export(season.round)["responses"] == []

    part = "Since then our heads meet each half term, which they never did."
    season.soundings.run("triage", "assign", str(queue[0]["id"]), "13", "--words", part)
    season.soundings.run("triage", "assign", str(queue[1]["id"]), "9")
    responses = season.soundings.export(season.round)["responses"]
    assert sorted(tuple(each["raw"].items()) for each in responses) == [(("13", part),), (("9", queue[1]["text"]),)]
    (left,) = season.soundings.run("triage", "list", "--json").json
    assert "nobody took it badly" in left["text"]
    assert part not in left["text"]
    settled = {each["id"]: each for each in season.soundings.run("triage", "list", "--all", "--json").json}
    assert "nobody took it badly" in settled[queue[0]["id"]]["text"]
    assert "assigned to next_steps by cli" in season.soundings.run("triage", "show", str(queue[0]["id"]), "--json").out
    assert "triage entry assigned" in season.soundings.run("audit").out
