"""What should not come, comes: a plain page says what happened and what to do, and no word typed is lost."""

import threading
from contextlib import contextmanager
from datetime import timedelta

import pytest

from bot.web.links import seal_form
from surveys.tokens import Purpose, seal
from tests.web.conftest import CLOSED, SECRET, Seen, garden_of

WORDS = "What I wrote <script>alert(1)</script> for an hour"


def send(garden, link, **fields):
    return Seen(garden.app.test_client(use_cookies=False).post(link, data=fields))


def fields_for(garden, who, page, **more):
    token = garden.link(who).rpartition("/")[2]
    return {"_csrf": seal_form(SECRET, token), "_page": page, "_seen": "0", "go": "next", **more}


@pytest.mark.parametrize(
    "token", ["1-aaaaaaaaaaaaaaaaaaaaaaaaaa", "zzzzzzzzzzzz-aaaaaaaaaaaaaaaaaaaaaaaaaa", "x", "1-é"]
)
def test_a_forged_link_opens_nothing_and_gives_the_words_back(garden, token):
    assert Seen(garden.app.test_client().get(f"/f/{token}")).kind == "problem"
    seen = send(garden, f"/f/{token}", _csrf=seal_form("guess", token), _page="plant", plant=WORDS, go="next")
    assert (seen.status, seen.kind) == (404, "problem")
    assert WORDS in seen.words
    assert "<script>" not in seen.reply.get_data(as_text=True)
    assert garden.rows("select count(*) from answers") == [(0,)]


def test_a_token_for_another_purpose_person_or_generation_is_foreign(garden):
    mine, other = garden.invitations["t1"], garden.invitations["t2"]
    entry = seal(SECRET, Purpose.ENTRY, mine, 0)
    older = seal(SECRET, Purpose.ANSWER, mine, 7)
    mixed = f"{other}-" + seal(SECRET, Purpose.ANSWER, mine, 0).partition("-")[2]
    for token in (entry, older, mixed):
        assert Seen(garden.app.test_client().get(f"/f/{token}")).status == 404
        assert send(garden, f"/f/{token}", _csrf=seal_form(SECRET, token), _page="plant", plant="x").status == 404
    assert garden.rows("select count(*) from answers") == [(0,)]


def test_a_post_that_no_page_of_ours_made_is_refused(garden):
    for seal_given in ("", "é", seal_form(SECRET, garden.link("t2").rpartition("/")[2])):
        seen = send(garden, garden.link("t1"), **fields_for(garden, "t1", "plant", plant=WORDS, _csrf=seal_given))
        assert (seen.status, seen.kind) == (403, "problem")
        assert WORDS in seen.words
    seen = send(garden, garden.link("t1") + "/no-thank-you", go="next")
    assert seen.status == 403
    assert garden.disposition("t1") == "pending"
    assert garden.rows("select count(*) from answers") == [(0,)]


def test_a_link_from_before_a_change_of_the_secret_still_works(store, tmp_path):
    from bot.web.app import WebSettings, make_app

    garden = garden_of(store, tmp_path)
    garden.app = make_app(store, WebSettings(public_url="http://x", secrets=("the new one", SECRET)), garden.clock)
    visitor = garden.person("t1")
    assert visitor.post(visitor.page("plant"), ("plant", "Leeks")).kind == "question"
    assert garden.rows("select raw from answers") == [("Leeks",)]


def test_an_item_that_is_not_on_the_page_is_kept_apart_and_the_rest_is_saved(garden):
    visitor = garden.person("t1")
    seen = visitor.post(visitor.page("plant"), ("plant", "Leeks"), ("lessons", WORDS), ("no.such", "thing"))
    assert seen.kind == "question"
    assert "does not belong to any question" in seen.words
    assert garden.rows("select item, raw from answers") == [("plant", "Leeks")]
    [(reason, text)] = garden.rows("select reason, text from triage")
    assert reason == "it belongs to no question put to this person"
    assert WORDS in text


