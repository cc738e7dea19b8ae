#include "sample_bill.hpp"

#include "base/civil_time.hpp"

#include <zlib.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <random>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace billow::bench {
namespace {

constexpr std::string_view header =
    "bill_bill_type,bill_billing_entity,bill_billing_period_end_date,bill_billing_period_start_"
    "date,bill_invoice_id,"
    "bill_invoicing_entity,bill_payer_account_id,bill_payer_account_name,cost_category,discount,"
    "identity_line_item_id,"
    "identity_time_interval,line_item_availability_zone,line_item_blended_cost,line_item_blended_"
    "rate,"
    "line_item_currency_code,line_item_legal_entity,line_item_line_item_description,line_item_line_"
    "item_type,"
    "line_item_normalization_factor,line_item_operation,line_item_product_code,line_item_resource_"
    "id,"
    "line_item_tax_type,line_item_unblended_cost,line_item_unblended_rate,line_item_usage_account_"
    "id,"
    "line_item_usage_account_name,line_item_usage_amount,line_item_usage_end_date,line_item_usage_"
    "start_date,"
    "line_item_usage_type,pricing_public_on_demand_cost,pricing_public_on_demand_rate,pricing_rate_"
    "code,"
    "pricing_rate_id,pricing_term,pricing_unit,product,product_instance_family,product_instance_"
    "type,"
    "product_region_code,product_servicecode,product_sku,reservation_effective_cost,resource_tags,"
    "savings_plan_savings_plan_a_r_n,savings_plan_savings_plan_effective_cost,savings_plan_total_"
    "commitment_to_date,"
    "savings_plan_used_commitment\n";

struct Product {
  std::string_view code, usage_type, operation, unit, rate, rate_code, instance_type, description,
      resource_front;
};

constexpr std::array<Product, 6> products = {{
    {"AmazonEC2", "EUC1-BoxUsage:m5.large", "RunInstances", "Hrs", "0.1150000000",
     "JRTCKXETXF.6YS6EN2CT7", "m5.large", "$0.115 per On Demand Linux m5.large Instance Hour",
     "i-0"},
    {"AmazonEC2", "EUC1-EBS:VolumeUsage.gp3", "CreateVolume-Gp3", "GB-Mo", "0.0952000000",
     "JRTCKXETXF.6YS6EN2AA1", "",
     "$0.0952 per GB-month of General Purpose (gp3) provisioned storage - EU (Frankfurt)", "vol-0"},
    {"AmazonS3", "EUC1-Requests-Tier1", "PutObject", "Requests", "0.0000054000",
     "JRTCKXETXF.6YS6EN2BB2", "", "\"$0.0054 per 1,000 PUT, COPY, POST, or LIST requests\"",
     "backup-bucket-"},
    {"AWSLambda", "EUC1-Lambda-GB-Second", "Invoke", "Lambda-GB-Second", "0.0000166667",
     "JRTCKXETXF.6YS6EN2CC3", "", "AWS Lambda - Total Compute - EU (Frankfurt)",
     "arn:aws:lambda:eu-central-1:222233334444:function:order-"},
    {"AmazonRDS", "EUC1-InstanceUsage:db.r6g.xl", "CreateDBInstance:0014", "Hrs", "0.5340000000",
     "JRTCKXETXF.6YS6EN2DD4", "db.r6g.xlarge",
     "\"$0.534 per RDS db.r6g.xlarge Single-AZ instance hour, PostgreSQL\"",
     "arn:aws:rds:eu-central-1:222233334444:db:orders-"},
    {"AmazonCloudWatch", "EUC1-DataProcessing-Bytes", "PutLogEvents", "GB", "0.6300000000",
     "JRTCKXETXF.6YS6EN2EE5", "", "$0.63 per GB log data ingested - EU (Frankfurt)",
     "arn:aws:logs:eu-central-1:222233334444:log-group:app-"},
}};

/// Fields joined by commas.
class Line {
 public:
  explicit Line(std::string& text) : text_(text) {}
  template <class... Parts>
  Line& add(const Parts&... parts) {
    if (!first_) text_ += ',';
    first_ = false;
    (text_.append(std::string_view(parts)), ...);
    return *this;
  }

