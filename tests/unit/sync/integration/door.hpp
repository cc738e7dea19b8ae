#pragma once

#include "../../elastic/fake_server.hpp"
#include "elastic/cluster.hpp"

#include <memory>

namespace billow::sync {

/// Stands between a program and the engine, and shuts at a given write: from then on everything is
/// refused, so that the engine is left as if the program had been killed there.
class Door {
 public:
  Door();
  /// A connection to the engine through the door.
  std::unique_ptr<elastic::Cluster> connect();
  /// Opens it for so many writes; shuts at the next. Negative: stays open.
  void open(int writes);
  /// True when it has shut.
  bool is_shut();

 private:
  elastic::Reply pass(const elastic::Received& request);

  int writes_left_ = -1;
  bool shut_ = false;
  elastic::FakeServer server_;
};

}  // namespace billow::sync
