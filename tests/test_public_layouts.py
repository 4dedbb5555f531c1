"""Layouts that vendors publish, with invented rows under their headers and a right answer worked out by hand."""

from __future__ import annotations

import csv
import json
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import pytest

from conftest import INTAKE, called
from test_ten_exports import (
    MOST_QUESTIONS,
    YEAR_END,
    BySql,
    bridge_of,
    document,
    month_end_before,
    near,
    prepared,
    questions,
    rows,
    ways,
)

FACTS = Path(__file__).resolve().parents[2] / "shared" / "facts" / "export_headers.json"
NAMES = {"A": "Alder Swift Example Ltd", "B": "Birch Heron Example Inc", "C": "Clover Vole Example SA",
         "D": "Dogwood Pike Example Ltd", "E": "Elder Moth Example GmbH", "R": "Rowan Carp Example Inc",
         "T": "Thistle Newt Example Ltd"}

# A company whose past is known: customer -> (start, end, MRR). In ARR from December 2024 to December 2025:
# A 1200 -> 1800, B 2400 as before, C 600 -> 0, D new with 360, E 900 -> 480, R, gone in 2024, back with 240.
PAST = {"A": [("2024-01-01", "2025-05-10", 100), ("2025-05-10", None, 150)], "B": [("2024-02-01", None, 200)],
        "C": [("2024-01-15", "2025-06-20", 50)], "D": [("2025-09-01", None, 30)],
        "E": [("2024-03-01", "2025-08-01", 75), ("2025-08-01", None, 40)],
        "R": [("2023-03-01", "2024-02-15", 20), ("2025-11-05", None, 20)]}
# Opening 1200 + 2400 + 600 + 900. GRR (1200 + 2400 + 0 + 480) / 5100, NRR (1800 + 2400 + 0 + 480) / 5100, 3 of 4.
OF_PAST = ((5100, 360, 240, 600, 420, 600, 5280), (Fraction(4080, 5100), Fraction(4680, 5100), Fraction(3, 4)))

# A company of which only the present state is exported. A 150 a month, B 2400 a year, C 50 a month until June 2025,
# D 30 a month from September 2025, E 40 a month, cancelled in December 2025 and served until 1 January 2026.
PRESENT = {"A": [("2024-01-01", None, 150)], "B": [("2024-02-01", None, 200)],
           "C": [("2024-01-15", "2025-06-20", 50)], "D": [("2025-09-01", None, 30)],
           "E": [("2024-03-01", "2026-01-01", 40)]}
# Opening 1800 + 2400 + 600 + 480. GRR = NRR = (1800 + 2400 + 0 + 480) / 5280, 3 of 4 customers.
OF_PRESENT = ((5280, 360, 0, 0, 0, 600, 5040), (Fraction(4680, 5280), Fraction(4680, 5280), Fraction(3, 4)))

IN_UNITS, IN_CENTS, MONTHLY = ("--cents", "no"), ("--cents", "yes"), ("--map", "mrr=months")


class Layout(NamedTuple):
    """A header, the rows under it (a dict of its filled cells each), what a user answers if asked, and the result:
    the bridge, and GRR, NRR and logo retention."""

    header: tuple
    lines: list
    answers: tuple
    expected: tuple


# The rows

def stripe():
    rest = {"Created (UTC)": "2023-12-20 09:00"}
    found = [("A", "active", "150.00", "month", "2024-01-01", "", ""),
             ("B", "active", "2400.00", "year", "2024-02-01", "", ""),
             ("C", "canceled", "50.00", "month", "2024-01-15", "2025-05-28", "2025-06-20"),
             ("D", "past_due", "30.00", "month", "2025-09-01", "", ""),
             ("E", "active", "40.00", "month", "2024-03-01", "2025-12-10", ""),
             ("T", "trialing", "99.00", "month", "2025-12-20", "", "")]
    return [{**rest, "id": f"sub_{who}", "Customer ID": f"cus_{who}", "Customer Name": NAMES[who],
             "Customer Email": f"{who.lower()}@example.com", "Status": status, "Amount": amount, "Interval": interval,
             "Start (UTC)": f"{start} 10:30", "Start Date (UTC)": f"{start} 10:30",
             "Current Period Start (UTC)": "2025-12-01 10:30", "Current Period End (UTC)": "2026-01-01 10:30",
             "Trial Start (UTC)": f"{start} 10:30" if who == "T" else "",
             "Trial End (UTC)": "2026-01-03 10:30" if who == "T" else "",
             "Canceled At (UTC)": asked and f"{asked} 16:00", "Ended At (UTC)": ended and f"{ended} 10:30"}
            for who, status, amount, interval, start, asked, ended in found]