def test_a_page_that_is_no_longer_put_is_kept_apart_whole(garden):
    visitor = garden.person("t1")
    visitor.post(visitor.page("came"), ("came", "yes"))
    old = visitor.page("parts")
    visitor.post(visitor.page("came"), ("came", "no"))
    seen = visitor.post(old, ("parts", "pond"), ("enjoyed", "4"))
    assert "does not belong to any question" in seen.words
    assert garden.rows("select count(*) from answers where item in ('parts', 'enjoyed')") == [(0,)]
    assert "pond" in str(garden.rows("select text from triage"))


@pytest.mark.parametrize("page", ["", "no-such-page", "'; drop table answers", "lessons"])
def test_a_page_that_does_not_exist_loses_nothing(garden, page):
    seen = send(garden, garden.link("t1"), **fields_for(garden, "t1", page, plant=WORDS))
    assert seen.status == 303
    assert WORDS in str(garden.rows("select text from triage"))


def test_five_megabytes_in_a_field_are_shown_back_with_the_limit(garden):
    visitor = garden.person("t1")
    visitor.post(visitor.page("came"), ("came", "no"))
    much = "moss " * 1_000_000
    seen = visitor.post(visitor.page("disappointed"), ("disappointed", much))
    assert (seen.status, seen.kind) == (200, "question")
    assert "100,000" in seen.soup.select_one(".errors").get_text()
    assert seen.soup.select_one("textarea[name=disappointed]").get_text().strip() == much.strip()
    assert garden.rows("select count(*) from answers where item = 'disappointed'") == [(0,)]


def test_more_than_eight_megabytes_are_refused_with_what_to_do(garden):
    seen = send(garden, garden.link("t1"), **fields_for(garden, "t1", "plant", plant="x" * (8 * 1024 * 1024 + 1)))
    assert (seen.status, seen.kind) == (413, "problem")
    assert "Back button" in seen.words


def test_the_same_page_twice_is_saved_once(garden):
    visitor = garden.person("t1")
    page = visitor.page("plant")
    assert visitor.post(page, ("plant", "Leeks")).key == "plant_why"
    assert visitor.post(page, ("plant", "Leeks")).key == "plant_why"
    assert garden.rows("select count(*) from answers") == [(1,)]


def test_two_windows_lose_nothing(garden):
    visitor = garden.person("t1")
    visitor.post(visitor.page("plant"), ("plant", "Leeks"))
    old, new = visitor.page("plant"), visitor.page("plant")
    visitor.post(new, ("plant", "Leeks and chard"))
    seen = visitor.post(old, ("plant", ""))
    assert "newer words from another window" in seen.words
    assert visitor.page("plant").soup.select_one("input[name=plant]")["value"] == "Leeks and chard"
    seen = visitor.post(old, ("plant", "Only onions"))
    assert "changed in another window" in seen.words
    assert garden.rows("select raw from answers order by revision") == [
        ("Leeks",),
        ("Leeks and chard",),
        ("Only onions",),
    ]


def test_two_windows_on_a_page_never_answered_before(garden):
    visitor = garden.person("t1")
    old, new = visitor.page("plant"), visitor.page("plant")
    visitor.post(new, ("plant", "Leeks"))
    visitor.post(old, ("plant", "  "))
    assert garden.rows("select raw from answers") == [("Leeks",)]


def test_after_the_close_the_words_are_kept_and_shown_back(garden):
    visitor = garden.person("t1")
    page = visitor.page("plant")
    garden.clock.now = CLOSED
    seen = visitor.post(page, ("plant", WORDS))
    assert seen.kind == "closed"
    assert WORDS in seen.words
    assert "garden@example.org" in seen.words
    assert "It is kept whole" in seen.words
    assert garden.rows("select count(*) from answers") == [(0,)]
    assert garden.rows("select reason, json_extract(fields, '$.plant') from triage") == [
        ("came after the close", WORDS)
    ]
    assert visitor.post(page, ("plant", "  ")).kind == "closed"
    assert garden.rows("select count(*) from triage") == [(1,)]


