#include "elastic/bulk_response.hpp"

#include <simdjson.h>

namespace billow::elastic {
namespace {

namespace ondemand = simdjson::ondemand;
using simdjson::error_code;

struct Item {
  BulkAction action = BulkAction::create;
  std::int64_t status = 0;
  std::string_view type;
  std::string_view reason;
};

error_code read_error(ondemand::object error, Item& item) {
  for (auto entry : error) {
    ondemand::field field;
    if (auto ec = std::move(entry).get(field)) return ec;
    std::string_view* target = nullptr;
    if (field.key() == "type") target = &item.type;
    if (field.key() == "reason") target = &item.reason;
    if (target == nullptr) continue;
    // A reason can be null.
    if (auto ec = field.value().get_string().get(*target); ec && ec != simdjson::INCORRECT_TYPE)
      return ec;
  }
  return simdjson::SUCCESS;
}

error_code read_fields(ondemand::object fields, Item& item) {
  bool status_seen = false;
  for (auto entry : fields) {
    ondemand::field field;
    if (auto ec = std::move(entry).get(field)) return ec;
    if (field.key() == "status") {
      if (auto ec = field.value().get_int64().get(item.status)) return ec;
      status_seen = true;
    } else if (field.key() == "error") {
      ondemand::object error;
      if (auto ec = field.value().get_object().get(error)) return ec;
      if (auto ec = read_error(error, item)) return ec;
    }
  }
  return status_seen ? simdjson::SUCCESS : simdjson::NO_SUCH_FIELD;
}

/// `{"create":{"status":201}}`: exactly one action.
error_code read_item(ondemand::object object, Item& item) {
  bool action_seen = false;
  for (auto entry : object) {
    ondemand::field field;
    if (auto ec = std::move(entry).get(field)) return ec;
    if (action_seen) return simdjson::INCORRECT_TYPE;
    action_seen = true;
    // An index action carries a version of ours: its 409 says that what is there is as new.
    if (field.key() == "create" || field.key() == "index") {
      item.action = BulkAction::create;
    } else if (field.key() == "delete") {
      item.action = BulkAction::remove;
    } else {
      return simdjson::NO_SUCH_FIELD;
    }
    ondemand::object fields;
    if (auto ec = field.value().get_object().get(fields)) return ec;
    if (auto ec = read_fields(fields, item)) return ec;
  }
  return action_seen ? simdjson::SUCCESS : simdjson::NO_SUCH_FIELD;
}

std::string reason_text(const Item& item) {
  if (item.type.empty() && item.reason.empty()) return "no reason given";
  std::string text(item.type);
  text += ": ";
  text += item.reason;
  return text;
}

void count(const Item& item, std::uint32_t place, BulkAnswer& answer) {
  const int status = static_cast<int>(item.status);
  const ItemFate fate = fate_of(item.action, status, item.type, item.reason);
  switch (fate) {
    case ItemFate::stored:
      ++answer.stored;
      return;
    case ItemFate::already_there:
      ++answer.already_there;
      return;
    case ItemFate::missing:
      ++answer.missing;
      return;
    case ItemFate::retry:
    case ItemFate::stop:
    case ItemFate::rejected:
      break;
  }
  ItemFault fault;
  fault.item = place;
  fault.fate = fate;
  fault.status = status;
  fault.reason = reason_text(item);
  answer.faults.push_back(std::move(fault));
}

/// Reads the items and returns how many there are, beyond `items_max` too.
error_code read_items(ondemand::array items, std::size_t items_max, BulkAnswer& answer,
                      std::size_t& seen) {
  for (auto element : items) {
    ondemand::object object;
    if (auto ec = element.get_object().get(object)) return ec;
    Item item;
    if (auto ec = read_item(object, item)) return ec;
    if (item.status < 100 || item.status > 999) return simdjson::NUMBER_OUT_OF_RANGE;
    if (seen < items_max) count(item, static_cast<std::uint32_t>(seen), answer);
    ++seen;
  }
  return simdjson::SUCCESS;
}

error_code read_document(ondemand::document& document, std::size_t items_sent, BulkAnswer& answer,
                         std::size_t& seen) {
  ondemand::object root;
  if (auto ec = document.get_object().get(root)) return ec;
  bool errors_seen = false;
  for (auto entry : root) {
    ondemand::field field;
    if (auto ec = std::move(entry).get(field)) return ec;
    if (field.key() == "errors") {
      bool errors = false;
      if (auto ec = field.value().get_bool().get(errors)) return ec;
      errors_seen = true;
    } else if (field.key() == "items") {
      ondemand::array items;
      if (auto ec = field.value().get_array().get(items)) return ec;
      if (auto ec = read_items(items, items_sent, answer, seen)) return ec;
    }
  }
  // Past the last brace there is no location; anything else is text after the answer.
  if (document.current_location().error() != simdjson::OUT_OF_BOUNDS) return simdjson::TAPE_ERROR;
  return errors_seen ? simdjson::SUCCESS : simdjson::NO_SUCH_FIELD;
}

}  // namespace

Result<BulkAnswer> read_bulk_answer(std::string body, std::size_t items_sent) {
  body.reserve(body.size() + simdjson::SIMDJSON_PADDING);
  thread_local ondemand::parser parser;
  ondemand::document document;
  BulkAnswer answer;
  std::size_t seen = 0;
  error_code ec = parser.iterate(body.data(), body.size(), body.capacity()).get(document);
  if (!ec) ec = read_document(document, items_sent, answer, seen);
  if (ec) {
    return Error{Errc::malformed, std::string("the answer to a bulk request cannot be read: ") +
                                      simdjson::error_message(ec)};
  }
  if (seen != items_sent) {
    return Error{Errc::malformed, "the answer to a bulk request of " + std::to_string(items_sent) +
                                      " items speaks of " + std::to_string(seen)};
  }
  return answer;
}

}  // namespace billow::elastic
