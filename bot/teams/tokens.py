"""Who may speak to us in Teams' name: the Bot Connector's signed tokens, checked by every rule of theirs.

https://learn.microsoft.com/en-us/azure/bot-service/rest-api/bot-framework-rest-connector-authentication
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jwt

from channels.teams.settings import TeamsSettings

OPENID = "https://login.botframework.com/v1/.well-known/openidconfiguration"
ISSUER = "https://api.botframework.com"
_SKEW, _DAY, _COOL_DOWN = 300, 24 * 3600.0, 60.0
_UNAUTHORIZED, _FORBIDDEN = 401, 403
Fetch = Callable[[str], Mapping[str, Any]]


class NotAdmittedError(Exception):
    """The request is not from who it says; `status` is what it is answered with. The token is never in the words."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status, self.reason = status, reason


@dataclass(frozen=True, kw_only=True, slots=True)
class _Key:
    key: Any
    endorsements: frozenset[str]


class Keys:
    """The keys that the connector signs with: read once a day, and when one is named that is not known.

    `passing` tells seconds that pass; `fetch` gets a page of JSON and raises OSError or ValueError where it can't.
    """

    def __init__(self, fetch: Fetch, passing: Callable[[], float], url: str = OPENID) -> None:
        self._fetch, self._passing, self._url = fetch, passing, url
        self._lock = threading.Lock()
        self._known: dict[str, _Key] = {}
        self._read_at: float | None = None
        self._looked_at: float | None = None

    def find(self, kid: str) -> _Key | None:
        """The key of that name; None where there is none.

        Raises:
            OSError, ValueError: the keys can't be read, and none were before.
        """
        with self._lock:
            now = self._passing()
            if self._read_at is None or now - self._read_at > _DAY:
                self._read(now)
            elif kid not in self._known and (self._looked_at is None or now - self._looked_at > _COOL_DOWN):
                # Keys change; but nobody can make us ask for them all the time by naming ones that don't exist.
                self._looked_at = now
                self._read(now)
            return self._known.get(kid)

    def _read(self, now: float) -> None:
        try:
            where = str(self._fetch(self._url)["jwks_uri"])
            found = {}
            for each in self._fetch(where)["keys"]:
                if each.get("kty") == "RSA" and each.get("kid"):
                    key = jwt.PyJWK(dict(each), algorithm="RS256").key
                    found[str(each["kid"])] = _Key(key=key, endorsements=frozenset(each.get("endorsements") or ()))
        except (KeyError, TypeError, AttributeError, jwt.PyJWTError) as error:
            if not self._known:
                raise ValueError("the connector's keys can't be read") from error
            return
        except (OSError, ValueError):
            if not self._known:
                raise
            return
        self._known, self._read_at = found, now


class Admission:
    """Lets in what Teams sends, and nothing else."""

    def __init__(self, settings: TeamsSettings, keys: Keys) -> None:
        self._settings, self._keys = settings, keys

    def check(self, header: str | None, activity: Mapping[str, Any]) -> None:
        """Every rule, for one request.

        Raises:
            NotAdmittedError: a rule is broken.
        """
        service = activity.get("serviceUrl")
        if not isinstance(service, str) or not self._settings.allows(service):
            raise NotAdmittedError(_FORBIDDEN, "its service address is not one of Microsoft's")
        if not (self._settings.is_test(service) and not header):
            self._check_token(header, activity, service)
        self._check_tenant(activity, signed=header is not None)

    def _check_token(self, header: str | None, activity: Mapping[str, Any], service: str) -> None:
        kind, _, token = (header or "").partition(" ")
        if kind.lower() != "bearer" or not token.strip():
            raise NotAdmittedError(_UNAUTHORIZED, "there is no token")
        try:
            head = jwt.get_unverified_header(token.strip())
            if head.get("alg") != "RS256":
                raise NotAdmittedError(_UNAUTHORIZED, "the token is not signed as it must be")
            key = self._keys.find(str(head.get("kid", "")))
            if key is None:
                raise NotAdmittedError(_UNAUTHORIZED, "the token is signed with a key that is not known")
            claims = jwt.decode(
                token.strip(),
                key.key,
                algorithms=["RS256"],
                audience=self._settings.app_id,
                issuer=ISSUER,
                leeway=_SKEW,
                options={"require": ["exp", "iss", "aud"]},
            )
        except jwt.PyJWTError as error:
            raise NotAdmittedError(_UNAUTHORIZED, f"the token is not good ({type(error).__name__})") from None
        except (OSError, ValueError):
            raise NotAdmittedError(_UNAUTHORIZED, "the keys of the connector can't be read") from None
        if str(claims.get("serviceurl", "")).rstrip("/") != service.rstrip("/"):
            raise NotAdmittedError(_FORBIDDEN, "the token is for another service address")
        if activity.get("channelId") not in key.endorsements:
            raise NotAdmittedError(_FORBIDDEN, "the key does not speak for this channel")

    def _check_tenant(self, activity: Mapping[str, Any], *, signed: bool) -> None:
        said = tenants_of(activity)
        if any(each.lower() != self._settings.tenant.lower() for each in said) or (signed and not said):
            raise NotAdmittedError(_FORBIDDEN, "it is from another tenant")


def tenants_of(activity: Mapping[str, Any]) -> list[str]:
    """Every place in which an activity names its tenant."""
    data, conversation = _within(activity, "channelData"), _within(activity, "conversation")
    found = [_within(data, "tenant").get("id"), conversation.get("tenantId"), _within(activity, "from").get("tenantId")]
    return [each for each in found if isinstance(each, str) and each]


def _within(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = value.get(name)
    return found if isinstance(found, Mapping) else {}
