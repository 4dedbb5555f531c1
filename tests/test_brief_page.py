"""The brief as somebody reads it: one company in every section, decisions by their money, doubts first, short pages."""

from __future__ import annotations

import functools
import itertools
import json
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest

import bench
import portfolios
from conftest import BARE, INTAKE, SAMPLES, called, ran
from cslib import brief_page
from matrix import interpreters
from test_brief_input import DOOR, SUBSETS, answered, documents, flags_of, folder_of, record

RAVENSTACK = Path(__file__).resolve().parents[2] / "shared" / "data" / "ravenstack"
MOST_CHARACTERS, MOST_BYTES = 8_000, 1_000_000
PRINTED = ("text", "markdown")
STAKE_OF = {"retention": "arr_lost", "segmentation": "cost_a_year", "coverage": "arr_uncovered",
            "hiring": "arr_at_risk"}
DECISIONS, DISAGREE, STAND = "The decisions that matter now", "Where the inputs disagree", "Where we stand"
HOSTILE = '<script>alert("x")</script> <img src=//e.example/x.png> | **b** [a](http://e.example) `c`\n# H\x1b[31m\u202e'
LONG = ("A name | of <b>Fern</b> & [Bank](http://e.example) *that* `goes` on_and_on " * 5)


@functools.cache
def sample() -> dict:
    return json.loads(answered("--format", "json", "--all").out, parse_float=Decimal)["result"]


def cents(value: object) -> Decimal:
    return Decimal(str(value)).quantize(Decimal("0.01"))


def headings(page: str) -> list[str]:
    """Those of a page in Markdown, in order."""
    return re.findall(r"^#+ (.+)$", page, re.MULTILINE)


def section(page: str, heading: str) -> str:
    """What stands in a Markdown page under the heading that begins so, up to the next one of the same rank."""
    return re.split(rf"^(#+) {re.escape(heading)}.*$", page, maxsplit=1, flags=re.MULTILINE)[2].split("\n## ")[0]


def renamed(made: Mapping[str, dict], name: str, numbered: bool = True) -> Mapping[str, dict]:
    """Every customer with this name."""
    for row in (*made["cohorts"]["accounts"], *made["customers"]["customers"]):
        row["name"] = f"{name}{row['id']}"[-200:] if numbered else name
    return made


