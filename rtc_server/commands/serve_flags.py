"""The flags of `serve`: one for each setting that operators change often."""

from __future__ import annotations

import argparse
from pathlib import Path

from rtc_server.config import (
    ACCESS,
    ENGINES,
    HISTORY_ACCESS,
    LOG_FORMATS,
    PRECISIONS,
    TLS_KINDS,
    Config,
)

DEFAULTS = Config()


def add_serve_flags(parser: argparse.ArgumentParser) -> None:
    """A flag that is not given does not change its setting."""
    _add_listen_flags(parser)
    parser.add_argument(
        "--lessons",
        type=Path,
        metavar="DIR",
        help="folder of the lessons (default lessons, next to run.py)",
    )
    _add_history_flags(parser)
    _add_access_flags(parser)
    _add_pose_flags(parser)
    parser.add_argument(
        "--max-sessions",
        metavar="N",
        help="how many learners may be connected at once; auto: as many as this machine has time "
        "for, measured at the start and while they dance (default auto)",
    )
    _add_cluster_flags(parser)
    _add_upload_flags(parser)
    _add_class_flags(parser)
    _add_network_flags(parser)
    _add_udp_flags(parser)
    _add_relay_flags(parser)
    parser.add_argument(
        "--log-format",
        choices=LOG_FORMATS,
        help="how lines of the log look, on stderr: text, or one JSON object a line (default text)",
    )
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help="read settings from a TOML file"
    )


def _add_cluster_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--workers",
        type=int,
        metavar="N",
        help="run the sessions in N processes beside this one, which then use more than one core "
        "and can be replaced during lessons (run.py cluster); needs the package ray: make cluster "
        "(default 0: in this process)",
    )
    parser.add_argument(
        "--cluster",
        metavar="HOST:PORT",
        help="run the sessions of several machines: the same on each, with the address of the one "
        "that leads, such as 10.0.0.1:6379; needs --workers, and the secret that they share in "
        "TANDEM_CLUSTER_TOKEN or cluster_token_file (default: this machine is alone)",
    )


def _add_listen_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--lan",
        action="store_const",
        const=True,
        help="let phones in the same network join: listen on every address with HTTPS, and show a "
        "QR code here and on the page /lan; the certificate is made by an authority of the "
        "server's own, unless --tls-cert gives one",
    )
    parser.add_argument(
        "--host",
        help=f"address to listen on (default {DEFAULTS.host}; '' is every address, and the default "
        "with --lan)",
    )
    parser.add_argument(
        "--port", type=int, help=f"port to listen on; 0 takes a free one (default {DEFAULTS.port})"
    )
    parser.add_argument(
        "--tls",
        choices=TLS_KINDS,
        help="self-signed: HTTPS with a certificate of the server's own authority, as with --lan, "
        "without the rest of it (default auto: HTTPS with --tls-cert or --lan)",
    )
    parser.add_argument(
        "--tls-cert",
        metavar="FILE",
        help="certificate in PEM, with the chain: the server then speaks HTTPS, and redirects HTTP "
        "on the same port; needs --tls-key; both are read again when they change",
    )
    parser.add_argument("--tls-key", metavar="FILE", help="the certificate's private key in PEM")


def _add_history_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--history",
        metavar="URL",
        help="where to keep results: a file's path, or postgresql://USER:PASSWORD@HOST/DATABASE; "
        "'' keeps no results (default data/history.sqlite3)",
    )
    parser.add_argument(
        "--history-access",
        choices=HISTORY_ACCESS,
        help="who may read and delete results by name over HTTP: open: everybody who reaches the "
        "server; auto: only you on this machine, and who has the token; closed: nobody (default "
        "auto)",
    )


def _add_access_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--access",
        choices=ACCESS,
        help="who may come: open: everybody who reaches the server; invite: only who has an "
        "invitation, which `run.py invite` makes, and teachers make on the page (default open, "
        "with --lan invite)",
    )
    parser.add_argument(
        "--jwks",
        metavar="URL",
        help="with --access invite: public keys of your identity provider, whose tokens are "
        "invitations, too, if their claim `role` says learner or teacher",
    )
    parser.add_argument(
        "--jwks-audience",
        metavar="NAME",
        help=f"whom its tokens must be made for, `aud` (default {DEFAULTS.jwks_audience})",
    )


