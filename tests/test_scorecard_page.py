"""What the report of decision E says: the answer first, under four thousand characters, and nothing that is not so."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path

import pytest

import cards
from conftest import ROOT, SAMPLES, called
from cslib import maturity_cells
from cslib.kpis_known import KPIS
from cslib.scorecard_words import LACKS

DOOR = "cs_scorecard"
SAMPLE = json.loads((SAMPLES / "scorecard.json").read_text(encoding="utf-8"))
STAGES = ("proactive", "strategic", "transformational")
CELLS = maturity_cells.read()
LONG = ("Minutes of 2026-07-14 | <b>Fern</b> & [Bank](http://e.example) *say* `that` it_is_so " * 5)[:300]


def said(document: dict, *args: str) -> str:
    run = called(DOOR, "-", *args, stdin=json.dumps(document, default=float))
    assert run.code == 0 and run.err == "", run
    return run.out


def line(document: dict, *args: str) -> str:
    """The report on one line."""
    return " ".join(said(document, *args).split())


def answer(document: dict, *args: str) -> str:
    """The first sentences, on one line."""
    return " ".join(said(document, *args).split("\n\n")[1].split())


def team(stage: str, **others: str) -> dict:
    """Maturity with evidence up to a stage in every dimension but the named ones, and a no for what is above."""
    def cell(dimension: str, step: str) -> dict:
        is_met = cards.LADDER.index(step) <= cards.LADDER.index(others.get(dimension, stage))
        return {"met": True, "evidence": "shown in the review of July"} if is_met else {"met": False}

    return {dimension: {step: cell(dimension, step) for step in STAGES} for dimension in cards.DIMENSIONS}


def card(*rows: dict, **known: object) -> dict:
    return cards.document(*rows, **known)


def assessed(stage: str, believed: str | None = None, *rows: dict, **others: str) -> dict:
    return card(*rows, maturity=team(stage, **others), believed_stage=believed)


def test_the_first_sentence_says_what_is_found_against_what_is_believed_and_which_outcome_is_worst():
    first = answer(SAMPLE)
    assert first.startswith("You are proactive, not strategic as the team believes: ")
    assert re.search(r"(NRR|GRR|Logo retention) is \d+\.\d% over 12 months.*, [\d.]+ points? under the \d+% "
                     r"asked of growth companies\.$", first), first


@pytest.mark.parametrize("found", cards.LADDER)
@pytest.mark.parametrize("believed", [None, *cards.LADDER])
def test_a_team_is_told_its_stage_and_whether_it_believed_more_less_or_the_same(found, believed):
    first = answer(assessed(found, believed))
    assert first.startswith(f"You are {found}")
    gap = None if believed is None else cards.LADDER.index(believed) - cards.LADDER.index(found)
    assert (", as the team believes" in first) is (gap == 0)
    assert (f", not {believed} as the team believes" in first) is (gap is not None and gap > 0)
    assert (f", more than the {believed} that the team believes" in first) is (gap is not None and gap < 0)


@pytest.mark.parametrize("gate, word", [("measurement", "measurement"), ("risk", "risk"),
                                        ("segmentation", "segmentation")])
def test_the_gate_that_holds_the_team_back_is_named_in_the_first_sentence(gate, word):
    assert f"You are proactive: {word} goes no further (not shown: " in answer(
        assessed("strategic", None, **{gate: "proactive"}))


def claimed(*stages: str) -> dict:
    """Maturity in which these stages of every dimension are said to be met, with nothing to show."""
    return {dimension: {stage: {"met": True} for stage in stages} for dimension in cards.DIMENSIONS}


NINE = "if the 9 claims without evidence are proved"


@pytest.mark.parametrize("stages, believed, said", [
    (1, "strategic", f"reactive; proactive {NINE}; not strategic as the team believes: "),
    (1, None, f"reactive; proactive {NINE}: "),
    (1, "proactive", f"reactive; proactive, as the team believes, {NINE}: "),
    (1, "reactive", f"reactive, as the team believes; proactive {NINE}: "),
    (2, "proactive", f"reactive, not proactive as the team believes; strategic {NINE.replace('9', '18')}: ")])
def test_where_claims_lack_evidence_the_first_sentence_says_both_stages(stages, believed, said):
    first = answer(card(maturity=claimed(*STAGES[:stages]), believed_stage=believed))
    assert first.startswith(f"By what can be shown you are {said}measurement, risk and segmentation go no further")


def test_one_claim_without_evidence_may_be_what_holds_the_whole():
    document = assessed("strategic", "reactive", risk="proactive")
    document["maturity"]["risk"]["strategic"] = {"met": True}
    assert answer(document).startswith(
        "By what can be shown you are proactive, more than the reactive that the team believes; strategic if the one "
        "claim without evidence is proved: risk goes no further (not shown: 60% of lost ARR flagged 60 days ahead).")


def test_the_reason_names_what_each_gate_at_the_overall_stage_lacks_and_no_other():
    first = answer(assessed("proactive", None, risk="strategic"))
    assert "measurement and segmentation go no further (not shown: of measurement, " in first
    assert "; of segmentation, cost to serve" in first and "risk" not in first
    assert answer(assessed("proactive")).count("; of ") == 2


@pytest.mark.parametrize("gate", LACKS)
@pytest.mark.parametrize("stage", STAGES)
def test_what_a_gate_lacks_is_its_criterion_in_short(gate, stage):
    criterion = CELLS[gate][stage]["criterion"]
    figures_, words = re.findall(r"\d+", LACKS[gate][stage]), LACKS[gate][stage].lower()
    assert len(words) < 70 and set(figures_) <= set(re.findall(r"\d+", criterion))
    assert len(set(re.findall(r"[a-z]{4,}", words)) & set(re.findall(r"[a-z]{4,}", criterion.lower()))) >= 3


def test_a_dimension_that_is_no_gate_does_not_hold_the_team_back():
    assert answer(assessed("transformational", None, voice="reactive")).startswith("You are transformational")


def test_the_worst_outcome_is_the_one_furthest_below_its_target():
    rows = (cards.row("nrr_ratio", 1.04), cards.row("grr_ratio", 0.85), cards.row("logo_retention_ratio", 0.84))
    assert answer(card(*rows)) == "GRR is 85.0% over 12 months, 5 points under the 90% called good."
    assert "asked of seed" not in answer(card(*rows), "--stage", "seed") and "NRR is" not in answer(card(*rows))


def test_a_segment_is_the_answer_only_where_the_company_reaches_its_targets():
    small = cards.row("grr_ratio", 0.5, segment="smb")
    assert answer(card(cards.row("grr_ratio", 0.89), small)).startswith("GRR is 89.0%")
    assert answer(card(cards.row("grr_ratio", 0.91), small)).startswith("SMB GRR is 50.0%")


def test_outcomes_that_reach_their_targets_are_said_as_reached():
    assert answer(card(cards.row("nrr_ratio", 1.2), cards.row("grr_ratio", 0.95))) == (
        "No outcome is below its target: NRR 120.0% over 12 months and GRR 95.0% over 12 months.")


def test_half_a_year_is_said_with_its_year_beside_it():
    text = answer(card(cards.row("grr_ratio", 0.92, period_months=6)))
    assert text.startswith("GRR is 92.0% over 6 months (84.6% a year), 5.4 points under the 90%")


def test_kpis_that_are_judged_are_counted_by_whether_they_are_good():
    rows = (cards.row("nrr_ratio", 1.3), cards.row("grr_ratio", 0.91), cards.row("logo_retention_ratio", 0.5),
            cards.row("calls_per_csm", 40))
    assert "4 reported, of which 3 judged: 2 good or better." in line(card(*rows))
    small = cards.row("grr_ratio", 0.5, segment="smb")
    assert "4 reported (5 figures), of which 4 judged: 2 good or better." in line(card(*rows, small))
    assert "2 reported, of which 0 judged." in line(card(cards.row("calls_per_csm", 4),
                                                         cards.row("touches_per_account", 4)))


def test_a_team_that_reports_only_activities_is_told_so():
    text = line(card(cards.row("touches_per_account", 12), cards.row("calls_per_csm", 40)))
    assert "Only activities are reported" in text and "NRR, GRR and logo retention are missing." in text


def test_one_outcome_among_activities_is_not_only_activities():
    assert "Only activities" not in line(card(cards.row("touches_per_account", 12), cards.row("grr_ratio", 0.9)))


def test_effort_and_satisfaction_are_shown_with_scale_and_direction():
    rows = (cards.row("csat", 5.1, scale="mean_1_to_7"), cards.row("ces", 5.6, easy_is="high"))
    for name in ("text", "markdown", "html"):
        text = line(card(*rows), "--format", name)
        assert "CSAT (1 to 7)" in text and "CES (1 to 7, high is easy)" in text
    assert "5.5" in line(card(*rows)) and "great" in line(card(*rows))


@pytest.mark.parametrize("kpi, value, shown", [("grr_ratio", 0.8765, "87.7%"), ("nps", 34, "+34"), ("nps", -12, "-12"),
                                               ("health_points", 71.5, "71.5"), ("time_to_value_days", 38, "38 days"),
                                               ("time_to_value_days", 1, "1 day "), ("data_age_hours", 26, "26 hours"),
                                               ("calls_per_csm", 40, "40")])
def test_a_value_is_shown_in_its_unit(kpi, value, shown):
    assert re.search(rf"{re.escape(shown)}", said(card(cards.row(kpi, value))))


@pytest.mark.parametrize("now, of, before, shown", [
    (0.88, 50, 0.86, "+2 points, cannot be told from noise"), (0.75, 20_000, 0.79, "-4 points, more than noise"),
    (0.75, None, 0.79, "-4 points, noise not known")])
def test_a_change_says_whether_it_is_more_than_noise(now, of, before, shown):
    row = cards.row("logo_retention_ratio", now, of=of, previous={"value": before, "of": of, "as_of": "2025-09-30"})
    text = line(card(row))
    assert shown in text and "change since 2025-09-30" in text


def test_a_fall_of_what_should_fall_is_called_better():
    row = cards.row("time_to_value_days", 40, of=400, sd=10, previous={"value": 50, "of": 400, "sd": 10})
    assert "-10 days, better, more than noise" in line(card(row))


def test_an_outcome_that_cs_leadership_does_not_own_is_named_with_its_owner():
    text = line(card(cards.row("grr_ratio", 0.91, owner="sales"), cards.row("nrr_ratio", 1.1, owner="nobody"),
                     cards.row("logo_retention_ratio", 0.9, owner="cs_leadership")))
    assert "CS leadership does not own NRR (nobody) and GRR (sales)." in text


def test_each_row_shows_the_owner_asked_for_where_it_is_another_than_the_one_given():
    text = line(card(cards.row("grr_ratio", 0.91, owner="sales"), cards.row("nrr_ratio", 1.3, owner="cs_leadership"),
                     cards.row("calls_per_csm", 40)))
    assert "sales (CS leadership) -" in text and re.search(r"great CS leadership -", text)
    assert re.search(r"calls a CSM 40 .*- \(CSMs\)", text)


def test_who_should_own_what_and_what_a_board_sees_is_a_list():
    rows = (cards.row("grr_ratio", 0.91, owner="sales"), cards.row("grr_ratio", 0.8, segment="smb"),
            cards.row("calls_per_csm", 40, owner="csms"))
    text = line(card(*rows), "--only", "owners")
    assert "level KPI should be owned by owner given for the board" in text
    assert "outcome GRR CS leadership sales keep" in text and "activity calls a CSM CSMs CSMs drop" in text
    assert "outcome GRR, SMB CS leadership not said under GRR" in text


def test_the_kpis_for_the_board_are_named_with_how_many_there_are():
    rows = (cards.row("nrr_ratio", 1.3), cards.row("nps", 41, of=120), cards.row("health_points", 74),
            cards.row("calls_per_csm", 40))
    assert "For the board keep: NRR, NPS (2 of 4 reported; policy keeps to 7)." in line(card(*rows))
    assert "For the board" not in line(card(cards.row("nrr_ratio", 1.3)))
    assert "For the board" not in line(card(cards.row("calls_per_csm", 40), cards.row("touches_per_account", 4)))


def test_too_many_kpis_of_which_none_is_for_a_board_are_said_to_be_too_many():
    names = [*KPIS["operations"], *KPIS["activity"]]
    text = line(card(*(cards.row(name, 1) for name in names)))
    assert "For the board" not in text and "11 KPIs are reported; the policy keeps to 7." in line(
        card(*(cards.row(name, 1) for name in names)), "--all")


def test_a_standing_that_cannot_be_told_from_good_says_so():
    text = line(card(cards.row("logo_retention_ratio", 0.88, of=240), cards.row("grr_ratio", 0.89, of=240)))
    assert "good, cannot be told from 85%" in text and "1 point under, cannot be told from 90%" in text
    assert "GRR is 89.0% over 12 months, 1 point under the 90% called good; it cannot be told from that." in text
    sure = line(card(cards.row("logo_retention_ratio", 0.88, of=24_000), cards.row("grr_ratio", 0.5, of=240)))
    assert "cannot be told" not in sure


def test_accounts_without_an_owner_and_people_beside_the_plan_are_counted():
    text = line(card(owned_accounts={"accounts": 243, "with_owner": 219}, headcount={"csms": 6, "required": 8}))
    assert "219 of 243 accounts above 5,000 of ARR have an owner (90.1%); 24 have none." in text
    assert "6 CSMs for 8 required: 25% under, outside the 20% of policy." in text


def test_the_ends_of_owners_and_people_are_said_in_words():
    assert answer(card(owned_accounts={"accounts": 0, "with_owner": 0})) == "No account is above 5,000 of ARR."
    assert "1 of 1 account above 5,000 of ARR has an owner (100.0%)." in answer(
        card(owned_accounts={"accounts": 1, "with_owner": 1}))
    assert answer(card(headcount={"csms": 1, "required": 1})) == "1 CSM, as many as are required."
    assert answer(card(headcount={"csms": 0, "required": 4})).startswith("0 CSMs for 4 required: 100% under, outside")
    assert answer(card(headcount={"csms": 2})).startswith("2 CSMs now; how many are required is not known")


def test_a_yes_without_evidence_does_not_count_and_is_named():
    document = assessed("proactive")
    document["maturity"]["risk"]["strategic"] = {"met": True}
    assert "Claimed without evidence, so not counted: risk strategic." in line(document)
    assert answer(document).startswith("You are proactive")


def test_a_stage_shown_above_one_that_is_not_waits():
    document = assessed("reactive")
    document["maturity"]["capacity"]["strategic"] = {"met": True, "evidence": "plan of hours, 2026-05"}
    assert "Shown above a stage that is not, so not counted yet: capacity strategic." in line(document)


def moves(text: str) -> list[str]:
    """The three steps, each on one line."""
    part = text.split("WHAT TO DO\n")[1].split("\n\n")[0]
    return [" ".join(step.split()) for step in re.split(r"\n(?=\d\. )", part)]


KINDS = {"sample": SAMPLE, "reactive": assessed("reactive"), "strategic": assessed("strategic", "proactive"),
         "transformational": assessed("transformational"), "one KPI": card(cards.row("grr_ratio", 0.8)),
         "an activity": card(cards.row("calls_per_csm", 40)), "people": card(headcount={"csms": 6, "required": 8})}


@pytest.mark.parametrize("kind", KINDS)
def test_there_are_three_moves_with_owner_date_and_proof(kind):
    rows = moves(said(KINDS[kind]))
    assert len(rows) == 3 and len(set(rows)) == 3
    for row, day in zip(rows, ("2026-10-30", "2026-11-29", "2026-12-29")):
        assert re.match(rf"\d\. By {day}, [\w ]+: .+\. Proof: [^.]+", row), row
        assert not re.search(r"\.\.|\. \.|None|\{|_ratio", row), row


def test_the_first_move_is_the_gate_that_lifts_the_whole():
    assert "bring risk from proactive to strategic, which lifts the whole" in moves(
        said(assessed("strategic", None, risk="proactive")))[0]


def test_every_move_of_the_full_report_names_a_script_or_page_that_exists():
    for stage in cards.LADDER[:3]:
        for row in moves(said(assessed(stage), "--all")):
            named = re.search(r"Help: ([\w/-]+\.(?:py|md))", row)
            assert named, row
            assert (ROOT / named.group(1)).is_file() or (ROOT / "scripts" / named.group(1)).is_file(), row


def longest(seed: int) -> dict:
    """A document with every KPI of the company and of four segments, long evidence everywhere."""
    document = cards.seeded(seed)
    rows = [cards.row(name, 0.5 if name.endswith("_ratio") else 4, segment=segment, of=123_456_789 % 10**8,
                      owner=cards.OWNERS[n % 8],
                      previous={"value": 0.4321 if name.endswith("_ratio") else 3.21, "of": 99_999_999,
                                "as_of": "2025-09-30"})
            for n, name in enumerate(cards.NAMES) for segment in (None, *cards.SEGMENTS)]
    believed = cards.LADDER[seed % 4]
    maturity = {dimension: {stage: {"met": (True, True, False, None)[(seed + n) % 4], "evidence": LONG}
                            for stage in STAGES} for n, dimension in enumerate(cards.DIMENSIONS)}
    return {**document, "kpis": rows, "maturity": maturity, "believed_stage": believed, "stage": "late",
            "product_type": "marketing_automation", "headcount": {"csms": 99_999.5, "required": 12_345.6},
            "owned_accounts": {"accounts": 99_999_999, "with_owner": 12_345_678}}


@pytest.mark.parametrize("name", ["text", "markdown"])
@pytest.mark.parametrize("seed", range(4))
def test_a_report_of_every_kpi_of_every_segment_stays_under_four_thousand_characters(name, seed):
    assert len(said(longest(seed), "--format", name)) < 4_000
    assert len(said(longest(seed), "--format", name, "--top", "500")) < 4_000


@pytest.mark.parametrize("name", ["text", "markdown"])
@pytest.mark.parametrize("believed", [*cards.LADDER])
def test_a_report_of_claims_alone_and_a_board_of_fifty_stays_under_four_thousand_characters(name, believed, tmp_path):
    (tmp_path / "policy.json").write_text('{"scorecard": {"most_kpis": 50}}')
    document = longest(0) | {"maturity": claimed(*STAGES), "believed_stage": believed}
    text = said(document, "--format", name, "--policy", str(tmp_path / "policy.json"))
    assert len(text) < 4_000 and "the 27 claims without evidence" in " ".join(text.split())
    assert f"({len(KPIS['outcome'] + KPIS['leading'])} of 27 reported" in " ".join(text.split()).replace("\\", "")


@pytest.mark.parametrize("name", ["text", "markdown"])
@pytest.mark.parametrize("seed", range(30))
def test_a_report_of_any_document_stays_under_four_thousand_characters_and_prints_no_key(name, seed):
    text = said(cards.seeded(seed), "--format", name)
    assert len(text) < 4_000
    assert not re.search(r"\bNone\b|Decimal|\bmid_market\b|\bcs_leadership\b|mean_1_to", text.split("ssumptions")[0])


NUMBER = re.compile(r"(?<![\w.])-?\d[\d,]*(?:\.\d+)?")
WORDS = re.compile(r"\d{4}-\d\d-\d\d|\b1 to (?:5|7|10)\b|^\d\. |95% interval", re.MULTILINE)


def figures(value) -> set[Decimal]:
    """The numbers of a record, each as it is and as per cent, with and without its sign."""
    if isinstance(value, dict):
        return set().union(*(figures(part) for part in value.values()), {Decimal(0)})
    if isinstance(value, list):
        return set().union(*(figures(part) for part in value), {Decimal(len(value))})
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        return {Decimal(n.replace(",", "")) for n in NUMBER.findall(value)} if isinstance(value, str) else set()
    return {abs(Decimal(value)), abs(Decimal(value)) * 100}


@pytest.mark.parametrize("seed", range(20))
def test_a_report_says_no_number_that_is_not_in_its_record(seed):
    document = cards.seeded(seed)
    record = json.loads(said(document, "--format", "json", "--all"), parse_float=Decimal)
    known = figures(record) | figures(json.loads((SAMPLES.parent / "scripts/cslib/maturity.json").read_text()))
    known |= {Decimal(n) for n in range(30)} | {Decimal(2023), Decimal(2024), Decimal(2025), Decimal(2026)}
    text = WORDS.sub(" ", said(document).split("ASSUMPTIONS")[0])
    for found in NUMBER.findall(text):
        number = abs(Decimal(found.replace(",", "")))
        half = Decimal(1).scaleb(number.as_tuple().exponent) / 2
        assert any(abs(number - one) <= half for one in known), (found, text)


@pytest.mark.parametrize("args", [["--only", "evidence"], ["--all", "--format", "markdown"],
                                  ["--all", "--format", "html"], ["--format", "json", "--all"]])
def test_untrusted_evidence_comes_out_on_one_line_without_control_characters_or_markup(args):
    document = assessed("proactive")
    document["maturity"]["risk"]["proactive"]["evidence"] = "\x1b[31m=cmd \u202e| <b>bold</b>\nIgnore this"
    text = said(document, *args)
    assert "\x1b" not in text and "\u202e" not in text and "\nIgnore" not in text and "Ignore this" in text
    assert "markdown" not in args or ("\\| \\<b\\>" in text)
    assert "html" not in args or "&lt;b&gt;" in text


def test_one_list_can_be_printed_in_full():
    for name, words in (("kpis", "95% interval"), ("maturity", "the next stage asks"), ("evidence", "counts")):
        text = said(SAMPLE, "--only", name)
        assert words in text and "(--all)" not in text and text.startswith("Scorecard (2026-09-30)")
    assert "Nothing to list." in said(card(cards.row("nps", 3)), "--only", "maturity")


def test_the_list_of_evidence_has_what_was_said_with_its_words_and_nothing_else():
    told = "Report of 30 September, shared with finance " + "x" * 200
    document = card(maturity={"risk": {"proactive": {"met": True, "evidence": told}, "strategic": {"met": False}},
                              "voice": {"proactive": {"met": True}, "strategic": {"met": None}}})
    lines = said(document, "--only", "evidence").split("\n\n")[1].splitlines()[2:]
    assert [row.split()[:3] for row in lines] == [["risk", "proactive", "yes"], ["risk", "strategic", "no"],
                                                 ["customers'", "voice", "proactive"]]
    assert told in lines[0] and "no, without evidence" in lines[2]


@pytest.mark.parametrize("document", [SAMPLE, card(cards.row("nps", 3)), assessed("proactive", None,
                                                                                  cards.row("grr_ratio", 0.9))])
def test_the_caveat_of_the_targets_stands_in_the_short_report(document):
    assert "- Whether a target is right for you: targets are practitioners' values;" in line(document)


def test_one_list_is_a_thing_of_text_and_markdown():
    for args in (["--only", "kpis", "--all"], ["--only", "kpis", "--format", "json"], ["--only", "rows"]):
        run = called(DOOR, *args)
        assert (run.code, run.out) == (2, "")


def test_the_spreadsheet_has_a_row_for_each_kpi_with_ratios_to_six_places():
    rows = said(card(cards.row("grr_ratio", 0.865123), cards.row("nps", -12)), "--format", "csv", "--all").splitlines()
    assert len(rows) == 3 and rows[0].startswith("kpi,segment,level,unit,")
    head = rows[0].split(",")
    cells = [dict(zip(head, row.split(","))) for row in rows[1:]]
    assert cells[0]["value_ratio"] == "0.865123" and cells[0]["value"] == ""
    assert cells[1]["value"] == "-12.00" and cells[1]["value_ratio"] == ""
    assert [cell["for_board"] for cell in cells] == ["keep", "keep"] and cells[0]["told_from_good"] == ""


def test_the_spreadsheet_says_what_can_be_told_from_good():
    rows = [cards.row("logo_retention_ratio", 0.88, of=240), cards.row("early_renewal_ratio", 0.9, of=240)]
    head, *lines = said(card(*rows), "--format", "csv", "--all").splitlines()
    assert [dict(zip(head.split(","), one.split(",")))["told_from_good"] for one in lines] == ["no", "yes"]


RESULTS = {"retention": ("retention_decomposition_analyzer", "cohorts.json"),
           "coverage": ("cs_coverage_calculator", "book.json"),
           "segmentation": ("customer_segmentation_designer", "customers.json")}


@pytest.fixture(scope="module")
def results(tmp_path_factory) -> dict:
    """The JSON results of the samples of three doors, read as a company's own, by the flag that takes them."""
    folder = tmp_path_factory.mktemp("results")
    for name, (door, sample) in RESULTS.items():
        run = called(door, SAMPLES / sample, "--format", "json", "--all")
        (folder / f"{name}.json").write_text(run.out, encoding="utf-8")
    return {name: str(folder / f"{name}.json") for name in RESULTS}


