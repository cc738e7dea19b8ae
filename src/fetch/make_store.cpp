#include "fetch/make_store.hpp"

#include "fetch/elastic_cloud_store.hpp"
#include "fetch/folder_store.hpp"
#include "fetch/s3_store.hpp"

namespace billow::fetch {
namespace {

using Made = Result<std::unique_ptr<ObjectStore>>;

Made make_elastic_cloud_store(const feed::ElasticCloudConfig& config, StoreContext context) {
  ElasticCloudStore::Settings settings;
  auto endpoint = http::Url::parse(config.endpoint);
  if (!endpoint) return within("endpoint " + config.endpoint, endpoint.error());
  auto key = read_secret(config.api_key);
  if (!key) return within("the API key of Elastic Cloud", key.error());
  settings.config = config;
  settings.endpoint = *std::move(endpoint);
  settings.api_key = *std::move(key);
  settings.http = std::move(context.http);
  if (!config.ca_file.empty()) settings.http.tls.ca_file = config.ca_file;
  if (settings.endpoint.tls) {
    if (auto usable = http::check_tls(settings.http.tls); !usable) return usable.error();
  }
  settings.retry = context.retry;
  std::unique_ptr<ObjectStore> store =
      std::make_unique<ElasticCloudStore>(std::move(settings), context.pool);
  return store;
}

Made make_s3_store(const feed::FeedConfig& config, StoreContext context) {
  const auth::Environment& environment = context.environment;
  if (context.http.tls.ca_file.empty()) {
    context.http.tls.ca_file = environment.variable("AWS_CA_BUNDLE").value_or("");
  }
  feed::S3Config s3 = config.s3;
  if (s3.endpoint.empty()) s3.endpoint = auth::configured_endpoint(environment, "S3");
  auth::AwsIdentity identity;
  identity.profile = s3.profile;
  identity.role_arn = s3.role_arn;
  identity.external_id = s3.external_id;
  identity.role_session_name = s3.role_session_name;
  identity.region = s3.region;
  identity.sts_endpoint = s3.sts_endpoint;
  auto credentials = std::make_unique<auth::AwsCredentials>(identity, context.http, environment);
  auto place = make_s3_place(config.location.bucket, s3, credentials->region());
  if (!place) return place.error();
  auto session = std::make_shared<S3Session>(std::move(*place), context.http, context.retry,
                                             std::move(credentials));
  std::unique_ptr<ObjectStore> store = std::make_unique<S3Store>(std::move(session));
  return store;
}

}  // namespace

Made make_object_store(const feed::FeedConfig& config, const feed::Definition& definition,
                       StoreContext context) {
  if (definition.fetch == "elastic_cloud")
    return make_elastic_cloud_store(config.elastic_cloud, std::move(context));
  if (config.location.scheme == feed::Location::Scheme::s3)
    return make_s3_store(config, std::move(context));
  std::unique_ptr<ObjectStore> store =
      std::make_unique<FolderStore>(config.location.path, context.pool);
  return store;
}

}  // namespace billow::fetch
