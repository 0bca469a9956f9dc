"""The fake of Teams in a process of its own: `python -m tests.bench.teams_server PEOPLE`; ends with its input."""

from __future__ import annotations

import sys

from tests.fakes.teams.connector import Connector
from tests.fakes.teams.tenant import Post, Tenant


def main() -> None:
    """Print the address and everyone's (object id, bot's id, conversation)."""
    tenant = Tenant(limits=False)
    people = [tenant.add(f"Person {number}") for number in range(int(sys.argv[1]))]
    # The card whose button is pressed.
    tenant.posts += [Post(id="1", conversation=each.conversation, activity={}) for each in people]
    with Connector(tenant) as connector:
        sys.stdout.write(connector.service_url)
        for each in people:
            sys.stdout.write(f" {each.aad},{each.bot_id},{each.conversation}")
        sys.stdout.write("\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main()
