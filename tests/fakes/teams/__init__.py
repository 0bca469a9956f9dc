"""Teams and its Bot Connector on this machine, refusing what the real ones refuse."""
