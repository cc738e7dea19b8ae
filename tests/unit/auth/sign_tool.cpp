// Reads requests as JSON lines, signs them, and prints their authorization headers, one a line. For
// comparison with other signers:
//   {"method":"GET","host":"b.s3.amazonaws.com","key":"a b/ü","query":[["prefix","x
//   y"]],"headers":[["range","bytes=0-"]],
//    "body":"","service":"s3","region":"eu-west-1","time":1742040000,"id":"AKIA","secret":"s","token":""}
// `key` and `query` are plain text; encoding them is part of what is tested.
#include "auth/sigv4.hpp"

#include <simdjson.h>

#include <iostream>

namespace {

std::string text_of(simdjson::dom::element object, std::string_view key) {
  return std::string(std::string_view(object[key]));
}

std::string target_of(simdjson::dom::element line) {
  std::string target = "/" + billow::http::percent_encode(text_of(line, "key"), true);
  char separator = '?';
  for (const auto pair : simdjson::dom::array(line["query"])) {
    target += separator + billow::http::percent_encode(std::string_view(pair.at(0))) + "=" +
              billow::http::percent_encode(std::string_view(pair.at(1)));
    separator = '&';
  }
  return target;
}

std::string authorization_of(simdjson::dom::element line) {
  billow::http::Request request;
  request.method = text_of(line, "method");
  request.url = billow::http::Url::parse("https://" + text_of(line, "host") + "/").value();
  request.url.target = target_of(line);
  for (const auto pair : simdjson::dom::array(line["headers"])) {
    request.headers.emplace_back(std::string_view(pair.at(0)), std::string_view(pair.at(1)));
  }
  request.body = std::make_shared<const std::string>(text_of(line, "body"));
  billow::auth::Credentials keys;
  keys.access_key_id = text_of(line, "id");
  keys.secret_access_key = text_of(line, "secret");
  keys.session_token = text_of(line, "token");
  billow::auth::SigningScope scope;
  scope.service = text_of(line, "service");
  scope.region = text_of(line, "region");
  scope.time = std::int64_t(line["time"]);
  billow::auth::sign(request, keys, scope);
  for (const auto& [name, value] : request.headers) {
    if (name == "authorization") return value;
  }
  return "";
}

}  // namespace

int main() {
  try {
    simdjson::dom::parser parser;
    for (std::string line; std::getline(std::cin, line);)
      std::cout << authorization_of(parser.parse(line)) << '\n';
  } catch (const std::exception& error) {
    std::cerr << "sign_tool: " << error.what() << '\n';
    return 1;
  }
}
