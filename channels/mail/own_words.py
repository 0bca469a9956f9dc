# ruff: noqa: E501 - a phrase is found and read best on one line
"""Our words in the mails that a person has asked for themselves."""

from __future__ import annotations

OWN_ENGLISH: dict[str, str] = {
    "subject.copy": "What is stored about you: {programme}",
    "copy.lead": (
        "You have asked for this by your link. It shows what {programme} has stored about you at this moment, and it "
        "goes to your own address only."
    ),
    "copy.about": "About you",
    "copy.name": "Name: {value}",
    "copy.organisation": "Organisation: {value}",
    "copy.area": "Area: {value}",
    "copy.address": "Address: {value}",
    "copy.phone": "Telephone: {value}",
    "copy.session": "Took part in: {value}",
    "copy.given_by": "Your address was given by: {value}",
    "copy.paused": "You have paused messages until {value}.",
    "copy.away": "An automatic reply said that you are away until {value}.",
    "copy.stopped": "You have stopped our messages.",
    "copy.erasure": "You have asked to be erased.",
    "copy.nothing": "Nothing has been recorded here.",
    "copy.apart": "What you may have said here is stored apart from your name: nobody can tell which return is yours.",
    "copy.quote.none": "You are not quoted with it.",
    "copy.quote.perspective": "It may be quoted with your role only.",
    "copy.quote.perspective_area": "It may be quoted with your role and area.",
    "copy.quote.name": "It may be quoted with your name.",
    "copy.more": (
        "Earlier wordings of your answers and the messages we have sent you are stored too. You can ask for them."
    ),
    "copy.not-you": "If you have not asked for this, somebody else has your link. Please write to us.",
    "subject.erasure": "Was it you who asked to be erased? {programme}",
    "erasure.lead": (
        "Somebody who has your link asked us to erase everything that {programme} has stored about you. Was it you?"
    ),
    "erasure.confirm": "Say yes or no here",
    "erasure.yes": (
        "If you say yes, you get no more messages from us, and an organiser erases your answers, your addresses and "
        "all messages to you, by {date} at the latest. It can't be undone."
    ),
    "erasure.no": "If you say no, nothing is erased. As long as you say nothing, an organiser asks you before anything is.",
}

OWN_WELSH: dict[str, str] = {
    "subject.copy": "Yr hyn sydd wedi'i gadw amdanoch: {programme}",
    "copy.lead": (
        "Rydych wedi gofyn am hyn drwy eich dolen. Mae'n dangos yr hyn y mae {programme} wedi'i gadw amdanoch ar yr "
        "eiliad hon, ac i'ch cyfeiriad chi yn unig y mae'n mynd."
    ),
    "copy.about": "Amdanoch chi",
    "copy.name": "Enw: {value}",
    "copy.organisation": "Sefydliad: {value}",
    "copy.area": "Ardal: {value}",
    "copy.address": "Cyfeiriad: {value}",
    "copy.phone": "Ffôn: {value}",
    "copy.session": "Wedi cymryd rhan yn: {value}",
    "copy.given_by": "Rhoddwyd eich cyfeiriad gan: {value}",
    "copy.paused": "Rydych wedi oedi negeseuon tan {value}.",
    "copy.away": "Dywedodd ateb awtomatig eich bod i ffwrdd tan {value}.",
    "copy.stopped": "Rydych wedi stopio ein negeseuon.",
    "copy.erasure": "Rydych wedi gofyn am gael eich dileu.",
    "copy.nothing": "Nid oes dim wedi'i gofnodi yma.",
    "copy.apart": (
        "Cedwir yr hyn y gallech fod wedi'i ddweud yma ar wahân i'ch enw: ni all neb ddweud pa ymateb yw eich un chi."
    ),
    "copy.quote.none": "Nid ydych yn cael eich dyfynnu ag ef.",
    "copy.quote.perspective": "Ceir ei ddyfynnu gyda'ch rôl yn unig.",
    "copy.quote.perspective_area": "Ceir ei ddyfynnu gyda'ch rôl a'ch ardal.",
    "copy.quote.name": "Ceir ei ddyfynnu gyda'ch enw.",
    "copy.more": (
        "Mae geiriad cynharach eich atebion a'r negeseuon a anfonwyd gennym atoch wedi'u cadw hefyd. Gallwch ofyn "
        "amdanynt."
    ),
    "copy.not-you": "Os nad ydych wedi gofyn am hyn, mae eich dolen gan rywun arall. Ysgrifennwch atom.",
    "subject.erasure": "Ai chi ofynnodd am gael eich dileu? {programme}",
    "erasure.lead": (
        "Gofynnodd rhywun sydd â'ch dolen i ni ddileu popeth y mae {programme} wedi'i gadw amdanoch. Ai chi oedd hynny?"
    ),
    "erasure.confirm": "Dywedwch ie neu na yma",
    "erasure.yes": (
        "Os dywedwch ie, ni chewch ragor o negeseuon gennym, a bydd trefnydd yn dileu eich atebion, eich cyfeiriadau "
        "a phob neges atoch, erbyn {date} fan bellaf. Ni ellir ei ddadwneud."
    ),
    "erasure.no": (
        "Os dywedwch na, ni chaiff dim ei ddileu. Tra na ddywedwch ddim, bydd trefnydd yn gofyn i chi cyn dileu dim."
    ),
}
