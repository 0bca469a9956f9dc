"""Puts the app into a person's Teams where the tenant lets it do so by itself.

https://learn.microsoft.com/en-us/microsoftteams/platform/graph-api/proactive-bots-and-messages/graph-proactive-bots-and-messages
https://learn.microsoft.com/en-us/graph/api/userteamwork-post-installedapps
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

import requests

from channels.tokens import NoToken, Tokens

PERMISSION = "TeamsAppInstallation.ReadWriteSelfForUser.All"
CATALOG_PERMISSION = "AppCatalog.Read.All"
_OK, _CREATED, _CONFLICT = 200, 201, 409
# What keeps us from it is tried again after so many seconds: a permission may have been given since.
_PAUSE = 3600.0


class Installer:
    """One app of one tenant; `trouble` is why it can't be put anywhere, "" if it can or was not tried."""

    def __init__(
        self, tokens: Tokens, app_id: str, *, base: str, timeout: float = 20, passing: Callable[[], float] | None = None
    ) -> None:
        self._tokens, self._app_id, self._base, self._timeout = tokens, app_id, base.rstrip("/"), timeout
        self._passing = passing or time.monotonic
        self._catalog_id = ""
        self._not_before = 0.0
        self.trouble = ""

    def install(self, user: str) -> bool:
        """Whether that person (an Entra object id) has the app now."""
        if not self.is_possible():
            return False
        bound = f"https://graph.microsoft.com/v1.0/appCatalogs/teamsApps/{self._catalog_id}"
        path = f"users/{quote(user, safe='')}/teamwork/installedApps"
        status, _ = self._call("POST", path, {"teamsApp@odata.bind": bound})
        if status in {_CREATED, _CONFLICT}:
            return True
        # Somebody without Teams is no reason to leave the others out.
        if status in {401, 403}:
            self._give_up(f"the app lacks the permission {PERMISSION} of Microsoft Graph")
        return False

    def is_possible(self) -> bool:
        """Whether the tenant's catalogue has the app and we may see that; remembered."""
        if self.trouble and self._passing() < self._not_before:
            return False
        if self._catalog_id:
            return True
        wanted = quote(f"externalId eq '{self._app_id}'", safe="")
        status, found = self._call("GET", f"appCatalogs/teamsApps?$filter={wanted}")
        known = [str(each.get("id")) for each in found.get("value") or () if each.get("id")]
        if status == _OK and known:
            self._catalog_id, self.trouble = known[0], ""
            return True
        why = "the app is not in the tenant's catalogue: upload the package in the Teams admin centre"
        self._give_up(why if status == _OK else f"the app lacks the permission {CATALOG_PERMISSION} of Microsoft Graph")
        return False

    def _give_up(self, why: str) -> None:
        self.trouble, self._not_before = why, self._passing() + _PAUSE

    def _call(self, verb: str, path: str, body: Mapping[str, Any] | None = None) -> tuple[int, Mapping[str, Any]]:
        try:
            response = requests.request(
                verb,
                f"{self._base}/{path}",
                data=None if body is None else json.dumps(body).encode(),
                headers={"Authorization": f"Bearer {self._tokens.token()}", "Content-Type": "application/json"},
                timeout=self._timeout,
                allow_redirects=False,
            )
            found = response.json() if response.content else {}
        except NoToken:
            return 401, {}
        except (requests.exceptions.RequestException, ValueError):
            return 0, {}
        return response.status_code, found if isinstance(found, dict) else {}
