#pragma once

#include "audit/record.hpp"
#include "daemon/config.hpp"
#include "proof/reconciliation.hpp"
#include "sync/feed_sync.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace billow::daemon {

/// Exit codes of the program, as `billow --help` lists them.
namespace exit_code {
inline constexpr int ok = 0;
inline constexpr int failed = 1;       ///< something that was to be done was not
inline constexpr int bad_usage = 2;    ///< of the command line or in the configuration
inline constexpr int by_signal = 128;  ///< + the number of the signal that stopped us
}  // namespace exit_code

/// Options that every command takes.
struct GlobalOptions {
  std::string config_file;  ///< empty: look in the usual places
  std::string log_level;    ///< empty: as configured
  std::optional<LogFormat> log_format;
};

struct CheckCommand {
  bool offline = false;  ///< look at the file only
};
struct SetupCommand {
  bool dry_run = false;
  bool roles = false;      ///< install roles as well
  bool remove = false;     ///< take back what was installed, data apart
  bool downgrade = false;  ///< replace later versions of the same major
  bool take_over = false;  ///< replace what has our names and is not ours
  std::string output;      ///< folder that gets the requests as files; "": they are sent
};
struct SyncCommand {
  std::vector<std::string> feeds;  ///< ids; empty: all
  sync::Request request;
};
struct ServeCommand {};
enum class ReportBy { provider, service, account, day, month, category, region };
enum class ReportFormat { table, json, csv };
struct ReportCommand {
  ReportBy by = ReportBy::service;
  ReportFormat format = ReportFormat::table;
  std::string cost = "BilledCost";  ///< one of cost_names
  std::vector<std::string> feeds;   ///< ids; empty: all
  std::optional<std::string> period;
  std::size_t top = 0;  ///< rows shown per currency; 0: all
};
struct DeadLettersCommand {
  std::vector<std::string> feeds;     ///< ids; empty: all
  std::optional<std::string> period;  ///< "2026-06"
  ReportFormat format = ReportFormat::table;
  std::size_t limit = 0;  ///< letters shown; 0: 50 in a table, else all that can be listed
  bool retry = false;     ///< read the deliveries they come from again
};
struct AuditVerifyCommand {
  std::vector<std::string> feeds;  ///< ids; empty: all
  std::optional<std::string> period;
  std::vector<audit::ChainEnd> anchors;  ///< ends of the chain that the user noted
  bool deep = false;                     ///< read every charge, too
  bool source = true;                    ///< deep: and what the source states
  ReportFormat format = ReportFormat::table;
};
struct AuditShowCommand {
  std::vector<std::string> feeds;  ///< ids; empty: all
  std::optional<std::string> period;
  std::optional<std::int32_t> day;  ///< charge day, days since 1970-01-01; nullopt: all of them
  std::string cost = "BilledCost";  ///< one of cost_names
  ReportFormat format = ReportFormat::table;
};
struct ReconcileCommand {
  std::vector<std::string> feeds;  ///< ids; empty: all
  std::optional<std::string> period;
  std::vector<proof::Invoice> invoices;
  bool source = true;               ///< ask the providers, too
  std::string cost = "BilledCost";  ///< one of cost_names, for the table
  ReportFormat format = ReportFormat::table;
};
struct NormalizeCommand {
  std::string kind;
  std::string period;
  std::vector<std::string> files;
};
struct VersionCommand {};

using Command = std::variant<CheckCommand, SetupCommand, SyncCommand, ServeCommand, ReportCommand,
                             DeadLettersCommand, AuditVerifyCommand, AuditShowCommand,
                             ReconcileCommand, NormalizeCommand, VersionCommand>;

/// What the command line asks for.
struct Invocation {
  GlobalOptions global;
  Command command;
};

/// The program ends at once: after --help, or because the command line is wrong.
struct Exit {
  int code = exit_code::ok;
  std::string output;  ///< for standard output
  std::string error;   ///< for standard error
};

/// Reads the command line. Touches nothing else.
std::variant<Invocation, Exit> parse_command_line(int argc, const char* const* argv);

/// "billow 0.1.0"
std::string version_line();

}  // namespace billow::daemon
