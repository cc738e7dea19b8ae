#pragma once

#include <string_view>

/// What AWS calls its services, regions and units, and what FOCUS calls them: the tables of
/// ingest/aws/.
namespace billow::normalize::aws {

/// One service. The views live as long as the program.
struct Service {
  std::string_view name;         ///< ServiceName, e.g. "Amazon Elastic Compute Cloud"
  std::string_view category;     ///< ServiceCategory
  std::string_view subcategory;  ///< ServiceSubcategory, always one of the category
};

/// The service of a product code such as "AmazonEC2"; nullptr for one the table does not know.
const Service* find_service(std::string_view product_code) noexcept;
/// The service with a ServiceName; nullptr for one the table does not know.
const Service* find_service_by_name(std::string_view name) noexcept;

/// The name AWS gives a region, "US East (N. Virginia)" for "us-east-1"; the id itself for an
/// unknown one.
std::string_view region_name(std::string_view id) noexcept;

/// A unit in FOCUS's unit format: "Hours" for "Hrs". An unknown unit stays as it is; what cannot be
/// a unit (empty, blank at an end, a number) becomes "Units".
std::string_view unit_name(std::string_view unit) noexcept;

}  // namespace billow::normalize::aws
