"""Who holds back the next role: everybody who is there, approved or opened, and from which month on they deliver."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple, Optional

from cslib.hiring_terms import first_start, terms, tier_of, whole
from cslib.org import ROLES, Org, Post
from cslib.starts import moved, start_day

CONDITIONS = ("filled", "ramped", "delivered")
LEAD = "cs_manager"


class Gate(NamedTuple):
    """One of CONDITIONS on the role before. `met` today, None unknown; `until` the day from which it will be, if known.

    A delivery has no day, and one that is planned or approved cannot be known.
    """

    role: str
    condition: str
    met: Optional[bool]
    until: Optional[date]


class Track(NamedTuple):
    """People of one role from one start on. States are months after the org's day, `opened` is below 0 before it.

    They are approved in state `opened`, start after state `filled` and are over their ramp in state `ramped`. `holds`
    says that this opens the role, so that no other role is opened until then: leads, and more seats of a role that is
    there, do not.
    """

    role: str
    fte: Decimal
    opened: Decimal
    filled: int
    ramped: int
    has_delivered: Optional[bool]
    present: bool
    holds: bool

    @property
    def landed(self) -> int:
        """The state from which others build on them: the first with a CSM in it, the end of anybody else's ramp."""
        return self.filled + 1 if self.role == "csm" else self.ramped


def present(org: Org, settings: Mapping) -> list[Track]:
    """The roles that are there and for how long is known, without leads, who are no gate."""
    found = []
    for role in ROLES:
        months, fte = org.in_seat(role), org.people(role)
        if months is not None and fte is not None and role != LEAD:
            left = whole(terms(role, tier_of(org.acv, settings), settings).ramp_months - months)
            found.append(Track(role, fte, -months, 0, max(0, left), org.has_delivered(role), True, True))
    return found


def posted(org: Org, settings: Mapping) -> list[Track]:
    """One for each open post, in their order; one for which nobody has signed is as if approved today.

    The first to start of a role that has nobody opens it.
    """
    rows = [_posted(post, org, settings) for post in org.posts]
    first: dict[str, int] = {}
    for number, row in enumerate(rows):
        if row.role != LEAD and not org.people(row.role):
            best = first.setdefault(row.role, number)
            first[row.role] = number if row.filled < rows[best].filled else best
    return [row._replace(holds=first.get(row.role) == number) for number, row in enumerate(rows)]


def _posted(post: Post, org: Org, settings: Mapping) -> Track:
    own = terms(post.role, tier_of(org.acv, settings), settings)
    starts = first_start(org.as_of, 0, own.lead_days) if post.month is None else post.month
    return Track(post.role, post.fte, Decimal(0), starts, starts + own.ramp_months, None, False, False)


def holding(tracks: Iterable[Track], state: int) -> int:
    """How many roles are being opened in a state."""
    return sum(track.holds and track.ramped > state for track in tracks)


def before(tracks: Iterable[Track], state: int) -> Optional[Track]:
    """The role that came over its ramp last up to a state: the one before the role that is opened then.

    Of those that were over it on the first day, the one opened last.
    """
    ready = [track for track in tracks if track.holds and track.ramped <= state]
    return max(ready, key=lambda track: (track.ramped, track.opened, ROLES.index(track.role)), default=None)


def gate(track: Optional[Track], as_of: date) -> tuple[Gate, ...]:
    """Filled, ramped, delivered, for the role before; none without one."""
    if track is None:
        return ()
    filled, ramped = track.present, track.present and track.ramped == 0
    return (Gate(track.role, "filled", filled, None if filled else start_day(as_of, track.filled)),
            Gate(track.role, "ramped", ramped, None if ramped else moved(as_of, track.ramped)),
            Gate(track.role, "delivered", track.has_delivered, None))
