"""An open round (S10): a link on a poster, people nobody has asked, in each mode; nobody is reminded, no rate is made up."""

import json
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta

import pytest
import requests
from bs4 import BeautifulSoup

from tests.clients.form_client import FormClient
from tests.clients.installation import Installation

PROGRAMME = """\
programme: school
title: The school survey
timezone: Etc/UTC
sender: {{name: Ada Lund, email: ada.lund@example.org}}
privacy: {{controller: The school, contact: ada.lund@example.org}}
min_group: 3
perspectives: [{{id: pupil, label: Pupil}}]
rounds:
  - id: pupils
    survey: pupils.yaml
    kind: open
    opens: {opens}
    closes: {closes}
{more}"""
SURVEY = """\
survey: pupils
version: 1
title: How is school for you?
language: en-GB
thanks: Thank you for telling us.
sections:
  - title: Your school
    items:
      - {id: safe, ask: Do you feel safe at school?, type: yes_no, required: true}
      - {id: better, ask: What would make it better?, type: long_text}
"""


def school(tmp_path, post, *, more="", ends=timedelta(days=5)):
    now = datetime.now(UTC).replace(microsecond=0)
    opens, closes = now - timedelta(hours=2), now + ends
    (tmp_path / "programme.yaml").write_text(
        PROGRAMME.format(opens=f"{opens:%Y-%m-%dT%H:%M:%S}Z", closes=f"{closes:%Y-%m-%dT%H:%M:%S}Z", more=more)
    )
    (tmp_path / "pupils.yaml").write_text(SURVEY)
    made = Installation(home=tmp_path, smtp_url=post.url)
    made.run("load", "programme.yaml")
    made.run("tick")
    return made


def link_of(soundings):
    return soundings.run("round", "link", "pupils").out.strip()


def begin(link, name=""):
    """Press the button of the public page; the form that follows."""
    client = FormClient()
    page = client.open(link)
    assert page.status == 200, page.words
    assert page.kind == "", "the public page is no page of a form"
    form = page.main.select_one("form[method=post]")
    posted = [(each["name"], each.get("value", "")) for each in form.select("input[type=hidden][name]")]
    posted += [(each["name"], name) for each in form.select("input[type=text][name]")]
    return client._follow(requests.post(client._target(page, form), data=posted, timeout=20, allow_redirects=False))


def test_pupils_answer_by_a_link_and_nobody_is_known(tmp_path, post):
    soundings = school(tmp_path, post)
    with soundings.serving():
        link = link_of(soundings)
        seen = FormClient().open(link)
        assert "Anybody who has this link may answer" in seen.words
        assert "without your name" in seen.words
        assert soundings.status("pupils")["invited"] == 0, "looking changes nothing"
        for number in range(4):
            form = begin(link)
            assert form.kind == "question"
            assert "Someone else should answer" not in form.words
            said = {"safe": "yes", "better": f"More trees {number}"}
            assert FormClient().answer(form.url, said).last.kind == "done"
            again = FormClient().answer(form.url, said)
            assert again.last.kind == "done"
    status = soundings.status("pupils")
    assert (status["invited"], status["complete"], status["response_rate"]) == (4, 4, None)
    export = soundings.export("pupils")
    assert sorted(each["answers"]["better"] for each in export["responses"]) == [f"More trees {n}" for n in range(4)]
    for each in export["responses"]:
        assert "visitor" not in str(each)
    assert soundings.run("round", "plan", "pupils", "--json").json == []
    for days in (1, 3, 6, 7):
        soundings.tick(datetime.now(UTC) + timedelta(days=days))
    assert post.letters() == []
    assert soundings.status("pupils")["state"] == "closed"


def test_a_return_with_a_page_of_its_own(tmp_path, post):
    soundings = school(tmp_path, post, more="    mode: confidential\n")
    with soundings.serving():
        link = link_of(soundings)
        form = begin(link)
        client = FormClient()
        walk = client.answer(form.url, {"safe": "no"}, stop_before="better")
        assert walk.last.kind == "question"
        assert client.answer(form.url, {"better": "A garden"}).last.kind == "done"
        assert client.open(form.url).kind == "done", "its address leads back to it"
        other = begin(link)
        assert other.url != form.url
    status = soundings.status("pupils")
    assert (status["invited"], status["complete"], status["pending"]) == (2, 1, 1)
    (only,) = soundings.export("pupils")["responses"]
    assert only["answers"] == {"safe": "no", "better": "A garden"}


def test_a_name_is_asked_where_it_goes_with_the_answers(tmp_path, post):
    soundings = school(tmp_path, post, more="    mode: identified\n")
    with soundings.serving():
        link = link_of(soundings)
        missing = begin(link)
        assert missing.url.startswith(link.rsplit("/", 1)[0])
        assert "error" in str(missing.main).lower()
        assert soundings.status("pupils")["invited"] == 0
        form = begin(link, "Robin <b>Reed</b>")
        assert FormClient().answer(form.url, {"safe": "yes"}).last.kind == "done"
    assert "Robin <b>Reed</b>" in str(soundings.export("pupils"))


