"""What a user of decision D can get wrong in an org: refused with its place, what was expected and the likely fix."""

from __future__ import annotations

import json
import random
import re
from typing import Union

import pytest

import orgs
from conftest import Ran, called
from refusals import assert_nothing_is_left, assert_said, hide_packages
from test_bad_input import changed, raw, renamed

DOOR = "cs_hiring_sequencer"
FORMATS = ("text", "markdown", "json", "html", "csv")
MOST_CHARACTERS = 4_000
ORG = orgs.DOCUMENT
NINES = "9" * 400


def o(path: str, *value: object) -> dict:
    return changed(ORG, path, *value)


def small(customers: object = 40, arr: object = 400_000, **known: object) -> dict:
    """An org of which little is said."""
    return {"as_of": orgs.AS_OF, "customers": customers, "arr": arr, "team": {}, **known}


def said(content: object) -> Union[str, bytes]:
    return content if isinstance(content, (str, bytes)) else json.dumps(content)


def answer(content: object, *args: object) -> Ran:
    return called(DOOR, "-", *args, stdin=said(content))


GROWTH, FTE = "annual_growth_ratio", "team.csm.0.fte"
SEAT, DELIVERED = "team.csm.0.months_in_seat", "team.csm.0.delivered"
START, OUTCOME, EVIDENCE = "open_posts.0.start", "failing_outcomes.0.outcome", "failing_outcomes.0.evidence"
AT_RISK, ADMIN, DUE = "failing_outcomes.0.arr_at_risk", "signals.csm_admin_time_ratio", "signals.renewals_due_12m"