def flags(results: dict) -> list[str]:
    return [part for name, path in results.items() for part in (f"--{name}", path)]


def test_what_results_show_is_filled_in_and_marked(results):
    text = line({"as_of": "2026-09-30", "currency": "USD"} | card(cards.row("nps", 34)), *flags(results), "--all")
    assert "Taken from results: NRR (retention result)" in text
    assert re.search(r"You are \w+: ", text) and "CSMs for 6.9" in text and "required: " in text
    assert re.search(r"outcome GRR CS leadership not said keep", text)
    assert re.search(r"GRR [\d.%to -]+retention result", text)
    assert re.search(r"\d reported or filled in \(\d+ figures\), of which", text)


def doubted(results: dict, folder: Path, key: str) -> str:
    """The retention result, with its own doubt of its input."""
    record = json.loads(Path(results["retention"]).read_text(encoding="utf-8"))
    record["result"]["implausible"] = key
    record["result"]["overall"]["nrr_ratio"] = 2.922709
    (folder / "doubted.json").write_text(json.dumps(record), encoding="utf-8")
    return str(folder / "doubted.json")


@pytest.mark.parametrize("key, words", [
    ("net_retention", r"has an NRR of 292\.3% a year, beyond what companies report"),
    ("nobody_lost", r"has not one of \d+ customers leaving")])
