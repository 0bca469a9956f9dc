"""Microsoft's token endpoint for apps, as documented, on this machine.

Each rule names the page it comes from:
[flow]  https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow
[cert]  https://learn.microsoft.com/en-us/entra/identity-platform/certificate-credentials
[codes] https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes
[token] https://learn.microsoft.com/en-us/entra/identity-platform/access-tokens
"""

from __future__ import annotations

import base64
import datetime as dt
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

TENANT = "3f2a7c1e-0000-4000-8000-00000000c0de"
CLIENT = "9b1d4e2f-0000-4000-8000-0000000000b0"
SECRET = "a~client.secret_for-tests"
GRAPH, BOTS = "https://graph.microsoft.com", "https://api.botframework.com"
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
Answer = tuple[int, dict[str, object]]


@dataclass
class SignIn:
    """One tenant with one app."""

    host: str = ""
    roles: tuple[str, ...] = ("Mail.ReadWrite", "Mail.Send")
    certificate: x509.Certificate | None = None
    lasts: int = 3600
    audience: str = GRAPH
    asked: int = 0
    key: str = field(default_factory=lambda: secrets.token_hex(32))
    revoked: set[str] = field(default_factory=set)

    def configuration(self, tenant: str) -> Answer:
        """OpenID's own description, which msal reads first. An unknown tenant is a 400, AADSTS90002 [codes]."""
        if tenant != TENANT:
            return _error(400, "invalid_tenant", "AADSTS90002: Tenant not found.")
        base = f"https://{self.host}/{tenant}"
        return 200, {
            "token_endpoint": f"{base}/oauth2/v2.0/token",
            "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
            "issuer": f"{base}/v2.0",
        }

    def token(self, tenant: str, form: Mapping[str, str]) -> Answer:
        """A token for the app, or why not [flow]."""
        self.asked += 1
        if tenant != TENANT:
            return _error(400, "invalid_tenant", "AADSTS90002: Tenant not found.")
        if form.get("grant_type") != "client_credentials":
            return _error(400, "unsupported_grant_type", "AADSTS70003: The grant type is not supported.")
        if form.get("client_id") != CLIENT:
            return _error(400, "unauthorized_client", "AADSTS700016: Application was not found in the directory.")
        # Only whole resources can be asked for: `.default` [flow].
        if form.get("scope", "").split(" ")[0] not in {f"{GRAPH}/.default", f"{BOTS}/.default"}:
            return _error(400, "invalid_scope", "AADSTS1002012: The scope must end in /.default.")
        wrong = self._credential(form)
        if wrong:
            return _error(401, "invalid_client", wrong)
        return 200, {"token_type": "Bearer", "expires_in": self.lasts, "access_token": self.issue()}

    def issue(self, **changed: object) -> str:
        """A token as the endpoint gives it; `changed` claims make it a wrong one."""
        now = int(time.time())
        claims: dict[str, object] = {
            "aud": self.audience,
            "iss": f"https://sts.windows.net/{TENANT}/",
            "appid": CLIENT,
            "tid": TENANT,
            "roles": list(self.roles),
            "iat": now,
            "nbf": now,
            "exp": now + self.lasts,
            "jti": secrets.token_hex(8),
        }
        return jwt.encode(claims | changed, self.key, algorithm="HS256")

    def refused(self, header: str | None) -> str:
        """Why a request's Authorization is not taken: missing, forged, over, or for another resource [token]."""
        if not header or not header.startswith("Bearer "):
            return "Access token is empty."
        token = header.removeprefix("Bearer ")
        if token in self.revoked:
            return "Lifetime validation failed, the token is expired."
        try:
            jwt.decode(token, self.key, algorithms=["HS256"], audience=GRAPH)
        except jwt.ExpiredSignatureError:
            return "Lifetime validation failed, the token is expired."
        except jwt.InvalidAudienceError:
            return "Access token validation failure. Invalid audience."
        except jwt.InvalidTokenError:
            return "CompactToken parsing failed."
        return ""

    def roles_in(self, header: str) -> list[str]:
        claims = jwt.decode(header.removeprefix("Bearer "), self.key, algorithms=["HS256"], audience=GRAPH)
        return list(claims.get("roles", []))

    def _credential(self, form: Mapping[str, str]) -> str:
        if "client_secret" in form:
            if form["client_secret"] == SECRET:
                return ""
            return "AADSTS7000215: Invalid client secret provided."
        if form.get("client_assertion_type") == _ASSERTION:
            return self._assertion(form.get("client_assertion", ""))
        return "AADSTS7000218: The request body must contain client_assertion or client_secret."

    def _assertion(self, assertion: str) -> str:
        """PS256, the thumbprint of a certificate the app has, and aud, iss, sub, jti, exp as they must be [cert]."""
        if self.certificate is None:
            return "AADSTS700027: The certificate used to sign the client assertion is not registered."
        thumbprint = base64.urlsafe_b64encode(self.certificate.fingerprint(hashes.SHA256())).rstrip(b"=").decode()
        try:
            if str(jwt.get_unverified_header(assertion).get("x5t#S256")).rstrip("=") != thumbprint:
                return "AADSTS700027: The certificate with the given thumbprint is not registered."
            claims = jwt.decode(
                assertion,
                self.certificate.public_key(),  # type: ignore[arg-type]
                algorithms=["PS256"],
                audience=f"https://{self.host}/{TENANT}/oauth2/v2.0/token",
                options={"require": ["exp", "iss", "sub", "aud", "jti"]},
            )
        except jwt.ExpiredSignatureError:
            return "AADSTS700024: Client assertion is not within its valid time range."
        except jwt.InvalidAudienceError:
            return "AADSTS700212: Client assertion audience does not match."
        except jwt.InvalidTokenError:
            return "AADSTS700027: Client assertion failed signature validation."
        if claims["iss"] != CLIENT or claims["sub"] != CLIENT:
            return "AADSTS700021: Client assertion application identifier does not match."
        return ""


def _error(status: int, error: str, words: str) -> Answer:
    return status, {"error": error, "error_description": f"{words} Trace ID: 0000", "error_codes": []}


def app_certificate(folder: Path, name: str = "app") -> tuple[Path, x509.Certificate]:
    """A PEM file with a private key and its certificate, as a deployer makes one."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    begins = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + dt.timedelta(days=30))
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path, certificate
