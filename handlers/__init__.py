"""Something arrived: one function, one transaction."""
