#pragma once

#include "elastic/setup.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace billow::elastic {

/// A test against the engine that BILLOW_TEST_ES_URL names; skipped where it names none. Each test
/// has a feed of its own, whose index of charges is deleted at its end; templates and the token of
/// the feed stay.
class EngineTest : public testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  Cluster& cluster() { return *cluster_; }
  /// A second connection to the same engine.
  static std::unique_ptr<Cluster> connect();
  /// A request that must succeed; returns its body.
  std::string ask(const std::string& method, const std::string& path, const std::string& body = "");
  /// A feed id that no other test uses.
  const std::string& feed() const { return feed_; }
  /// What the engine can take.
  SetupParts parts();
  /// Installs what `billow setup` does.
  void install();

 private:
  std::unique_ptr<Cluster> cluster_;
  std::string feed_;
};

}  // namespace billow::elastic
