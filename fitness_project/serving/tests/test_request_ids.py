"""Each response has a request id, which a client may choose."""

import pytest


@pytest.mark.parametrize("given", ["a", "A-1_b.c", "x" * 128])
def test_a_request_id_is_taken_from_the_request(client, given):
    assert client.get("/healthz", HTTP_X_REQUEST_ID=given)["X-Request-Id"] == given


@pytest.mark.parametrize("given", ["", "x" * 129, "a b", "a\nb", "ä", "a/b"])
def test_an_unsafe_request_id_is_replaced(client, given):
    request_id = client.get("/healthz", HTTP_X_REQUEST_ID=given)["X-Request-Id"]

    assert request_id != given
    assert len(request_id) == 32