# label: (content, kind of fault, what else the refusal says)
REFUSED = {
    # the company
    "a day that does not exist": (o("as_of", "2026-02-30"), "impossible date", ["as_of", "2026-02-30"]),
    "the year 1": (o("as_of", "0001-01-01"), "impossible date", ["as_of"]),
    "a day in another order": (o("as_of", "30.09.2026"), "wrong form", ["as_of", "write 2026-09-30"]),
    "no day": (o("as_of"), "missing key", ["the document", '"as_of"']),
    "a currency in words": (o("currency", "dollars"), "wrong form", ["currency", "three capital letters"]),
    "a stage that is none": (o("stage", "series_c"), "unknown word", ["stage", "series_b"]),
    "a stage in words": (o("stage", "Series B"), "unknown word", ["stage", 'did you mean "series_b"']),
    "half a colleague": (o("staff", 12.5), "wrong type", ["staff", "a whole number", "people in the whole company"]),
    "negative staff": (o("staff", -1), "out of range", ["staff", "from 0"]),
    "staff in words": (o("staff", "about 120"), "wrong type", ["staff", '"about 120"']),
    "customers with a point": (raw(ORG, "customers", "200.0"), "wrong type", ["customers", "write 200"]),
    "negative customers": (o("customers", -1), "out of range", ["customers", "from 0"]),
    "customers not known": (o("customers", None), "wrong type", ["customers", "null says that it is not known"]),
    "customers in quotes": (o("customers", "200"), "wrong type", ["customers", "without quotes"]),
    "no customers said": (o("customers"), "missing key", ['"customers"']),
    "more customers than people on earth": (o("customers", 10**11), "out of range", ["to 100000000"]),
    "ARR without customers": (small(0, 5), "ARR without customers", ["customers", "above 0 where arr is 5"]),
    "ARR in words": (o("arr", "4.0M"), "wrong type", ["arr", "a number"]),
    "ARR with separators": (o("arr", "4,000,000"), "wrong type", ["arr", "without quotes or separators"]),
    "a negative ARR": (o("arr", -5), "out of range", ["arr", "from 0", "-5"]),
    "ARR of true": (o("arr", True), "wrong type", ["arr", "true is not an amount"]),
    "ARR of NaN": (raw(ORG, "arr", "NaN"), "not a number", ["finite", "NaN"]),
    "ARR of 400 digits": (raw(ORG, "arr", NINES), "out of range", ["arr", "1000000000000"]),
    "ARR of 1e400": (raw(ORG, "arr", "1e400"), "out of range", ["arr", "1E+400"]),
    "no ARR": (o("arr"), "missing key", ['"arr"']),
    "a median above the whole": (o("median_acv", 4_000_001), "more than the whole",
                                 ["median_acv", "up to 4000000", "the customer in the middle"]),
    "a median of pilots": (small(4, 0, median_acv=9_000), "more than the whole", ["median_acv", "up to 0"]),
    "a negative median": (o("median_acv", -1), "out of range", ["median_acv", "from 0"]),
    "a motion that is none": (o("motion", "outbound"), "unknown word", ["motion", "sales_led, product_led, hybrid"]),
    "a motion with a dash": (o("motion", "sales-led"), "unknown word", ['did you mean "sales_led"']),
    "no product at all": (o("products", 0), "out of range", ["products", "from 1"]),
    "products by name": (o("products", ["Core", "Plus"]), "wrong type", ["products", "a list of 2"]),
    "growth of 40": (o(GROWTH, 40), "out of range", [GROWTH, "from -1 to 10", "40 is 4,000%; for 40% write 0.4"]),
    "growth in per cent": (o(GROWTH, "40%"), "wrong type", [GROWTH, "write 0.4, without quotes or sign"]),
    "growth below -1": (o(GROWTH, -1.01), "out of range", [GROWTH, "cannot lose more than all"]),
    "growth of ARR of 70": (o("annual_arr_growth_ratio", 70), "out of range", ["for 70% write 0.7"]),
    "growth by tier": (o(GROWTH, {"smb": 0.1}), "wrong type", [GROWTH, "an object of 1"]),
    "a misspelt key": (renamed(ORG, "median_acv", "median_avc"), "unknown key", ['did you mean "median_acv"']),
    "customers where a list is meant": (o("customers", [{"id": "C-1"}]), "wrong type", ["customers", "a list of 1"]),
    # the team
    "no team": (o("team"), "missing key", ['"team"']),
    "a team of null": (o("team", None), "wrong type", ["team", "an object", "null"]),
    "a team as a list": (o("team", [{"role": "csm", "fte": 1}]), "wrong type", ["team", "an object", "a list of 1"]),
    "a role that is none": (o("team.sales_engineer", []), "unknown key", ["team", '"sales_engineer"']),
    "a role in the plural": (o("team.csms", []), "unknown key", ["team", 'did you mean "csm"']),
    "a role in capitals": (o("team.CSM", []), "unknown key", ['did you mean "csm"']),
    "a role of another team": (o("team.engineering", []), "unknown key",
                               ["team", "(--schema prints it)", '"engineering"']),
    "a number of people": (o("team.csm", 4), "wrong type", ["team.csm", "a list", "fte, months_in_seat, delivered"]),
    "a person in words": (o("team.csm.0", "Ann"), "wrong type", ["team.csm[0]", "an object", '"Ann"']),
    "a person without FTE": (o(FTE), "missing key", ["team.csm[0]", '"fte"']),
    "a person of no FTE": (o(FTE, 0), "nobody", ["team.csm[0].fte", "above 0", "leave the row out"]),
    "a negative FTE": (o(FTE, -1), "out of range", ["team.csm[0].fte", "from 0", "-1"]),
    "FTE of null": (o(FTE, None), "wrong type", ["team.csm[0].fte", "null says that it is not known"]),
    "FTE of true": (o(FTE, True), "wrong type", ["team.csm[0].fte", "true is not an amount"]),
    "FTE in per cent": (o(FTE, "50%"), "wrong type", ["team.csm[0].fte", "a number", '"50%"']),
    "FTE of an army": (o(FTE, 100_001), "out of range", ["to 100000"]),
    "a negative tenure": (o(SEAT, -2), "out of range", ["team.csm[0].months_in_seat", "from 0"]),
    "a tenure of a century": (o(SEAT, 1_201), "out of range", ["to 1200"]),
    "a tenure in words": (o(SEAT, "2 years"), "wrong type", ["team.csm[0].months_in_seat", '"2 years"']),
    "a tenure as a day": (o(SEAT, "2024-07-01"), "wrong type", ["team.csm[0].months_in_seat", "a number"]),
    "delivered true": (o(DELIVERED, True), "says not what",
                       ["team.csm[0].delivered", "got true", "say what, in a few words; false when nothing yet"]),
    "delivered yes": (o(DELIVERED, "Yes"), "says not what", ["team.csm[0].delivered", '"Yes"']),
    "delivered no": (o(DELIVERED, "no"), "says not what", ["false when nothing yet, null when it is not known"]),
    "delivered in blanks": (o(DELIVERED, "   "), "says not what", ["team.csm[0].delivered"]),
    "delivered without a letter": (o(DELIVERED, ""), "out of range",
                                   ["1 to 200 characters", "what this role has delivered"]),
    "delivered at length": (o(DELIVERED, "x" * 201), "out of range", ["1 to 200 characters"]),
    "delivered in a number": (o(DELIVERED, 5), "wrong type", ["text or true or false", "false when nothing yet"]),
    "delivered in a list": (o(DELIVERED, ["GRR"]), "wrong type", ["team.csm[0].delivered", "a list of 1"]),
    "a CSM promoted from CSM": (o("team.csm.0.promoted_from_csm", True), "key of another role",
                                ["team.csm[0].promoted_from_csm", "only in rows of cs_manager and director_vp"]),
    "a trained support engineer": (o("team.support.0.trained_to_lead", False), "key of another role",
                                   ["team.support[0].trained_to_lead", "leave it out here"]),
    "trained in words": (o("team.cs_manager.0.trained_to_lead", "yes"), "wrong type",
                         ["team.cs_manager[0].trained_to_lead", "write true or false without quotes"]),
    "a person with a name": (o("team.csm.0.name", "Ann"), "unknown key", ["team.csm[0] (Ann)", '"name"']),
    "a person with a start": (o("team.csm.0.start", "2026-11"), "unknown key", ["team.csm[0]", '"start"']),
    # open posts
    "a post of a role that is none": (o("open_posts.0.role", "vp"), "unknown word",
                                      ["open_posts[0].role", "director_vp"]),
    "a post of no role": (o("open_posts.0.role"), "missing key", ["open_posts[0]", '"role"']),
    "a post without FTE": (o("open_posts.0.fte"), "missing key", ["open_posts[0] (implementation)", '"fte"']),
    "a post of no FTE": (o("open_posts.0.fte", 0), "nobody", ["open_posts[0].fte"]),
    "a start that has passed": (o(START, "2026-08"), "already started",
                                ["open_posts[0].start (implementation)", "2026-09 to 2028-09", "team.implementation"]),
    "a start of next century": (o(START, "2126-11"), "too far ahead", ["2026-09 to 2028-09", "the order can reach"]),
    "a start with a day": (o(START, "2026-11-15"), "wrong form", ["open_posts[0].start", "YYYY-MM", "write 2026-11"]),
    "a start in month 13": (o(START, "2026-13"), "wrong form", ["open_posts[0].start (implementation)", "YYYY-MM"]),
    "a start in words": (o(START, "soon"), "wrong form", ["open_posts[0].start", "YYYY-MM"]),
    "a start with a line break": (o(START, "2026-11\n"), "wrong form", ["open_posts[0].start"]),
    "posts by role": (o("open_posts", {"csm": 1}), "wrong type", ["open_posts", "a list", "an object of 1"]),
    # signals
    "signals as a list": (o("signals", []), "wrong type", ["signals", "an object", "a list of 0"]),
    "a misspelt signal": (renamed(ORG, ADMIN, "csm_admin_time"), "unknown key",
                          ['did you mean "csm_admin_time_ratio"']),
    "22 of admin time": (o(ADMIN, 22), "out of range", [ADMIN, "22 looks like a percentage: write 0.22"]),
    "admin time in per cent": (o(ADMIN, "22%"), "wrong type", [ADMIN, "write 0.22, without quotes or sign"]),
    "founder's time above all": (o("signals.founder_customer_time_ratio", 1.2), "out of range", ["from 0 to 1"]),
    "a founder who closes sometimes": (o("signals.founder_closes_deals", "sometimes"), "wrong type",
                                       ["write true or false without quotes, or leave it out when it is not known"]),
    "a founder who closes 1": (o("signals.founder_closes_deals", 1), "wrong type", ["signals.founder_closes_deals"]),
    "a playbook in words": (o("signals.playbook_written", "no"), "wrong type", ["signals.playbook_written"]),
    "negative tickets": (o("signals.tickets_per_month", -3), "out of range", ["signals.tickets_per_month"]),
    "tickets answered by a team": (o("signals.tickets_answered_by", "helpdesk"), "unknown word",
                                   ["support, csm, founder, engineering, nobody"]),
    "tickets answered by CSMs": (o("signals.tickets_answered_by", "CSMs"), "unknown word", ['did you mean "csm"']),
    "onboarding in weeks": (o("signals.onboarding_days", "6 weeks"), "wrong type", ["signals.onboarding_days"]),
    "onboarding of ten years": (o("signals.onboarding_days", 3_661), "out of range", ["to 3660"]),
    "half a customer who waits": (o("signals.onboarding_backlog", 1.5), "wrong type", ["a whole number"]),
    "more late than due": (o("signals.renewals_late_12m", 161), "more than were due",
                           ["signals.renewals_late_12m", "up to 160, renewals_due_12m", "161"]),
    "more lost than due": (o(DUE, 11), "more than were due", ["signals.renewals_lost_12m", "up to 11"]),
    "late renewals as a share": (o("signals.renewals_late_12m", 0.1), "wrong type", ["a whole number"]),
    "renewals owned by all": (o("signals.renewals_owned_by", "everybody"), "unknown word", ["csm, account_manager"]),
    "expansion closed by AMs": (o("signals.expansion_closed_by", "account manager"), "unknown word",
                                ['did you mean "account_manager"']),
    "escalations of true": (o("signals.escalations_per_week", True), "wrong type", ["true is not an amount"]),
    "references by name": (o("signals.public_references", ["Fernbank"]), "wrong type", ["a list of 1"]),
    "marketing under a person": (o("signals.customer_marketing_reports_to", "CMO"), "unknown word", ["cs, marketing"]),
    # failing outcomes
    "an outcome that is none": (o(OUTCOME, "churn"), "unknown word",
                                ["failing_outcomes[0].outcome", "renewals_on_time"]),
    "an outcome cut short": (o(OUTCOME, "renewals"), "unknown word", ['did you mean "renewals_on_time"']),
    "no outcome": (o(OUTCOME), "missing key", ["failing_outcomes[0]", '"outcome"']),
    "an outcome twice": (o("failing_outcomes.1.outcome", "onboarding"), "given twice",
                         ["failing_outcomes[1].outcome", "every outcome once", "join the two rows"]),
    "an outcome without evidence": (o(EVIDENCE), "missing key", ["failing_outcomes[0] (onboarding)", '"evidence"']),
    "evidence of null": (o(EVIDENCE, None), "wrong type",
                         ["failing_outcomes[0].evidence (onboarding)", "what shows it"]),
    "evidence of true": (o(EVIDENCE, True), "wrong type", ["failing_outcomes[0].evidence", "text"]),
    "evidence in blanks": (o(EVIDENCE, " " * 20), "no evidence", ["failing_outcomes[0].evidence (onboarding)"]),
    "evidence of a word": (o(EVIDENCE, "it fails"), "no evidence", ["in at least 10 characters", '"it fails"']),
    "evidence at length": (o(EVIDENCE, "x" * 301), "out of range", ["1 to 300 characters"]),
    "more at risk than there is": (o(AT_RISK, 4_000_001), "more than the whole",
                                   ["failing_outcomes[0].arr_at_risk (onboarding)", "up to 4000000.00"]),
    "a negative risk": (o(AT_RISK, -1), "out of range", ["failing_outcomes[0].arr_at_risk (onboarding)", "from 0"]),
    "risk as a share": (o(AT_RISK, "15%"), "wrong type", ["failing_outcomes[0].arr_at_risk (onboarding)", '"15%"']),
    "outcomes by name": (o("failing_outcomes", ["onboarding"]), "wrong type", ["failing_outcomes[0]", "an object"]),
    "outcomes in words": (o("failing_outcomes", "onboarding"), "wrong type", ["failing_outcomes", "a list"]),
    # the whole
    "a key given twice": ('{"as_of": "2026-09-30", "team": {}, "team": {}}', "key given twice", ['"team"']),
    "a list": ([ORG], "wrong type", ["the document", "an object", "a list of 1"]),
    "null": ("null", "wrong type", ["the document", "an object", "null"]),
    "nothing": ("", "empty file", ["a JSON document"]),
    "half a file": (json.dumps(ORG)[:200], "not JSON", ["line 1"]),
    "two documents": (json.dumps(ORG) * 2, "not JSON", ["line 1"]),
    "a number of thousands of digits": (raw(ORG, "arr", "9" * 6_000), "number out of range", ["number"]),
    "a hundred thousand brackets": ("[" * 100_000, "nested too deeply", ["levels of nesting"]),
    "UTF-16": (json.dumps(ORG).encode("utf-16"), "wrong encoding", ["UTF-8"]),
    "a book": ({"as_of": orgs.AS_OF, "tiers": {"smb": {"customers": 5, "arr": 900}}}, "missing key", ['"team"'])}


