"""Keyed streams: a function of the key and of nothing else; the twin; the shapes of draws."""

import numpy as np
import pytest

from displacement.streams import Expected, Luck, place_keys, stream_key

KEYS = place_keys(("azaz", "mare", "nubl"))


def test_a_draw_depends_on_its_key_and_not_on_what_was_drawn_before():
    fresh = Luck(7, 2).normal("population", 5, key=3)
    used = Luck(7, 2)
    used.uniform("event date", 3)
    used.binomial("wish", np.full((2, 3), 50), np.full((2, 3), 0.5), day=1, keys=KEYS)
    np.testing.assert_array_equal(used.normal("population", 5, key=3), fresh)


@pytest.mark.parametrize("other", [{"seed": 8}, {"block": 3}, {"process": "else"}, {"day": 4}, {"key": 9}])
def test_each_part_of_the_key_matters(other):
    def draw(seed=7, block=2, process="wish", day=3, key=5):
        return Luck(seed, block).uniform(process, 4, day=day, key=key)

    np.testing.assert_array_equal(draw(), draw())
    assert not np.isin(draw(), draw(**other)).any()


def test_a_place_draws_the_same_whoever_stands_beside_it():
    n, p = np.array([[30, 40, 50]]), np.array([[0.2, 0.5, 0.7]])
    together = Luck(1).binomial("wish", n, p, day=0, keys=KEYS)
    alone = Luck(1).binomial("wish", n[:, 1:2], p[:, 1:2], day=0, keys=KEYS[1:2])
    turned = Luck(1).binomial("wish", n[:, ::-1], p[:, ::-1], day=0, keys=KEYS[::-1])
    assert together[0, 1] == alone[0, 0]
    np.testing.assert_array_equal(together, turned[:, ::-1])


def test_an_empty_place_does_not_move_the_luck_of_others():
    n = np.array([[30, 0, 50]])
    some = Luck(1).binomial("wish", n, np.full((1, 3), 0.3), day=0, keys=KEYS)
    more = Luck(1).binomial("wish", np.array([[30, 10, 50]]), np.full((1, 3), 0.3), day=0, keys=KEYS)
    assert some[0, 1] == 0
    assert some[0, [0, 2]].tolist() == more[0, [0, 2]].tolist()


@pytest.mark.parametrize("shape", [(4, 0), (0, 3), (2, 1, 0)])
def test_nothing_to_draw_is_no_error(shape):
    keys = place_keys(tuple("abc"[: shape[-1]]))
    n = np.zeros(shape, int)
    assert Luck(1).binomial("wish", n, np.full(shape, 0.5), day=0, keys=keys).shape == shape
    assert Luck(1).multinomial("where", n, np.full((*shape, 2), 0.5), day=0, keys=keys).shape == (*shape, 2)


def test_certain_and_impossible_draws():
    n = np.array([[30, 40, 50]])
    np.testing.assert_array_equal(Luck(1).binomial("wish", n, np.ones((1, 3)), day=0, keys=KEYS), n)
    np.testing.assert_array_equal(Luck(1).binomial("wish", n, np.zeros((1, 3)), day=0, keys=KEYS), 0 * n)


def test_a_multinomial_keeps_what_the_shares_leave():
    n = np.full((500, 3), 100)
    share = np.broadcast_to([0.2, 0.3], (500, 3, 2))
    drawn = Luck(1).multinomial("where", n, share, day=0, keys=KEYS)
    assert drawn.shape == (500, 3, 2)
    left = n - drawn.sum(axis=-1)
    # half of 100 stay: mean 50, standard deviation 5, of 1,500 draws: 5 / sqrt(1500) = 0.13; 5 of them = 0.65
    assert abs(left.mean() - 50) < 0.65
    full = Luck(1).multinomial("where", n, np.broadcast_to([0.4, 0.6], (500, 3, 2)), day=0, keys=KEYS)
    np.testing.assert_array_equal(full.sum(axis=-1), n)


def test_the_twin_returns_means():
    n, p = np.array([[10.0, 4.0]]), np.array([[0.25, 0.5]])
    assert Expected().binomial("x", n, p, day=0, keys=KEYS[:2]).tolist() == [[2.5, 2.0]]
    shares = np.array([[[0.25, 0.25], [1.0, 0.0]]])
    assert Expected().multinomial("x", n, shares, day=0, keys=KEYS[:2]).tolist() == [[[2.5, 2.5], [4.0, 0.0]]]
    assert Expected().normal("x", 2).tolist() == [0.0, 0.0]
    assert Expected().uniform("x", 2).tolist() == [0.5, 0.5]


def test_the_key_of_a_name_is_the_same_for_ever():
    """A change here changes every published run. blake2b of the name, 8 bytes, little-endian."""
    assert stream_key("") == 13020603013274838756
    assert stream_key("departure") == 16128144099481569705
    assert len({stream_key(f"place {i}") for i in range(10_000)}) == 10_000
