#include "metrics/registry.hpp"

#include "metrics/families.hpp"
#include "metrics/process.hpp"

#include <prometheus/text_serializer.h>

#include <map>
#include <utility>

namespace billow::metrics {

class Registry::Impl {
 public:
  Impl(BuildInfo build, Vocabulary vocabulary)
      : families(registry, std::move(vocabulary)),
        ready(prometheus::BuildGauge()
                  .Name("billow_ready")
                  .Help("1 when Elasticsearch answers and holds the templates that are needed.")
                  .Register(registry)
                  .Add({})),
        last_reload(prometheus::BuildGauge()
                        .Name("billow_config_last_reload_successful")
                        .Help("1 when the configuration in use is the one last read.")
                        .Register(registry)
                        .Add({})) {
    prometheus::BuildGauge()
        .Name("billow_build_info")
        .Help("The running program; always 1.")
        .Register(registry)
        .Add({{"version", build.version}, {"compiler", build.compiler}})
        .Set(1);
    auto& reloads = prometheus::BuildCounter()
                        .Name("billow_config_reloads_total")
                        .Help("Times the configuration was read again, by result.")
                        .Register(registry);
    reloads_accepted = &reloads.Add({{"result", "accepted"}});
    reloads_refused = &reloads.Add({{"result", "refused"}});
    last_reload.Set(1);
  }

  prometheus::Registry registry;
  ProcessMetrics process;
  FeedFamilies families;
  prometheus::Gauge& ready;
  prometheus::Gauge& last_reload;
  prometheus::Counter* reloads_accepted = nullptr;
  prometheus::Counter* reloads_refused = nullptr;
  std::map<std::string, FeedMetrics> feeds;
};

Registry::Registry(BuildInfo build, Vocabulary vocabulary)
    : impl_(std::make_unique<Impl>(std::move(build), std::move(vocabulary))) {}
Registry::~Registry() = default;

FeedMetrics& Registry::feed(const std::string& id, const std::string& kind) {
  const auto [place, fresh] = impl_->feeds.try_emplace(id, impl_->families, id, kind);
  if (!fresh) place->second.set_kind(kind);
  return place->second;
}

void Registry::remove_feed(const std::string& id) { impl_->feeds.erase(id); }

std::vector<std::string> Registry::feeds() const {
  std::vector<std::string> ids;
  for (const auto& [id, series] : impl_->feeds) ids.push_back(id);
  return ids;
}

void Registry::set_ready(bool ready) { impl_->ready.Set(ready ? 1 : 0); }

void Registry::count_reload(bool accepted) {
  (accepted ? impl_->reloads_accepted : impl_->reloads_refused)->Increment();
  impl_->last_reload.Set(accepted ? 1 : 0);
}

std::string Registry::render() const {
  std::vector<prometheus::MetricFamily> all = impl_->registry.Collect();
  for (auto& family : impl_->process.Collect()) all.push_back(std::move(family));
  return prometheus::TextSerializer().Serialize(all);
}

}  // namespace billow::metrics
