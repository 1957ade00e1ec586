"""Every message on the wire, both ways, typed (docs/protocol.md). Pure."""
