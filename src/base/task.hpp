#pragma once

#include "base/error.hpp"

#include <boost/asio/awaitable.hpp>

namespace billow {

/// A coroutine that ends with a value or an expected failure. It runs on the io thread unless its
/// comment says otherwise.
template <class T>
using Task = boost::asio::awaitable<Result<T>>;

}  // namespace billow
