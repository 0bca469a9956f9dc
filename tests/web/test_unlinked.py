"""An unlinked round: whether someone answered and what was answered can't be brought together."""

import json

from channels.form.words import Words
from tests.web.conftest import CLOSED, garden_of
from tests.web.test_form import everything


def dump(garden):
    """Every row of every table that a return could have touched, as text."""
    tables = [name for (name,) in garden.rows("select name from sqlite_master where type = 'table'")]
    return {name: garden.rows(f"select * from {name}") for name in tables}


def test_one_page_in_one_go(unlinked_garden):
    garden = unlinked_garden
    visitor = garden.person("t1")
    seen = visitor.open()
    assert seen.kind == "question"
    names = {each.get("name") for each in seen.soup.select("form input, form textarea")}
    assert {"came", "plant", "plant_why", "hours"} <= names
    assert not {"name", "mail", "organisation", "part", "talk", "_as"} & names, "nothing asks who answers"
    assert not any(name.startswith("_quote.") for name in names)
    assert "We can see whether you answered. Your answers are kept apart from your name" in seen.words
    assert "But fewer than 10 people are asked" in seen.words, "three people can't be promised as much as ten"
    assert "not what" not in seen.words
    assert "Save and finish later" not in seen.words
    before = dump(garden)
    seen = visitor.post(seen, *everything(seen))
    assert seen.kind == "done", seen.words
    assert garden.disposition("t1") == "complete"
    after = dump(garden)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"unlinked_returns", "invitations", "dispositions"}
    [(at,)] = garden.rows("select at from dispositions")
    assert str(at).startswith("2025-04-28 08:00"), "the round's opening, not when it came"
    [(number, answers, area, perspectives)] = garden.rows(
        "select id, answers, area, perspectives from unlinked_returns"
    )
    assert len(str(number)) == 32
    assert json.loads(str(answers))["plant"] == "On plant <b>&"
    assert (area, perspectives) == (None, "[]"), "three people are fewer than ten"


def test_nothing_of_it_is_shown_or_changed_afterwards(unlinked_garden):
    visitor = unlinked_garden.person("t1")
    page = visitor.open()
    visitor.post(page, ("came", "no"), ("plant", "A quince"))
    seen = visitor.open()
    assert seen.kind == "done"
    assert "quince" not in seen.words
    assert not seen.soup.select("form, .line a")
    assert visitor.post(page, ("came", "no"), ("plant", "Another")).kind == "done"
    assert unlinked_garden.rows("select count(*) from unlinked_returns") == [(1,)]


def test_what_is_missing_is_said_and_nothing_is_drafted(unlinked_garden):
    visitor = unlinked_garden.person("t1")
    seen = visitor.post(visitor.open(), ("plant", "A quince"))
    assert seen.kind == "question"
    assert seen.soup.select_one("input[name=plant]")["value"] == "A quince"
    assert [each["href"] for each in seen.soup.select(".errors a")] == ["#came"]
    assert unlinked_garden.rows("select count(*) from unlinked_returns") == [(0,)]
    assert unlinked_garden.rows("select count(*) from answers") == [(0,)]
    # What the answers themselves leave out is not needed, and not kept.
    visitor.post(seen, ("came", "no"), ("plant", "A quince"), ("enjoyed", "3"), ("name", "Ines"))
    [(answers,)] = unlinked_garden.rows("select answers from unlinked_returns")
    assert json.loads(str(answers)) == {"came": "no", "plant": "A quince"}


def test_area_and_role_stay_where_enough_people_share_them(store, tmp_path):
    garden = garden_of(store, tmp_path, mode="unlinked", min_group=1)
    visitor = garden.person("t2")
    assert "We can see whether you answered, not what" in visitor.open().words
    visitor.post(visitor.open(), ("came", "no"))
    assert garden.rows("select area, perspectives from unlinked_returns") == [("hollow-lane", '["school"]')]


def test_after_the_close_nothing_is_kept_beside_the_person(unlinked_garden):
    visitor = unlinked_garden.person("t1")
    page = visitor.open()
    unlinked_garden.clock.now = CLOSED
    seen = visitor.post(page, ("came", "no"), ("plant", "A quince"))
    assert seen.kind == "closed"
    assert "A quince" in seen.words
    assert "was not stored" in seen.words
    assert unlinked_garden.rows("select count(*) from triage") == [(0,)]
    assert unlinked_garden.rows("select count(*) from unlinked_returns") == [(0,)]


def test_a_second_sending_is_not_stored_and_comes_back(unlinked_garden):
    garden = unlinked_garden
    visitor = garden.person("t1")
    page = visitor.open()
    visitor.post(page, ("came", "no"), ("plant", "A quince"))
    seen = visitor.post(page, ("came", "no"), ("plant", "Two medlars"))
    assert seen.kind == "done"
    assert "Nothing has been added" in seen.words
    assert "Two medlars" in [each.get_text() for each in seen.soup.select("pre.typed")]
    assert garden.rows("select count(*) from unlinked_returns") == [(1,)]
    assert "medlars" not in str(dump(garden))


def test_what_is_put_to_a_role_is_asked_only_where_the_role_may_be_kept(store, tmp_path):
    """An answer to a question for schools says that a school gave it."""
    (tmp_path / "few").mkdir()
    few = garden_of(store, tmp_path / "few", mode="unlinked", min_group=2)
    names = {each.get("name") for each in few.person("t2").open().soup.select("form input, form textarea")}
    assert "lessons" not in names
    posted = few.person("t2")
    posted.post(posted.open(), ("came", "no"), ("lessons", "Weighing beans"))
    [(answers,)] = few.rows("select answers from unlinked_returns")
    assert json.loads(str(answers)) == {"came": "no"}


def test_where_the_role_may_be_kept_its_questions_are_asked(store, tmp_path):
    enough = garden_of(store, tmp_path, mode="unlinked", min_group=1)
    names = {each.get("name") for each in enough.person("t2").open().soup.select("form input, form textarea")}
    assert "lessons" in names


def test_welsh_says_too_that_few_are_asked():
    english, welsh = Words("en-GB"), Words("cy")
    for key in ("sees_unlinked_few", "sees_confidential_few"):
        assert "10" in welsh(key, number=10)
        assert welsh(key, number=10) != english(key, number=10)


def test_a_return_leaves_nothing_in_the_log(unlinked_garden):
    garden = unlinked_garden
    visitor = garden.person("t1")
    visitor.post(visitor.open(), ("came", "no"), ("plant", "A quince"))
    log = garden.store.path.with_name(f"{garden.store.path.name}-wal")
    assert log.stat().st_size == 0
    assert b"A quince" in garden.store.path.read_bytes()
