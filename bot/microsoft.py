"""Signs in at Microsoft as an app, with a secret or a certificate (OAuth 2.0 client credentials).

https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow
"""

from __future__ import annotations

import base64
import binascii
import json
import threading
from pathlib import Path
from typing import Any

from channels.tokens import NoToken

AUTHORITY = "login.microsoftonline.com"
GRAPH_SCOPE = "https://graph.microsoft.com/.default"
_REACHED_WITHIN = 6.0
_TIMEOUT = 20.0
# Told by Microsoft's own codes: https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes
_WHAT_TO_DO = {
    "AADSTS7000215": "the client secret is not right: check GRAPH_CLIENT_SECRET (the secret's value, not its id)",
    "AADSTS7000222": "the client secret has expired: make a new one and set GRAPH_CLIENT_SECRET",
    "AADSTS700016": "the app is not known in the tenant: check GRAPH_CLIENT_ID and GRAPH_TENANT_ID",
    "AADSTS90002": "there is no such tenant: check GRAPH_TENANT_ID",
    "AADSTS700027": "the certificate is not the app's: upload it to the app, or check GRAPH_CLIENT_CERTIFICATE",
}


class MicrosoftSignIn:
    """One app's tokens for one scope, kept until shortly before they end. Any thread may ask.

    `certificate` is a PEM file with the private key and the certificate. `test_host` is a host of this machine
    that stands for Microsoft's in tests, spoken to without encryption.
    """

    def __init__(
        self,
        *,
        tenant: str,
        client_id: str,
        secret: str = "",
        certificate: str = "",
        scope: str = GRAPH_SCOPE,
        test_host: str = "",
    ) -> None:
        self._tenant = tenant
        self._client_id = client_id
        self._secret = secret
        self._certificate = certificate
        self._scope = scope
        self._test_host = test_host
        self._app: Any = None
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"MicrosoftSignIn({self._client_id})"

    def __call__(self) -> str:
        return self.token()

    def token(self, *, fresh: bool = False) -> str:
        """A token that is good now; with `fresh` a new one.

        Raises:
            NoToken: there is none, and what to do.
        """
        import requests  # noqa: PLC0415 - slow to load, and only needed here

        with self._lock:
            try:
                if self._app is None:
                    self._app = self._signed_up()
                if fresh:
                    self._app.remove_tokens_for_client()
                answer = self._app.acquire_token_for_client([self._scope])
            except requests.exceptions.RequestException as error:
                host = self._test_host or AUTHORITY
                raise NoToken(f"{host} can't be reached to sign in ({type(error).__name__})") from None
            except ValueError as error:
                # msal's own words can hold what it was given.
                raise NoToken(
                    f"signing in at Microsoft failed ({type(error).__name__}): check GRAPH_TENANT_ID"
                ) from None
        if "access_token" not in answer:
            raise NoToken(_why_not(answer))
        return str(answer["access_token"])

    def _signed_up(self) -> Any:
        import msal  # noqa: PLC0415 - slow to load, and only needed here

        return msal.ConfidentialClientApplication(
            self._client_id,
            authority=f"https://{self._test_host or AUTHORITY}/{self._tenant}",
            client_credential=self._credential(),
            http_client=_Http(self._test_host),
            instance_discovery=None if not self._test_host else False,
        )

    def _credential(self) -> str | dict[str, str]:
        if self._secret:
            return self._secret
        try:
            pem = Path(self._certificate).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is not a text file"
            raise NoToken(f"GRAPH_CLIENT_CERTIFICATE: {self._certificate} can't be read: {reason}") from None
        if not _is_key_and_certificate(pem):
            raise NoToken(
                f"GRAPH_CLIENT_CERTIFICATE: {self._certificate} is no PEM file with an RSA private key, without "
                "passphrase, and its certificate"
            )
        return {"private_key": pem, "public_certificate": pem}


def _is_key_and_certificate(pem: str) -> bool:
    from cryptography import x509  # noqa: PLC0415 - slow to load, and only needed here
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415

    try:
        key = load_pem_private_key(pem.encode(), password=None)
        certificate = x509.load_pem_x509_certificate(pem.encode())
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return False
    return isinstance(key, RSAPrivateKey) and certificate.public_key() == key.public_key()


def roles_of(token: str) -> tuple[str, ...]:
    """The application permissions that a token names; nothing is proved by it, it is only read."""
    try:
        body = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        return tuple(sorted(str(role) for role in claims.get("roles", ())))
    except (IndexError, ValueError, binascii.Error, AttributeError, TypeError):
        return ()


class _Http:
    """What msal asks through: with time-outs, without redirects; the test host is spoken to in the clear."""

    def __init__(self, test_host: str) -> None:
        import requests  # noqa: PLC0415 - slow to load, and only needed here

        self._session = requests.Session()
        self._test_host = test_host

    def post(self, url: str, **named: Any) -> Any:
        return self._session.post(self._meant(url), **self._with_limits(named))

    def get(self, url: str, **named: Any) -> Any:
        return self._session.get(self._meant(url), **self._with_limits(named))

    def close(self) -> None:
        self._session.close()

    def _meant(self, url: str) -> str:
        # msal knows https only.
        ours = f"https://{self._test_host}/"
        return f"http://{url.removeprefix('https://')}" if self._test_host and url.startswith(ours) else url

    @staticmethod
    def _with_limits(named: dict[str, Any]) -> dict[str, Any]:
        return {"timeout": (_REACHED_WITHIN, _TIMEOUT), "allow_redirects": False, **named}


def _why_not(answer: dict[str, Any]) -> str:
    told = str(answer.get("error_description") or answer.get("error") or "no reason given")
    known = next((words for code, words in _WHAT_TO_DO.items() if f"{code}:" in told or told.startswith(code)), "")
    # Microsoft's own words name the app and the tenant, never the secret; the first line is enough.
    first = told.splitlines()[0][:200] if told else ""
    return f"Microsoft gave no token: {known or first}"
