"""Names of companies and people: all made up, and in the scripts of many languages, as real ones are."""

import numpy as np

from churnrisk.simulator.timeline import Ints

WORLD = {
    "Europe": (
        "Bäckerei Größler & Söhne GmbH",
        "Млин Дніпро ТОВ",
        "Ateliers Hélène Lefèvre SARL",
        "Ελαιώνες Ταϋγέτου Α.Ε.",
        "O'Shaughnessy & Daughters Ltd",
        "Młyn Świętojański Sp. z o.o.",
        "Øst",
        "Donautaler Elektrizitäts- und Wasserwerke Betriebsgesellschaft mbH & Co. KG",
        "Çınaraltı Lojistik A.Ş.",
        "Þórsnes Ferðir ehf.",
        "Cukrárna U Žluté růže s.r.o.",
        "Северен вятър ЕООД",
        "Açúcar e Limão Lda",
        "Smörgås & Vänner AB",
    ),
    "North America": (
        "Peña e Hijos LLC",
        "Érablière du Vieux-Moulin inc.",
        "Nuñez Brothers Roofing, Siding and Sheet Metal of Greater Tucson, Inc.",
        "K9",
        "Crème & Cardamom Co",
        "Ka Lā Hiki Ola LLC",
    ),
    "Asia-Pacific": (
        "株式会社あおぞら物流",
        "한빛나루 주식회사",
        "明月青山科技有限公司",
        "شركة واحة النخيل للتجارة",
        "Công ty TNHH Sông Xanh",
        "मधुबन वस्त्र प्राइवेट लिमिटेड",
        "ดอกไม้ริมน้ำ จำกัด",
        "Whānau Kai Ltd",
    ),
}
"""Names by region, the long and the short among them, that show whether a page or a file can hold them."""

_FIRST = """
Alder Amber Anchor Arden Aspen Beacon Birch Bramble Briar Bright Calder Cedar Cobalt Copper Coral Crest Dover Eastgate
Ember Falcon Fern Flint Foxglove Garnet Glen Granite Hadley Harbour Hazel Heron Indigo Iron Juniper Kestrel Larch
Linden Maple Marlow Meridian Moss Nimbus Oakham Onyx Orchard Osprey Otter Pebble Pine Quarry Quill Raven Ridge Rowan
Saffron Sable Sage Silver Slate Sorrel Stone Sutton Tern Thistle Tidal Umber Vale Velvet Walnut Westbrook Willow Wren
"""
_SECOND = """
bank bay beck bridge brook cliff combe cote cross dale dell edge field fold ford gate grove hall ham haven heath hill
holm holt keep lake land lea light line mark mead mere mill moor mount park path peak point port reach rise river rock
shore side spring stead stream tide vale view ward water way well wick wood works yard
"""
_BUSINESS = """
Analytics Apparel Automation Biotech Brands Capital Care Chemicals Clinics Components Consulting Consumer Data Dental
Diagnostics Digital Distribution Energy Engineering Events Finance Foods Freight Furniture Health Homes Hotels
Insurance Interiors Labs Leasing Legal Logistics Media Medical Mobility Networks Optics Packaging Partners Payments
Pharma Property Publishing Recruitment Retail Robotics Security Software Staffing Studios Supplies Systems Textiles
"""
_GIVEN = """
Aisha Alejandro Amara Andrea Anika Anton Beatriz Ben Camille Chidi Chloe Daniel Dara Deepa Elena Emeka Emma Erik
Fatima Felix Freya Gabriel Grace Hana Hugo Ibrahim Ines Isaac Jana Jonas Julia Kai Karim Katja Kenji Laila Lars Leo
Lucia Luis Maja Marcus Maria Mateo Mei Milan Mina Nadia Nikhil Noor Olivia Omar Oscar Priya Rafael Rosa Ruth Samir
"""
_FAMILY = """
Abbott Adeyemi Andersson Bakker Banerjee Bauer Bennett Bianchi Carter Castillo Chen Costa Diallo Dubois Eriksen
Fernandez Fischer Fraser Garcia Gill Haddad Hansen Hughes Iyer Jansen Johansson Kaya Keller Khan Kim Kowalski Laurent
Lee Lindgren Lopez Mahmoud Martin Mensah Meyer Moreau Morgan Murphy Nakamura Ncube Nguyen Novak Okafor Olsen Park Patel
"""
_LEGAL = {
    "Europe": ("Ltd", "GmbH", "AB", "BV", "SAS", "SpA", "plc"),
    "North America": ("Inc", "LLC", "Corp", "Co", "Group"),
    "Asia-Pacific": ("Pty Ltd", "Pte Ltd", "KK", "Ltd", "Holdings"),
}


def companies(regions: list[str], rng: np.random.Generator) -> list[str]:
    """One name a company, none twice, with a legal form of its region.

    >>> companies(["Europe", "Asia-Pacific"], np.random.default_rng(1))
    ['Oakhambay Distribution BV', 'Silverfold Systems Holdings']
    """
    first, second, business = _FIRST.split(), _SECOND.split(), _BUSINESS.split()
    room = len(first) * len(second) * len(business)
    forms = rng.random(len(regions)).tolist()
    names = []
    for pick, region, form in zip(_distinct(len(regions), room, rng).tolist(), regions, forms, strict=True):
        pair, trade = divmod(pick % room, len(business))
        head, tail = divmod(pair, len(second))
        legal = _LEGAL[region][int(form * len(_LEGAL[region]))]
        names.append(f"{first[head]}{second[tail]} {business[trade]}{_again(pick, room)} {legal}")
    return names


def people(count: int, rng: np.random.Generator) -> list[str]:
    """One full name a person, none twice.

    >>> people(2, np.random.default_rng(1))
    ['Freya Patel', 'Mei Okafor']
    """
    given, family = _GIVEN.split(), _FAMILY.split()
    room = len(given) * len(family)
    pairs = [(divmod(pick % room, len(family)), pick) for pick in _distinct(count, room, rng).tolist()]
    return [f"{given[head]} {family[tail]}{_again(pick, room)}" for (head, tail), pick in pairs]


def _again(pick: int, room: int) -> str:
    """A number that keeps names distinct once all combinations are used up."""
    return f" {pick // room + 1}" if pick >= room else ""


def _distinct(count: int, room: int, rng: np.random.Generator) -> Ints:
    """Distinct whole numbers in random order: each from 0 to `room - 1` once, then again plus `room`, and so on."""
    rounds = [rng.permutation(room) + room * turn for turn in range(-(-count // room))]
    return np.concatenate([*rounds, np.zeros(0, np.int64)])[:count]
