"""Looks at Microsoft Graph as mails would go and come through it, without sending any."""

from __future__ import annotations

from collections.abc import Iterator
from email.utils import parseaddr

from bot.microsoft import roles_of
from bot.settings import Settings
from channels.tokens import NoToken
from storage.engine import Store
from storage.programmes import all_programmes


def other_senders(settings: Settings, store: Store) -> Iterator[str]:
    """What to see to where mails would go out under another address than the mailbox's."""
    own = settings.graph_mailbox.lower()
    with store.reading() as tx:
        named = {
            f"the programme {each.key}": each.programme.sender.email
            for each in all_programmes(tx)
            if each.programme.sender is not None
        }
    if settings.mail_from:
        named["MAIL_FROM"] = parseaddr(settings.mail_from)[1]
    for who, address in named.items():
        if address.lower() != own:
            yield f"{who} writes as {address}: let {own} send as that address in Exchange, or its mails wait"


def graph_sending(settings: Settings, seconds: float) -> tuple[bool, str]:
    """Whether mails can be sent through Graph, and what was found or what to do."""
    from bot.graph import graph_client, sign_in  # noqa: PLC0415 - slow to load, and only needed here
    from channels.mail.graph.checking import TROUBLES, missing_permissions, trouble_of  # noqa: PLC0415

    client = graph_client(settings, timeout=seconds)
    try:
        roles = roles_of(sign_in(settings).token())
        missing = missing_permissions(client)
    except NoToken as error:
        return False, str(error)
    except TROUBLES as error:
        return False, trouble_of(error, client)
    finally:
        client.rest()
    named = f"the token names {', '.join(roles)}" if roles else "the token names no permission"
    if missing:
        words = (
            f"Graph lets us in to {settings.graph_mailbox} but not {' and '.join(missing)} ({named}): give the app "
            "these application permissions with admin consent, or assign the roles of the same name in Exchange"
        )
        return False, words
    if roles:
        return True, f"Graph lets us send as {settings.graph_mailbox}; {named}"
    return True, f"Graph lets us send as {settings.graph_mailbox}, by roles assigned in Exchange for this mailbox"
