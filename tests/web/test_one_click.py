"""What a mail program's own button to stop mails does (RFC 8058): a bare post, without cookie, page or seal."""

from __future__ import annotations

import pytest

from tests.web.conftest import CLOSED, Garden, Seen

BODY = {"List-Unsubscribe": "One-Click"}


def press(garden: Garden, link: str, **how: object) -> Seen:
    client = garden.app.test_client(use_cookies=False)
    return Seen(client.post(f"{link}/stop", data=BODY, **how))  # type: ignore[arg-type]


def stopped(garden: Garden) -> list[tuple[object, ...]]:
    return garden.rows("select participant_id, round_id from opt_outs")


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_the_button_stops_the_whole_programme(garden: Garden, kind: str) -> None:
    seen = press(garden, garden.link("t1"), content_type=kind)
    assert seen.status == 200
    assert "no more messages from The garden at Hollow Lane" in seen.words
    assert stopped(garden) == [(garden.participants["t1"], None)]
    assert garden.disposition("t1") == "declined"
    # Mail programs may press it twice.
    assert press(garden, garden.link("t1")).status == 200
    assert len(stopped(garden)) == 1
    line = garden.rows("select actor, what from audit_lines where what = 'person opted out'")
    assert line == [(f"participant:{garden.participants['t1']}", "person opted out")]


def test_looking_at_its_address_changes_nothing_and_offers_this_round_only(garden: Garden) -> None:
    client = garden.app.test_client(use_cookies=False)
    assert client.head(f"{garden.link('t1')}/stop").status_code == 200
    seen = garden.person("t1").open(f"{garden.link('t1')}/stop")
    assert seen.soup.select_one("input[name=_scope][value=round]") is not None
    assert seen.soup.select_one("input[name=_scope][value=programme]") is not None
    assert stopped(garden) == []
    # Link scanners that follow it with what stands in the header as a query do no harm either.
    assert client.get(f"{garden.link('t1')}/stop", query_string=BODY).status_code == 200
    assert stopped(garden) == []


def test_it_works_after_the_close(garden: Garden) -> None:
    garden.clock.now = CLOSED
    assert press(garden, garden.link("t1")).status == 200
    assert len(stopped(garden)) == 1


@pytest.mark.parametrize("way", ["not-me", "joint-return", "no-thank-you", "later", "someone-else"])
def test_no_other_act_is_done_without_its_page(garden: Garden, way: str) -> None:
    client = garden.app.test_client(use_cookies=False)
    client.post(f"{garden.link('t1')}/{way}", data=BODY)
    assert stopped(garden) == []
    assert garden.disposition("t1") == "pending"
    assert garden.rows("select count(*) from dispositions") == [(0,)]


def test_a_link_that_is_not_ours_stops_nobody(garden: Garden) -> None:
    link = garden.link("t1")
    assert press(garden, link[:-3] + "xyz").status == 404
    assert press(garden, link.replace("/f/", "/e/")).status == 404
    assert stopped(garden) == []


@pytest.mark.parametrize("said", ["", "one-click", "Yes"])
def test_another_body_is_no_button(garden: Garden, said: str) -> None:
    client = garden.app.test_client(use_cookies=False)
    client.post(f"{garden.link('t1')}/stop", data={"List-Unsubscribe": said})
    assert stopped(garden) == []
