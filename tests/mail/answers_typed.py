"""Answers for the corpus, as people write them; every person and place is invented."""

FULL = {
    1: "Jane Whitlock, head of inclusion",
    2: "5",
    3: "The welcome was warm and the rooms were light.\nI would start half an hour later, so that school staff can come.",
    4: "Two of our children now spend the afternoons in class instead of the corridor.",
    5: "Families ring us earlier. One mother said: “Answer: at last somebody asked us.”",
    6: "4",
    7: "3 = Quite",
    8: "Yes",
    9: "Moving up to secondary school",
    10: "Schools, Parents' groups",
    11: "12",
    12: "14 March 2025",
    13: "Some delay: the hall is still being painted",
    14: "Not yet, but it is planned",
    15: "",
    16: "Yes, mornings on 01632 960018",
}
SHORT = {2: "6", 3: "All of it.", 6: "4", 7: "4", 8: "Yes", 9: "Sleep", 11: "3", 14: "No", 16: "No"}
SOME = {
    1: "J. Whitlock (governor)",
    2: "4 - very well for a first time",
    3: "Less paper, please.",
    5: "Too early to say",
    8: "no",
    13: "On track",
}
LONG = {
    2: "2",
    3: "Three things:\n- the map was wrong\n- the microphone failed twice\n- nobody had told the caterers\n\nEven so, the talks were worth the drive.",
    4: "Attendance in year 4 went from 86 % to 93 %, which is £1,200 less for taxis.\n\nOne boy reads to the younger ones now.",
    5: "On Monday, at the gate, two fathers told me they feel listened to.\nFrom September they run the coffee morning themselves.",
    8: "Yes",
    9: "How well was the day organised? is a good question to begin with",
}
ACCENTS = {
    1: "Siân Llewelyn",
    3: "Café, naïve questions – “bore da” – and €20 for the bus.",
    8: "Yes",
    9: "Y Gymraeg yn yr ysgol",
}

S1_FULL = {
    1: "Jane Whitlock",
    2: "Hillside Council",
    3: "Assistant Director, Education",
    4: "Parent carer forum: two calls\nSchools: one meeting",
    5: "Well planned. The agenda was a little too full.",
    6: "Nearly everyone",
    7: "Primary heads. We gave them ten days' notice, which is too short.",
    8: "Fewer part-time timetables since the autumn.",
    9: "The forum now comes to every planning meeting.",
    10: "A shared list of what any school is expected to offer.",
    11: "Therapists joined the panel in October.",
    12: "We speak before there is a problem, not after.",
    13: "A workshop in January and a small group on exclusions.",
    14: "I listen longer than I did.",
    15: "Yes",
    16: "They asked for an update each quarter.",
    17: "Two visits to the next county.",
    18: "Go, and bring the people who disagree with you.",
    19: "Yes",
    20: "Health and what it pays for",
    21: "Yes",
}
S1_SOME = {5: "Good pace.", 6: "Yes", 13: "Nothing so far", 18: "Keep it to one topic.", 19: "No", 21: "No, thank you"}

FREE_ONE = (
    "Dear Rowan,\n\nI am on a train without the form, so here are a few lines. The day was the first time that the "
    "surgery and the school sat at one table. Since then they have met twice without us.\n\nWhat I would change is the "
    "length: by four o'clock nobody was listening.\n\nBest wishes\nJane"
)
FREE_TWO = "Hi both\n\nSorry, I can't face another form this month. In short: it was well worth it, and please do come back in spring.\n\nJane"

SIGNATURE = (
    "Kind regards\n\nJane Whitlock\nHead of Inclusion\nHillside Council\nT: 01632 960018 | M: 07700 900345\n"
    "www.hillside.example.org"
)
DISCLAIMER = (
    "This email and any attachments are confidential and intended solely for the use of the individual or entity to whom "
    "they are addressed. If you have received this email in error please notify the sender and delete it. Hillside Council "
    "monitors email traffic."
)
BANNER = (
    "CAUTION: This email originated from outside of the organisation. Do not click links or open attachments unless you "
    "recognise the sender and know the content is safe."
)


def on_top(answers: dict[int, str], form: str = "{}. {}") -> str:
    """Numbered answers, one beneath the other, without the empty ones."""
    return "\n".join(form.format(number, words) for number, words in answers.items() if words)


def given(answers: dict[int, str]) -> dict[int, str]:
    """The answers that say anything."""
    return {number: words for number, words in answers.items() if words}
