#pragma once

#include "elastic/bulk_body.hpp"
#include "fake_server.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace billow::elastic {

/// One action of a bulk request as the fake cluster reads it.
struct FakeAction {
  std::string action;  ///< create or delete
  std::string id;
  std::string line;  ///< both lines
};

/// A model of the part of Elasticsearch that answers _bulk: it stores what it is told under its id,
/// and answers as the real one does. `refuse` may give a single item another status than its own.
class FakeBulk {
 public:
  std::function<int(const FakeAction&)> refuse;  ///< 0: take it

  /// Applies a request and answers it.
  Reply apply(const Received& request);

  std::map<std::string, std::string> documents;  ///< id to line
  std::map<std::string, int> times_stored;  ///< how often an id was created; never more than once
};

std::vector<FakeAction> read_actions(const std::string& body);

/// `count` documents of which the first is called `<name>-<first>`, each of about `bytes` bytes.
BulkBody make_body(const std::string& name, int count, int first = 0, std::size_t bytes = 40);
/// Deletes of the same documents.
BulkBody make_deletes(const std::string& name, int count, int first = 0);

}  // namespace billow::elastic
