"""Answering on the web: one page at a time, saved on every page, back by the same link, changed until the close."""

from datetime import timedelta

from storage.rounds import mark_closed
from surveys.tokens import Purpose
from tests.web.conftest import CLOSED, OPENED, garden_of


def everything(seen):
    """An answer to every field of the page."""
    fields = []
    for control in seen.soup.select("form[data-form=answer] input, form[data-form=answer] textarea"):
        name, kind = control.get("name", ""), control.get("type", "area")
        if kind == "hidden" or name.startswith("_") or (kind == "radio" and name in dict(fields)):
            continue
        fixed = {"radio": control.get("value"), "checkbox": control.get("value"), "date": "2025-01-15"}
        fields.append((name, fixed.get(kind) or (control.get("min") or "3" if kind == "number" else f"On {name} <b>&")))
    return fields


def test_the_first_page_says_who_asks_why_how_long_until_when_and_who_sees_what(garden):
    seen = garden.person("t1").open()
    assert seen.status == 200
    assert seen.kind == "question"
    assert seen.heading == "After the open day"
    for words in (
        "Dear Ines, you helped with The garden at Hollow Lane",
        "Odette Marsh, for The garden at Hollow Lane",
        "Friday 9 May, 5 pm",
        "a code stands in place of your name",
        "groups of at least 10 people",
        "You are answering as Ines Calloway",
        "Questions 1 to 6 of 21",
    ):
        assert words in seen.words
    assert seen.soup.select_one("input[name=_as][checked]")["value"] == "me"
    assert seen.soup.select_one("input[name=name]")["value"] == "Ines Calloway"
    assert seen.soup.select_one("footer a")["href"] == "/privacy/feature-tour"
    ways = [each["href"].rpartition("/")[2] for each in seen.soup.select(".ways a")]
    assert ways == ["not-me", "someone-else", "joint-return", "later", "no-thank-you", "stop"]


def test_looking_changes_nothing(garden):
    before = garden.rows("select count(*) from responses"), garden.disposition("t1")
    visitor = garden.person("t1")
    for path in ("", "?at=review", "?at=later", "?page=came", "?set=came:yes", "/not-me", "/later", "/stop"):
        assert visitor.open(visitor.link + path).status == 200
        assert garden.app.test_client().head(visitor.link + path).status_code == 200
    assert (garden.rows("select count(*) from responses"), garden.disposition("t1")) == before


def test_from_the_first_page_to_the_receipt(garden):
    visitor = garden.person("t1")
    seen, keys = visitor.open(), []
    while seen.kind == "question":
        keys.append(seen.key)
        assert len(keys) < 30, seen.words
        seen = visitor.post(seen, *everything(seen))
    assert keys[:4] == ["welcome", "voices", "came", "parts"]
    assert "lessons" not in keys, "the school's question was put to a grower"
    assert seen.kind == "review"
    assert garden.disposition("t1") == "partial"
    assert "On tools <b>&" in seen.words
    seen = visitor.post(seen)
    assert seen.kind == "done"
    assert "The garden committee reads everything" in seen.words
    assert garden.disposition("t1") == "complete"
    assert garden.rows("select key, state from deliveries") == [("feature-tour/tour-2025/t1/receipt/1", "queued")]
    assert garden.rows("select count(*) from voices") == [(3,)]
    # The link leads there from now on, and a change is saved at once, without a second receipt.
    assert visitor.open().kind == "done"
    change = next(each["href"] for each in seen.soup.select(".line a") if "page=plant#" in each["href"])
    seen = visitor.post(visitor.open(change), ("plant", "A quince"))
    assert seen.kind == "done"
    assert "Your change is saved" in seen.words
    assert "A quince" in seen.words
    assert garden.rows("select count(*) from deliveries") == [(1,)]
    assert garden.rows("select state from responses") == [("complete",)]


def test_coming_back_opens_the_first_unanswered_page(garden):
    visitor = garden.person("t1")
    assert visitor.post(visitor.open(), ("plain", "x"), ("tools", "y")).kind == "question"
    seen = visitor.post(visitor.open(), ("name", "Ines Calloway"))
    assert seen.key == "voices"
    seen = visitor.post(seen, ("voices.school", "by telephone"))
    assert seen.key == "came"
    assert visitor.open().key == "came"
    first = visitor.page("name")
    assert first.soup.select_one("input[name=name]")["value"] == "Ines Calloway"
    assert "Who asks" not in first.words, "only said before anything is answered"


