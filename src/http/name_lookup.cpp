#include "http/name_lookup.hpp"

#include "base/deadline.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <netdb.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <map>
#include <mutex>
#include <optional>
#include <sys/eventfd.h>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace billow::http {

namespace asio = boost::asio;

Result<Addresses> ask_system(const std::string& host) {
  addrinfo wanted{};
  wanted.ai_family = AF_UNSPEC;
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* first = nullptr;
  const int failure = ::getaddrinfo(host.c_str(), nullptr, &wanted, &first);
  if (failure != 0) {
    const int reason = errno;
    return Error{Errc::transient,
                 "the name " + host + " does not resolve: " +
                     (failure == EAI_SYSTEM ? std::strerror(reason) : ::gai_strerror(failure))};
  }
  Addresses found;
  for (const addrinfo* entry = first; entry != nullptr; entry = entry->ai_next) {
    if (entry->ai_family != AF_INET && entry->ai_family != AF_INET6) continue;
    asio::ip::tcp::endpoint address;
    address.resize(entry->ai_addrlen);
    std::memcpy(address.data(), entry->ai_addr, entry->ai_addrlen);
    found.push_back(address);
  }
  ::freeaddrinfo(first);
  if (found.empty()) return Error{Errc::transient, "the name " + host + " has no address"};
  return found;
}

/// One question. Its thread sets the answer, then makes `done` readable for ever: a descriptor, and
/// no handler, since an io_context that is being destroyed takes no post from another thread.
struct NameLookups::Lookup {
  explicit Lookup(int done_) : done(done_) {}
  ~Lookup() { ::close(done); }
  Lookup(const Lookup&) = delete;
  Lookup& operator=(const Lookup&) = delete;

  const int done;
  std::optional<Result<Addresses>> answer;  ///< guarded by State::mutex
};

struct NameLookups::State {
  std::mutex mutex;
  Ask ask;
  std::size_t names_max = 0;
  std::map<std::string, std::shared_ptr<Lookup>> running;  ///< by host; guarded by mutex

  /// The lookup of this host that is running, or a new one.
  static Result<std::shared_ptr<Lookup>> join(const std::shared_ptr<State>& self,
                                              const std::string& host) {
    const std::lock_guard lock(self->mutex);
    if (const auto found = self->running.find(host); found != self->running.end())
      return found->second;
    if (self->running.size() >= self->names_max) {
      return Error{Errc::transient, "the name " + host +
                                        " was not looked up: the name servers still owe an answer "
                                        "about " +
                                        std::to_string(self->running.size()) + " others"};
    }
    const int done = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (done < 0) return Error{Errc::transient, std::string("eventfd: ") + std::strerror(errno)};
    auto lookup = std::make_shared<Lookup>(done);
    try {
      std::thread([self, host, lookup] { self->answer(host, *lookup); }).detach();
    } catch (const std::system_error& none) {
      return Error{Errc::transient, std::string("no thread to look names up: ") + none.what()};
    }
    self->running.emplace(host, lookup);
    return lookup;
  }

  /// On the lookup's thread.
  void answer(const std::string& host, Lookup& lookup) {
    Result<Addresses> found = ask(host);
    const std::lock_guard lock(mutex);
    lookup.answer = std::move(found);
    running.erase(host);
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(lookup.done, &one, sizeof one);
  }
};

namespace {

Task<void> wait_readable(int descriptor) {
  asio::posix::stream_descriptor waiting(co_await asio::this_coro::executor, descriptor);
  boost::system::error_code ec;
  auto token = asio::redirect_error(asio::use_awaitable, ec);
  co_await waiting.async_wait(asio::posix::stream_descriptor::wait_read, token);
  if (ec) co_return Error{Errc::cancelled, ec.message()};
  co_return Result<void>{};
}

}  // namespace

NameLookups::NameLookups(Ask ask, std::size_t names_max) : state_(std::make_shared<State>()) {
  state_->ask = std::move(ask);
  state_->names_max = names_max;
}

Task<Addresses> NameLookups::find(std::string host, Clock::time_point deadline) {
  const std::shared_ptr<State> state = state_;
  auto lookup = State::join(state, host);
  if (!lookup) co_return lookup.error();
  // Each who waits has a descriptor of his own: Asio takes none twice.
  const int done = ::fcntl((*lookup)->done, F_DUPFD_CLOEXEC, 0);
  if (done < 0) co_return Error{Errc::transient, std::string("dup: ") + std::strerror(errno)};
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
  auto waited = co_await complete_within(left, wait_readable(done));
  if (waited && !*waited) co_return within(host, waited->error());
  const std::lock_guard lock(state->mutex);
  if (!(*lookup)->answer)
    co_return Error{Errc::transient, "the name " + host + " was not resolved in time"};
  co_return *(*lookup)->answer;
}

}  // namespace billow::http
