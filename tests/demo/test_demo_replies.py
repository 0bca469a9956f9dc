"""Replying in the demo's mailbox: a real mail through its server, recorded or put before the organiser."""

import re

import pytest

from tests.demo.conftest import running_demo

FREE = "Since the day we meet every month, and families notice. The date in May is too late for us."


def words_of(page, selector="main"):
    return " ".join(page.select_one(selector).get_text(" ").split())


def invitation(demo, person):
    return demo.mail_of(person)[-1][2]


def entry_with(demo, words):
    """Its article in the queue of the status page."""
    return next(each for each in demo.page().select("#sorting article") if words in each.get_text())


@pytest.mark.timeout(180)
def test_people_answer_by_replying(tmp_path):
    with running_demo(tmp_path) as demo:
        # Inline, beneath the first two questions as they stand quoted.
        message = invitation(demo, "p01")
        quoted = demo.page(f"{message}/reply").select_one("textarea").get_text()
        answers = iter(["A great deal", "Little so far"])
        written = re.sub("> Answer:", lambda mark: f"{mark[0]}\n{next(answers, '')}".rstrip(), quoted)
        page = demo.post(f"{message}/reply", "/reply", words=written)
        assert "Recorded: 2 answers." in words_of(page, "#sent-back")
        receipt = page.select_one("#sent-back a")["href"].removeprefix("/demo/")
        assert "A great deal" in demo.words(receipt)

        # Numbered, from somebody else's address: held, and recorded at the organiser's word.
        message = invitation(demo, "p02")
        others = demo.page(f"{message}/reply").select("select[name=sender] option")
        other = next(each["value"] for each in others if "Denholm" in each.get_text())
        page = demo.post(f"{message}/reply", "/reply", sender=other, words="1. Much\n2. Not yet\n")
        assert "waits to be sorted" in words_of(page, "#sent-back")
        page = demo.post("", entry_with(demo, "held").form["action"], how="answer")
        assert "Recorded as the answer to" in words_of(page, "#sorting [role=status]")

        # Free text: assigned to a question by hand.
        message = invitation(demo, "p03")
        page = demo.post(f"{message}/reply", "/reply", words=FREE)
        assert "waits to be sorted" in words_of(page, "#sent-back")
        entry = entry_with(demo, FREE)
        demo.post("", entry.form["action"], how="assign", question=entry.select("option")[0]["value"])
        assert FREE not in demo.words()

        # Away for a week, and gone for good.
        page = demo.post(invitation(demo, "p04"), "/send-back", what="away")
        assert "Known as an automatic reply" in words_of(page, "#sent-back")
        assert "2024-12-02" in entry_with(demo, "away").get_text()
        page = demo.post(invitation(demo, "p05"), "/send-back", what="bounce")
        assert "Known as a bounce" in words_of(page, "#sent-back")

        # The organisers hear of it all in the morning, and what they say to that waits.
        assert "The organisers got 2 digests." in demo.move("1 day on")
        newest = demo.page("mail").select(".letters li")
        digest = next(each.a["href"] for each in newest if "Digest" in each.get_text()).removeprefix("/demo/")
        assert "1 person to ring" in demo.words(digest)
        page = demo.post(f"{digest}/reply", "/reply", words="Thank you")
        assert "waits to be sorted" in words_of(page, "#sent-back")
        assert entry_with(demo, "it answers the organisers' digest")
