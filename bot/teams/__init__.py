"""Teams: what comes in, and what is said there."""
