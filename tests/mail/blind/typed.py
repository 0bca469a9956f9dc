"""What people typed, for each questionnaire, and what must be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Case:
    """`answers` are to be read to the letter; each of `leftover` is to be kept for a person to see."""

    name: str
    sent: str
    raw: bytes
    answers: Mapping[int, str] = field(default_factory=dict)
    leftover: tuple[str, ...] = ()
    kind: str = "human"
    return_date: str = ""


LIBRARY = {
    1: "The reading corner, above all.",
    2: "They stayed until the lamps went out.",
    3: "Of 3 visits they made 2.\nFamilies now come on Saturdays.",
    4: "4",
    5: "We have agreed a plan, but nobody has signed it off yet",
    6: "Monday morning / Saturday, 10 to 12",
    7: "Yes",
    8: "12 December 2024",
    9: "3",
    10: "The tea",
    11: "The long speech",
    12: "Starting on time",
    13: "3",
    14: "4",
    15: "Thanks, and regards to everyone at the desk",
    16: "No",
}
TOUR = {
    5: "12 years",
    6: "last seen 3 November 2024",
    8: "Yes",
    10: "The pond and the outdoor kitchen",
    11: "4",
    12: "no",
    14: "Behind. The delivery came two weeks late.",
    15: "As planned",
    16: "Not started",
    17: "The school",
    18: "The council",
    19: "4",
    20: "2",
    21: "green",
    22: "leaves",
    25: "Quinces",
    27: "6",
    28: "The weekend",
}
MODULE = {1: "5", 2: "6", 3: "4", 4: "5", 5: "6", 6: "Keep the walk. Change the room: it was 28 degrees."}
CINIO = {1: "5", 2: "Y cawl, am ei fod yn boeth.", 3: "Dydd Mercher", 4: "Oes", 5: "2", 6: "Mwy o amser i fwyta"}
ATTRIBUTIONS = {
    "de": "Am Mo., 25. Nov. 2024 um 10:00 Uhr schrieb Rowan Achterberg <evaluation@soundings.test>:",
    "fr": "Le lun. 25 nov. 2024 à 10:00, Rowan Achterberg <evaluation@soundings.test> a écrit :",
    "cy": "Ar Llun, 25 Tach 2024 am 09:00 ysgrifennodd Rowan Achterberg <evaluation@soundings.test>:",
    "es": "El lun, 25 nov 2024 a las 10:00, Rowan Achterberg (<evaluation@soundings.test>) escribió:",
    "it": "Il giorno lun 25 nov 2024 alle ore 10:00 Rowan Achterberg <evaluation@soundings.test> ha scritto:",
    "nl": "Op ma 25 nov 2024 om 10:00 schreef Rowan Achterberg <evaluation@soundings.test>:",
    "pl": "pon., 25 lis 2024 o 10:00 Rowan Achterberg <evaluation@soundings.test> napisał(a):",
    "pt": "Rowan Achterberg <evaluation@soundings.test> escreveu (segunda, 25/11/2024 à(s) 09:00):",
    "sv": "Den mån 25 nov. 2024 kl 10:00 skrev Rowan Achterberg <evaluation@soundings.test>:",
}
SIGNATURE = "Jane Whitlock\nHead of Inclusion\n1 Priory Lane, Hillside HS4 2QX\nT: 01632 960 417  |  M: 07700 900 123\n2 offices, 1 team"
DISCLAIMER = (
    "This email and any files transmitted with it are confidential and intended solely for the use of the individual or "
    "entity to whom they are addressed. If you have received this email in error please notify the system manager."
)


def numbered(answers: Mapping[int, str], shape: str = "{0}. {1}") -> str:
    return "\n".join(shape.format(number, words) for number, words in answers.items())


def some(answers: Mapping[int, str], *numbers: int) -> dict[int, str]:
    return {number: answers[number] for number in numbers}


SHORT = some(LIBRARY, 1, 4, 6, 7, 8, 9, 13)
