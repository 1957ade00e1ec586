"""What is below DTLS in a peer: its UDP sockets with their limits, its candidates, ICE restarts."""

from __future__ import annotations

import socket
from collections.abc import Callable

from aiortc import RTCPeerConnection

from rtc_server.errors import ServerFull, UnfitFragment
from rtc_server.metrics import Metrics
from rtc_server.webrtc import aiortc_internals
from rtc_server.webrtc.ice.aiortc_ice import IceGuard, list_local_addresses
from rtc_server.webrtc.ice.aiortc_new_path import send_lost_again
from rtc_server.webrtc.ice.restarts import IceRestarts, Restart
from rtc_server.webrtc.limits import aiortc_media
from rtc_server.webrtc.limits.datagram_filter import DatagramFilter
from rtc_server.webrtc.offers.candidates import CandidateFilter
from rtc_server.webrtc.offers.offer import Offer
from rtc_server.webrtc.rtp.aiortc_receiver import handle_media_at_once
from rtc_server.webrtc.trickle import Fragment, Trickle
from rtc_server.webrtc.udp.aiortc_gatherer import CandidateGatherer, use_gatherer


class PeerTransport:
    """Call `use_ports` between the descriptions, `open` after them, and `close` with the peer."""

    def __init__(
        self,
        connection: RTCPeerConnection,
        gatherer: CandidateGatherer,
        metrics: Metrics,
        now: Callable[[], float],
    ) -> None:
        """:param gatherer: opens the UDP ports."""
        self._connection = connection
        self._gatherer = gatherer
        self._metrics = metrics
        self._now = now
        self._guard: IceGuard | None = None
        self._filters: list[DatagramFilter] = []
        self._sockets: list[socket.socket] = []
        self._trickle: Trickle | None = None  # of the connection in use, or a restart of it
        self._trickle_in_use: Trickle | None = None
        self._restarts: IceRestarts | None = None

    def use_ports(self) -> None:
        """Have the candidates gathered as the settings say."""
        use_gatherer(self._connection, self._gatherer)

    async def open(self, offer: Offer, address: str, on_checked: Callable[[], None]) -> None:
        """Bound what comes to the sockets, and check the candidates of the offer.

        :param address: that of the learner's HTTP client, as far as it is known.
        :param on_checked: called for each authenticated connectivity check of the learner.
        :raises ServerFull: there is no socket.
        :raises OSError: the system has no more descriptors.
        """
        counting = self._metrics.counting
        self._guard = IceGuard(self._connection, on_checked, counting("ice_refused"))
        self._filters = aiortc_media.bound_media(self._connection, self._now, self._metrics)
        self._sockets = aiortc_internals.read_in_bursts(self._connection)
        for dtls in aiortc_internals.dtls_transports(self._connection):
            handle_media_at_once(dtls)
        own = list_local_addresses(self._connection)
        if not own:
            raise ServerFull("the server has no free socket, or no network")
        candidate_filter = CandidateFilter(address, own)
        on_refused = counting("candidates_refused")
        self._trickle = Trickle(self._connection, offer, candidate_filter, on_refused)
        self._trickle_in_use = self._trickle
        await self._trickle.add_offered()
        transports = aiortc_internals.ice_transports(self._connection)
        if offer.bundle and len(transports) == 1:
            self._restarts = IceRestarts(
                *(transports.pop(), self._gatherer, self._metrics, self._now),
                on_switched=self._on_switched,
                on_failed=self._on_restart_failed,
            )

    async def add_fragment(
        self, fragment: Fragment, address: str, *, may_restart: bool
    ) -> str | None:
        """Add candidates that come after the offer, or restart ICE, as the fragment says.

        :param address: that of the learner's HTTP client now.
        :return: of a restart, the fragment with the server's candidates.
        :raises UnfitFragment: they do not belong to the offer, or ICE cannot be restarted.
        :raises TooManyRestarts: of this session.
        """
        trickle = self._trickle
        if trickle is None or trickle.is_present(fragment):
            if trickle is not None:
                await trickle.add(fragment)
            return None
        if self._restarts is None or not may_restart:
            raise UnfitFragment(
                "expected candidates of the present ICE session, got another a=ice-ufrag; ICE "
                "restarts need a session that is connected and whose lines are in one BUNDLE"
            )
        answer, self._trickle = await self._restarts.begin(fragment, trickle, address)
        return answer

    async def run_restarts(self) -> None:
        """Bring ICE restarts to their ends, until cancelled."""
        if self._restarts is not None:
            await self._restarts.run()

    @property
    def refused(self) -> int:
        """The number of packets that were refused because the client sends too much."""
        return sum(one.refused_of_learner for one in self._filters)

    def close(self) -> None:
        """Close what aiortc does not know of."""
        for duplicate in self._sockets:
            duplicate.close()

    def _on_switched(self, restart: Restart) -> None:
        """The connection goes by other sockets from now on."""
        if self._connection.sctp is not None:
            send_lost_again(self._connection.sctp)
        self.close()
        self._trickle_in_use = self._trickle
        self._sockets = restart.sockets
        first, *previous = self._filters  # the first also counts what aiortc cannot handle
        if previous:
            restart.datagram_filter.refused_of_learner += previous[0].refused_of_learner
        self._filters = [first, restart.datagram_filter]

    def _on_restart_failed(self) -> None:
        """Candidates are of the connection in use again."""
        self._trickle = self._trickle_in_use
