#pragma once

#include "elastic/lease.hpp"

namespace billow::daemon {

/// This process as the holder of leases. The same at every call.
const elastic::LeaseHolder& this_process();

/// True when `holder` is another process of the machine of `self` and has ended, so that its lease
/// need not run out. False when that cannot be known.
bool has_ended(const elastic::LeaseHolder& holder, const elastic::LeaseHolder& self);

}  // namespace billow::daemon
