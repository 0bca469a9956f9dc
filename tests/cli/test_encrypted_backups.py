"""Encrypted copies: whoever has the key gets everything back, nobody else anything, and what is damaged changes nothing."""

import sqlite3
import stat

import pytest
from pyrage import decrypt, encrypt, passphrase
from pyrage.x25519 import Identity

from storage.age_files import LARGEST_FOR_PASSPHRASE, NotSealed, Sealing, seal
from tests.cli.conftest import S1

ROUND = "courageous-conversations/mid-cycle-2024"
PASSPHRASE = "plum orchard ferry candle moss weir"
# It stands in every copy of the database that can be read.
KNOWN = b"courageous-conversations"


@pytest.fixture
def season(shell):
    shell("load", S1)
    return shell


@pytest.fixture
def pair(season):
    made = Identity.generate()
    (season.home / "key.txt").write_text(f"# public key: {made.to_public()}\n\n{made}\n", encoding="utf-8")
    return made


def people(shell):
    return shell("round", "who", ROUND, "--json").json


def readable_leftovers(home):
    """Files beside the database that could be read by whoever finds them."""
    own = {"soundings.db", "soundings.db-wal", "soundings.db-shm"}
    return [
        path.name
        for path in home.rglob("*")
        if path.is_file() and path.name not in own and ".replaced-" not in path.name and KNOWN in path.read_bytes()
    ]


def test_a_key_opens_what_was_encrypted_to_it_and_nothing_readable_is_left(season, pair):
    other = Identity.generate()
    told = season("backup", "copy.age", "--encrypt-to", pair.to_public(), "--encrypt-to", other.to_public())
    assert told.out.strip() == "Encrypted to 2 keys, and copied to copy.age."
    copy = season.home / "copy.age"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert readable_leftovers(season.home) == []
    for each in (pair, other):
        plain = decrypt(copy.read_bytes(), [each])
        (season.home / "plain.db").write_bytes(plain)
        assert sqlite3.connect(season.home / "plain.db").execute("PRAGMA integrity_check").fetchone() == ("ok",)
        (season.home / "plain.db").unlink()
    before = people(season)
    season("person", "opt-out", "p03")
    told = season("restore", "copy.age", "--identity", "key.txt")
    assert "1 opt-outs" in told.out
    assert people(season) == before
    assert season("person", "show", "p03", "--json").json[0]["opted_out"] is True
    assert readable_leftovers(season.home) == []
    assert "whole" in season("audit", "--verify").out


def test_whoever_was_erased_since_an_encrypted_backup_stays_erased(season, pair):
    season("backup", "copy.age", "--encrypt-to", pair.to_public())
    season("person", "erase", "p03", "--yes")
    assert "1 people erased since are out again" in season("restore", "copy.age", "--identity", "key.txt").out
    assert "nobody is known" in season("person", "show", "p03", code=1).err


def test_a_passphrase_from_the_environment_encrypts_and_opens(season, monkeypatch):
    monkeypatch.setenv("BACKUP_PASSPHRASE", PASSPHRASE)
    told = season("backup", "copy.age")
    assert told.out.strip() == "Encrypted with BACKUP_PASSPHRASE, and copied to copy.age."
    assert passphrase.decrypt((season.home / "copy.age").read_bytes(), PASSPHRASE).startswith(b"SQLite format 3")
    before = people(season)
    season("restore", "copy.age")
    assert people(season) == before
    monkeypatch.setenv("BACKUP_PASSPHRASE", "another one")
    assert "BACKUP_PASSPHRASE does not open it" in season("restore", "copy.age", code=1).err
    monkeypatch.delenv("BACKUP_PASSPHRASE")
    assert "set BACKUP_PASSPHRASE to it" in season("restore", "copy.age", code=1).err
    assert readable_leftovers(season.home) == []


def test_the_keys_of_the_settings_are_for_every_backup(season, pair, monkeypatch):
    monkeypatch.setenv("BACKUP_RECIPIENTS", f"{pair.to_public()}, {Identity.generate().to_public()}")
    # It is there to open older files; new ones are for the keys.
    monkeypatch.setenv("BACKUP_PASSPHRASE", PASSPHRASE)
    assert "Encrypted to 2 keys" in season("backup", "copy.age").out
    assert decrypt((season.home / "copy.age").read_bytes(), [pair]).startswith(b"SQLite format 3")


def test_files_that_the_age_command_made_are_opened_too(season, pair):
    season("backup", "plain.db")
    plain = (season.home / "plain.db").read_bytes()
    before = people(season)
    for armored in (False, True):
        (season.home / "by-key").write_bytes(encrypt(plain, [pair.to_public()], armored=armored))
        season("restore", "by-key", "--identity", "key.txt")
        (season.home / "by-phrase").write_bytes(passphrase.encrypt(plain, PASSPHRASE, armored=armored))
        assert "BACKUP_PASSPHRASE" in season("restore", "by-phrase", code=1).err
    assert people(season) == before


