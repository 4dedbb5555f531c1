"""What is said of costs to serve: what they are made of, and what they leave out."""

from __future__ import annotations

from decimal import Decimal
from typing import Optional

from cslib.figures import count, decimal
from cslib.months import MONTHS_IN_A_YEAR, month_end, month_name
from cslib.tickets import Charged, Tickets


def of_costs(months: Optional[int]) -> tuple[str, ...]:
    """What dated costs leave out, of how many of the twelve months they are; None without dates."""
    if months is None or months >= MONTHS_IN_A_YEAR:
        return ()
    return (f"The costs cover {count(months, 'month')} of the twelve up to the as-of date: a year costs more.",)


def of_tickets(tickets: Tickets, charged: Charged, cost: Optional[Decimal], period: range) -> tuple[str, ...]:
    """How a cost to serve was made of tickets, `cost` each or an hour, and which tickets are not in it."""
    said = []
    if cost is not None:
        said.append(_made(charged, cost, period))
    if tickets.first is None:
        said.append("There is no ticket.")
    elif not tickets.cover(period):
        said.append(f"The tickets begin in {month_name(tickets.first)}: a year has more of them, and nothing is known "
                    "of customers without one.")
    if tickets.last is not None and tickets.last < period[-1]:
        said.append(f"The last ticket is of {month_name(tickets.last)}: the months after it may lack theirs.")
    if cost is not None and tickets.unmeasured:
        said.append(f"{count(tickets.unmeasured, 'ticket')} without hours cost nothing here.")
    return tuple(said)


def _made(charged: Charged, cost: Decimal, period: range) -> str:
    others = f"{count(charged.elsewhere, 'customer has', 'customers have')} the cost that another file gives"
    if not charged.customers:
        return f"No cost to serve is that of tickets; {others}."
    tickets = f"{count(charged.tickets, 'ticket')} in the twelve months to {month_end(period[-1])}"
    made = f"{tickets} at {decimal(cost, 2)} each" if charged.hours is None else (
        f"{decimal(charged.hours, 2)} hours of {tickets} at {decimal(cost, 2)} an hour")
    return (f"annual_cost_to_serve of {count(charged.customers, 'customer')} is the cost of support tickets alone: "
            f"{made} come to {decimal(charged.total, 2)}; CSM time is not in it."
            + (f" {others[0].upper()}{others[1:]}." if charged.elsewhere else ""))
