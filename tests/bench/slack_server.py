"""The fake of Slack as a process of its own, so that it takes no time of ours: prints its address, ends with its input."""

from __future__ import annotations

import sys

from tests.fakes.slack.server import SlackServer
from tests.fakes.slack.workspace import BOT_USER, Message, Workspace


def main(people: int) -> None:
    """A workspace of so many people, without Slack's limits; one line: address, then the people's ids."""
    workspace = Workspace(limits=False)
    ids = [workspace.add_user(f"p{number}@example.org").id for number in range(people)]
    for each in ids:
        # The message whose button is pressed.
        workspace.direct(each).messages.append(
            Message(channel=workspace.direct(each).id, ts="1.0", user=BOT_USER, text="x")
        )
    with SlackServer(workspace) as server:
        print(server.url, *ids, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(int(sys.argv[1]))
