"""What doctor says of a mailbox: that it can be read, or what to do."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.clients.installation import Installation
from tests.mail_servers.servers import OURS, MailServers

pytestmark = pytest.mark.mail_servers


def found(home: Path, **settings: str) -> Mapping[str, tuple[str, str]]:
    lines = Installation(home=home, smtp_url="", settings=settings).run("doctor", "--json", code=None).json
    return {each["what"]: (each["health"], each["words"]) for each in lines}


def test_a_mailbox_that_can_be_read(servers: MailServers, tmp_path: Path) -> None:
    told = found(
        tmp_path,
        IMAP_URL=f"imaps://reply%40{OURS}:pw-reply@127.0.0.1:{servers.imaps}",
        MAIL_CA_FILE=str(servers.certificate),
        MAIL_REPLY_TO=f"reply@{OURS}",
    )
    assert told["replies by mail"][0] == "works"
    assert "pw-reply" not in told["replies by mail"][1]
    assert "MAIL_REPLY_TO" not in told


@pytest.mark.parametrize(
    ("user", "folder", "words"),
    [
        ("reply%40programme.test:not-this-word", "", "does not accept our user name and password"),
        ("reply%40programme.test:pw-reply", "/Nowhere", "does not open the folder 'Nowhere'"),
    ],
)
def test_what_to_do_about_one_that_can_not(
    servers: MailServers, tmp_path: Path, user: str, folder: str, words: str
) -> None:
    health, said = found(tmp_path, IMAP_URL=f"imaps://{user}@127.0.0.1:{servers.imaps}{folder}")["replies by mail"]
    assert health == "broken"
    assert words in said
    assert "check IMAP_URL" in said
    assert "not-this-word" not in said


def test_where_nothing_is_read_and_where_a_pipe_is_declared(tmp_path: Path) -> None:
    assert found(tmp_path)["replies by mail"][0] == "off"
    health, words = found(tmp_path, MAIL_REPLIES="on")["replies by mail"]
    assert health == "advice"
    assert "soundings mail receive" in words
    # Where nothing listens yet, serve is to be started.
    assert found(tmp_path, MAIL_LISTEN="lmtp://127.0.0.1:1")["MAIL_LISTEN"][0] == "advice"