def test_the_last_second_counts(garden):
    visitor = garden.person("t1")
    page = visitor.page("plant")
    garden.clock.now = CLOSED - timedelta(seconds=1)
    assert visitor.post(page, ("plant", "Leeks")).kind == "question"


@contextmanager
def writing_elsewhere(garden):
    """Another program holds the database meanwhile."""
    held, release = threading.Event(), threading.Event()

    def hold():
        with garden.store.writing():
            held.set()
            release.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(5)
    try:
        yield
    finally:
        release.set()
        thread.join()


def test_a_tap_while_the_database_is_busy_speaks_of_no_words(garden):
    visitor = garden.person("t1")
    page = visitor.open(f"{visitor.link}/no-thank-you")
    with writing_elsewhere(garden):
        seen = visitor.post(page)
    assert (seen.status, seen.kind) == (503, "problem")
    assert "nothing was stored" in seen.words
    assert "words are below" not in seen.words
    form = seen.soup.select_one("form[data-form=retry]")
    again = {each["name"]: each["value"] for each in form.select("input[type=hidden]")}
    garden.app.test_client().post(form["action"], data=again)
    assert garden.disposition("t1") == "declined"


@pytest.mark.parametrize("sign", [".", ",", ")", ">", ").", "?!", "”", "%3E"])
def test_a_link_that_took_the_end_of_its_sentence_along_leads_on(garden, sign):
    visitor = garden.person("t1")
    for way in ("", "/no-thank-you"):
        answer = garden.app.test_client().get(f"{visitor.link}{way}{sign.replace('?', '%3F')}")
        assert (answer.status_code, answer.headers["Location"]) == (302, f"{visitor.link}{way}")
    assert visitor.open(visitor.link).kind == "question"


@pytest.mark.parametrize("path", ["//elsewhere.test/f/x.", "/..", "/f/.", "/x."])
def test_no_other_address_is_led_anywhere(garden, path):
    answer = garden.app.test_client().get("/", environ_overrides={"PATH_INFO": path})
    assert answer.status_code == 404


def test_a_busy_database_gives_the_words_back_with_a_button_that_sends_them_again(garden):
    visitor = garden.person("t1")
    page = visitor.page("plant")
    with writing_elsewhere(garden):
        seen = visitor.post(page, ("plant", WORDS))
    assert (seen.status, seen.kind) == (503, "problem")
    assert WORDS in seen.words
    assert garden.rows("select count(*) from answers") == [(0,)]
    form = seen.soup.select_one("form[data-form=retry]")
    again = {each["name"]: each["value"] for each in form.select("input[type=hidden]")}
    assert Seen(garden.app.test_client().post(form["action"], data=again)).status == 303
    assert garden.rows("select raw from answers") == [(WORDS,)]


def test_unreadable_signs_are_refused_with_words(garden):
    visitor = garden.person("t1")
    seen = visitor.post(visitor.page("plant"), ("plant", "one\x00two"))
    assert seen.kind == "question"
    assert "can't be kept" in seen.soup.select_one(".errors").get_text()


def test_an_option_that_is_not_offered_is_refused(garden):
    visitor = garden.person("t1")
    seen = visitor.post(visitor.page("came"), ("came", "perhaps"))
    assert "is not one of the answers" in seen.soup.select_one(".errors").get_text()
    assert visitor.open(f"{visitor.link}?set=came:perhaps&page=came&at=nowhere&note=nothing").status == 200


def test_a_round_that_is_not_open_says_so(garden):
    visitor = garden.person("t1")
    for state, words in (
        ("planned", "It opens on Monday 28 April, 9 am"),
        ("held", "not open yet"),
        ("cancelled", "is not taking place"),
    ):
        with garden.store.writing() as tx:
            tx.exec_driver_sql(f"update rounds set state = '{state}'")
        seen = visitor.open()
        assert seen.kind == "closed"
        assert words in seen.words