def chargebee():
    found = [("A", "Active", "3", "50.00", "150.00", "2024-01-01", "2025-12-01", "2026-01-01", ""),
             ("B", "Active", "1", "2400.00", "2400.00", "2024-02-01", "2025-02-01", "2026-02-01", ""),
             ("C", "Cancelled", "1", "50.00", "50.00", "2024-01-15", "2025-05-20", "2025-06-20", "2025-06-20"),
             ("D", "Active", "1", "30.00", "30.00", "2025-09-01", "2025-12-01", "2026-01-01", ""),
             ("E", "Non Renewing", "2", "20.00", "40.00", "2024-03-01", "2025-12-01", "2026-01-01", "2026-01-01"),
             ("T", "In Trial", "1", "99.00", "99.00", "2025-12-20", "2025-12-20", "2026-01-03", "")]
    return [{"subscriptions.id": f"s-{who}", "customers.id": who, "subscriptions.plan_id": "plan-1",
             "subscriptions.plan_quantity": quantity, "subscriptions.plan_unit_price": price,
             "subscriptions.plan_amount": amount, "subscriptions.status": status,
             "subscriptions.start_date": "" if status == "Active" else start,
             "subscriptions.trial_start": start if who == "T" else "",
             "subscriptions.trial_end": to if who == "T" else "", "subscriptions.current_term_start": since,
             "subscriptions.current_term_end": to, "subscriptions.created_at": start,
             "subscriptions.started_at": start, "subscriptions.cancelled_at": cancelled,
             "customers.first_name": "Example", "addresses.company": NAMES[who], "addresses.country": "US"}
            for who, status, quantity, price, amount, start, since, to, cancelled in found]


def recurly():
    found = [("A", "active", "50.00", "2", "50.00", "150.00", "2024-01-01", "2025-12-01", "2026-01-01", "", ""),
             ("B", "active", "2400.00", "1", "0.00", "2400.00", "2024-02-01", "2025-02-01", "2026-02-01", "", ""),
             ("C", "expired", "50.00", "1", "0.00", "50.00", "2024-01-15", "2025-05-20", "2025-06-20", "2025-06-02",
              "2025-06-20"),
             ("D", "active", "30.00", "1", "0.00", "30.00", "2025-09-01", "2025-12-01", "2026-01-01", "", ""),
             ("E", "canceled", "20.00", "2", "0.00", "40.00", "2024-03-01", "2025-12-01", "2026-01-01", "2025-12-10",
              "2026-01-01")]
    return [{"id": f"s{who}", "uuid": f"u{who}", "account_id": who, "plan_id": "p1", "state": state,
             "created_at": f"{start}T08:00:00Z", "updated_at": "2025-12-10T08:00:00Z",
             "activated_at": f"{start}T08:00:00Z", "canceled_at": cancelled and f"{cancelled}T08:00:00Z",
             "expires_at": expires and f"{expires}T08:00:00Z", "current_period_started_at": f"{since}T08:00:00Z",
             "current_period_ends_at": f"{to}T08:00:00Z", "current_term_started_at": f"{since}T08:00:00Z",
             "current_term_ends_at": f"{to}T08:00:00Z", "auto_renew": "true", "currency": "USD", "unit_amount": unit,
             "quantity": quantity, "add_ons_total": more, "subtotal": subtotal, "collection_method": "automatic"}
            for who, state, unit, quantity, more, subtotal, start, since, to, cancelled, expires in found]


