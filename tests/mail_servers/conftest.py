"""The pair of mail servers, started once. Mark its tests `mail_servers`."""

from collections.abc import Iterator

import pytest

from tests.mail_servers.servers import MailServers, why_not


@pytest.fixture(scope="session")
def servers() -> Iterator[MailServers]:
    reason = why_not()
    if reason:
        pytest.fail(f"{reason}; scripts/install-system-packages installs them")
    pair = MailServers()
    try:
        yield pair.start()
    finally:
        pair.stop()


@pytest.fixture(scope="session")
def other_authority(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The file of an authority that vouches for none of our servers."""
    from tests.fakes.smtp_server import self_signed

    folder = tmp_path_factory.mktemp("other")
    self_signed(folder)
    return str(folder / "server.pem")
