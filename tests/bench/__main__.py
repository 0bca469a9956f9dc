"""`make bench`: rates, spread and ratios to a bare baseline of the same run; 1 if a target is missed."""

from __future__ import annotations

import sys

from tests.bench import (
    auditing,
    crowd,
    hearing,
    replicas,
    replying,
    saving,
    scaling,
    sending,
    slack,
    starting,
    teams,
    ticking,
)


def main() -> int:
    """Run every measurement, one after the other."""
    met = [
        each.main()
        for each in (
            saving,
            auditing,
            sending,
            ticking,
            crowd,
            scaling,
            replicas,
            starting,
            slack,
            teams,
            replying,
            hearing,
        )
    ]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
