// store_tool BUCKET PREFIX ENDPOINT [ROLE_ARN EXTERNAL_ID]: lists a bucket, reads every object in
// it, and prints
// "<percent-encoded key> <size> <etag> <SHA-256 of the bytes read>" a line. Credentials come from
// the environment.
#include "auth/sigv4.hpp"
#include "fetch/make_store.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <iostream>

namespace billow {
namespace {

Task<std::string> read_all(fetch::ObjectStore& store, fetch::ObjectInfo object) {
  auto reader = co_await store.open(std::move(object));
  if (!reader) co_return reader.error();
  std::string bytes;
  std::vector<char> block(limits::fetch_block_bytes);
  for (;;) {
    auto count = co_await (*reader)->read_some(block);
    if (!count) co_return count.error();
    if (*count == 0) co_return bytes;
    bytes.append(block.data(), *count);
  }
}

Task<void> print_all(fetch::ObjectStore& store, std::string prefix) {
  auto listed = co_await store.list(std::move(prefix));
  if (!listed) co_return listed.error();
  for (const fetch::ObjectInfo& object : *listed) {
    auto bytes = co_await read_all(store, object);
    if (!bytes) co_return bytes.error();
    if (object.size <= limits::small_object_bytes_max) {
      auto small = co_await store.get(object.key);
      if (!small) co_return small.error();
      if (small->bytes != *bytes || small->info.etag != object.etag) {
        co_return Error{Errc::mismatch, object.key + " read in two ways is two things"};
      }
    }
    std::cout << http::percent_encode(object.key) << ' ' << object.size << ' ' << object.etag << ' '
              << auth::sha256_hex(*bytes) << '\n';
  }
  co_return Result<void>{};
}

int run(const std::vector<std::string>& arguments) {
  if (arguments.size() != 3 && arguments.size() != 5) {
    std::cerr << "usage: store_tool BUCKET PREFIX ENDPOINT [ROLE_ARN EXTERNAL_ID]\n";
    return 2;
  }
  WorkerPool pool(1);
  feed::FeedConfig config;
  config.location.scheme = feed::Location::Scheme::s3;
  config.location.bucket = arguments[0];
  config.s3.endpoint = arguments[2];
  if (arguments.size() == 5) {
    config.s3.role_arn = arguments[3];
    config.s3.external_id = arguments[4];
    config.s3.sts_endpoint = arguments[2];
  }
  boost::asio::io_context context;
  const feed::Definition definition = feed::find_definition("aws/cur2").value();
  auto store = fetch::make_object_store(config, definition, fetch::StoreContext(pool));
  Result<void> result;
  if (store) {
    boost::asio::co_spawn(context, print_all(**store, arguments[1]),
                          [&](std::exception_ptr, Result<void> ended) { result = ended; });
    context.run();
  } else {
    result = store.error();
  }
  if (result) return 0;
  std::cerr << name_of(result.error().code) << ": " << result.error().detail << '\n';
  return 1;
}

}  // namespace
}  // namespace billow

int main(int argc, char** argv) {
  return billow::run(std::vector<std::string>(argv + 1, argv + argc));
}