def test_back_and_later_save_what_stands_there(garden):
    visitor = garden.person("t1")
    visitor.post(visitor.page("came"), ("came", "yes"))
    seen = visitor.post(visitor.page("plant"), ("plant", "Leeks"), go="back")
    assert seen.key == "tools"
    assert visitor.page("plant").soup.select_one("input[name=plant]")["value"] == "Leeks"
    seen = visitor.post(visitor.page("plant"), ("plant", "Chard"), go="later")
    assert seen.heading == "Your answers are saved"
    assert "Friday 9 May, 5 pm" in seen.words
    assert visitor.page("plant").soup.select_one("input[name=plant]")["value"] == "Chard"


def test_routing_and_piping_follow_the_answers(garden):
    visitor = garden.person("t1")
    seen = visitor.post(visitor.page("came"), ("came", "no"))
    assert seen.key == "why_not"
    visitor.post(visitor.page("plant"), ("plant", "{answer.name} <i>beans</i>"))
    seen = visitor.page("plant_why")
    assert seen.heading == "You wrote: {answer.name} <i>beans</i>. Why that?"
    assert "&lt;i&gt;" in seen.reply.get_data(as_text=True)


def test_a_change_from_the_review_leads_back_there_by_way_of_what_is_new(garden):
    visitor = garden.person("t1")
    visitor.post(visitor.page("came"), ("came", "no"))
    seen = visitor.post(visitor.open(f"{visitor.link}?back=1&page=plant"), ("plant", "Leeks"))
    assert seen.key == "plant_why"
    seen = visitor.post(seen, ("plant_why", "They keep"))
    assert seen.kind == "review"


def test_what_is_needed_is_said_at_the_field_and_on_top(garden):
    visitor = garden.person("t1")
    seen = visitor.post(visitor.page("came"))
    assert seen.kind == "question"
    assert seen.soup.title.get_text().startswith("Error: ")
    assert seen.soup.select_one(".errors a")["href"] == "#came"
    assert seen.soup.select_one("#came")["type"] == "radio"
    seen = visitor.post(visitor.open(f"{visitor.link}?at=review"))
    assert seen.kind == "review"
    assert "Did you come to the open day?" in seen.soup.select_one(".errors").get_text()
    assert "page=came" in seen.soup.select_one(".errors a")["href"]
    assert garden.disposition("t1") == "pending"


def test_one_bad_field_keeps_the_words_and_saves_the_others(garden):
    visitor = garden.person("t1")
    seen = visitor.post(
        visitor.open(), ("organisation", "The Allotments"), ("years", "quite a few"), ("last_visit", "soon")
    )
    assert seen.kind == "question"
    assert seen.key == "welcome"
    assert seen.soup.select_one("input[name=years]")["value"] == "quite a few"
    assert seen.soup.select_one("input[name=last_visit]")["value"] == "soon"
    assert [each["href"] for each in seen.soup.select(".errors a")] == ["#years", "#last_visit"]
    assert garden.rows("select item, raw from answers") == [("organisation", "The Allotments")]


def test_a_tap_in_a_message_fills_in_and_no_more(garden):
    seen = garden.person("t1").open(garden.link("t1") + "?set=came:yes")
    assert seen.key == "came"
    assert seen.soup.select_one("input[name=came][value=yes]").has_attr("checked")
    assert garden.rows("select count(*) from answers") == [(0,)]


def test_boxes_can_all_be_unticked(garden):
    visitor = garden.person("t1")
    visitor.post(visitor.page("came"), ("came", "yes"))
    visitor.post(visitor.page("parts"), ("parts", "pond"), ("parts", "beds"), ("enjoyed", "4"))
    ticked = [each["value"] for each in visitor.page("parts").soup.select("input[name=parts][checked]")]
    assert ticked == ["beds", "pond"]
    visitor.post(visitor.page("parts"), ("enjoyed", "4"))
    assert not visitor.page("parts").soup.select("input[name=parts][checked]")


def test_who_typed_is_kept(garden):
    visitor = garden.person("t1")
    visitor.post(visitor.open(), ("_as", "typing"), ("_typist", "Rhona  Pell"), ("organisation", "X"))
    visitor.post(visitor.page("came"), ("came", "yes"))
    assert garden.rows("select typed_by from responses") == [("Rhona Pell",)]
    assert garden.rows("select distinct typed_by from answers") == [("Rhona Pell",)]
    other = garden.person("t2")
    seen = other.post(other.open(), ("_as", "else"), ("organisation", "X"))
    assert seen.heading == "Who should answer instead?"
    assert garden.disposition("t2") == "pending"


