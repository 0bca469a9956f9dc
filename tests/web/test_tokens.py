"""A token that is not the right one opens nothing, on any route: one page for all, nothing written, nothing logged."""

import logging
import re

import pytest

from bot.web.app import WebSettings, make_app
from bot.web.links import WAYS, seal_form
from surveys.tokens import Purpose, seal
from tests.web.conftest import SECRET, Seen, garden_of

NEW, OLD, ELSEWHERE = "the key after a change of keys, long", SECRET, "the key of another installation, long"


def forged(garden):
    """By kind of forgery: tokens that must open nothing on `/f/…`, and those for `/e/…`."""
    number, other = garden.invitations["t1"], garden.invitations["t2"]
    good = seal(SECRET, Purpose.ANSWER, number, 0)
    head, _, tail = good.partition("-")
    theirs = seal(SECRET, Purpose.ANSWER, other, 0)
    return {
        "one letter off": f"{head}-{'b' if tail[0] != 'b' else 'c'}{tail[1:]}",
        "cut off": good[:-1],
        "made longer": good + "a",
        "another's number before one's own seal": f"{theirs.partition('-')[0]}-{tail}",
        "no such invitation": seal(SECRET, Purpose.ANSWER, 10**6, 0),
        "a number beyond the database's": f"zzzzzzzzzzzz-{tail}",
        "of another installation": seal(ELSEWHERE, Purpose.ANSWER, number, 0),
        "of a generation to come": seal(SECRET, Purpose.ANSWER, number, 1),
        "a form's own purpose": seal(SECRET, Purpose.FORM, number, 0),
        "no token at all": "hello",
        "what a mail is correlated by": garden.rows(f"select mail_token from invitations where id = {number}")[0][0],
        "what stands at a mail's end": garden.rows(f"select reference from invitations where id = {number}")[0][0],
        "not even letters": "%00%ff-%2e%2ex",
    }


def routes(app):
    """Every route of the application that takes a token, with every reason, as (method, path with `{}`)."""
    found = []
    for rule in app.url_map.iter_rules():
        if "token" not in rule.arguments:
            continue
        paths = [re.sub(r"<(?:[^:>]*:)?token>", "{}", rule.rule)]
        for name in rule.arguments - {"token"}:
            values = {"kind": ("f", "e"), "way": WAYS}[name]
            paths = [re.sub(rf"<(?:[^:>]*:)?{name}>", value, path) for path in paths for value in values]
        methods = sorted(rule.methods - {"OPTIONS"})
        found += [(method, path) for path in paths for method in methods]
    return found


def snapshot(garden):
    tables = [name for (name,) in garden.rows("select name from sqlite_master where type = 'table'")]
    return {name: garden.rows(f'select * from "{name}"') for name in tables}


def refused(app, method, path, token):
    fields = {"_csrf": seal_form(SECRET, str(token)), "came": "no", "_page": "came", "_at": "", "go": "next"}
    client = app.test_client(use_cookies=False)
    return client.open(path.format(token), method=method, data=fields if method == "POST" else None)


def plain(reply):
    """A refusal's page without what was typed, which comes back to whoever typed it."""
    seen = Seen(reply)
    for typed in seen.soup.select("pre.typed, dl, details, h2"):
        typed.decompose()
    return seen.words


def test_every_route_refuses_every_forgery_alike(garden, caplog):
    caplog.set_level(logging.DEBUG)
    before, walked = snapshot(garden), routes(garden.app)
    assert len(walked) >= 20
    pages = {}
    for method, path in walked:
        entry = path.startswith("/e/")
        for kind, token in forged(garden).items():
            reply = refused(garden.app, method, path, _for_entry(garden, kind, token) if entry else token)
            assert reply.status_code == 404, (method, path, kind)
            assert "Set-Cookie" not in reply.headers
            assert reply.headers["Referrer-Policy"] == "no-referrer"
            if method != "HEAD":
                # A link to confirm something says how to get another one; it is no form's.
                pages.setdefault((method, path.startswith("/r/")), set()).add(plain(reply))
    assert [len(found) for found in pages.values()] == [1] * len(pages), pages
    assert "This link does not work" in pages["GET", False].pop()
    assert snapshot(garden) == before
    assert not [
        record for record in caplog.records if record.name.startswith(("bot", "werkzeug", "storage", "handlers"))
    ]


def _for_entry(garden, kind, token):
    """The same forgery for an organiser's entry link, where its purpose makes a difference."""
    number = garden.invitations["t1"]
    if kind == "a form's own purpose":
        return seal(SECRET, Purpose.ANSWER, number, 0)
    return token