def baremetrics():
    # A two seats at 75 a month, B 2400 a year, C 150 each three months, all in cents.
    found = [("A", "7500", "month", "1", "2", "2024-01-01", ""), ("B", "240000", "year", "1", "1", "2024-02-01", ""),
             ("C", "15000", "month", "3", "1", "2024-01-15", "2025-06-20"),
             ("D", "3000", "month", "1", "1", "2025-09-01", ""), ("E", "1000", "month", "1", "4", "2024-03-01", "")]
    return [{"plan_oid": f"p{who}", "plan_name": "Example plan", "plan_currency": "usd", "plan_amount": amount,
             "plan_interval": interval, "plan_interval_count": count, "customer_oid": who, "customer_name": NAMES[who],
             "customer_email": f"{who.lower()}@example.com", "subscription_oid": f"s{who}",
             "subscription_started_at": start, "subscription_canceled_at": end, "subscription_quantity": quantity}
            for who, amount, interval, count, quantity, start, end in found]


def moves():
    """Customer, day, type, change and MRR after it, of the company whose past is known; A moves twice on one day."""
    for who, periods in PAST.items():
        held = 0
        for start, end, mrr in periods:
            kind = "expansion" if 0 < held < mrr else "contraction" if held > mrr else (
                "reactivation" if (start, end, mrr) != periods[0] else "new_biz")
            yield who, start, kind, mrr - held, mrr
            held = mrr
            if end and not any(later == end for later, _, _ in periods):
                yield who, end, "churn", -mrr, 0
                held = 0


def chartmogul_movements():
    found = [{"DATE": day, "CUSTOMER_NAME": NAMES[who], "MRR_MOVEMENT": 100 * change, "MRR": 100 * mrr,
              "MOVEMENT_TYPE": kind, "CURRENCY_CODE": "USD", "BILLING_CONNECTOR_UUID": "b1",
              "CUSTOMER_EXTERNAL_ID": who, "CUSTOMER_UUID": f"cus_{who}", "SUBSCRIPTION_EXTERNAL_ID": f"sub_{who}",
              "UUID": f"m{n}", "RANK": 1} for n, (who, day, kind, change, mrr) in enumerate(moves())]
    twice, = (n for n, line in enumerate(found) if line["CUSTOMER_EXTERNAL_ID"] == "A" and line["DATE"] > "2025")
    up, down = ({**found[twice], "MRR_MOVEMENT": 8000, "MRR": 18000},
                {**found[twice], "MRR_MOVEMENT": -3000, "MRR": 15000, "MOVEMENT_TYPE": "contraction", "UUID": "m99",
                 "RANK": 2})
    return [down, *found[:twice], up, *found[twice + 1:]]


def chartmogul_contracted():
    return [{"CUSTOMER_UUID": who, "CUSTOMER_NAME": NAMES[who], "CMRR_MOVEMENT_UUID": f"m{n}",
             "ACTIVE_SUBSCRIPTION_QUANTITY": 1, "CMRR_MOVEMENT": 100 * change, "CURRENT_CMRR": 100 * mrr,
             "CURRENT_CARR": 1200 * mrr, "EFFECTIVE_DATE": day, "EVENT_DATE": month_end_before(day, 1),
             "MOVEMENT_TYPE": kind, "ORDERING_KEY": n, "PLAN_UUID": "p1", "SUBSCRIPTION_UUID": f"sub_{who}"}
            for n, (who, day, kind, change, mrr) in enumerate(moves())]


def chartmogul_intervals():
    found = [(who, start, end, mrr, "false", "false") for who, periods in PAST.items() for start, end, mrr in periods]
    found += [("T", "2025-12-20", None, 99, "false", "true"), ("T", "2024-10-01", "2025-03-01", 0, "true", "false")]
    return [{"CUSTOMER_UUID": who, "MRR": 100 * mrr, "START_DATE": start, "END_DATE": end or "", "PLAN_UUID": "p1",
             "QUANTITY": 1, "SUBSCRIPTION_UUID": f"sub_{who}", "SUBSCRIPTION_SET_UUID": f"set_{who}",
             "IS_FREE": free, "IS_TRIAL": trial} for who, start, end, mrr, free, trial in found]


def ledger():
    names = {"new_biz": "new", "reactivation": "reactivation", "churn": "churn"}
    return [{"month": day[:7], "account_id": who, "account": NAMES[who], "movement": names.get(kind, kind),
             "plan": "team", "seats": 5, "mrr": mrr, "mrr_delta": change, "region": "EMEA", "industry": "retail"}
            for who, day, kind, change, mrr in moves()]


