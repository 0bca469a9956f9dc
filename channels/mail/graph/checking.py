"""Whether an app may do what we need of it, found out without sending or changing anything."""

from __future__ import annotations

from channels.mail.graph import troubles
from channels.mail.graph.client import UNAUTHORISED, GraphClient, GraphRefusal, Unreached
from channels.tokens import NoToken

_FORBIDDEN = 403
# No message is called like this: being told so shows that the permission is there.
_NONE = "/messages/AAMkAGM2"
# What needs the permission, tried on a message that is not there.
_TRIALS = (
    ("Mail.ReadWrite", "PATCH", _NONE, b'{"isRead": true}', "application/json"),
    ("Mail.Send", "POST", f"{_NONE}/send", b"", ""),
)


def missing_permissions(client: GraphClient) -> tuple[str, ...]:
    """The application permissions without which mails can't be sent from the mailbox.

    Raises:
        Unreached: Graph did not answer.
        NoToken: there is no token to ask with.
        GraphRefusal: it does not take the token, or knows no such mailbox.
    """
    missing = []
    for permission, method, path, body, kind in _TRIALS:
        try:
            client.ask(method, path, body=body, kind=kind)
        except GraphRefusal as refusal:
            if refusal.status == _FORBIDDEN:
                missing.append(permission)
            elif refusal.status == UNAUTHORISED or refusal.code in ("ErrorInvalidUser", "ResourceNotFound"):
                raise
    return tuple(missing)


def trouble_of(error: Exception, client: GraphClient) -> str:
    """What one of these errors says to the deployer."""
    if isinstance(error, GraphRefusal):
        return troubles.said(error, client.mailbox.address, "Mail.ReadWrite")
    return str(error)


TROUBLES = (Unreached, NoToken, GraphRefusal)
