"""Whose mail it is when its sender is not the invited person, or may not be: held, until an organiser has said."""

from datetime import timedelta

import pytest

from handlers import triage
from handlers.erasing import erase
from handlers.load import Loaded, import_panel
from handlers.mail_in import receive
from storage.audit import lines
from storage.forms import form_of
from storage.people import participants_of
from surveys.authority import CONSOLE
from tests.fakes.smtp_server import SmtpServer
from tests.mail.arrivals import queue, raw_words, reply
from tests.mail.typed import Typed
from tests.schedules.town import CLOSES, Town, at

TUESDAY = at("2024-11-26 10:00")
ELSEWHERE = "ana@elsewhere.test"


def held(town: Town, server: SmtpServer, typed: Typed, *, address: str = ELSEWHERE) -> int:
    receive(reply(server, "ana", typed, address=address), town.store, TUESDAY)
    assert raw_words(town, "ana") == {}
    kept = queue(town)[0]
    assert kept.reason.startswith("held")
    return kept.id


def addresses(town: Town, person: str) -> list[str]:
    with town.store.reading() as tx:
        people = {each.key: each for each in participants_of(tx, town.round().programme_id)}
    return [each.value for each in people[person].addresses]


def typed_by(town: Town, person: str) -> str:
    with town.store.reading() as tx:
        form = form_of(tx, town.invitation(person).id)
    assert form is not None
    assert form.asked.response is not None
    return form.asked.response.typed_by


def test_the_same_person_is_recorded_and_known_from_then_on(invited: Town, server: SmtpServer) -> None:
    entry = held(invited, server, Typed(inline={1: "2"}))
    placed = triage.answer(entry, invited.store, TUESDAY, actor=CONSOLE, same_person=True)
    assert placed == triage.Placed(answers=("rating",), learnt=True)
    assert raw_words(invited, "ana") == {"rating": "2"}
    assert addresses(invited, "ana") == ["ana@example.test", ELSEWHERE]
    with invited.store.reading() as tx:
        (line,) = [each for each in lines(tx) if each.what == "address learnt from a reply"]
    assert ELSEWHERE not in str(line)
    later = reply(server, "ana", Typed(top="1. 3"), address=ELSEWHERE).replace(b"reply-of-jane", b"second")
    receive(later, invited.store, TUESDAY + timedelta(hours=1))
    assert raw_words(invited, "ana") == {"rating": "3"}


def test_no_panel_file_takes_a_learnt_address_away(invited: Town, server: SmtpServer) -> None:
    entry = held(invited, server, Typed(inline={1: "2"}))
    triage.answer(entry, invited.store, TUESDAY, actor=CONSOLE, same_person=True)
    panel = invited.folder / "panel.csv"
    loaded = import_panel(panel, invited.store, "town", TUESDAY, actor=CONSOLE)
    assert isinstance(loaded, Loaded)
    assert not loaded.changes
    panel.write_text(panel.read_text("utf-8").replace("ana@example.test", "ana@new.test"), "utf-8")
    import_panel(panel, invited.store, "town", TUESDAY, actor=CONSOLE)
    assert addresses(invited, "ana") == ["ana@new.test", ELSEWHERE]


def test_a_colleague_is_named_and_their_address_is_nobodys(invited: Town, server: SmtpServer) -> None:
    entry = held(invited, server, Typed(inline={1: "2"}), address="tom@example.test")
    triage.answer(entry, invited.store, TUESDAY, actor=CONSOLE, typed_by="Tom Barrow")
    assert raw_words(invited, "ana") == {"rating": "2"}
    assert typed_by(invited, "ana") == "Tom Barrow"
    assert addresses(invited, "ana") == ["ana@example.test"]


def test_good_answers_of_a_held_mail_are_taken_and_the_rest_waits(invited: Town, server: SmtpServer) -> None:
    typed = Typed(top="The lift was out again.", inline={1: "somewhere in between", 3: "Yes"})
    entry = held(invited, server, typed)
    placed = triage.answer(entry, invited.store, TUESDAY, actor=CONSOLE)
    assert placed == triage.Placed(answers=("again",), unclear=("rating",))
    assert raw_words(invited, "ana") == {"again": "Yes"}
    waiting = {each.reason.split(":")[0]: each for each in queue(invited)}
    assert waiting["not clear"].fields == {"rating": "somewhere in between"}
    assert waiting["held"].text == "The lift was out again."


def test_a_closed_round_takes_nothing_and_makes_no_second_entry(invited: Town, server: SmtpServer) -> None:
    entry = held(invited, server, Typed(inline={1: "2"}))
    invited.tick(CLOSES)
    after = CLOSES + timedelta(hours=1)
    assert triage.answer(entry, invited.store, after, actor=CONSOLE) == triage.NotPlaced(
        why="the round is closed; reopen it first"
    )
    assert [each.id for each in queue(invited)] == [entry]


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        (b"From: ", b"From: Eve <eve@elsewhere.test>, ", "several senders"),
        (b"From: ", b"Authentication-Results: mx.test; spf=pass; dmarc=fail header.from=example.test\r\nFrom: ", "confirm"),
        (b"From: ", b"Authentication-Results: mx.test; spf=fail smtp.mailfrom=example.test; dkim=none\r\nFrom: ", "confirm"),
    ],
)  # fmt: skip
def test_what_may_not_be_theirs_is_held(
    invited: Town, server: SmtpServer, before: bytes, after: bytes, why: str
) -> None:
    raw = reply(server, "ana", Typed(inline={1: "2"})).replace(before, after, 1)
    receive(raw, invited.store, TUESDAY)
    assert raw_words(invited, "ana") == {}
    (kept,) = queue(invited)
    assert kept.reason.startswith("held")
    assert why in kept.reason


def test_what_a_server_could_confirm_is_recorded(invited: Town, server: SmtpServer) -> None:
    found = b"Authentication-Results: mx.test; spf=fail; dkim=pass; dmarc=pass\r\nFrom: "
    raw = reply(server, "ana", Typed(inline={1: "2"})).replace(b"From: ", found, 1)
    receive(raw, invited.store, TUESDAY)
    assert raw_words(invited, "ana") == {"rating": "2"}


def test_a_mail_of_someone_erased_belongs_to_nobody(invited: Town, server: SmtpServer) -> None:
    raw = reply(server, "ana", Typed(inline={1: "2"}))
    erase(invited.invitation("ana").participant_id, invited.store, TUESDAY, actor=CONSOLE)
    receive(raw, invited.store, TUESDAY)
    (kept,) = queue(invited)
    assert (kept.participant, kept.round) == ("", "")
    assert kept.text
    assert isinstance(triage.answer(kept.id, invited.store, TUESDAY, actor=CONSOLE, same_person=True), triage.NotPlaced)


def test_an_erased_address_is_not_learnt_again(invited: Town, server: SmtpServer) -> None:
    erase(invited.invitation("cy").participant_id, invited.store, TUESDAY, actor=CONSOLE)
    entry = held(invited, server, Typed(inline={1: "2"}), address="cy@example.test")
    outcome = triage.answer(entry, invited.store, TUESDAY, actor=CONSOLE, same_person=True)
    assert isinstance(outcome, triage.NotPlaced)
    assert "erased" in outcome.why
    assert raw_words(invited, "ana") == {}


def test_after_the_close_the_reason_says_so(invited: Town, server: SmtpServer) -> None:
    raw = reply(server, "ana", Typed(inline={1: "4"}))
    invited.tick(CLOSES)
    receive(raw, invited.store, CLOSES + timedelta(hours=1))
    (kept,) = queue(invited)
    assert kept.reason == "came after the close"
