"""`soundings demo`."""

from __future__ import annotations

import click

from bot.demo import run_demo


@click.command()
@click.option("--port", default=8080, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
def demo(port: int) -> int:
    """Try Soundings on invented people; nothing leaves this machine.

    It has a clock that can be moved, a mailbox for everyone, and a page that shows how the round stands. Ctrl-C stops
    it, and nothing is kept.
    """
    return run_demo(port)