def _add_pose_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--engine",
        choices=ENGINES,
        help="what runs the pose network; auto takes OpenVINO if it is installed (default auto)",
    )
    parser.add_argument(
        "--pose-precision",
        choices=PRECISIONS,
        help="number format in which the pose network computes; bf16 takes half the time of f32 on "
        "some processors that support it and more on others, and the server does not start where "
        "it is not supported; int8 takes less than half where there is VNNI (default auto: the "
        "cheapest that is true enough, which is measured and judged while the first start serves)",
    )
    parser.add_argument(
        "--pose-fps", type=float, help=f"scores per second (default {DEFAULTS.pose_fps:g})"
    )
    parser.add_argument(
        "--crop-side",
        type=int,
        metavar="PIXELS",
        help="for experiments: size of the crop around a learner that the pose network looks at, "
        "96 to 368; larger is more accurate and slower, and scores are not comparable with those "
        "of other servers (default 0: the same on every machine)",
    )


def _add_upload_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--no-uploads",
        dest="uploads",
        action="store_const",
        const=False,
        help="do not let anybody add, rename or remove lessons over HTTP",
    )
    parser.add_argument(
        "--token",
        help="secret that clients must send to change lessons and to read results by name over "
        "HTTP; without one, the server makes one at each start and prints a link with it, and "
        "your own programs on this machine need none (better set TANDEM_TOKEN: other users of "
        "this machine can see a process's flags)",
    )
    parser.add_argument(
        "--upload-max-mb",
        type=int,
        metavar="N",
        help=f"largest size of an uploaded video in MB (default {DEFAULTS.upload_max_mb})",
    )
    parser.add_argument(
        "--upload-max-s",
        type=int,
        metavar="N",
        help=f"longest lesson made of an upload, in seconds (default {DEFAULTS.upload_max_s:g})",
    )
    parser.add_argument(
        "--upload-workers",
        type=int,
        metavar="N",
        help="find poses in N sections of an uploaded video at the same time, with a lower "
        "priority than learners have; the lesson is the same (default 0: one for each four "
        "cores, at most 4)",
    )


def _add_class_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--recordings-max-mb",
        type=int,
        metavar="N",
        help="how much the recordings of live classes that are kept may take of the disk "
        f"together, in MB (default {DEFAULTS.recordings_max_mb}); each is no more than an upload",
    )


def _add_network_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--trusted-proxies",
        metavar="ADDRESSES",
        help="addresses or networks of the proxies in front of this server, separated by commas; "
        "only they are believed when they name their client (X-Forwarded-For)",
    )
    parser.add_argument(
        "--public-host",
        action="append",
        dest="public_hosts",
        metavar="NAME",
        help="a host name under which clients reach this server, as dance.example; may be given "
        "several times; requests for other names than these and localhost are refused",
    )
    parser.add_argument(
        "--max-sessions-per-address",
        type=int,
        metavar="N",
        help="how many learners of one address (IPv6: one /64) may be connected at once; a school "
        "or a household usually has one address (default 0: as many as there are places)",
    )
    parser.add_argument(
        "--max-pending-per-address",
        type=int,
        metavar="N",
        help="how many learners of one address may have an answer and not be connected yet "
        "(default 0: as many as there are places)",
    )


def _add_udp_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--public-address",
        dest="public_addresses",
        metavar="ADDRESS[,ADDRESS]",
        help="addresses under which clients reach this machine, where its own are private ones "
        "behind 1:1 NAT (a rented server) or in a container; a host name is resolved again every "
        "minute; UDP ports must have the same numbers outside",
    )
    parser.add_argument(
        "--udp-port",
        type=int,
        metavar="N",
        help="one UDP port for the video and audio of all learners, to open in a firewall or to "
        "publish from a container (default: any free ports for each learner)",
    )
    parser.add_argument(
        "--udp-ports",
        metavar="A-B",
        help="the UDP ports that may be used, where it cannot be one: each learner takes one at "
        "each address of this machine",
    )


def _add_relay_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--turn",
        metavar="URL[,URL]",
        help="relays (TURN servers) through which clients come that reach this server no other "
        "way, as turn:turn.example:3478,turns:turn.example:443?transport=tcp; each client gets "
        "credentials that expire, so --turn-secret is needed, too",
    )
    parser.add_argument(
        "--turn-secret",
        metavar="SECRET",
        help="the relays' secret (coturn: static-auth-secret; better set TANDEM_TURN_SECRET: other "
        "users of this machine can see a process's flags)",
    )
    parser.add_argument(
        "--ice-servers",
        dest="ice_servers_file",
        metavar="FILE",
        help="JSON file with a list of STUN and TURN servers for clients, as browsers take it: "
        '[{"urls": "turn:turn.example", "username": "U", "credential": "P"}]',
    )
