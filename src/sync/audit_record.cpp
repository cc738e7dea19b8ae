#include "sync/audit_record.hpp"

#include "base/civil_time.hpp"

#include <utility>

namespace billow::sync {

audit::Record audit_record(const DeliveryRecord& record, bool recovered) {
  audit::Record made;
  made.at = format_time(now());
  made.feed = record.feed;
  made.kind = record.kind;
  made.period = record.period;
  made.token = record.publication_token();
  made.delivery_id = record.delivery_id;
  made.execution_id = record.execution_id;
  made.manifest_key = record.manifest_key;
  made.manifest_etag = record.manifest_etag;
  for (const fetch::ObjectInfo& object : record.objects) {
    audit::SourceObject source;
    source.key = object.key;
    source.size = object.size;
    source.etag = object.etag;
    made.objects.push_back(std::move(source));
  }
  made.rows_read = record.rows_read;
  made.rows_dropped = record.rows_dropped;
  made.rows_dead = record.rows_dead;
  made.coverage = record.coverage;
  made.parts = record.parts;
  made.slices = record.slices;
  made.schema = record.schema;
  made.software = record.software;
  made.recovered = recovered;
  return made;
}

DeliveryRecord delivery_record(const audit::Record& record) {
  DeliveryRecord made;
  made.feed = record.feed;
  made.kind = record.kind;
  made.period = record.period;
  made.token = record.token - 1;  // of the attempt, whose publish moved it on
  made.delivery_id = record.delivery_id;
  made.execution_id = record.execution_id;
  made.manifest_key = record.manifest_key;
  made.manifest_etag = record.manifest_etag;
  for (const audit::SourceObject& source : record.objects) {
    fetch::ObjectInfo object;
    object.key = source.key;
    object.size = source.size;
    object.etag = source.etag;
    made.objects.push_back(std::move(object));
  }
  made.rows_read = record.rows_read;
  made.rows_dropped = record.rows_dropped;
  made.rows_dead = record.rows_dead;
  made.coverage = record.coverage;
  made.parts = record.parts;
  made.slices = record.slices;
  made.schema = record.schema;
  made.software = record.software;
  made.state = DeliveryState::published;
  made.at = record.at;
  return made;
}

}  // namespace billow::sync
