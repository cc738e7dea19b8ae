#pragma once

#include "elastic/bulk_body.hpp"
#include "elastic/bulk_writer.hpp"
#include "normalize/normalizer.hpp"
#include "sync/record.hpp"

#include <string>
#include <vector>

namespace billow::sync {

/// Documents of billow-dead-letters for the rows of a delivery that could not become charges. Ids
/// are made of delivery, object and row, so that writing them again is harmless; the document's
/// version is the attempt's token.
elastic::BulkBody dead_letter_body(const DeliveryRecord& record,
                                   const std::vector<normalize::DeadLetter>& letters);

/// The members of a bulk action that make Elasticsearch refuse it where the letter there was
/// written or confirmed by an attempt with a higher token than the record's.
std::string letter_version(const DeliveryRecord& record);

/// The ids of the documents in such a body.
std::vector<std::string> dead_letter_ids(const elastic::BulkBody& body);

/// Adds documents that Elasticsearch refused for good: the line is the document as it was sent.
void append_rejected(elastic::BulkBody& body, const DeliveryRecord& record,
                     const std::vector<elastic::RejectedItem>& rejected);

}  // namespace billow::sync
