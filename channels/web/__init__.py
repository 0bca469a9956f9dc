"""The web form: how a page looks."""
