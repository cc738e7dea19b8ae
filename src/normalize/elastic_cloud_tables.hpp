#pragma once

#include "charge/charge.hpp"

/// What Elastic calls its services and units, and what FOCUS calls them: the tables of
/// ingest/elastic-cloud/.
namespace billow::normalize::elastic_cloud {

/// What a type of instance is. The views live as long as the program.
struct Service {
  Text name;         ///< ServiceName
  Text category;     ///< ServiceCategory
  Text subcategory;  ///< ServiceSubcategory
  Text resource;     ///< ResourceType
};

/// The service of an instance's type, "deployment" or a kind of project; "Elastic Cloud" for a type
/// the table does not know, whose resource is null.
const Service& service_of(Text type) noexcept;

/// A unit in FOCUS's unit format: "Hours" for "hour". See UnitNames.
Text unit_name(Text unit) noexcept;

}  // namespace billow::normalize::elastic_cloud
