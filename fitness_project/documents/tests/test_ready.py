from fitness_project.documents.ready import ReadyResponses


def test_a_response_is_created_once():
    ready, created = ReadyResponses(100), []

    for _ in range(3):
        assert ready.get("key", lambda: created.append(1) or b"response", len) == b"response"

    assert created == [1]


def test_the_size_of_all_kept_responses_is_bounded():
    ready = ReadyResponses(100)

    for n in range(1000):
        ready.get(n, lambda: b"12345678", len)

        assert sum(map(len, ready._kept.values())) <= 100


def test_a_response_too_large_to_keep_is_returned():
    ready = ReadyResponses(10)

    assert ready.get("a", lambda: b"x" * 11, len) == b"x" * 11
    assert ready._kept == {}
