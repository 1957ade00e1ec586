"""The pose network in 8-bit integers: the same network, restructured, equalised and rounded."""
