"""What the web's routes work with, and who may open what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from bot.web.links import Links, base_of, seal_form
from storage.asked import Asked
from storage.engine import Store, Tx
from storage.forms import Form, form_of
from storage.invitations import was_made
from surveys.tokens import Purpose, invitation_of, opens

# So many generations of a link are known again after its invitation has gone.
_GENERATIONS = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class WebSettings:
    """`public_url`: where people reach the pages. `secrets`: the present key first, then the one before it.

    `banner`: words on top of every page, for a demo; "" for none. `metrics_token`: what opens `/metrics`.
    """

    public_url: str
    secrets: tuple[str, ...] = field(repr=False)
    banner: str = ""
    metrics_token: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """Database, settings and clock; `styles` are the stylesheets' addresses."""

    store: Store
    settings: WebSettings
    clock: Callable[[], datetime]
    styles: tuple[str, ...] = ()

    @property
    def base(self) -> str:
        return base_of(self.settings.public_url)

    def links(self, token: str, purpose: Purpose) -> Links:
        return Links(base=self.base, token=token, purpose=purpose)

    def seal(self, token: str) -> str:
        return seal_form(self.settings.secrets[0], token)

    def admits(self, token: str, purpose: Purpose) -> Callable[[Asked], bool]:
        """Whether the token opens the invitation it claims, as that stands now."""
        return lambda asked: self._opens(token, purpose, asked, back=0)

    def is_spent(self, token: str, asked: Asked) -> bool:
        """Whether it is the entry link that the last Submit used up."""
        return asked.entry_generation > 0 and self._opens(token, Purpose.ENTRY, asked, back=1)

    def admitted(self, tx: Tx, links: Links) -> Form | None:
        """The form the link opens; None if it opens nothing."""
        invitation_id = invitation_of(links.token)
        form = None if invitation_id is None else form_of(tx, invitation_id)
        return form if form is not None and self.admits(links.token, links.purpose)(form.asked) else None

    def was_erased(self, tx: Tx, token: str) -> bool:
        """Whether the token is a genuine one whose invitation is there no more: its person was erased."""
        invitation_id = invitation_of(token)
        if invitation_id is None or form_of(tx, invitation_id) is not None or not was_made(tx, invitation_id):
            return False
        return any(
            opens(token, self.settings.secrets, purpose, invitation_id, generation)
            for purpose in (Purpose.ANSWER, Purpose.ENTRY)
            for generation in range(_GENERATIONS)
        )

    def _opens(self, token: str, purpose: Purpose, asked: Asked, *, back: int) -> bool:
        generation = asked.entry_generation if purpose is Purpose.ENTRY else asked.generation
        return opens(token, self.settings.secrets, purpose, asked.invitation_id, generation - back)
