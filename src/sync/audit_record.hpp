#pragma once

#include "audit/record.hpp"
#include "sync/record.hpp"

namespace billow::sync {

/// What the audit chain says of the publish of `record`, now; the append adds what it replaced and
/// moved. `recovered`: a later start found the publish without its record.
audit::Record audit_record(const DeliveryRecord& record, bool recovered);

}  // namespace billow::sync
