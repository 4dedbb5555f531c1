"""The command line of an intake: each value of a flag read, and all of them as one wish."""

from __future__ import annotations

import argparse
import os
from datetime import date
from decimal import Decimal

from cslib import VERSION, cells, columns, figures, policy, settled
from cslib.cli import HelpLines
from cslib.cohorts import REASONS
from cslib.months import month_end
from cslib.policy import STAGES
from cslib.reason_codes import answered
from cslib.refusal import Usage
from cslib.wish import AUTO, Wish

LONGEST_PERIOD, LONGEST_GRACE, LAST_YEAR = 60, 92, 2099


def wish(flags: argparse.Namespace) -> Wish:
    """What the flags ask for. Refused (Usage): what is named twice, a file not given, a rate but no currency."""
    pairs_by_flag = {"--map": flags.map, "--reason": flags.reason, "--kind": flags.kind, "--rate": flags.rate}
    for name, pairs in pairs_by_flag.items():
        if len(dict(pairs)) < len(pairs):
            raise Usage(f"{name} names one thing twice")
    if flags.rate and not flags.currency:
        raise Usage("--rate needs --currency CODE: the currency that it converts to")
    if flags.currency in dict(flags.rate):
        raise Usage(f"--rate {flags.currency} converts the currency of the answer into itself")
    kinds = {_file(name, flags.files): kind for name, kind in flags.kind}
    return Wish(flags.as_of, kinds, dict(flags.map), dict(flags.reason), dict(flags.rate),
                flags.period_months, flags.dates, flags.decimal, None if flags.cents is None else flags.cents == "yes",
                flags.end_date, flags.overlap, flags.grace_days, flags.complete_to, flags.currency, flags.stage,
                policy.read(None).settings["tier_floors"], flags.ticket_cost)


def _file(name: str, files: list[str]) -> str:
    """The path of a file named by its path or by its last part; empty for no name."""
    meant = [path for path in files if name in (path, os.path.basename(path))]
    if name and len(set(meant)) != 1:
        shown = figures.neutral(", ".join(files), 200)
        raise Usage(f"--kind {figures.neutral(name)}=KIND: the files are {shown}")
    return meant[0] if name else ""


def parser(script: str, what: str) -> argparse.ArgumentParser:
    """The flags of an intake."""
    flags = argparse.ArgumentParser(
        prog=script, description=what, allow_abbrev=False, formatter_class=HelpLines,
        epilog="Exit codes: 0 written, 1 input refused or a question to answer, 2 wrong usage. A month is worth what "
               "is active on its last day. Roles for --map: " + ", ".join(columns.ROLES) + ".")
    flags.add_argument("files", nargs="+", metavar="FILE",
                       help="exports with a header row, CSV or XLSX, joined on the customer; - for standard input")
    _as_of_flag(flags, True)
    flags.add_argument("--out-dir", metavar="DIR", help="where the files go; made when it does not exist")
    _other_reading_flags(flags)
    flags.add_argument("--stage", choices=STAGES, help="company stage, for the bands of the analyzer")
    flags.add_argument("--format", choices=("text", "markdown", "json"), default="text", help="of the summary")
    flags.add_argument("--check", action="store_true", help="read the exports and stop; write nothing")
    flags.add_argument("--version", action="version", version=f"%(prog)s {VERSION}")
    return flags


def reading_flags(flags: argparse._ActionsContainer, as_of_required: bool) -> None:
    """Adds what says how exports are read, so that another door can read them too: all that `wish` needs beside
    `files`, `stage` and, where it is required, a given `as_of`."""
    _as_of_flag(flags, as_of_required)
    _other_reading_flags(flags)


def _as_of_flag(flags: argparse._ActionsContainer, required: bool) -> None:
    flags.add_argument("--as-of", required=required, type=_as_of, metavar="DATE",
                       help="last day of the period: a month end or YYYY-MM; of any other day the month end before it")


