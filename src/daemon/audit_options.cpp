#include "daemon/audit_options.hpp"

#include "base/civil_time.hpp"
#include "daemon/option_words.hpp"

namespace billow::daemon {
namespace {

const std::vector<std::string> verdict_formats = {"table", "json"};

/// Days since 1970-01-01 of "2026-06-03"; nullopt for anything else.
std::optional<std::int32_t> day_of(const std::string& text) {
  if (text.size() != 10) return std::nullopt;
  const auto start = parse_time(text + "T00:00:00Z");
  return start ? std::optional(static_cast<std::int32_t>(*start / seconds_per_day)) : std::nullopt;
}

const CLI::Validator is_day(
    [](std::string& text) -> std::string {
      return day_of(text) ? "" : "'" + text + "' is no charge day; expected one such as 2026-06-03";
    },
    "");

/// "12:<64 hexadecimal digits>"; nullopt for anything else. Before record 1 there is only the end
/// of an empty chain, "0:<64 zeros>".
std::optional<audit::ChainEnd> parse_anchor(const std::string& text) {
  const std::size_t colon = text.find(':');
  const std::string digits = text.substr(0, colon);
  const bool number = !digits.empty() && digits.size() < 19 &&
                      digits.find_first_not_of("0123456789") == std::string::npos;
  if (colon == std::string::npos || !number) return std::nullopt;
  audit::ChainEnd anchor;
  anchor.sequence = std::stoull(digits);
  anchor.hash = text.substr(colon + 1);
  const bool hash = anchor.hash.size() == audit::no_hash.size() &&
                    anchor.hash.find_first_not_of("0123456789abcdef") == std::string::npos;
  const bool place = anchor.sequence > 0 || anchor.hash == audit::no_hash;
  return hash && place ? std::optional(anchor) : std::nullopt;
}

const CLI::Validator is_anchor(
    [](std::string& text) -> std::string {
      return parse_anchor(text) ? ""
                                : "'" + text + "' is no end of a chain; expected its number, a " +
                                      "colon and its hash, as 'billow audit verify' prints them";
    },
    "");

const CLI::Validator is_amount(
    [](std::string& text) -> std::string {
      return Decimal::parse(text) ? ""
                                  : "'" + text + "' is no amount; expected one such as 1234.56";
    },
    "");
const CLI::Validator is_currency(
    [](std::string& text) -> std::string {
      const bool code = text.size() == 3 &&
                        text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == std::string::npos;
      return code ? "" : "'" + text + "' is no currency; expected a code such as USD";
    },
    "");

}  // namespace

void add_verify_options(CLI::App& command, AuditOptions& options) {
  add_scope_options(command, options.verify.feeds, options.verify_period);
  command
      .add_option("--anchor", options.anchors,
                  "An end of the chain that was noted earlier; may be repeated")
      ->type_name("NUMBER:HASH")
      ->allow_extra_args(false)
      ->check(is_anchor);
  CLI::Option* deep = command.add_flag("--deep", options.verify.deep,
                                       "Read every charge that is visible, and the source again");
  const auto leave_source = [&options] { options.verify.source = false; };
  command.add_flag_callback("--no-source", leave_source, "With --deep: leave the source alone")
      ->needs(deep);
  add_choice(command, "--format", options.verify_format, verdict_formats,
             "How it is printed (table)");
}

void add_show_options(CLI::App& command, AuditOptions& options) {
  add_scope_options(command, options.show.feeds, options.show_period);
  command.add_option("--day", options.show_day, "Only this charge day")
      ->type_name("YYYY-MM-DD")
      ->check(is_day);
  add_choice(command, "--format", options.show_format, keys(report_formats()),
             "How it is printed (table)");
  add_cost_option(command, options.show.cost);
}

void add_reconcile_options(CLI::App& command, AuditOptions& options) {
  add_scope_options(command, options.reconcile.feeds, options.reconcile_period);
  command
      .add_option("--invoice", options.invoices,
                  "What an invoice says of everything asked for; several are added up")
      ->type_name("AMOUNT CURRENCY")
      ->allow_extra_args(false)
      ->check(CLI::Validator(is_amount).application_index(0))
      ->check(CLI::Validator(is_currency).application_index(1));
  const auto leave_sources = [&options] { options.reconcile.source = false; };
  command.add_flag_callback("--no-source", leave_sources, "Do not ask the providers");
  add_cost_option(command, options.reconcile.cost);
  add_choice(command, "--format", options.reconcile_format, keys(report_formats()),
             "How it is printed (table)");
}

AuditVerifyCommand verify_command(AuditOptions options) {
  AuditVerifyCommand command = std::move(options.verify);
  command.period = if_given(options.verify_period);
  command.format = value_of(report_formats(), options.verify_format);
  for (const std::string& anchor : options.anchors)
    command.anchors.push_back(parse_anchor(anchor).value_or(audit::ChainEnd()));
  return command;
}

AuditShowCommand show_command(AuditOptions options) {
  AuditShowCommand command = std::move(options.show);
  command.period = if_given(options.show_period);
  command.day = day_of(options.show_day);
  command.format = value_of(report_formats(), options.show_format);
  return command;
}

ReconcileCommand reconcile_command(AuditOptions options) {
  ReconcileCommand command = std::move(options.reconcile);
  command.period = if_given(options.reconcile_period);
  command.format = value_of(report_formats(), options.reconcile_format);
  for (const auto& [amount, currency] : options.invoices) {
    proof::Invoice invoice;
    invoice.currency = currency;
    invoice.amount = Decimal::parse(amount).value_or(Decimal());
    command.invoices.push_back(std::move(invoice));
  }
  return command;
}

}  // namespace billow::daemon
