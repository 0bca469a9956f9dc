"""A quote that the person has edited: options taken away, marks deleted, the chosen one left standing."""

import pytest

from channels.mail.reading.opened import open_mail
from channels.mail.reading.reply import Understood, understand
from tests.mail.blind.quoting import head, leaf
from tests.mail.blind.reading import ASKED, SENDERS, TEXTS
from tests.mail.blind.write import HERE
from tests.mail.letters import ours_of

OURS = ours_of((HERE / "sent-midcycle.eml").read_bytes())
ASK = "[Q6] Was everyone there who should have been?"
OPTIONS = "Yes / Nearly everyone / No"
OUTLOOK = "From: Rowan Achterberg <evaluation@soundings.test>\nSent: 25 November 2024 09:00\nTo: Jane Whitlock\nSubject: Re\n\n"
GMAIL = "On Mon, 25 Nov 2024 at 09:00, Rowan Achterberg <evaluation@soundings.test> wrote:\n"


def read_with(before: str, after: str, *, marked: bool) -> Understood:
    assert before in OURS.text
    text = OURS.text.replace(before, after, 1)
    quoted = GMAIL + "\n".join(f"> {line}" for line in text.split("\n")) if marked else OUTLOOK + text
    mail = open_mail(head(OURS) + leaf("plain", f"\n{quoted}\n"))
    return understand(mail, [TEXTS["midcycle"]], ASKED["midcycle"], SENDERS)


@pytest.mark.parametrize("marked", [True, False])
@pytest.mark.parametrize(
    ("after", "answer"),
    [
        (f"{ASK}\nAnswer: Yes\n", "Yes"),
        (f"{ASK}\nYes\n", "Yes"),
        (f"{ASK}\nYes\nAnswer:\n", "Yes"),
        (f"{ASK}\nNo\n", "No"),
        (f"{ASK}\nNearly everyone\nAnswer:\n", "Nearly everyone"),
        (f"{ASK}\n{OPTIONS}\nYes\n", "Yes"),
        (f"{ASK} Yes\n{OPTIONS}\nAnswer:\n", "Yes"),
        (f"{ASK}\n{OPTIONS}  Nearly everyone\nAnswer:\n", "Nearly everyone"),
        (f"{ASK}\n{OPTIONS}\nAnswer : No\n", "No"),
    ],
)
def test_the_answer_is_what_was_typed_or_left(after: str, answer: str, *, marked: bool) -> None:
    found = read_with(f"{ASK}\n{OPTIONS}\nAnswer:\n", after, marked=marked)
    assert (found.answers, found.leftover) == ({6: answer}, "")


@pytest.mark.parametrize("marked", [True, False])
def test_options_broken_over_two_lines_are_no_answer(*, marked: bool) -> None:
    broken = f"{ASK}\nYes / Nearly everyone /\nNo\nAnswer:\n"
    found = read_with(f"{ASK}\n{OPTIONS}\nAnswer:\n", broken, marked=marked)
    assert (found.answers, found.leftover) == ({}, "")


@pytest.mark.parametrize(
    ("before", "after", "answer"),
    [
        (OPTIONS, "<s>Yes</s> / Nearly everyone / <s>No</s>", {6: "Nearly everyone"}),
        (OPTIONS, "<s>Yes / </s>Nearly everyone<s> / No</s>", {6: "Nearly everyone"}),
        ("next year? (Yes / No)", "next year? (<strike>Yes /</strike> No)", {19: "No"}),
        (
            "next year? (Yes / No)",
            "next year? (Yes <span style='text-decoration:line-through'>/ No</span>)",
            {19: "Yes"},
        ),
        ("next year? (Yes / No)\n", "next year? (Yes / No)\nYes <del>No</del>\n", {19: "Yes"}),
    ],
)
def test_what_is_struck_out_is_not_said(before: str, after: str, answer: dict[int, str]) -> None:
    assert before in OURS.text
    lines = OURS.text.replace(before, after, 1).split("\n")
    header = "<br>".join(OUTLOOK.strip().split("\n"))
    html = f"<html><body><hr><div>{header}</div>{''.join(f'<p>{line}</p>' for line in lines)}</body></html>"
    mail = open_mail(head(OURS) + leaf("html", html))
    found = understand(mail, [TEXTS["midcycle"]], ASKED["midcycle"], SENDERS)
    assert (found.answers, found.leftover) == (answer, "")


@pytest.mark.parametrize(
    "words",
    ["4/ 5\n7/ yes", "Answer to 4: 5\nAnswer to 7: yes", "No. 4 = 5; no. 7 = yes", "(4) 5\n(7) yes", "4.\n5\n7.\nyes"],
)
def test_numbers_are_set_in_many_ways(words: str) -> None:
    mail = open_mail(head(OURS) + leaf("plain", words))
    assert understand(mail, [TEXTS["library"]], ASKED["library"], SENDERS).answers == {4: "5", 7: "yes"}


@pytest.mark.parametrize(
    "words",
    ["9:30 start is too early for us\n4:00 finish suits", "Q1-5: 6", "5, 6, 4, 5, 6 - and keep the walk"],
)
def test_other_figures_are_no_numbers_of_questions(words: str) -> None:
    mail = open_mail(head(OURS) + leaf("plain", words))
    found = understand(mail, [TEXTS["library"]], ASKED["library"], SENDERS)
    assert (found.answers, found.leftover) == ({}, words)
