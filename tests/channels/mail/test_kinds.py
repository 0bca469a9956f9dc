"""What kind of mail it is, where no header says so: by subject, words and sender, in the languages people write in."""

import pytest

from channels.mail.reading.kinds import BounceKind, MailKind, kind_of
from channels.mail.reading.opened import open_mail

DAEMON = "Mail Delivery Subsystem <mailer-daemon@mx.test>"


def mail(subject: str, words: str, sender: str = "Jane <jane@example.org>") -> bytes:
    return f"From: {sender}\nSubject: {subject}\nContent-Type: text/plain; charset=utf-8\n\n{words}\n".encode()


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("Automatic reply: Your view", "I am out of the office.\n1. Ring Tom.\n4. Or 5."),
        ("Abwesenheitsnotiz", "Ich bin bis 9. Dezember nicht im Büro."),
        ("Réponse automatique : votre avis", "Je suis en congé."),
        ("Respuesta automática", "Estoy de vacaciones hasta el 12 de diciembre."),
        ("Fuori ufficio", "Sono in ferie fino al 9 dicembre."),
        ("Autosvar", "Jag är på semester till den 9 december."),
        ("Odpowiedź automatyczna", "Jestem poza biurem do 9 grudnia."),
        ("Ateb awtomatig", "Rwyf allan o'r swyddfa."),
    ],
)
def test_an_automatic_reply_is_known_by_its_words(subject: str, words: str) -> None:
    found = kind_of(open_mail(mail(subject, words)))
    assert (found.kind, found.sure) == (MailKind.AUTO_REPLY, False)


@pytest.mark.parametrize(
    ("subject", "words", "bounce"),
    [
        ("Undeliverable: Your view", "550 5.1.10 RESOLVER.ADR.RecipientNotFound", BounceKind.HARD),
        ("failure notice", "Sorry, no mailbox here by that name. (#5.1.1)", BounceKind.HARD),
        ("Message undeliverable", "The mailbox is full 452 4.2.2", BounceKind.SOFT),
        ("Delayed: Your view", "It is still being retried. 4.4.1", BounceKind.DELAYED),
        ("Nicht zugestellt: Your view", "550 5.1.1 User unknown", BounceKind.HARD),
    ],
)
def test_a_bounce_without_a_report_is_known_by_its_sender_and_subject(
    subject: str, words: str, bounce: BounceKind
) -> None:
    found = kind_of(open_mail(mail(subject, words, DAEMON)))
    assert (found.kind, found.bounce) == (MailKind.BOUNCE, bounce)
    assert kind_of(open_mail(mail(subject, words))).kind is not MailKind.BOUNCE


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("Read: Your view", "Your message\n\nwas read on Tuesday"),
        ("Recall: Your view", "Jane would like to recall the message."),
    ],
)
def test_noise_is_known(subject: str, words: str) -> None:
    assert kind_of(open_mail(mail(subject, words))).kind is MailKind.OTHER


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("Re: Your view", "I am out of the office tomorrow, so here you are: Q4 5"),
        ("Re: Your view", "Q4 5\n\nI work part time and am not in the office on Fridays."),
        ("Recall what we said", "We said that it was good."),
    ],
)
def test_a_person_may_speak_of_being_away(subject: str, words: str) -> None:
    assert kind_of(open_mail(mail(subject, words))).kind is MailKind.HUMAN
