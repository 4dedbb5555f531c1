"""Recognition: known layouts, names in three languages, content, months in headers; questions and refusals."""

from __future__ import annotations

import csv
import io
import json
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cslib import columns, layouts, naming, recognition
from cslib.columns import ROLES, plain_name, spellings
from cslib.question import Unanswered
from cslib.refusal import Refusal, Usage, refusal_text

SHARED = Path(__file__).resolve().parents[2] / "shared"
FACTS = SHARED / "facts" / "export_headers.json"


class Sheet(NamedTuple):
    """What recognition reads of a table; all of its rows only to say which of them are wrong."""

    name: str
    header: list[str]
    head: list[list[str]]
    delimiter: str = ","
    line: int = 0

    def rows(self, _):
        return iter(self.head)


def sheet(text):
    header, *rows = csv.reader(io.StringIO(text.strip()))
    return Sheet("export.csv", header, [row for row in rows if row])


def read(text, kind="auto", mapped=(), cents=None, dates=None):
    found = sheet(text)
    return found, recognition.recognised(found, kind, dict(mapped), cents, dates)


def columns_of(text, **chosen):
    """Kind, unit, and role -> header."""
    found, reading = read(text, **chosen)
    return reading.kind, reading.unit, {role: found.header[each.column] for role, each in reading.roles.items()}


def asked(text, **chosen):
    with pytest.raises(Unanswered) as caught:
        read(text, **chosen)
    return caught.value.questions


def refused(text, **chosen):
    with pytest.raises(Refusal) as caught:
        read(text, **chosen)
    return caught.value.faults[0]


# Layouts: the header as the facts give it with two rows below, and the kind, unit, cents and columns that it must get.

