#include "elastic/bulk_writer.hpp"

#include "base/deadline.hpp"
#include "elastic/bulk_decision.hpp"
#include "elastic/bulk_piece.hpp"
#include "elastic/concurrency_limit.hpp"
#include "elastic/retry.hpp"
#include "http/deflate.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

namespace billow::elastic {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

namespace {

/// What is sent, made once: compressed, or the body's own bytes.
using Wire = std::shared_ptr<const std::string>;

/// Part of a submitted body, with what was tried of it.
struct Piece {
  explicit Piece(std::shared_ptr<const BulkBody> whole) : body(std::move(whole)) {}
  Piece(BulkBody part, int attempts_)
      : body(std::make_shared<const BulkBody>(std::move(part))), attempts(attempts_) {}
  std::shared_ptr<const BulkBody> body;
  int attempts = 0;  ///< requests made without an answer for these items
  Wire wire;         ///< none yet while it was not sent
};

/// The halves of `piece`, the first one at the end: pieces are taken from there.
std::vector<Piece> halve(const Piece& piece) {
  std::vector<Piece> pieces;
  auto [first, second] = split_half(*piece.body);
  pieces.emplace_back(std::move(second), piece.attempts);
  pieces.emplace_back(std::move(first), piece.attempts);
  return pieces;
}

/// A proxy may cut a request that is too large for it without a word, and a slow link may not carry
/// one in time: the same body again would meet the same end for ever.
constexpr int tries_before_halving = 3;
constexpr std::size_t halved_bytes_min = limits::MiB;

/// More connections must not mean more idle memory.
constexpr std::size_t used_bodies_max = limits::bulk_connections_default + limits::bulk_queued_max;

bool is_worth_halving(const BulkStep& step, const Piece& piece) {
  return step.status == 0 && piece.attempts % tries_before_halving == 0 &&
         piece.body->items() > 1 && piece.body->bytes.size() > halved_bytes_min;
}

}  // namespace

/// One coroutine per submitted body, deliver(), brings it to its end piece by piece. A request
/// needs one of `limit_` places in flight; pauses between tries hold none. Everything runs on the
/// io thread.
class BulkWriter::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl(const Cluster& cluster, BulkOptions options)
      : cluster_(cluster.share()), options_(std::move(options)), limit_(options_.connections) {}

  Task<void> submit(BulkBody body);
  Task<BulkOutcome> drain();
  void stop(Error error);
  std::vector<BulkBody> take_used() { return std::exchange(used_, {}); }

 private:
  class Place;

  static asio::awaitable<void> deliver(std::shared_ptr<Impl> self, BulkBody body);
  static asio::awaitable<std::vector<Piece>> send(std::shared_ptr<Impl> self, Piece piece);
  static asio::awaitable<Result<http::Response>> request(std::shared_ptr<Impl> self, Piece piece);
  static asio::awaitable<Wire> pack(std::shared_ptr<Impl> self,
                                    std::shared_ptr<const BulkBody> body);
  asio::awaitable<bool> wait_for_place();
  asio::awaitable<void> wait_for_change();

  void begin(asio::any_io_executor executor, BulkBody body);
  void finish();
  std::optional<Piece> settle(const BulkStep& step, Piece piece);
  std::optional<Piece> settle_resend(const BulkStep& step, Piece piece);
  std::vector<Piece> settle_halves(const BulkStep& step, Piece piece);
  void reject(const BulkBody& body, std::size_t item, int status, std::string reason);
  void learn(const BulkStep& step, const Piece& piece, Clock::duration latency);
  bool is_too_large(const Piece& piece) const;
  void tell(BulkEvent::Kind kind, const Piece& piece, Clock::duration latency = {}) const;
  std::size_t bodies_max() const {
    return std::max<std::size_t>(options_.connections, 1) + limits::bulk_queued_max;
  }

  Cluster cluster_;
  BulkOptions options_;
  ConcurrencyLimit limit_;
  BulkOutcome outcome_;
  std::optional<Error> stopped_;
  std::size_t bodies_ = 0;                     ///< submitted and without an end
  std::size_t in_flight_ = 0;                  ///< requests
  std::size_t request_bytes_max_ = SIZE_MAX;   ///< learnt from 413
  Clock::time_point held_until_{};             ///< Retry-After holds for every request
  std::optional<asio::steady_timer> changed_;  ///< never expires; cancelling it wakes whoever waits
  std::vector<std::shared_ptr<asio::cancellation_signal>> signals_;  ///< of deliver()s under way
  std::vector<BulkBody> used_;  ///< at most used_bodies_max: nobody has to take them
};

