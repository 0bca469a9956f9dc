"""What doctor finds, and what it says to do."""

import re
import shutil


def findings(shell, code):
    return {each["what"]: (each["health"], each["words"]) for each in shell("doctor", "--json", code=code).json}


def test_a_machine_that_is_well_set_up(shell, post, monkeypatch):
    monkeypatch.setenv("PUBLIC_URL", "https://soundings.example.org")
    found = findings(shell, 0)
    assert {health for health, _ in found.values()} == {"works", "off"}
    assert found["mail"][0] == "works"
    assert found["Slack"] == ("off", "SLACK_BOT_TOKEN is not set")


def test_what_is_to_be_mended_is_told_with_what_to_do(shell, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "short")
    monkeypatch.setenv("PUBLIC_URL", "http://soundings.example.org")
    monkeypatch.setenv("SMTP_URL", "smtp://me:hidden-word@127.0.0.1:1")
    (shell.home / ".env").write_text("SMTP_ULR=smtp://x\nTEAMS_APP_ID=1\n", encoding="utf-8")
    found = findings(shell, 1)
    assert found["SECRET_KEY"][0] == "advice"
    assert "token_urlsafe" in found["SECRET_KEY"][1]
    assert found["PUBLIC_URL"][0] == "advice"
    assert found["mail"][0] == "broken"
    assert "hidden-word" not in found["mail"][1]
    assert "did you mean 'SMTP_URL'" in found["SMTP_ULR"][1]
    assert found["Teams"] == ("broken", "TEAMS_APP_ID needs TEAMS_APP_SECRET and TEAMS_TENANT_ID too")


def test_mails_without_a_sender_are_broken_where_a_programme_names_none(shell, post, monkeypatch):
    from tests.cli.conftest import S1

    monkeypatch.delenv("MAIL_FROM")
    assert findings(shell, 0)["mail"][0] == "advice"
    folder = shell.home / "mine"
    shutil.copytree(S1.parent, folder)
    text = S1.read_text(encoding="utf-8")
    without = re.sub(r"^sender:.*\n(?:[ \t]+.*\n)*", "", text, flags=re.MULTILINE)
    assert without != text
    (folder / S1.name).write_text(without, encoding="utf-8")
    shell("load", folder / S1.name)
    health, words = findings(shell, 1)["mail"]
    assert health == "broken"
    assert "courageous-conversations" in words


def test_trouble_of_an_account_that_is_no_longer_used_is_nobodys(shell, post, monkeypatch):
    from datetime import UTC, datetime

    from storage import senders
    from storage.engine import Store

    shell("doctor", code=None)
    now = datetime.now(UTC)
    store = Store("sqlite:///var/soundings.db")
    with store.writing() as tx:
        old = senders.take(tx, "mail:old.example.org:25", holder="x", now=now, alone=True)
        assert old
        senders.pause(tx, old, until=now, trouble="gone")
    store.close()
    assert not any("old.example.org" in what for what in findings(shell, 0))


def test_a_database_that_another_program_holds_is_broken(shell):
    from storage.engine import Store

    shell("doctor", code=None)
    store = Store("sqlite:///var/soundings.db")
    with store.writing():
        assert findings(shell, 1)["DATABASE_URL"][0] == "broken"
    store.close()
