#include "daemon/command_line.hpp"

#include "charge/control_totals.hpp"
#include "daemon/audit_options.hpp"
#include "daemon/config_units.hpp"
#include "daemon/dead_letters.hpp"
#include "daemon/help.hpp"
#include "daemon/option_words.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <utility>

namespace billow::daemon {
namespace {

const Words<ReportBy> groupings = {
    {"provider", ReportBy::provider}, {"service", ReportBy::service},
    {"account", ReportBy::account},   {"day", ReportBy::day},
    {"month", ReportBy::month},       {"category", ReportBy::category},
    {"region", ReportBy::region}};
const Words<LogFormat> log_formats = {{"text", LogFormat::text}, {"json", LogFormat::json}};
const std::vector<std::string> log_levels = {"trace", "debug",    "info", "warning",
                                             "error", "critical", "off"};

const CLI::Validator is_count(
    [](std::string& text) -> std::string {
      const bool digits = !text.empty() && text.size() < 10 &&
                          text.find_first_not_of("0123456789") == std::string::npos;
      return digits && text.find_first_not_of('0') != std::string::npos
                 ? ""
                 : "'" + text + "' is no number of rows; expected 1 or more";
    },
    "");

/// Everything the options write to, until it is known which command was given.
struct Parsed {
  GlobalOptions global;
  std::string log_format;
  CheckCommand check;
  SetupCommand setup;
  SyncCommand sync;
  std::string sync_period;
  std::string sync_from;
  std::string sync_to;
  ReportCommand report;
  std::string report_by = "service";
  std::string report_format = "table";
  std::string report_period;
  DeadLettersCommand dead_letters;
  std::string dead_letters_format = "table";
  std::string dead_letters_period;
  AuditOptions audit;
  NormalizeCommand normalize;
};

void add_global_options(CLI::App& app, Parsed& parsed) {
  app.add_option("-c,--config", parsed.global.config_file, "Configuration file")->type_name("FILE");
  add_choice(app, "--log-level", parsed.global.log_level, log_levels, "How much is logged (info)");
  add_choice(app, "--log-format", parsed.log_format, keys(log_formats), "How it is logged (text)");
}

CLI::App* add_command(CLI::App& app, const char* name, const char* summary, const char* footer,
                      Parsed& parsed, bool global = true) {
  CLI::App* command = app.add_subcommand(name, summary);
  command->footer(footer);
  if (global) add_global_options(*command, parsed);
  return command;
}

void add_setup_options(CLI::App& command, Parsed& parsed) {
  CLI::Option* dry_run =
      command.add_flag("--dry-run", parsed.setup.dry_run, "Show the steps and do none");
  command.add_flag("--roles", parsed.setup.roles, "Roles as well");
  CLI::Option* remove = command.add_flag("--remove", parsed.setup.remove,
                                         "Take back what was installed, but no data");
  CLI::Option* downgrade =
      command.add_flag("--downgrade", parsed.setup.downgrade,
                       "Replace later versions, within the same major version");
  CLI::Option* take_over =
      command.add_flag("--take-over", parsed.setup.take_over,
                       "Replace what has our names and was not made by Billow");
  downgrade->excludes(remove);
  take_over->excludes(remove);
  command
      .add_option("--output", parsed.setup.output,
                  "Write the requests of a first installation as files instead")
      ->type_name("FOLDER")
      ->excludes(dry_run)
      ->excludes(remove)
      ->excludes(downgrade)
      ->excludes(take_over);
}

void add_sync_options(CLI::App& command, Parsed& parsed) {
  command.add_option("--feed", parsed.sync.feeds, "Only this feed; may be repeated")
      ->type_name("ID")
      ->allow_extra_args(false);
  CLI::Option* period =
      command.add_option("--period", parsed.sync_period, "Only this billing period")
          ->type_name("YYYY-MM")
          ->check(is_month());
  command.add_option("--from", parsed.sync_from, "Only billing periods from this one on")
      ->type_name("YYYY-MM")
      ->check(is_month())
      ->excludes(period);
  command.add_option("--to", parsed.sync_to, "Only billing periods up to this one")
      ->type_name("YYYY-MM")
      ->check(is_month())
      ->excludes(period);
  command.add_flag("--force", parsed.sync.request.force,
                   "Load again what is published already and has not changed");
}

void add_report_options(CLI::App& command, Parsed& parsed) {
  std::vector<std::string> costs(cost_names.begin(), cost_names.end());
  add_choice(command, "--by", parsed.report_by, keys(groupings), "What the rows are (service)");
  add_choice(command, "--cost", parsed.report.cost, costs, "Which cost is added up (BilledCost)");
  add_scope_options(command, parsed.report.feeds, parsed.report_period);
  command
      .add_option("--top", parsed.report.top,
                  "Only the N largest rows of each currency, and the rest as one")
      ->type_name("N")
      ->check(is_count);
  add_choice(command, "--format", parsed.report_format, keys(report_formats()),
             "How it is printed (table)");
}

void add_dead_letters_options(CLI::App& command, Parsed& parsed) {
  add_scope_options(command, parsed.dead_letters.feeds, parsed.dead_letters_period);
  CLI::Option* retry = command.add_flag("--retry", parsed.dead_letters.retry,
                                        "Read the periods that have some again");
  command
      .add_option("--limit", parsed.dead_letters.limit,
                  "At most N lines (50 in a table; 10000 can be listed)")
      ->type_name("N")
      ->check(is_count)
      ->check(CLI::Range(std::size_t{1}, letters_listed_max))
      ->excludes(retry);
  add_choice(command, "--format", parsed.dead_letters_format, keys(report_formats()),
             "How they are printed (table)")
      ->excludes(retry);
}

void add_audit_commands(CLI::App& app, Parsed& parsed) {
  CLI::App* audit = app.add_subcommand("audit", "Prove that figures are what was published");
  audit->footer(help::audit);
  audit->require_subcommand(1);
  add_verify_options(
      *add_command(*audit, "verify", "Walk the audit chain and name what does not fit",
                   help::audit_verify, parsed),
      parsed.audit);
  add_show_options(
      *add_command(*audit, "show", "Tell the history of a figure", help::audit_show, parsed),
      parsed.audit);
  add_reconcile_options(*add_command(app, "reconcile", "Compare provider, charges and invoice",
                                     help::reconcile, parsed),
                        parsed.audit);
}

void add_normalize_options(CLI::App& command, Parsed& parsed) {
  command.add_option("--feed-kind", parsed.normalize.kind, "What the files are")
      ->type_name("KIND")
      ->required();
  command.add_option("--period", parsed.normalize.period, "The month they state")
      ->type_name("YYYY-MM")
      ->check(is_month())
      ->required();
  command
      .add_option("FILE", parsed.normalize.files, "CSV files, gzipped if their name ends in .gz")
      ->required();
}

Command command_of(const CLI::App& app, Parsed parsed) {
  const std::string name = app.get_subcommands().front()->get_name();
  if (name == "check") return parsed.check;
  if (name == "setup") return parsed.setup;
  if (name == "serve") return ServeCommand{};
  if (name == "normalize") return parsed.normalize;
  if (name == "sync") {
    const bool one = !parsed.sync_period.empty();
    parsed.sync.request.first = if_given(one ? parsed.sync_period : parsed.sync_from);
    parsed.sync.request.last = if_given(one ? parsed.sync_period : parsed.sync_to);
    return parsed.sync;
  }
  if (name == "report") {
    parsed.report.by = value_of(groupings, parsed.report_by);
    parsed.report.format = value_of(report_formats(), parsed.report_format);
    parsed.report.period = if_given(parsed.report_period);
    return parsed.report;
  }
  if (name == "dead-letters") {
    parsed.dead_letters.format = value_of(report_formats(), parsed.dead_letters_format);
    parsed.dead_letters.period = if_given(parsed.dead_letters_period);
    return parsed.dead_letters;
  }
  if (name == "reconcile") return reconcile_command(parsed.audit);
  if (name == "audit") {
    const CLI::App* audit = app.get_subcommands().front();
    if (audit->get_subcommands().front()->get_name() == "show") return show_command(parsed.audit);
    return verify_command(parsed.audit);
  }
  return VersionCommand{};
}

/// What CLI11 says about a wrong command line, with the command that was probably meant.
Exit usage_error(const CLI::App& app, const CLI::ParseError& failed, int argc,
                 const char* const* argv) {
  std::string text = std::string("billow: ") + failed.what() + "\n";
  std::vector<std::string> commands;
  for (const CLI::App* command :
       app.get_subcommands([](const CLI::App* one) { return !one->get_name().empty(); }))
    commands.push_back(command->get_name());
  const bool known = !app.get_subcommands().empty();
  if (!known && argc > 1) {
    const std::string likely = nearest(argv[1], commands);
    text = argv[1][0] == '-' ? text
                             : std::string("billow: there is no command '") + argv[1] + "'" +
                                   (likely.empty() ? "" : "; did you mean " + likely + "?") + "\n";
  }
  std::string name = "billow";
  for (const CLI::App* at = &app; !at->get_subcommands().empty();) {
    at = at->get_subcommands().front();
    name += " " + at->get_name();
  }
  return {exit_code::bad_usage, "", text + "'" + name + " --help' shows how it is used.\n"};
}

}  // namespace

std::string version_line() { return "billow " BILLOW_VERSION; }

std::variant<Invocation, Exit> parse_command_line(int argc, const char* const* argv) {
  // `billow help sync` is `billow sync --help`.
  if (argc > 1 && std::string_view(argv[1]) == "help") {
    std::vector<const char*> words(argv, argv + argc);
    words.erase(words.begin() + 1);
    words.push_back("--help");
    return parse_command_line(argc, words.data());
  }
  Parsed parsed;
  CLI::App app(help::about, "billow");
  app.footer(help::program);
  app.require_subcommand(1);
  app.set_version_flag("--version", version_line());
  add_global_options(app, parsed);
  add_command(app, "check", "Tell what is wrong and what would be pulled", help::check, parsed)
      ->add_flag("--offline", parsed.check.offline, "Look at the file only");
  add_setup_options(
      *add_command(app, "setup", "Install what Billow needs in Elasticsearch", help::setup, parsed),
      parsed);
  add_sync_options(
      *add_command(app, "sync", "Pull and publish everything once", help::sync, parsed), parsed);
  add_command(app, "serve", "Stay and keep everything current", help::serve, parsed);
  add_report_options(
      *add_command(app, "report", "Cost by service, account, day, ...", help::report, parsed),
      parsed);
  add_dead_letters_options(*add_command(app, "dead-letters", "Lines that could not become charges",
                                        help::dead_letters, parsed),
                           parsed);
  add_audit_commands(app, parsed);
  CLI::App* normalize =
      add_command(app, "normalize", "Files to bulk bodies", help::normalize, parsed, false);
  add_normalize_options(*normalize, parsed);
  normalize->group("");  // not listed
  add_command(app, "version", "Print the version", "", parsed, false);

  try {
    app.parse(argc, argv);
    if (!parsed.sync_to.empty() && parsed.sync_to < parsed.sync_from)
      throw CLI::ValidationError("--to", parsed.sync_to + " is before --from " + parsed.sync_from);
  } catch (const CLI::Success&) {
    const bool version = app.count("--version") > 0;
    return Exit{exit_code::ok, version ? version_line() + "\n" : app.help(), ""};
  } catch (const CLI::ParseError& failed) {
    if (argc < 2) return Exit{exit_code::bad_usage, "", app.help()};
    return usage_error(app, failed, argc, argv);
  }
  if (!parsed.log_format.empty())
    parsed.global.log_format = value_of(log_formats, parsed.log_format);
  return Invocation{parsed.global, command_of(app, parsed)};
}

}  // namespace billow::daemon
