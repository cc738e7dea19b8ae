#pragma once

#include "audit/record.hpp"
#include "sync/record.hpp"

namespace billow::sync {

/// What the audit chain says of the publish of `record`, now; the append adds what it replaced and
/// moved. `recovered`: a later start found the publish without its record.
audit::Record audit_record(const DeliveryRecord& record, bool recovered);

/// The other way round: the delivery record of a publish, as far as the chain tells it.
DeliveryRecord delivery_record(const audit::Record& record);

}  // namespace billow::sync
