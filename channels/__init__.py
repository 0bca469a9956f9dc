"""How one message looks and travels: rendered, parsed and sent."""
