"""The privacy notice in its versions: which was shown stands with each return, and each can be read for good."""

import pytest

from handlers.load import load_programme
from handlers.load_outcomes import Loaded
from surveys.authority import CONSOLE
from tests.web.conftest import OPENED

OLD, NEW = "Hollow Lane Garden Committee", "Hollow Lane Land Trust"


def load(garden, folder, *changes):
    path = folder / "feature-tour" / "programme.yaml"
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    loaded = load_programme(path, garden.store, OPENED, dry_run=False, actor=CONSOLE)
    assert isinstance(loaded, Loaded), loaded
    return loaded


def versions(garden):
    return garden.rows(
        "select participants.key, notice_versions.version from responses join notice_versions on"
        " notice_versions.id = responses.notice_version_id join invitations on invitations.id = responses.invitation_id"
        " join participants on participants.id = invitations.participant_id order by 1"
    )


def test_a_changed_notice_is_a_new_version_and_older_returns_keep_theirs(garden, tmp_path):
    first = garden.person("t1")
    first.post(first.page("came"), ("came", "yes"))
    loaded = load(garden, tmp_path, (OLD, NEW))
    assert "privacy notice: version 2" in "\n".join(map(str, loaded.changes))
    assert load(garden, tmp_path).changes == ()
    second = garden.person("t2")
    second.post(second.page("came"), ("came", "yes"))
    first.post(first.page("plant"), ("plant", "Leeks"))
    assert versions(garden) == [("t1", 1), ("t2", 2)]
    now = first.open("/privacy/feature-tour")
    assert NEW in now.words
    assert "Version 2, of Monday 28 April 2025" in now.words
    [link] = [each["href"] for each in now.soup.select("main a") if "/privacy/" in each["href"]]
    before = first.open(link)
    assert link == "/privacy/feature-tour/1"
    assert OLD in before.words
    assert NEW not in before.words
    assert "This is version 1" in before.words
    assert before.soup.select_one("main .told a")["href"] == "/privacy/feature-tour"
    assert first.open("/privacy/feature-tour/2").words == now.words
    for nothing in ("/privacy/feature-tour/3", "/privacy/feature-tour/0", "/privacy/nowhere/1"):
        assert first.open(nothing).status == 404


def test_the_version_is_the_one_beside_the_page_that_was_answered(garden, tmp_path):
    visitor = garden.person("t1")
    page = visitor.open()
    load(garden, tmp_path, (OLD, NEW))
    visitor.post(page, ("name", "Ines Calloway"))
    assert versions(garden) == [("t1", 1)]


@pytest.mark.parametrize("said", ["99", "-1", "one", ""])
def test_a_version_that_was_never_shown_is_not_believed(garden, said):
    visitor = garden.person("t1")
    page = visitor.open()
    page.soup.select_one("input[name=_notice]")["value"] = said
    visitor.post(page, ("name", "Ines Calloway"))
    assert versions(garden) == [("t1", 1)]


def test_a_notice_taken_out_of_the_file_is_a_version_too(garden, tmp_path):
    path = tmp_path / "feature-tour" / "programme.yaml"
    text = path.read_text(encoding="utf-8")
    start = text.index("privacy:")
    rest = text[start:].splitlines(keepends=True)
    taken = 1 + next(number for number, line in enumerate(rest[1:]) if not line.startswith(" "))
    path.write_text(text[:start] + "".join(rest[taken:]), encoding="utf-8")
    loaded = load(garden, tmp_path)
    assert any("names no controller and no contact" in each for each in loaded.warnings)
    seen = garden.person("t1").open("/privacy/feature-tour")
    assert "have not written a notice" in seen.words
    assert OLD in garden.person("t1").open("/privacy/feature-tour/1").words


def test_the_notice_tells_of_rights_in_the_programmes_own_words_too(garden, tmp_path):
    load(garden, tmp_path, (f"controller: {OLD}", f"controller: {OLD}\n  rights: Come to the shed on Sundays."))
    seen = garden.person("t1").open("/privacy/feature-tour")
    assert "Come to the shed on Sundays." in seen.words
    assert "have it put right or removed" in seen.words


def test_someone_who_was_named_reads_who_gave_their_address(garden):
    garden.person("t3").act("someone-else", ("_name", "Nia Gale"), ("_email", "nia@elsewhere.test"))
    [(made, person)] = garden.rows("select id, participant_id from invitations where delegated_from_id is not null")
    garden.invitations["nia"], garden.participants["nia"] = made, person
    seen = garden.person("nia").open()
    assert "Winnie Astell gave it to us and suggests that you answer in their place." in seen.words
    assert "gave it to us" not in garden.person("t1").open().words
    with garden.store.writing() as tx:
        tx.exec_driver_sql("delete from delegations")
        tx.exec_driver_sql("update invitations set delegated_from_id = null")
    assert "Someone who was asked gave it to us" in garden.person("nia").open().words
