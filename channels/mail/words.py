"""Our own words in mails, for each language we have them in; the programme's words come from its files."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from channels.mail.own_words import OWN_ENGLISH, OWN_WELSH
from surveys.programme import Mode

Words = Mapping[str, str]

_ENGLISH: Words = MappingProxyType(
    {
        "dear": "Dear {greeting},",
        "subject.invitation": "{title}: your view by {closes}",
        "subject.reminder": "Reminder: {title}, open until {closes}",
        "subject.partial": "{to_go} of {total} questions to go: {title}",
        "subject.receipt": "Your answers: {title}",
        "subject.thanks": "Thank you: {title}",
        "subject.notice": "More time: {title}, now open until {closes}",
        "subject.notice.earlier": "Less time: {title}, now open until {closes}",
        "subject.cancellation": "No longer needed: {title}",
        "why": "You are part of {programme}, and we would like to know what you think. It decides what is done next.",
        "delegate": "{given_by} gave us your address and suggests that you answer in their place.",
        "delegate.unnamed": "Someone who was asked gave us your address and suggests that you answer in their place.",
        "much": "{count} questions. You can stop and come back; what you have said is kept.",
        "much.timed": "{count} questions, about {minutes}. You can stop and come back; what you have said is kept.",
        "much.one": "One question.",
        "minutes": "{minutes} minutes",
        "minutes.one": "a minute",
        "much.unlinked": "{count} questions on one page, answered in one go.",
        "until": "Open until {closes}.",
        "go": "Answer here",
        "go.on": "Go on here",
        "see": "See or change your answers",
        "who": "Who sees what",
        f"mode.{Mode.IDENTIFIED}": "Your name goes with your answers: the organisers see who said what.",
        f"mode.{Mode.CONFIDENTIAL}": (
            "The organisers see whether you have answered. What you say is reported by role and area, without your "
            "name, and your words are quoted only if you agree."
        ),
        f"mode.{Mode.UNLINKED}": "We can see whether you answered, not what.",
        f"few.{Mode.CONFIDENTIAL}": (
            "Fewer than {number} people are asked, so someone who knows the group and reads the answers may recognise "
            "yours."
        ),
        f"few.{Mode.UNLINKED}": (
            "We can see whether you answered. Your answers are kept apart from your name, but fewer than {number} "
            "people are asked, so someone who reads them may be able to tell which are yours."
        ),
        "notice": "Privacy notice",
        "choices": "Your choices: pause, stop, quotes, your data",
        "page": "Your page for this round",
        "ways": "If this does not suit you, one tap is enough:",
        "not-me": "I am not the right person",
        "someone-else": "Someone else should answer",
        "joint-return": "I am part of our joint return",
        "later": "Ask me again later",
        "no-thank-you": "No, thank you",
        "stop": "Send me no more of these",
        "questions": "Any questions? Write to {name}, {email}.",
        "questions.unnamed": "Any questions? Write to {email}.",
        "by-reply": 'You can also reply to this mail and write each answer after its "Answer:".',
        "by-word": "Or fill in the questionnaire as a Word file, and send it back as an attachment to your reply",
        "word.how": (
            "Type each answer into the box beneath its question, save the file, and send it back as an attachment, "
            "by replying to the mail that brought you here. Leave empty what you can't answer."
        ),
        "answer": "Answer:",
        "only-if": "Only if you answered {label} to question {number}.",
        "if-it-applies": "Leave this empty if it does not apply to you.",
        "reference": "[END] Reference {reference}",
        "remind": "We would still like to hear from you about “{title}”.",
        "several": (
            "{count} short surveys of {programme} are waiting for you. "
            "So as not to write too often, here are all of them."
        ),
        "several.2": "Two",
        "several.3": "Three",
        "several.4": "Four",
        "several.each": "{title}, open until {closes}:",
        "subject.several": "{count} short surveys are waiting for you",
        "unheard": "We have not yet heard from: {perspectives}. That is why we ask you once more.",
        "unheard.in": (
            "In your area, {area}, we have not yet heard from: {perspectives}. That is why we ask you once more."
        ),
        "remind.partial": "You have begun “{title}”. What you have said so far is kept.",
        "to-go": "{to_go} of {total} questions to go.",
        "to-send": "Every question has its answer: all that is left is to send it.",
        "closes": "It closes {left}: {closes}.",
        "closes.at": "It closes on {closes}.",
        "received": "This is what we have recorded.",
        "received.bare": "We have recorded that you answered.",
        "recorded": "{number}. {ask}",
        "unclear": "We could not read your answer to these questions. Please reply once more, or answer on the page:",
        "written": "You wrote: {words}",
        "besides": "What else you wrote is not lost: an organiser reads it.",
        "besides.only": "We have your message. None of it answers a question by itself, so an organiser reads it.",
        "change": "You can change it until {closes}.",
        "correct": (
            'Or reply with the number of a question and your answer, for example "Q1: ..."; it replaces the old one.'
        ),
        "next": "What happens next",
        "thanked": "Thank you for your answers to “{title}”.",
        "moved": "There is more time for “{title}”: it is now open until {closes}.",
        "moved.earlier": "“{title}” closes earlier than we told you: it is now open until {closes}.",
        "moved.before": "It was to close on {before}.",
        "moved.reason": "The reason: {reason}",
        "moved.partial": "What you have said so far is kept.",
        "cancelled": "We asked you about “{title}”. It is no longer needed, and you need not do anything.",
        **OWN_ENGLISH,
    }
)

_WELSH: Words = MappingProxyType(
    {
        "dear": "Annwyl {greeting},",
        "subject.invitation": "{title}: eich barn erbyn {closes}",
        "subject.reminder": "Nodyn atgoffa: {title}, ar agor tan {closes}",
        "subject.partial": "{to_go} o {total} cwestiwn ar ôl: {title}",
        "subject.receipt": "Eich atebion: {title}",
        "subject.thanks": "Diolch: {title}",
        "subject.notice": "Mwy o amser: {title}, ar agor bellach tan {closes}",
        "subject.notice.earlier": "Llai o amser: {title}, ar agor bellach tan {closes}",
        "subject.cancellation": "Nid oes ei angen mwyach: {title}",
        "why": (
            "Rydych yn rhan o {programme}, a hoffem wybod beth yw eich barn. Bydd yn penderfynu beth a wneir nesaf."
        ),
        "delegate": "Rhoddodd {given_by} eich cyfeiriad i ni, gan awgrymu eich bod chi'n ateb yn eu lle.",
        "delegate.unnamed": (
            "Rhoddodd rhywun y gofynnwyd iddynt eich cyfeiriad i ni, gan awgrymu eich bod chi'n ateb yn eu lle."
        ),
        "much": "Nifer y cwestiynau: {count}. Gallwch stopio a dod yn ôl; cedwir yr hyn a ddywedoch.",
        "much.timed": (
            "Nifer y cwestiynau: {count}, tua {minutes}. Gallwch stopio a dod yn ôl; cedwir yr hyn a ddywedoch."
        ),
        "much.one": "Un cwestiwn.",
        "minutes": "{minutes} munud",
        "minutes.one": "munud",
        "much.unlinked": "Nifer y cwestiynau: {count}, ar un dudalen, i'w hateb ar yr un pryd.",
        "until": "Ar agor tan {closes}.",
        "go": "Atebwch yma",
        "go.on": "Ewch ymlaen yma",
        "see": "Gweld neu newid eich atebion",
        "who": "Pwy sy'n gweld beth",
        f"mode.{Mode.IDENTIFIED}": "Mae eich enw'n mynd gyda'ch atebion: mae'r trefnwyr yn gweld pwy ddywedodd beth.",
        f"mode.{Mode.CONFIDENTIAL}": (
            "Mae'r trefnwyr yn gweld a ydych wedi ateb. Adroddir ar yr hyn a ddywedwch yn ôl rôl ac ardal, heb eich "
            "enw, a dim ond os cytunwch y dyfynnir eich geiriau."
        ),
        f"mode.{Mode.UNLINKED}": "Gallwn weld a ydych wedi ateb, ond nid beth.",
        f"few.{Mode.CONFIDENTIAL}": (
            "Gofynnir i lai na {number} o bobl, felly gallai rhywun sy'n adnabod y grŵp ac yn darllen yr atebion "
            "adnabod eich rhai chi."
        ),
        f"few.{Mode.UNLINKED}": (
            "Gallwn weld a ydych wedi ateb. Cedwir eich atebion ar wahân i'ch enw, ond gofynnir i lai na {number} o "
            "bobl, felly efallai y gall rhywun sy'n eu darllen ddweud pa rai yw eich rhai chi."
        ),
        "notice": "Hysbysiad preifatrwydd",
        "choices": "Eich dewisiadau: oedi, stopio, dyfyniadau, eich data",
        "page": "Eich tudalen ar gyfer y rownd hon",
        "ways": "Os nad yw hyn yn addas i chi, mae un clic yn ddigon:",
        "not-me": "Nid fi yw'r person cywir",
        "someone-else": "Dylai rhywun arall ateb",
        "joint-return": "Rwy'n rhan o'n hymateb ar y cyd",
        "later": "Gofynnwch i mi eto yn nes ymlaen",
        "no-thank-you": "Dim diolch",
        "stop": "Peidiwch ag anfon mwy o'r rhain ataf",
        "questions": "Unrhyw gwestiynau? Ysgrifennwch at {name}, {email}.",
        "questions.unnamed": "Unrhyw gwestiynau? Ysgrifennwch at {email}.",
        "by-reply": 'Gallwch hefyd ateb y neges hon ac ysgrifennu pob ateb ar ôl ei "Answer:".',
        "by-word": "Neu llenwch yr holiadur fel ffeil Word, a'i hanfon yn ôl fel atodiad i'ch ateb",
        "word.how": (
            "Teipiwch bob ateb yn y blwch o dan ei gwestiwn, cadwch y ffeil, a'i hanfon yn ôl fel atodiad, drwy ateb "
            "y neges a ddaeth â chi yma. Gadewch yn wag yr hyn na allwch ei ateb."
        ),
        # The mark by which replies are read stays the same in every language.
        "answer": "Answer:",
        "only-if": "Dim ond os ateboch {label} i gwestiwn {number}.",
        "if-it-applies": "Gadewch hwn yn wag os nad yw'n berthnasol i chi.",
        "reference": "[END] Reference {reference}",
        "remind": "Hoffem glywed gennych o hyd am “{title}”.",
        "several": (
            "Mae {count} arolwg byr gan {programme} yn aros amdanoch. "
            "Er mwyn peidio ag ysgrifennu'n rhy aml, dyma bob un."
        ),
        "several.2": "dau",
        "several.3": "tri",
        "several.4": "pedwar",
        "several.each": "{title}, ar agor tan {closes}:",
        "subject.several": "Mae {count} arolwg byr yn aros amdanoch",
        "unheard": "Nid ydym wedi clywed eto gan: {perspectives}. Dyna pam yr ydym yn gofyn i chi unwaith eto.",
        "unheard.in": (
            "Yn eich ardal chi, {area}, nid ydym wedi clywed eto gan: {perspectives}. "
            "Dyna pam yr ydym yn gofyn i chi unwaith eto."
        ),
        "remind.partial": "Rydych wedi dechrau “{title}”. Cedwir yr hyn a ddywedoch hyd yma.",
        # The count stands in the same words in every language, the sentence after it is the person's own.
        "to-go": "{to_go} of {total} questions to go. Cwestiynau ar ôl: {to_go} o {total}.",
        "to-send": "Mae gan bob cwestiwn ei ateb: y cyfan sydd ar ôl yw ei anfon.",
        "closes": "Mae'n cau {left}: {closes}.",
        "closes.at": "Mae'n cau: {closes}.",
        "received": "Dyma'r hyn rydym wedi'i gofnodi.",
        "received.bare": "Rydym wedi cofnodi eich bod wedi ateb.",
        "recorded": "{number}. {ask}",
        "unclear": "Ni allem ddarllen eich ateb i'r cwestiynau hyn. Atebwch eto, neu atebwch ar y dudalen:",
        "written": "Eich geiriau: {words}",
        "besides.only": (
            "Mae eich neges gyda ni. Nid yw'n ateb cwestiwn ohoni'i hun, felly bydd trefnydd yn ei darllen."
        ),
        "besides": "Nid yw gweddill eich neges ar goll: bydd trefnydd yn ei ddarllen.",
        "change": "Gallwch ei newid tan {closes}.",
        "correct": (
            'Neu atebwch y neges hon gyda rhif y cwestiwn a\'ch ateb, er enghraifft "C1: ..."; '
            "bydd yn cymryd lle'r hen un."
        ),
        "next": "Beth fydd yn digwydd nesaf",
        "thanked": "Diolch am eich atebion i “{title}”.",
        "moved": "Mae mwy o amser ar gyfer “{title}”: mae ar agor bellach tan {closes}.",
        "moved.earlier": "Mae “{title}” yn cau yn gynt nag a ddywedwyd wrthych: mae ar agor bellach tan {closes}.",
        "moved.before": "Roedd i fod i gau: {before}.",
        "moved.reason": "Y rheswm: {reason}",
        "moved.partial": "Cedwir yr hyn a ddywedoch hyd yma.",
        "cancelled": "Gofynnom i chi am “{title}”. Nid oes ei angen mwyach, ac nid oes angen i chi wneud dim.",
        **OWN_WELSH,
    }
)

_BY_LANGUAGE: Mapping[str, Words] = MappingProxyType({"en": _ENGLISH, "cy": _WELSH})


def words_in(language: str) -> Words:
    """Our words in that language, in British English where we have none."""
    return _BY_LANGUAGE.get(language.split("-")[0].lower(), _ENGLISH)


def languages() -> tuple[str, ...]:
    """The languages we have words in, by their base tag."""
    return tuple(_BY_LANGUAGE)
