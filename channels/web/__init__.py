"""The web form: how a page looks, and what a form post says."""
