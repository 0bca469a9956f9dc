"""Reading mail: what kind it is, whose it is, and what it answers. Pure: bytes and values in, values out."""