LAYOUTS = {
    "stripe_subscriptions_csv": (
        "id,Customer ID,Customer Name,Customer Email,Status,Cancellation Reason,Amount,Interval,Created (UTC),"
        "Start (UTC),"
        "Start Date (UTC),Current Period Start (UTC),Current Period End (UTC),Trial Start (UTC),Trial End (UTC),"
        "Canceled At (UTC),Ended At (UTC),Quantity\n"
        "sub_1,cus_1,A,a@x.example,active,,20.00,month,2024-01-02 10:00,2024-01-02 10:00,2024-01-02 10:00,"
        "2024-03-02 10:00,"
        "2024-04-02 10:00,,,,,2\n"
        "sub_2,cus_2,B,b@x.example,canceled,too_expensive,99.00,year,2023-01-02 10:00,2023-01-02 10:00,"
        "2023-01-02 10:00,"
        "2023-01-02 10:00,2024-01-02 10:00,,,2023-12-20 09:00,2024-01-02 10:00,1\n",
        "subscriptions", "price", False,
        {"subscription": "id", "customer": "Customer ID", "name": "Customer Name", "start": "Start Date (UTC)",
         "end": "Ended At (UTC)", "price": "Amount", "interval": "Interval",
         "period_start": "Current Period Start (UTC)",
         "period_end": "Current Period End (UTC)", "status": "Status", "reason": "Cancellation Reason"}),
    "stripe_api_subscription": (
        "id,billing_cycle_anchor,canceled_at,created,current_period_end,current_period_start,customer_id,"
        "ended_at,quantity,"
        "start_date,status,trial_end,unit_amount,recurring_interval,recurring_interval_count\n"
        "s1,2024-01-01,,2024-01-01,2024-04-01,2024-03-01,c1,,3,2024-01-01,active,,2500,month,1\n"
        "s2,2024-01-01,,2024-01-01,2024-04-01,2024-01-01,c2,,1,2024-01-01,active,,9900,month,3\n",
        "subscriptions", "price", True,
        {"subscription": "id", "customer": "customer_id", "start": "start_date", "end": "ended_at",
         "price": "unit_amount",
         "interval": "recurring_interval", "interval_count": "recurring_interval_count", "quantity": "quantity",
         "period_start": "current_period_start", "period_end": "current_period_end", "status": "status"}),
    "stripe_api_price": (
        "id,product_id,currency,unit_amount,recurring_interval,recurring_interval_count\n"
        "price_1,prod_1,usd,2500,month,1\nprice_2,prod_1,usd,25000,year,1\n",
        "prices", "price", True,
        {"plan": "id", "price": "unit_amount", "interval": "recurring_interval",
         "interval_count": "recurring_interval_count", "currency": "currency"}),
    "chargebee_subscriptions_csv": (
        "subscriptions.id,customers.id,subscriptions.plan_id,subscriptions.plan_quantity,subscriptions.plan_unit_price,"
        "subscriptions.plan_amount,subscriptions.status,subscriptions.start_date,subscriptions.current_term_start,"
        "subscriptions.current_term_end,subscriptions.created_at,subscriptions.started_at,subscriptions.cancelled_at,"
        "addresses.company\n"
        "s1,c1,pro,3,10.00,30.00,Active,,2024-03-01,2024-04-01,2024-01-01,2024-01-01,,A\n"
        "s2,c2,pro,1,10.00,10.00,Cancelled,,2024-01-01,2024-02-01,2024-01-01,2024-01-01,2024-02-01,B\n",
        "subscriptions", "price", False,
        {"subscription": "subscriptions.id", "customer": "customers.id", "name": "addresses.company",
         "start": "subscriptions.started_at", "end": "subscriptions.cancelled_at", "price": "subscriptions.plan_amount",
         "period_start": "subscriptions.current_term_start", "period_end": "subscriptions.current_term_end",
         "status": "subscriptions.status", "plan": "subscriptions.plan_id"}),
    "chargebee_subscription_mrr_monthly_summary": (
        "id,customer_id,subscription_id,reporting_timezone,reporting_month,status,status_previous,"
        "billing_currency_code,"
        "mrr_billing_currency,mrr_previous_billing_currency,reporting_currency_code,exchange_rate,"
        "exchange_rate_previous\n"
        "1,c1,s1,UTC,2024-01-31,active,active,EUR,100,90,USD,1.1,1.1\n2,c2,s2,UTC,2024-01-31,active,,EUR,50,0,"
        "USD,1.1,1.1\n",
        "snapshots", "mrr", False,
        {"customer": "customer_id", "subscription": "subscription_id", "month": "reporting_month",
         "mrr": "mrr_billing_currency", "status": "status", "currency": "billing_currency_code"}),
    "recurly_api_subscription": (
        "id,uuid,account_id,plan_id,state,created_at,updated_at,activated_at,canceled_at,expires_at,"
        "current_period_started_at,current_period_ends_at,current_term_started_at,current_term_ends_at,currency,"
        "unit_amount,"
        "quantity,add_ons_total,subtotal,expiration_reason\n"
        "1,u1,a1,p,active,2024-01-01,2024-01-01,2024-01-02,,,2024-03-02,2024-04-02,2024-01-02,2025-01-02,USD,10,"
        "4,0,40,\n"
        "2,u2,a2,p,expired,2024-01-01,2024-01-01,2024-01-02,2024-01-20,2024-02-02,2024-01-02,2024-02-02,"
        "2024-01-02,2025-01-02,"
        "USD,10,1,0,10,canceled\n",
        "subscriptions", "price", False,
        {"subscription": "uuid", "customer": "account_id", "start": "activated_at", "end": "expires_at",
         "price": "subtotal", "period_start": "current_period_started_at",
         "period_end": "current_period_ends_at", "status": "state", "reason": "expiration_reason", "plan": "plan_id",
         "currency": "currency"}),
    "chartmogul_mrr_movements": (
        "DATE,CUSTOMER_NAME,MRR_MOVEMENT,MRR,DESCRIPTION,MOVEMENT_TYPE,CURRENCY_CODE,BILLING_CONNECTOR_UUID,"
        "CUSTOMER_EXTERNAL_ID,CUSTOMER_UUID,SUBSCRIPTION_EXTERNAL_ID,PLAN_EXTERNAL_ID,"
        "ACTIVE_SUBSCRIPTION_QUANTITY,UUID,"
        "RANK,PREVIOUS_PLAN_EXTERNAL_ID\n"
        "2024-01-05,A,5000,5000,,new_biz,USD,b,x1,cus_1,s1,p1,1,m1,1,\n"
        "2024-03-05,A,-5000,0,,churn,USD,b,x1,cus_1,s1,p1,0,m2,1,p1\n",
        "movements", "mrr", True,
        {"customer": "CUSTOMER_UUID", "name": "CUSTOMER_NAME", "date": "DATE", "change": "MRR_MOVEMENT",
         "movement": "MOVEMENT_TYPE", "rank": "RANK", "currency": "CURRENCY_CODE",
         "subscription": "SUBSCRIPTION_EXTERNAL_ID", "plan": "PLAN_EXTERNAL_ID"}),
    "chartmogul_mrr_intervals": (
        "CUSTOMER_UUID,MRR,START_DATE,END_DATE,PLAN_UUID,QUANTITY,SUBSCRIPTION_UUID,SUBSCRIPTION_SET_UUID,"
        "SUB_SET_PLAN_UUIDS,IS_FREE,IS_TRIAL\n"
        "c1,5000,2024-01-01,2024-02-01,p1,2,s1,ss1,p1,false,false\nc2,0,2024-01-01,,p1,1,s2,ss2,p1,false,true\n",
        "subscriptions", "mrr", True,
        {"customer": "CUSTOMER_UUID", "subscription": "SUBSCRIPTION_UUID", "start": "START_DATE", "end": "END_DATE",
         "mrr": "MRR", "plan": "PLAN_UUID", "trial": "IS_TRIAL", "free": "IS_FREE"}),
    "chartmogul_cmrr_movements": (
        "CUSTOMER_UUID,CUSTOMER_NAME,CMRR_MOVEMENT_UUID,ACTIVE_SUBSCRIPTION_QUANTITY,CMRR_MOVEMENT,CURRENT_CMRR,"
        "CURRENT_CARR,"
        "DESCRIPTION,EFFECTIVE_DATE,EVENT_DATE,MOVEMENT_TYPE,ORDERING_KEY,PLAN_UUID,SUBSCRIPTION_UUID\n"
        "c1,A,m1,1,5000,5000,60000,,2024-02-01,2024-01-15,new_biz,1,p1,s1\n"
        "c1,A,m2,1,-5000,0,0,,2024-05-01,2024-04-15,churn,2,p1,s1\n",
        "movements", "mrr", True,
        {"customer": "CUSTOMER_UUID", "name": "CUSTOMER_NAME", "date": "EFFECTIVE_DATE", "change": "CMRR_MOVEMENT",
         "movement": "MOVEMENT_TYPE", "rank": "ORDERING_KEY", "subscription": "SUBSCRIPTION_UUID",
         "plan": "PLAN_UUID"}),
    "chartmogul_customers": (
        "MRR,ARR,PLAN_NAME,BILLING_CYCLE,NET_PAYMENTS,COUNTRY,STATE,CITY,ADDRESS_ZIP,SUBSCRIBER_SINCE,STATUS,UUID\n"
        "5000,60000,Pro,month,0,US,NY,X,1,2023-01-01,Active,u1\n0,0,Pro,month,0,US,NY,X,1,2023-01-01,Cancelled,u2\n",
        "customers", "arr", True,
        {"customer": "UUID", "arr": "ARR", "mrr": "MRR", "signup": "SUBSCRIBER_SINCE", "status": "STATUS",
         "plan": "PLAN_NAME"}),
    "chartmogul_subscriptions": (
        "CUSTOMER_UUID,CUSTOMER_EXTERNAL_IDS,CUSTOMER_NAME,CUSTOMER_EMAIL,CUSTOMER_SUBSCRIPTION_ID,PLAN_UUID,"
        "PLAN_NAME,QUANTITY,"
        "MRR,ARR,CURRENCY,BILLING_CURRENCY,INTERVAL_UNIT,INTERVAL_COUNT,STATUS,START_DATE,END_DATE\n"
        "u1,x1,A,a@x.example,s1,p1,Pro,2,5000,60000,USD,EUR,month,1,Active,2024-01-01,\n"
        "u2,x2,B,b@x.example,s2,p1,Pro,1,2500,30000,USD,EUR,month,1,Cancelled,2024-01-01,2024-05-01\n",
        "subscriptions", "arr", True,
        {"customer": "CUSTOMER_UUID", "name": "CUSTOMER_NAME", "subscription": "CUSTOMER_SUBSCRIPTION_ID", "arr": "ARR",
         "mrr": "MRR", "currency": "CURRENCY", "plan": "PLAN_UUID", "status": "STATUS", "start": "START_DATE",
         "end": "END_DATE"}),
    "baremetrics_import_template": (
        "plan_oid,plan_name,plan_currency,plan_amount,plan_interval,plan_interval_count,customer_oid,customer_name,"
        "customer_email,subscription_oid,subscription_started_at,subscription_canceled_at,subscription_quantity\n"
        "p1,Pro,usd,5000,month,1,c1,A,a@x.example,s1,2024-01-01,,2\np2,Max,usd,90000,year,1,c2,B,b@x.example,s2,"
        "2024-01-01,,1\n",
        "subscriptions", "price", True,
        {"plan": "plan_oid", "currency": "plan_currency", "price": "plan_amount", "interval": "plan_interval",
         "interval_count": "plan_interval_count", "customer": "customer_oid", "name": "customer_name",
         "subscription": "subscription_oid", "start": "subscription_started_at", "end": "subscription_canceled_at",
         "quantity": "subscription_quantity"}),
    "hubspot_companies_csv": (
        "Record ID,Company name,Company owner,Create Date,Phone Number,Last Activity Date,City,Country/Region,"
        "Industry\n"
        "1,A,O,2023-01-01 10:00, 1,2024-01-01 10:00,X,US,RETAIL\n2,B,O,2023-02-01 10:00, 2,,X,US,MEDIA\n",
        "customers", "", False, {"customer": "Record ID", "name": "Company name", "segment": "Industry"}),
    "hubspot_api_company": (
        "id,property_name,property_description,property_createdate,property_industry,property_annualrevenue\n"
        "1,A,,2023-01-01,RETAIL,5000000\n2,B,,2023-01-01,MEDIA,7000000\n",
        "customers", "", False, {"customer": "id", "name": "property_name", "segment": "property_industry"}),
    "salesforce_report_accounts_csv": (
        "Account Owner,Account Name,Billing State,Type,Rating\nO,A,NY,Customer,Hot\nO,B,CA,Customer,Warm\n",
        "customers", "", False, {"customer": "Account Name", "name": "Account Name"}),
    "salesforce_account_api": (
        "Id,Name,Type,Industry,AnnualRevenue,NumberOfEmployees,AccountNumber,BillingCountry,OwnerId,ParentId,Rating\n"
        "001A,A,Customer,Retail,5000000,10,7,US,o,,Hot\n001B,B,Customer,Media,900000,10,8,US,o,001A,Hot\n",
        "customers", "", False, {"customer": "Id", "name": "Name", "segment": "Industry", "parent": "ParentId"}),
    "gainsight_company": (
        "Name,Company Id,Industry,ARR,MRR,CSM,Stage,Status,Current Score,Previous Score,Employees,Lifetime in Months,"
        "Original Contract Date,Renewal Date,NPS®,Onetime Revenue,Managed As,Created Date,Created By\n"
        "A,g1,Retail,1200,100,Z,Adopting,Active,80,70,10,14,2023-01-01,2025-01-01,9,0,Customer,2023-01-01,Y\n"
        "B,g2,Media,2400,200,Z,Adopting,Active,80,70,10,14,2023-01-01,2025-01-01,9,0,Customer,2023-01-01,Y\n",
        "customers", "arr", False,
        {"customer": "Company Id", "name": "Name", "segment": "Industry", "arr": "ARR", "mrr": "MRR",
         "status": "Status",
         "tenure_months": "Lifetime in Months", "signup": "Original Contract Date", "renewal_date": "Renewal Date"}),
    "netsuite_saas_metrics_mrr_detail": (
        "SaaS Metric ID,Revenue Month End Date,Subsidiary,Customer,Item,Department,Class,Location,Start Date,End Date,"
        "Term (Months),Source Transaction,Source Line,Source Record Type,Source Currency,"
        "Ending Balance MRR (Source Currency),Ending Balance MRR\n"
        "1,1/31/2024,US,A,Pro,,,,1/1/2024,12/31/2024,12,T1,1,Sales Order,EUR,100,110\n"
        "2,1/31/2024,US,A,Add-on,,,,1/1/2024,12/31/2024,12,T1,2,Sales Order,EUR,10,11\n",
        "snapshots", "mrr", False,
        {"subscription": "SaaS Metric ID", "month": "Revenue Month End Date", "customer": "Customer", "plan": "Item",
         "mrr": "Ending Balance MRR"}),
    "mrr_movement_ledger": (
        "month,account_id,account,movement,plan,seats,mrr,mrr_delta,region,industry,anomaly\n"
        "2024-01,a1,A,new,pro,5,500,500,EU,Retail,\n2024-02,a1,A,churn,pro,0,0,-500,EU,Retail,\n",
        "movements", "mrr", False,
        {"date": "month", "customer": "account_id", "name": "account", "movement": "movement", "plan": "plan",
         "mrr": "mrr", "change": "mrr_delta", "segment": "industry"}),
}
PAYMENTS = {
    "stripe_payments_csv": "id,Description,Created (UTC),Amount,Amount Refunded,Currency,Fee,Status,Customer ID,"
    "Captured,Card ID\n",
    "hubspot_deals_csv": "Record ID,Deal Name,Deal Stage,Amount,Deal owner,Close Date,Create Date,Associated Company\n",
    "salesforce_opportunity_api": "Id,Name,Type,StageName,Amount,AccountId,CloseDate,IsClosed,IsWon\n",
}
FRAGMENTS = {"recurly_subscriptions_export"}