def held():
    """Customer, month end and MRR of the company whose past is known, from January 2024 on."""
    for back in reversed(range(24)):
        day = month_end_before(YEAR_END, back)
        for who, periods in PAST.items():
            for start, end, mrr in periods:
                if start <= day < (end or "9999"):
                    yield who, day, mrr


def chargebee_months():
    return [{"id": f"{who}-{day}", "customer_id": who, "subscription_id": f"s-{who}", "reporting_timezone": "UTC",
             "reporting_month": day, "status": "active", "status_previous": "active", "billing_currency_code": "USD",
             "mrr_billing_currency": f"{mrr}.00", "mrr_previous_billing_currency": f"{mrr}.00",
             "reporting_currency_code": "USD", "exchange_rate": "1", "exchange_rate_previous": "1"}
            for who, day, mrr in held()]


def netsuite():
    found = []
    for who, day, mrr in held():
        # B holds two items, of 120 and 80.
        for item, part in (("Base", 120), ("Extra", 80)) if who == "B" else (("Base", mrr),):
            year, month, last = map(int, day.split("-"))
            found.append({"SaaS Metric ID": len(found) + 1, "Revenue Month End Date": f"{month}/{last}/{year}",
                          "Subsidiary": "Example Parent", "Customer": f"{who} {NAMES[who]}", "Item": item,
                          "Start Date": "1/1/2024", "End Date": "12/31/2026", "Term (Months)": 36,
                          "Source Transaction": "Sales Order", "Source Line": 1, "Source Record Type": "Sales Order",
                          "Source Currency": "USD", "Ending Balance MRR (Source Currency)": part,
                          "Ending Balance MRR": part})
    return found


CUBE = tuple(month_end_before(YEAR_END, back)[:7] for back in reversed(range(24)))


def cube():
    starts = {who: periods[0][0] for who, periods in PAST.items()}
    cells = {}
    for who, day, mrr in held():
        cells.setdefault(who, {})[day[:7]] = mrr
    return [{"Customer": NAMES[who], "Start Date": starts[who], "End Date": PAST[who][-1][1] or "N/A", **months}
            for who, months in cells.items()]


