#include "elastic/template_rival.hpp"

#include "elastic/publication.hpp"

#include <simdjson.h>

#include <algorithm>
#include <iterator>

namespace billow::elastic {
namespace {

namespace dom = simdjson::dom;

struct IndexTemplate {
  std::string name;
  std::vector<std::string> patterns;
  std::int64_t priority = 0;
  std::vector<std::string> composed_of;
  std::vector<std::string> optional;  ///< of these, what may be missing
  bool adds = false;                  ///< mappings or settings of its own
};

std::vector<std::string> texts_at(dom::element object, std::string_view key) {
  std::vector<std::string> texts;
  dom::array list;
  if (object[key].get(list) != simdjson::SUCCESS) return texts;
  for (const dom::element entry : list) {
    std::string_view text;
    if (entry.get(text) == simdjson::SUCCESS) texts.emplace_back(text);
  }
  return texts;
}

IndexTemplate read_template(std::string_view name, dom::element body) {
  IndexTemplate made;
  made.name = name;
  made.patterns = texts_at(body, "index_patterns");
  made.composed_of = texts_at(body, "composed_of");
  made.optional = texts_at(body, "ignore_missing_component_templates");
  if (body["priority"].get(made.priority) != simdjson::SUCCESS) made.priority = 0;
  made.adds = body["template"].error() == simdjson::SUCCESS;
  return made;
}

Result<std::vector<IndexTemplate>> read_ours(std::span<const embedded::File> files) {
  constexpr std::string_view folder = "index/";
  constexpr std::string_view ending = ".json";
  std::vector<IndexTemplate> ours;
  dom::parser parser;
  for (const embedded::File& file : files) {
    if (!file.name.starts_with(folder)) continue;
    std::string_view name = file.name.substr(folder.size());
    name.remove_suffix(ending.size());
    dom::element body;
    if (parser.parse(std::string(file.text)).get(body) != simdjson::SUCCESS)
      return Error{Errc::malformed, "es-templates/" + std::string(file.name) + " is no JSON"};
    ours.push_back(read_template(name, body));
  }
  return ours;
}

Result<std::vector<IndexTemplate>> read_all(const std::string& answer) {
  std::vector<IndexTemplate> all;
  dom::parser parser;
  dom::element document;
  if (parser.parse(answer).get(document) != simdjson::SUCCESS)
    return Error{Errc::malformed, "the answer about index templates is no JSON"};
  dom::array list;
  if (document["index_templates"].get(list) != simdjson::SUCCESS) return all;  // there is none
  for (const dom::element entry : list) {
    std::string_view name;
    dom::element body;
    if (entry["name"].get(name) == simdjson::SUCCESS &&
        entry["index_template"].get(body) == simdjson::SUCCESS)
      all.push_back(read_template(name, body));
  }
  return all;
}

/// Whether everything that `text` stands for fits `pattern`; a '*' in it is as good as any text.
bool covers(std::string_view pattern, std::string_view text) {
  constexpr std::size_t none = std::string_view::npos;
  std::size_t at = 0;
  std::size_t in_text = 0;
  std::size_t star = none;      // the last one that was met
  std::size_t behind_star = 0;  // where the text that it does not stand for begins
  while (in_text < text.size()) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = at++;
      behind_star = in_text;
    } else if (at < pattern.size() && pattern[at] == text[in_text]) {
      ++at;
      ++in_text;
    } else if (star != none) {
      at = star + 1;
      in_text = ++behind_star;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', at) == none;
}

/// The first pattern that covers `text`, or null.
const std::string* covering(const IndexTemplate& found, std::string_view text) {
  const auto place = std::ranges::find_if(
      found.patterns, [text](const std::string& pattern) { return covers(pattern, text); });
  return place == found.patterns.end() ? nullptr : &*place;
}

/// Whether an index made by `found` is as one that `ours` makes.
bool stands_in(const IndexTemplate& found, const IndexTemplate& ours) {
  return !ours.adds && std::ranges::all_of(ours.composed_of, [&](const std::string& part) {
    return std::ranges::find(ours.optional, part) != ours.optional.end() ||
           std::ranges::find(found.composed_of, part) != found.composed_of.end();
  });
}

std::optional<Rival> rival_of(const IndexTemplate& ours, const std::vector<IndexTemplate>& all,
                              std::string_view text) {
  const IndexTemplate* first = nullptr;
  for (const IndexTemplate& found : all) {
    const bool before = found.priority > (first == nullptr ? ours.priority : first->priority);
    if (before && found.name != ours.name && covering(found, text) != nullptr) first = &found;
  }
  if (first == nullptr || stands_in(*first, ours)) return std::nullopt;
  return Rival{first->name, *covering(*first, text), first->priority, ours.name, ours.priority};
}

}  // namespace

std::string Rival::told() const {
  return "the index template " + name + " (" + pattern + ", priority " + std::to_string(priority) +
         ") comes before Billow's " + ours + " (priority " + std::to_string(our_priority) +
         "): give it a lower priority, or patterns that leave out Billow's indices";
}

std::string Borrower::told() const {
  std::string list;
  for (const std::string& component : components) list += (list.empty() ? "" : ", ") + component;
  return "the index template " + name + " is composed of Billow's " + list +
         ": take that out of it first, or delete it";
}

Result<std::vector<Rival>> find_rivals(std::span<const embedded::File> files,
                                       const std::string& answer) {
  const auto ours = read_ours(files);
  if (!ours) return ours.error();
  const auto all = read_all(answer);
  if (!all) return all.error();
  std::vector<Rival> rivals;
  for (const IndexTemplate& mine : *ours) {
    for (const std::string& pattern : mine.patterns) {
      auto rival = rival_of(mine, *all, pattern);
      if (!rival) continue;
      rivals.push_back(*std::move(rival));
      break;
    }
  }
  return rivals;
}

Result<std::optional<Rival>> find_rival(std::span<const embedded::File> files,
                                        const std::string& answer, std::string_view index) {
  const auto ours = read_ours(files);
  if (!ours) return ours.error();
  const auto all = read_all(answer);
  if (!all) return all.error();
  for (const IndexTemplate& mine : *ours)
    if (covering(mine, index) != nullptr) return rival_of(mine, *all, index);
  return std::optional<Rival>();
}

Result<std::vector<Borrower>> find_borrowers(const std::vector<SetupStep>& removal,
                                             const std::string& answer) {
  const auto all = read_all(answer);
  if (!all) return all.error();
  const auto goes = [&removal](const std::string& path) {
    return std::ranges::any_of(removal, [&path](const SetupStep& step) {
      return step.action == SetupStep::Action::remove && step.path == path;
    });
  };
  std::vector<Borrower> borrowers;
  for (const IndexTemplate& found : *all) {
    if (goes("/_index_template/" + found.name)) continue;
    Borrower borrower{found.name, {}};
    std::ranges::copy_if(
        found.composed_of, std::back_inserter(borrower.components),
        [&goes](const std::string& part) { return goes("/_component_template/" + part); });
    if (!borrower.components.empty()) borrowers.push_back(std::move(borrower));
  }
  return borrowers;
}

Task<std::optional<Rival>> find_rival(Cluster& cluster, std::string index) {
  auto answer = co_await cluster.request("GET", std::string(every_index_template));
  if (!answer && answer.error().code == Errc::unauthorized) co_return std::optional<Rival>();
  if (!answer) co_return answer.error();
  co_return find_rival(embedded::es_templates(), *answer, index);
}

}  // namespace billow::elastic
