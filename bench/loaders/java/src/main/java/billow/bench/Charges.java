package billow.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes documents of a row of CUR 2.0: a map each, as the other loaders do. */
final class Charges {
  private static final Map<String, String> TEXTS =
      Map.ofEntries(
          Map.entry("BillingAccountId", "bill_payer_account_id"),
          Map.entry("BillingAccountName", "bill_payer_account_name"),
          Map.entry("BillingCurrency", "line_item_currency_code"),
          Map.entry("PricingCurrency", "line_item_currency_code"),
          Map.entry("InvoiceId", "bill_invoice_id"),
          Map.entry("ChargeDescription", "line_item_line_item_description"),
          Map.entry("SubAccountId", "line_item_usage_account_id"),
          Map.entry("SubAccountName", "line_item_usage_account_name"),
          Map.entry("AvailabilityZone", "line_item_availability_zone"),
          Map.entry("SkuId", "product_sku"),
          Map.entry("SkuMeter", "line_item_usage_type"),
          Map.entry("InvoiceIssuerName", "bill_invoicing_entity"),
          Map.entry("x_LineItemType", "line_item_line_item_type"),
          Map.entry("x_BillType", "bill_bill_type"),
          Map.entry("x_ServiceCode", "line_item_product_code"),
          Map.entry("x_UsageType", "line_item_usage_type"),
          Map.entry("x_Operation", "line_item_operation"),
          Map.entry("x_LegalEntity", "line_item_legal_entity"),
          Map.entry("x_TaxType", "line_item_tax_type"),
          Map.entry("x_LineItemId", "identity_line_item_id"),
          Map.entry("x_IdentityTimeInterval", "identity_time_interval"),
          Map.entry("x_CostCategories", "cost_category"),
          Map.entry("x_PricingTerm", "pricing_term"),
          Map.entry("x_ProductProductFamily", "product_product_family"));
  private static final Map<String, String> COVERED =
      Map.of(
          "SavingsPlanCoveredUsage", "savings_plan_savings_plan_effective_cost",
          "DiscountedUsage", "reservation_effective_cost");
  private static final Map<String, String> FEES =
      Map.of(
          "RIFee", "Recurring",
          "SavingsPlanRecurringFee", "Recurring",
          "SavingsPlanUpfrontFee", "One-Time",
          "Fee", "One-Time");

  private final ObjectMapper json = new ObjectMapper();
  private final Map<String, List<String>> services;
  private final Map<String, List<String>> regions;
  private final Map<String, List<String>> units;

  Charges(Path root) throws IOException {
    services = table(root, "services");
    regions = table(root, "regions");
    units = table(root, "units");
  }

  private static Map<String, List<String>> table(Path root, String name) throws IOException {
    Map<String, List<String>> out = new HashMap<>();
    Path path = root.resolve("ingest/aws/" + name + ".csv");
    try (CsvReader<CsvRecord> lines = CsvReader.builder().ofCsvRecord(path)) {
      for (CsvRecord line : lines) {
        out.put(line.getField(0), List.copyOf(line.getFields().subList(1, line.getFieldCount())));
      }
    }
    return out;
  }

  private static String text(Map<String, String> row, String column) {
    return row.getOrDefault(column, "");
  }

  private static double number(Map<String, String> row, String column) {
    String text = text(row, column);
    return text.isEmpty() ? 0 : Double.parseDouble(text);
  }

  private static String instant(Map<String, String> row, String column) {
    return text(row, column).replace(".000Z", "Z");
  }