LAYOUTS = {
    "stripe_subscriptions_csv": Layout(
        ("id", "Customer ID", "Customer Name", "Customer Email", "Status", "Cancellation Reason", "Amount", "Interval",
         "Created (UTC)", "Start (UTC)", "Start Date (UTC)", "Current Period Start (UTC)", "Current Period End (UTC)",
         "Trial Start (UTC)", "Trial End (UTC)", "Canceled At (UTC)", "Ended At (UTC)"),
        stripe(), (IN_UNITS,), OF_PRESENT),
    "chargebee_subscriptions_csv": Layout(
        ("subscriptions.id", "customers.id", "subscriptions.plan_id", "subscriptions.plan_quantity",
         "subscriptions.plan_unit_price", "subscriptions.plan_amount", "subscriptions.status",
         "subscriptions.start_date", "subscriptions.trial_start", "subscriptions.trial_end",
         "subscriptions.current_term_start", "subscriptions.current_term_end",
         "subscriptions.remaining_billing_cycles", "subscriptions.created_at", "subscriptions.started_at",
         "subscriptions.cancelled_at", "subscriptions.po_number", "subscriptions.auto_collection",
         "subscriptions.pause_date", "subscriptions.resume_date", "subscriptions.plan_quantity_in_decimal",
         "subscriptions.plan_unit_price_in_decimal", "customers.first_name", "customers.last_name", "customers.email",
         "customers.net_term_days", "addresses.first_name", "addresses.last_name", "addresses.email",
         "addresses.company", "addresses.phone", "addresses.addr", "addresses.extended_addr",
         "addresses.extended_addr2", "addresses.city", "addresses.state", "addresses.state_code", "addresses.country",
         "addresses.zip"),
        chargebee(), (IN_UNITS,), OF_PRESENT),
    "chargebee_subscription_mrr_monthly_summary": Layout(
        ("id", "customer_id", "subscription_id", "reporting_timezone", "reporting_month", "status", "status_previous",
         "billing_currency_code", "mrr_billing_currency", "mrr_previous_billing_currency", "reporting_currency_code",
         "exchange_rate", "exchange_rate_previous"),
        chargebee_months(), (IN_UNITS,), OF_PAST),
    "recurly_api_subscription": Layout(
        ("id", "uuid", "account_id", "plan_id", "state", "created_at", "updated_at", "activated_at", "canceled_at",
         "expires_at", "current_period_started_at", "current_period_ends_at", "current_term_started_at",
         "current_term_ends_at", "trial_started_at", "trial_ends_at", "remaining_billing_cycles",
         "total_billing_cycles", "renewal_billing_cycles", "auto_renew", "paused_at", "remaining_pause_cycles",
         "currency", "unit_amount", "quantity", "add_ons_total", "subtotal", "collection_method",
         "expiration_reason"),
        recurly(), (IN_UNITS,), OF_PRESENT),
    "chartmogul_mrr_movements": Layout(
        ("DATE", "CUSTOMER_NAME", "MRR_MOVEMENT", "MRR", "DESCRIPTION", "MOVEMENT_TYPE", "CURRENCY_CODE",
         "BILLING_CONNECTOR_UUID", "CUSTOMER_EXTERNAL_ID", "CUSTOMER_UUID", "SUBSCRIPTION_EXTERNAL_ID",
         "PLAN_EXTERNAL_ID", "ACTIVE_SUBSCRIPTION_QUANTITY", "UUID", "RANK", "PREVIOUS_PLAN_EXTERNAL_ID"),
        chartmogul_movements(), (), OF_PAST),
    "chartmogul_mrr_intervals": Layout(
        ("CUSTOMER_UUID", "MRR", "START_DATE", "END_DATE", "PLAN_UUID", "QUANTITY", "SUBSCRIPTION_UUID",
         "SUBSCRIPTION_SET_UUID", "SUB_SET_PLAN_UUIDS", "IS_FREE", "IS_TRIAL"),
        chartmogul_intervals(), (IN_CENTS,), OF_PAST),
    "chartmogul_cmrr_movements": Layout(
        ("CUSTOMER_UUID", "CUSTOMER_NAME", "CMRR_MOVEMENT_UUID", "ACTIVE_SUBSCRIPTION_QUANTITY", "CMRR_MOVEMENT",
         "CURRENT_CMRR", "CURRENT_CARR", "DESCRIPTION", "EFFECTIVE_DATE", "EVENT_DATE", "MOVEMENT_TYPE",
         "ORDERING_KEY", "PLAN_UUID", "SUBSCRIPTION_UUID"),
        chartmogul_contracted(), (IN_CENTS,), OF_PAST),
    "baremetrics_import_template": Layout(
        ("plan_oid", "plan_name", "plan_currency", "plan_amount", "plan_interval", "plan_interval_count",
         "customer_oid", "customer_name", "customer_email", "subscription_oid", "subscription_started_at",
         "subscription_canceled_at", "subscription_quantity"),
        baremetrics(), (), OF_PRESENT),
    "netsuite_saas_metrics_mrr_detail": Layout(
        ("SaaS Metric ID", "Revenue Month End Date", "Subsidiary", "Customer", "Item", "Department", "Class",
         "Location", "Start Date", "End Date", "Term (Months)", "Source Transaction", "Source Line",
         "Source Record Type", "Source Currency", "Ending Balance MRR (Source Currency)", "Ending Balance MRR"),
        netsuite(), (), OF_PAST),
    "customer_cube_wide": Layout(("Customer", "Start Date", "End Date", *CUBE), cube(), (MONTHLY,), OF_PAST),
    "mrr_movement_ledger": Layout(
        ("month", "account_id", "account", "movement", "plan", "seats", "mrr", "mrr_delta", "region", "industry",
         "anomaly"),
        ledger(), (), OF_PAST),
}

