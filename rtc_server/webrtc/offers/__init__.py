"""What of an offer is accepted: its size, its media sections, its ICE candidates."""
