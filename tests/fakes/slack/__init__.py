"""A Slack workspace on this machine that refuses what Slack refuses."""
