"""The connections that requests come over: how many there are, and how long they may wait."""
