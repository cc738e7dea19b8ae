#pragma once

#include <boost/asio/awaitable.hpp>

#include "base/error.hpp"

namespace billow {

/// A coroutine that ends with a value or an expected failure. It runs on the io thread unless its
/// comment says otherwise.
template <class T>
using Task = boost::asio::awaitable<Result<T>>;

}  // namespace billow