@pytest.mark.parametrize("key", LAYOUTS)
def test_a_known_layout_is_read_by_its_own_columns(key):
    text, kind, unit, cents, roles = LAYOUTS[key]
    _, reading = read(text)
    assert (reading.layout, reading.kind, reading.unit, reading.cents) == (key, kind, unit, cents)
    assert columns_of(text)[2] == roles


def test_every_layout_is_tried_here():
    assert {each.key for each in layouts._LAYOUTS} == set(LAYOUTS) | set(PAYMENTS) | FRAGMENTS


@pytest.mark.skipif(not FACTS.exists(), reason="the facts are not here")
def test_the_columns_of_layouts_are_those_of_the_facts_and_none_that_were_only_recalled():
    facts = json.loads(FACTS.read_text(encoding="utf-8"))
    beyond = {"stripe_api_subscription": {"unit_amount", "recurring_interval", "recurring_interval_count"},
              "recurly_subscriptions_export": {"activated_at"}, "chartmogul_subscriptions": {"status"}}
    for each in layouts._LAYOUTS:
        if each.key in facts:
            known = set().union(*map(spellings, [*facts[each.key]["columns"], *facts[each.key].get("api_names", ())]))
            named = {*each.said["all"], *each.said.get("some", ()),
                     *chain.from_iterable(each.said.get("roles", {}).values())}
            named = {name for name in named if name.replace("_", "") not in known}
            assert not named or (each.key in beyond and named <= beyond[each.key]), each.key


@pytest.mark.parametrize("key", PAYMENTS)
def test_what_is_not_recurring_is_refused_with_the_export_to_take_instead(key):
    fault = refused(PAYMENTS[key])
    assert key in fault.place
    assert "export" in fault.expected


def test_a_kind_that_is_said_outright_overrules_the_refusal_of_a_layout():
    text = "id,Name,StageName,Amount,CloseDate,AccountId\n1,A,Won,5,2024-01-31,x\n"
    assert columns_of(text, kind="events", mapped={"date": "CloseDate", "arr": "Amount"})[:2] == ("events", "arr")


@pytest.mark.parametrize("key", ["stripe_subscriptions_csv", "chargebee_subscriptions_csv", "recurly_api_subscription",
                                 "chartmogul_subscriptions"])
def test_exports_of_the_current_state_say_that_they_cannot_show_expansion(key):
    assert "expansion" in " ".join(read(LAYOUTS[key][0])[1].remarks)


def without(text, *names):
    found = sheet(text)
    kept = [column for column, header in enumerate(found.header) if header not in names]
    out = io.StringIO()
    csv.writer(out).writerows([[row[column] for column in kept] for row in [found.header, *found.head]])
    return out.getvalue()


def test_without_the_day_that_access_ended_the_day_of_the_request_is_taken_and_said():
    text = without(LAYOUTS["stripe_subscriptions_csv"][0], "Ended At (UTC)")
    assert columns_of(text)[2]["end"] == "Canceled At (UTC)"
    assert any("day of the request" in remark for remark in read(text)[1].remarks)
    assert not any("day of the request" in remark for remark in read(LAYOUTS["stripe_subscriptions_csv"][0])[1].remarks)


def test_only_the_price_of_a_unit_takes_a_quantity():
    text = LAYOUTS["chargebee_subscriptions_csv"][0]
    assert "quantity" not in columns_of(text)[2]
    roles = columns_of(without(text, "subscriptions.plan_amount"))[2]
    assert (roles["price"], roles["quantity"]) == ("subscriptions.plan_unit_price", "subscriptions.plan_quantity")
    assert "quantity" not in columns_of(LAYOUTS["recurly_api_subscription"][0], mapped={"price": "subtotal"})[2]


