import os
import re
from pathlib import Path

import pytest

from bot.settings import NAMES, Settings, WrongSettings, gather, read_settings, without_secrets

ROOT = Path(__file__).resolve().parents[2]


def read(environment: dict[str, str], folder: Path) -> Settings:
    return read_settings(gather(environment, folder))


def problems(environment: dict[str, str], folder: Path) -> list[str]:
    with pytest.raises(WrongSettings) as wrong:
        read(environment, folder)
    return list(wrong.value.problems)


def test_nothing_set_gives_the_defaults(tmp_path):
    settings = read({}, tmp_path)
    assert settings.database_url == "sqlite:///var/soundings.db"
    assert settings.public_url == "http://127.0.0.1:8080"
    assert (settings.mail_on, settings.mail_plus_addressing, settings.secrets) == (False, True, ())


def test_the_environment_wins_over_the_file_and_an_empty_value_is_none(tmp_path):
    (tmp_path / ".env").write_text(
        '# ours\nSECRET_KEY="from the file"\nPUBLIC_URL=https://one.example.org/\nMAIL_FROM=\n', encoding="utf-8"
    )
    settings = read({"PUBLIC_URL": "https://two.example.org", "SECRET_KEY": "  "}, tmp_path)
    assert (settings.secret_key, settings.public_url, settings.mail_from) == (
        "from the file",
        "https://two.example.org",
        "",
    )


def test_every_problem_is_told_at_once_with_its_place(tmp_path):
    (tmp_path / ".env").write_text(
        "SMTP_URL=mail.example.org\nMAIL_FROM=nobody\nthis is no setting\n", encoding="utf-8"
    )
    found = problems({"DATABASE_URL": "mysql://x", "MAIL_PLUS_ADDRESSING": "maybe"}, tmp_path)
    assert {line.split(": ")[0] for line in found} == {".env:1", ".env:2", ".env:3", "environment:0"}
    assert any("DATABASE_URL" in line for line in found)
    assert any("MAIL_PLUS_ADDRESSING" in line for line in found)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("PUBLIC_URL", "ftp://example.org"),
        ("PUBLIC_URL", "https://example.org/?a=1"),
        ("SMTP_URL", "smtp://example.org:70000"),
        ("SMTP_URL", "smtp://example.org:0"),
        ("MAIL_REPLY_TO", "a b@example.org"),
        ("MAIL_FROM", "Ann\nBcc: x@example.org <ann@example.org>"),
        ("ORGANISERS", "ann@example.org, nonsense"),
        ("TEAMS_TEST_SERVICE_HOSTS", "example.org:80"),
        ("TEAMS_TEST_SERVICE_HOSTS", "127.0.0.1"),
    ],
)
def test_what_can_not_be_used_is_refused(tmp_path, name, value):
    assert [line.split(": ")[1] for line in problems({name: value}, tmp_path)] == [name]


def test_no_secret_is_shown(tmp_path):
    hidden = "s3cr3t-words"
    environment = {name: hidden for name in NAMES if "SECRET" in name or "TOKEN" in name}
    environment |= {"SMTP_URL": f"smtp://me:{hidden}@example.org", "DATABASE_URL": f"postgresql://me:{hidden}@db/x"}
    settings = read(environment, tmp_path)
    assert hidden not in repr(settings)
    assert hidden not in without_secrets(settings.smtp_url)
    wrong = problems({"SMTP_URL": f"smpt://me:{hidden}@example.org"}, tmp_path)
    assert hidden not in " ".join(wrong)


def test_organisers_are_read_with_their_ids_and_programmes(tmp_path):
    guid = "0f1e2d3c-0000-4000-8000-0123456789ab"
    words = f"ann@example.org, ben@example.org;slack:U01ABC;teams:{guid}@spring-visits, cy@example.org@autumn"
    ann, ben, cy = read({"ORGANISERS": words}, tmp_path).organisers
    assert (ann.email, ann.programme, ann.role) == ("ann@example.org", "", "admin")
    assert (ben.slack, ben.teams, ben.programme, ben.role) == ("U01ABC", guid, "spring-visits", "organiser")
    assert (cy.email, cy.programme) == ("cy@example.org", "autumn")


def test_code_example_and_documents_name_the_same_settings():
    example = re.findall(r"^([A-Z][A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE)
    table = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8").split("## Settings")[1].split("\n## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    documented = [name for row in rows for name in re.findall(r"`([A-Z_]+)`", row)]
    fields = [name.upper() for name in Settings.__dataclass_fields__]
    assert sorted(example) == sorted(documented) == sorted(NAMES) == sorted(fields)


def test_the_example_can_be_used_as_it_is(tmp_path):
    (tmp_path / ".env").write_bytes((ROOT / ".env.example").read_bytes())
    assert read({}, tmp_path).database_url == "sqlite:///var/soundings.db"


def test_an_unreadable_file_is_told(tmp_path):
    (tmp_path / ".env").write_bytes("SECRET_KEY=\xff\xfe".encode("utf-16"))
    assert problems({}, tmp_path)[0].startswith(".env:1:")


def test_the_environment_of_this_run_is_not_read_by_accident(tmp_path):
    assert gather({}, tmp_path).values == {}
    assert "PATH" in os.environ


def test_several_mailboxes_are_separated_by_spaces_whatever_a_password_holds(tmp_path):
    one, two = "imaps://a:pass,word@mail.example.org/Box", "imap+xoauth2://b@127.0.0.1:143"
    for between in (" ", ", ", "\n"):
        assert read({"IMAP_URL": f"{one}{between}{two}"}, tmp_path).imap_url == (one, two)
    assert "imaps://user:password@mail.example.org" in problems({"IMAP_URL": f"{one} pop3://x"}, tmp_path)[0]
