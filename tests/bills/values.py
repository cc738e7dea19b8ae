"""Exact numbers, instants and JSON maps, as the mapping contract wants them."""

import json
import re
from decimal import Context, Decimal, Inexact, ROUND_HALF_EVEN, localcontext

EXACT = Context(prec=400, rounding=ROUND_HALF_EVEN, traps=[Inexact])
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\Z")
ZERO = Decimal(0)
DIGITS_MAX = 38


class Unreadable(ValueError):
    """The row cannot become a charge; the text says why."""


def number(text: str | None) -> Decimal | None:
    if not text:
        return None
    if not NUMBER.match(text):
        raise Unreadable(f"not a number: {text!r}")
    value = Decimal(text)
    digits, exponent = value.as_tuple().digits, value.as_tuple().exponent
    if len(digits) > DIGITS_MAX or -exponent > DIGITS_MAX:
        raise Unreadable(f"more than {DIGITS_MAX} digits: {text!r}")
    return value


def add(*values: Decimal | None) -> Decimal:
    total = ZERO
    for value in values:
        if value is not None:
            total = EXACT.add(total, value)
    return total


def multiply(a: Decimal, b: Decimal) -> Decimal:
    return EXACT.multiply(a, b)


def quotient(cost: Decimal, quantity: Decimal) -> Decimal:
    """Exact where the division ends, else 20 significant digits."""
    with localcontext(Context(prec=DIGITS_MAX)) as context:
        result = cost / quantity
        if not context.flags[Inexact]:
            return result
    return Context(prec=20, rounding=ROUND_HALF_EVEN).divide(cost, quantity)


def plain(value: Decimal) -> str:
    """Every digit, never an exponent, no trailing zeros after the point."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.0+)?(Z|\+00:00| UTC)?\Z")


def instant(text: str | None) -> str | None:
    """2026-06-01T00:00:00.000Z becomes 2026-06-01T00:00:00Z; a bare date is its midnight."""
    if not text:
        return None
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return f"{text}T00:00:00Z"
    match = INSTANT.match(text)
    if not match:
        raise Unreadable(f"not an instant: {text!r}")
    return f"{match[1]}T{match[2]}Z"


def json_map(text: str | None) -> dict:
    if not text:
        return {}
    try:
        value = json.loads(text, parse_float=Decimal)
    except ValueError as why:
        raise Unreadable(f"not a JSON map: {why}") from None
    if not isinstance(value, dict):
        raise Unreadable("not a JSON map")
    return value


def dump(value: object) -> str:
    """JSON with exact decimals."""
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, dict):
        inner = ",".join(f"{json.dumps(k, ensure_ascii=False)}:{dump(v)}" for k, v in value.items())
        return "{" + inner + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(dump, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def load(text: str | bytes):
    """JSON with exact decimals."""
    return json.loads(text, parse_float=Decimal, parse_int=Decimal)
