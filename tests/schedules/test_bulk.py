"""From 501 people on a round's mails can be stopped by the mail program itself; up to 500 they can't, on purpose."""

from __future__ import annotations

from datetime import timedelta

from tests.fakes.smtp_server import SmtpServer
from tests.schedules.town import OPENS, Town

MANY = 500


def test_only_a_round_of_more_than_500_people_is_bulk(town: Town, server: SmtpServer) -> None:
    town.people = tuple(f"p{number}" for number in range(MANY))
    town.load()
    assert town.tick(OPENS).sent == {"invitation": MANY}
    assert not [mail for mail in server.taken if mail.message["List-Unsubscribe"]]
    server.clear()
    town.people = (*town.people, "late")
    town.import_panel(OPENS + timedelta(hours=1))
    assert town.tick(OPENS + timedelta(hours=2)).sent == {"invitation": 1}
    (mail,) = server.taken
    assert mail.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = str(mail.message["List-Unsubscribe"]).strip("<>")
    assert link in mail.text
    assert link.endswith("/stop")
