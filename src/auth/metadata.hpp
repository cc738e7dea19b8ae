#pragma once

#include "auth/chain.hpp"
#include "auth/environment.hpp"
#include "base/task.hpp"
#include "http/client.hpp"

namespace billow::auth {

/// How long and how often a metadata service is asked. It is on the same machine or one hop away.
struct MetadataPatience {
  std::chrono::milliseconds time{1'000};
  int attempts = 1;
};

/// The instance's role, by version 2 of the protocol (token first): version 1 can be reached
/// through a careless proxy.
/// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html
Task<Credentials> instance_credentials(http::Client& client, InstanceMetadata source,
                                       MetadataPatience patience);

/// The task's or pod's role. The token file is read for each request, since the platform renews it.
Task<Credentials> container_credentials(http::Client& client, Environment environment,
                                        Container source);

}  // namespace billow::auth
