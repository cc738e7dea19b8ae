#pragma once

#include "daemon/command_line.hpp"

#include <CLI/CLI.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

/// What the options of several commands share: words, checks, and the options that say which feeds
/// and periods are meant.
namespace billow::daemon {

/// The words of an option and what each stands for, in the order the help shows them.
template <class Value>
using Words = std::vector<std::pair<std::string, Value>>;

template <class Value>
std::vector<std::string> keys(const Words<Value>& words) {
  std::vector<std::string> all;
  for (const auto& [word, value] : words) all.push_back(word);
  return all;
}

/// The value of a word that has passed the check of add_choice().
template <class Value>
Value value_of(const Words<Value>& words, const std::string& given) {
  for (const auto& [word, value] : words)
    if (word == given) return value;
  return words.front().second;
}

const Words<ReportFormat>& report_formats();

/// An option that takes one of a few words.
CLI::Option* add_choice(CLI::App& app, const char* name, std::string& value,
                        const std::vector<std::string>& words, const char* description);

/// --feed and --period.
void add_scope_options(CLI::App& command, std::vector<std::string>& feeds, std::string& period);
/// --cost
void add_cost_option(CLI::App& command, std::string& cost);

/// Accepts a month such as 2026-06.
const CLI::Validator& is_month();

std::optional<std::string> if_given(const std::string& text);

}  // namespace billow::daemon
