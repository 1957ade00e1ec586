"""Classes over HTTP (docs/protocol.md, "A class")."""
