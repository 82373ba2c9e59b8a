"""A list's state stands in its address, and in every address that leads on from it."""

from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.datastructures import QueryParams

from portal import paging
from portal.web.finder import Filter, Finder

STATES = Filter("state", "状态", [("open", "没结束的"), ("done", "办好的"), ("all", "全部")], "open")
LEVELS = Filter("level", "层级", [(1, "单元"), (2, "楼栋")])
LATE = Filter("late", "超期", [("1", "只看超期的")])


def find(query: str = "", carried: tuple[str, ...] = ()) -> Finder:
    request = SimpleNamespace(query_params=QueryParams(query), url=SimpleNamespace(path="/feedback"))
    return Finder(request, [STATES, LEVELS, LATE], carried=carried)  # type: ignore[arg-type]


def test_without_an_address_the_usual_holds_and_nothing_is_narrowed():
    found = find()
    assert (found["state"], found["level"], found["late"], found.text, found.page) == ("open", "", "", "", 1)
    assert not found.is_narrowed and found.chosen == [] and found.address() == "/feedback" and found.ok


def test_what_is_asked_stays_in_the_pager_and_on_the_way_back():
    found = find("q=张 三&state=done&level=2&late=1&page=3&since=2026-01&state=open&other=x", ("since",))
    query = parse_qs(urlsplit(found.address(4)).query)
    assert query == {
        "q": ["张 三"],
        "state": ["done"],
        "level": ["2"],
        "late": ["1"],
        "since": ["2026-01"],
        "page": ["4"],
    }
    assert found.is_narrowed and found.chosen == ["含“张 三”", "办好的", "楼栋", "只看超期的"]
    assert find("state=open&page=1").address() == "/feedback", "the usual need not be said"


def test_a_record_knows_the_way_back_to_the_list_as_it_stands(monkeypatch):
    monkeypatch.setattr("portal.web.templating.url", lambda name, **_: f"/{name}")
    assert find().to("show") == "/show"
    back = parse_qs(urlsplit(find("state=done&page=2").to("show")).query)["back"]
    assert back == ["/feedback?state=done&page=2"]


@pytest.mark.parametrize(
    "odd",
    [
        "state=lost",
        "state=OPEN",
        "level=3",
        "level=１",
        "late=2",
        "late=on",
        "q=%00",
        f"q={'长' * 41}",
        "q=%ED%A0%80x%00",
    ],
)
def test_what_no_list_can_mean_is_refused_and_not_passed_over(odd):
    found = find(odd)
    assert not found.ok and found.code == 422 and len(found.form.errors) == 1


@pytest.mark.parametrize("odd", ["0", "-1", "1e3", "x", "", "999999"])
def test_an_odd_page_is_the_first(odd):
    assert find(f"page={odd}").page == 1


def test_a_page_beyond_the_end_is_the_last_one():
    rows = [{"n": n} for n in range(61)]
    leaf = paging.cut(rows, 99)
    assert (leaf.page, leaf.pages, leaf.total, leaf.rows) == (3, 3, 61, [{"n": 60}])
    assert paging.cut([], 7) == paging.NOTHING
