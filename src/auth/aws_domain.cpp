#include "auth/aws_domain.hpp"

namespace billow::auth {

std::string_view aws_domain(std::string_view region) noexcept {
  // botocore's endpoints.json, the partitions whose DNS suffix differs.
  if (region.starts_with("cn-")) return "amazonaws.com.cn";
  if (region.starts_with("us-isob-")) return "sc2s.sgov.gov";
  if (region.starts_with("us-isof-")) return "csp.hci.ic.gov";
  if (region.starts_with("eu-isoe-")) return "cloud.adc-e.uk";
  if (region.starts_with("us-iso-")) return "c2s.ic.gov";
  if (region.starts_with("eusc-")) return "amazonaws.eu";
  return "amazonaws.com";
}

}  // namespace billow::auth
