"""The rows of a bill that are not usage: commitment fees, support, Marketplace, credits, refunds and tax."""

from datetime import timedelta
from decimal import Decimal

from . import lookups
from .catalog import ACCOUNTS, PAYER, SELLER, SKUS, Account
from .month import Month, csv_line, from_units, hash_of, ten
from .totals import slice_key
from .values import ZERO, add, multiply, plain

PLAN = f"arn:aws:savingsplans::{PAYER[0]}:savingsplan/5e1f4c2a-7777-4b1c-9d3e-0123456789ab"
UPFRONT_PLAN = f"arn:aws:savingsplans::{PAYER[0]}:savingsplan/77aa4c2a-8888-4b1c-9d3e-0123456789ab"


class Fees:
    """Half of a `Bill`: what it says about whole months and about commitments."""

    def fee_rows(self) -> int:
        """How many rows of a first delivery are at most not usage, counted before any is made."""
        reserved = min(len(ACCOUNTS) * 2, 16)
        return len(self.month.slots) + reserved + 4 + 1 + 2 + 5 + 3

    def party(self, account_id: str, account_name: str, market: bool = False) -> dict[str, str]:
        return {
            "bill_bill_type": "Anniversary",
            "bill_billing_entity": "AWS Marketplace" if market else "AWS",
            "bill_billing_period_start_date": Month.stamp(self.month.start),
            "bill_billing_period_end_date": Month.stamp(self.month.end),
            "bill_invoicing_entity": "Amazon Web Services, Inc.",
            "bill_payer_account_id": PAYER[0],
            "bill_payer_account_name": PAYER[1],
            "line_item_currency_code": self.o.currency,
            "line_item_legal_entity": SELLER if market else "Amazon Web Services, Inc.",
            "line_item_usage_account_id": account_id,
            "line_item_usage_account_name": account_name,
        }

    def reservation(self, sku_name: str, account: Account) -> str:
        service, kind = ("rds", "ri:rds-") if sku_name == "rds" else ("ec2", "reserved-instances/")
        return f"arn:aws:{service}:{account.region}:{account.id}:{kind}{hash_of(account.id + sku_name):016x}"

    def single(
        self,
        account: tuple[str, str],
        kind: str,
        code: str,
        start,
        end,
        cost: Decimal,
        charges: list[tuple],
        **fields,
    ) -> str:
        """A row of its own. `charges`: (billed, effective) of each charge; list and contracted cost are billed."""
        market = bool(fields.pop("market", False))
        row = (
            self.party(*account, market)
            | {
                "identity_line_item_id": f"{self.ids.getrandbits(208):052x}",
                "identity_time_interval": f"{start:%Y-%m-%dT%H:%M:%SZ}/{end:%Y-%m-%dT%H:%M:%SZ}",
                "line_item_line_item_type": kind,
                "line_item_product_code": code,
                "line_item_usage_start_date": Month.stamp(start),
                "line_item_usage_end_date": Month.stamp(end),
                "line_item_unblended_cost": format(cost, "f"),
                "line_item_blended_cost": format(cost, "f"),
                "line_item_line_item_description": f"{kind} for {code}",
            }
            | fields
        )
        if self.o.net:
            row["line_item_net_unblended_cost"] = row["line_item_unblended_cost"]
        service = lookups.table("aws", "services").get(code, (code,))[0]
        for billed, effective in charges:
            self.totals.add(
                1,
                self.o.currency,
                slice_key(Month.stamp(start), Month.stamp(end)),
                service,
                account[0],
                {
                    "BilledCost": billed,
                    "EffectiveCost": effective,
                    "ContractedCost": billed,
                    "ListCost": billed,
                },
            )
        self.totals.rows += 1
        return csv_line([row.get(c, "") for c in self.columns], self.eol)

    def fees(self, planned_plan: int) -> list[str]:
        """Commitment fees, support, Marketplace, credits, refunds and tax."""
        m, rows = self.month, []
        hours = 24 // m.per_day
        # The commitment of an hour is what the covered resources can use at most, so some of it is left over.
        commitment = ten(Decimal("0.1250000000") * hours * max(1, planned_plan))
        for slot, used in enumerate(self.plan_used):
            start = m.start + timedelta(hours=slot * hours)
            used_text = from_units(used)
            unused = add(commitment, -used_text)
            charges = [(commitment, ZERO)] + ([(ZERO, unused)] if unused else [])
            rows.append(
                self.single(
                    PAYER,
                    "SavingsPlanRecurringFee",
                    "ComputeSavingsPlans",
                    start,
                    start + timedelta(hours=hours),
                    commitment,
                    charges,
                    savings_plan_savings_plan_a_r_n=PLAN,
                    savings_plan_total_commitment_to_date=plain(commitment),
                    savings_plan_used_commitment=plain(used_text),
                    line_item_usage_amount="1",
                    pricing_unit="Hrs",
                    line_item_usage_type="ComputeSP:1yrNoUpfront",
                    product_sku="SPNOUPFRONT1YR00",
                    pricing_rate_code="SPNOUPFRONT1YR00.RQRC4CUNT9",
                )
            )
        for (name, account), used in self.reserved_used.items():
            rows.append(self.reservation_fee(name, account, used))
        whole = (m.start, m.end)
        eleventh = m.start + timedelta(days=10, hours=9)
        upfront = Decimal("1200.0000000000")
        rows.append(
            self.single(
                PAYER,
                "SavingsPlanUpfrontFee",
                "ComputeSavingsPlans",
                m.start,
                m.end + timedelta(days=335),
                upfront,
                [(upfront, ZERO)],
                savings_plan_savings_plan_a_r_n=UPFRONT_PLAN,
            )
        )
        rows.append(
            self.single(
                (ACCOUNTS[2].id, ACCOUNTS[2].name),
                "Fee",
                "AmazonRDS",
                eleventh,
                eleventh + timedelta(days=365),
                Decimal("830.0000000000"),
                [(Decimal(830), ZERO)],
                reservation_reservation_a_r_n=self.reservation("rds", ACCOUNTS[2]),
            )
        )
        for code, cost, market in (
            ("AWSSupportBusiness", "1250.0000000000", False),
            ("7pqk3vdm2k7q9r1n5t3c", "499.0000000000", True),
        ):
            rows.append(
                self.single(
                    PAYER,
                    "Fee",
                    code,
                    *whole,
                    Decimal(cost),
                    [(Decimal(cost), Decimal(cost))],
                    market=market,
                    line_item_usage_amount="1",
                    pricing_unit="Dollar",
                    product_sku=f"{hash_of(code):016X}",
                    pricing_rate_code=f"{hash_of(code):016X}.FEE",
                )
            )
        for n in range(1 + 2 * self.o.restate):
            credit = -ten(Decimal("75.1234567891") + n)
            account = ACCOUNTS[n % len(ACCOUNTS)]
            rows.append(
                self.single(
                    (account.id, account.name),
                    "Credit",
                    "AmazonEC2",
                    *whole,
                    credit,
                    [(credit, credit)],
                    line_item_line_item_description=f"AWS credit {n + 1}, granted after a support case",
                )
            )
        refund = -Decimal("12.5000000001")
        noon = m.start + timedelta(days=4)
        rows.append(
            self.single(
                (ACCOUNTS[0].id, ACCOUNTS[0].name),
                "Refund",
                "AmazonS3",
                noon,
                noon + timedelta(hours=1),
                refund,
                [(refund, refund)],
            )
        )
        earlier = -Decimal("3.2500000000")
        rows.append(
            self.single(
                PAYER,
                "Refund",
                "AmazonS3",
                *whole,
                earlier,
                [(earlier, earlier)],
                bill_bill_type="Refund",
                bill_invoice_id="USINRF-5",
            )
        )
        for account in ACCOUNTS[:5]:
            tax = ten(Decimal(hash_of(account.id) % 10**6) / 10**3 * m.days / 30)
            rows.append(
                self.single(
                    (account.id, account.name),
                    "Tax",
                    "AmazonEC2",
                    *whole,
                    tax,
                    [(tax, tax)],
                    line_item_tax_type="VAT",
                    bill_invoice_id="EUINDE-77",
                )
            )
        for kind in ("EdpDiscount", "BundledDiscount", "PrivateRateDiscount"):
            cut = -Decimal("1.2345678901")
            rows.append(
                self.single(
                    (ACCOUNTS[3].id, ACCOUNTS[3].name),
                    kind,
                    "AmazonCloudFront",
                    noon,
                    noon + timedelta(days=1),
                    cut,
                    [(cut, cut)],
                    line_item_usage_type="US-DataTransfer-Out-Bytes",
                    line_item_usage_amount="1",
                    product_sku="CDNCDNCDNCDNCDNC",
                )
            )
        return rows

    def reservation_fee(self, name: str, account: Account, used: Decimal) -> str:
        m, sku = self.month, SKUS[name]
        hours = Decimal(int((m.end - m.start).total_seconds()) // 3600)
        count = -(-used // hours) if used else Decimal(1)
        reserved = hours * count
        recurring = ten(Decimal(sku.reserved_rate) * Decimal("0.6"))
        left = add(reserved, -used)
        fee = multiply(recurring, reserved)
        unused_fee = multiply(recurring, left)
        unused_upfront = multiply(Decimal(sku.reserved_rate) - recurring, left)
        unused = add(unused_fee, unused_upfront)
        charges = [(fee, ZERO)] + ([(ZERO, unused)] if unused else [])
        code = f"{hash_of(name):016X}.38NPMPTW36.NR3JZ9WWZD"
        net = {}
        if self.o.net:
            net = {
                "reservation_net_unused_recurring_fee": plain(unused_fee),
                "reservation_net_unused_amortized_upfront_fee_for_billing_period": plain(unused_upfront),
            }
        return self.single(
            (account.id, account.name),
            "RIFee",
            sku.code,
            m.start,
            m.end,
            fee,
            charges,
            line_item_usage_amount=plain(reserved),
            pricing_unit="Hrs",
            line_item_usage_type=f"HeavyUsage:{sku.instance}",
            product_sku=f"{hash_of(name):016X}",
            pricing_rate_code=code,
            product_region_code=account.region,
            reservation_reservation_a_r_n=self.reservation(name, account),
            reservation_total_reserved_units=plain(reserved),
            reservation_unused_quantity=plain(left),
            reservation_unused_recurring_fee=plain(unused_fee),
            reservation_unused_amortized_upfront_fee_for_billing_period=plain(unused_upfront),
            **net,
        )
