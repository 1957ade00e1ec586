"""What is said of recordings arrives in another process as it was."""

from __future__ import annotations

import pickle

import pytest

from rtc_server.classes.options import ClassOptions, KeepRight
from rtc_server.cluster.classes.orders import ClassOrder
from rtc_server.cluster.classes.recordings.messages import (
    OfferedRecording,
    RecordingAnswer,
    RecordingNews,
    RecordingOrders,
)
from rtc_server.errors import (
    NoRoom,
    PreparationFailed,
    ServerStopping,
    TandemError,
    TokenNeeded,
    TooLarge,
    TooManyJobs,
    UploadsOff,
)
from rtc_server.invitations.errors import RoleNeeded
from tests.unit.rtc_server.cluster.classes.recordings.fake_maker import finish


def test_an_offer_arrives_with_all_that_an_upload_has() -> None:
    news = RecordingNews((OfferedRecording(7, finish()),), 600, {"KRT4MW": {"state": "ready"}})
    assert pickle.loads(pickle.dumps(news)) == news


@pytest.mark.parametrize("refusal", [RoleNeeded, TokenNeeded, UploadsOff])
def test_a_host_says_why_a_class_may_not_be_kept_as_the_front_does(
    refusal: type[TandemError],
) -> None:
    right = KeepRight(refusal("not from there"), "10.0.0.0/24", "10.0.0.1")
    order = ClassOrder("KRT4MW", ClassOptions("Tuesday", "live"), "a", None, right=right)
    arrived: ClassOrder = pickle.loads(pickle.dumps(order))
    found = arrived.right.refusal
    assert (type(found), str(found)) == (refusal, "not from there")
    assert (arrived.right.client, arrived.right.address) == (right.client, right.address)


@pytest.mark.parametrize(
    "refusal", [NoRoom, PreparationFailed, ServerStopping, TooLarge, TooManyJobs]
)
def test_it_says_why_a_recording_is_not_taken_as_the_front_does(
    refusal: type[TandemError],
) -> None:
    orders = RecordingOrders(10**6, (RecordingAnswer(7, refusal=refusal("4 videos wait")),))
    (answer,) = pickle.loads(pickle.dumps(orders)).answers
    assert (type(answer.refusal), str(answer.refusal)) == (refusal, "4 videos wait")
