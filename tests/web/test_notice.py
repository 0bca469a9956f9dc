"""The privacy notice says what is really done."""

from bs4 import BeautifulSoup

from handlers.load import load_programme
from surveys.authority import CONSOLE
from tests.web.conftest import EXAMPLES, OPENED

RULES = "retention: {answers: anonymise after 2 years, raw_mails: 90 days, audit: 6 years}\n"


def test_the_notice_says_how_long_each_thing_is_kept(garden, tmp_path):
    for name in ("tour.yaml", "panel.csv"):
        (tmp_path / name).write_bytes((EXAMPLES / "feature-tour" / name).read_bytes())
    text = (EXAMPLES / "feature-tour" / "programme.yaml").read_text(encoding="utf-8")
    own = "    retention: {answers: 1 year}\n"
    (tmp_path / "programme.yaml").write_text(text + own + RULES, encoding="utf-8")
    loaded = load_programme(tmp_path / "programme.yaml", garden.store, OPENED, dry_run=False, actor=CONSOLE)
    assert "programme feature-tour: privacy notice: version 2" in [str(change) for change in loaded.changes]

    def points(language):
        page = garden.app.test_client().get("/privacy/feature-tour", headers={"Accept-Language": language})
        return [each.get_text() for each in BeautifulSoup(page.data, "html.parser").select("main ul:not(.ways) li")]

    assert points("en-GB") == [
        "Your answers are cut from your name 2 years after the round has closed. What was said is kept, without who said it.",
        "Mails you send us are deleted 90 days after the round has closed.",
        # Nothing is said of them in the file; they repeat answers, and go with those.
        "The words of messages we send you are deleted 2 years after the round has closed.",
        "Replies that somebody has to sort by hand are deleted 2 years after the round has closed.",
        "The record of who changed what is deleted 6 years after it was made.",
        "In the round “tour-2025”: Your answers are deleted 1 year after the round has closed.",
        "In the round “tour-2025”: The words of messages we send you are deleted 1 year after the round has closed.",
        "In the round “tour-2025”: Replies that somebody has to sort by hand are deleted 1 year after the round has closed.",
    ]
    again = load_programme(tmp_path / "programme.yaml", garden.store, OPENED, dry_run=False, actor=CONSOLE)
    assert again.changes == ()
