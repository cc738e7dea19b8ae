#include "base/error.hpp"

#include <stdexcept>

namespace billow {

std::string_view name_of(Errc code) noexcept {
  switch (code) {
    case Errc::throttled:
      return "throttled";
    case Errc::transient:
      return "transient";
    case Errc::unauthorized:
      return "unauthorized";
    case Errc::not_found:
      return "not_found";
    case Errc::malformed:
      return "malformed";
    case Errc::rejected:
      return "rejected";
    case Errc::over_limit:
      return "over_limit";
    case Errc::changed:
      return "changed";
    case Errc::conflict:
      return "conflict";
    case Errc::mismatch:
      return "mismatch";
    case Errc::bad_config:
      return "bad_config";
    case Errc::cancelled:
      return "cancelled";
  }
  return "unknown";
}

Error within(std::string_view where, Error error) {
  error.detail = std::string(where) + ": " + error.detail;
  return error;
}

void throw_exception_from_error(const Error& error, const boost::source_location&) {
  throw std::runtime_error(std::string(name_of(error.code)) + ": " + error.detail);
}

}  // namespace billow