@pytest.mark.parametrize("document", [SAMPLE, {"currency": "USD"} | card(cards.row("nps", 34))])
def test_a_retention_result_that_doubts_its_input_is_doubted_first(results, tmp_path, key, words, document):
    path = doubted(results, tmp_path, key)
    first = answer(document, "--retention", path)
    assert re.match(rf"Check the input before you trust this: the retention result {words}, so its KPIs are not "
                    r"judged\.", first), first
    result = json.loads(said(document, "--retention", path, "--format", "json", "--all"))["result"]
    assert [(doubt["origin"], doubt["key"]) for doubt in result["doubts"]] == [("retention", key)]
    assert {row["standing"] for row in result["rows"] if row["origin"] == "retention"} == {None}
    assert "No outcome" not in first and len(said(document, "--retention", path)) < 4_000


def test_without_a_doubt_none_is_said(results):
    assert "Check the input" not in line(SAMPLE, *flags(results), "--all")


@pytest.mark.parametrize("args", [[], ["--all"]])
@pytest.mark.parametrize("document", [assessed("reactive"), card(cards.row("nps", 34))])
def test_results_on_defaults_are_said_once_not_to_count_and_only_where_one_was_left_out(results, args, document):
    told = "Results of B and C that rest on defaults are not counted as the team's own."
    document = {"currency": "USD"} | document
    assert line(document, "--coverage", results["coverage"], *args).count(told) == 1
    assert told not in line(document, "--segmentation", results["segmentation"], *args)
    assert told not in line(assessed("strategic") | {"currency": "USD"}, "--coverage", results["coverage"], *args)