# Files of attributes, to be joined on the customer: header, then the cells of A and of B.
COMPANIES = {
    "hubspot_companies_csv": (
        ("Record ID", "Company name", "Company owner", "Create Date", "Phone Number", "Last Activity Date", "City",
         "Country/Region", "Industry"),
        ("A", NAMES["A"], "Example Owner", "2023-11-02 09:15", " 555 0100", "2025-12-01 10:00", "Exampleton", "US",
         "RETAIL"),
        ("B", NAMES["B"], "Example Owner", "2024-01-12 09:15", "", "2025-11-01 10:00", "Sampleby", "DE", "LOGISTICS")),
    "hubspot_api_company": (
        ("id", "property_name", "property_description", "property_createdate", "property_industry",
         "property_address", "property_city", "property_state", "property_country", "property_annualrevenue"),
        ("A", NAMES["A"], "", "2023-11-02", "RETAIL", "", "Exampleton", "", "US", "9000000"),
        ("B", NAMES["B"], "", "2024-01-12", "LOGISTICS", "", "Sampleby", "", "DE", "12000000")),
    "salesforce_account_api": (
        ("id", "name", "type", "industry", "annual_revenue", "number_of_employees", "account_number",
         "account_source", "billing_city", "billing_state", "billing_country", "billing_postal_code", "owner_id",
         "parent_id", "rating", "website", "ownership", "sic", "ticker_symbol", "last_activity_date", "is_deleted"),
        ("A", NAMES["A"], "Customer", "Retail", "9000000", "40", "", "", "", "", "US", "", "o1", "", "", "", "", "",
         "", "2025-12-01", "false"),
        ("B", NAMES["B"], "Customer", "Logistics", "12000000", "90", "", "", "", "", "DE", "", "o1", "", "", "", "",
         "", "", "2025-11-01", "false")),
    "salesforce_report_accounts_csv": (
        ("Account Owner", "Account Name", "Billing State", "Type", "Rating"),
        ("Example Owner", NAMES["A"], "NY", "Customer", "Hot"), ("Example Owner", NAMES["B"], "", "Customer", "")),
}
# Layouts of one row for each customer with its ARR: header, the cells of A and B, the ARR that is meant by them.
STANDING = {
    "chartmogul_customers": (
        ("MRR", "ARR", "PLAN_NAME", "BILLING_CYCLE", "NET_PAYMENTS", "COUNTRY", "STATE", "CITY", "ADDRESS_ZIP",
         "SUBSCRIBER_SINCE", "STATUS", "UUID"),
        ("15000", "180000", "Team|Extra", "month", "300000", "US", "NY", "Exampleton", "", "2024-01-01", "Active", "A"),
        ("20000", "240000", "Team", "year", "480000", "DE", "", "Sampleby", "", "2024-02-01", "Active", "B")),
    "gainsight_company": (
        ("Name", "Company Id", "Industry", "ARR", "MRR", "CSM", "Stage", "Status", "Current Score", "Previous Score",
         "Employees", "Lifetime in Months", "Original Contract Date", "Renewal Date", "NPS®", "Onetime Revenue",
         "Managed As", "Created Date", "Created By"),
        (NAMES["A"], "A", "Retail", "1800", "150", "Example Csm", "Adopting", "Active", "80", "75", "40", "24",
         "2024-01-01", "2026-01-01", "40", "0", "Customer", "2023-12-01", "Example Admin"),
        (NAMES["B"], "B", "Logistics", "2400", "200", "Example Csm", "Adopting", "Active", "60", "75", "90", "23",
         "2024-02-01", "2026-02-01", "", "0", "Customer", "2023-12-01", "Example Admin")),
}
REFUSED = {
    "stripe_payments_csv": (
        "id", "Description", "Seller Message", "Created (UTC)", "Amount", "Amount Refunded", "Currency",
        "Converted Amount", "Converted Amount Refunded", "Fee", "Tax", "Converted Currency", "Mode", "Status",
        "Statement Descriptor", "Customer ID", "Customer Description", "Customer Email", "Captured", "Card ID",
        "Card Last4", "Card Brand", "Card Funding", "Card Exp Month", "Card Exp Year", "Card Name",
        "Card Address Line1", "Card Address Line2", "Card Address City", "Card Address State", "Card Address Country",
        "Card Address Zip", "Card Issue Country", "Card Fingerprint", "Card CVC Status", "Card AVS Zip Status",
        "Card AVS Line1 Status", "Card Tokenization Method", "Disputed Amount", "Dispute Status", "Dispute Reason",
        "Dispute Date (UTC)", "Dispute Evidence Due (UTC)", "Invoice ID", "Payment Source Type", "Destination",
        "Transfer", "Interchange Costs", "Merchant Service Charge", "Transfer Group", "PaymentIntent ID"),
    "hubspot_deals_csv": (
        "Record ID", "Deal Name", "Deal Stage", "Amount", "Deal owner", "Close Date", "Create Date",
        "Last Activity Date", "Associated Company"),
    "salesforce_opportunity_api": (
        "Id", "Name", "Type", "StageName", "Amount", "LeadSource", "OwnerId", "CreatedById", "AccountId",
        "LastModifiedDate", "Probability", "ExpectedRevenue", "CloseDate", "FiscalQuarter", "FiscalYear",
        "ForecastCategory", "ForecastCategoryName", "IsClosed", "IsWon", "NextStep", "RecordTypeId", "CreatedDate"),
}
# What the columns that are known of a layout cannot answer.
UNUSABLE = {"stripe_api_subscription": "no amount", "recurly_subscriptions_export": "no amount and no date",
            "chartmogul_subscriptions": "no date; the part that is known of it ends before"}