class Read(HTMLParser):
    """What a document holds: its tags with their attributes, what stands between them, and the headings' ranks."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.text: list[str] = []
        self.feed(document)

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.tags.append((tag, dict(attrs)))

    handle_startendtag = handle_starttag

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    @property
    def ranks(self) -> list[int]:
        return [int(tag[1]) for tag, _ in self.tags if re.fullmatch(r"h[1-6]", tag)]


def harmless(document: str) -> Read:
    """The document, once it is seen to run nothing and to ask nobody for anything."""
    read = Read(document)
    assert not {"script", "iframe", "object", "embed", "link", "img", "form", "base"} & {tag for tag, _ in read.tags}
    for tag, attributes in read.tags:
        assert not [key for key in attributes if key.startswith("on") or key in ("src", "xlink:href")], tag
        assert (attributes.get("href") or "#").startswith("#"), attributes
        assert "url(" not in (attributes.get("style") or "")
    bare = document.replace("http://www.w3.org/2000/svg", "")
    styles = "".join(re.findall(r"<style>(.*?)</style>", bare, re.DOTALL))
    assert "@import" not in styles and "url(" not in styles
    policies = [one["content"] for tag, one in read.tags if (one.get("http-equiv") or "") == "Content-Security-Policy"]
    assert len(policies) == 1 and "default-src 'none'" in policies[0]
    return read


# --- one company in every section


def test_the_arr_of_the_sample_is_one_amount_to_the_cent_in_every_section():
    found = sample()
    amounts = {"figures": found["figures"]["arr"], "retention": found["retention"]["overall"]["ending_arr"],
               "budget": found["segmentation"]["budget"]["arr"],
               "segments": sum(tier["arr"] for tier in found["segmentation"]["tiers"]),
               "customers": sum(row["arr"] for row in found["segmentation"]["customers"]),
               "coverage": sum(tier["arr"] for tier in found["coverage"]["tiers"]),
               "cost": found["coverage"]["cost"]["now"]["arr"], "by tier": found["coverage"]["months"][0]["tiers"],
               "org": Decimal(str(documents()["org"]["arr"]))}
    amounts["by tier"] = sum(tier["arr"] for tier in amounts["by tier"])
    assert {cents(amount) for amount in amounts.values()} == {Decimal("12014052.00")}, amounts


def test_the_customers_of_the_sample_are_one_number_in_every_section():
    found, ends = sample(), documents()["cohorts"]["accounts"]
    assert {found["figures"]["customers"], sum(1 for row in ends if row["ending_arr"]),
            found["segmentation"]["budget"]["customers"], len(found["segmentation"]["customers"]),
            sum(tier["customers"] for tier in found["segmentation"]["tiers"]),
            sum(tier["customers"] for tier in found["coverage"]["tiers"]), documents()["org"]["customers"]} == {350}


def test_each_tier_of_the_sample_is_alike_in_segmentation_and_in_coverage():
    def rows(topic: str) -> list[tuple]:
        return [(tier["tier"], tier["customers"], cents(tier["arr"])) for tier in sample()[topic]["tiers"]]

    assert rows("segmentation") == rows("coverage")


def test_the_people_of_the_sample_are_the_same_in_coverage_in_hiring_and_on_the_scorecard():
    found = sample()
    roles = {row["role"]: row for row in found["hiring"]["roles"]}
    assert {found["figures"]["csms"], found["coverage"]["csms"], roles["csm"]["present"],
            found["scorecard"]["headcount"]["csms"]} == {Decimal("7.5")}
    assert {found["figures"]["required_csms"], found["coverage"]["required"],
            found["scorecard"]["headcount"]["required"]} == {Decimal("6.89")}
    assert found["coverage"]["cost"]["now"]["managers"] == roles["cs_manager"]["present"] == 0


def test_what_lacks_coverage_is_one_amount_in_the_decision_and_in_the_seat_that_hiring_opens():
    seats = {row["arr_at_risk"] for row in sample()["hiring"]["openings"] if row["kind"] == "seat" and row["from_plan"]}
    assert next(row["amount"] for row in sample()["decisions"] if row["topic"] == "coverage") in seats


def test_the_scorecard_shows_the_retention_of_the_same_report():
    rows = {row["kpi"]: row["value"] for row in sample()["scorecard"]["rows"] if row["segment"] is None}
    for key in ("grr_ratio", "nrr_ratio", "logo_retention_ratio"):
        assert rows[key] == sample()["figures"][key] == sample()["retention"]["overall"][key]


def test_inputs_that_agree_are_not_said_to_disagree():
    assert sample()["disagreements"] == []
    for name in (*PRINTED, "html"):
        assert DISAGREE.lower() not in answered("--format", name).out.lower()


# --- decisions


@pytest.mark.parametrize("kinds", SUBSETS, ids="+".join)
def test_at_most_three_decisions_stand_by_their_money_each_with_its_kind_day_and_first_step(kinds):
    found = record(*flags_of(kinds))["result"]
    rows = found["decisions"]
    assert [row["amount"] for row in rows] == sorted((row["amount"] for row in rows), reverse=True)
    assert len(rows) == len({row["topic"] for row in rows}) <= 3 and {row["topic"] for row in rows} <= set(found)
    for row in rows:
        assert row["kind"] == STAKE_OF[row["topic"]] and row["amount"] > 0 and row["said"] and row["first_step"]
        assert date.fromisoformat(row["by"]) >= date(2026, 9, 30)


def test_each_decision_is_printed_whole_with_its_money_its_day_and_its_first_step():
    page = " ".join(section(answered("--format", "markdown").out, DECISIONS).split())
    for row in sample()["decisions"]:
        assert row["said"] in page and row["by"] in page and row["first_step"].rstrip("….") in page


def test_a_first_step_is_held_whole_by_the_record():
    assert not [row for row in sample()["decisions"] if row["first_step"].endswith("…")]


def test_the_day_of_a_decision_is_that_of_its_first_step():
    for kinds in SUBSETS:
        for row in record(*flags_of(kinds))["result"]["decisions"]:
            assert row["by"] in row["first_step"], (kinds, row)


def test_where_nothing_is_at_stake_the_brief_says_so(tmp_path):
    run = answered("--scorecard", SAMPLES / "scorecard.json", "--format", "markdown")
    assert "money at stake" in run.out and DECISIONS not in run.out
    assert record("--scorecard", SAMPLES / "scorecard.json")["result"]["decisions"] == []


def test_the_verdict_is_the_worst_of_the_decisions():
    words = ("healthy", "concerning", "critical")
    for kinds in SUBSETS:
        found = record(*flags_of(kinds))
        said = [part["verdict"] for key in STAKE_OF if (part := found["result"].get(key)) and part["verdict"]]
        assert found["verdict"] == max(said, key=words.index, default=None)


# --- disagreement


DIFFERENT = {
    "arr": ("org", {"arr": 12_014_052.01}), "customers": ("org", {"customers": 351}),
    "currency": ("org", {"currency": "EUR"}), "as_of": ("org", {"as_of": "2026-09-29"}),
    "stage": ("org", {"stage": "seed"}), "csms": ("scorecard", {"headcount": {"csms": 8.5}}),
    "managers": ("book", {"managers": 1})}


@pytest.mark.parametrize("what", DIFFERENT)
@pytest.mark.parametrize("name", ["markdown", "text", "html"])
def test_a_disagreement_is_found_and_stands_before_the_decisions(tmp_path, what, name):
    kind, other = DIFFERENT[what]
    folder = folder_of(tmp_path / "in", documents(**{kind: lambda document: document.update(other)}))
    run = called(DOOR, str(folder), "--format", name)
    assert (run.code, run.err) == (0, "")
    places = [run.out.lower().find(heading.lower()) for heading in (DISAGREE, DECISIONS, STAND)]
    assert -1 not in places and places == sorted(places)


@pytest.mark.parametrize("what", DIFFERENT)
def test_a_disagreement_is_in_the_record_with_what_each_input_says(tmp_path, what):
    kind, other = DIFFERENT[what]
    folder = folder_of(tmp_path / "in", documents(**{kind: lambda document: document.update(other)}))
    row, = record(folder)["result"]["disagreements"]
    assert row["what"] == what and len({str(value) for _, value in row["values"]}) == 2


@pytest.mark.parametrize("what", DIFFERENT)
def test_a_reader_sees_what_differs(tmp_path, what):
    """Two values in the sentence differ as they are printed."""
    kind, other = DIFFERENT[what]
    folder = folder_of(tmp_path / "in", documents(**{kind: lambda document: document.update(other)}))
    run = called(DOOR, str(folder), "--format", "markdown")
    said = " ".join(section(run.out, DISAGREE).split())
    values = re.findall(r"([\w.,-]+) in (?:retention|segmentation|coverage|hiring|scorecard)", said)
    assert len({value.strip(",") for value in values}) == 2, said


# --- what changed


@pytest.fixture(scope="module")
def before(tmp_path_factory) -> Path:
    """The brief on the team a quarter ago, with less ARR and another outcome that fails."""
    folder = tmp_path_factory.mktemp("before")

    def older(document: dict) -> None:
        document["as_of"] = "2026-06-30"

    def smaller(org: dict) -> None:
        older(org)
        org["arr"] = 11_000_000
        org["failing_outcomes"] = [{"outcome": "adoption", "evidence": "two in ten use it", "arr_at_risk": 100_000}]

    made = documents(org=smaller, book=older, scorecard=older)
    out = folder / "brief.json"
    inputs = folder_of(folder / "in", made, ("org", "book", "scorecard"))
    assert called(DOOR, str(inputs), "--format", "json", "--output", str(out)).code == 0
    return out


def test_each_figure_is_beside_that_of_then_with_the_difference(before):
    then = json.loads(before.read_text(encoding="utf-8"), parse_float=Decimal)["result"]["figures"]
    found = json.loads(answered(SAMPLES, "--previous", before, "--format", "json", "--all").out,
                       parse_float=Decimal)["result"]
    assert found["changes"]["as_of_before"] == "2026-06-30"
    rows = {row["key"]: row for row in found["changes"]["figures"]}
    assert rows.keys() == found["figures"].keys() == then.keys()
    for key, row in rows.items():
        assert (row["now"], row["before"]) == (found["figures"][key], then[key]), key
        numbers = all(isinstance(value, (int, Decimal)) for value in (row["now"], row["before"]))
        assert row["difference"] == (row["now"] - row["before"] if numbers else None), key


def states(previous: Path, *flags: object) -> dict[str, str]:
    return dict(record(*flags, "--previous", previous)["result"]["changes"]["decisions"])


def test_a_decision_of_then_that_has_money_at_stake_today_is_still_open_and_others_are_new(before):
    then = [row["topic"] for row in json.loads(before.read_text(encoding="utf-8"))["result"]["decisions"]]
    found = states(before, SAMPLES)
    now = [row["topic"] for row in sample()["decisions"]]
    assert found == {**dict.fromkeys(then, "still"), **{topic: "new" for topic in now if topic not in then}}
    assert "still" in found.values() and "new" in found.values()


def test_a_decision_whose_money_is_no_longer_at_stake_is_gone(tmp_path, before):
    rows = [{"id": f"A-{n}", "starting_arr": 100, "ending_arr": 100} for n in range(3)]
    cohorts = {"as_of": "2026-09-30", "period_months": 12, "currency": "USD", "accounts": rows}
    folder = folder_of(tmp_path / "in", {"cohorts": cohorts}, ("cohorts",))
    then = json.loads(before.read_text(encoding="utf-8"))
    then["result"]["decisions"] = [{"topic": "retention"}]
    path = tmp_path / "then.json"
    path.write_text(json.dumps(then), encoding="utf-8")
    assert states(path, folder) == {"retention": "gone"}
    assert "largest leak: " in section(answered(folder, "--previous", path, "--format", "markdown").out, STAND)


def test_of_a_decision_that_todays_inputs_do_not_tell_nothing_is_said(before):
    found = states(before, SAMPLES / "cohorts.json")
    assert found == {"retention": "new"}


def test_the_changes_are_printed_with_both_days(before):
    for name in (*PRINTED, "html"):
        run = answered(SAMPLES, "--previous", before, "--format", name)
        assert "what changed since 2026-06-30" in run.out.lower() and "still open" in run.out


# --- size


def pages(*args: object) -> dict[str, str]:
    return {name: called(DOOR, *map(str, args), "--format", name).out for name in (*PRINTED, "html")}


def short(made: Mapping[str, str]) -> None:
    for name in PRINTED:
        assert 0 < len(made[name]) < MOST_CHARACTERS, (name, len(made[name]))
    assert 0 < len(made["html"].encode("utf-8")) < MOST_BYTES
    harmless(made["html"])


@pytest.mark.parametrize("kinds", [(), *SUBSETS[::3], SUBSETS[-1]], ids="+".join)
def test_the_pages_of_any_subset_of_the_sample_are_short(kinds):
    short(pages(*flags_of(kinds)))


def one_customer(made: dict[str, dict]) -> dict[str, dict]:
    """The sample company with the first of its customers who stayed."""
    row = next(row for row in made["cohorts"]["accounts"] if row["starting_arr"] and row["ending_arr"])
    arr = row["ending_arr"]
    made["cohorts"] = {**{key: value for key, value in made["cohorts"].items() if key not in ("flows", "history")},
                       "accounts": [row]}
    made["customers"]["customers"] = [one for one in made["customers"]["customers"] if one["id"] == row["id"]]
    tier = made["book"]["tiers"]["smb"]
    made["book"].update(tiers={"smb": {**tier, "customers": 1, "arr": arr, "csms": 0.5}},
                        people=[{"tier": "smb", "fte": 0.5, "months_in_seat": 20}])
    for key in ("annual_growth_ratio", "annual_churn_ratio"):
        made["book"][key] = {"smb": made["book"][key]["smb"]}
    made["org"].update(customers=1, arr=arr, median_acv=arr, failing_outcomes=[])
    return made


def test_the_pages_of_one_customer_are_short_and_without_a_fault(tmp_path):
    folder = folder_of(tmp_path / "in", one_customer(documents()))
    short(pages(folder))
    assert record(folder)["result"]["figures"]["customers"] == 1


def test_nobody_left_and_nobody_lost_each_have_a_brief(tmp_path):
    made = documents()
    for number, ending in enumerate((0, 100)):
        rows = [{"id": f"A-{n}", "starting_arr": 100, "ending_arr": ending} for n in range(3)]
        cohorts = {"as_of": "2026-09-30", "period_months": 12, "currency": "USD", "accounts": rows}
        folder = folder_of(tmp_path / str(number), {**made, "cohorts": cohorts}, ("cohorts",))
        short(pages(folder))
        assert record(folder)["result"]["figures"]["arr"] == 3 * ending


@pytest.fixture(scope="module")
def large(tmp_path_factory) -> Path:
    """100,000 customers of whom nearly all is known, beside the sample's own book, org and scorecard."""
    made = documents()
    made["cohorts"] = bench.book(100_000)
    made["customers"] = portfolios.document(100_000, least_known=0.95)
    return folder_of(tmp_path_factory.mktemp("large") / "in", made)


