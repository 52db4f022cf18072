import base64
import hashlib
import itertools
import json
import re
import time
from html.parser import HTMLParser

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stillwatch import report
from stillwatch.cases.queries.precision import UNSAID
from stillwatch.errors import InputError
from stillwatch.model import Precision, Severity
from stillwatch.settings import ReportSettings
from stillwatch.tables import CAMPAIGNS, MEMBERS, scan_folder

SECRET_HUB = "5ec4e7b10b0f"  # as in conftest
VOID = {"meta", "link", "br", "img", "input", "hr"}


class Page(HTMLParser):
    """What a browser would make of the page: elements with attributes, texts, and the bodies of scripts and styles."""

    def __init__(self, source):
        super().__init__(convert_charrefs=True)
        self.elements, self.texts, self.bodies, self.open, self.unbalanced = [], [], [], [], []
        self.feed(source)
        self.close()
        self.unbalanced += self.open

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if self.open and self.open[-1] == tag:
            self.open.pop()
        else:
            self.unbalanced.append(tag)

    def handle_data(self, data):
        if self.open and self.open[-1] in {"script", "style"}:
            self.bodies.append((self.open[-1], dict(self.elements[-1][1]), data))
        elif data.strip():
            self.texts.append(data.strip())

    def all(self, *tags):
        return [attrs for tag, attrs in self.elements if tag in tags]

    @property
    def text(self):
        return re.sub(r"\s+", " ", " ".join(self.texts))


def written(path, **settings):
    return Page(report.write(path, ReportSettings(**settings)).read_text(encoding="utf-8"))


@pytest.fixture
def page(scan):
    return written(scan)


def test_the_page_is_well_formed_and_its_headings_are_in_order(page):
    assert page.unbalanced == []
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    ids = [a["id"] for _, a in page.elements if "id" in a]
    assert len(ids) == len(set(ids))


def test_each_campaign_has_every_part(page):
    assert len(page.all("article")) == 3
    for heading in (
        "Coordination", "Accountability", "Use", "Exchanges over time", "What was aimed at", "Accounts",
        "The evidence, by kind", "Tested", "Likelihood ratios", "Rare shared values", "Descriptions", "What could make it innocent", "The accounts and what they share",
    ):  # fmt: skip
        assert page.texts.count(heading) >= 3, heading
    targets = {"#" + a["id"] for a in page.all("article")}
    assert targets <= {a["href"] for a in page.all("a")}


def test_it_begins_with_what_it_is_and_is_not(page):
    assert "This page accuses no account. A person decides." in page.text
    assert "It tested 41 groups of accounts" in page.text
    assert "at a false discovery rate of 1%" in page.text
    assert "12 rows of the log could not be read" in page.text


def test_both_sides_are_as_prominent(page):
    """The innocent readings stand in the same kind of box, under the same kind of heading, and outside any details."""
    sides = [a for a in page.all("section") if a.get("class") == "side"]
    assert len(sides) == 2 * len(page.all("article"))
    assert "ask sales whether a contract covers these accounts" in page.text
    assert len(page.all("details")) == 3


def test_each_entry_begins_with_both_sides_and_how_often_they_are_wrong(page):
    tops = [a for a in page.all("section") if a.get("class") == "one-side"]
    assert [a["aria-label"] for a in tops] == ["What speaks for one list", "What could make it innocent"] * 3
    assert page.text.count("Nobody is accused.") == 3
    assert "Stated: 94.0% that this is one list of work, or run as one; 6.0% that it is not." in page.text
    assert "groups stated at 90% to 95% were not one list" in page.text
    assert "73% share no card" not in page.text
    assert "75% share no card, device or phone under another name" in page.text
    for gone in ("by chance", "trillion"):
        assert gone not in page.text


def test_severity_is_told_by_word_and_mark(page):
    for word, mark in (("Urgent", "▲"), ("Review", "◆"), ("Watch", "○")):
        assert word in page.texts
        assert mark in page.texts


def test_nothing_is_fetched(page):
    for tag, attrs in page.elements:
        assert tag not in {
            "link",
            "img",
            "iframe",
            "object",
            "embed",
            "base",
            "form",
            "audio",
            "video",
            "image",
            "use",
        }
        for name, value in attrs.items():
            assert not name.startswith("on"), (tag, name)
            assert name not in {"src", "srcset", "style", "action", "ping", "xlink:href"}, (tag, name)
            if name == "href":
                assert value.startswith("#")
    styles = "".join(body for tag, _, body in page.bodies if tag == "style")
    assert "url(" not in styles
    assert "@import" not in styles
    scripts = "".join(body for tag, _, body in page.bodies if tag == "script")
    assert not re.search(
        r"\bfetch\(|XMLHttpRequest|WebSocket|EventSource|sendBeacon|\bimport\(|\beval\(|innerHTML", scripts
    )


