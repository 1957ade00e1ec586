"""Why a phone cannot be the camera."""

from __future__ import annotations

from rtc_server.errors import TandemError


class UnknownPairing(TandemError):
    """Neither a code nor a secret that this server has given."""

    code = "unknown_pairing"


class PairingExpired(TandemError):
    """A pairing that was not used in time."""

    code = "pairing_expired"


class PairingUsed(TandemError):
    """A pairing that has let a phone in already."""

    code = "pairing_used"


class TooManyMisses(TandemError):
    """More wrong codes than anybody types."""

    code = "too_many_misses"


class NoPairing(TandemError):
    """A session that no phone can be the camera of."""

    code = "no_pairing"


class CameraReplaced(TandemError):
    """A phone that comes back after another one has become the camera."""

    code = "camera_replaced"