def saved(path, header, lines):
    """A file of these rows; a row is a dict of its filled cells, or all of its cells in order."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, restval="")
        writer.writeheader()
        writer.writerows(line if isinstance(line, dict) else dict(zip(header, line)) for line in lines)
    return path


def answered(folder, path, answers):
    """The run of a user who is asked at most two questions, knows these answers, and is not asked again."""
    first = called(INTAKE, path, "--as-of", YEAR_END, "--out-dir", folder)
    flags = ()
    if first.code:
        known = [way for way in answers if way in ways(first.err)]
        assert len(known) == questions(first.err) <= MOST_QUESTIONS, first.err
        flags = sum(known, ())
    prepared(folder, path, flags)


def test_the_layouts_are_those_that_are_published():
    if not FACTS.exists():
        pytest.skip("export_headers.json is not here")
    published = {name: tuple(layout["columns"]) for name, layout in json.loads(
        FACTS.read_text(encoding="utf-8")).items() if name != "_note"}
    ours = {**{name: layout.header for name, layout in LAYOUTS.items()}, **REFUSED,
            **{name: header for name, (header, *_) in {**COMPANIES, **STANDING}.items()}}
    assert set(ours) | set(UNUSABLE) == set(published)
    cube_of_months = published.pop("customer_cube_wide")
    assert ours.pop("customer_cube_wide")[:4] == cube_of_months[:4]
    assert {name: published[name] for name in ours} == ours


@pytest.mark.parametrize("periods, expected", [(PAST, OF_PAST), (PRESENT, OF_PRESENT)])
def test_the_answer_by_hand_is_that_of_sql(periods, expected):
    text = "customer,start,ends,arr\n" + "".join(f"{who},{start},{end or ''},{12 * mrr}\n"
                                                 for who, own in periods.items() for start, end, mrr in own)
    sql = BySql({"e": text}, "select customer, start, nullif(ends, '') as end, arr + 0 as arr from e")
    assert (sql.bridge("2024-12-31", YEAR_END)[0], sql.kept("2024-12-31", YEAR_END)) == expected


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_published_layout_gives_the_right_answer_after_at_most_two_questions(tmp_path, name):
    layout = LAYOUTS[name]
    assert all(set(line) <= set(layout.header) for line in layout.lines)
    answered(tmp_path / "out", saved(tmp_path / "export.csv", layout.header, layout.lines), layout.answers)
    bridge, kept = layout.expected
    assert bridge_of(document(tmp_path / "out")["accounts"]) == bridge
    last = rows(tmp_path / "out", "retention.csv")[-1]
    assert last["period"] == YEAR_END[:7]
    for key, exact in zip(("grr_ratio", "nrr_ratio", "logo_retention_ratio"), kept):
        assert near(last[key], exact), key


@pytest.mark.parametrize("name", [name for name, layout in LAYOUTS.items() if layout.expected is OF_PAST])
def test_layouts_with_a_past_give_the_months_in_which_it_happened(tmp_path, name):
    layout = LAYOUTS[name]
    answered(tmp_path / "out", saved(tmp_path / "export.csv", layout.header, layout.lines), layout.answers)
    moved = {(row["period"], move): float(row[f"{move}_arr"]) for row in rows(tmp_path / "out", "movements.csv")
             for move in ("new", "reactivated", "expansion", "contraction", "churned")
             if row["period"] > "2025" and float(row[f"{move}_arr"])}
    assert moved == {("2025-05", "expansion"): 600, ("2025-06", "churned"): 600, ("2025-08", "contraction"): 420,
                     ("2025-09", "new"): 360, ("2025-11", "reactivated"): 240}


@pytest.mark.parametrize("name", ["stripe_subscriptions_csv", "chargebee_subscriptions_csv"])
def test_an_export_of_the_present_state_is_said_to_hide_expansion_and_contraction(tmp_path, name):
    layout = LAYOUTS[name]
    path = saved(tmp_path / "export.csv", layout.header, layout.lines)
    first = called(INTAKE, path, "--as-of", YEAR_END, "--out-dir", tmp_path / "asked")
    flags = sum((way for way in layout.answers if way in ways(first.err)), ()) if first.code else ()
    said = " ".join(prepared(tmp_path / "out", path, flags).split())
    assert "current state" in said and "expansion" in said


@pytest.mark.parametrize("name", COMPANIES)
def test_a_file_of_companies_is_joined_on_the_customer_and_changes_no_figure(tmp_path, name):
    header, *lines = COMPANIES[name]
    by_name = "id" not in header and "Record ID" not in header
    key = NAMES if by_name else {who: who for who in NAMES}
    periods = saved(tmp_path / "periods.csv", ("Account Name" if by_name else "Account ID", "Start Date", "End Date",
                                               "ARR"),
                    [(key["A"], "2024-01-01", "2025-05-10", 1200), (key["A"], "2025-05-10", "", 1800),
                     (key["B"], "2024-02-01", "", 2400)])
    companies = saved(tmp_path / "companies.csv", header, lines)
    prepared(tmp_path / "alone", periods)
    prepared(tmp_path / "joined", [periods, companies])
    # A grows by 600 from 1200, B stays.
    assert bridge_of(document(tmp_path / "joined")["accounts"]) == (3600, 0, 0, 600, 0, 0, 4200)
    for file in ("movements.csv", "retention.csv", "cohort_triangle.csv"):
        assert (tmp_path / "joined" / file).read_bytes() == (tmp_path / "alone" / file).read_bytes()
    if not by_name:
        assert {a["id"]: a["name"] for a in document(tmp_path / "joined")["accounts"]} == {
            who: NAMES[who] for who in "AB"}


@pytest.mark.parametrize("name", STANDING)
def test_one_row_for_each_customer_gives_the_customers_and_no_retention(tmp_path, name):
    header, *lines = STANDING[name]
    path = saved(tmp_path / "export.csv", header, lines)
    answered(tmp_path / "out", path, (IN_CENTS if name == "chartmogul_customers" else IN_UNITS,))
    made = json.loads((tmp_path / "out" / "customers.json").read_text(encoding="utf-8"))
    assert {c["id"]: c["arr"] for c in made["customers"]} == {"A": 1800, "B": 2400}
    assert not (tmp_path / "out" / "cohorts.json").exists()
    if name == "gainsight_company":
        assert {c["id"]: (c["name"], c["renewal_date"], c["tenure_months"]) for c in made["customers"]} == {
            "A": (NAMES["A"], "2026-01-01", 24), "B": (NAMES["B"], "2026-02-01", 23)}


@pytest.mark.parametrize("name", REFUSED)
def test_payments_deals_and_opportunities_are_refused_with_the_export_to_take_instead(tmp_path, name):
    dates = {column: "2025-03-01" for column in REFUSED[name] if "Date" in column or "Created" in column}
    line = {column: "7" for column in REFUSED[name]} | dates
    path = saved(tmp_path / "export.csv", REFUSED[name], [line, {**line, REFUSED[name][0]: "8"}])
    done = called(INTAKE, path, "--as-of", YEAR_END, "--out-dir", tmp_path / "out")
    assert (done.code, done.out) == (1, "") and not (tmp_path / "out").exists()
    assert done.err.startswith("refused: ") and "subscription" in done.err.casefold()
