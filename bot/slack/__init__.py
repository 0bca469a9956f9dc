"""Slack's side of the running program: what arrives from there, and what is said at once."""
