#pragma once

#include "charge/coverage.hpp"
#include "fetch/object_store.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace billow::sync {

/// The identity of a delivery: 32 hexadecimal digits over what the provider gives, namely the
/// execution id, the manifest's ETag, every object's key, size and ETag, and what they speak for:
/// two windows in which nothing was used are two deliveries. Never our clock: the same statement
/// has the same id on every machine.
std::string delivery_id(std::string_view feed, std::string_view period,
                        std::string_view execution_id, std::string_view manifest_etag,
                        const std::vector<fetch::ObjectInfo>& objects,
                        const Coverage& coverage = {});

/// What slice ids of a delivery begin with. It holds the fencing token, so that two daemons never
/// write the same ids, and depends on the schema version, so that documents of another form get ids
/// of their own.
std::string slice_prefix(std::string_view delivery_id, std::uint64_t token, int schema);

/// The fencing token in a slice id made from slice_prefix(); nullopt for an id of another form.
std::optional<std::uint64_t> token_of_slice(std::string_view slice_id);

}  // namespace billow::sync
