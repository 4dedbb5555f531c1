"""The words for a reported figure beside ours, and for each usual difference of method."""

from __future__ import annotations

from cslib import figures
from cslib.figures import money, per_cent, short_money
from cslib.tie_out import TieOut

METHODS = {
    "new_customers_counted_in": "new customers counted in",
    "new_and_reactivated_counted_in": "new and returning customers counted in",
    "reactivation_counted_in": "returning customers counted in",
    "survivors_only": "lost customers left out of the start",
    "contraction_subtracted_twice": "contraction subtracted twice",
    "contraction_left_out": "contraction left out",
    "total_row_included": "a total row summed as if it were a customer",
    "whole_bridge": "the monthly movements of all customers over the opening ARR",
    "whole_bridge_with_reactivation": "the monthly movements with returning customers",
    "expansion_offsets_losses": "one customer's expansion offsetting another's loss",
    "logo_retention": "customers counted instead of ARR",
    "renewal_rate": "the renewal rate of what was due",
    "start_of_the_period": "ARR at the start of the period",
    "new_customers_left_out": "new and returning customers left out",
    "reactivation_left_out": "returning customers left out",
    "one_month_of_it": "a month's revenue (MRR)",
    "churned_customers_still_in": "lost customers still counted",
}


def untied(found: tuple[TieOut, ...]) -> str:
    """What the first paragraph says of the first reported figure that is not ours; nothing where all agree."""
    t = next((t for t in found if not t.agrees), None)
    if t is None:
        return ""
    show = short_money if t.measure == "arr" else per_cent
    gap = short_money(abs(t.gap_arr))
    return f" The reported {t.measure.upper()} of {show(t.reported)} does not tie: {gap} ARR apart."


def tie_outs(found: tuple[TieOut, ...]) -> list[str]:
    """Their figure against ours, and which way of counting explains the gap."""
    said = []
    for t in found:
        show = money if t.measure == "arr" else per_cent
        head = f"Reported {t.measure.upper()} {show(t.reported)}, here {show(t.ours)}"
        if t.agrees:
            said.append(head + (": they agree, so both count alike." if show(t.reported) == show(t.ours) else
                                ": they agree to the digits given, so both count alike."))
            continue
        if t.measure == "grr" and t.reported > 1:
            said.append(head + ". A GRR above 100% is a mistake of method: it is capped at each customer's start.")
            continue
        fits = [METHODS[c.method] for c in t.candidates if c.explains]
        nearest = t.candidates[0] if t.candidates else None
        head += f", a gap of {figures.signed_money(t.gap_arr)} ARR: "
        if fits:
            said.append(head + " or ".join(fits) + " gives the reported figure.")
        elif nearest:
            said.append(f"{head}no usual difference of method gives that figure; the nearest, "
                        f"{METHODS[nearest.method]}, gives {show(nearest.gives)}.")
        else:
            said.append(head + "no usual difference of method gives that figure.")
    return said
