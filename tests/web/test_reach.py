"""The channel and the time zone that a person chooses: they stand whatever the organisers' file says."""

import shutil

import pytest

from handlers.load import load_programme
from handlers.load_outcomes import Loaded
from storage.people import participant
from surveys.authority import CONSOLE
from surveys.zones import place_of_zone, zones_by_region
from tests.web.conftest import EXAMPLES


def stored(garden, who="t1"):
    with garden.store.reading() as tx:
        return participant(tx, garden.participants[who])


def load(garden, programme):
    loaded = load_programme(programme, garden.store, garden.clock.now, dry_run=False, actor=CONSOLE)
    assert isinstance(loaded, Loaded), loaded


def with_slack(garden, folder):
    """The person has an id in Slack as well, and both channels are on."""
    shutil.copytree(EXAMPLES / "feature-tour", folder, dirs_exist_ok=True)
    for name, before, after in (
        ("programme.yaml", "channels: [mail]", "channels: [mail, slack]"),
        ("panel.csv", "ines@example.org,,,", "ines@example.org,,U0INES01,"),
    ):
        told = (folder / name).read_text(encoding="utf-8")
        assert before in told
        (folder / name).write_text(told.replace(before, after), encoding="utf-8")
    garden.store.speak(frozenset({"mail", "slack"}))
    load(garden, folder / "programme.yaml")


def test_the_page_says_how_it_stands_and_what_can_be_chosen(garden):
    visitor = garden.person("t1")
    assert "They come by email, at the hours of London." in visitor.open(f"{visitor.link}/choices").words
    page = visitor.open(f"{visitor.link}/reach")
    assert page.heading == "How and when you are written to"
    assert not page.soup.select("input[type=radio]"), "one address leaves no choice"
    select = page.soup.select_one("select")
    assert page.soup.select_one(f"label[for={select['id']}]").get_text() == "My time zone"
    assert select.select_one("option[selected]").get_text() == "London, as the organisers have it"
    assert {each["label"] for each in select.select("optgroup")} >= {"Europe", "America", "Asia"}


def test_a_zone_holds_at_once_and_through_another_load(garden):
    visitor = garden.person("t1")
    before = visitor.open().words
    seen = visitor.act("reach", ("_zone", "Pacific/Auckland"))
    assert seen.heading == "From now on you are written to by email, at the hours of Auckland"
    assert stored(garden).timezone == "Pacific/Auckland"
    assert visitor.open().words != before, "the close is said as clocks show it there"
    load(garden, EXAMPLES / "feature-tour" / "programme.yaml")
    assert stored(garden).timezone == "Pacific/Auckland"
    seen = visitor.act("reach", ("_zone", ""))
    assert seen.heading.endswith("at the hours of London")
    assert stored(garden).timezone == stored(garden).panel_timezone
    who = f"participant:{garden.participants['t1']}"
    lines = garden.rows("select what, actor, channel, subject from audit_lines where actor like 'participant%'")
    assert lines == [("person chose how they are reached", who, "web", who)] * 2


def test_the_channel_is_chosen_among_those_that_reach_the_person(garden, tmp_path):
    with_slack(garden, tmp_path)
    visitor = garden.person("t1")
    page = visitor.open(f"{visitor.link}/reach")
    assert [each["value"] for each in page.soup.select("input[type=radio]")] == ["mail", "slack"]
    seen = visitor.post(page, ("_channel", "slack"), ("_zone", ""))
    assert seen.heading.startswith("From now on you are written to by Slack")
    assert stored(garden).preferred == "slack"
    seen = visitor.act("reach", ("_zone", "Europe/Athens"))
    load(garden, tmp_path / "programme.yaml")
    assert stored(garden).preferred == "slack"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ((("_zone", "Mars/Olympus"),), "Choose a time zone from the list"),
        ((("_zone", "../../etc/passwd"),), "Choose a time zone from the list"),
    ],
)
def test_what_can_not_be_chosen_changes_nothing(garden, fields, words):
    seen = garden.person("t1").act("reach", *fields)
    assert words in seen.soup.select_one(".errors").get_text()
    assert stored(garden).timezone == stored(garden).panel_timezone


def test_a_channel_without_an_address_there_can_not_be_chosen(garden, tmp_path):
    with_slack(garden, tmp_path)
    seen = garden.person("t1").act("reach", ("_channel", "teams"), ("_zone", ""))
    assert "Choose one of these" in seen.soup.select_one(".errors").get_text()
    assert stored(garden).preferred != "teams"


def test_zones_are_named_by_their_places():
    regions = dict(zones_by_region())
    assert "Europe/London" in regions["Europe"]
    assert "US" not in regions
    assert place_of_zone("America/Argentina/Buenos_Aires") == "Argentina, Buenos Aires"
    assert place_of_zone("UTC") == "UTC"
