#include "audit/canonical.hpp"

#include <openssl/evp.h>
#include <rapidjson/document.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

namespace billow::audit {
namespace {

using rapidjson::Value;
using Member = Value::ConstMemberIterator;

constexpr std::string_view hex_digits = "0123456789abcdef";
constexpr int depth_max = 32;  ///< ours have 5; what is deeper is not a record

std::string_view view(const Value& text) { return {text.GetString(), text.GetStringLength()}; }

/// The short escapes of JSON, by the letter behind the backslash; 0 where there is none.
constexpr char short_escape(char c) noexcept {
  switch (c) {
    case '"':
    case '\\':
      return c;
    case '\b':
      return 'b';
    case '\f':
      return 'f';
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    case '\t':
      return 't';
    default:
      return 0;
  }
}

void append_string(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (const char letter = short_escape(c)) {
      out += '\\';
      out += letter;
    } else if (byte < 0x20) {
      out += "\\u00";
      out += hex_digits[byte >> 4];
      out += hex_digits[byte & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

template <class Integer>
void append_integer(std::string& out, Integer value) {
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), end);
}

Error malformed(std::string what) { return {Errc::malformed, "not a record: " + std::move(what)}; }

/// Writes values in canonical form; `without` is left out of the outermost object.
class CanonicalWriter {
 public:
  explicit CanonicalWriter(std::string_view without) : without_(without) {}

  Result<void> append(const Value& value, int depth) {
    if (depth > depth_max) return malformed("it is nested too deeply");
    if (value.IsObject()) return append_object(value, depth);
    if (value.IsArray()) return append_array(value, depth);
    if (value.IsString()) {
      append_string(out_, view(value));
    } else if (value.IsUint64()) {
      append_integer(out_, value.GetUint64());
    } else if (value.IsInt64()) {
      append_integer(out_, value.GetInt64());
    } else if (value.IsBool()) {
      out_ += value.GetBool() ? "true" : "false";
    } else if (value.IsNull()) {
      out_ += "null";
    } else {
      return malformed("it holds a number that is no integer of 64 bits");
    }
    return {};
  }
  std::string take() { return std::move(out_); }

 private:
  Result<void> append_object(const Value& object, int depth) {
    std::vector<Member> members;
    for (Member at = object.MemberBegin(); at != object.MemberEnd(); ++at) {
      if (depth > 0 || without_.empty() || view(at->name) != without_) members.push_back(at);
    }
    const auto by_name = [](Member a, Member b) { return view(a->name) < view(b->name); };
    std::sort(members.begin(), members.end(), by_name);
    out_ += '{';
    for (std::size_t i = 0; i < members.size(); ++i) {
      const std::string_view name = view(members[i]->name);
      if (i > 0 && view(members[i - 1]->name) == name)
        return malformed("it has the member '" + std::string(name) + "' twice");
      if (i > 0) out_ += ',';
      append_string(out_, name);
      out_ += ':';
      if (auto done = append(members[i]->value, depth + 1); !done) return done;
    }
    out_ += '}';
    return {};
  }
  Result<void> append_array(const Value& array, int depth) {
    out_ += '[';
    bool first = true;
    for (const Value& item : array.GetArray()) {
      if (!first) out_ += ',';
      first = false;
      if (auto done = append(item, depth + 1); !done) return done;
    }
    out_ += ']';
    return {};
  }

  std::string_view without_;
  std::string out_;
};

Result<std::string> canonical_without(std::string_view json, std::string_view without) {
  rapidjson::Document document;
  document.Parse<rapidjson::kParseValidateEncodingFlag | rapidjson::kParseIterativeFlag>(
      json.data(), json.size());
  if (document.HasParseError()) return malformed("it is no JSON");
  CanonicalWriter writer(without);
  if (auto done = writer.append(document, 0); !done) return done.error();
  return writer.take();
}

}  // namespace

Result<std::string> canonical_json(std::string_view json) { return canonical_without(json, {}); }

std::string sha256(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr);
  std::string hex;
  for (unsigned int i = 0; i < size; ++i) {
    hex += hex_digits[digest[i] >> 4];
    hex += hex_digits[digest[i] & 15];
  }
  return hex;
}

Result<std::string> hash_of(std::string_view record_json) {
  auto canonical = canonical_without(record_json, "Hash");
  if (!canonical) return canonical.error();
  return sha256(*canonical);
}

}  // namespace billow::audit
