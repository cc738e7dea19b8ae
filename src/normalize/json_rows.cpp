#include "normalize/json_rows.hpp"

#include "normalize/json_count.hpp"
#include "normalize/json_key.hpp"
#include "normalize/json_node.hpp"
#include "normalize/json_page.hpp"
#include "normalize/json_tokens.hpp"

#include <simdjson.h>

#include <cstring>
#include <optional>
#include <utility>
#include <vector>

namespace billow::normalize {
namespace {

using Kind = JsonMember::Kind;
using Node = JsonNode;
namespace ondemand = simdjson::ondemand;

constexpr std::string_view mark_of_page = "\xEF\xBB\xBF";

/// What simdjson found, in words for whoever looks at the page.
std::string_view words_for(simdjson::error_code code) {
  switch (code) {
    case simdjson::EMPTY:
      return "the page is empty";
    case simdjson::UTF8_ERROR:
      return "the page is not valid UTF-8";
    case simdjson::UNCLOSED_STRING:
      return "the page ends inside a string";
    case simdjson::UNESCAPED_CHARS:
      return "a string holds a control character";
    case simdjson::STRING_ERROR:
      return "a string holds a wrong escape or half a surrogate pair";
    case simdjson::INCOMPLETE_ARRAY_OR_OBJECT:
      return "the page is cut short, or something follows its object";
    default:
      return "this is not JSON";
  }
}

constexpr std::string_view too_much =
    "the page has more than 50,000 rows, or more than 32 MiB of text in them";
static_assert(limits::json_rows_max == 50'000 && limits::json_cells_bytes_max == 32 * limits::MiB,
              "the text above names the limits");

constexpr std::string_view too_deep = "values are nested deeper than the 64 levels that are read";
static_assert(limits::json_depth_max == 64, "the text above names the limit");

/// The value as it stands in the page; of an object or a list its first byte.
std::string_view start_of(ondemand::value& value) { return without_blanks(value.raw_json_token()); }

/// What a result holds, where it lies: simdjson writes it in pieces, and a copy of the whole would
/// have to wait for them.
template <class T>
T&& held_by(simdjson::simdjson_result<T>& result) noexcept {
  return static_cast<simdjson::simdjson_result<T>&&>(result).value_unsafe();
}

/// Passes a string, of which start_of() is `start`. simdjson copies what it reads, byte by byte
/// where it is built for any machine, and only what is escaped has to be copied.
simdjson::error_code pass_string(ondemand::value& value, std::string_view start,
                                 std::string_view& text) {
  const bool is_plain = start.size() >= 2 && start.ends_with('"') &&
                        std::memchr(start.data(), '\\', start.size()) == nullptr;
  if (!is_plain) return value.get_string().get(text);
  text = start.substr(1, start.size() - 2);
  return value.get_raw_json_string().error();
}

}  // namespace

class JsonRows::Reader {
 public:
  explicit Reader(JsonShape shape)
      : page_(json_node_of(shape)),
        sum_cell_(summed_cell(page_)),
        parser_(limits::json_page_bytes_max) {
    cells_.resize(page_.last_cell);
  }

  Result<void> read(std::string_view text, JsonRowSink& sink);

 private:
  /// Whether the page can be read on. Where it cannot, error_ says why.
  enum class [[nodiscard]] Go : bool { stop, on };

  /// What was met of an object so far.
  struct Progress {
    std::size_t expected = 0;  ///< the member that mostly comes next
    std::uint64_t seen = 0;    ///< a bit for each member
  };
  struct Element {
    std::string_view list;
    std::uint64_t index;
  };

  Go read_page(ondemand::document& document);
  Go read_record(ondemand::object object, const Node& node, std::size_t depth);
  Go read_list(ondemand::array list, const Node& node, std::size_t depth);
  Go read_row(ondemand::value& value, const Node& node, std::size_t depth);
  Go read_cells(ondemand::object object, const Node& node, std::size_t depth);
  Go read_cell(ondemand::value& value, const Node& node, std::size_t depth);
  /// Finds out which member a field is. One that the shape does not name, or that is given twice,
  /// is looked through, and `member` is null.
  Go take_field(ondemand::field& field, const Node& node, std::size_t depth, Progress& progress,
                const Node*& member);
  /// Reads what the shape does not name: it has to be JSON all the same.
  Go look_through(ondemand::value& value, std::size_t depth);
  Go give_row(std::string_view start);
  Go compare(const JsonCount& before, std::string_view stated, const Node& total);

