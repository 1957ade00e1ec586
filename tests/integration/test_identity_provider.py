"""The keys of an identity provider, fetched over HTTP."""

from __future__ import annotations

import json
import time

import jwt
import pytest
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from rtc_server.config import Config
from rtc_server.invitations.errors import BadInvitation
from rtc_server.invitations.identity_provider import IdentityProvider


async def test_keys_of_an_identity_provider_are_fetched_once() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    own = json.loads(ECAlgorithm.to_jwk(key.public_key()))
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.json_response({"keys": [{**own, "kid": "one", "use": "sig"}]})

    app = web.Application()
    app.router.add_get("/jwks.json", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        provider = IdentityProvider(
            Config(jwks=f"http://127.0.0.1:{runner.addresses[0][1]}/jwks.json")
        )
        now_s = time.time()
        claims = {"aud": "tandem", "sub": "7", "role": ["teacher"], "exp": int(now_s) + 60}
        good = jwt.encode(claims, key, "ES256", headers={"kid": "one"})
        unknown = jwt.encode(claims, key, "ES256", headers={"kid": "two"})
        for _ in range(5):
            assert (await provider.read(good, now_s)).role == "teacher"
            with pytest.raises(BadInvitation, match="the identity provider has not"):
                await provider.read(unknown, now_s)
        assert asked == ["/jwks.json"]
    finally:
        await runner.cleanup()