def test_a_subtotal_with_add_ons_is_taken_only_where_every_row_has_one():
    text = LAYOUTS["recurly_api_subscription"][0]
    with_gap = text.replace("USD,10,1,0,10,canceled", "USD,10,1,0,,canceled")
    assert columns_of(text)[2]["price"] == "subtotal"
    assert not any("unit_amount" in remark for remark in read(text)[1].remarks)
    for other in (with_gap, without(text, "subtotal")):
        roles = columns_of(other)[2]
        assert (roles["price"], roles["quantity"]) == ("unit_amount", "quantity")
        assert any("Add-ons are not in unit_amount" in remark for remark in read(other)[1].remarks)


def test_the_source_currency_goes_with_the_amount_in_it_only():
    roles = columns_of(without(LAYOUTS["netsuite_saas_metrics_mrr_detail"][0], "Ending Balance MRR"))[2]
    assert (roles["mrr"], roles["currency"]) == ("Ending Balance MRR (Source Currency)", "Source Currency")


def test_subscriptions_of_the_stripe_api_without_prices_are_refused_with_what_to_join():
    fault = refused(without(LAYOUTS["stripe_api_subscription"][0], "unit_amount", "recurring_interval", "quantity",
                            "recurring_interval_count"))
    assert "unit_amount" in fault.hint


def test_a_layout_without_dates_is_refused_with_the_export_that_has_them():
    text = without(LAYOUTS["chartmogul_subscriptions"][0], "START_DATE", "END_DATE")
    assert "MRR movements" in refused(text).hint


def test_a_layout_known_by_three_names_takes_the_rest_by_name():
    kind, unit, roles = columns_of("uuid,account_code,email,activated_at,expires_at,mrr\nu,a,e,2024-01-01,,5\n")
    assert (kind, unit, roles["customer"], roles["start"], roles["end"]) == (
        "subscriptions", "mrr", "account_code", "activated_at", "expires_at")


def test_the_turnover_of_a_customer_is_never_its_arr():
    for key in ("salesforce_account_api", "hubspot_api_company"):
        assert any("turnover" in remark for remark in read(LAYOUTS[key][0])[1].remarks)
    assert columns_of("account_id,annual_revenue,segment\nA,5,x\nB,6,y\n")[1:] == (
        "", {"customer": "account_id", "segment": "segment"})


def test_a_mapped_column_is_in_cents_only_when_the_layout_says_so_of_it():
    text = LAYOUTS["baremetrics_import_template"][0].replace("plan_name", "fee").replace("Pro", "50").replace("Max",
    "75")
    assert read(text, mapped={"mrr": "fee"})[1].cents is False
    assert read(text, cents=False)[1].cents is False
    assert read(text)[1].cents is True


# Names

@pytest.mark.parametrize("text, kind, unit, roles", [
    ("Kundennummer,Kundenname,Vertragsbeginn,Vertragsende,Betrag,Abrechnungsintervall,Währung,Branche,Kündigungsgrund\n"
     "K1,A,2024-01-01,,100,monatlich,EUR,Handel,\n", "subscriptions", "price",
     {"customer": "Kundennummer", "name": "Kundenname", "start": "Vertragsbeginn", "end": "Vertragsende",
      "price": "Betrag",
      "interval": "Abrechnungsintervall", "currency": "Währung", "segment": "Branche", "reason": "Kündigungsgrund"}),
    ("Kunde,Beginn,Kündigungsdatum,MRR\nA,01.02.2024,31.03.2024,5\n", "subscriptions", "mrr",
     {"customer": "Kunde", "start": "Beginn", "end": "Kündigungsdatum", "mrr": "MRR"}),
    ("Kunden-ID,Monat,MRR (EUR)\nK1,2024-01,5\n", "snapshots", "mrr",
     {"customer": "Kunden-ID", "month": "Monat", "mrr": "MRR (EUR)"}),
    ("Kunde,Startdatum,Enddatum,Jahresbetrag,Segment\nA,2024-01-01,,5,x\n", "subscriptions", "arr",
     {"customer": "Kunde", "start": "Startdatum", "end": "Enddatum", "arr": "Jahresbetrag", "segment": "Segment"}),
    ("n° client,nom du client,date de début,date de fin,prix,périodicité,devise,secteur,motif de résiliation\n"
     "C1,A,2024-01-01,,100,mensuel,EUR,commerce,\n", "subscriptions", "price",
     {"customer": "n° client", "name": "nom du client", "start": "date de début", "end": "date de fin", "price": "prix",
      "interval": "périodicité", "currency": "devise", "segment": "secteur", "reason": "motif de résiliation"}),
    ("client,début,fin,montant mensuel\nA,2024-01-01,,100\n", "subscriptions", "mrr",
     {"customer": "client", "start": "début", "end": "fin", "mrr": "montant mensuel"}),
    ("client,mois,MRR\nA,2024-01,100\n", "snapshots", "mrr", {"customer": "client", "month": "mois", "mrr": "MRR"}),
    ("Kundennummer,Kündigungsdatum,Kündigungsgrund\nK1,2024-01-01,zu teuer\n", "churn", "",
     {"customer": "Kundennummer", "date": "Kündigungsdatum", "reason": "Kündigungsgrund"}),
    ("AccountName,CustomerId,StartDate,EndDate,ARR__c\nA,1,2024-01-01,,5\n", "subscriptions", "arr",
     {"name": "AccountName", "customer": "CustomerId", "start": "StartDate", "end": "EndDate", "arr": "ARR__c"}),
    ("subscription_id,customer_id,start_date,end_date,monthly_amount\ns,c,2024-01-01,,5\n", "subscriptions", "mrr",
     {"subscription": "subscription_id", "customer": "customer_id", "start": "start_date", "end": "end_date",
      "mrr": "monthly_amount"}),
    ("Customer ID,Customer Name,Start Date (UTC),Ended At (UTC),ARR (USD)\nc,A,2024-01-01,,5\n", "subscriptions", "arr",
     {"customer": "Customer ID", "name": "Customer Name", "start": "Start Date (UTC)", "end": "Ended At (UTC)",
      "arr": "ARR (USD)"}),
    ("Account Name,Period,MRR,Industry\nA,2024-01,5,x\n", "snapshots", "mrr",
     {"customer": "Account Name", "name": "Account Name", "month": "Period", "mrr": "MRR", "segment": "Industry"}),
    ("account,from,to,ACV\nA,2024-01-01,2025-01-01,5\n", "subscriptions", "arr",
     {"customer": "account", "start": "from", "end": "to", "arr": "ACV"}),
    ("customer,start,end,TCV,Amount\nA,2024-01-01,2027-01-01,36,3\n", "subscriptions", "total",
     {"customer": "customer", "start": "start", "end": "end", "total": "TCV"}),
    ("customer_id,start,canceled_at,ended_at,mrr\nA,2024-01-01,2024-05-01,2024-06-01,3\n", "subscriptions", "mrr",
     {"customer": "customer_id", "start": "start", "end": "ended_at", "mrr": "mrr"}),
    ("date,customer_id,type,mrr_change,mrr\n2024-01-05,A,new,5,5\n", "movements", "mrr",
     {"date": "date", "customer": "customer_id", "movement": "type", "change": "mrr_change", "mrr": "mrr"}),
    ("date,customer_id,arr_delta\n2024-01-05,A,5\n", "movements", "arr",
     {"date": "date", "customer": "customer_id", "change": "arr_delta"}),
    ("customer_id,date,plan,quantity\nA,2024-01-05,pro,2\n", "events", "",
     {"customer": "customer_id", "date": "date", "plan": "plan"}),
    ("customer_id,changed_at,plan,price,billing_period\nA,2024-01-05,pro,5,month\nA,2024-02-07,max,9,month\n", "events",
     "price", {"customer": "customer_id", "date": "changed_at", "plan": "plan", "price": "price",
               "interval": "billing_period"}),
    ("plan,price,interval,currency\npro,5,month,USD\nmax,50,year,USD\n", "prices", "price",
     {"plan": "plan", "price": "price", "interval": "interval", "currency": "currency"}),
    ("Plan,MRR\npro,5\nmax,50\n", "prices", "mrr", {"plan": "Plan", "mrr": "MRR"}),
    ("customer_id,month,cost\nA,2024-01,5\n", "costs", "", {"customer": "customer_id", "month": "month",
     "cost": "cost"}),
    ("customer_id,cost_to_serve\nA,5\n", "costs", "", {"customer": "customer_id", "cost": "cost_to_serve"}),
    ("account_id,churn_date,reason_code,refund_amount_usd\nA,2024-01-05,pricing,4.5\n", "churn", "",
     {"customer": "account_id", "date": "churn_date", "reason": "reason_code"}),
    ("id customer,customer_id,ARR,signup_date,has_executive_sponsor,Renewal Date,complexity,is_churned\n"
     "x,A,5,2024-01-05,yes,2025-01-01,high,no\ny,B,5,2024-01-05,,,,no\n", "customers", "arr",
     {"customer": "customer_id", "arr": "ARR", "signup": "signup_date",
      "has_executive_sponsor": "has_executive_sponsor",
      "renewal_date": "Renewal Date", "complexity": "complexity", "churned": "is_churned"}),
    ("customer_id,ARR 30-Sep-2025,segment\nA,5,x\nB,6,y\n", "customers", "arr",
     {"customer": "customer_id", "arr": "ARR 30-Sep-2025", "segment": "segment"}),
])
def test_columns_are_told_by_the_names_that_people_give_them(text, kind, unit, roles):
    assert columns_of(text) == (kind, unit, roles)