 private:
  std::string& text_;
  bool first_ = true;
};

std::string decimal(std::uint64_t coefficient, std::size_t scale) {
  std::string digits = std::to_string(coefficient);
  if (digits.size() <= scale) digits.insert(0, scale + 1 - digits.size(), '0');
  return digits.substr(0, digits.size() - scale) + '.' + digits.substr(digits.size() - scale);
}

std::string letters(std::mt19937_64& random, std::size_t count, std::string_view alphabet) {
  std::string text(count, ' ');
  for (char& c : text) c = alphabet[random() % alphabet.size()];
  return text;
}

void add_line(std::string& text, std::mt19937_64& random,
              const std::vector<std::string>& resources) {
  constexpr std::string_view accounts[] = {"222233334444", "333344445555", "444455556666"};
  constexpr std::string_view account_names[] = {"shop-production", "shop-staging", "data-platform"};
  constexpr std::string_view teams[] = {"checkout", "search", "data", "platform"};
  const std::size_t resource = random() % resources.size();
  const Product& product = products[resource % products.size()];
  const std::size_t account = resource % 3;
  const UnixSeconds start =
      *parse_month("2026-06") + static_cast<UnixSeconds>(random() % 720) * 3600;
  const std::string from = format_time(start).substr(0, 19) + ".000Z";
  const std::string to = format_time(start + 3600).substr(0, 19) + ".000Z";
  const bool covered = !product.instance_type.empty() && random() % 3 == 0;
  // As AWS does it: the cost is the product of rate and amount, rounded to ten decimals.
  const std::uint64_t units = product.unit == "Hrs" ? 10'000'000'000 : random() % 100'000'000'000;
  const std::string amount = decimal(units, 10);
  const std::string cost =
      decimal(static_cast<std::uint64_t>(
                  std::llround(static_cast<double>(units) * std::stod(std::string(product.rate)))),
              10);
  const std::string_view plan =
      "arn:aws:savingsplans::111122223333:savingsplan/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";

  Line line(text);
  line.add("Anniversary")
      .add("AWS")
      .add("2026-07-01T00:00:00.000Z")
      .add("2026-06-01T00:00:00.000Z")
      .add("2147483647");
  line.add("Amazon Web Services EMEA SARL")
      .add("111122223333")
      .add("Example Holding")
      .add("{}")
      .add("{}");
  line.add(letters(random, 10, "abcdefghijklmnopqrstuvwxyz234567"));
  line.add(from.substr(0, 19), "Z/", to.substr(0, 19), "Z")
      .add("eu-central-1a")
      .add(cost)
      .add(product.rate)
      .add("USD");
  line.add("\"Amazon Web Services, Inc.\"")
      .add(product.description)
      .add(covered ? "SavingsPlanCoveredUsage" : "Usage");
  line.add("")
      .add(product.operation)
      .add(product.code)
      .add(resources[resource])
      .add("")
      .add(cost)
      .add(product.rate);
  line.add(accounts[account])
      .add(account_names[account])
      .add(amount)
      .add(to)
      .add(from)
      .add(product.usage_type)
      .add(cost);
  line.add(product.rate).add(product.rate_code).add("").add("OnDemand").add(product.unit);
  line.add(product.instance_type.empty()
               ? "{}"
               : "\"{\"\"vcpu\"\":\"\"2\"\",\"\"operating_system\"\":\"\"Linux\"\"}\"");
  line.add(product.instance_type.empty() ? "" : "General purpose")
      .add(product.instance_type)
      .add("eu-central-1");
  line.add(product.code).add(product.rate_code.substr(0, 10)).add("");
  line.add("\"{\"\"user_team\"\":\"\"", teams[resource % 4], "\"\",\"\"user_Name\"\":\"\"node-",
           std::to_string(resource), "\"\",\"\"user_env\"\":\"\"",
           account == 1 ? "staging" : "production", "\"\"}\"");
  line.add(covered ? plan : "").add(covered ? cost : "0.0").add("0.0").add("0.0");
  text += '\n';
}

}  // namespace

std::string sample_bill(std::size_t lines) {
  std::mt19937_64 random(2026);
  std::vector<std::string> resources;
  for (std::size_t i = 0; i < 300; ++i) {
    resources.push_back(std::string(products[i % products.size()].resource_front) +
                        letters(random, 16, "0123456789abcdef"));
  }
  std::string text(header);
  for (std::size_t i = 0; i < lines; ++i) add_line(text, random, resources);
  return text;
}

std::string gzip(const std::string& text) {
  z_stream stream{};
  constexpr int gzip_window = 15 + 16;
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, gzip_window, 8,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::runtime_error("zlib");
  }
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  if (deflate(&stream, Z_FINISH) != Z_STREAM_END) throw std::runtime_error("zlib");
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace billow::bench
