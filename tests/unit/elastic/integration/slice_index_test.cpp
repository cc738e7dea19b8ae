#include "elastic/slice_index.hpp"

#include "../run_task.hpp"
#include "elastic/publication.hpp"
#include "engine.hpp"

namespace billow::elastic {
namespace {

class SliceIndex : public EngineTest {
 protected:
  auto ensure() { return run_task(ensure_slice_index(cluster(), index())); }
  std::string index() const { return charges_index(feed(), "2026-06"); }
};

TEST_F(SliceIndex, IsKnownByItsMappingWhileNoShardHasStarted) {
  install();
  ask("PUT", "/" + index() + "?wait_for_active_shards=0",
      R"({"settings":{"index.routing.allocation.require._name":"no-such-node"}})");
  const auto known = ensure();
  EXPECT_TRUE(known) << known.error().detail;
}

TEST_F(SliceIndex, IsRefusedWhenOurTemplateDidNotShapeIt) {
  install();
  ask("PUT", "/" + index(),
      R"({"mappings":{"properties":{"x_SliceId":{"type":"keyword"},"BilledCost":{"type":"double"}}}})");
  EXPECT_TRUE(ensure()) << "the template was merged with the request";
  ask("DELETE", "/" + index());

  const std::string elsewhere = "other-" + index();
  ask("PUT", "/" + elsewhere, R"({"mappings":{"properties":{"BilledCost":{"type":"float"}}}})");
  const auto foreign = run_task(ensure_slice_index(cluster(), elsewhere));
  ASSERT_FALSE(foreign);
  EXPECT_EQ(foreign.error().code, Errc::bad_config);
  ask("DELETE", "/" + elsewhere);
}

TEST_F(SliceIndex, IsRefusedWhenATemplatePutsItBeforeReaders) {
  install();
  const std::string name = "t-" + feed();
  ask("PUT", "/_index_template/" + name,
      R"({"index_patterns":["billow-charges-)" + feed() + R"(-*"],"priority":900,
          "composed_of":["billow-charges-mappings","billow-charges-x"],
          "template":{"aliases":{"billow-charges":{}}}})");
  const auto shown = ensure();
  ask("DELETE", "/_index_template/" + name);
  ask("DELETE", "/" + index());
  ASSERT_FALSE(shown);
  EXPECT_EQ(shown.error().code, Errc::bad_config);
  EXPECT_NE(shown.error().detail.find("the alias billow-charges"), std::string::npos)
      << shown.error().detail;
}

}  // namespace
}  // namespace billow::elastic
