"""Slack: how a page of questions and each kind of message look there, and how what people do there is read."""