def test_before_and_after_it_takes_no_answers(tmp_path, post):
    soundings = school(tmp_path, post, more="    hold: true\n")
    with soundings.serving():
        link = link_of(soundings)
        assert "Not open yet" in FormClient().open(link).words
        soundings.run("round", "open", "pupils")
        form = begin(link)
        assert form.kind == "question"
        soundings.run("round", "close", "pupils")
        over = FormClient().open(link)
        assert "takes no answers any more" in over.words
        assert not over.main.select("button")


def test_only_the_right_link_opens_it(tmp_path, post):
    soundings = school(tmp_path, post)
    with soundings.serving():
        link = link_of(soundings)
        token = link.rsplit("/", 1)[1]
        for wrong in (token[:-1] + ("a" if token[-1] != "a" else "b"), "1-" + "a" * 26, "zzz", "0" * 200):
            assert requests.get(link.replace(token, wrong), timeout=20).status_code == 404
        assert requests.get(link.replace("/o/", "/f/"), timeout=20).status_code == 404
        assert requests.post(link, timeout=20).status_code == 403, "a post that no page of ours has made"
        assert requests.get(f"{link}.", timeout=20).status_code == 200, "the sentence's full stop"
    assert soundings.status("pupils")["invited"] == 0


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_the_link_as_a_picture(tmp_path, post, kind):
    soundings = school(tmp_path, post)
    told = soundings.run("round", "link", "pupils", "--qr", f"poster.{kind}", "--json").json
    drawn = (tmp_path / f"poster.{kind}").read_bytes()
    assert told == {"round": "school/pupils", "link": link_of(soundings), "qr": f"poster.{kind}"}
    if kind == "svg":
        assert ET.fromstring(drawn).tag.endswith("svg")
    else:
        assert drawn.startswith(b"\x89PNG")
    assert "is drawn as .svg or .png" in soundings.run("round", "link", "pupils", "--qr", "poster.gif", code=1).err


def test_a_poster_has_the_code_the_address_and_what_is_promised(tmp_path, post):
    soundings = school(tmp_path, post)
    told = soundings.run("round", "link", "pupils", "--sheet", "poster.html", "--json").json
    assert told["sheet"] == "poster.html"
    page = BeautifulSoup((tmp_path / "poster.html").read_text(encoding="utf-8"), "html.parser")
    assert page.find("svg").find("title").string == told["link"] == link_of(soundings)
    words = page.get_text(" ", strip=True)
    assert told["link"] in words
    assert "No name is asked, and none is kept." in words
    assert "is written as .html" in soundings.run("round", "link", "pupils", "--sheet", "poster.pdf", code=1).err


SESSIONS = """\
areas: [{{id: kent, name: Kent}}, {{id: slough, name: Slough & Windsor}}]
sessions:
  - {{id: kent-1, area: kent, starts: {begun}, ends: {ended}, topic: Early help}}
  - {{id: slough-1, area: slough, starts: {begun}, ends: {ended}, topic: Moving on}}
  - {{id: late-1, area: kent, starts: {begun}, ends: {ended}, status: cancelled}}
rounds:
  - id: exit
    survey: pupils.yaml
    kind: open
    per: session
    mode: confidential
    opens: 30 minutes before session
    closes: 2 days after opens
"""


def test_each_session_has_a_link_and_a_poster_of_its_own(tmp_path, post):
    now = datetime.now(UTC).replace(microsecond=0)
    text = PROGRAMME.partition("rounds:")[0].format()
    times = {"begun": now - timedelta(hours=5), "ended": now - timedelta(minutes=5)}
    said = {key: f"{at:%Y-%m-%dT%H:%M:%S}Z" for key, at in times.items()}
    (tmp_path / "programme.yaml").write_text(text + SESSIONS.format(**said))
    (tmp_path / "pupils.yaml").write_text(SURVEY)
    soundings = Installation(home=tmp_path, smtp_url=post.url)
    soundings.run("load", "programme.yaml")
    soundings.run("tick")
    told = soundings.run("round", "link", "exit", "--sheet", "posters.html", "--json").json
    links = {each["round"]: each["link"] for each in told["rounds"]}
    assert sorted(links) == ["school/exit--kent-1", "school/exit--slough-1"]
    assert links["school/exit--kent-1"] == soundings.run("round", "link", "exit--kent-1").out.strip()
    page = BeautifulSoup((tmp_path / "posters.html").read_text(encoding="utf-8"), "html.parser")
    posters = {each.find("svg").find("title").string: each.get_text(" ", strip=True) for each in page("section")}
    assert set(posters) == set(links.values())
    assert "Early help, Kent, " in posters[links["school/exit--kent-1"]]
    assert "Moving on, Slough & Windsor, " in posters[links["school/exit--slough-1"]]
    refused = soundings.run("round", "link", "exit", "--qr", "code.svg", code=1).err
    assert "a picture has room for one code: --sheet draws all 2, or name one round" in refused
    with soundings.serving():
        form = begin(links["school/exit--kent-1"])
        assert FormClient().answer(form.url, {"safe": "yes", "better": "More bins"}).last.kind == "done"
    assert soundings.status("exit--kent-1")["complete"] == 1
    assert soundings.status("exit--slough-1")["complete"] == 0
    soundings.run("export", "exit--kent-1", "--format", "json", "-o", "out.json")
    assert [each["session"] for each in json.loads((tmp_path / "out.json").read_text())["responses"]] == ["kent-1"]