  /** The documents of a row: none, one, or two where a part of a commitment was left unused. */
  List<Map<String, Object>> documents(Map<String, String> row) throws IOException {
    String kind = text(row, "line_item_line_item_type");
    if (kind.equals("SavingsPlanNegation")) {
      return List.of();
    }
    double cost = number(row, "line_item_unblended_cost");
    double quantity = number(row, "line_item_usage_amount");
    String plan = text(row, "savings_plan_savings_plan_a_r_n");
    String arn = plan.isEmpty() ? text(row, "reservation_reservation_a_r_n") : plan;
    Map<String, Object> document = new HashMap<>();
    TEXTS.forEach(
        (name, column) -> {
          String value = row.get(column);
          if (value != null) {
            document.put(name, value);
          }
        });
    addConstantsAndPeriods(row, document);
    addServiceAndRegion(row, document);
    addTags(text(row, "resource_tags"), document);
    addResource(text(row, "line_item_resource_id"), document);
    document.put("x_UnblendedCost", cost);
    document.put("x_BlendedCost", number(row, "line_item_blended_cost"));
    document.put("ChargeCategory", "Usage");
    document.put("ChargeFrequency", "Usage-Based");
    double billed = cost;
    double effective = cost;
    double contracted = cost;
    double listed = cost;
    if (kind.equals("Credit") || kind.equals("Tax")) {
      document.put("ChargeCategory", kind);
      document.put("ChargeFrequency", "One-Time");
    } else if (FEES.containsKey(kind)) {
      document.put("ChargeCategory", "Purchase");
      document.put("ChargeFrequency", FEES.get(kind));
      if (!arn.isEmpty()) {
        effective = 0;
        document.put("ResourceId", arn);
      }
    } else {
      if (row.containsKey("pricing_public_on_demand_rate")) {
        listed = number(row, "pricing_public_on_demand_rate") * quantity;
      }
      if (COVERED.containsKey(kind)) {
        billed = 0;
        contracted = listed;
        effective = number(row, COVERED.get(kind));
        document.put("CommitmentDiscountStatus", "Used");
      }
      if (row.containsKey("pricing_rate_code") && row.containsKey("product_sku") && quantity != 0) {
        addPrices(row, document, kind, quantity, listed, contracted);
      }
    }
    document.put("BilledCost", billed);
    document.put("EffectiveCost", effective);
    document.put("ContractedCost", contracted);
    document.put("ListCost", listed);
    document.put("PricingCurrencyEffectiveCost", effective);
    if (!arn.isEmpty()) {
      document.put("CommitmentDiscountId", arn);
      document.put("CommitmentDiscountName", arn.substring(arn.lastIndexOf('/') + 1));
      document.put("CommitmentDiscountCategory", plan.isEmpty() ? "Usage" : "Spend");
      document.put(
          "CommitmentDiscountType", plan.isEmpty() ? "Reserved Instance" : "Savings Plan");
    }
    double unused = unusedPart(row, kind);
    return unused == 0 ? List.of(document) : List.of(document, unusedOf(document, unused));
  }

  private void addConstantsAndPeriods(Map<String, String> row, Map<String, Object> document) {
    boolean marketplace = text(row, "bill_billing_entity").equals("AWS Marketplace");
    String start = instant(row, "line_item_usage_start_date");
    document.put("@timestamp", start);
    document.put("ChargePeriodStart", start);
    document.put("ChargePeriodEnd", instant(row, "line_item_usage_end_date"));
    document.put("BillingPeriodStart", instant(row, "bill_billing_period_start_date"));
    document.put("BillingPeriodEnd", instant(row, "bill_billing_period_end_date"));
    document.put("BillingAccountType", "AWS Payer Account");
    document.put("SubAccountType", "AWS Account");
    document.put(
        "ServiceProviderName", marketplace ? text(row, "line_item_legal_entity") : "AWS");
    document.put("HostProviderName", "AWS");
  }

  private void addServiceAndRegion(Map<String, String> row, Map<String, Object> document) {
    String product = text(row, "line_item_product_code");
    String code = product.isEmpty() ? text(row, "product_servicecode") : product;
    List<String> service = services.getOrDefault(code, List.of(code, "Other", "Other (Other)"));
    document.put("ServiceName", service.get(0));
    document.put("ServiceCategory", service.get(1));
    document.put("ServiceSubcategory", service.get(2));
    String region = text(row, "product_region_code");
    if (!region.isEmpty() && !region.equals("global")) {
      document.put("RegionId", region);
      document.put("RegionName", regions.getOrDefault(region, List.of(region)).get(0));
    }
  }

