"""Time passed: one function, one transaction, with the moment as an argument."""