def test_the_pages_of_100_000_customers_are_short(large, tmp_path):
    html = tmp_path / "brief.html"
    runs = [ran(DOOR, large, "--format", "html", "--output", html, python=BARE, timeout=600),
            ran(DOOR, large, "--format", "markdown", python=BARE, timeout=600)]
    assert {(run.code, run.err) for run in runs} == {(0, "")}
    short({"text": runs[0].out, "markdown": runs[1].out, "html": html.read_text(encoding="utf-8")})


@pytest.mark.parametrize("length", [1, 60, 200])
def test_long_names_and_every_disagreement_at_once_leave_the_pages_short(tmp_path, before, length):
    made = documents()
    for kind, other in DIFFERENT.values():
        made[kind].update(other)
    for row in made["org"]["failing_outcomes"]:
        row["evidence"] = (LONG * 2)[:300]
    folder = folder_of(tmp_path / "in", renamed(made, (LONG * 2)[:length], numbered=False))
    old = json.loads(before.read_text(encoding="utf-8"))
    old["as_of"] = "2026-06-29"
    (tmp_path / "old.json").write_text(json.dumps(old), encoding="utf-8")
    short(pages(folder, "--previous", tmp_path / "old.json"))
    assert len(record(folder)["result"]["disagreements"]) == len(DIFFERENT)


