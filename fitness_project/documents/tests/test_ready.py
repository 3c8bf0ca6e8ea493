from fitness_project.documents.ready import ReadyResponses


def test_a_response_is_made_once():
    ready, made = ReadyResponses(100), []

    for _ in range(3):
        assert ready.get("key", lambda: made.append(1) or b"response", len) == b"response"

    assert made == [1]


def test_what_is_kept_is_bounded():
    ready = ReadyResponses(100)

    for n in range(1000):
        ready.get(n, lambda: b"12345678", len)

        assert sum(map(len, ready._kept.values())) <= 100


def test_one_too_large_to_keep_is_returned():
    ready = ReadyResponses(10)

    assert ready.get("a", lambda: b"x" * 11, len) == b"x" * 11
    assert ready._kept == {}
