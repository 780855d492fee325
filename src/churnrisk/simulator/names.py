"""What companies and people are called. All made up; a few are nasty on purpose, as real ones are."""

import numpy as np

from churnrisk.simulator.timeline import Ints

NASTY = ("=cmd|' /C calc'!A0", "<script>alert(1)</script> GmbH", "O'Brien & Sons", "Ünïcøde Größenwahn AG", "Łódź 東京 \"Trading\", Ltd")
"""Names that break spreadsheets, pages and queries that don't guard themselves."""

_FIRST = (
    "Alder Amber Anchor Arden Aspen Beacon Birch Bramble Briar Bright Calder Cedar Cobalt Copper Coral Crest Dover Eastgate "
    "Ember Falcon Fern Flint Foxglove Garnet Glen Granite Hadley Harbour Hazel Heron Indigo Iron Juniper Kestrel Larch Linden "
    "Maple Marlow Meridian Moss Nimbus Oakham Onyx Orchard Osprey Otter Pebble Pine Quarry Quill Raven Ridge Rowan Saffron "
    "Sable Sage Silver Slate Sorrel Stone Sutton Tern Thistle Tidal Umber Vale Velvet Walnut Westbrook Willow Wren Yarrow"
).split()
_SECOND = (
    "bank bay beck bridge brook cliff combe cote cross dale dell edge field fold ford gate grove hall ham haven heath hill "
    "holm holt keep lake land lea light line mark mead mere mill moor mount park path peak point port reach rise river rock "
    "shore side spring stead stream tide vale view ward water way well wick wood works yard"
).split()
_BUSINESS = (
    "Analytics Apparel Automation Biotech Brands Capital Care Chemicals Clinics Components Consulting Consumer Data Dental "
    "Diagnostics Digital Distribution Energy Engineering Events Finance Foods Freight Furniture Health Homes Hotels Insurance "
    "Interiors Labs Leasing Legal Logistics Media Medical Mobility Networks Optics Packaging Partners Payments Pharma Property "
    "Publishing Recruitment Retail Robotics Security Software Staffing Studios Supplies Systems Textiles Tools Travel Ventures"
).split()
_LEGAL = {
    "Europe": ("Ltd", "GmbH", "AB", "BV", "SAS", "SpA", "plc"),
    "North America": ("Inc", "LLC", "Corp", "Co", "Group"),
    "Asia-Pacific": ("Pty Ltd", "Pte Ltd", "KK", "Ltd", "Holdings"),
}
_GIVEN = (
    "Aisha Alejandro Amara Andrea Anika Anton Beatriz Ben Camille Chidi Chloe Daniel Dara Deepa Elena Emeka Emma Erik Fatima "
    "Felix Freya Gabriel Grace Hana Hugo Ibrahim Ines Isaac Jana Jonas Julia Kai Karim Katja Kenji Laila Lars Leo Lucia Luis "
    "Maja Marcus Maria Mateo Mei Milan Mina Nadia Nikhil Noor Olivia Omar Oscar Priya Rafael Rosa Ruth Samir Sara Sofia Tomas "
    "Valeria Viktor Wei Yara Yusuf Zoe"
).split()
_FAMILY = (
    "Abbott Adeyemi Andersson Bakker Banerjee Bauer Bennett Bianchi Carter Castillo Chen Costa Diallo Dubois Eriksen Fernandez "
    "Fischer Fraser Garcia Gill Haddad Hansen Hughes Iyer Jansen Johansson Kaya Keller Khan Kim Kowalski Laurent Lee Lindgren "
    "Lopez Mahmoud Martin Mensah Meyer Moreau Morgan Murphy Nakamura Ncube Nguyen Novak Okafor Olsen Park Patel Pereira Petrov "
    "Quinn Rahman Reyes Ricci Rossi Sato Schmidt Sharma Silva Singh Sorensen Suzuki Tanaka Taylor Varga Weber Wilson Wong Yilmaz"
).split()


def companies(regions: list[str], rng: np.random.Generator) -> list[str]:
    """One name a company, none twice, with a legal form of its region.

    >>> companies(["Europe", "Asia-Pacific"], np.random.default_rng(1))
    ['Larchstream Packaging AB', 'Thistlerock Logistics Holdings']
    """
    count = len(regions)
    room = len(_FIRST) * len(_SECOND) * len(_BUSINESS)
    picks = _distinct(count, room, rng)
    forms = rng.random(count)
    names = []
    for pick, region, form in zip(picks.tolist(), regions, forms.tolist(), strict=True):
        first, rest = divmod(pick % room, len(_SECOND) * len(_BUSINESS))
        second, business = divmod(rest, len(_BUSINESS))
        legal = _LEGAL[region][int(form * len(_LEGAL[region]))]
        again = f" {pick // room + 1}" if pick >= room else ""
        names.append(f"{_FIRST[first]}{_SECOND[second]} {_BUSINESS[business]}{again} {legal}")
    return names


def people(count: int, rng: np.random.Generator) -> list[str]:
    """One full name a person, none twice.

    >>> people(2, np.random.default_rng(1))
    ['Leo Sato', 'Jonas Bauer']
    """
    room = len(_GIVEN) * len(_FAMILY)
    names = []
    for pick in _distinct(count, room, rng).tolist():
        given, family = divmod(pick % room, len(_FAMILY))
        names.append(f"{_GIVEN[given]} {_FAMILY[family]}" + (f" {pick // room + 1}" if pick >= room else ""))
    return names


def _distinct(count: int, room: int, rng: np.random.Generator) -> Ints:
    """Distinct whole numbers; those from `room` on say which time round they are."""
    rounds = [rng.permutation(room) + room * turn for turn in range(-(-count // room))]
    return np.concatenate([*rounds, np.zeros(0, np.int64)])[:count]