def test_a_name_of_more_than_200_characters_is_refused(tmp_path):
    folder = folder_of(tmp_path / "in", renamed(documents(), (LONG * 5)[:300], numbered=False))
    run = called(DOOR, str(folder))
    assert (run.code, run.out) == (1, "") and "200 characters" in run.err


@pytest.mark.parametrize("top", ["1", "5", "10"])
def test_top_cuts_lists_and_never_figures(top):
    run = answered("--top", top, "--format", "markdown")
    rows = [line for line in section(answered("--format", "markdown").out, STAND).splitlines() if line.startswith("|")]
    assert len(run.out) < MOST_CHARACTERS and len(rows) == 12
    assert json.loads(answered("--top", top, "--format", "json").out)["result"]["figures"] == json.loads(
        answered("--format", "json").out)["result"]["figures"]


@pytest.mark.skipif(not RAVENSTACK.is_dir(), reason="no data of others beside the repository")
@pytest.mark.parametrize("overlap", ["add", "latest"])
def test_the_pages_of_exports_that_somebody_else_made_are_short(tmp_path, overlap):
    out = tmp_path / "out"
    run = called(INTAKE, *map(str, sorted(RAVENSTACK.glob("*.csv"))), "--as-of", "2024-12-31", "--overlap", overlap,
                 "--reason", "support=tactical_failure", "--reason", "features=product_fit", "--reason",
                 "competitor=competitor_loss", "--reason", "budget=pricing", "--out-dir", str(out))
    assert (run.code, run.err) == (0, "")
    short(pages(out))
    found = record(out)["result"]
    assert found["disagreements"] == [] and found["figures"]["arr"] == found["segmentation"]["budget"]["arr"]