def test_consent_to_quote_is_asked_kept_and_withdrawn(garden):
    visitor = garden.person("t1")
    visitor.post(visitor.page("came"), ("came", "yes"))
    visitor.post(visitor.page("plant"), ("plant", "Leeks"))
    seen = visitor.page("plant_why")
    assert seen.soup.select_one("input[name='_quote.plant_why'][checked]")["value"] == "none"
    visitor.post(seen, ("plant_why", "They keep"), ("_quote.plant_why", "name"))
    assert visitor.page("plant_why").soup.select_one("input[name='_quote.plant_why'][checked]")["value"] == "name"
    visitor.post(visitor.page("plant_why"), ("plant_why", "They keep"), ("_quote.plant_why", "none"))
    assert garden.rows("select item, level, text_version, withdrawn_at is null from consents") == [
        ("plant_why", "name", "2", 0)
    ]
    assert garden.rows("select what, after, actor = subject from audit_lines where channel = 'web'") == [
        ("consent to quote changed", '{"plant_why": "none"}', 1)
    ]


def test_a_collated_return_takes_what_each_voice_said(garden):
    visitor = garden.person("t1")
    visitor.post(visitor.page("voices"), ("voices.school", "In a meeting"), ("voices.neighbour", ""))
    visitor.post(visitor.page("came"), ("came", "yes"))
    visitor.post(visitor.page("plant"), ("plant", "Leeks"))
    seen = visitor.page("plant_why")
    assert [each["name"] for each in seen.soup.select("details textarea")] == ["_voice.school.plant_why"]
    visitor.post(seen, ("_voice.school.plant_why", "The children like them"), ("plant_why", "I do"))
    assert garden.rows("select voice, raw from answers where item = 'plant_why' order by voice") == [
        ("", "I do"),
        ("school", "The children like them"),
    ]
    assert "The children like them" in visitor.open(f"{visitor.link}?at=review").words
    assert garden.rows("select perspective, how from voices") == [("school", "In a meeting")]


def test_an_answer_is_taken_back_by_emptying_it(garden):
    visitor = garden.person("t1")
    visitor.post(visitor.page("plant"), ("plant", "Leeks"))
    visitor.post(visitor.page("plant"), ("plant", ""))
    assert garden.rows("select revision, value, raw from answers order by revision") == [
        (1, '"Leeks"', "Leeks"),
        (2, None, ""),
    ]


def test_the_response_knows_which_notice_was_shown(garden):
    visitor = garden.person("t1")
    visitor.post(visitor.page("plant"), ("plant", "Leeks"))
    assert garden.rows("select n.version from responses r join notice_versions n on n.id = r.notice_version_id") == [
        (1,)
    ]


def test_after_the_close_the_answers_are_shown_and_no_more_changed(garden):
    visitor = garden.person("t1")
    visitor.finish()
    garden.clock.now = CLOSED
    seen = visitor.open()
    assert seen.kind == "closed"
    assert "It closed on Friday 9 May, 5 pm" in seen.words
    assert not seen.soup.select(".line a")
    assert not seen.soup.select("form")


def test_a_round_that_was_closed_before_its_time_says_when(garden):
    visitor = garden.person("t1")
    page = visitor.open()
    with garden.store.writing() as tx:
        mark_closed(tx, garden.round, OPENED + timedelta(hours=1))
    seen = visitor.open()
    assert seen.kind == "closed"
    assert "It closed on Monday 28 April, 10 am" in seen.words
    assert "9 May" not in visitor.post(page, *everything(page)).words


def test_an_organiser_enters_a_telephone_return(garden):
    desk = garden.person("t3", Purpose.ENTRY)
    seen = desk.open()
    assert seen.heading == "You are entering a return for Winnie Astell"
    desk.post(seen, ("_mode", "paper"), ("organisation", "Residents"))
    link = desk.link
    assert desk.open().key == "voices", "opening does not spend the link"
    desk.post(desk.page("came"), ("came", "no"))
    seen = desk.post(desk.open(f"{desk.link}?at=review"))
    assert seen.kind == "done"
    assert "Winnie Astell" not in seen.words, "the link may be found by someone later"
    assert garden.rows("select mode, typed_by, state from responses") == [("paper", "organiser", "complete")]
    assert garden.disposition("t3") == "complete"
    # Submit spent it: nothing opens or is stored through it any more, and a new link is another one.
    assert garden.link("t3", Purpose.ENTRY) != link
    assert desk.open().kind == "done"
    assert "Residents" not in desk.open().words
    late = garden.app.test_client().post(link, data=dict(seen_fields(garden, link), name="Late words"))
    assert late.status_code == 410
    assert "Late words" in late.get_data(as_text=True)


