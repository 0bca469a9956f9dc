"""What Graph's errors mean for the message and for the channel, and what to do about them.

The codes: https://learn.microsoft.com/en-us/graph/errors and
https://learn.microsoft.com/en-us/exchange/client-developer/web-service-reference/responsecode
"""

from __future__ import annotations

from datetime import datetime, timedelta

from channels.base import Envelope
from channels.mail.graph.client import UNAUTHORISED, GraphRefusal
from surveys.delivery import Deferred, Outcome, Refused

_FORBIDDEN = 403
_NOT_FOUND = 404
_TOO_LARGE = 413
_BAD = frozenset({400, 422})
# The sender a programme names may be one that this mailbox must not write as: others' mails go on.
_NOT_OUR_NAME = frozenset({"errorsendasdenied", "errornopermissiontosubmit"})
_NO_SUCH_RECIPIENT = frozenset({"errorinvalidrecipients", "errorinvalidemailaddress", "errorinvalidsmtpaddress"})
_SENT_TOO_MUCH = frozenset({"errorexceededmessagelimit", "errorsubmissionquotaexceeded", "errormessagelimitexceeded"})
_FULL = frozenset({"errorquotaexceeded", "quotalimitreached"})
_PAUSE = timedelta(minutes=15)


def of_draft(refusal: GraphRefusal, envelope: Envelope, mailbox: str, now: datetime) -> Outcome:
    """The draft was not taken."""
    return _outcome(refusal, envelope, mailbox, now, permission="Mail.ReadWrite")


def of_sending(refusal: GraphRefusal, envelope: Envelope, mailbox: str, now: datetime) -> Outcome:
    """The draft was not sent."""
    return _outcome(refusal, envelope, mailbox, now, permission="Mail.Send")


def said(refusal: GraphRefusal, mailbox: str, permission: str) -> str:
    """What an error that concerns the whole channel means, and what to do."""
    code = refusal.code.lower()
    if refusal.status == UNAUTHORISED:
        return f"Graph does not take our token: {refusal}; check GRAPH_TENANT_ID and GRAPH_CLIENT_ID"
    if refusal.status == _FORBIDDEN:
        return f"Graph does not let the app use {mailbox}: give it the application permission {permission} ({refusal})"
    if refusal.status == _NOT_FOUND:
        return f"there is no mailbox {mailbox} that Graph can reach: check GRAPH_MAILBOX ({refusal})"
    if code in _FULL or refusal.status == 507:  # noqa: PLR2004 - insufficient storage
        return f"the mailbox {mailbox} is full: {refusal}"
    if refusal.wait:
        return f"Graph asks to be left alone for {refusal.wait} seconds: {refusal}"
    return f"Graph can't do it now: {refusal}"


def _outcome(refusal: GraphRefusal, envelope: Envelope, mailbox: str, now: datetime, *, permission: str) -> Outcome:
    code = refusal.code.lower()
    if code in _NOT_OUR_NAME:
        words = f"the mailbox {mailbox} may not send under the sender's address: {refusal}"
        return Deferred(until=now + _PAUSE, reason=words)
    if refusal.status == _TOO_LARGE or code == "errormessagesizeexceeded":
        return Refused(reason=f"the mail is larger than Microsoft 365 takes: {refusal}", address_is_bad=False)
    if refusal.status in _BAD and code not in _SENT_TOO_MUCH | _FULL:
        # Of several recipients Graph does not say which.
        bad = code in _NO_SUCH_RECIPIENT and len(envelope.recipients) == 1
        return Refused(reason=f"the message was refused: {refusal}", address_is_bad=bad)
    until = now + timedelta(seconds=refusal.wait)
    return Deferred(until=until, reason=said(refusal, mailbox, permission), whole_channel=True)