  private void addTags(String text, Map<String, Object> document) throws IOException {
    if (text.isEmpty()) {
      return;
    }
    Map<String, Object> tags = new HashMap<>();
    List<String> pairs = new ArrayList<>();
    json.readTree(text)
        .fields()
        .forEachRemaining(
            tag -> {
              String key = tag.getKey();
              String value = tag.getValue().asText("");
              if (key.startsWith("user_") || key.startsWith("user:")) {
                key = key.substring(5);
              } else if (key.startsWith("aws_")) {
                key = "aws:" + key.substring(4);
              }
              tags.put(key, value.isEmpty() ? Boolean.TRUE : value);
              pairs.add(key + "=" + value);
            });
    document.put("Tags", tags);
    document.put("x_Tags", pairs);
  }

  private static void addResource(String resource, Map<String, Object> document) {
    if (resource.isEmpty()) {
      return;
    }
    document.put("ResourceId", resource);
    document.put("ResourceType", resource.startsWith("i-") ? "ec2 instance" : "Other");
    if (document.get("Tags") instanceof Map<?, ?> tags && tags.get("name") != null) {
      document.put("ResourceName", tags.get("name"));
    }
  }

  private void addPrices(
      Map<String, String> row,
      Map<String, Object> document,
      String kind,
      double quantity,
      double listed,
      double contracted)
      throws IOException {
    String given = text(row, "pricing_unit");
    String unit = units.getOrDefault(given, List.of(given)).get(0);
    document.put("SkuPriceId", text(row, "pricing_rate_code"));
    document.put("PricingQuantity", quantity);
    document.put("ConsumedQuantity", quantity);
    document.put("PricingUnit", unit);
    document.put("ConsumedUnit", unit);
    document.put("ListUnitPrice", listed / quantity);
    document.put("ContractedUnitPrice", contracted / quantity);
    document.put("PricingCurrencyListUnitPrice", listed / quantity);
    document.put("PricingCurrencyContractedUnitPrice", contracted / quantity);
    boolean spot = text(row, "line_item_usage_type").contains("Spot");
    document.put(
        "PricingCategory", COVERED.containsKey(kind) ? "Committed" : spot ? "Dynamic" : "Standard");
    Map<String, Object> details = details(row);
    if (!details.isEmpty()) {
      document.put("SkuPriceDetails", details);
    }
  }

  private Map<String, Object> details(Map<String, String> row) throws IOException {
    Map<String, Object> details = new HashMap<>();
    if (row.containsKey("product_instance_type")) {
      details.put("InstanceType", row.get("product_instance_type"));
    }
    if (row.containsKey("product")) {
      var product = json.readTree(row.get("product"));
      String system = product.path("operating_system").asText();
      String storage = product.path("storage_class").asText();
      String cores = product.path("vcpu").asText();
      if (!system.isEmpty()) {
        details.put("OperatingSystem", system);
      }
      if (!storage.isEmpty()) {
        details.put("StorageClass", storage);
      }
      if (!cores.isEmpty() && cores.chars().allMatch(Character::isDigit)) {
        details.put("CoreCount", Integer.parseInt(cores));
      }
    }
    return details;
  }

  private static double unusedPart(Map<String, String> row, String kind) {
    return switch (kind) {
      case "SavingsPlanRecurringFee" ->
          number(row, "savings_plan_total_commitment_to_date")
              - number(row, "savings_plan_used_commitment");
      case "RIFee" ->
          number(row, "reservation_unused_amortized_upfront_fee_for_billing_period")
              + number(row, "reservation_unused_recurring_fee");
      default -> 0;
    };
  }

  private static Map<String, Object> unusedOf(Map<String, Object> document, double unused) {
    Map<String, Object> rest = new HashMap<>(document);
    rest.put("ChargeCategory", "Usage");
    rest.put("ChargeFrequency", "Usage-Based");
    rest.put("BilledCost", 0);
    rest.put("ContractedCost", 0);
    rest.put("ListCost", 0);
    rest.put("EffectiveCost", unused);
    rest.put("PricingCurrencyEffectiveCost", unused);
    rest.put("CommitmentDiscountStatus", "Unused");
    return rest;
  }
}
