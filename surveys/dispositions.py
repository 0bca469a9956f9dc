"""What has become of each invitation, and the figures that follow (design: When things go)."""

from __future__ import annotations

from enum import StrEnum


class Disposition(StrEnum):
    """Exactly one holds for an invitation at any time."""

    PENDING = "pending"
    PARTIAL = "partial"
    COMPLETE = "complete"
    DECLINED = "declined"
    DELEGATED = "delegated"
    JOINT_RETURN = "joint_return"
    UNDELIVERABLE = "undeliverable"
    NOT_ELIGIBLE = "not_eligible"