@pytest.mark.parametrize("label", REFUSED)
def test_it_is_refused_with_its_place_the_expectation_and_what_was_got(label):
    content, kind, words = REFUSED[label]
    assert_said(answer(content), kind, words)


@pytest.mark.parametrize("label", REFUSED)
def test_it_is_refused_in_the_same_words_without_the_packages(label, monkeypatch):
    with_packages = answer(REFUSED[label][0])
    hide_packages(monkeypatch)
    assert answer(REFUSED[label][0]) == with_packages


@pytest.mark.parametrize("label", ["growth of 40", "delivered true", "an outcome twice", "a start that has passed",
                                   "more late than due", "a number of people", "ARR of 1e400"])
def test_a_refused_org_leaves_no_file_behind_and_check_says_the_same(label, tmp_path):
    assert_nothing_is_left(DOOR, said(REFUSED[label][0]).encode(), tmp_path)


def test_every_fault_of_an_org_is_named_at_once():
    content = changed(changed(o(GROWTH, 40), FTE, -1), "team.vp", [])
    assert all(kind in answer(content).err for kind in ("out of range (2 places)", "unknown key"))
    content = changed(changed(changed(o(EVIDENCE, "it fails"), START, "2020-01"), DELIVERED, True), "median_acv", 10**9)
    assert all(kind in answer(content).err for kind in ("more than the whole", "says not what", "already started",
                                                        "no evidence"))


