"""Whose pose it is and how they stand: looking at pictures, smoothing, framing, the arms check."""
