"""Compares charges with the documents that Elasticsearch holds, field by field."""

from decimal import Context, Decimal
from collections.abc import Iterable

from .values import dump, json_map

# What the daemon adds of its own: no statement of the provider.
OURS = {"x_FeedId", "x_DeliveryId", "x_SliceId", "x_IngestedAt", "x_PeriodId"}
UNIT_PRICES = {
    "ListUnitPrice",
    "ContractedUnitPrice",
    "PricingCurrencyListUnitPrice",
    "PricingCurrencyContractedUnitPrice",
}
TWENTY = Context(prec=20)


def key_of(charge: dict) -> tuple:
    """One row may make two charges: they differ in category and status. FOCUS exports have no line ids; there
    what, where and when stand for it, and twins are told apart by their fields."""
    kind = (charge.get("ChargeCategory"), charge.get("CommitmentDiscountStatus"))
    if charge.get("x_LineItemId"):
        return (charge["x_LineItemId"], *kind)
    names = ("ChargePeriodStart", "SubAccountId", "ServiceName", "ResourceId", "ChargeDescription")
    return (*kind, *(charge.get(name) for name in names))


def same(name: str, expected: object, found: object) -> bool:
    if name == "x_Tags":
        return sorted(as_list(expected)) == sorted(as_list(found))
    if isinstance(expected, dict):
        if not isinstance(found, dict) or expected.keys() != found.keys():
            return False
        return all(same("", value, found[key]) for key, value in expected.items())
    if isinstance(expected, bool) or isinstance(found, bool):
        return expected is found
    if isinstance(expected, (Decimal, int)):
        if not isinstance(found, (Decimal, int)):
            return False
        if Decimal(expected) == Decimal(found):
            return True
        # A price that is a quotient may carry more than the 20 digits that are promised.
        return name in UNIT_PRICES and TWENTY.plus(expected) == TWENTY.plus(found)
    if expected == found:
        return True
    if name.startswith("x_") and isinstance(expected, str):
        # Columns without a place in FOCUS: what counts is that nothing was lost, not number or text.
        if isinstance(found, (Decimal, int)):
            return as_number(expected) == found
        if isinstance(found, dict) and expected.startswith("{"):
            return json_map(expected) == found
    return False


def as_number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except ArithmeticError:
        return None


def as_list(value: object) -> list:
    return value if isinstance(value, list) else [value]


def differences(expected: dict, found: dict) -> list[str]:
    where = f"{expected.get('x_LineItemId') or expected.get('ChargeDescription')} {expected.get('ChargeCategory')}"
    result = []
    for name in sorted((expected.keys() | found.keys()) - OURS):
        if name not in found:
            result.append(f"{where}: {name} is missing, should be {dump(expected[name])}")
        elif name not in expected:
            result.append(f"{where}: {name} is {dump(found[name])}, should be null")
        elif not same(name, expected[name], found[name]):
            result.append(f"{where}: {name} is {dump(found[name])}, should be {dump(expected[name])}")
    return result


def compare(expected: Iterable[dict], documents: Iterable[dict], limit: int = 100) -> list[str]:
    """What differs, as sentences; at most `limit` of them. Documents must have been read with exact
    decimals (`values.load`)."""
    result: list[str] = []
    waiting: dict[tuple, list[dict]] = {}
    for charge in expected:
        waiting.setdefault(key_of(charge), []).append(charge)
    for document in documents:
        candidates = waiting.get(key_of(document))
        if not candidates:
            result.append(f"{key_of(document)}: nobody expects this document")
        else:
            best = (
                min(candidates, key=lambda c: len(differences(c, document)))
                if candidates[1:]
                else candidates[0]
            )
            candidates.remove(best)
            result += differences(best, document)
        if len(result) >= limit:
            return result[:limit] + ["... and perhaps more"]
    for key, left in waiting.items():
        result += [f"{key}: has no document"] * len(left)
    return result[:limit]
