"""How the Bot Connector is spoken to, and which addresses count as its own."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

# Where nobody of the tenant has been heard of yet (learn.microsoft.com: send proactive messages).
GLOBAL_SERVICE = "https://smba.trafficmanager.net/teams/"
# Microsoft's own hosts, the government clouds' too. A token of ours goes nowhere else.
_HOSTS = frozenset(
    {
        "smba.trafficmanager.net",
        "smba.infra.gcc.teams.microsoft.com",
        "smba.infra.gov.teams.microsoft.us",
        "smba.infra.dod.teams.microsoft.us",
    }
)
_BELOW = (".botframework.com", ".botframework.us", ".botframework.azure.us")


@dataclass(frozen=True, kw_only=True, slots=True)
class TeamsSettings:
    """`test_hosts`: `host:port` on this machine that stand for the connector's, spoken to without a token."""

    app_id: str
    tenant: str
    test_hosts: tuple[str, ...] = ()

    @property
    def first_service(self) -> str:
        """Where to begin while no address has been told yet."""
        return f"http://{self.test_hosts[0]}/" if self.test_hosts else GLOBAL_SERVICE

    def is_test(self, service_url: str) -> bool:
        """Whether that is one of the test hosts."""
        try:
            parts = urlsplit(service_url)
            return bool(self.test_hosts) and parts.scheme == "http" and parts.netloc.lower() in self.test_hosts
        except ValueError:
            return False

    def allows(self, service_url: str) -> bool:
        """Whether a message, and our token with it, may go there."""
        if self.is_test(service_url):
            return True
        try:
            parts = urlsplit(service_url)
            host, port = (parts.hostname or "").lower(), parts.port
        except ValueError:
            return False
        if parts.scheme != "https" or port not in {None, 443} or parts.username is not None or "\\" in service_url:
            return False
        return host in _HOSTS or host.endswith(_BELOW)
