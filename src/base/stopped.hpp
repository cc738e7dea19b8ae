#pragma once

#include "base/error.hpp"

#include <exception>

namespace billow {

/// What ended a coroutine that was asked to stop, as Errc::cancelled: Asio throws it out of
/// whatever waits, and out of two that wait side by side as one exception that holds the first.
/// Rethrows every other exception: it is a bug.
Error stopped_by(const std::exception_ptr& exception);

}  // namespace billow
