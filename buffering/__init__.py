"""A durable, ordered, bounded outbox of opaque bytes. Start at DESIGN.md."""