def seen_fields(garden, link):
    from bot.web.links import seal_form
    from tests.web.conftest import SECRET

    return {"_csrf": seal_form(SECRET, link.rpartition("/")[2]), "_page": "welcome", "go": "next"}


def test_a_reason_stands_until_an_organisers_return_is_sent(garden):
    garden.person("t1").act("joint-return")
    organiser = garden.person("t1", Purpose.ENTRY)
    organiser.post(organiser.page("came"), ("came", "no"))
    assert garden.disposition("t1") == "joint_return"
    organiser.post(organiser.open(f"{organiser.link}?at=review"))
    assert garden.disposition("t1") == "complete"


def test_a_return_that_an_organiser_began_and_the_person_finishes_is_the_persons(garden):
    organiser, person = garden.person("t3", Purpose.ENTRY), garden.person("t3")
    organiser.post(organiser.page("came"), ("came", "no"))
    assert garden.rows("select mode, typed_by from responses") == [("telephone", "organiser")]
    person.post(person.page("tools"), ("plain", "Clear enough"), ("tools", "A spade"))
    assert garden.rows("select mode, typed_by from responses") == [("self", "")]
    organiser.post(organiser.page("came"), ("came", "yes"))
    assert garden.rows("select mode, typed_by from responses") == [("telephone", "organiser")]


def test_the_form_speaks_the_persons_language(garden):
    with garden.store.writing() as tx:
        tx.exec_driver_sql("update participants set language = 'cy' where key = 't1'")
    seen = garden.person("t1").open()
    assert seen.soup.html["lang"] == "cy"
    assert seen.heading == "Ar ôl y diwrnod agored"
    assert "dydd Gwener 9 Mai" in seen.words
    assert "Cadw a pharhau" in seen.words


def test_what_is_wrong_is_said_in_the_persons_language_where_the_questions_have_it(garden):
    with garden.store.writing() as tx:
        tx.exec_driver_sql("update participants set language = 'cy' where key = 't1'")
    visitor = garden.person("t1")
    first = visitor.open()
    assert "Er enghraifft 28 Ebrill 2025" in first.words
    assert "5 yp" in first.words
    seen = visitor.post(first, ("last_visit", "cyn bo hir"))
    assert "nid yw 'cyn bo hir' yn ddyddiad" in seen.soup.select_one(".errors").get_text().casefold()
    with garden.store.writing() as tx:
        tx.exec_driver_sql("update participants set language = 'fr' where key = 't1'")
    seen = visitor.post(visitor.page("came"))
    assert "Choose yes or no." in seen.words


def _begun_by_herself(garden):
    own = garden.person("t3")
    own.post(own.open(), ("organisation", "Residents of the lane"))
    return own


def test_whoever_enters_a_return_does_not_see_what_the_person_said_in_confidence(garden):
    _begun_by_herself(garden)
    desk = garden.person("t3", Purpose.ENTRY)
    shown = desk.open().reply.get_data(as_text=True) + desk.open(f"{desk.link}?at=review").reply.get_data(as_text=True)
    shown += desk.page("came").reply.get_data(as_text=True) + desk.page("organisation").reply.get_data(as_text=True)
    assert "Residents of the lane" not in shown
    # An empty box takes nothing back; what is written there by telephone is the newer answer.
    desk.post(desk.page("organisation"), ("_mode", "telephone"), ("organisation", ""))
    latest = "select raw from answers where item = 'organisation' order by revision desc limit 1"
    assert garden.rows(latest) == [("Residents of the lane",)]
    desk.post(desk.page("organisation"), ("organisation", "The allotments"))
    assert garden.rows(latest) == [("The allotments",)]
    assert "The allotments" in desk.page("organisation").reply.get_data(as_text=True), "it was entered here"
    assert "The allotments" in garden.person("t3").page("organisation").reply.get_data(as_text=True)


def test_where_names_go_with_answers_they_are_shown(store, tmp_path):
    garden = garden_of(store, tmp_path, mode="identified")
    _begun_by_herself(garden)
    desk = garden.person("t3", Purpose.ENTRY)
    assert "Residents of the lane" in desk.page("organisation").reply.get_data(as_text=True)
