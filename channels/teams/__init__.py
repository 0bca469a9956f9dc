"""Microsoft Teams, through the Bot Connector's REST interface."""