/// One of the places in flight, while a request is under way.
class BulkWriter::Impl::Place {
 public:
  explicit Place(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) { ++impl_->in_flight_; }
  ~Place() {
    --impl_->in_flight_;
    impl_->changed_->cancel();
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

 private:
  std::shared_ptr<Impl> impl_;
};

Task<void> BulkWriter::Impl::submit(BulkBody body) {
  auto self = shared_from_this();
  auto executor = co_await asio::this_coro::executor;
  if (!changed_) changed_.emplace(executor, Clock::time_point::max());
  while (!stopped_ && bodies_ >= bodies_max()) co_await wait_for_change();
  if (stopped_) co_return *stopped_;
  if (body.items() > 0) begin(executor, std::move(body));
  co_return Result<void>{};
}

Task<BulkOutcome> BulkWriter::Impl::drain() {
  auto self = shared_from_this();
  while (bodies_ > 0) co_await wait_for_change();
  if (stopped_) co_return *stopped_;
  co_return outcome_;
}

void BulkWriter::Impl::begin(asio::any_io_executor executor, BulkBody body) {
  ++bodies_;
  outcome_.submitted += body.items();
  auto self = shared_from_this();
  auto signal = std::make_shared<asio::cancellation_signal>();
  signals_.push_back(signal);
  auto ended = [self, signal](std::exception_ptr trouble) {
    if (trouble && !self->stopped_)
      self->stop(Error{Errc::cancelled, "a bulk request was abandoned"});
    std::erase(self->signals_, signal);
    self->finish();
  };
  asio::co_spawn(executor, deliver(self, std::move(body)),
                 asio::bind_cancellation_slot(signal->slot(), std::move(ended)));
}

void BulkWriter::Impl::finish() {
  --bodies_;
  changed_->cancel();
}

void BulkWriter::Impl::stop(Error error) {
  if (!stopped_) stopped_ = std::move(error);
  const auto signals = signals_;  // a signal may end its coroutine, which takes it off the list
  for (const auto& signal : signals) signal->emit(asio::cancellation_type::terminal);
  if (changed_) changed_->cancel();
}

asio::awaitable<void> BulkWriter::Impl::wait_for_change() {
  boost::system::error_code woken;
  co_await changed_->async_wait(asio::redirect_error(asio::use_awaitable, woken));
}

/// False once the writer has stopped.
asio::awaitable<bool> BulkWriter::Impl::wait_for_place() {
  while (!stopped_) {
    const auto held = std::chrono::ceil<std::chrono::milliseconds>(held_until_ - Clock::now());
    if (held.count() > 0) {
      co_await sleep_for(held);
    } else if (in_flight_ >= limit_.limit()) {
      co_await wait_for_change();
    } else {
      co_return true;
    }
  }
  co_return false;
}

asio::awaitable<void> BulkWriter::Impl::deliver(std::shared_ptr<Impl> self, BulkBody body) {
  const auto whole = std::make_shared<BulkBody>(std::move(body));
  std::vector<Piece> pieces;
  pieces.emplace_back(whole);
  while (!pieces.empty() && !self->stopped_) {
    Piece piece = std::move(pieces.back());
    pieces.pop_back();
    auto again = co_await send(self, std::move(piece));
    std::move(again.begin(), again.end(), std::back_inserter(pieces));
  }
  if (whole.use_count() == 1 && self->used_.size() < used_bodies_max)
    self->used_.push_back(std::move(*whole));
}

/// One request and its consequences. Returns what has to be sent again.
asio::awaitable<std::vector<Piece>> BulkWriter::Impl::send(std::shared_ptr<Impl> self,
                                                           Piece piece) {
  std::vector<Piece> pieces;
  if (!piece.wire) piece.wire = co_await pack(self, piece.body);
  const bool placed = co_await self->wait_for_place();
  if (!placed) co_return pieces;
  if (self->is_too_large(piece)) co_return halve(piece);  // another's 413 has told us meanwhile
  const auto begun = Clock::now();
  auto response = co_await request(self, piece);
  const auto latency = Clock::now() - begun;
  self->tell(BulkEvent::Kind::request, piece, latency);
  if (self->stopped_) co_return pieces;
  const BulkStep step = decide_bulk(std::move(response), piece.body->items());
  self->learn(step, piece, latency);
  if (step.throttled) self->tell(BulkEvent::Kind::throttled, piece);
  if (step.unknown) self->tell(BulkEvent::Kind::unknown_answer, piece);

  std::optional<Piece> again;
  switch (step.kind) {
    case BulkStep::Kind::settle:
      again = self->settle(step, std::move(piece));
      break;
    case BulkStep::Kind::resend:
      again = self->settle_resend(step, std::move(piece));
      break;
    case BulkStep::Kind::halve:
      pieces = self->settle_halves(step, std::move(piece));
      break;
    case BulkStep::Kind::stop:
      self->stop(step.error);
      break;
  }
  if (!again || self->stopped_) co_return pieces;
  const RetryPolicy& policy = self->options_.retry;
  const auto delay = retry_delay(policy, again->attempts, draw_jitter(policy), std::nullopt);
  co_await sleep_for(delay);
  if (is_worth_halving(step, *again)) {
    self->tell(BulkEvent::Kind::halved, *again);
    co_return halve(*again);
  }
  pieces.push_back(*std::move(again));
  co_return pieces;
}

asio::awaitable<Wire> BulkWriter::Impl::pack(std::shared_ptr<Impl> self,
                                             std::shared_ptr<const BulkBody> body) {
  if (!self->options_.gzip) co_return Wire(body, &body->bytes);
  std::string packed;
  std::function<void()> work = [&packed, &body] { packed = http::gzip(body->bytes); };
  if (self->options_.pool != nullptr) {
    co_await self->options_.pool->run(std::move(work));
  } else {
    work();
  }
  co_return std::make_shared<const std::string>(std::move(packed));
}

asio::awaitable<Result<http::Response>> BulkWriter::Impl::request(std::shared_ptr<Impl> self,
                                                                  Piece piece) {
  const Place place(self);
  co_return co_await self->cluster_.bulk_once(piece.body->index, piece.wire, self->options_.gzip);
}

void BulkWriter::Impl::learn(const BulkStep& step, const Piece& piece, Clock::duration latency) {
  if (step.throttled) {
    limit_.on_throttled();
  } else if (step.clean) {
    limit_.on_clean(latency, piece.body->bytes.size());
  }
  if (step.retry_after) held_until_ = std::max(held_until_, Clock::now() + *step.retry_after);
}

/// Counts what has a fate and returns what has none.
std::optional<Piece> BulkWriter::Impl::settle(const BulkStep& step, Piece piece) {
  outcome_.stored += step.answer.stored;
  outcome_.already_there += step.answer.already_there;
  outcome_.missing += step.answer.missing;
  int again_status = 0;
  std::string again_reason;
  for (const ItemFault& fault : step.answer.faults) {
    if (fault.fate == ItemFate::rejected)
      reject(*piece.body, fault.item, fault.status, fault.reason);
    if (fault.fate == ItemFate::retry) {
      again_status = fault.status;
      again_reason = fault.reason;
    }
    if (fault.fate == ItemFate::stop) {
      const Errc code = fault.status == 404 ? Errc::not_found : Errc::unauthorized;
      stop(Error{code,
                 piece.body->index + ": " + std::to_string(fault.status) + " " + fault.reason});
      return std::nullopt;
    }
  }
  if (again_status == 0) return std::nullopt;
  const int attempts = piece.attempts + 1;
  Piece again(gather_retries(*piece.body, step.answer.faults), attempts);
  if (!may_repeat(options_.retry, attempts)) {
    const Errc code = again_status == 429 ? Errc::throttled : Errc::transient;
    stop(Error{code, piece.body->index + ": " + std::to_string(again_status) + " " + again_reason});
    return std::nullopt;
  }
  tell(BulkEvent::Kind::retried_items, again);
  return again;
}

std::optional<Piece> BulkWriter::Impl::settle_resend(const BulkStep& step, Piece piece) {
  ++piece.attempts;
  if (!may_repeat(options_.retry, piece.attempts)) {
    stop(step.error);
    return std::nullopt;
  }
  return piece;
}

std::vector<Piece> BulkWriter::Impl::settle_halves(const BulkStep& step, Piece piece) {
  if (piece.body->items() == 1) {
    reject(*piece.body, 0, step.status, step.error.detail);
    return {};
  }
  // Later bodies are cut to this size before they are sent. Half of what was refused is never less
  // than half of what the cluster takes.
  if (step.status == 413)
    request_bytes_max_ = std::min(request_bytes_max_, piece.body->bytes.size() / 2);
  tell(BulkEvent::Kind::halved, piece);
  return halve(piece);
}

bool BulkWriter::Impl::is_too_large(const Piece& piece) const {
  return piece.body->bytes.size() > request_bytes_max_ && piece.body->items() > 1;
}

void BulkWriter::Impl::reject(const BulkBody& body, std::size_t item, int status,
                              std::string reason) {
  ++outcome_.rejected;
  if (outcome_.rejected_items.size() >= limits::dead_letters_kept_max) return;
  RejectedItem rejected;
  rejected.item = body.item(item).substr(0, limits::dead_letter_bytes_max);
  rejected.status = status;
  rejected.reason = std::move(reason);
  outcome_.rejected_items.push_back(std::move(rejected));
}

void BulkWriter::Impl::tell(BulkEvent::Kind kind, const Piece& piece,
                            Clock::duration latency) const {
  // Once stopped, the one who listens may be gone before the last request has ended.
  if (stopped_ || !options_.observer) return;
  BulkEvent event;
  event.kind = kind;
  event.items = piece.body->items();
  event.bytes = piece.body->bytes.size();
  event.latency = latency;
  event.connections = static_cast<int>(limit_.limit());
  options_.observer(event);
}

BulkWriter::BulkWriter(Cluster& cluster, BulkOptions options) {
  options.connections =
      std::clamp<std::size_t>(options.connections, 1, limits::bulk_connections_max);
  impl_ = std::make_shared<Impl>(cluster, std::move(options));
}
BulkWriter::~BulkWriter() { cancel(); }

Task<void> BulkWriter::submit(BulkBody body) { return impl_->submit(std::move(body)); }
std::vector<BulkBody> BulkWriter::take_used() { return impl_->take_used(); }
Task<BulkOutcome> BulkWriter::drain() { return impl_->drain(); }
void BulkWriter::cancel() { impl_->stop(Error{Errc::cancelled, "the bulk writer was cancelled"}); }

}  // namespace billow::elastic