@pytest.mark.parametrize("one, other", [
    ("Kündigungsdatum", "kuendigungsdatum"), ("Kündigungsdatum", "KUNDIGUNGSDATUM"), ("customerId", "Customer ID"),
    ("StartDate", "start_date"), ("Début", "debut"), ("Start Date (UTC)", "start date"), ("ARR (USD)", "arr"),
    ("amount_cents", "Amount"), ("CustomerIDs", "customer_ids"), ("CSMName", "csm name"), ("Straße", "strasse"),
    ("MRR_USD", "mrr"), ("Renewal_Date__c", "RenewalDate")])
def test_spelling_does_not_tell_names_apart(one, other):
    assert spellings(one) & spellings(other)


@pytest.mark.parametrize("one, other", [("start", "started"), ("ARR ($000)", "arr"), ("arr_k", "arr"),
                                        ("日付", "顧客")])
def test_other_names_stay_other_names(one, other):
    assert not spellings(one) & spellings(other)


@given(st.text(max_size=30))
def test_any_header_has_a_plain_name_that_is_its_own_plain_name(header):
    assert spellings(plain_name(header)) <= spellings(header) | spellings(plain_name(plain_name(header)))
    assert plain_name(header) == plain_name(header.strip())


@pytest.mark.parametrize("header, cents", [("amount_cents", True), ("MRR (in cents)", True), ("percent", False),
    ("MRR", False)])
def test_a_header_that_names_cents_is_in_cents(header, cents):
    reading = read(f"customer,month,{header}\nA,2024-01,5\n", mapped={"mrr": header})[1]
    assert reading.cents is cents


def test_a_probable_name_needs_the_content_that_goes_with_it():
    text = "customer,start,end,mrr,to,type\nA,2024-01-01,,5,Bob,x\n"
    assert columns_of(text)[2] == {"customer": "customer", "start": "start", "end": "end", "mrr": "mrr"}
    assert refused("customer,start,to,mrr\nA,2024-01-01,Bob,5\n").kind == "no such column"


def test_words_that_name_a_movement_are_not_its_amount():
    text = "customer,date,movement,{0}\nA,2024-01-05,new,5\nA,2024-04-07,churn,{1}\n"
    assert columns_of(text.format("mrr", "5"))[2]["change"] == "mrr"
    assert columns_of(text.format("mrr", "-5"))[0] == "movements"
    assert columns_of(text.format("mrr", "0"))[0] == "events"


# Content

def test_unnamed_columns_are_told_by_what_is_in_them_and_said_to_be():
    _, reading = read("who,x,y,mrr\nA,2023-01-01,,5\nB,2023-02-01,2024-01-01,6\nA,2023-04-01,,5\n")
    assert reading.kind == "subscriptions"
    assert {role: tuple(each) for role, each in reading.roles.items()} == {
        "customer": (0, "content"), "start": (1, "content"), "end": (2, "content"), "mrr": (3, "named")}


def test_one_column_of_dates_makes_snapshots_only_where_customers_come_again():
    assert columns_of("customer,when,arr\nA,2024-01,5\nA,2024-02,5\n")[0] == "snapshots"
    text = "customer,from here,till there,arr\nA,2024-01-01,,5\nA,2024-02-03,,5\n"
    assert refused(text).kind == "kind not recognised"
    assert columns_of("customer,when,arr\nA,2024-01-01,5\nB,2024-02-01,5\n")[0] == "customers"


def test_an_end_is_told_from_a_start_by_being_later():
    assert columns_of("who,x,y,mrr\nA,2024-01-01,2023-01-01,5\nA,2025-01-01,2024-03-01,5\n")[2]["start"] == "y"


def test_dates_that_do_not_say_which_is_the_end_are_refused():
    assert refused("who,x,y,mrr\nA,2024-01-01,2024-01-01,5\nA,2025-01-01,2025-01-01,5\n").kind == "no such column"


def test_dates_by_the_month_make_snapshots_and_others_are_asked_about():
    assert columns_of("customer,date,mrr\nA,2024-01-31,5\nA,2024-02-29,5\n")[0] == "snapshots"
    assert columns_of("customer,date,mrr\nA,15/01/2024,5\nA,15/02/2024,5\n")[0] == "snapshots"
    question, = asked("customer,date,mrr\nA,2024-01-13,5\nA,2024-02-27,5\n")
    assert [way.flag for way in question.ways] == ["--kind snapshots", "--kind events"]
    assert question.ways[1].change == {"kinds": {"export.csv": "events"}}


