#include "fake_server.hpp"

#include <isa-l/igzip_lib.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace billow::elastic {
namespace {

std::string inflate(const std::string& packed) {
  inflate_state state;
  isal_inflate_init(&state);
  state.crc_flag = ISAL_GZIP;
  std::string out(packed.size() * 1100 + 1024, '\0');
  state.next_in = reinterpret_cast<std::uint8_t*>(const_cast<char*>(packed.data()));
  state.avail_in = static_cast<std::uint32_t>(packed.size());
  state.next_out = reinterpret_cast<std::uint8_t*>(out.data());
  state.avail_out = static_cast<std::uint32_t>(out.size());
  if (isal_inflate(&state) != ISAL_DECOMP_OK) return "not gzip";
  out.resize(state.total_out);
  return out;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

void parse_head(const std::string& head, Received& request) {
  std::size_t line_end = head.find("\r\n");
  const std::string first = head.substr(0, line_end);
  request.method = first.substr(0, first.find(' '));
  const std::size_t target = request.method.size() + 1;
  request.target = first.substr(target, first.find(' ', target) - target);
  while (line_end + 2 < head.size()) {
    const std::size_t start = line_end + 2;
    line_end = head.find("\r\n", start);
    const std::string line = head.substr(start, line_end - start);
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos) break;
    request.headers[lower(line.substr(0, colon))] =
        line.substr(line.find_first_not_of(' ', colon + 1));
  }
}

enum class Read { whole, refused, gone };

/// Reads one request, unless its body is larger than `body_bytes_max`. `pending` keeps what came
/// too much.
Read read_request(int connection, std::string& pending, std::size_t body_bytes_max,
                  Received& request) {
  char block[65536];
  const auto more = [&] {
    const ssize_t got = ::recv(connection, block, sizeof block, 0);
    if (got <= 0) return false;
    pending.append(block, static_cast<std::size_t>(got));
    return true;
  };
  std::size_t head_end = 0;
  while ((head_end = pending.find("\r\n\r\n")) == std::string::npos) {
    if (!more()) return Read::gone;
  }
  parse_head(pending.substr(0, head_end + 2), request);
  std::size_t length = 0;
  const std::string& text = request.headers["content-length"];
  std::from_chars(text.data(), text.data() + text.size(), length);
  if (length > body_bytes_max) return Read::refused;
  const std::size_t start = head_end + 4;
  while (pending.size() < start + length) {
    if (!more()) return Read::gone;
  }
  request.body = pending.substr(start, length);
  pending.erase(0, start + length);
  if (request.headers["content-encoding"] == "gzip") request.body = inflate(request.body);
  return Read::whole;
}

bool send_all(int connection, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(connection, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

}  // namespace

FakeServer::FakeServer(Script script) : script_(std::move(script)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const bool ready = ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                     ::listen(listener_, 64) == 0 &&
                     ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  if (!ready) throw std::runtime_error("no port for a fake server");
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_all(); });
}

FakeServer::~FakeServer() {
  ending_ = true;
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  ::close(listener_);
  {
    const std::lock_guard lock(mutex_);
    for (const int connection : connections_) ::shutdown(connection, SHUT_RDWR);
  }
  for (std::thread& server : servers_) server.join();
  for (const int connection : connections_) ::close(connection);
}

http::Url FakeServer::url() const {
  http::Url url;
  url.host = "127.0.0.1";
  url.port = port_;
  return url;
}

std::vector<Received> FakeServer::received() const {
  const std::lock_guard lock(mutex_);
  return received_;
}

void FakeServer::accept_all() {
  while (!ending_) {
    const int connection = ::accept(listener_, nullptr, nullptr);
    if (connection < 0) return;
    const std::lock_guard lock(mutex_);
    connections_.push_back(connection);
    servers_.emplace_back([this, connection] { serve(connection); });
  }
}

void FakeServer::refuse_bodies_over(std::size_t bytes, Refusal refusal) {
  refusal_ = refusal;
  body_bytes_max_ = bytes;
}

/// Closes with bytes unread, which resets the connection while the peer still sends.
void FakeServer::refuse(int connection) {
  if (refusal_ == Refusal::answered)
    send_all(connection, "HTTP/1.1 413 Told\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  const std::lock_guard lock(mutex_);
  std::erase(connections_, connection);
  ::close(connection);
}

void FakeServer::serve(int connection) {
  std::string pending;
  for (;;) {
    Received request;
    const Read read = read_request(connection, pending, body_bytes_max_, request);
    if (read == Read::refused) refuse(connection);
    if (read != Read::whole) return;
    {
      const std::lock_guard lock(mutex_);
      received_.push_back(request);
    }
    Reply reply;
    {
      const std::lock_guard lock(script_mutex_);
      reply = script_(request);
    }
    if (reply.cut == Reply::Cut::before_answer) break;
    std::string answer = "HTTP/1.1 " + std::to_string(reply.status) +
                         " Told\r\nContent-Type: " + reply.content_type + "\r\n" +
                         (reply.made_up ? "" : "X-elastic-product: Elasticsearch\r\n") +
                         reply.more_headers +
                         "Content-Length: " + std::to_string(reply.body.size()) + "\r\n\r\n";
    const bool cut = reply.cut == Reply::Cut::in_body;
    const std::size_t body_size = cut ? reply.body.size() / 2 : reply.body.size();
    if (request.method != "HEAD") answer.append(reply.body, 0, body_size);
    if (!send_all(connection, answer) || cut) break;
  }
  ::shutdown(connection, SHUT_RDWR);
}

}  // namespace billow::elastic
