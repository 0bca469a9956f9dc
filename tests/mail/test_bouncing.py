"""Mail that could not be delivered for now: an invitation is tried again, and given up after days."""

from datetime import datetime, timedelta

from handlers.mail_in import receive
from storage.people import participants_of
from surveys.bounces import SoftBounces, is_given_up, next_try, one_more
from surveys.dispositions import Disposition
from tests.fakes.smtp_server import SmtpServer
from tests.mail.arrivals import bounced, queue, reply
from tests.mail.typed import Typed
from tests.schedules.town import Town, at

TUESDAY = at("2024-11-26 10:00")


def again(server: SmtpServer, person: str, count: int) -> bytes:
    """One more bounce of the same mail, which is another message."""
    return bounced(server, person, "4.2.2").replace(b"reply-of-jane", b"bounce-%d" % count)


def bad(town: Town, person: str) -> str:
    with town.store.reading() as tx:
        people = {each.key: each for each in participants_of(tx, town.round().programme_id)}
    return people[person].addresses[0].bad


def test_an_invitation_is_sent_again_under_its_own_id(invited: Town, server: SmtpServer) -> None:
    (first,) = server.to("cy@example.test")
    receive(again(server, "cy", 1), invited.store, TUESDAY)
    invited.tick(TUESDAY + timedelta(hours=1))
    assert len(server.to("cy@example.test")) == 1
    invited.tick(TUESDAY + timedelta(hours=4))
    invited.tick(TUESDAY + timedelta(hours=5))
    _, second = server.to("cy@example.test")
    assert second.message["Message-ID"] == first.message["Message-ID"]
    assert "sent again" in queue(invited)[0].reason


def test_a_mailbox_that_stays_full_is_given_up_after_days(invited: Town, server: SmtpServer) -> None:
    moment = TUESDAY
    for count in range(6):
        receive(again(server, "cy", count), invited.store, moment)
        moment += timedelta(days=1)
        invited.tick(moment)
        if bad(invited, "cy"):
            break
    assert 3 <= count < 5
    assert len(server.to("cy@example.test")) <= 5
    assert invited.invitation("cy").disposition is Disposition.UNDELIVERABLE


def test_the_next_address_is_used_once_the_first_is_given_up(invited: Town, server: SmtpServer) -> None:
    for count in range(4):
        moment = TUESDAY + timedelta(days=count)
        receive(again(server, "bo", count), invited.store, moment)
        invited.tick(moment + timedelta(hours=1))
    assert bad(invited, "bo")
    assert [mail.kind for mail in server.to("bo@home.test")] == ["invitation"]


def test_whoever_writes_has_a_mailbox_that_works(invited: Town, server: SmtpServer) -> None:
    answer = reply(server, "cy", Typed(top="3. yes"))
    for count in range(3):
        receive(again(server, "cy", count), invited.store, TUESDAY + timedelta(days=count))
    receive(answer, invited.store, TUESDAY + timedelta(days=3))
    receive(again(server, "cy", 9), invited.store, TUESDAY + timedelta(days=4))
    assert not bad(invited, "cy")


def row(*days: float) -> tuple[SoftBounces, datetime]:
    bounces, moment = SoftBounces(), TUESDAY
    for day in days:
        moment = TUESDAY + timedelta(days=day)
        bounces = one_more(bounces, moment)
    return bounces, moment


def test_many_in_an_hour_are_one_bad_hour() -> None:
    assert not is_given_up(*row(0, 0.01, 0.02, 0.03, 0.04))
    assert is_given_up(*row(0, 0.2, 1, 3))
    assert not is_given_up(*row(0, 40, 80, 120))


def test_tries_end() -> None:
    bounces, moment = row(0)
    assert next_try(bounces, moment) == TUESDAY + timedelta(hours=4)
    assert next_try(*row(0, 0.2, 1, 2)) is None