def test_one_row_for_each_customer_without_service_dates_is_a_list_of_customers():
    text = "account_id,segment,created_at,arr\nA,x,2024-01-05,1\nB,y,2024-02-07,2\n"
    assert columns_of(text)[0] == "customers"
    assert columns_of(text + "A,x,2024-01-05,1\n")[0] == "customers"
    fault = refused(text + "A,x,2024-03-09,2\n")
    assert (fault.kind, fault.got) == ("customer twice", "A") and "--kind" in fault.hint
    assert refused(text + "A,x,2024-03-09,2\nB,y,2024-03-09,2\n").kind == "kind not recognised"


@pytest.mark.parametrize("header, cells, role", [
    ("Expansion Potential", ("Yes", "No"), "expansion_potential_high"),
    ("Expansion Potential", ("1", "0"), "expansion_potential_high"),
    ("Expansion Potential", ("High", "low"), "growth_potential"),
    ("Expansion Potential", ("40%", "twice"), None),
    ("growth_potential", ("High", "vast"), "growth_potential"),
    ("Target Industry", ("Yes", ""), "in_target_industry"), ("Target Industry", ("Retail", "Banks"), None),
    ("Target Size", ("ja", "nein"), "in_target_size_range"), ("Core Use Case", ("Yes", "No"), "uses_target_workflow"),
    ("Core Use Case", ("Invoicing", "Payroll"), None), ("Target Workflow", ("no", "no"), "uses_target_workflow"),
    ("Executive Sponsor", ("Yes", "No"), "has_executive_sponsor"),
    ("Executive Sponsor", ("A. Fern", "B. Quill"), None), ("has_executive_sponsor", ("maybe", "?"),
                                                           "has_executive_sponsor"),
    ("Reference", ("Yes", "No"), "advocates_publicly"), ("Reference", ("PO-17", "PO-18"), None),
    ("Public reference", ("no", "yes"), "advocates_publicly"), ("Advocate", ("x", ""), "advocates_publicly"),
    ("Few Competitors", ("Yes", "No"), "competitor_concentration_low"),
    ("Segment Tier", ("Mid-Market", "SMB"), "previous_tier"), ("Customer Tier", ("Gold", "Silver"), None),
    ("Account Tier", ("High Touch", "Tech-Touch"), "previous_tier"), ("previous_tier", ("Gold", "Silver"),
                                                                      "previous_tier")])
def test_a_name_with_two_meanings_is_told_by_what_the_column_holds(header, cells, role):
    _, reading = read(f"customer_id,arr,{header}\nA,5,{cells[0]}\nB,6,{cells[1]}\n")
    assert reading.kind == "customers"
    assert [name for name, each in reading.roles.items() if each.column == 2] == ([role] if role else [])


@pytest.mark.parametrize("header, role", [
    ("in_target_indutry", "in_target_industry"), ("In Target Industy", "in_target_industry"),
    ("Executive Sponsor", "has_executive_sponsor"), ("anual_cost_to_serve", "annual_cost_to_serve"),
    ("escalations_12", "escalations_12m"), ("complexty", "complexity"), ("Comment", None), ("Owner", None),
    ("City", None), ("Annual Revenue", None), ("Employees", None), ("Domain", None), ("", None), ("tiers", None)])
def test_a_header_that_is_nearly_the_name_of_a_role_is_known_for_it(header, role):
    assert naming.meant(header, ROLES[ROLES.index("tenure_months"):]) == role


def test_names_and_plans_are_customers_unless_every_plan_is_named_once():
    assert columns_of("name,plan,mrr\nA,pro,5\nB,pro,5\n")[0] == "customers"
    assert columns_of("plan_id,name,mrr\np1,Pro,5\np2,Max,9\n") == ("prices", "mrr", {"plan": "plan_id", "mrr": "mrr"})
    assert refused("customer_name,amount,interval\nA,5,month\n").kind == "kind not recognised"


def test_what_is_mapped_decides_between_two_kinds():
    text = "customer,month,start,end,arr\nA,2024-01,2023-01-01,,5\n"
    assert columns_of(text, mapped={"month": "month"})[0] == "snapshots"
    assert columns_of(text, mapped={"end": "end"})[0] == "subscriptions"


def test_a_price_for_an_interval_beside_words_of_change_is_what_is_paid_from_then_on():
    assert columns_of("customer,date,change_type,plan,price,interval\nA,2024-01-05,new,pro,5,month\n")[:2] == (
        "events", "price")


# Wide tables

@pytest.mark.parametrize("first, second, unit", [
    ("2024-01", "2024-02", None), ("2024-01-31", "2024-02-29", None), ("Jan-24", "Feb-24", None),
    ("Jan 2024", "Feb 2024", None), ("01/2024", "02/2024", None), ("31.01.2024", "29.02.2024", None),
    ("1/31/2024", "2/29/2024", None), ("01.01.2024", "01.02.2024", None), ("MRR Jan 2024", "MRR Feb 2024", "mrr"),
    ("ARR 31-Jan-2024", "ARR 29-Feb-2024", "arr"), ("ARR (2024-01-31)", "ARR (2024-02-29)", "arr"),
    ("Jan 31, 2024", "Feb 29, 2024", None), ("janv. 2024", "févr. 2024", None), ("Januar 2024", "Februar 2024", None),
    ("arr_2024_01", "arr_2024_02", "arr"), ("2024-01 MRR", "2024-02 MRR", "mrr"), ("MRR as of Jan 2024",
     "MRR as of Feb 2024", "mrr"),
    ("Umsatz Jan 2024", "Umsatz Feb 2024", None)])
def test_columns_named_by_months_make_a_wide_table(first, second, unit):
    mapped = {} if unit else {"arr": "months"}
    _, reading = read(f'customer,"{second}","{first}",note\nA,5,6,x\n', mapped=mapped)
    assert (reading.kind, reading.unit, reading.unused) == ("wide", unit or "arr", (3,))
    assert reading.months == ((2, 2024 * 12), (1, 2024 * 12 + 1))


def test_months_mapped_for_another_file_leave_a_table_without_them_as_it_is():
    text = "customer_id,segment\nA,x\nB,y\n"
    assert read(text, mapped={"arr": "months"}) == read(text)


def test_march_in_german_is_a_month():
    assert read("Kunde,ARR März 2024,ARR Mai 2024\nA,1,2\n")[1].months == ((1, 2024 * 12 + 2), (2, 2024 * 12 + 4))


def test_two_dates_of_arr_a_year_apart_are_a_wide_table():
    _, reading = read("Customer,Name,ARR 30-Sep-2025,ARR 30-Sep-2026\nA,x,1,2\n")
    assert (reading.kind, reading.unit) == ("wide", "arr")
    assert [month for _, month in reading.months] == [2025 * 12 + 8, 2026 * 12 + 8]


def test_a_customer_cube_is_wide_and_its_dates_are_not_read():
    text = "Customer,Start Date,End Date,2024-01,2024-02\nA,2024-01-01,N/A,5,6\n"
    kind, unit, roles = columns_of(text, mapped={"mrr": "months"})
    assert (kind, unit, roles) == ("wide", "mrr", {"customer": "Customer"})
    question, = asked(text)
    assert [way.change for way in question.ways] == [{"mapped": {"mrr": "months"}}, {"mapped": {"arr": "months"}}]
    assert columns_of(text, mapped={"arr": "2024-01"})[1] == "arr"


