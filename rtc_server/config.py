"""The configuration in one frozen object: defaults < file < environment < flags."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from pathlib import Path

from rtc_server.errors import BadConfig
from rtc_server.ice_servers import STUN_URL, TURN_URL
from rtc_server.public_addresses import is_ip_address

ROOT = Path(__file__).resolve().parent.parent
DEFAULT_LESSONS = ROOT / "lessons"
DATA = ROOT / "data"
DEFAULT_HISTORY = str(DATA / "history.sqlite3")
EVERY_ADDRESS = ""  # as `host`: listen on all addresses of this machine, IPv4 and IPv6
MIN_TOKEN_LENGTH = 16
MIN_SECRET_LENGTH = 32
ACCESS = ("open", "invite")
HISTORY_ACCESS = ("auto", "open", "closed")
LOG_FORMATS = ("text", "json")
TLS_KINDS = ("auto", "self-signed")
JWKS_URL = re.compile(r"https://\S+|http://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?(/\S*)?")
HOST_NAME = re.compile(r"\w([\w.-]{0,251}\w)?")
PORT_RANGE = re.compile(r"(\d{1,5})-(\d{1,5})")
CLUSTER_ADDRESS = re.compile(r"([\w.-]{1,253}):(\d{1,5})")
# libwebrtc sends to no port below 1024, but to these two at public addresses.
MIN_UDP_PORT, MAX_PORT, WEB_PORTS = 1024, 65535, (80, 443)
MAX_CLUSTER_PORT = MAX_PORT - 200  # Ray takes those after it, too
ENGINES = ("auto", "openvino", "tensorflow")
PRECISIONS = ("auto", "f32", "bf16", "int8")
AUTO = 0  # as `max_sessions`, which is written "auto"


@dataclass(frozen=True, slots=True)
class Config:
    """What an operator can set: in a TOML file by these names, or as TANDEM_<NAME>."""

    host: str = "127.0.0.1"
    port: int = 8080
    lan: bool = False  # for phones in the same network: every address, HTTPS, a QR code
    tls: str = "auto"  # auto: HTTPS with tls_cert, or by the server's own authority with lan
    tls_cert: str = ""  # PEM files of a certificate and its key
    tls_key: str = ""
    tls_folder: Path = DATA / "tls"  # where the server keeps a certificate of its own
    lessons: Path = DEFAULT_LESSONS
    lesson_copies: Path = DATA / "lesson-copies"  # of other machines of the cluster
    lesson_copies_max_mb: int = 10_000
    history: str = field(default=DEFAULT_HISTORY, repr=False)  # path or URL; empty: keep no results
    history_access: str = "auto"  # who may read results by name; auto: only this machine
    access: str = "open"  # who may come; invite: only who has an invitation
    secret: str = field(default="", repr=False)  # signs invitations; empty: one in `invitations`
    invitations: Path = DATA / "invitations"  # folder of that secret and of what was issued
    jwks: str = ""  # URL of the keys of an identity provider, whose tokens are invitations, too
    jwks_audience: str = "tandem"  # whom its tokens must be made for
    jwks_issuer: str = ""  # who must have made them; empty: whoever has the keys
    jwks_role_claim: str = "role"  # where they say learner or teacher
    engine: str = "auto"
    pose_precision: str = "auto"  # auto: the cheapest true enough
    pose_cache: Path = DATA / "pose"  # where what was measured on this machine is kept
    pose_fps: float = 5.0
    crop_side: int = 0  # pixels, for experiments; 0: as on every machine
    workers: int = 0  # processes that run the sessions (Ray); 0: this one
    cluster: str = ""  # HOST:PORT of the machine that leads several; empty: this one is alone
    cluster_token: str = field(default="", repr=False)  # what they know each other by
    cluster_token_file: str = ""  # a file that has it
    max_sessions: int = AUTO  # learners; AUTO: as many as the machine has time for
    max_sessions_per_address: int = 0  # learners; 0: as many as there are places (a school is one)
    max_pending_per_address: int = 0  # those who have not connected yet; 0: as many as places
    countdown_s: int = 3
    ice_servers: tuple[str, ...] = ()  # STUN servers, for clients and for the server itself
    ice_servers_file: str = ""  # JSON: more servers for clients, with their user names
    turn: tuple[str, ...] = ()  # relays for clients that get credentials made with turn_secret
    turn_secret: str = field(default="", repr=False)
    udp_port: int = 0  # of all sessions; 0: each has ports of its own
    udp_ports: str = ""  # those that sessions may use, as 50000-50999; empty: any
    public_addresses: tuple[str, ...] = ()  # of this host from outside: behind 1:1 NAT
    trusted_proxies: tuple[str, ...] = ()  # addresses or networks whose X-Forwarded-For is believed
    public_hosts: tuple[str, ...] = ()  # names in the addresses of this server, besides localhost
    log_format: str = "text"
    connect_timeout_s: float = 20.0
    first_check_timeout_s: float = 5.0  # for the first packet of a learner who has the answer
    silence_timeout_s: float = 8.0  # the place is free again within 10 s
    drain_timeout_s: float = 3.0
    uploads: bool = True  # whether lessons can be added, renamed and removed over HTTP
    token: str = field(default="", repr=False)  # needed for lessons and results; empty: none
    upload_max_mb: int = 500
    upload_max_s: float = 600.0  # duration of the lesson
    upload_workers: int = AUTO  # sections of a video searched at a time; AUTO: by the cores
    upload_queue: int = 4  # videos being uploaded or waiting to be prepared
    recordings_max_mb: int = 2000  # of all live classes that are kept as lessons, together
    # No setting: the secret for whoever started the server, until it stops; only without `token`.
    start_token: str = field(
        default_factory=lambda: secrets.token_urlsafe(18), init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        self._require_range("port", 0, MAX_PORT)
        self._require_range("pose_fps", 0.5, 30)
        if self.crop_side != 0 and not 96 <= self.crop_side <= 368:
            raise BadConfig(
                "crop_side: expected 96 to 368, or 0 for that of every machine, "
                f"got {self.crop_side}"
            )
        self._require_range("workers", 0, 256)
        self._require_cluster_address()
        if self.max_sessions != AUTO:
            self._require_range("max_sessions", 1, 1000)
        self._require_range("max_sessions_per_address", 0, 1000)
        self._require_range("max_pending_per_address", 0, 1000)
        self._require_range("countdown_s", 0, 30)
        self._require_range("connect_timeout_s", 0.1, 300)
        self._require_range("first_check_timeout_s", 0.1, 300)
        self._require_range("silence_timeout_s", 1, 3600)
        self._require_range("drain_timeout_s", 0, 60)
        self._require_range("upload_max_mb", 1, 100_000)
        self._require_range("lesson_copies_max_mb", 1, 10_000_000)
        self._require_range("upload_max_s", 1, 4 * 3600)
        self._require_range("upload_workers", 0, 64)
        self._require_range("upload_queue", 1, 100)
        self._require_range("recordings_max_mb", 1, 1_000_000)
        if self.token and len(self.token) < MIN_TOKEN_LENGTH:
            raise BadConfig(
                f"token: expected at least {MIN_TOKEN_LENGTH} characters that cannot be guessed, "
                f"got {len(self.token)}"
            )
        self._check_network()
        self._check_access()
        self._require_choice("engine", ENGINES)
        self._require_choice("pose_precision", PRECISIONS)
        self._require_choice("history_access", HISTORY_ACCESS)
        self._require_choice("log_format", LOG_FORMATS)
        self._require_choice("tls", TLS_KINDS)

    def _check_access(self) -> None:
        self._require_choice("access", ACCESS)
        if self.secret and len(self.secret) < MIN_SECRET_LENGTH:
            raise BadConfig(
                f"secret: expected at least {MIN_SECRET_LENGTH} characters that cannot be guessed, "
                f"got {len(self.secret)}"
            )
        if self.jwks and not JWKS_URL.fullmatch(self.jwks):
            raise BadConfig(
                "jwks: expected an https URL such as https://id.example/jwks.json, "
                f"got {self.jwks!r:.80}"
            )

    def _check_network(self) -> None:
        self._require_both("tls_cert", "tls_key", "PEM files")
        self._check_tls()
        self._require_urls("ice_servers", STUN_URL, "stun:stun.example:3478")
        self._require_urls("turn", TURN_URL, "turn:turn.example:3478")
        self._require_both("turn", "turn_secret", "the relays' URLs and static-auth-secret")
        self._require_udp_ports()
        self._require_public_addresses("public_addresses")
        self._require_networks("trusted_proxies")
        self._require_host_names("public_hosts")

    def _check_tls(self) -> None:
        if self.tls == "self-signed" and self.tls_cert:
            raise BadConfig("tls: expected either self-signed or tls_cert and tls_key, got both")
        if self.lan and self.on_loopback:
            raise BadConfig(
                f"lan: expected a host that other devices reach, got {self.host}, which only this "
                "machine does; leave host out: it then listens on every address"
            )

    @property
    def has_own_certificate(self) -> bool:
        """Whether the server makes its certificate itself."""
        return not self.tls_cert and (self.lan or self.tls == "self-signed")

    @property
    def on_loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    @property
    def udp_port_range(self) -> range | None:
        """The ports of `udp_ports`; None: any.

        :raises BadConfig: it is not a range.
        """
        if not self.udp_ports:
            return None
        found = PORT_RANGE.fullmatch(self.udp_ports)
        first, last = (int(found[1]), int(found[2])) if found else (0, 0)
        if not MIN_UDP_PORT <= first <= last <= MAX_PORT:
            raise BadConfig(
                "udp_ports: expected a first and a last port, from "
                f"{MIN_UDP_PORT} to {MAX_PORT}, as 50000-50999, got {self.udp_ports!r:.40}"
            )
        return range(first, last + 1)

    @property
    def operator_token(self) -> str:
        """What a client must send where it needs the operator's token."""
        return self.token or self.start_token

    def _require_both(self, one: str, other: str, what: str) -> None:
        if bool(getattr(self, one)) != bool(getattr(self, other)):
            given = one if getattr(self, one) else other
            raise BadConfig(f"{one}: expected both {one} and {other}, {what}, got only {given}")

    def _require_udp_ports(self) -> None:
        if not MIN_UDP_PORT <= self.udp_port <= MAX_PORT and self.udp_port not in (0, *WEB_PORTS):
            raise BadConfig(
                f"udp_port: expected {MIN_UDP_PORT} to {MAX_PORT}, 443 or 80, because browsers "
                f"send to no other, or 0 for any, got {self.udp_port}"
            )
        if self.udp_port_range is not None and self.udp_port:
            raise BadConfig("udp_port: expected either udp_port or udp_ports, got both")

    def _require_cluster_address(self) -> None:
        found = CLUSTER_ADDRESS.fullmatch(self.cluster)
        if self.cluster and not (found and MIN_UDP_PORT <= int(found[2]) <= MAX_CLUSTER_PORT):
            raise BadConfig(
                "cluster: expected the address and the port of the machine that leads, as "
                f"10.0.0.1:6379, the port from {MIN_UDP_PORT} to {MAX_CLUSTER_PORT}, "
                f"got {self.cluster!r:.80}"
            )

    def _require_choice(self, name: str, choices: tuple[str, ...]) -> None:
        value = getattr(self, name)
        if value not in choices:
            raise BadConfig(f"{name}: expected one of {', '.join(choices)}, got {value!r}")

    def _require_host_names(self, name: str) -> None:
        for value in getattr(self, name):
            if not HOST_NAME.fullmatch(value) and not is_ip_address(value):
                raise BadConfig(
                    f"{name}: expected host names such as dance.example, without scheme and port, "
                    f"got {value!r}"
                )

    def _require_urls(self, name: str, pattern: re.Pattern[str], example: str) -> None:
        for value in getattr(self, name):
            if not pattern.fullmatch(value):
                raise BadConfig(f"{name}: expected URLs such as {example}, got {value!r:.80}")

    def _require_public_addresses(self, name: str) -> None:
        for value in getattr(self, name):
            is_address = is_ip_address(value)
            if not is_address and not HOST_NAME.fullmatch(value):
                raise BadConfig(
                    f"{name}: expected IP addresses such as 203.0.113.10, or host names, "
                    f"got {value!r:.80}"
                )
            if is_address and (ip_address(value).is_unspecified or ip_address(value).is_multicast):
                raise BadConfig(f"{name}: expected addresses that clients can send to, got {value}")

    def _require_networks(self, name: str) -> None:
        for value in getattr(self, name):
            try:
                ip_network(value, strict=False)
            except ValueError:
                raise BadConfig(
                    f"{name}: expected IP addresses or networks such as 127.0.0.1 or "
                    f"10.0.0.0/8, got {value!r}"
                ) from None

    def _require_range(self, name: str, low: float, high: float) -> None:
        value = getattr(self, name)
        if not low <= value <= high:
            raise BadConfig(f"{name}: expected {low} to {high}, got {value}")
