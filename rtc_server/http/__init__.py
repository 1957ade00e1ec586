"""HTTP: one module a resource, who may ask, and errors as problem details (docs/protocol.md)."""
