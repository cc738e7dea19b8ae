#pragma once

#include "daemon/command_line.hpp"

#include <CLI/CLI.hpp>

#include <string>
#include <utility>
#include <vector>

/// The options of the commands that prove figures.
namespace billow::daemon {

/// Everything these options write to, until the command line has been read.
struct AuditOptions {
  AuditVerifyCommand verify;
  std::string verify_period;
  std::string verify_format = "table";
  std::vector<std::string> anchors;
  AuditShowCommand show;
  std::string show_period;
  std::string show_day;
  std::string show_format = "table";
  ReconcileCommand reconcile;
  std::string reconcile_period;
  std::string reconcile_format = "table";
  std::vector<std::pair<std::string, std::string>> invoices;
};

void add_verify_options(CLI::App& command, AuditOptions& options);
void add_show_options(CLI::App& command, AuditOptions& options);
void add_reconcile_options(CLI::App& command, AuditOptions& options);

/// What was asked for, from options that were read.
AuditVerifyCommand verify_command(AuditOptions options);
AuditShowCommand show_command(AuditOptions options);
ReconcileCommand reconcile_command(AuditOptions options);

}  // namespace billow::daemon
