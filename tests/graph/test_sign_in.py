"""Tokens from Microsoft's endpoint, and what its refusals tell the deployer."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from bot.microsoft import MicrosoftSignIn, roles_of
from channels.tokens import NoToken
from tests.fakes.graph_server import GraphServer
from tests.fakes.graph_sign_in import CLIENT, SECRET, TENANT, app_certificate


def test_a_token_is_asked_for_once_and_kept(graph: GraphServer, sign_in: MicrosoftSignIn) -> None:
    first = sign_in.token()
    assert graph.sign_in.refused(f"Bearer {first}") == ""
    assert sign_in.token() == first == sign_in()
    assert graph.sign_in.asked == 1
    assert sign_in.token(fresh=True) != first
    assert graph.sign_in.asked == 2


def test_a_token_about_to_end_is_renewed(graph: GraphServer, sign_in: MicrosoftSignIn) -> None:
    graph.sign_in.lasts = 60
    first = sign_in.token()
    time.sleep(1)
    assert sign_in.token() != first


def test_a_certificate_signs_in_too(graph: GraphServer, tmp_path: Path) -> None:
    path, graph.sign_in.certificate = app_certificate(tmp_path)
    app = MicrosoftSignIn(tenant=TENANT, client_id=CLIENT, certificate=str(path), test_host=graph.host)
    assert graph.sign_in.refused(f"Bearer {app.token()}") == ""
    assert graph.sign_in.refused(f"Bearer {app.token(fresh=True)}") == ""


def test_another_certificate_than_the_apps_is_refused(graph: GraphServer, tmp_path: Path) -> None:
    _, graph.sign_in.certificate = app_certificate(tmp_path)
    path, _ = app_certificate(tmp_path, "another")
    app = MicrosoftSignIn(tenant=TENANT, client_id=CLIENT, certificate=str(path), test_host=graph.host)
    with pytest.raises(NoToken, match="upload it to the app"):
        app.token()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"secret": "wrong"}, "check GRAPH_CLIENT_SECRET"),
        ({"client_id": "another"}, "check GRAPH_CLIENT_ID"),
        ({"tenant": "nowhere"}, "GRAPH_TENANT_ID"),
        ({"scope": "Mail.Send"}, "AADSTS1002012"),
        ({"test_host": "127.0.0.1:9"}, "can't be reached"),
        ({"secret": "", "certificate": "no/such/file.pem"}, "can't be read: No such file"),
        ({"secret": "", "certificate": __file__}, "no PEM file"),
    ],
    ids=lambda value: ",".join(value) if isinstance(value, dict) else "",
)
def test_what_is_wrong_is_told_without_the_secret(graph: GraphServer, changed: dict[str, str], words: str) -> None:
    given = {"tenant": TENANT, "client_id": CLIENT, "secret": SECRET, "test_host": graph.host} | changed
    app = MicrosoftSignIn(**given)
    with pytest.raises(NoToken) as refused:
        app.token()
    assert words in str(refused.value)
    assert SECRET not in str(refused.value)
    assert SECRET not in repr(app)


def test_a_broken_private_key_is_told_as_such(graph: GraphServer, tmp_path: Path) -> None:
    path, _ = app_certificate(tmp_path)
    pem = path.read_text().splitlines()
    path.write_text("\n".join([pem[0], "nonsense", *pem[8:]]) + "\n")
    app = MicrosoftSignIn(tenant=TENANT, client_id=CLIENT, certificate=str(path), test_host=graph.host)
    with pytest.raises(NoToken, match="GRAPH_"):
        app.token()


def test_the_permissions_of_a_token_are_read(graph: GraphServer, sign_in: MicrosoftSignIn) -> None:
    assert roles_of(sign_in.token()) == ("Mail.ReadWrite", "Mail.Send")
    assert roles_of("no token at all") == ()
    assert roles_of("a.b.c") == ()
