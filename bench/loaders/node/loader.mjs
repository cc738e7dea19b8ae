// A CUR 2.0 loader as people write one in Node: zlib, csv-parse, an object a row, and the client's
// helpers.bulk.
//
//     loader.mjs URL INDEX ROOT FILE.csv.gz...     prints {"documents": N} when all are acknowledged
//
// It fills the fields that billow fills for the same row, with floats where billow keeps decimals, and makes
// no control totals, no slices and no second pass.
import { createReadStream, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";

import { Client } from "@elastic/elasticsearch";
import { parse } from "csv-parse";
import { parse as parseAtOnce } from "csv-parse/sync";

const [url, index, root, ...files] = process.argv.slice(2);

function table(name) {
  const lines = parseAtOnce(readFileSync(join(root, "ingest", "aws", `${name}.csv`)));
  return new Map(lines.map(([key, ...values]) => [key, values]));
}

const SERVICES = table("services");
const REGIONS = table("regions");
const UNITS = table("units");
const TEXTS = Object.entries({
  BillingAccountId: "bill_payer_account_id",
  BillingAccountName: "bill_payer_account_name",
  BillingCurrency: "line_item_currency_code",
  PricingCurrency: "line_item_currency_code",
  InvoiceId: "bill_invoice_id",
  ChargeDescription: "line_item_line_item_description",
  SubAccountId: "line_item_usage_account_id",
  SubAccountName: "line_item_usage_account_name",
  AvailabilityZone: "line_item_availability_zone",
  SkuId: "product_sku",
  SkuMeter: "line_item_usage_type",
  InvoiceIssuerName: "bill_invoicing_entity",
  x_LineItemType: "line_item_line_item_type",
  x_BillType: "bill_bill_type",
  x_ServiceCode: "line_item_product_code",
  x_UsageType: "line_item_usage_type",
  x_Operation: "line_item_operation",
  x_LegalEntity: "line_item_legal_entity",
  x_TaxType: "line_item_tax_type",
  x_LineItemId: "identity_line_item_id",
  x_IdentityTimeInterval: "identity_time_interval",
  x_CostCategories: "cost_category",
  x_PricingTerm: "pricing_term",
  x_ProductProductFamily: "product_product_family",
});
const COVERED = new Map([
  ["SavingsPlanCoveredUsage", "savings_plan_savings_plan_effective_cost"],
  ["DiscountedUsage", "reservation_effective_cost"],
]);
const FEES = new Map([
  ["RIFee", "Recurring"],
  ["SavingsPlanRecurringFee", "Recurring"],
  ["SavingsPlanUpfrontFee", "One-Time"],
  ["Fee", "One-Time"],
]);

const instant = (text) => text.replace(".000Z", "Z");

function addTags(text, document) {
  const tags = {};
  const pairs = [];
  for (let [key, value] of Object.entries(JSON.parse(text))) {
    if (key.startsWith("user_") || key.startsWith("user:")) key = key.slice(5);
    else if (key.startsWith("aws_")) key = `aws:${key.slice(4)}`;
    tags[key] = value || true;
    pairs.push(`${key}=${value ?? ""}`);
  }
  document.Tags = tags;
  document.x_Tags = pairs;
}

function details(row) {
  const product = row.product ? JSON.parse(row.product) : {};
  const out = {};
  if (row.product_instance_type) out.InstanceType = row.product_instance_type;
  if (product.operating_system) out.OperatingSystem = product.operating_system;
  if (product.storage_class) out.StorageClass = product.storage_class;
  if (/^\d+$/.test(product.vcpu ?? "")) out.CoreCount = Number(product.vcpu);
  return out;
}

function addPrices(row, document, kind, quantity) {
  const unit = UNITS.get(row.pricing_unit)?.[0] ?? row.pricing_unit;
  document.SkuPriceId = row.pricing_rate_code;
  document.PricingQuantity = document.ConsumedQuantity = quantity;
  document.PricingUnit = document.ConsumedUnit = unit;
  document.ListUnitPrice = document.PricingCurrencyListUnitPrice = document.ListCost / quantity;
  document.ContractedUnitPrice = document.PricingCurrencyContractedUnitPrice =
    document.ContractedCost / quantity;
  if (COVERED.has(kind)) document.PricingCategory = "Committed";
  else document.PricingCategory = row.line_item_usage_type.includes("Spot") ? "Dynamic" : "Standard";
  const found = details(row);
  if (Object.keys(found).length) document.SkuPriceDetails = found;
}

function unusedPart(row, kind) {
  if (kind === "SavingsPlanRecurringFee")
    return Number(row.savings_plan_total_commitment_to_date) - Number(row.savings_plan_used_commitment);
  if (kind === "RIFee")
    return (
      Number(row.reservation_unused_amortized_upfront_fee_for_billing_period) +
      Number(row.reservation_unused_recurring_fee)
    );
  return 0;
}

/** The documents of a row: none, one, or two where a part of a commitment was left unused. */
function documents(row) {
  const kind = row.line_item_line_item_type;
  if (kind === "SavingsPlanNegation") return [];
  const cost = Number(row.line_item_unblended_cost);
  const quantity = Number(row.line_item_usage_amount);
  const plan = row.savings_plan_savings_plan_a_r_n;
  const arn = plan || row.reservation_reservation_a_r_n;
  const document = {};
  for (const [name, column] of TEXTS) if (row[column]) document[name] = row[column];
  const code = row.line_item_product_code || row.product_servicecode;
  const [service, category, subcategory] = SERVICES.get(code) ?? [code, "Other", "Other (Other)"];
  const start = instant(row.line_item_usage_start_date);
  const marketplace = row.bill_billing_entity === "AWS Marketplace";
  Object.assign(document, {
    "@timestamp": start,
    ChargePeriodStart: start,
    ChargePeriodEnd: instant(row.line_item_usage_end_date),
    BillingPeriodStart: instant(row.bill_billing_period_start_date),
    BillingPeriodEnd: instant(row.bill_billing_period_end_date),
    BillingAccountType: "AWS Payer Account",
    SubAccountType: "AWS Account",
    ServiceProviderName: marketplace ? row.line_item_legal_entity : "AWS",
    HostProviderName: "AWS",
    ServiceName: service,
    ServiceCategory: category,
    ServiceSubcategory: subcategory,
    BilledCost: cost,
    EffectiveCost: cost,
    ContractedCost: cost,
    ListCost: cost,
    ChargeCategory: "Usage",
    ChargeFrequency: "Usage-Based",
    x_UnblendedCost: cost,
    x_BlendedCost: Number(row.line_item_blended_cost),
  });
  const region = row.product_region_code;
  if (region && region !== "global") {
    document.RegionId = region;
    document.RegionName = REGIONS.get(region)?.[0] ?? region;
  }
  if (row.resource_tags) addTags(row.resource_tags, document);
  const resource = row.line_item_resource_id;
  if (resource) {
    document.ResourceId = resource;
    document.ResourceType = resource.startsWith("i-") ? "ec2 instance" : "Other";
    if (document.Tags?.name) document.ResourceName = document.Tags.name;
  }
  if (kind === "Credit" || kind === "Tax") {
    document.ChargeCategory = kind;
    document.ChargeFrequency = "One-Time";
  } else if (FEES.has(kind)) {
    document.ChargeCategory = "Purchase";
    document.ChargeFrequency = FEES.get(kind);
    if (arn) {
      document.EffectiveCost = 0;
      document.ResourceId = arn;
    }
  } else {
    const rate = row.pricing_public_on_demand_rate;
    if (rate) document.ListCost = Number(rate) * quantity;
    if (COVERED.has(kind)) {
      document.BilledCost = 0;
      document.ContractedCost = document.ListCost;
      document.EffectiveCost = Number(row[COVERED.get(kind)]);
      document.CommitmentDiscountStatus = "Used";
    }
    if (row.pricing_rate_code && row.product_sku && quantity) addPrices(row, document, kind, quantity);
  }
  document.PricingCurrencyEffectiveCost = document.EffectiveCost;
  if (arn) {
    document.CommitmentDiscountId = arn;
    document.CommitmentDiscountName = arn.slice(arn.lastIndexOf("/") + 1);
    document.CommitmentDiscountCategory = plan ? "Spend" : "Usage";
    document.CommitmentDiscountType = plan ? "Savings Plan" : "Reserved Instance";
  }
  const unused = unusedPart(row, kind);
  if (!unused) return [document];
  const rest = {
    ...document,
    ChargeCategory: "Usage",
    ChargeFrequency: "Usage-Based",
    BilledCost: 0,
    ContractedCost: 0,
    ListCost: 0,
    EffectiveCost: unused,
    PricingCurrencyEffectiveCost: unused,
    CommitmentDiscountStatus: "Unused",
  };
  return [document, rest];
}

async function* source() {
  for (const path of files) {
    // An error of any of the three ends the loop over the last of them.
    const rows = pipeline(createReadStream(path), createGunzip(), parse({ columns: true }), () => {});
    let number = 0;
    for await (const row of rows) {
      for (const [part, document] of documents(row).entries()) {
        document.x_FeedId = "bench";
        document.x_SliceId = document["@timestamp"].slice(0, 10);
        yield { id: `${basename(path)}:${number}:${part}`, document };
      }
      number += 1;
    }
  }
}

const client = new Client({ node: url, requestTimeout: 120_000, maxRetries: 5 });
const refused = [];
const sent = await client.helpers.bulk({
  datasource: source(),
  concurrency: 2,
  flushBytes: 5_000_000,
  retries: 5,
  onDocument: ({ id, document }) => [{ create: { _index: index, _id: id } }, document],
  onDrop: ({ error }) => refused.push(error),
});
if (refused.length) {
  console.error("refused:", refused[0]);
  process.exit(1);
}
console.log(JSON.stringify({ documents: sent.successful }));