def test_a_persons_link_enters_nothing_and_an_entry_link_answers_nothing(garden):
    answer, entry = garden.link("t1"), garden.link("t1", Purpose.ENTRY)
    for link in (answer.replace("/f/", "/e/"), entry.replace("/e/", "/f/")):
        for method in ("GET", "POST"):
            assert refused(garden.app, method, "{}", link).status_code == 404
        for way in WAYS:
            assert refused(garden.app, "GET", "{}/" + way, link).status_code == 404
            assert refused(garden.app, "POST", "{}/" + way, link).status_code == 404
    assert garden.disposition("t1") == "pending"


@pytest.mark.parametrize("purpose", list(Purpose)[:2])
def test_an_older_generation_is_over(garden, purpose):
    link = garden.link("t1", purpose)
    column = "entry_generation" if purpose is Purpose.ENTRY else "generation"
    # Two steps: the last entry link but one gets a page that says it was used, and writes nothing either.
    with garden.store.writing() as tx:
        tx.exec_driver_sql(f"update invitations set {column} = {column} + 2")
    before = snapshot(garden)
    for method in ("GET", "POST"):
        assert refused(garden.app, method, "{}", link).status_code == 404
    assert snapshot(garden) == before
    assert garden.person("t1", purpose).open().status == 200, "the newest one works"


def test_links_of_the_key_before_are_good_until_it_is_taken_out(garden):
    old = garden.link("t1")

    def open_with(*secrets):
        app = make_app(garden.store, WebSettings(public_url="http://127.0.0.1:8080", secrets=secrets), garden.clock)
        return app, Seen(app.test_client(use_cookies=False).get(f"{old}?page=came"))

    app, seen = open_with(NEW, OLD)
    assert (seen.status, seen.kind) == (200, "question")
    sent = app.test_client(use_cookies=False).post(old, data={**dict(seen.hidden()), "came": "no", "go": "next"})
    assert sent.status_code == 303
    assert garden.rows("select count(*) from answers where item = 'came'") == [(1,)]
    app, seen = open_with(NEW)
    assert (seen.status, seen.kind) == (404, "problem")
    before = snapshot(garden)
    for method, path in routes(app):
        token = old.rpartition("/")[2]
        assert refused(app, method, path, token).status_code == 404
    assert snapshot(garden) == before


def test_a_post_needs_a_page_of_ours_for_this_very_link(garden):
    before = snapshot(garden)
    mine, theirs = garden.link("t1"), garden.link("t2").rpartition("/")[2]
    for seal_given in ("", "0" * 32, seal_form(SECRET, theirs), seal_form(ELSEWHERE, mine.rpartition("/")[2])):
        client = garden.app.test_client(use_cookies=False)
        reply = client.post(mine, data={"_csrf": seal_given, "_page": "came", "came": "no", "go": "next"})
        assert reply.status_code == 403
        for way in WAYS:
            assert client.post(f"{mine}/{way}", data={"_csrf": seal_given}).status_code == 403
    assert snapshot(garden) == before


def test_an_entry_link_that_has_done_its_work_names_nobody(garden):
    organiser = garden.person("t1", Purpose.ENTRY)
    seen = organiser.post(organiser.page("came"), ("came", "no"))
    done = organiser.post(organiser.open(f"{organiser.link}?at=review"))
    assert done.kind == "done", seen.words
    again = organiser.open()
    assert (again.status, again.kind) == (200, "done")
    assert "Ines" not in again.reply.get_data(as_text=True)
    assert organiser.open(garden.link("t1", Purpose.ENTRY)).status == 200, "the next one opens the form again"


@pytest.mark.parametrize("mode", ["confidential", "unlinked"])
def test_opening_a_good_link_changes_nothing_on_any_route(store, tmp_path, mode):
    """Link scanners fetch whatever they find, with whatever stands behind it."""
    garden = garden_of(store, tmp_path, mode=mode)
    before = snapshot(garden)
    client, opened = garden.app.test_client(use_cookies=False), 0
    for method, path in routes(garden.app):
        if method == "POST":
            continue
        purpose = Purpose.ENTRY if path.startswith("/e/") else Purpose.ANSWER
        token = garden.link("t1", purpose).rpartition("/")[2]
        for query in ("", "?set=came:no&at=review&go=next&_scope=programme&_day=2025-05-01", "?back=1&page=came"):
            status = client.open(path.format(token) + query, method=method).status_code
            assert status in {200, 404}, (method, path, status)
            opened += status == 200
    assert opened >= 30
    assert snapshot(garden) == before