def test_the_wrong_key_and_damage_change_nothing(season, pair):
    season("backup", "copy.age", "--encrypt-to", pair.to_public())
    whole = (season.home / "copy.age").read_bytes()
    before, files = people(season), sorted(season.home.glob("var/*"))

    def refused(name, content, *words, says):
        (season.home / name).write_bytes(content)
        told = season("restore", name, *words, code=1)
        assert says in told.err
        assert len(told.err.strip().splitlines()) == 1
        assert told.out == ""

    (season.home / "other.txt").write_text(str(Identity.generate()), encoding="utf-8")
    refused("copy", whole, says="--identity")
    refused("copy", whole, "--identity", "other.txt", says="none of the secret keys given opens it")
    key = ("--identity", "key.txt")
    middle = len(whole) // 2
    for content in (whole[:middle], whole[:-1], whole[:300], whole[:70], whole + b"x"):
        refused("cut", content, *key, says="cut")
    for at in (90, 350, middle, len(whole) - 1):
        refused("flipped", whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :], *key, says="changed")
    # Sealed soundly, but no database of ours.
    refused("letters", encrypt(b"no database", [pair.to_public()]), *key, says="letters is not a backup of Soundings")
    assert people(season) == before
    assert [each for each in sorted(season.home.glob("var/*")) if each not in files and each.suffix != ".lock"] == []
    assert readable_leftovers(season.home) == []


def test_keys_that_are_none_are_told_before_anything_is_written(season, pair):
    told = season("backup", "copy.age", "--encrypt-to", "age1nokey", code=2)
    assert "'age1nokey' is not a public key of age" in told.err
    secret = season("backup", "copy.age", "--encrypt-to", str(pair), code=2).err
    assert "secret key" in secret
    assert str(pair) not in secret
    assert not (season.home / "copy.age").exists()
    season("backup", "copy.age", "--encrypt-to", pair.to_public())
    for words, says in (("not a key", "line 1"), ("# only a remark", "no secret key"), ("\0", "line 1")):
        (season.home / "odd.txt").write_text(words, encoding="utf-8")
        assert says in season("restore", "copy.age", "--identity", "odd.txt", code=1).err
    assert season("restore", "copy.age", "--identity", "missing.txt", code=2).out == ""


def test_wrong_keys_in_the_settings_are_all_told(season, monkeypatch):
    monkeypatch.setenv("BACKUP_RECIPIENTS", "age1nokey,age1either")
    told = season("backup", "copy.age", code=2).err
    assert told.count("BACKUP_RECIPIENTS: ") == 2


def test_what_a_killed_backup_left_readable_goes_with_the_next(season, pair):
    left = season.home / "var" / ".soundings.db.copied"
    left.write_bytes(KNOWN)
    season("backup", "copy.age", "--encrypt-to", pair.to_public())
    assert not left.exists()


def test_a_backup_that_can_not_be_finished_leaves_nothing(season, pair):
    season("backup", "nowhere/copy.age", "--encrypt-to", pair.to_public(), code=1)
    (season.home / "copy.age").write_bytes(b"older")
    assert "there already" in season("backup", "copy.age", "--encrypt-to", pair.to_public(), code=1).err
    assert (season.home / "copy.age").read_bytes() == b"older"
    assert readable_leftovers(season.home) == []
    assert sorted(path.name for path in season.home.glob(".*")) == []


def test_a_database_too_large_for_a_passphrase_is_told_of_keys(tmp_path):
    with (tmp_path / "x").open("w+b") as target, pytest.raises(NotSealed, match="--encrypt-to"):
        seal(target, target, Sealing(passphrase=PASSPHRASE), size=LARGEST_FOR_PASSPHRASE + 1)


class Lying:
    """A disk that keeps something else than it was given."""

    def __init__(self, file):
        self.file = file

    def __getattr__(self, name):
        return getattr(self.file, name)

    def write(self, part):
        return self.file.write(part[:-1] + bytes([part[-1] ^ 1]))


def test_what_was_written_is_read_back(tmp_path):
    with (tmp_path / "x").open("w+b") as source, (tmp_path / "y").open("w+b") as target:
        source.write(b"a" * 1000)
        source.seek(0)
        with pytest.raises(NotSealed, match="does not open again"):
            seal(source, Lying(target), Sealing(recipients=(str(Identity.generate().to_public()),)), size=1000)


def test_the_newest_few_are_kept(season):
    for stamp in ("20240101T000000", "20240102T000000", "20240103T000000"):
        (season.home / f"nightly-{stamp}.db").write_bytes(b"x")
    others = ("nightly-20240101.db", "nightly-20240101T000000.db.age", "other-20240101T000000.db")
    for name in others:
        (season.home / name).write_bytes(b"x")
    told = season("backup", "nightly-{now}.db", "--keep", "2").out
    assert told.count("Deleted") == 2
    names = {path.name for path in season.home.iterdir() if path.is_file()}
    assert {name for name in names if name.startswith("nightly-2024010")} == {"nightly-20240103T000000.db", *others[:2]}
    assert len([name for name in names if name.startswith("nightly-2") and name.endswith(".db")]) == 3
    assert "{now}" in season("backup", "copy.db", "--keep", "2", code=2).err
    assert season("backup", "x-{now}.db", "--keep", "0", code=2).out == ""


def test_doctor_says_how_backups_are_kept(season, pair, monkeypatch):
    def found():
        return {each["what"]: each for each in season("doctor", "--json", code=None).json}

    assert found()["backups"]["health"] == "off"
    monkeypatch.setenv("BACKUP_PASSPHRASE", "too short")
    assert found()["BACKUP_PASSPHRASE"]["health"] == "advice"
    monkeypatch.setenv("BACKUP_PASSPHRASE", PASSPHRASE)
    assert found()["BACKUP_PASSPHRASE"]["health"] == "works"
    monkeypatch.setenv("BACKUP_RECIPIENTS", str(pair.to_public()))
    said = found()["BACKUP_RECIPIENTS"]
    assert said["health"] == "works"
    assert "1 key;" in said["words"]
