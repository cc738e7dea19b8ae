#pragma once

#include "base/error.hpp"
#include "charge/coverage.hpp"
#include "normalize/normalizer.hpp"
#include "sync/record.hpp"
#include "sync/slice_plan.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// How a delivery changes what readers see of its period. Pure.
namespace billow::sync {

/// Errc::bad_config for a window without days.
Result<void> check_days(const Coverage& coverage);
/// Errc::malformed, naming the day, when a window states charges of days that it does not speak
/// for. They can neither be left out, which would lose them, nor published, since the window of
/// their day states them as well.
Result<void> check_charges(const Coverage& coverage, const std::map<SliceKey, Slice>& found);
/// Errc::malformed when readers see something that no record describes, unless the delivery states
/// the whole period: what it leaves as it is could not be accounted for.
Result<void> check_base(const Coverage& coverage, bool described,
                        const std::vector<std::string>& ids);

/// The deliveries that what a record describes is made of; a full one is the only one.
std::vector<Part> parts_of(const DeliveryRecord& record);
/// True when `readable` describes a period that the delivery is in, with charges made by today's
/// rules: a full one or a window as the last, a delta as any.
bool is_in(const DeliveryRecord& readable, std::string_view delivery_id, const Coverage& coverage);

/// What readers see of a period, as a delivery finds it. `readable`: the record that describes it;
/// nullopt: of the visible slices only the `ids` are known. `force`: nothing is compared.
std::vector<VisibleSlice> visible_slices(const std::optional<DeliveryRecord>& readable,
                                         const std::vector<std::string>& ids,
                                         std::string_view delivery_id, bool force);
/// True when some of them may turn out to be what the delivery states, and need not be sent.
bool may_stay(const std::vector<VisibleSlice>& visible, const Coverage& coverage);

/// Writes into a delivery's record what its objects were found to hold, and what the period shows
/// and is made of once it is published over what `readable` describes.
void describe(DeliveryRecord& record, const normalize::Findings& findings, const SlicePlan& plan,
              const std::optional<DeliveryRecord>& readable);

/// True when a delivery that was withheld need not be published any more, since `published` states
/// all that it speaks for.
bool is_superseded(const DeliveryRecord& withheld, const DeliveryRecord& published);
/// The deliveries whose dead letters mean something once `record` is published: those the period
/// is made of, and those of `withheld` that wait to be.
std::vector<std::string> deliveries_with_letters(const DeliveryRecord& record,
                                                 const std::vector<DeliveryRecord>& withheld);

}  // namespace billow::sync
