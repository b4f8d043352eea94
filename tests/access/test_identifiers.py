from concurrent.futures import ThreadPoolExecutor

from access.identifiers import new_public_id, uuid7


def test_identifiers_of_one_thread_are_in_the_order_of_their_making() -> None:
    made = [uuid7() for _ in range(5000)]
    assert made == sorted(made)
    assert {one.version for one in made} == {7}


def test_identifiers_of_many_threads_are_unique() -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: uuid7(), range(5000)))
    assert len(set(made)) == 5000


def test_a_public_id_tells_its_kind() -> None:
    assert new_public_id("cust").startswith("cust_")
