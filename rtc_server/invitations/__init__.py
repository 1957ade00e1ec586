"""Invitations: who may come, and as what.

`invitation` says what an invitation is, `signer` turns it into a signed token and back, `secret`
keeps what signs it, `store` what was issued and revoked, and `issue` makes a link, to the address
in `server_url`. `checker` is what a server asks; `identity_provider` reads tokens that somebody
else has signed.
"""
