#pragma once

#include "base/task.hpp"
#include "elastic/document_scan.hpp"
#include "proof/scope.hpp"

#include <functional>

namespace billow::proof {

/// Called with every document, on the io thread; its error ends the reading.
using TakeDocument = std::function<Result<void>(const elastic::ScannedDocument& document)>;

/// Reads every document of a request, all of one moment, in no order; none when there is no index.
/// `progress` says what is read, and its `done` is counted up for `on_progress`. What `take` refers
/// to must outlive the call.
Task<void> each_document(elastic::Cluster& cluster, elastic::DocumentScan::Request request,
                         Progress progress, TakeDocument take, OnProgress on_progress);

}  // namespace billow::proof
