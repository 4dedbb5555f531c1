"""The scorecard with what it is told from: results, policy and benchmarks joined to the card, and the JSON of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Optional

from cslib import benchmarks, filled_in, maturity_cells, result
from cslib.policy import STAGE_GROUPS, Assumption, Policy
from cslib.scorecard import scored
from cslib.scorecard_words import Report
from cslib.scorecards import Scorecard
from cslib.shown import File

SCRIPT = "cs_scorecard"
TELLING = ("scorecard.noise_confidence_ratio", "scorecard.most_kpis", "scorecard.owner_above_arr",
           "scorecard.headcount_within_ratio")
SURVEYED, NORMS = ("nrr_ratio", "grr_ratio", "logo_retention_ratio"), ("nps", "time_to_value_days")


def answered(card: Scorecard, beside: Optional[Mapping[str, File]], rules: Policy, sample: bool) -> Report:
    """The answer for a scorecard; `beside` are results by what they show: retention, coverage, segmentation."""
    filled = filled_in.filled(card, sample, **(beside or {}))
    s, surveys = scored(filled, rules.settings), benchmarks.read()
    return Report(filled.card, s, maturity_cells.read(),
                  [row for kpi in SURVEYED for row in benchmarks.beside(kpi, None, surveys)],
                  [norm for kpi in NORMS for norm in benchmarks.norms(kpi)],
                  rules.settings, list(_assumptions(filled.card, rules)), TELLING, sample)


def _assumptions(card: Scorecard, rules: Policy) -> Iterable[Assumption]:
    """Every policy value that entered a judgement."""
    known, sized = rules.settings["scorecard"]["kpis"], {"nrr_ratio": "size_nrr_targets",
                                                         "grr_ratio": "scorecard.size_grr_targets"}
    entered = (any(row.previous or row.now.of for row in card.kpis), card.kpis, card.accounts, card.csms)
    keys = [key for key, part in zip(TELLING, entered) if part not in (None, False, ())]
    for row in card.kpis:
        keys += [f"scorecard.kpis.{row.kpi}"] if row.kpi in known else []
        if row.segment is None and row.kpi in SURVEYED and card.stage:
            keys.append(f"retention_bands.{STAGE_GROUPS[card.stage]}.{row.kpi}.healthy")
        if row.segment is not None and row.kpi in sized:
            keys.append(f"{sized[row.kpi]}.{row.segment}")
        if row.kpi == "time_to_value_days" and card.product_type:
            keys.append(f"scorecard.time_to_value_by_product.{card.product_type}")
    return (a for key in dict.fromkeys(keys) for a in rules.assumptions(key))


def record(report: Report, most: Optional[int]) -> dict:
    """The JSON envelope; with `most`, longer lists are cut by money at stake."""
    card, s = report.card, report.s
    answer: dict[str, Any] = {**s._asdict(), "product_type": card.product_type,
                              "claims": [claim for claim in card.claims if claim.met is not None],
                              "others_report": [*report.others, *report.norms]}
    del answer["verdict"]
    return result.envelope(f"{SCRIPT}.py", report.sample, card.as_of, card.currency, s.verdict, report.assumptions,
                           answer, [], most)