def test_the_policy_allows_just_what_is_inlined(page):
    (policy,) = [a["content"] for a in page.all("meta") if a.get("http-equiv") == "Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "http" not in policy
    found = set()
    for tag, attrs, body in page.bodies:
        if attrs.get("type") == "application/json":
            continue
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
        found.add(tag)
    assert found == {"style", "script"}
    order = [tag for tag, a in page.elements if tag in {"style", "script"} or a.get("http-equiv")]
    assert order[0] == "meta"


def test_the_chart_data_are_the_tables(page, scan):
    (data,) = [json.loads(b) for t, a, b in page.bodies if a.get("type") == "application/json"]
    rows = pq.read_table(scan / "timeline.parquet").to_pylist()
    assert sum(data["others"]) == sum(r["n_exchanges"] for r in rows if r["campaign_id"] == "")
    assert sum(data["campaigns"][0]) == sum(r["n_exchanges"] for r in rows if r["campaign_id"] == "cmp-7f3a91")
    assert data["width"] == 3600


def test_without_javascript_the_lines_are_drawn(page):
    drawn = [a for a in page.all("path") if a.get("class") == "stroke"]
    assert len(drawn) == 6
    assert all(a["d"].count("L") == 719 for a in drawn)


def test_the_same_scan_gives_the_same_bytes(scan):
    first = report.write(scan, ReportSettings()).read_bytes()
    for name in ("members", "bonds", "timeline"):
        table = pq.read_table(scan / f"{name}.parquet")
        pq.write_table(table.take(list(range(table.num_rows))[::-1]), scan / f"{name}.parquet")
    assert report.write(scan, ReportSettings()).read_bytes() == first
    assert b"\r" not in first


def test_shared_values_stay_out(scan):
    assert SECRET_HUB in str(pq.read_table(scan / "bonds.parquet")["hub"].to_pylist())
    assert SECRET_HUB not in report.write(scan, ReportSettings()).read_text(encoding="utf-8")


HOSTILE = [
    "<script>alert(1)</script>", "</script><script>alert(2)</script>", "\" onmouseover=\"alert(3)", "' autofocus onfocus='alert(4)",
    "</title></svg><img src=x onerror=alert(5)>", "{{ 7*191 }}{% for %}", "a\u2028b\u202ec", "</style><!--",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_no_value_can_become_markup(scan, text):
    plain = written(scan)
    ids = {"acct_7f3a91_00000": text, "cmp-7f3a91": text}
    for name in ("campaigns", "members", "bonds", "timeline"):
        table = pq.read_table(scan / f"{name}.parquet")
        rows = table.to_pylist()
        for row in rows:
            for key in ("account_id", "campaign_id"):
                if key in row:
                    row[key] = ids.get(row[key], row[key])
            if name == "members" and row["account_id"] == text:
                row["p_member"] = 1.0
            if name == "campaigns" and row["campaign_id"] == text:
                row["innocent_readings"] = [text] * 3
                row["reasons"][0]["signal"] = row["reasons"][0]["family"] = text
                row["capabilities"][0]["name"] = text
        pq.write_table(pa.Table.from_pylist(rows, schema=table.schema), scan / f"{name}.parquet")
    summary = json.loads((scan / "summary.json").read_text())
    summary.update(version=text, settings_digest=text, signals={"shared_frame": {"sentence": text}}, notices=[])
    (scan / "summary.json").write_text(json.dumps(summary))
    page = written(scan)
    assert page.unbalanced == []
    kinds = ("script", "style", "img", "article", "details", "circle", "li")
    assert {k: len(page.all(k)) for k in kinds} == {k: len(plain.all(k)) for k in kinds}
    assert not [name for _, attrs in page.elements for name in attrs if name.startswith("on") or name == "autofocus"]
    assert "1337" not in page.text
    assert text in page.texts


def test_notices_are_shown_as_text(scan_of):
    page = written(scan_of(notices=["<b>34%</b> came from one address.", 7]))
    assert "<b>34%</b> came from one address." in page.texts


def test_missing_tables_leave_their_section_out_with_a_sentence(scan_of):
    path = scan_of(bonds=False, timeline=False)
    page = written(path)
    assert "wrote no bonds.parquet" in page.text
    assert "wrote no timeline.parquet" in page.text
    assert [t for t, _, _ in page.bodies] == ["style"]
    assert "script-src 'none'" in str(page.all("meta"))
    assert page.unbalanced == []


def test_an_empty_scan_is_calm_and_says_what_was_tested(scan_of):
    page = written(scan_of([], n_groups_tested=17))
    assert page.unbalanced == []
    assert "17 groups of accounts were tested at a false discovery rate of 1%" in page.text
    assert "No campaign found" in page.text
    assert "It is not proof that no account collects training data." in page.text
    assert page.all("article") == []
    assert "accuses" not in page.text


def test_an_empty_scan_with_nothing_but_the_tables_still_has_a_page(scan_of):
    path = scan_of([], bonds=False, timeline=False)
    (path / "summary.json").write_text("{}")
    assert "Groups of accounts were tested. No group passed" in written(path).text


@pytest.mark.parametrize("value", ["soon", [], None, True, float("nan"), {"a": 1}])
def test_a_summary_of_odd_values_is_left_unsaid(scan_of, value):
    keys = (
        "n_exchanges",
        "n_accounts",
        "n_rejects",
        "n_groups_tested",
        "false_discovery_rate",
        "first_at",
        "signals",
        "notices",
    )
    page = written(scan_of(**dict.fromkeys(keys, value)))
    assert "The scan did not state its false discovery rate." in page.text
    assert page.unbalanced == []


def test_both_sides_come_before_the_list_of_campaigns(page):
    attributes = [attrs for _, attrs in page.elements]
    link = next(place for place, attrs in enumerate(attributes) if attrs.get("href") == "#all-campaigns")
    sides = next(place for place, attrs in enumerate(attributes) if attrs.get("aria-label") == "Both sides")
    listing = next(place for place, attrs in enumerate(attributes) if attrs.get("id") == "all-campaigns")
    assert link < sides < listing
    named = [attrs for attrs in attributes[listing:] if attrs.get("data-name") == "Accounts"]
    assert len(named) >= 2, "in a narrow window each figure has its name beside it"


def test_one_campaign_needs_no_contents(scan_of, described):
    one = described("cmp-1", 20, 5, 10, (0.9, 0.9, "unknown"), "review", 1e-4, {"chat": 1.0}, {"shared_frame": 1.0})
    page = written(scan_of([one]))
    assert page.all("nav") == []
    assert "One group of accounts for a person to look at" in page.texts


def test_more_campaigns_than_are_drawn_are_counted(scan):
    page = written(scan, max_campaigns=2)
    assert len(page.all("article")) == 2
    assert "The first 2 of 3 campaigns by their place in the queue." in page.text
    assert "The first of 3 campaigns by their place in the queue." in written(scan, max_campaigns=1).text


def test_the_graph_keeps_to_its_setting(scan):
    assert "25 of 400 accounts with a shared value are drawn" in written(scan, max_graph_accounts=25).text


def test_a_campaign_of_25_000_accounts_stays_a_page(scan_of, described):
    huge = described(
        "cmp-huge", 25_000, 26, 30, (0.99, 0.95, "concealed"), "urgent", 0.0, {"software engineering": 1.0},
        {"shared_frame": 1.0, "shared_payment": 0.3, "shared_address": 0.5},
    )  # fmt: skip
    path = scan_of([huge])
    began = time.perf_counter()
    made = report.write(path, ReportSettings())
    assert time.perf_counter() - began < 15
    assert made.stat().st_size < 3_000_000
    assert "The 200 most probable of 25,000 accounts." in Page(made.read_text(encoding="utf-8")).text


def test_a_folder_that_is_no_scan_gets_no_report(tmp_path):
    with pytest.raises(InputError, match="stillwatch scan"):
        report.write(tmp_path, ReportSettings())
    assert list(tmp_path.iterdir()) == []


def test_every_colour_of_text_can_be_read_on_its_ground():
    """WCAG 2.2 AA, 1.4.3: at least 4.5 to 1, in light and in dark."""
    sheets = [report.page.inline.read_asset(name) for name in ("page.css", "figures.css")]
    roots = [re.findall(r":root \{(.*?)\}", sheet, flags=re.S)[:2] for sheet in sheets]
    for blocks in zip(*roots, strict=True):
        colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", "".join(blocks)))
        for ink in ("ink", "soft", "accent"):
            for ground in ("paper", "card"):
                assert contrast(colours[ink], colours[ground]) >= 4.5, (ink, ground)
        for family in ("identity", "infrastructure", "client", "content", "tempo", "other"):
            assert contrast(colours["on-mark"], colours[family]) >= 4.5, family
            assert contrast(colours[family], colours["card"]) >= 3, family


def contrast(one, other):
    def luminance(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_tables_of_the_contract_are_what_is_read(scan):
    assert pq.read_schema(scan / "campaigns.parquet").names == list(CAMPAIGNS.names)
    assert pq.read_schema(scan / "members.parquet").names == list(MEMBERS.names)


def test_how_people_judged_is_shown_where_somebody_did(scan):
    settings, finished = ReportSettings(), scan_folder.read(scan)
    plain = report.page.render(finished, settings)
    nobody = [Precision(severity, 0, 0, 0, 0.0, 1.0) for severity in Severity]
    assert "As people judged it" not in plain
    assert report.page.render(finished, settings, nobody) == plain
    page = Page(report.page.render(finished, settings, [Precision(Severity.URGENT, 19, 20, 3, 0.7513, 0.9987)]))
    assert not page.unbalanced
    assert "urgent 19 20 95% 75–100% 3" in page.text
    assert all(sentence in page.text for sentence in UNSAID)
    waiting = report.page.render(finished, settings, [Precision(Severity.WATCH, 0, 0, 2, 0.0, 1.0)])
    assert "nothing is known" in waiting