def test_twenty_thousand_people_at_fault_are_short():
    for seat in ({"fte": "x"}, {"fte": 1, "delivered": True}):
        run = answer(o("team.csm", [seat] * 20_000))
        assert run.code == 1 and len(run.err) < 1_000 and "20,000 places" in run.err


def test_a_stage_of_the_command_line_cannot_make_a_bad_org_good():
    assert answer(o("arr", -5), "--stage", "growth").code == 1
    assert answer(o("stage", "series_c"), "--stage", "growth", "--check").code == 0


USAGE = {"an unknown stage": (["--stage", "series_c"], "series_b"),
         "an unknown flag": (["--horizon", "12"], "--horizon"),
         "a coverage file that is not there": (["--coverage", "nowhere.json"], "nowhere.json")}


@pytest.mark.parametrize("label", USAGE)
def test_wrong_usage_says_what_to_write(label):
    args, words = USAGE[label]
    run = answer(ORG, *args)
    assert (run.code, run.out) == (1 if "--coverage" in args else 2, "")
    assert words in run.err and "Traceback" not in run.err


# --- strange, and true: answered


def people(**roles: object) -> dict:
    return {role: [orgs.seat(said)] if isinstance(said, (int, float)) else said for role, said in roles.items()}


EDGES = {
    "the org of the refusals": ORG,
    "nothing known": small(),
    "nobody and no customers": small(0, 0),
    "pilots who pay nothing": small(4, 0),
    "one customer of a cent": small(1, 0.01),
    "one customer of a trillion": small(1, 10**12, median_acv=10**12),
    "the largest org": small(10**8, 10**12, staff=10**8, products=10_000, annual_growth_ratio=10,
                             annual_arr_growth_ratio=10, team=people(csm=100_000, cco=100_000)),
    "everybody leaves": small(annual_growth_ratio=-1, annual_arr_growth_ratio=-1, team=people(csm=2)),
    "no role is known": small(team=dict.fromkeys(orgs.ROLES)),
    "every role is there": small(900, 4 * 10**7, team=people(**dict.fromkeys(orgs.ROLES, 3))),
    "every outcome fails": small(300, 9 * 10**6, team=people(csm=6), failing_outcomes=[
        orgs.failing(one) for one in orgs.OUTCOMES]),
    "every outcome fails for all the ARR": small(300, 9 * 10**6, team=people(csm=6), failing_outcomes=[
        orgs.failing(one, 9 * 10**6) for one in orgs.OUTCOMES]),
    "every role is posted": small(open_posts=[orgs.post(role) for role in orgs.ROLES]),
    "posts that start at once and at the end": small(open_posts=[orgs.post("csm", 1, "2026-09"),
                                                                 orgs.post("cs_ops", 0.5, "2028-09")]),
    "a crumb of a CSM": small(team=people(csm=1e-9)),
    "a CCO and nobody else": small(team=people(cco=1)),
    "somebody on the first day": small(team={"csm": [orgs.seat(1, 0, False)]}),
    "a promoted and untrained manager": small(team={"cs_manager": [orgs.seat(promoted_from_csm=True,
                                                                             trained_to_lead=False)]}),
    "no renewals were due": small(team=people(csm=4), signals={"renewals_due_12m": 0, "renewals_late_12m": 0,
                                                               "renewals_lost_12m": 0, "renewals_owned_by": "csm"}),
    "a backlog and nobody goes live": small(300, 9 * 10**6, team=people(csm=4, implementation=2), signals={
        "onboarding_days": 90, "onboarding_backlog": 80, "onboarded_per_month": 0}),
    "a backlog without an end": small(300, 9 * 10**6, team=people(csm=4, implementation=2), signals={
        "onboarding_days": 90, "onboarding_backlog": 10**8, "onboarded_per_month": 1e-6}),
    "nobody owns anything": small(300, 9 * 10**6, team=people(csm=4), signals={
        "tickets_answered_by": "nobody", "renewals_owned_by": "nobody", "expansion_closed_by": "nobody"}),
    "a leap day": {**small(team=people(csm=1)), "as_of": "2028-02-29"},
    "the middle of a month": {**small(team=people(csm=1)), "as_of": "2026-09-17"},
    "the last day of the era": {**small(), "as_of": "2199-12-31"},
    "the first day of the era": {**small(), "as_of": "1970-01-01"},
    "every optional key of null": small(
        **dict.fromkeys(("currency", "stage", "staff", "median_acv", "motion", "products", GROWTH,
                         "annual_arr_growth_ratio", "open_posts", "signals", "failing_outcomes")),
        team={"csm": [{"fte": 1, "months_in_seat": None, "delivered": None}]}),
    "every signal of null": small(signals=dict.fromkeys(ORG["signals"])),
    "evidence with pipes and markup": small(team=people(csm=3), failing_outcomes=[
        orgs.failing("onboarding", 5, "a | b <b>c</b>\n=1+1 \x1b[31mred and [a](http://x)")]),
    "two thousand people": small(10**5, 10**9, team={"csm": [
        orgs.seat(0.5, n % 40, False if n % 7 == 0 else "a result") for n in range(2_000)]})}
