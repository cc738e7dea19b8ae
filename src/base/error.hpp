#pragma once

#include <boost/system/result.hpp>

#include <string>
#include <string_view>

namespace billow {

/// What went wrong, as a closed list: it decides the next step and is a metric label.
enum class Errc {
  throttled,     ///< the peer asks us to slow down; the same request may succeed later
  transient,     ///< connection trouble, time-out or a 5xx; the same request may succeed later
  unauthorized,  ///< credentials are missing, wrong or lack a privilege; a person must act
  not_found,     ///< the named thing does not exist
  malformed,     ///< what was read is not what its format promises
  rejected,      ///< the peer refuses the request as such; repeating it is useless
  over_limit,    ///< a bound of base/limits.hpp or of the peer was passed
  changed,       ///< the source changed while it was read; the delivery has to start again
  conflict,      ///< another writer was first (fencing token, if_seq_no, existing document)
  mismatch,      ///< what was stored is not what was sent; nothing may be published
  bad_config,    ///< the configuration is wrong
  cancelled,     ///< we were asked to stop
};

/// An expected failure. `detail` is a sentence for the log and the terminal: where, what and, if a
/// person can mend it, how. It is never a metric label and never holds a secret.
struct Error {
  Errc code;
  std::string detail;
};

template <class T>
using Result = boost::system::result<T, Error>;

/// The name of a code as it appears in logs and metric labels, e.g. "over_limit".
std::string_view name_of(Errc code) noexcept;

/// True when repeating the same request later may help.
constexpr bool retryable(Errc code) noexcept {
  return code == Errc::throttled || code == Errc::transient;
}

/// The same error with `where: ` put in front of its detail.
Error within(std::string_view where, Error error);

/// Lets boost::system::result<T, Error>::value() throw something with a message. Only start-up code
/// and tests call value() on a result that may hold an error.
[[noreturn]] void throw_exception_from_error(const Error& error,
                                             const boost::source_location& location);

}  // namespace billow
