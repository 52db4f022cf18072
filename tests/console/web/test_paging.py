from stillwatch.console.web.paging import paged


def test_a_short_list_has_one_page():
    found = paged("/x", 0, 100)
    assert (found.earlier, found.later) == (None, None)


def test_the_first_the_middle_and_the_last():
    assert (paged("/x", 0, 250).earlier, paged("/x", 0, 250).later) == (None, "/x?start=100")
    assert (paged("/x", 100, 250).earlier, paged("/x", 100, 250).later) == ("/x", "/x?start=200")
    assert (paged("/x", 200, 250).earlier, paged("/x", 200, 250).later) == ("/x?start=100", None)


def test_what_else_was_asked_stays_asked_and_is_quoted():
    found = paged("/x", 0, 9, count=5, query={"account": "a&b", "arm": None, "word": ""})
    assert found.later == "/x?account=a%26b&start=5"


def test_a_start_within_a_page_leads_back_to_the_first():
    assert paged("/x", 30, 250).earlier == "/x"
