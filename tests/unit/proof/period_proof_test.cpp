#include "proof/period_proof.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace billow::proof {
namespace {

using audit::Finding;
using audit::FindingKind;
using testing::ElementsAre;

Finding finding(FindingKind kind, const std::string& document, const std::string& what) {
  Finding made(kind, what);
  made.document = document;
  return made;
}

std::vector<std::string> line_texts(const std::vector<Finding>& findings) {
  std::vector<std::string> texts;
  for (const Finding& found : findings)
    texts.push_back(std::string(audit::name_of(found.kind)) + " " + found.document + ": " +
                    found.what);
  return texts;
}

TEST(LineFindings, NameALineOnceWithAllThatIsKnownOfIt) {
  const std::vector<Finding> indexed = {finding(FindingKind::line_altered, "s-1", "written twice"),
                                        finding(FindingKind::line_missing, "s-2", "not there")};
  const std::vector<Finding> matched = {finding(FindingKind::line_altered, "s-1", "cost: 1, 2"),
                                        finding(FindingKind::line_missing, "s-2", "stated")};
  EXPECT_THAT(
      line_texts(merge_line_findings(indexed, matched)),
      ElementsAre("line_altered s-1: written twice; cost: 1, 2", "line_missing s-2: stated"));
}

TEST(LineFindings, KeepWhatOnlyOneOfTheTwoKnows) {
  const std::vector<Finding> indexed = {finding(FindingKind::slice_differs, "", "lines"),
                                        finding(FindingKind::line_missing, "s-2", "not there")};
  const std::vector<Finding> matched = {finding(FindingKind::line_missing, "", "stated"),
                                        finding(FindingKind::line_added, "s-2", "not stated")};
  EXPECT_EQ(merge_line_findings(indexed, matched).size(), 4U);
}

}  // namespace
}  // namespace billow::proof