# --- HTML and names


def test_the_html_of_the_sample_is_whole_in_order_and_asks_nobody():
    read = harmless(answered("--format", "html").out)
    tags = [tag for tag, _ in read.tags]
    assert tags.count("h1") == tags.count("main") == 1 and "svg" in tags
    assert read.ranks[0] == 1 and all(later - rank <= 1 for rank, later in itertools.pairwise(read.ranks))
    ids = [attributes["id"] for _, attributes in read.tags if attributes.get("id")]
    assert len(ids) == len(set(ids))
    named = [word for _, attributes in read.tags for word in (attributes.get("aria-labelledby") or "").split()]
    assert named and set(named) <= set(ids)


def test_every_picture_has_its_title_its_words_and_its_table():
    document = answered("--format", "html").out
    figures = re.findall(r"<figure class=\"picture\">.*?</figure>", document, re.DOTALL)
    assert len(figures) >= 6
    for figure in figures:
        assert re.search(r"<figcaption>(?:(?!</figcaption>).)*\d", figure), figure[:200]
        assert figure.count("<svg") == 1 and "<title" in figure and "<desc" in figure and "<table" in figure


@pytest.mark.parametrize("name", PRINTED)
def test_a_short_page_has_no_picture(name):
    assert "<svg" not in answered("--format", name).out