def test_days_and_months_in_headers_that_cannot_be_told_apart_are_asked_about():
    text = "customer,ARR 03/04/2024,ARR 05/06/2025\nA,1,2\n"
    question, = asked(text)
    assert [(way.flag, way.change) for way in question.ways] == [
        ("--dates dmy", {"dates": "dmy"}), ("--dates mdy", {"dates": "mdy"})]
    assert [month for _, month in read(text, dates="dmy")[1].months] == [2024 * 12 + 3, 2025 * 12 + 5]
    assert [month for _, month in read(text, dates="mdy")[1].months] == [2024 * 12 + 2, 2025 * 12 + 4]


def test_headers_that_are_first_days_of_months_in_one_order_only_are_read_in_it():
    assert [month for _, month in read("customer,ARR 01/02/2024,ARR 01/03/2025\nA,1,2\n")[1].months] == [
        2024 * 12 + 1, 2025 * 12 + 2]


def test_of_arr_and_mrr_by_month_arr_is_read_unless_mrr_is_mapped():
    text = "customer,ARR 2024-01,ARR 2024-02,MRR 2024-01,MRR 2024-02\nA,12,12,1,1\n"
    assert [column for column, _ in read(text)[1].months] == [1, 2]
    _, reading = read(text, mapped={"mrr": "MRR 2024-01"})
    assert ([column for column, _ in reading.months], reading.unit) == ([3, 4], "mrr")


@pytest.mark.parametrize("header, kind", [("2023-12,2024-13", "no such month"), ("2023-12,2023-12-31",
    "month named twice")])
def test_months_in_headers_that_cannot_be_are_refused(header, kind):
    assert refused(f"customer,{header}\nA,1,2\n").kind == kind


# What is asked

@pytest.mark.parametrize("text, flags", [
    ("customer,start,end,Amount\nA,2023-01-01,,5\n", ['--map mrr="Amount"', '--map arr="Amount"',
     '--map total="Amount"']),
    ("Kunde,Beginn,Ende,Betrag\nA,2023-01-01,,5\n", ['--map mrr="Betrag"', '--map arr="Betrag"',
     '--map total="Betrag"']),
    ("customer,month,Price\nA,2023-01,5\n", ['--map mrr="Price"', '--map arr="Price"']),
    ("customer,start,end,x\nA,2023-01-01,,5\n", ['--map mrr="x"', '--map arr="x"', '--map total="x"']),
    ("customer,date,change\nA,2023-01-05,5\n", ['--map mrr="change"', '--map arr="change"']),
    ("customer_id,start_date,contract_start,end,arr\nA,2023-01-01,2023-01-01,,5\n",
     ['--map start="start_date"', '--map start="contract_start"']),
    ("customer,start date,start_date,end,arr\nA,2023-01-01,2023-01-01,,5\n",
     ['--map start="start date"', '--map start="start_date"']),
    ("customer_id,account_id,month,arr\nA,B,2023-01,5\n", ['--map customer="customer_id"',
     '--map customer="account_id"']),
    ("customer,month,ARR USD,ARR EUR\nA,2023-01,5,4\n", ['--map arr="ARR EUR"', '--map arr="ARR USD"']),
    ("customer,month,start,end,arr\nA,2024-01,2023-01-01,,5\n", ["--kind snapshots", "--kind subscriptions"]),
    ("customer,start,end,price,interval,seats\nA,2024-01-01,,5,month,3\n", ['--map quantity="seats"',
     '--map price="price"']),
    ("customer,date,movement,amount\nA,2024-01-05,new,5\n", ['--map change="amount"', "--kind events"]),
])
def test_what_nothing_says_is_asked_and_each_answer_settles_it(text, flags):
    question, = asked(text)
    assert [way.flag for way in question.ways] == flags
    for way in question.ways:
        kind = way.change.get("kinds", {}).get("export.csv", "auto")
        try:
            read(text, kind=kind, mapped=way.change.get("mapped", {}))
        except Unanswered as again:
            assert again.questions[0].asked != question.asked


def test_a_mapped_change_without_a_unit_is_asked_about_and_then_known():
    text = "customer,date,movement,amount\nA,2024-01-05,new,5\n"
    question, = asked(text, mapped={"change": "amount"})
    assert question.ways[1].change == {"mapped": {"arr": "amount"}}
    kind, unit, roles = columns_of(text, mapped={"change": "amount", "arr": "amount"})
    assert (kind, unit, roles["change"]) == ("movements", "arr", "amount")


def test_a_price_of_one_takes_the_quantity_without_being_asked():
    text = "customer,start,end,unit_price,{0}{1}\nA,2024-01-01,,5,{2}{3}\n"
    assert columns_of(text.format("interval", ",seats", "month", ",3"))[2]["quantity"] == "seats"
    assert "taken as one" in read(text.format("interval", "", "month", ""))[1].remarks[0]
    assert refused(text.format("seats", "", "3", "")).hint.startswith("name it: --map interval=COLUMN")


def test_a_header_that_a_shell_would_run_is_quoted_as_text():
    question, = asked("customer,month,$(id) amount\nA,2024-01,5\n")
    assert [way.flag for way in question.ways] == ["--map mrr='$(id) amount'", "--map arr='$(id) amount'"]
    assert question.ways[0].change == {"mapped": {"mrr": "$(id) amount"}}


# What is mapped

def test_a_mapped_column_wins_and_is_taken_from_the_role_that_it_had():
    text = "customer_id,account,start_date,end_date,arr,fee\nA,B,2023-01-01,,5,9\n"
    _, reading = read(text, mapped={"customer": "account", "mrr": "Fee"})
    assert reading.roles["customer"] == (1, "mapped")
    assert (reading.unit, reading.unit_certainty, reading.roles["mrr"].column) == ("mrr", "mapped", 5)
    assert "arr" not in reading.roles
    assert columns_of("customer,name,month,arr\nA,B,2024-01,5\n", mapped={"segment": "name"})[2] == {
        "customer": "customer", "segment": "name", "month": "month", "arr": "arr"}


def test_every_role_can_be_mapped():
    text = "c,d,e,plan,x,why,k\nA,2024-01-01,2024-02-01,p,5,r,6\n"
    kinds = {"month": "snapshots", "date": "events", "change": "movements", "movement": "movements",
    "rank": "movements",
             "cost": "costs", "total": "subscriptions"}
    for role in ROLES:
        kind = kinds.get(role, "subscriptions" if ROLES.index(role) < ROLES.index("tenure_months") else "customers")
        mapped = {"customer": "c", "start": "d", "end": "e", "arr": "x", "date": "d", "month": "d", "interval": "why"}
        if role in ("mrr", "price", "total", "change"):
            del mapped["arr"]
        mapped = {**mapped, role: "x" if role in ("mrr", "price", "total") else "k"}
        if role == "change":
            mapped["mrr"] = "k"
        _, reading = read(text, kind=kind, mapped=mapped)
        assert reading.roles[role].certainty == "mapped", role


