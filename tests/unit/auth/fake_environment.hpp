#pragma once

#include "auth/environment.hpp"

#include <map>
#include <memory>
#include <string>

namespace billow::test {

/// Variables, files and a time that exist only in a test. Copies of the Environment see later
/// changes.
struct FakeEnvironment {
  std::map<std::string, std::string> variables;
  std::map<std::string, std::string> files;
  UnixSeconds passed_s = 0;  ///< the clock is fast by so much

  auth::Environment environment() {
    auth::Environment out;
    out.variable = [this](const std::string& name) -> std::optional<std::string> {
      const auto it = variables.find(name);
      return it == variables.end() || it->second.empty() ? std::nullopt : std::optional(it->second);
    };
    out.read_file = [this](const std::string& path) -> Result<std::string> {
      const auto it = files.find(path);
      if (it == files.end()) return Error{Errc::not_found, "cannot read " + path};
      return it->second;
    };
    out.clock = [this] { return now() + passed_s; };
    return out;
  }
};

}  // namespace billow::test