def test_every_answer_keeps_to_itself(garden):
    visitor = garden.person("t1")
    page = visitor.open()
    for reply in (page.reply, visitor.post(page, ("name", "x")).reply, garden.app.test_client().get("/nowhere")):
        assert reply.headers["Cache-Control"] == "no-store"
        assert reply.headers["Referrer-Policy"] == "no-referrer"
        assert "noindex" in reply.headers["X-Robots-Tag"]
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in reply.headers
        policy = reply.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script" not in policy
        assert "unsafe" not in policy
    html = page.reply.get_data(as_text=True)
    assert "<script" not in html
    assert " style=" not in html
    for sheet in page.soup.select("link[rel=stylesheet]"):
        reply = garden.app.test_client().get(sheet["href"])
        assert reply.status_code == 200
        assert "immutable" in reply.headers["Cache-Control"]
    assert garden.app.test_client().get("/assets/0/soundings.css").status_code == 404


def test_a_fault_of_ours_is_a_page_and_tells_the_log_no_address(garden, caplog):
    garden.app.testing = False
    with garden.store.writing() as tx:
        tx.exec_driver_sql("update instruments set definition = '{}', digest = 'spoilt'")
    seen = garden.person("t1").open()
    assert (seen.status, seen.kind) == (500, "problem")
    assert garden.link("t1").rpartition("/")[2] not in caplog.text


def test_pages_under_a_path_of_a_shared_server(store, tmp_path):
    from bot.web.app import WebSettings, make_app

    garden = garden_of(store, tmp_path)
    settings = WebSettings(public_url="https://example.org/voices/", secrets=(SECRET,))
    garden.app = make_app(store, settings, garden.clock)
    for before in ("/voices", ""):
        seen = Seen(garden.app.test_client().get(before + garden.link("t1")))
        assert seen.status == 200
        assert seen.soup.form["action"].startswith("/voices/f/")
        assert seen.soup.link["href"].startswith("/voices/assets/")


def test_someone_else_gets_back_what_they_typed_before_they_said_so(garden):
    visitor = garden.person("t1")
    page = visitor.open()
    seen = visitor.post(page, ("_as", "else"), ("years", "7"))
    assert seen.heading == "Who should answer instead?"
    assert "It stands below" in seen.words
    assert [each.get_text() for each in seen.soup.select("pre.typed")] == ["7"]
    assert garden.rows("select count(*) from answers") == [(0,)]
    assert "will be asked instead" in visitor.post(seen, ("_name", "Nia"), ("_email", "nia@elsewhere.test")).words
    plain = garden.person("t3").post(garden.person("t3").open(), ("_as", "else"))
    assert plain.heading == "Who should answer instead?"
    assert not plain.soup.select("pre.typed")


def test_what_a_voice_said_is_kept_where_its_page_is_no_longer_asked(garden):
    said = {"_voice.neighbour.disappointed": WORDS}
    seen = send(garden, garden.link("t1"), **fields_for(garden, "t1", "disappointed", **said))
    assert seen.status == 303
    [(text,)] = garden.rows("select text from triage")
    assert WORDS in str(text)


def test_what_a_voice_said_is_kept_and_shown_back_after_the_close(garden):
    garden.clock.now = CLOSED + timedelta(minutes=1)
    both = {"plant_why": WORDS, "_voice.neighbour.plant_why": "Fewer slugs"}
    seen = send(garden, garden.link("t1"), **fields_for(garden, "t1", "plant_why", **both))
    assert seen.kind == "closed"
    assert {each.get_text() for each in seen.soup.select("pre.typed")} == {WORDS, "Fewer slugs"}
    [(text,)] = garden.rows("select text from triage")
    assert WORDS in str(text)
    assert "Fewer slugs" in str(text)
