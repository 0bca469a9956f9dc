"""`soundings serve`."""

from __future__ import annotations

import click

from bot.serve import serve as serve_until_stopped
from bot.wiring import desk, needed_secret
from surveys.authority import Deed


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8080, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
def serve(host: str, port: int) -> None:
    """Run the web form, the mail and the clock until stopped.

    Ends within 15 seconds of SIGTERM or Ctrl-C, when the message in hand has gone.
    """
    with desk() as here:
        here.actor.must(Deed.KEEP, "")
        needed_secret(here.settings)
        serve_until_stopped(here.settings, here.store, host, port)
