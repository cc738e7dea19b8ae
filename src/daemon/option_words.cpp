#include "daemon/option_words.hpp"

#include "base/civil_time.hpp"
#include "charge/control_totals.hpp"
#include "daemon/config_units.hpp"

#include <algorithm>

namespace billow::daemon {
namespace {

/// Accepts one of a few words; says which, and the likely one.
CLI::Validator one_of(std::vector<std::string> words) {
  return CLI::Validator(
      [words = std::move(words)](std::string& text) -> std::string {
        if (std::find(words.begin(), words.end(), text) != words.end()) return {};
        const std::string likely = nearest(text, words);
        return "'" + text + "' is unknown; expected " + either(words) +
               (likely.empty() ? "" : " (did you mean " + likely + "?)");
      },
      "");
}

/// "a|b|c", as the help shows what may be given.
std::string alternatives(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : "|") + word;
  return out;
}

}  // namespace

const Words<ReportFormat>& report_formats() {
  static const Words<ReportFormat> formats = {
      {"table", ReportFormat::table}, {"json", ReportFormat::json}, {"csv", ReportFormat::csv}};
  return formats;
}

CLI::Option* add_choice(CLI::App& app, const char* name, std::string& value,
                        const std::vector<std::string>& words, const char* description) {
  return app.add_option(name, value, description)
      ->type_name(alternatives(words))
      ->check(one_of(words));
}

void add_scope_options(CLI::App& command, std::vector<std::string>& feeds, std::string& period) {
  command.add_option("--feed", feeds, "Only this feed; may be repeated")
      ->type_name("ID")
      ->allow_extra_args(false);
  command.add_option("--period", period, "Only this billing period")
      ->type_name("YYYY-MM")
      ->check(is_month());
}

void add_cost_option(CLI::App& command, std::string& cost) {
  const std::vector<std::string> costs(cost_names.begin(), cost_names.end());
  add_choice(command, "--cost", cost, costs, "Which cost is told (BilledCost)");
}

const CLI::Validator& is_month() {
  static const CLI::Validator validator(
      [](std::string& text) -> std::string {
        return parse_month(text) ? ""
                                 : "'" + text + "' is no period; expected a month such as 2026-06";
      },
      "");
  return validator;
}

std::optional<std::string> if_given(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

}  // namespace billow::daemon