def test_a_given_figure_that_a_result_contradicts_is_named_with_both(results):
    text = line({"currency": "USD"} | card(cards.row("grr_ratio", 0.95)), *flags(results), "--all")
    assert "GRR: 95.0% given, 87.0% in the retention result; the given one counts." in text


def test_every_result_beside_the_sample_stays_under_four_thousand_characters(results):
    for name in ("text", "markdown"):
        assert len(said(SAMPLE, *flags(results), "--format", name)) < 4_000


@pytest.mark.parametrize("name", RESULTS)
def test_output_never_lands_on_a_result_that_was_read(name, results, tmp_path):
    before = Path(results[name]).read_bytes()
    run = called(DOOR, "-", f"--{name}", results[name], "--output", results[name], stdin=json.dumps(SAMPLE))
    assert (run.code, run.out) == (2, "") and "is an input" in run.err and Path(results[name]).read_bytes() == before


def test_a_sample_beside_a_companys_own_card_is_refused(tmp_path):
    (tmp_path / "r.json").write_text(called(RESULTS["retention"][0], "--format", "json", "--all").out)
    run = called(DOOR, "-", "--retention", tmp_path / "r.json", stdin=json.dumps(SAMPLE))
    assert (run.code, run.out) == (1, "") and "sample" in run.err
    assert called(DOOR, "--retention", tmp_path / "r.json").code == 0


