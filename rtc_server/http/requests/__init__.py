"""What clients send: definitions that check it and describe it, and parsers made of them. Pure."""