  /// The page cannot be used.
  Go fail(std::string_view what);
  Go fail(simdjson::error_code code) { return fail(words_for(code)); }
  /// The member is not what the shape says: a fault of the row, or of the page.
  Go fault(const Node& member, std::string_view what);
  Go wrong_type(ondemand::value& value, const Node& member, std::string_view expected,
                std::size_t depth);
  /// The member of the object that is being read.
  std::string place_of(std::string_view member) const;

  void clear_cells(const Node& node) {
    for (std::size_t cell = node.first_cell; cell < node.last_cell; ++cell) cells_[cell] = Text();
  }

  const Node page_;
  const std::size_t sum_cell_;  ///< JsonNode::no_cell where the shape has no totals
  std::vector<Text> cells_;
  ondemand::parser parser_;

  // The page that is being read.
  ondemand::document* document_ = nullptr;
  JsonRowSink* sink_ = nullptr;
  std::optional<Error> error_;
  std::vector<Element> elements_;  ///< of the lists that are open
  JsonCount count_;
  std::size_t cells_bytes_ = 0;
  bool in_row_ = false;
  std::string_view fault_column_;
  std::string fault_;
};

Result<void> JsonRows::Reader::read(std::string_view text, JsonRowSink& sink) {
  if (text.starts_with(mark_of_page)) text.remove_prefix(mark_of_page.size());
  sink_ = &sink;
  error_.reset();
  elements_.clear();
  count_ = {};
  cells_bytes_ = 0;
  in_row_ = false;
  ondemand::document document;
  document_ = &document;
  const auto code =
      parser_.iterate(text.data(), text.size(), text.size() + JsonPage::padding).get(document);
  const Go end = code == simdjson::SUCCESS ? read_page(document) : fail(code);
  document_ = nullptr;
  sink_ = nullptr;
  if (end == Go::stop) return *std::move(error_);
  return {};
}

JsonRows::Reader::Go JsonRows::Reader::read_page(ondemand::document& document) {
  ondemand::object object;
  if (const auto code = document.get_object().get(object))
    return code == simdjson::INCORRECT_TYPE ? fail("the page is not an object") : fail(code);
  return read_record(object, page_, 1);
}

JsonRows::Reader::Go JsonRows::Reader::read_record(ondemand::object object, const Node& node,
                                                   std::size_t depth) {
  clear_cells(node);
  const JsonCount before = count_;
  const Node* total = nullptr;
  std::string_view stated;
  // A row needs the cells of the objects around it. Where a list comes before some of them, it is
  // read when all that follows it is known.
  std::vector<std::pair<const Node*, ondemand::array>> postponed;
  Progress progress;
  for (auto each : object) {
    if (const auto code = each.error()) return fail(code);
    ondemand::field&& field = held_by(each);
    const Node* member = nullptr;
    if (take_field(field, node, depth, progress, member) == Go::stop) return Go::stop;
    if (member == nullptr) continue;
    ondemand::value& value = field.value();
    if (member->kind == Kind::list || member->kind == Kind::rows) {
      const std::string_view start = start_of(value);
      if (start == "null") continue;
      ondemand::array list;
      if (!start.starts_with('[')) return wrong_type(value, *member, "a list", depth);
      if (const auto code = value.get_array().get(list)) return fail(code);
      if ((progress.seen & node.cell_members) != node.cell_members) {
        postponed.emplace_back(member, list);
      } else if (read_list(list, *member, depth + 1) == Go::stop) {
        return Go::stop;
      }
    } else {
      if (read_cell(value, *member, depth) == Go::stop) return Go::stop;
      if (member->kind == Kind::total) {
        total = member;
        stated = start_of(value);
      }
    }
  }
  if (&node == &page_ && document_->current_location().error() != simdjson::OUT_OF_BOUNDS)
    return fail("something follows the page's object");
  for (auto& [member, list] : postponed) {
    if (const auto code = list.reset().error()) return fail(code);
    if (read_list(list, *member, depth + 1) == Go::stop) return Go::stop;
  }
  for (std::size_t i = 0; i < node.members.size(); ++i) {
    const bool is_missing = (node.list_members & ~progress.seen & std::uint64_t{1} << i) != 0;
    if (is_missing) return fault(node.members[i], "is missing");
  }
  return total == nullptr ? Go::on : compare(before, stated, *total);
}

JsonRows::Reader::Go JsonRows::Reader::take_field(ondemand::field& field, const Node& node,
                                                  std::size_t depth, Progress& progress,
                                                  const Node*& member) {
  const char* const key = field.key().raw();
  const std::vector<Node>& members = node.members;
  std::size_t place = progress.expected;
  if (place >= members.size() || !is_key(key, members[place].key)) {
    place = 0;
    while (place < members.size() && !is_key(key, members[place].key)) ++place;
    if (place == members.size() && is_escaped(key)) {
      std::string_view name;
      if (const auto code = field.unescaped_key().get(name)) return fail(code);
      place = 0;
      while (place < members.size() && members[place].key != name) ++place;
    }
    if (place == members.size()) return look_through(field.value(), depth + 1);
  }
  progress.expected = place + 1;
  const std::uint64_t bit = std::uint64_t{1} << place;
  if ((progress.seen & bit) != 0) {
    if (fault(members[place], "is given twice") == Go::stop) return Go::stop;
    return look_through(field.value(), depth + 1);
  }
  progress.seen |= bit;
  member = &members[place];
  return Go::on;
}

JsonRows::Reader::Go JsonRows::Reader::read_list(ondemand::array list, const Node& node,
                                                 std::size_t depth) {
  elements_.push_back({node.key, 0});
  for (auto each : list) {
    if (const auto code = each.error()) return fail(code);
    ondemand::value&& value = held_by(each);
    if (node.kind == Kind::rows) {
      if (read_row(value, node, depth + 1) == Go::stop) return Go::stop;
    } else {
      ondemand::object object;
      const std::string_view start = start_of(value);
      if (!start.starts_with('{')) {
        error_ = Error{Errc::malformed, place_of({}) + " is " + std::string(kind_of_json(start)) +
                                            ", expected an object"};
        return Go::stop;
      }
      if (const auto code = value.get_object().get(object)) return fail(code);
      if (read_record(object, node, depth + 1) == Go::stop) return Go::stop;
    }
    ++elements_.back().index;
  }
  elements_.pop_back();
  return Go::on;
}

JsonRows::Reader::Go JsonRows::Reader::read_row(ondemand::value& value, const Node& node,
                                                std::size_t depth) {
  const std::string_view start = start_of(value);
  fault_.clear();
  fault_column_ = {};
  in_row_ = true;
  Go end = Go::on;
  if (start.starts_with('{')) {
    ondemand::object object;
    if (const auto code = value.get_object().get(object)) return fail(code);
    end = read_cells(object, node, depth);
  } else {
    fault_ = "the row is " + std::string(kind_of_json(start)) + ", expected an object";
    end = look_through(value, depth);
  }
  in_row_ = false;
  return end == Go::stop ? end : give_row(start);
}

JsonRows::Reader::Go JsonRows::Reader::give_row(std::string_view start) {
  count_.add(sum_cell_ == Node::no_cell ? Text("0") : cells_[sum_cell_]);
  for (const Text cell : cells_) cells_bytes_ += cell.size();
  if (count_.rows > limits::json_rows_max || cells_bytes_ > limits::json_cells_bytes_max) {
    error_ = Error{Errc::over_limit, std::string(too_much)};
    return Go::stop;
  }
  const char* next = nullptr;
  if (const auto code = document_->current_location().get(next)) return fail(code);
  // A number is not passed until the next element is asked for.
  const std::string_view json =
      next <= start.data()
          ? start
          : without_blanks({start.data(), static_cast<std::size_t>(next - start.data())});
  auto taken = sink_->take(JsonRow{Row(cells_), json, fault_column_, fault_});
  if (taken) return Go::on;
  error_ = taken.error();
  return Go::stop;
}

JsonRows::Reader::Go JsonRows::Reader::read_cells(ondemand::object object, const Node& node,
                                                  std::size_t depth) {
  clear_cells(node);
  if (depth > limits::json_depth_max) return fail(too_deep);
  Progress progress;
  for (auto each : object) {
    if (const auto code = each.error()) return fail(code);
    ondemand::field&& field = held_by(each);
    const Node* member = nullptr;
    if (take_field(field, node, depth, progress, member) == Go::stop) return Go::stop;
    if (member != nullptr && read_cell(field.value(), *member, depth) == Go::stop) return Go::stop;
  }
  return Go::on;
}

JsonRows::Reader::Go JsonRows::Reader::read_cell(ondemand::value& value, const Node& node,
                                                 std::size_t depth) {
  const std::string_view start = start_of(value);
  if (start == "null") return Go::on;
  switch (node.kind) {
    case Kind::text:
      if (!start.starts_with('"')) return wrong_type(value, node, "a string", depth);
      if (const auto code = pass_string(value, start, cells_[node.first_cell])) return fail(code);
      return Go::on;
    case Kind::number:
    case Kind::total:
      if (!is_json_number(start)) return wrong_type(value, node, "a number", depth);
      if (node.kind == Kind::number) cells_[node.first_cell] = start;
      return Go::on;
    default: {
      if (!start.starts_with('{')) return wrong_type(value, node, "an object", depth);
      ondemand::object object;
      if (const auto code = value.get_object().get(object)) return fail(code);
      return read_cells(object, node, depth + 1);
    }
  }
}

JsonRows::Reader::Go JsonRows::Reader::look_through(ondemand::value& value, std::size_t depth) {
  const std::string_view start = start_of(value);
  switch (start.empty() ? '\0' : start.front()) {
    case '"': {
      std::string_view text;
      if (const auto code = pass_string(value, start, text)) return fail(code);
      return Go::on;
    }
    case '{': {
      ondemand::object object;
      if (depth > limits::json_depth_max) return fail(too_deep);
      if (const auto code = value.get_object().get(object)) return fail(code);
      for (auto each : object) {
        if (const auto code = each.error()) return fail(code);
        ondemand::field&& field = held_by(each);
        if (is_escaped(field.key().raw())) {
          if (const auto code = field.unescaped_key().error()) return fail(code);
        }
        if (look_through(field.value(), depth + 1) == Go::stop) return Go::stop;
      }
      return Go::on;
    }
    case '[': {
      ondemand::array list;
      if (depth > limits::json_depth_max) return fail(too_deep);
      if (const auto code = value.get_array().get(list)) return fail(code);
      for (auto each : list) {
        if (const auto code = each.error()) return fail(code);
        ondemand::value&& element = held_by(each);
        if (look_through(element, depth + 1) == Go::stop) return Go::stop;
      }
      return Go::on;
    }
    default:
      return is_json_scalar(start) ? Go::on : fail(simdjson::TAPE_ERROR);
  }
}

JsonRows::Reader::Go JsonRows::Reader::compare(const JsonCount& before, std::string_view stated,
                                               const Node& total) {
  const auto sum = count_.contradicts(before, stated);
  if (!sum) return Go::on;
  auto taken = sink_->take(JsonTotal{stated, place_of(total.key), sum->to_string()});
  if (taken) return Go::on;
  error_ = taken.error();
  return Go::stop;
}

JsonRows::Reader::Go JsonRows::Reader::fail(std::string_view what) {
  if (error_) return Go::stop;
  const std::string place = place_of({});
  error_ =
      Error{Errc::malformed, place.empty() ? std::string(what) : place + ": " + std::string(what)};
  return Go::stop;
}

JsonRows::Reader::Go JsonRows::Reader::fault(const Node& member, std::string_view what) {
  if (!in_row_) {
    error_ = Error{Errc::malformed, place_of(member.key) + " " + std::string(what)};
    return Go::stop;
  }
  if (fault_.empty()) {
    fault_column_ = member.column.empty() ? member.key : member.column;
    fault_ = what;
  }
  return Go::on;
}

JsonRows::Reader::Go JsonRows::Reader::wrong_type(ondemand::value& value, const Node& member,
                                                  std::string_view expected, std::size_t depth) {
  const std::string_view start = start_of(value);
  if (look_through(value, depth + 1) == Go::stop) return Go::stop;
  return fault(member,
               "is " + std::string(kind_of_json(start)) + ", expected " + std::string(expected));
}

std::string JsonRows::Reader::place_of(std::string_view member) const {
  std::string place;
  for (const Element& element : elements_) {
    if (!place.empty()) place += '.';
    place.append(element.list).append("[").append(std::to_string(element.index)).append("]");
  }
  if (!member.empty()) place.append(place.empty() ? "" : ".").append(member);
  return place;
}

JsonRows::JsonRows(JsonShape shape) : reader_(std::make_unique<Reader>(shape)) {}
JsonRows::~JsonRows() = default;
JsonRows::JsonRows(JsonRows&&) noexcept = default;

Result<void> JsonRows::read(std::string_view page, JsonRowSink& sink) {
  return reader_->read(page, sink);
}

}  // namespace billow::normalize
