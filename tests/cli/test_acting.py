"""Acting as an organiser at the command line."""

from tests.cli.conftest import S1


def test_what_is_done_as_someone_stands_under_their_name(shell):
    shell("load", S1)
    shell("organiser", "add", "kim@example.org", "--programme", "courageous-conversations")
    number = shell("organiser", "list", "--json").json[0]["id"]
    assert shell("--as", "Kim@example.org", "person", "opt-out", "p07", code=None).err == ""
    line = shell("audit", "--json").json[0]
    assert (line["actor"], line["channel"]) == (f"organiser:{number}", "command")


def test_an_unknown_or_removed_organiser_is_refused_in_one_line(shell):
    shell("organiser", "add", "kim@example.org")
    shell("organiser", "remove", "kim@example.org")
    for email in ("kim@example.org", "lee@example.org"):
        refused = shell("--as", email, "round", "list", code=1)
        assert refused.err == f"{email} is not an organiser here\n"


def test_the_setting_ties_an_account_to_one_organiser(shell, monkeypatch):
    for email in ("kim@example.org", "boss@example.org"):
        shell("organiser", "add", email, "--role", "admin" if email.startswith("boss") else "viewer")
    monkeypatch.setenv("ACT_AS", "kim@example.org")
    assert "you may not" in shell("organiser", "list", code=1).err
    assert "names someone else" in shell("--as", "boss@example.org", "organiser", "list", code=1).err
    assert "you may not" in shell("restore", "nowhere.db", code=1).err


def test_the_organisers_of_the_settings_are_there_from_the_first_command(shell, monkeypatch):
    monkeypatch.setenv("ORGANISERS", "kim@example.org@kent")
    assert shell("organiser", "list", "--json").json[0]["email"] == "kim@example.org"
    assert shell("--as", "kim@example.org", "round", "list").code == 0
