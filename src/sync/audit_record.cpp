#include "sync/audit_record.hpp"

#include "base/civil_time.hpp"

namespace billow::sync {

namespace {

/// The members that a delivery record and an audit record have in common, both ways.
template <class From, class To>
void copy_statement(const From& from, To& to) {
  to.feed = from.feed;
  to.kind = from.kind;
  to.period = from.period;
  to.delivery_id = from.delivery_id;
  to.execution_id = from.execution_id;
  to.manifest_key = from.manifest_key;
  to.manifest_etag = from.manifest_etag;
  for (const auto& object : from.objects) {
    auto& copy = to.objects.emplace_back();
    copy.key = object.key;
    copy.size = object.size;
    copy.etag = object.etag;
  }
  to.rows_read = from.rows_read;
  to.rows_dropped = from.rows_dropped;
  to.rows_dead = from.rows_dead;
  to.coverage = from.coverage;
  to.parts = from.parts;
  to.slices = from.slices;
  to.schema = from.schema;
  to.software = from.software;
}

}  // namespace

audit::Record audit_record(const DeliveryRecord& record, bool recovered) {
  audit::Record made;
  copy_statement(record, made);
  made.at = format_time(now());
  made.token = record.publication_token();
  made.recovered = recovered;
  return made;
}

DeliveryRecord delivery_record(const audit::Record& record) {
  DeliveryRecord made;
  copy_statement(record, made);
  made.token = record.token - 1;  // of the attempt, whose publish moved it on
  made.state = DeliveryState::published;
  made.at = record.at;
  return made;
}

}  // namespace billow::sync
