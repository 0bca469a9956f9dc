"""The web form over HTTP."""