def test_a_document_of_maturity_alone_prints_no_threshold_that_nothing_met():
    assert "ASSUMPTIONS" not in said(assessed("proactive"))
    assert "noise_confidence_ratio" not in said(card(headcount={"csms": 6, "required": 8}))


def test_what_judges_is_said_beside_what_is_called_good_in_general():
    text = line(card(cards.row("nrr_ratio", 1.2), cards.row("grr_ratio", 0.9), stage="late"))
    assert "In general good and great are: NRR 105% and 120%; GRR 90% and 95%." in text
    assert "In general" not in line(card(cards.row("grr_ratio", 0.9), stage="growth"))


def test_the_short_table_keeps_the_outcomes_of_the_company_and_what_is_below():
    rows = [cards.row("nrr_ratio", 1.3), cards.row("grr_ratio", 0.99), cards.row("logo_retention_ratio", 0.99),
            *(cards.row(name, 1) for name in cards.NAMES if name.endswith("_ratio") and name not in
              ("nrr_ratio", "grr_ratio", "logo_retention_ratio", "expansion_ratio")),
            cards.row("time_to_value_days", 300), cards.row("grr_ratio", 0.1, segment="smb")]
    text = line(card(*rows), "--top", "5")
    for words in ("NRR 130.0%", "GRR 99.0%", "logo retention 99.0%", "GRR, SMB 10.0%"):
        assert words in text, words
    assert "time to value 300 days" in line(card(*rows), "--top", "6")
    assert "GRR, SMB 10.0%" in line(card(*rows), "--top", "1")
