#pragma once

#include "charge/charge.hpp"

namespace billow::normalize::elastic_cloud {

/// What the SKU of a line tells. Texts borrow from the SKU; what it does not tell is null.
struct Sku {
  Text host;           ///< who runs the machines, as FOCUS names them: "AWS"
  Text region;         ///< as Elastic names it: "us-east-1", "aws-eu-central-1"
  Text configuration;  ///< of a deployment's instances: "aws.es.datahot.c6gd"
  Text memory_mb;      ///< of one zone, digits
  Text zones;          ///< digits
};

/// Reads the SKU of a deployment: `aws.es.datahot.c6gd_us-east-1_4096_2`, with or without
/// `Cloud-Enterprise_` in front, or `aws.data-transfer-in`. Nothing documents them but what is seen
/// of them, so any other form tells nothing.
Sku read_deployment_sku(Text text) noexcept;

/// Reads the SKU of anything else: `serverless.data-out`, or with a region behind it,
/// `serverless.data-out_aws-us-east-1`.
Sku read_project_sku(Text text) noexcept;

}  // namespace billow::normalize::elastic_cloud
