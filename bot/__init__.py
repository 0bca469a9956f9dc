"""The running program: command line, settings, wiring, listeners and the one clock."""
