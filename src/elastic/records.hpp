#pragma once

#include "elastic/cluster.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Small documents of the daemon's own: deliveries, dead letters, state.
namespace billow::elastic {

inline constexpr std::string_view deliveries_index = "billow-deliveries";
inline constexpr std::string_view dead_letters_index = "billow-dead-letters";

/// A document with its _id and its JSON source.
struct Document {
  Document() = default;
  Document(std::string id_, std::string source_) : id(std::move(id_)), source(std::move(source_)) {}
  std::string id;
  std::string source;
};

/// Writes a document under its id, replacing what was there, and makes it searchable
/// (refresh=wait_for is not used: the index is refreshed).
Task<void> put_document(Cluster& cluster, std::string index, Document document);
/// The source of a document, or nullopt. A missing index counts as a missing document.
Task<std::optional<std::string>> get_document(Cluster& cluster, std::string index, std::string id);
/// Removes a document; one that is not there is no failure.
Task<void> delete_document(Cluster& cluster, std::string index, std::string id);
/// Every document a query finds, at most 10,000, sorted as the body says. A missing index gives
/// none; one that the user may not read is Errc::unauthorized.
Task<std::vector<Document>> search_documents(Cluster& cluster, std::string index, std::string body);

}  // namespace billow::elastic
