#include "fetch/make_store.hpp"

#include "fetch/folder_store.hpp"
#include "fetch/s3_store.hpp"

namespace billow::fetch {

Result<std::unique_ptr<ObjectStore>> make_object_store(const feed::FeedConfig& config,
                                                       StoreContext context) {
  std::unique_ptr<ObjectStore> store;
  if (config.location.scheme == feed::Location::Scheme::file) {
    store = std::make_unique<FolderStore>(config.location.path, context.pool);
    return store;
  }
  const auth::Environment& environment = context.environment;
  if (context.http.tls.ca_file.empty()) {
    context.http.tls.ca_file = environment.variable("AWS_CA_BUNDLE").value_or("");
  }
  feed::S3Config s3 = config.s3;
  if (s3.endpoint.empty()) s3.endpoint = environment.variable("AWS_ENDPOINT_URL_S3").value_or("");
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
  store = std::make_unique<S3Store>(std::move(session));
  return store;
}

}  // namespace billow::fetch