LOOSE = re.compile(r"\bNone\b|\bnan\b|\bNaN\b|\bInfinity\b|\bDecimal\b|\(\)|: [;.]|, ,|(?<![\w.])-0(?:\.0+)?(?![\d.%-])"
                   r"|\bn/a of\b|[{}]|\bTrue\b|\bFalse\b")


@pytest.mark.parametrize("label", EDGES)
def test_a_strange_org_is_answered_in_every_format_without_a_loose_word(label):
    short = answer(EDGES[label])
    assert (short.code, short.err) == (0, "") and len(short.out) < MOST_CHARACTERS, (len(short.out), short.err)
    assert not [short.out[max(0, found.start() - 40):found.end() + 20] for found in LOOSE.finditer(short.out)]
    for name in FORMATS:
        run = answer(EDGES[label], "--format", name, "--all")
        assert run.code == 0 and run.out and "Traceback" not in run.err, (name, run.err)
    json.loads(answer(EDGES[label], "--format", "json").out, parse_constant=lambda word: pytest.fail(word))


def test_random_damage_is_refused_or_answered_and_never_a_traceback():
    odd = (None, True, "", "x", -1, 0, 1e-9, 0.5, 10**15, [], {}, [[]], "2026-10", "csm", "40%")
    chance = random.Random(6)
    paths = [path for path in _paths(ORG, "") if path]
    for _ in range(300):
        content = ORG
        for path in chance.sample(paths, 3):
            try:
                content = changed(content, path, *([chance.choice(odd)] if chance.random() < 0.7 else []))
            except (KeyError, IndexError, TypeError):
                continue
        run = answer(content, "--check")
        assert run.code in (0, 1) and ("expected " in run.err) == (run.code == 1), (content, run.err)
        if run.code == 0:
            assert answer(content).code == 0, content


def _paths(value: object, path: str) -> list[str]:
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(deeper for step, inner in steps for deeper in _paths(inner, f"{path}.{step}".strip(".")))]
