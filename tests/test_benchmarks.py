"""What others report: which surveys stand beside a figure, and which never do."""

from __future__ import annotations

from decimal import Decimal as D

import pytest

from cslib import benchmarks
from cslib.benchmarks import Benchmark

ENTRIES = benchmarks.read()
METRICS = ("grr_ratio", "nrr_ratio", "logo_retention_ratio")
EDGES = (
    None,
    D(1),
    D("4999.99"),
    D(5000),
    D("11999.99"),
    D(12000),
    D("24999.99"),
    D(25000),
    D(49999),
    D(50000),
    D(99999),
    D(100000),
    D(249999),
    D(250000),
    D(10**9),
)


def entry(key: str, **changed: object) -> Benchmark:
    """A median of all companies by a publisher of its own."""
    return Benchmark(
        key,
        "grr_ratio",
        "median",
        D("0.9"),
        D("0.9"),
        "all",
        None,
        None,
        f"Publisher {key}, a survey",
        2024,
        "primary",
        True,
    )._replace(**changed)


def keys(acv: object, *entries: Benchmark) -> list[str]:
    return [row.id for row in benchmarks.beside("grr_ratio", None if acv is None else D(acv), list(entries))]


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("acv", EDGES)
def test_beside_a_figure_stand_one_or_two_measured_surveys_of_different_publishers(metric, acv):
    rows = benchmarks.beside(metric, acv, ENTRIES)
    assert 1 <= len(rows) <= 2
    assert len({row.publisher for row in rows}) == len(rows)
    for row in rows:
        assert (row.metric, row.stat in ("median", "mean"), row.year is not None) == (metric, True, True)
        assert row.acv_low is None or row.acv_low <= acv
        assert row.acv_high is None or acv < row.acv_high


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("acv", EDGES)
def test_a_survey_of_all_companies_is_always_there(metric, acv):
    assert any(row.headline for row in benchmarks.beside(metric, acv, ENTRIES))


def test_only_figures_for_a_year_are_read():
    assert all("month" not in row.id for row in ENTRIES)
    assert len({row.id for row in ENTRIES}) == len(ENTRIES)


def test_every_ratio_is_exact():
    assert all(
        isinstance(ratio, (D, int)) for row in ENTRIES for ratio in (row.low_ratio, row.high_ratio) if ratio is not None
    )


@pytest.mark.parametrize("stat", ["target", "rule", "p25", "p75"])
def test_an_aim_a_rule_or_a_quartile_is_no_survey_to_compare_with(stat):
    assert keys(None, entry("aim", stat=stat), entry("median")) == ["median"]


def test_what_has_no_year_is_no_survey():
    assert keys(None, entry("undated", year=None)) == []


def test_the_newest_survey_comes_first_and_of_one_year_the_one_that_was_read_itself():
    rows = (entry("old", year=2020), entry("told", confidence="second_hand", year=2025), entry("read", year=2025))
    assert keys(None, *rows) == ["read", "told"]
    assert keys(None, *reversed(rows)) == ["read", "told"]


def test_a_newer_table_by_contract_size_takes_the_place_of_an_older_one_of_the_same_publisher():
    rows = (
        entry("old", year=2023, acv_low=250000, headline=False, source="One, 2023"),
        entry("new", year=2025, acv_low=250000, headline=False, source="One, 2025", confidence="second_hand"),
        entry("all"),
    )
    assert keys(300000, *rows) == ["new", "all"]


def test_contracts_of_this_size_stand_before_all_contracts():
    small, large = entry("small", acv_high=12000, headline=False), entry("large", acv_low=12000, headline=False)
    assert keys("11999.99", small, large, entry("all")) == ["small", "all"]
    assert keys(12000, small, large, entry("all")) == ["large", "all"]
    assert keys(None, small, large, entry("all")) == ["all"]


def test_one_publisher_is_not_heard_twice():
    sized = entry("sized", acv_low=0, acv_high=10, headline=False, source="One, a table")
    rows = (sized, entry("same", source="One, a headline", year=2026), entry("other"))
    assert keys(5, *rows) == ["sized", "other"]
    assert keys(
        None, entry("a", source="One, 2025", year=2025), entry("b", source="One, 2026", year=2026), entry("other")
    ) == ["b", "other"]


def test_what_is_not_the_headline_of_its_metric_is_not_shown_for_all_companies():
    assert keys(None, entry("detail", headline=False, year=2026), entry("headline")) == ["headline"]


def test_another_metric_does_not_stand_beside_this_one():
    assert keys(None, entry("other", metric="nrr_ratio")) == []


def test_the_publisher_is_the_source_up_to_its_first_comma():
    assert entry("x", source="SaaS Capital, Research Brief 28").publisher == "SaaS Capital"
