"""A circle is found wherever there is one, and nowhere else."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from milepost.plan.known import cycle

NAMES = st.sampled_from("abcdef")
GRAPHS = st.dictionaries(NAMES, st.lists(NAMES, max_size=4))


def reaches(links, start, goal):
    """The plain way: follow every link until nothing new is found."""
    seen, waiting = set(), list(links.get(start, []))
    while waiting:
        name = waiting.pop()
        if name == goal:
            return True
        if name not in seen:
            seen.add(name)
            waiting += links.get(name, [])
    return False


@given(GRAPHS)
def test_a_circle_is_found_when_a_name_leads_back_to_itself(links):
    assert bool(cycle(links)) == any(reaches(links, name, name) for name in links)


@given(GRAPHS)
def test_the_circle_told_is_a_circle(links):
    circle = cycle(links)
    assert all(following in links[name] for name, following in pairwise(circle))
    assert not circle or circle[0] == circle[-1]


def test_a_long_chain_is_no_circle_and_does_not_exhaust_the_stack():
    assert cycle({str(n): [str(n + 1)] for n in range(20_000)}) == []
