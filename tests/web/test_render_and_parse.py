"""`parse(render(page, answer)) == answer`, whatever the questionnaire and the answer; and the words' two tables."""

import string

from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.form.own_words import OWN_CY, OWN_EN
from channels.form.pages import Setting, inputs_for, page_view
from channels.form.parse import parse
from channels.form.views import Frame
from channels.form.words import Words
from channels.form.words_cy import CY
from channels.form.words_en import EN
from channels.web import render
from surveys.answers import Valid, check
from surveys.pages import pages
from tests.strategies import PERSPECTIVES, VOICES, answers_for, instruments, perspective_sets


def sent_by_a_browser(html):
    """The successful controls of the form to answer (HTML, 4.10.22.4), each with all its values."""
    soup = BeautifulSoup(html, "html.parser")
    sent = {}
    for control in soup.select("form[data-form=answer] input, form[data-form=answer] textarea"):
        kind = control.get("type", "textarea")
        if kind in {"radio", "checkbox"} and not control.has_attr("checked"):
            continue
        if control.name == "textarea":
            value = control.get_text().removeprefix("\n").replace("\n", "\r\n")
        else:
            value = control.get("value", "on")
            # A one-line input drops line breaks.
            assert not {"\n", "\r"} & set(value)
        sent.setdefault(control["name"], []).append(value)
    return sent


def in_form_order(value):
    """Voices have no order of their own; a form shows them in the programme's."""
    if value in ("", []):
        return None
    if isinstance(value, list) and isinstance(value[0], dict):
        return sorted(value, key=lambda each: each["perspective"])
    return value


# Every example renders several pages.
@settings(max_examples=40)
@given(st.data())
def test_what_a_page_shows_is_what_it_sends_back(data):
    instrument = data.draw(instruments())
    answers = data.draw(answers_for(instrument))
    perspectives = data.draw(perspective_sets())
    language = data.draw(st.sampled_from(["en-GB", "cy"]))
    setting = Setting(instrument=instrument, words=Words(language), language=language, piped={}, voices=VOICES)
    shown = pages(instrument, answers, perspectives)
    every = [question for page in shown for question in page.questions]
    for page in shown:
        inputs = inputs_for(setting, page, answers)
        view = page_view(setting, page, inputs=inputs, all_questions=every)
        html = render.question_page(view, setting.words, Frame(action="/f/x"), person="Somebody")
        parsed = parse(sent_by_a_browser(html), page, VOICES)
        assert not parsed.strange
        for question in page.questions:
            key = (question.item.key, question.row)
            found = check(question.item, question.row, parsed.given.get(key, ""), voices=VOICES)
            assert isinstance(found, Valid), (key, found)
            assert in_form_order(found.value) == in_form_order(answers.get(key)), key


@given(
    st.data(), st.dictionaries(st.text(max_size=12), st.lists(st.text(max_size=20), min_size=1, max_size=3), max_size=8)
)
def test_no_post_breaks_the_parser(data, inputs):
    instrument = data.draw(instruments())
    for page in pages(instrument, {}, set(PERSPECTIVES)):
        names = [each for each in inputs if each[:1] != "_" and each != "go"]
        parsed = parse(inputs, page, VOICES)
        assert set(parsed.strange) <= set(names)


def test_both_languages_say_the_same_things():
    assert set(EN) == set(CY)
    assert set(OWN_EN) == set(OWN_CY)
    assert not set(EN) & set(OWN_EN)
    welsh = CY | OWN_CY
    for key, words in (EN | OWN_EN).items():
        places = {name for _, name, _, _ in string.Formatter().parse(words) if name}
        assert {name for _, name, _, _ in string.Formatter().parse(welsh[key]) if name} == places, key


def test_a_language_without_words_of_ours_gets_english():
    assert Words("gd-GB")("save") == "Save and continue"
    assert Words("gd-GB").tag == "en-GB"
    assert Words("cy").tag == "cy"
