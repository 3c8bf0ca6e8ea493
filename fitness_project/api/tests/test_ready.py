from fitness_project.api.ready import ReadyAnswers


def test_an_answer_is_made_once():
    ready, made = ReadyAnswers(100), []

    for _ in range(3):
        assert ready.get("key", lambda: made.append(1) or b"answer") == b"answer"

    assert made == [1]


def test_what_is_kept_is_bounded():
    ready = ReadyAnswers(100)

    for n in range(1000):
        ready.get(n, lambda: b"12345678")

        assert sum(map(len, ready._kept.values())) <= 100


def test_one_too_large_to_keep_is_answered():
    ready = ReadyAnswers(10)

    assert ready.get("a", lambda: b"x" * 11) == b"x" * 11
    assert ready._kept == {}