def test_a_mapped_column_that_is_not_there_is_wrong_usage_with_the_likely_one():
    text = "customer,start,end,arr_total\nA,2023-01-01,,5\n"
    with pytest.raises(Usage, match=r'the columns are customer, start, end, arr_total \(did you mean "arr_total"\?\)'):
        read(text, mapped={"arr": "ar_total"})
    with pytest.raises(Usage, match=r'did you mean "segment"\?'):
        read(text, mapped={"segement": "customer"})


def test_a_total_needs_a_period():
    with pytest.raises(Usage, match="start and an end"):
        read("customer,month,Amount\nA,2024-01,5\n", mapped={"total": "Amount"})


# What is refused

@pytest.mark.parametrize("text, role", [
    ("customer,start,end\nA,2023-01-01,\n", "mrr"), ("customer,start,arr\nA,2023-01-01,4\n", "end"),
    ("x1,start,end,arr\n5,2023-01-01,,4\n", "customer"), ("customer,signup_date,end,arr\nA,2023-01-01,,4\n", "start"),
    ("customer,month\nA,2023-01\n", "mrr"), ("customer,plan,start_date,price\nA,pro,2024-01-05,5\n", "end"),
])
def test_a_needed_column_that_is_not_there_is_refused_with_the_header_and_the_flag_that_names_it(text, role):
    with pytest.raises(Refusal) as caught:
        read(text)
    said = refusal_text(caught.value)
    assert caught.value.faults[0].kind == "no such column"
    assert f"--map {role}=COLUMN" in said
    assert text.partition("\n")[0].replace(",", ", ") in said


def test_a_list_of_customers_without_ends_is_told_how_to_say_so_and_then_read():
    text = ('Kundennr,Name,MRR EUR,Vertragsbeginn,Region\n1001,Alpha GmbH,"1.200,00",01.03.2023,Nord\n'
            '1002,Beta AG,"850,50",15.06.2023,Süd\n')
    hint = refused(text).hint
    assert "--map end=COLUMN" in hint and hint.endswith("--kind FILE=customers") and len(hint) <= 200
    assert columns_of(text, kind="customers") == ("customers", "mrr", {
        "customer": "Kundennr", "name": "Name", "mrr": "MRR EUR", "signup": "Vertragsbeginn"})
    twice = refused(text + '1001,Alpha GmbH,"99,00",01.04.2024,Nord\n').hint
    assert "--map end=COLUMN" in twice and "customers" not in twice


def test_events_need_a_plan_or_an_amount():
    assert refused("customer,date,event\nA,2023-01-05,new\n", kind="events").kind == "no such column"


@pytest.mark.parametrize("text", ["visit_id,account_id,visited_at,left_at,hours,priority,first_response\n"
                                  "T1,A,2024-01-01,2024-01-02,27.0,high,74\nT2,A,2024-01-05,2024-01-06,24.0,low,4\n",
                                  "a,b\n1,2\n", "customer\nA\n"])
def test_a_table_of_no_kind_is_refused_with_the_kinds_there_are(text):
    fault = refused(text)
    assert fault.kind == "kind not recognised"
    assert all(kind in fault.expected for kind in columns.KINDS)


# Laws

TABLES = [each[0] for each in LAYOUTS.values()] + [
    "Customer,ARR 2024-01,ARR 2024-02,Start Date\nA,1,2,2024-01-01\n",
    "who,x,y,mrr\nA,2023-01-01,,5\nA,2023-02-01,2024-01-01,6\n",
    "account_id,account,month,arr,mrr,Branche\nA,x,2024-01,12,1,y\n",
    "customer_id,plan_id,plan,changed_at\nA,p,Pro,2024-01-05\nB,p,Pro,2024-01-07\n",
]


@given(st.sampled_from(TABLES), st.randoms(use_true_random=False))
def test_the_order_of_columns_changes_nothing(text, random):
    found = sheet(text)
    order = list(range(len(found.header)))
    random.shuffle(order)
    turned = Sheet(found.name, [found.header[column] for column in order],
                   [[row[column] for column in order] for row in found.head])
    one, other = (recognition.recognised(each, "auto", {}) for each in (found, turned))
    assert (one.kind, one.layout, one.unit, one.unit_certainty, one.cents, one.remarks) == (
        other.kind, other.layout, other.unit, other.unit_certainty, other.cents, other.remarks)
    assert {role: (found.header[each.column], each.certainty) for role, each in one.roles.items()} == {
        role: (turned.header[each.column], each.certainty) for role, each in other.roles.items()}
    assert [(found.header[column], month) for column, month in one.months] == [
        (turned.header[column], month) for column, month in other.months]


@pytest.mark.parametrize("text", TABLES)
@pytest.mark.parametrize("respelt", [str.upper, str.lower, lambda header: f" {header} ",
                                     lambda header: header.replace("_", " "), lambda header: header.replace(" ", "_"),
                                     lambda header: header.replace(" ", "  ")])
def test_case_and_spacing_of_headers_change_nothing(text, respelt):
    found = sheet(text)
    assert recognition.recognised(found, "auto", {}) == recognition.recognised(
        found._replace(header=[respelt(header) for header in found.header]), "auto", {})


@pytest.mark.parametrize("text", TABLES)
def test_what_was_recognised_can_be_mapped_by_hand_with_the_same_reading(text):
    found, reading = read(text)
    mapped = {role: found.header[each.column] for role, each in reading.roles.items()}
    if reading.months:
        mapped[reading.unit] = "months"
    again = recognition.recognised(found, "auto", mapped)
    assert (again.kind, again.unit, again.cents, again.months, again.unused) == (
        reading.kind, reading.unit, reading.cents, reading.months, reading.unused)
    assert {role: each.column for role, each in again.roles.items()} == {
        role: each.column for role, each in reading.roles.items()}


@pytest.mark.parametrize("text", TABLES)
def test_every_column_has_a_role_or_is_named_as_unused(text):
    found, reading = read(text)
    used = {each.column for each in reading.roles.values()} | {column for column, _ in reading.months}
    assert sorted({*used, *reading.unused}) == list(range(len(found.header)))
    assert not used & set(reading.unused)


@given(st.lists(st.text(max_size=12), min_size=1, max_size=6, unique=True), st.lists(st.text(max_size=8), max_size=6))
def test_any_header_is_read_asked_about_or_refused(header, cells):
    row = (cells + [""] * len(header))[:len(header)]
    try:
        reading = recognition.recognised(Sheet("x", header, [row]), "auto", {})
    except (Refusal, Unanswered):
        return
    assert reading.kind in columns.KINDS


# Real tables

@pytest.mark.skipif(not (SHARED / "data").exists(), reason="the shared data are not here")
@pytest.mark.parametrize("name, kind, unit", [
    ("dbt_playbook/subscription_periods.csv", "subscriptions", "mrr"),
    ("ravenstack/ravenstack_subscriptions.csv", "subscriptions", "arr"),
    ("ravenstack/ravenstack_accounts.csv", "customers", ""),
    ("ravenstack/ravenstack_churn_events.csv", "churn", ""),
    ("ravenstack/ravenstack_support_tickets.csv", "tickets", "")])
def test_public_tables_are_what_they_are(name, kind, unit):
    lines = (SHARED / "data" / name).read_text(encoding="utf-8").splitlines()[:501]
    assert columns_of("\n".join(lines))[:2] == (kind, unit)