def _other_reading_flags(flags: argparse._ActionsContainer) -> None:
    flags.add_argument("--kind", action="append", default=[], type=_kind, metavar="[FILE=]KIND",
                       help="what a row is, when it is not recognised: " + ", ".join(columns.KINDS))
    flags.add_argument("--map", action="append", default=[], type=_mapping, metavar="ROLE=COLUMN",
                       help="which column plays a role, none when empty; for a wide table mrr=months or arr=months")
    flags.add_argument("--reason", action="append", default=[], type=answered, metavar="CODE=KEY",
                       help="which churn reason a code is (* for all others): " + " ".join(REASONS))
    flags.add_argument("--period-months", type=_period, default=12, metavar="N", help="its length (default 12)")
    flags.add_argument("--overlap", choices=(settled.ADD, settled.LATEST),
                       help="what overlaps adds up, or the later replaces the earlier for good")
    flags.add_argument("--end-date", choices=("exclusive", "inclusive"),
                       help="an end date is the first day without service, or the last day with it")
    flags.add_argument("--grace-days", type=_grace, default=0, metavar="N",
                       help="close gaps of up to N days between a customer's periods (default 0: none)")
    flags.add_argument("--dates", choices=("dmy", "mdy"), help="3/4/2024 is 3 April, or March 4")
    flags.add_argument("--decimal", choices=("point", "comma"), help="1.200 is one and a fifth, or twelve hundred")
    flags.add_argument("--cents", choices=("yes", "no"), help="amounts are in cents, or they are not")
    flags.add_argument("--complete-to", type=_day, metavar="DATE", help="the day up to which the export is complete")
    flags.add_argument("--currency", type=_currency, metavar="CODE", help="three letters such as USD")
    flags.add_argument("--rate", action="append", default=[], type=_rate, metavar="CODE=RATE",
                       help="what one of another currency is worth in --currency, held constant")
    flags.add_argument("--ticket-cost", type=_ticket_cost, metavar="AMOUNT",
                       help="what one support ticket costs, or one hour with --map hours=COLUMN, in --currency")


def _whole(longest: int, least: int, text: str) -> int:
    if not (text.isascii() and text.isdigit()) or not least <= int(text) <= longest:
        raise argparse.ArgumentTypeError(f"expected a whole number from {least} to {longest}, "
                                         f"got {figures.neutral(text)!r}")
    return int(text)


def _period(text: str) -> int:
    return _whole(LONGEST_PERIOD, 1, text)


def _grace(text: str) -> int:
    return _whole(LONGEST_GRACE, 0, text)


def _day(text: str) -> date:
    day = cells.day(text)
    if day is None or day.year > LAST_YEAR:
        raise argparse.ArgumentTypeError(f"expected a date such as 2024-12-31, got {figures.neutral(text)!r}")
    return day


def _as_of(text: str) -> date:
    month = cells.month(text) if len(text) == len("2024-12") else None
    return _day(text if month is None else str(month_end(month)))


def _pair(text: str, expected: str) -> tuple[str, str]:
    name, equals, value = text.rpartition("=")
    if not equals or not name or not value:
        raise argparse.ArgumentTypeError(f"expected {expected}; got {figures.neutral(text)!r}")
    return name, value


def _kind(text: str) -> tuple[str, str]:
    name, kind = _pair(text, "KIND or FILE=KIND") if "=" in text else ("", text)
    if kind not in (AUTO, *columns.KINDS):
        raise argparse.ArgumentTypeError(f"expected {', '.join((AUTO, *columns.KINDS))}; got {figures.neutral(kind)!r}")
    return name, kind


def _mapping(text: str) -> tuple[str, str]:
    role, equals, column = text.partition("=")
    if not equals or role not in columns.ROLES:
        raise argparse.ArgumentTypeError(f"expected ROLE=COLUMN with a role of {', '.join(columns.ROLES)}; "
                                         f"got {figures.neutral(text)!r}")
    return role, column


def _currency(text: str) -> str:
    if len(text) != 3 or not text.isascii() or not text.isalpha():
        raise argparse.ArgumentTypeError(f"expected three letters such as USD, got {figures.neutral(text)!r}")
    return text.upper()


def _rate(text: str) -> tuple[str, Decimal]:
    code, written = _pair(text, "CODE=RATE such as EUR=1.08")
    rate = cells.amount(written)
    if not rate or not 0 < rate < 1_000_000:
        raise argparse.ArgumentTypeError(f"expected a rate above zero such as EUR=1.08, got {figures.neutral(text)!r}")
    return _currency(code), rate


def _ticket_cost(text: str) -> Decimal:
    cost = cells.amount(text)
    if not cost or not 0 < cost < 1_000_000:
        raise argparse.ArgumentTypeError("expected an amount above zero such as 45.50, without a currency; "
                                         f"got {figures.neutral(text)!r}")
    return cost