@pytest.mark.parametrize("name", ["html", "markdown", "text", "json"])
def test_names_with_markup_do_nothing(tmp_path, name):
    made = renamed(documents(), HOSTILE)
    for row in made["cohorts"]["accounts"]:
        row["segment"] = HOSTILE[:60] if row.get("segment") == "retail" else row.get("segment")
    for row in made["org"]["failing_outcomes"]:
        row["evidence"] = HOSTILE
    run = called(DOOR, str(folder_of(tmp_path / "in", made)), "--format", name, "--all")
    assert (run.code, run.err) == (0, "")
    assert "\x1b" not in run.out and "\u202e" not in run.out
    if name == "html":
        harmless(run.out)
        assert "&lt;script&gt;" in run.out
    elif name == "markdown":
        assert not re.search(r"(?<!\\)<(script|img)", run.out) and not re.search(r"(?<!\\)\]\(http", run.out)
        assert "\n# H" not in run.out


# --- the same bytes


def test_the_same_inputs_give_the_same_bytes_whatever_the_hash_seed(tmp_path):
    for name in ("html", "json"):
        runs = {ran(DOOR, "--format", name, python=BARE[:1], env={"PYTHONHASHSEED": seed}) for seed in ("0", "1", "77")}
        assert len(runs) == 1 and runs.pop().code == 0


def test_the_same_bytes_under_the_oldest_and_the_newest_python_here(tmp_path):
    folder, found = folder_of(tmp_path / "in", renamed(documents(), "Ferń & Søn <x> ")), interpreters()
    names = list(found)
    if len(names) < 2:
        pytest.skip("one Python only")
    for name in (*PRINTED, "html", "json"):
        runs = {ran(DOOR, folder, "--format", name, python=(found[version], "-I", "-S")): version
                for version in (names[0], names[-1])}
        assert len(runs) == 1 and next(iter(runs)).code == 0, (name, runs.values())


def test_the_order_of_customers_in_the_files_changes_no_byte(tmp_path):
    made = documents()
    ordered = pages(folder_of(tmp_path / "in", made))
    made["cohorts"]["accounts"].reverse()
    made["customers"]["customers"].reverse()
    assert pages(folder_of(tmp_path / "in", made)) == ordered


def test_a_file_written_is_what_is_printed_whole_and_stdout_keeps_the_short_page(tmp_path):
    run = called(DOOR, "--format", "html", "--output", str(tmp_path / "brief.html"))
    assert run == answered()
    assert (tmp_path / "brief.html").read_text(encoding="utf-8") == answered("--format", "html", "--all").out


SCRIPTS_OF = {"retention": "retention_decomposition_analyzer", "segmentation": "customer_segmentation_designer",
              "coverage": "cs_coverage_calculator", "hiring": "cs_hiring_sequencer", "scorecard": "cs_scorecard"}


@pytest.mark.parametrize("topic", SCRIPTS_OF)
def test_every_part_that_the_brief_keeps_is_one_that_the_script_of_the_decision_prints(topic):
    printed = re.findall(r"^## (.+)$", called(SCRIPTS_OF[topic], "--all", "--format", "markdown").out, re.MULTILINE)
    for kept in brief_page.KEPT[topic]:
        assert any(heading.replace("\\", "").startswith(kept) for heading in printed), (kept, printed)
