"""Backup, restore, upgrade: a drill in the middle of a season."""

import sqlite3
import stat

import pytest
from filelock import FileLock

from storage.engine import Store
from tests.cli.conftest import S1

ROUND = "courageous-conversations/mid-cycle-2024"


@pytest.fixture
def season(shell, post):
    shell("load", S1)
    shell("tick", "--at", "2024-11-25T09:00")
    return shell


def reminded(post):
    return sorted(letter.to for letter in post.letters(kind="reminder"))


def test_the_drill(season, post):
    season("tick", "--at", "2024-12-05T09:30")
    season("tick", "--at", "2024-12-09T09:30")
    known = reminded(post)
    season("backup", "copy.db")
    season("person", "opt-out", "p03")
    season("tick", "--at", "2024-12-13T09:30")
    after = reminded(post)
    assert len(after) > len(known)
    told = season("restore", "copy.db")
    assert "26 invitations" in told.out
    assert "1 opt-outs" in told.out
    assert list(season.home.glob("var/soundings.db.replaced-*"))
    # What the backup knew as sent does not go again; the time it stood at can be played once more.
    season("tick", "--at", "2024-12-09T09:30")
    assert reminded(post) == after
    assert season("person", "show", "p03", "--json").json[0]["opted_out"] is True
    assert season("round", "who", ROUND, "--json").json
    assert "whole" in season("audit", "--verify").out
    assert "database restored" in season("audit").out
    # What was sent after the backup it can't know (docs/operations.md): that reminder goes again, and once.
    season("tick", "--at", "2024-12-13T09:30")
    assert season("round", "status", ROUND, "--json").json["state"] == "open"


def test_a_backup_is_one_private_file_that_replaces_nothing(season):
    season("backup", "copy.db")
    copy = season.home / "copy.db"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert sorted(path.name for path in season.home.glob("*copy.db*")) == ["copy.db"]
    assert sqlite3.connect(copy).execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert "there already" in season("backup", "copy.db", code=1).err
    season("backup", "copy.db", "--force")
    season("backup", "nowhere/copy.db", code=1)
    assert "itself" in season("backup", "var/soundings.db", "--force", code=1).err


def test_the_database_and_its_copies_are_their_owners_alone(season):
    season("backup", "copy.db")
    season("restore", "copy.db")
    files = list((season.home / "var").glob("soundings.db*"))
    assert {stat.S_IMODE(path.stat().st_mode) for path in files if path.suffix != ".lock"} == {0o600}


def test_what_is_no_backup_changes_nothing(season):
    before = season("round", "who", ROUND, "--json").json
    words = season.home / "words.db"
    words.write_text("no database", encoding="utf-8")
    other = season.home / "other.db"
    sqlite3.connect(other).execute("CREATE TABLE t (x)").connection.close()
    season("backup", "copy.db")
    newer = season.home / "newer.db"
    newer.write_bytes((season.home / "copy.db").read_bytes())
    with sqlite3.connect(newer) as opened:
        opened.execute("UPDATE alembic_version SET version_num = '9999'")
    opened.close()
    damaged = season.home / "damaged.db"
    content = bytearray((season.home / "copy.db").read_bytes())
    content[8192:20480] = b"\xff" * 12288
    damaged.write_bytes(content)
    for bad in ("missing.db", words, other, newer, damaged):
        assert len(season("restore", bad, code=1).err.strip().splitlines()) == 1
    assert season("round", "who", ROUND, "--json").json == before


def test_nothing_is_restored_beside_a_running_program(season):
    season("backup", "copy.db")
    with FileLock(season.home / "var" / "soundings.db.lock"):
        assert "stop it first" in season("restore", "copy.db", code=1).err
        assert "stop it first" in season("tick", code=1).err
        season("round", "status", ROUND)
        season("backup", "copy-2.db")


def test_a_restore_into_an_empty_folder_is_a_move_to_another_machine(season, tmp_path_factory, monkeypatch):
    season("backup", "copy.db")
    who = season("round", "who", ROUND, "--json").json
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    monkeypatch.chdir(elsewhere)
    season("restore", season.home / "copy.db")
    assert season("round", "who", ROUND, "--json").json == who


def test_upgrade_has_nothing_to_do_or_makes_a_database(shell):
    assert "new database" in shell("upgrade").out
    assert "nothing to do" in shell("upgrade").out


def test_a_newer_database_is_refused(shell):
    shell("upgrade")
    store = Store("sqlite:///var/soundings.db")
    with store.writing() as tx:
        tx.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    store.close()
    assert "newer version" in shell("round", "list", code=1).err
    refused = shell("upgrade", code=1).err
    assert refused.count("\n") == 1
    assert "of a newer version of Soundings (schema 9999); use that version" in refused
